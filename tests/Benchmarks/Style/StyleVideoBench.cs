using System.Diagnostics;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines.Style;

namespace RunwayFX.Benchmarks;

/// <summary>Is a painted clip as steady as its source without losing what makes it a painting? Pedestrians before a still camera, 60 frames of 480×360, painted
/// after a picture, beside the same with every frame on its own. Budget: 1 s a frame, wanted 0.5 s. Writes all frames.</summary>
/// <param name="part">Only this one: picture, draft, keyframe or two-keyframes; null = all.</param>
internal sealed class StyleVideoBench(string? part = null) : IBench
{
    private const int BlockFrames = TemporalBlocks.FramesMax, OverlapFrames = TemporalBlocks.OverlapFrames, PairStep = 10;
    private const double WarpAllowance = 0.2, TextureLeast = 0.85, StyleMost = 1.1, SecondsMost = 1;

    /// <summary>A draft follows a moving control: some 25 pictures a second.</summary>
    private const double DraftMsMost = 40;

    /// <summary>Frames that a draft is timed on, after as many that warm it up.</summary>
    private const int DraftFrames = 24;

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
        if (Has("picture")) Measure("picture", clip, new() { ["stylePath"] = starry }, StillReader.Read(starry), measures, rows);

        if (Has("draft")) MeasureDraft(clip, starry, measures, rows);
        if (!Has("keyframe") && !Has("two-keyframes")) return rows;

        // The painter of these keyframes is the still method; a person's would do as well.
        Frame first = Still(clip, 0, starry), last = Still(clip, clip.Frames.Count - 1, starry);
        (clip.Pictures["/first.png"], clip.Pictures["/last.png"]) = (first, last);
        if (Has("keyframe")) Measure("keyframe", clip, new() { [EffectCatalog.KeyframesName] = "0=/first.png" }, first, measures, rows);
        if (Has("two-keyframes")) Measure("two-keyframes", clip, new() { [EffectCatalog.KeyframesName] = $"0=/first.png;{clip.Frames.Count - 1}=/last.png" }, Stacked(first, last), measures, rows);
        Console.WriteLine($"style-video: pictures in {Folder}");
        return rows;
    }

    private bool Has(string name) => part is null || part == name;

    /// <summary>Paints the whole clip, and some pairs of neighbouring frames each on its own, and compares the two.</summary>
    private static void Measure(
        string name, StyleVideoClip clip, Dictionary<string, string> texts, Frame style, StyleVideoMeasures measures, List<BenchRow> rows)
    {
        int[] every = [.. Enumerable.Range(0, clip.Frames.Count)], pairs = [.. every.Where(index => index % PairStep is PairStep - 2 or PairStep - 1)];
        (Dictionary<int, Frame> steady, double seconds) = Paint(clip, every, [], texts, Path.Combine(Folder, name));
        (Dictionary<int, Frame> alone, double secondsAlone) = Paint(clip, pairs, new() { ["temporalStability"] = 0 }, texts, Path.Combine(Folder, name + "-alone"));
        Dictionary<int, double> source = measures.WarpErrors(index => clip.Frames[index]), painted = measures.WarpErrors(steady.GetValueOrDefault),
            each = measures.WarpErrors(alone.GetValueOrDefault);
        string row = $"style-video.{name}";
        rows.Add(new($"{row}.warp-error", painted.Values.Average(), "/255", source.Values.Average() + WarpAllowance));
        rows.Add(new($"{row}.warp-error-of-source", source.Values.Average(), "/255"));
        rows.Add(new($"{row}.warp-error-frames-alone", each.Values.Average(), "/255"));
        Frame[] ours = [.. pairs.Select(index => steady[index])], theirs = [.. pairs.Select(index => alone[index])];
        rows.Add(new($"{row}.laplacian", Laplacian(ours) / Laplacian(theirs), "x", TextureLeast) { IsFloor = true });
        rows.Add(new($"{row}.style-term", Term(ours, style) / Term(theirs, style), "x", StyleMost));
        ILookup<bool, double> excess = painted.ToLookup(pair => IsBorder(pair.Key), pair => pair.Value - source[pair.Key]);
        rows.Add(new($"{row}.excess-at-block-borders", excess[true].Average(), "/255", TimeExtensionMeasures.Percentile(excess[false], 0.95)));
        rows.Add(new($"{row}.excess-elsewhere", excess[false].Average(), "/255"));
        rows.Add(new($"{row}.seconds-per-frame", seconds, "s", SecondsMost));
        rows.Add(new($"{row}.seconds-per-frame-alone", secondsAlone, "s"));
    }

    /// <summary>The quick look: every frame by itself, and yet steady.</summary>
    private static void MeasureDraft(StyleVideoClip clip, string picture, StyleVideoMeasures measures, List<BenchRow> rows)
    {
        Dictionary<string, double> numbers = new() { ["quality"] = (int)QualityLevel.Draft };
        Dictionary<string, string> texts = new() { ["stylePath"] = "/style" };
        clip.Pictures["/style"] = StillReader.Read(picture);
        StylePipeline pipeline = new();
        Dictionary<int, Frame> frames = [];
        List<double> times = [];
        for (int index = 0; index < 2 * DraftFrames; index++)
        {
            long start = Stopwatch.GetTimestamp();
            frames[index] = clip.Paint(pipeline, index, numbers, texts);
            if (index >= DraftFrames) times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        rows.Add(new("style-video.draft.ms-per-frame", times[times.Count / 2], "ms", DraftMsMost));
        rows.Add(new("style-video.draft.warp-error", measures.WarpErrors(frames.GetValueOrDefault).Values.Average(), "/255"));
        string folder = Path.Combine(Folder, "draft");
        Directory.CreateDirectory(folder);
        StillWriter.Write(Path.Combine(folder, "frame-0010.png"), frames[10], StillFormat.Png8, hasAlpha: false);
    }

    private static Frame Still(StyleVideoClip clip, int index, string picture) => clip.Paint(
        new StylePipeline(), index, new Dictionary<string, double> { ["temporalStability"] = 0 }, new Dictionary<string, string> { ["stylePath"] = picture });

    /// <summary>Whether a frame is one of those over which a block fades into the next.</summary>
    private static bool IsBorder(int frame) => frame >= BlockFrames && frame % BlockFrames < OverlapFrames;

    private static (Dictionary<int, Frame> Frames, double SecondsPerFrame) Paint(
        StyleVideoClip clip, int[] wanted, Dictionary<string, double> numbers, Dictionary<string, string> texts, string folder)
    {
        StylePipeline pipeline = new();
        Dictionary<int, Frame> frames = [];
        long start = Stopwatch.GetTimestamp();
        foreach (int index in wanted) frames[index] = clip.Paint(pipeline, index, numbers, texts);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / frames.Count;
        Directory.CreateDirectory(folder);
        foreach ((int index, Frame frame) in frames)
            StillWriter.Write(Path.Combine(folder, $"frame-{index:0000}.png"), frame, StillFormat.Png8, hasAlpha: false);
        return (frames, seconds);
    }

    /// <summary>Two paintings in one picture, one below the other: what a frame between them may be made of.</summary>
    private static Frame Stacked(Frame above, Frame below)
    {
        Frame both = new(above.Width, above.Height + below.Height);
        above.Pixels.CopyTo(both.Pixels, 0);
        below.Pixels.CopyTo(both.Pixels, above.Pixels.Length);
        return both;
    }

    private static double Laplacian(Frame[] frames) => frames.Average(StyleVideoMeasures.LaplacianEnergy);

    private static double Term(Frame[] frames, Frame style) =>
        frames.Where((_, index) => index % 2 == 0).Average(frame => StyleVideoMeasures.StyleTerm(frame, style));
}
