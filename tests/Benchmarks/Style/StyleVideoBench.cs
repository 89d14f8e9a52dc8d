using System.Diagnostics;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines.Style;

namespace RunwayFX.Benchmarks;

/// <summary>Is a painted clip as steady as its source without losing what makes it a painting? Pedestrians before a still camera, 60 frames of 480×360, painted
/// after a picture, beside the same with every frame on its own. Budget: 1 s a frame, wanted 0.5 s. Writes all frames.</summary>
internal sealed class StyleVideoBench : IBench
{
    private const int BlockFrames = TemporalBlocks.FramesMax, OverlapFrames = TemporalBlocks.OverlapFrames, Sampled = 6;
    private const double WarpAllowance = 0.2, TextureLeast = 0.85, StyleMost = 1.1, SecondsMost = 1;

    /// <inheritdoc/>
    public string Name => "style-video";

    /// <inheritdoc/>
    public string Question => "how steady a painted clip is, and what steadiness costs it";

    /// <summary>Folder of the pictures.</summary>
    public static string Folder => Path.GetFullPath(Path.Combine("artifacts", "bench", "style-video"));

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string starry = Path.Combine(TimeExtensionClip.Folder, "starry_night.jpg");
        if (StyleVideoClip.Pedestrians() is not { } clip || !File.Exists(starry))
        {
            Console.Error.WriteLine($"style-video: {TimeExtensionClip.Folder} is absent; install opencv-doc");
            return [new BenchRow("style-video.warp-error", double.NaN, "/255", 0)];
        }

        StyleVideoMeasures measures = new(clip.Frames);
        List<BenchRow> rows = [];
        Measure("picture", clip, new() { ["stylePath"] = starry }, StillReader.Read(starry), measures, rows);
        Console.WriteLine($"style-video: pictures in {Folder}");
        return rows;
    }

    private static void Measure(
        string name, StyleVideoClip clip, Dictionary<string, string> texts, Frame style, StyleVideoMeasures measures, List<BenchRow> rows)
    {
        (List<Frame> steady, double seconds) = Paint(clip, [], texts, Path.Combine(Folder, name));
        (List<Frame> alone, double secondsAlone) = Paint(clip, new() { ["temporalStability"] = 0 }, texts, Path.Combine(Folder, name + "-alone"));
        double[] source = measures.WarpErrors(clip.Frames), painted = measures.WarpErrors(steady), each = measures.WarpErrors(alone);
        string row = $"style-video.{name}";
        rows.Add(new($"{row}.warp-error", painted.Average(), "/255", source.Average() + WarpAllowance));
        rows.Add(new($"{row}.warp-error-of-source", source.Average(), "/255"));
        rows.Add(new($"{row}.warp-error-frames-alone", each.Average(), "/255"));
        rows.Add(new($"{row}.laplacian", Laplacian(steady) / Laplacian(alone), "x", TextureLeast) { IsFloor = true });
        rows.Add(new($"{row}.style-term", Term(steady, style) / Term(alone, style), "x", StyleMost));
        double[] excess = [.. painted.Zip(source, (ours, own) => ours - own)];
        double[] borders = [.. excess.Where((_, index) => IsBorder(index + 1))], rest = [.. excess.Where((_, index) => !IsBorder(index + 1))];
        rows.Add(new($"{row}.excess-at-block-borders", borders.Average(), "/255", TimeExtensionMeasures.Percentile(rest, 0.95)));
        rows.Add(new($"{row}.excess-elsewhere", rest.Average(), "/255"));
        rows.Add(new($"{row}.seconds-per-frame", seconds, "s", SecondsMost));
        rows.Add(new($"{row}.seconds-per-frame-alone", secondsAlone, "s"));
    }

    /// <summary>Whether a frame is one of those over which a block fades into the next.</summary>
    private static bool IsBorder(int frame) => frame >= BlockFrames && frame % BlockFrames < OverlapFrames;

    private static (List<Frame> Frames, double SecondsPerFrame) Paint(
        StyleVideoClip clip, Dictionary<string, double> numbers, Dictionary<string, string> texts, string folder)
    {
        StylePipeline pipeline = new();
        List<Frame> frames = [];
        long start = Stopwatch.GetTimestamp();
        for (int index = 0; index < clip.Frames.Count; index++) frames.Add(clip.Paint(pipeline, index, numbers, texts));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / frames.Count;
        Directory.CreateDirectory(folder);
        for (int index = 0; index < frames.Count; index++)
            StillWriter.Write(Path.Combine(folder, $"frame-{index:0000}.png"), frames[index], StillFormat.Png8, hasAlpha: false);
        return (frames, seconds);
    }

    private static double Laplacian(List<Frame> frames) => frames.Average(StyleVideoMeasures.LaplacianEnergy);

    private static double Term(List<Frame> frames, Frame style) =>
        frames.Where((_, index) => index % (frames.Count / Sampled) == 5).Average(frame => StyleVideoMeasures.StyleTerm(frame, style));
}
