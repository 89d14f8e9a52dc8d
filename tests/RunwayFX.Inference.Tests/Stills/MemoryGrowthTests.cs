using System.Globalization;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>Loading, running and unloading a package again and again leaves no memory behind.</summary>
[NonParallelizable]
public sealed class MemoryGrowthTests
{
    private const int Cycles = 20, Settled = 3;

    /// <summary>Cycles at both ends whose least memory counts: a few megabytes come and go from one cycle to the next.</summary>
    private const int Window = 5;

    /// <summary>What the runtime still compiles or takes more of once ends after a series or two; what is lost in each cycle is lost in each series.</summary>
    private const int SeriesMax = 4;

    private const double GrowthMax = 1.02;

    [Test]
    public void LoadRunUnload_FromTheThirdCycleToTheTwentieth_StaysTheSame()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("reads /proc");
        string folder = Directory.CreateTempSubdirectory("rfx-growth").FullName;
        try
        {
            ClosedFormData data = new(160, 160);
            ClosedFormPackage.Write(folder, data);
            // .NET compiles what runs often anew; that is over before the count begins.
            for (int warm = 0; warm < 10; warm++) _ = Cycle(folder, data, runs: 4);
            long settled = 0, last = long.MaxValue;
            for (int series = 1; series <= SeriesMax && last > settled * GrowthMax; series++)
            {
                long[] bytes = [.. Enumerable.Range(0, Cycles).Select(_ => Cycle(folder, data, runs: 1))];
                settled = bytes.Skip(Settled - 1).Take(Window).Min();
                last = bytes.TakeLast(Window).Min();
                TestContext.Out.WriteLine($"series {series}, KiB after each cycle: {string.Join(' ', bytes.Select(each => each >> 10))}");
            }

            Assert.That(last, Is.LessThanOrEqualTo(settled * GrowthMax), $"bytes around cycle {Cycles}, {settled} around cycle {Settled}, in each of {SeriesMax} series");
            // The same measure sees a single model that stays loaded, so that what is above cannot pass for want of sight.
            string denoiser = Path.Combine(folder, "unet", "model.onnx");
            using ModelSession kept = ModelSession.Load(OnnxRuntime.Shared, denoiser, new SessionSettings { Threads = 1 });
            long leaked = Cycle(folder, data, runs: 1);
            TestContext.Out.WriteLine($"with a model of {new FileInfo(denoiser).Length >> 10} KiB kept: {leaked >> 10} KiB");
            Assert.That(leaked, Is.GreaterThan(settled * GrowthMax), "a model that stays");
            GC.KeepAlive(kept);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static long Cycle(string folder, ClosedFormData data, int runs)
    {
        using (SessionPool pool = new(OnnxRuntime.Shared, 1L << 30))
        {
            StillSettings still = new() { Prompt = "wave", Width = data.Width, Height = data.Height, Steps = 4 };
            StillPipeline pipeline = StillPipeline.Open(folder, pool, new SessionSettings { Threads = 1 });
            for (int run = 0; run < runs; run++) Assert.That(pipeline.Run(still, null, default), Has.Length.EqualTo(1));
            Assert.That(pool.LoadedBytes, Is.GreaterThan(0));
            pool.Clear();
            Assert.That(pool.LoadedBytes, Is.Zero);
        }

        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        return Resident();
    }

    /// <summary>Memory of this process that is no file's.</summary>
    private static long Resident() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
}
