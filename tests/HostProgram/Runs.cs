using System.Diagnostics;
using System.Security.Cryptography;
using RunwayFX.Bridge;

namespace RunwayFX.HostProgram;

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
            byte[] bytes = host.Render(new Shot { Frame = frame });
            output?.Write(bytes);
            Console.WriteLine($"frame {frame} {Hash(bytes)}");
        }
    }

    /// <summary>A picture in every way in which hosts ask for one, then a render that is stopped and one whose engine is killed.</summary>
    public static void Matrix(IHost host)
    {
        foreach (int bits in (int[])[8, 16, 32])
        {
            if (host.PictureBits.Contains(bits)) Tell(host, $"{bits}-bit", new Shot { Frame = 3, SourceBits = bits, PictureBits = bits });
        }

        Tell(host, "16-bit-in-32", new Shot { Frame = 3, SourceBits = 16 });
        Tell(host, "whole", new Shot { Frame = 3 });
        Tell(host, "fields", new Shot { Frame = 3, IsInterlaced = true });
        Tell(host, "quarter", new Shot { Frame = 3, Downsample = 4 });
        _ = host.CountFramesSeen();
        Tell(host, "other-frames", new Shot { Frame = 5, IsSteady = true });
        Console.WriteLine($"frames-seen {host.CountFramesSeen()}");
        Stopped(host);
        Killed(host);
    }

    /// <summary>The user stops a render in the middle: the host hears so, and the engine works on nothing afterwards.</summary>
    public static void Stopped(IHost host)
    {
        using EngineClient client = new(new EngineClientOptions { StartsEngine = false });
        using CancellationTokenSource user = new();
        Task<byte[]> render = Start(host, new Shot { Frame = 1, IsLong = true, Cancellation = user.Token });
        _ = AwaitJob(client, render);
        user.Cancel();
        try
        {
            if (!render.Wait(Patience)) throw new TimeoutException("The render never ended.");
            throw new InvalidDataException("The render went on to its end.");
        }
        catch (AggregateException exception) when (exception.InnerException is OperationCanceledException)
        {
            Await(() => client.QueryStatus() is { JobsRunning: 0 }, "The engine still works on what was stopped.");
            Console.WriteLine("stopped, and the engine is free");
        }
    }

    /// <summary>Kills the engine in the middle of a render: that one fails with a message, the next works on a new engine.</summary>
    public static void Killed(IHost host)
    {
        using EngineClient client = new(new EngineClientOptions { StartsEngine = false });
        _ = host.Render(new Shot { Frame = 0 });
        Task<byte[]> render = Start(host, new Shot { Frame = 1, IsLong = true });
        EngineStatus status = AwaitJob(client, render);
        using (Process engine = Process.GetProcessById(status.ProcessId))
        {
            engine.Kill();
            if (!engine.WaitForExit(Patience)) throw new TimeoutException("The engine outlived its end.");
        }

        string failure = FailureOf(render);
        Console.WriteLine($"failed {failure}");
        _ = host.Render(new Shot { Frame = 2 });
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

    private static void Tell(IHost host, string name, Shot shot) => Console.WriteLine($"{name} {Hash(host.Render(shot))}");

    private static string Hash(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    private static Task<byte[]> Start(IHost host, Shot shot) =>
        Task.Factory.StartNew(() => host.Render(shot), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static EngineStatus AwaitJob(EngineClient client, Task render)
    {
        EngineStatus? status = null;
        Await(
            () =>
            {
                if (render.IsCompleted) throw new InvalidOperationException("The render was over too early.", render.Exception);
                return (status = client.QueryStatus()) is { JobsRunning: > 0 };
            },
            "No job ran.");
        return status!;
    }

    private static void Await(Func<bool> condition, string otherwise)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Patience) throw new TimeoutException($"{otherwise} ({Patience})");
            Thread.Yield();
        }
    }

    private static string FailureOf(Task<byte[]> render)
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
