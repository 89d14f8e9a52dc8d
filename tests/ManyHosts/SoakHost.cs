using System.Globalization;
using RunwayFX.Bridge;

namespace RunwayFX.ManyHosts;

/// <summary>One host process: some render threads that render without a pause, the first one as a person who drags, the others as a batch.</summary>
internal static class SoakHost
{
    /// <summary>Renders in a hundred that the host gives up.</summary>
    private const int AbortedPercent = 3;

    /// <summary>The trial asks whether everybody is served, not how soon a busy machine lets 32 threads greet at once.</summary>
    public static BridgeLimits Limits { get; } = BridgeLimits.Default with { ConnectMs = 20_000, SilenceMs = 30_000 };

    /// <summary>Runs until its time is over and prints a <see cref="HostTally"/>.</summary>
    /// <param name="arguments">Socket, seed, milliseconds, threads, and the expected checksums by job.</param>
    public static int Run(string[] arguments)
    {
        (string socket, int seed, int milliseconds, int threads) = (arguments[0], Number(arguments[1]), Number(arguments[2]), Number(arguments[3]));
        ulong[] expected = [.. arguments[4].Split(',').Select(text => ulong.Parse(text, CultureInfo.InvariantCulture))];
        using EngineClient client = new(new EngineClientOptions { Endpoint = BridgeEndpoint.At(socket), StartsEngine = false, Limits = Limits });
        long end = Environment.TickCount64 + milliseconds;
        HostTally[] tallies = new HostTally[threads];
        Thread[] running = [.. Enumerable.Range(0, threads).Select(index => new Thread(() => tallies[index] = Render(client, expected, end, seed * 100 + index, index == 0)))];
        foreach (Thread thread in running) thread.Start();
        foreach (Thread thread in running) thread.Join();
        HostTally all = tallies.Aggregate((a, b) => a.With(b)) with { ResidentMax = ProcFacts.PeakResident("self") };
        Console.WriteLine(all.ToLine());
        return 0;
    }

    private static HostTally Render(EngineClient client, ulong[] expected, long end, int seed, bool isInteractive)
    {
        Random random = new(seed);
        HostTally tally = new();
        while (Environment.TickCount64 < end)
        {
            SoakJob job = SoakJob.All[random.Next(SoakJob.All.Count)];
            SoakFrames frames = new(job, random.Next(100) < AbortedPercent ? random.Next(20) : -1);
            try
            {
                RenderOutcome outcome = client.Render(job.Call(isInteractive), frames);
                tally = tally.Count(outcome, isInteractive, frames.Result == expected[job.Number] && (job.Fills || frames.Result == frames.Source));
            }
            catch (BridgeException exception)
            {
                Console.Error.WriteLine($"job {job} failed: {exception.Code} {exception.Message}");
                tally = tally with { Failed = tally.Failed + 1 };
            }

            tally = tally with { SlotBytesMax = Math.Max(tally.SlotBytesMax, client.SlotBytes) };
        }

        return tally;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <summary>What a host counted.</summary>
internal sealed record HostTally
{
    public long Interactive { get; init; }

    public long Final { get; init; }

    public long Aborted { get; init; }

    public long Failed { get; init; }

    /// <summary>Results that are not what they must be.</summary>
    public long Wrong { get; init; }

    /// <summary>Longest wait in the engine's queue, microseconds.</summary>
    public long WaitInteractiveMax { get; init; }

    public long WaitFinalMax { get; init; }

    /// <summary>Longest render, microseconds in the engine.</summary>
    public long RenderMax { get; init; }

    public long SlotBytesMax { get; init; }

    public long ResidentMax { get; init; }

    private long[] Numbers => [Interactive, Final, Aborted, Failed, Wrong, WaitInteractiveMax, WaitFinalMax, RenderMax, SlotBytesMax, ResidentMax];

    public HostTally Count(in RenderOutcome outcome, bool isInteractive, bool isRight)
    {
        if (outcome.IsAborted) return this with { Aborted = Aborted + 1 };
        HostTally counted = this with { Wrong = Wrong + (isRight ? 0 : 1), RenderMax = Math.Max(RenderMax, outcome.RenderMicroseconds) };
        long wait = outcome.Timings.WaitMicroseconds;
        return isInteractive
            ? counted with { Interactive = Interactive + 1, WaitInteractiveMax = Math.Max(WaitInteractiveMax, wait) }
            : counted with { Final = Final + 1, WaitFinalMax = Math.Max(WaitFinalMax, wait) };
    }

    /// <summary>Sums of the counts, the larger ones of the rest.</summary>
    public HostTally With(HostTally other) => new()
    {
        Interactive = Interactive + other.Interactive,
        Final = Final + other.Final,
        Aborted = Aborted + other.Aborted,
        Failed = Failed + other.Failed,
        Wrong = Wrong + other.Wrong,
        WaitInteractiveMax = Math.Max(WaitInteractiveMax, other.WaitInteractiveMax),
        WaitFinalMax = Math.Max(WaitFinalMax, other.WaitFinalMax),
        RenderMax = Math.Max(RenderMax, other.RenderMax),
        SlotBytesMax = Math.Max(SlotBytesMax, other.SlotBytesMax),
        ResidentMax = Math.Max(ResidentMax, other.ResidentMax),
    };

    public string ToLine() => string.Join(' ', Numbers.Select(number => number.ToString(CultureInfo.InvariantCulture)));

    public static HostTally Parse(string line)
    {
        long[] numbers = [.. line.Split(' ').Select(text => long.Parse(text, CultureInfo.InvariantCulture))];
        return new HostTally
        {
            Interactive = numbers[0], Final = numbers[1], Aborted = numbers[2], Failed = numbers[3], Wrong = numbers[4], WaitInteractiveMax = numbers[5],
            WaitFinalMax = numbers[6], RenderMax = numbers[7], SlotBytesMax = numbers[8], ResidentMax = numbers[9],
        };
    }
}
