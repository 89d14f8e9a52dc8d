using System.Diagnostics;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>What does leaving the host's process cost, compared with copying the same frame twice within it? The engine is a process of its own, over the
/// real socket and real shared memory; host pictures lie bottom-up as OpenFX has them, so that rows are turned on both ways. Budget: the two copies are
/// inherent; a quarter more for everything else, three quarters where the engine reads and writes every pixel. Beside it the alternatives, which carry
/// the same bytes as they lie.</summary>
internal sealed class BridgeBench : IBench
{
    private const int BigRuns = 15;
    private const int MediumRuns = 60;
    private const int SmallRuns = 3_000;
    private const int PausedRuns = 200;
    private const int CountedRuns = 500;
    private const int PauseMs = 2;
    private const double EchoMax = 1.25;
    private const double TouchMax = 1.75;
    private const double MediumEchoMax = 1.4;
    private const double SmallMaxMicroseconds = 60;

    private readonly List<BenchRow> _rows = [];

    /// <inheritdoc/>
    public string Name => "bridge";

    /// <inheritdoc/>
    public string Question => "what a frame costs that goes through the engine, as a multiple of copying it twice";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        _rows.Clear();
        using var engine = BenchProcess.Start("bridge");
        using (var client = new EngineClient(new EngineClientOptions { Endpoint = BridgeEndpoint.At(engine.Address), StartsEngine = false }))
        {
            Big(client);
            Medium(client);
            Small(client);
            Counts(client);
        }

        return _rows;
    }

    private void Big(EngineClient client)
    {
        const string What = "2160p-float";
        using var host = new BenchHost(3840, 2160, PixelDepth.Float);
        List<IAlternative> others = Alternatives.Start();
        try
        {
            var timed = new List<(string Name, Action Work)>
            {
                ("copies", host.CopyTwice),
                ("echo", () => host.Render(client, BenchEngine.Echo)),
                ("touch", () => host.Render(client, BenchEngine.Touch)),
                ("echo-topdown", () => host.Render(client, BenchEngine.Echo, isTopDown: true)),
            };
            timed.AddRange(others.Select(other => (other.Name, (Action)(() => host.Through(other)))));
            host.Verify(client);
            foreach (IAlternative other in others) host.Verify(other);
            Dictionary<string, double> median = Medians(BigRuns, timed);
            double copies = median["copies"];
            _rows.Add(new BenchRow($"bridge.two-copies-{What}", copies * 1e3, "ms"));
            _rows.Add(new BenchRow($"bridge.echo-{What}", median["echo"] * 1e3, "ms"));
            _rows.Add(new BenchRow($"bridge.echo-vs-copies-{What}", median["echo"] / copies, "x", EchoMax));
            _rows.Add(new BenchRow($"bridge.touch-{What}", median["touch"] * 1e3, "ms"));
            _rows.Add(new BenchRow($"bridge.touch-vs-copies-{What}", median["touch"] / copies, "x", TouchMax));
            _rows.Add(new BenchRow($"bridge.echo-topdown-vs-copies-{What}", median["echo-topdown"] / copies, "x", EchoMax));
            Compare(What, median, others, 1e3, "ms");
        }
        finally
        {
            foreach (IAlternative other in others) other.Dispose();
        }
    }

    private void Medium(EngineClient client)
    {
        const string What = "1080p-half";
        using var host = new BenchHost(1920, 1080, PixelDepth.Half);
        List<IAlternative> others = Alternatives.Start();
        try
        {
            var timed = new List<(string Name, Action Work)> { ("copies", host.CopyTwice), ("echo", () => host.Render(client, BenchEngine.Echo)) };
            timed.AddRange(others.Select(other => (other.Name, (Action)(() => host.Through(other)))));
            Dictionary<string, double> median = Medians(MediumRuns, timed);
            _rows.Add(new BenchRow($"bridge.two-copies-{What}", median["copies"] * 1e3, "ms"));
            _rows.Add(new BenchRow($"bridge.echo-{What}", median["echo"] * 1e3, "ms"));
            _rows.Add(new BenchRow($"bridge.echo-vs-copies-{What}", median["echo"] / median["copies"], "x", MediumEchoMax));
            Compare(What, median, others, 1e3, "ms");
        }
        finally
        {
            foreach (IAlternative other in others) other.Dispose();
        }
    }

    /// <summary>A whole small render, one after another (as a host renders a sequence), and after a pause, when every processor sleeps.</summary>
    private void Small(EngineClient client)
    {
        const string What = "64x64-float";
        using var host = new BenchHost(64, 64, PixelDepth.Float);
        List<IAlternative> others = Alternatives.Start();
        try
        {
            void Render() => host.Render(client, BenchEngine.Touch);
            double render = Median(SmallRuns, Render);
            var median = new Dictionary<string, double> { ["echo"] = Median(SmallRuns, () => host.Render(client, BenchEngine.Echo)) };
            foreach (IAlternative other in others) median[other.Name] = Median(SmallRuns / 5, () => host.Through(other));
            _rows.Add(new BenchRow($"bridge.render-{What}", render * 1e6, "us", SmallMaxMicroseconds));
            _rows.Add(new BenchRow($"bridge.render-after-pause-{What}", Median(PausedRuns, Render, static () => Thread.Sleep(PauseMs)) * 1e6, "us"));
            _rows.Add(new BenchRow($"bridge.echo-{What}", median["echo"] * 1e6, "us"));
            Compare(What, median, others, 1e6, "us");
        }
        finally
        {
            foreach (IAlternative other in others) other.Dispose();
        }
    }

    /// <summary>What a frame leaves behind once everything is warm: managed bytes on both ends, and pages touched for the first time.</summary>
    private void Counts(EngineClient client)
    {
        using var host = new BenchHost(960, 540, PixelDepth.Float);
        for (int run = 0; run < CountedRuns; run++) host.Render(client, BenchEngine.Touch);
        BenchEngine.Counters before = host.ReadCounters(client);
        long faults = BenchEngine.Faults(), bytes = GC.GetAllocatedBytesForCurrentThread();
        for (int run = 0; run < CountedRuns; run++) host.Render(client, BenchEngine.Touch);
        bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
        faults = BenchEngine.Faults() - faults;
        BenchEngine.Counters after = host.ReadCounters(client);
        _rows.Add(new BenchRow("bridge.allocated-per-frame", bytes / (double)CountedRuns, "bytes", 0));
        _rows.Add(new BenchRow("bridge.engine-allocated-per-frame", (after.AllocatedBefore - before.AllocatedAfter) / (double)CountedRuns, "bytes", 0));
        _rows.Add(new BenchRow("bridge.page-faults-per-frame", faults / (double)CountedRuns, "faults", 1));
        _rows.Add(new BenchRow("bridge.engine-page-faults-per-frame", (after.Faults - before.Faults) / (double)CountedRuns, "faults", 1));
    }

    private void Compare(string what, Dictionary<string, double> median, List<IAlternative> others, double scale, string unit)
    {
        foreach (IAlternative other in others)
        {
            _rows.Add(new BenchRow($"bridge.{other.Name}-{what}", median[other.Name] * scale, unit));
            _rows.Add(new BenchRow($"bridge.echo-vs-{other.Name}-{what}", median["echo"] / median[other.Name], "x", 1));
        }
    }

    /// <summary>Medians in seconds, the works taking turns, so that a disturbance hits all of them.</summary>
    private static Dictionary<string, double> Medians(int runs, List<(string Name, Action Work)> timed)
    {
        var times = timed.ToDictionary(each => each.Name, _ => new double[runs]);
        foreach ((_, Action work) in timed) work();
        for (int run = 0; run < runs; run++)
        {
            foreach ((string name, Action work) in timed) times[name][run] = Seconds(work);
        }

        return times.ToDictionary(pair => pair.Key, pair => Middle(pair.Value));
    }

    private static double Median(int runs, Action work, Action? before = null)
    {
        double[] times = new double[runs];
        for (int run = 0; run < runs / 4; run++) work();
        for (int run = 0; run < runs; run++)
        {
            before?.Invoke();
            times[run] = Seconds(work);
        }

        return Middle(times);
    }

    private static double Middle(double[] times)
    {
        Array.Sort(times);
        return times[times.Length / 2];
    }

    private static double Seconds(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
