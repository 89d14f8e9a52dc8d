using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using RunwayFX.Bridge;

namespace RunwayFX.HostProgram;

/// <summary>A plug-in in a host, with one instance of Style.</summary>
internal interface IHost : IDisposable
{
    /// <summary>Renders a frame as 32-bit float RGBA from the top.</summary>
    /// <param name="frame">Which.</param>
    /// <param name="isLong">Whether it shall take seconds, whatever the settings say.</param>
    /// <exception cref="InvalidOperationException">The plug-in failed; the message is what it told the user.</exception>
    float[] Render(int frame, bool isLong = false);

    /// <summary>Loads the plug-in, has it describe every effect, and unloads it.</summary>
    /// <returns>How many effects there were.</returns>
    int LoadDescribeUnload();
}

/// <summary>What tests ask for.</summary>
internal static class Runs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>Renders frames and prints a hash of each.</summary>
    public static void Render(IHost host, Settings settings)
    {
        using FileStream? output = settings.Output.Length > 0 ? File.Create(settings.Output) : null;
        for (int frame = 0; frame < settings.Frames; frame++)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(host.Render(frame).AsSpan());
            output?.Write(bytes);
            Console.WriteLine($"frame {frame} {Convert.ToHexString(SHA256.HashData(bytes))}");
        }
    }

    /// <summary>Kills the engine in the middle of a render: that one fails with a message, the next works on a new engine.</summary>
    public static void Killed(IHost host)
    {
        using EngineClient client = new(new EngineClientOptions { StartsEngine = false });
        _ = host.Render(0);
        Task<float[]> render = Task.Factory.StartNew(() => host.Render(1, isLong: true), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Stopwatch watch = Stopwatch.StartNew();
        EngineStatus? status;
        while ((status = client.QueryStatus()) is null || status.JobsRunning == 0)
        {
            if (render.IsCompleted) throw new InvalidOperationException("The render was over before the engine could be killed.");
            if (watch.Elapsed > Patience) throw new TimeoutException($"No job ran within {Patience}.");
            Thread.Yield();
        }

        using (Process engine = Process.GetProcessById(status.ProcessId))
        {
            engine.Kill();
            if (!engine.WaitForExit(Patience)) throw new TimeoutException("The engine outlived its end.");
        }

        string failure = FailureOf(render);
        Console.WriteLine($"failed {failure}");
        _ = host.Render(2);
        EngineStatus after = client.QueryStatus() ?? throw new InvalidOperationException("No engine serves after the render.");
        Console.WriteLine(after.ProcessId == status.ProcessId ? "the old engine serves" : "a new engine serves");
    }

    /// <summary>Loads, describes, unloads, many times.</summary>
    public static void Rounds(IHost host, int rounds)
    {
        int effects = 0;
        for (int round = 0; round < rounds; round++) effects = host.LoadDescribeUnload();
        Console.WriteLine($"rounds {rounds} effects {effects}");
    }

    private static string FailureOf(Task<float[]> render)
    {
        try
        {
            if (!render.Wait(Patience)) throw new TimeoutException("The render never ended.");
            throw new InvalidDataException("The render succeeded without an engine.");
        }
        catch (AggregateException exception) when (exception.InnerException is InvalidOperationException failure)
        {
            return failure.Message.ReplaceLineEndings(" ");
        }
    }
}
