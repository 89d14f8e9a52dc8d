using System.Diagnostics;
using System.Globalization;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Benchmarks;

/// <summary>How much memory does decoding take whole and in tiles? A decoder of convolutions, 1920 × 1080 pixels. Budget: tiles take a quarter of the whole and
/// give the same picture.</summary>
internal static class TilingRun
{
    private const int LatentWidth = 480, LatentHeight = 270, Channels = 32;
    private const long BudgetBytes = 64L << 20;

    /// <summary>Measures; nothing where the system does not say how much memory a process took at most.</summary>
    public static IReadOnlyList<BenchRow> Measure()
    {
        if (!File.Exists("/proc/self/clear_refs")) return [];
        string folder = Directory.CreateTempSubdirectory("rfx-bench-tiles").FullName;
        try
        {
            ClosedFormPackage.Write(folder, new ClosedFormData(4, 4));
            ConvolutionalVae.OfWidth(Channels).Write(folder);
            ModelPackage package = ModelPackage.Open(folder);
            float[] latents = new float[4 * LatentWidth * LatentHeight];
            for (int i = 0; i < latents.Length; i++) latents[i] = MathF.Sin(i * 0.37f);
            (float[] tiled, double tiledMebibytes, double tiledSeconds) = Decode(package, latents, BudgetBytes);
            (float[] whole, double wholeMebibytes, double wholeSeconds) = Decode(package, latents, long.MaxValue);
            double difference = 0;
            for (int i = 0; i < whole.Length; i++) difference = Math.Max(difference, Math.Abs(whole[i] - tiled[i]));
            return
            [
                new("inference.cpu.decode-whole", wholeSeconds, "s"), new("inference.cpu.decode-tiled", tiledSeconds, "s"),
                new("inference.cpu.decode-whole-memory", wholeMebibytes, "MiB"), new("inference.cpu.decode-tiled-memory", tiledMebibytes, "MiB"),
                new("inference.cpu.decode-tiled-share", tiledMebibytes / wholeMebibytes, "x", 0.5), new("inference.cpu.decode-tiled-difference", difference, "", 1e-5),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static (float[] Planes, double Mebibytes, double Seconds) Decode(ModelPackage package, float[] latents, long budget)
    {
        using SessionPool pool = new(OnnxRuntime.Shared, 1L << 30);
        using JobRun job = new(OnnxRuntime.Shared, CancellationToken.None);
        job.ShrinkArenas();
        VaeCodec codec = new(package, pool, new SessionSettings(), new VaeMemory { BudgetBytes = budget, Overlap = ConvolutionalVae.Overlap });
        // The model is loaded and everything compiled before memory is counted.
        codec.DecodePlanes(latents.AsSpan(0, 4 * 32 * 32), 32, 32, job);
        GC.Collect();
        File.WriteAllText("/proc/self/clear_refs", "5");
        double before = Mebibytes("VmHWM:");
        long start = Stopwatch.GetTimestamp();
        float[] planes = codec.DecodePlanes(latents, LatentWidth, LatentHeight, job);
        return (planes, Mebibytes("VmHWM:") - before, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private static double Mebibytes(string line) =>
        long.Parse(File.ReadLines("/proc/self/status").First(each => each.StartsWith(line, StringComparison.Ordinal)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture) / 1024.0;
}
