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
    private const double GrowthMax = 1.02;

    [Test]
    public void LoadRunUnload_FromTheThirdCycleToTheTwentieth_StaysTheSame()
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("reads /proc");
        string folder = Directory.CreateTempSubdirectory("rfx-growth").FullName;
        try
        {
            ClosedFormData data = new();
            ClosedFormPackage.Write(folder, data);
            long settled = 0;
            for (int cycle = 1; cycle <= Cycles; cycle++)
            {
                using (SessionPool pool = new(OnnxRuntime.Shared, 1L << 30))
                {
                    StillSettings still = new() { Prompt = "wave", Width = data.Width, Height = data.Height, Steps = 4 };
                    Assert.That(StillPipeline.Open(folder, pool, new SessionSettings { Threads = 1 }).Run(still, null, default), Has.Length.EqualTo(1));
                    Assert.That(pool.LoadedBytes, Is.GreaterThan(0));
                    pool.Clear();
                    Assert.That(pool.LoadedBytes, Is.Zero);
                }

                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                GC.WaitForPendingFinalizers();
                long resident = Resident();
                if (cycle == Settled) settled = resident;
                TestContext.Out.WriteLine($"cycle {cycle}: {resident >> 10} KiB");
                if (cycle == Cycles) Assert.That(resident, Is.LessThanOrEqualTo(settled * GrowthMax), $"bytes after cycle {cycle}, {settled} after cycle {Settled}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Memory of this process that is no file's.</summary>
    private static long Resident() => long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon:", StringComparison.Ordinal))
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) << 10;
}
