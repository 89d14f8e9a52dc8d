using System.Diagnostics;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Benchmarks;

/// <summary>Does a generated clip look like its source without repeating it, and how long does it take? Thirteen frames of 256×144 from real footage
/// (<c>vtest.avi</c> of Debian's opencv-doc) and from a procedural water clip, five seeds each. Budget: a minute a clip; the quality limits gate together, because a copy has
/// perfect coherence and noise perfect diversity.</summary>
internal sealed class VariationBench : IBench
{
    private const int Width = 256, Height = 144, Frames = 13, ExactSamples = 768, SmallWidth = 96, SmallHeight = 54, Seeds = 5;
    private const string Movie = "/usr/share/doc/opencv-doc/examples/data/vtest.avi";

    private readonly List<IReadOnlyList<Frame?>> _sheet = [];

    /// <summary>Folder for the clips as raw RGB and for a sheet of them (<c>variation-sheet.png</c>: of each source and its results the first, the fifth, the
    /// ninth and the last frame); unset writes none.</summary>
    public const string FolderVariable = "RUNWAYFX_BENCH_OUTPUT";

    private static string? Folder => Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null;

    /// <inheritdoc/>
    public string Name => "variation";

    /// <inheritdoc/>
    public string Question => "how true, how new and how quick generated clips are";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        double yardstick = Yardstick.Seconds();
        List<BenchRow> rows = [new("variation.yardstick", yardstick * 1000, "ms")];
        rows.AddRange(Controls(RgbClip.Water(Width, Height, Frames)));
        rows.AddRange(Measure("water", RgbClip.Water(Width, Height, Frames), yardstick));
        RgbClip? footage = RgbClip.FromMovie(Movie, Width, Height, Frames);
        // A missing clip is a row that is not met, never one that is left out.
        if (footage is null) return [.. rows, new BenchRow("variation.vtest-missing", 1, "files", 0)];
        rows.AddRange(RepeatingControl());
        rows.AddRange(Measure("vtest", footage, yardstick));
        rows.AddRange(LargeVariation.Run(Movie, Folder));
        if (Folder is { } folder) ContactSheet.Write(Path.Combine(folder, "variation-sheet.png"), _sheet, Width);
        return rows;
    }

    private static IEnumerable<BenchRow> Controls(RgbClip clip)
    {
        VariationMetrics identity = new(clip, clip), noise = new(clip.WithNoise(10), clip);
        (double same, double sameDiversity) = identity.FindField();
        (double noisy, double noisyDiversity) = noise.FindField();
        yield return new BenchRow("variation.control-identity-coherence", same, "mse", 0);
        yield return new BenchRow("variation.control-identity-nnfdiv", sameDiversity, "", 0.002);
        yield return new BenchRow("variation.control-noise10-coherence", noisy, "mse");
        yield return new BenchRow("variation.control-noise10-off-97", Math.Abs(noisy - 97), "mse", 5);
        yield return new BenchRow("variation.control-noise10-nnfdiv", noisyDiversity, "");
    }

    /// <summary>Noise on footage that repeats over time, small enough to compare all patches: does the search see the diversity that is there?</summary>
    private static IEnumerable<BenchRow> RepeatingControl()
    {
        RgbClip small = RgbClip.FromMovie(Movie, SmallWidth, SmallHeight, Frames)!;
        VariationMetrics noise = new(small.WithNoise(10), small);
        double exact = noise.ExactDiversity(), found = noise.FindField().Diversity;
        yield return new BenchRow("variation.control-vtest-noise10-nnfdiv-exact", exact, "");
        yield return new BenchRow("variation.control-vtest-noise10-nnfdiv-off", Math.Abs(found / exact - 1), "", 0.1);
    }

    private static IReadOnlyList<Frame?> Moments(RgbClip clip) => [.. Enumerable.Range(0, 4).Select(moment => clip.Picture(moment * (Frames - 1) / 3))];

    private IEnumerable<BenchRow> Measure(string what, RgbClip source, double yardstick) =>
        Enumerable.Range(1, Seeds).SelectMany(seed => Measure(seed == 1 ? what : $"{what}-seed{seed}", source, yardstick, seed));

    private IEnumerable<BenchRow> Measure(string what, RgbClip source, double yardstick, int seed)
    {
        SpaceTimeVolume volume = source.ToVolume();
        long start = Stopwatch.GetTimestamp();
        ClipVariationResult result = ClipVariation.Run(volume, new ClipVariationOptions { Seed = (ulong)seed });
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        RgbClip output = source.Mapped(result);
        if (seed == 1) _sheet.Add(Moments(source));
        _sheet.Add(Moments(output));
        if (Folder is { } folder)
        {
            if (seed == 1) source.WriteRaw(Path.Combine(folder, $"{what}-source.rgb"));
            output.WriteRaw(Path.Combine(folder, $"{what}-variation.rgb"));
        }

        VariationMetrics metrics = new(output, source);
        (double coherence, double diversity) = metrics.FindField();
        yield return new BenchRow($"variation.{what}-coherence", coherence, "mse", 32);
        if (seed == 1) yield return new BenchRow($"variation.{what}-coherence-exact-sample", metrics.ExactCoherence(ExactSamples), "mse", 32);
        yield return new BenchRow($"variation.{what}-swd", metrics.SlicedDistance(), "steps", 5.6);
        yield return new BenchRow($"variation.{what}-nnfdiv", diversity, "", 0.1) { IsFloor = true };
        yield return new BenchRow($"variation.{what}-seconds", seconds, "s", 60);
        yield return new BenchRow($"variation.{what}-ratio", seconds / yardstick, "x");
    }
}
