using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

/// <summary>A small made-up clip, style and host for the style pipeline.</summary>
internal sealed class StyleScene : IHostFrames, IPictureReader
{
    public const int Width = 80, Height = 60;

    private readonly Dictionary<double, HostFrame> _source = [];
    private readonly Lock _lock = new();

    /// <summary>A clip with a dark square that walks two pixels a frame before a still, slightly noisy ground.</summary>
    public StyleScene(int firstFrame = 0, int frames = 12)
    {
        for (int time = firstFrame; time < firstFrame + frames; time++) _source[time] = Host(Walk(time));
    }

    public bool HasTemporalAccess { get; init; } = true;

    public Frame? StylePicture { get; init; } = Strokes(96, 72);

    public HostFrame? StyleClip { get; init; }

    /// <summary>The style clip by time, in place of one frame for all.</summary>
    public Func<double, HostFrame>? StyleAt { get; init; }

    public HostFrame? MaskClip { get; init; }

    /// <summary>Pictures by path; every other path is the style picture's, but those that start with a slash.</summary>
    public Dictionary<string, Frame> Pictures { get; } = new(StringComparer.Ordinal);

    /// <summary>Times that were fetched of the source, in order.</summary>
    public List<double> Fetched { get; } = [];

    /// <summary>Gives copies, which it spoils when they are released.</summary>
    public bool SpoilsReleased { get; init; }

    /// <summary>How many frames were released.</summary>
    public int ReleasedCount { get; private set; }

    /// <summary>The frame at a time.</summary>
    public HostFrame this[double time]
    {
        get => _source[time];
        set => _source[time] = value;
    }

    public bool TryFetch(int clip, double time, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HostFrame? frame)
    {
        frame = clip == 2 ? MaskClip : StyleAt?.Invoke(time) ?? StyleClip;
        if (clip != 0) return frame is not null;
        lock (_lock)
        {
            Fetched.Add(time);
            bool isThere = _source.TryGetValue(time, out frame);
            if (isThere && SpoilsReleased) frame = frame! with { Picture = frame.Picture.Clone() };
            return isThere;
        }
    }

    public void Release(HostFrame frame)
    {
        ReleasedCount++;
        if (SpoilsReleased) Array.Fill(frame.Picture.Pixels, float.NaN);
    }

    public Frame Read(string path) => Pictures.TryGetValue(path, out Frame? known) ? known
        : !path.StartsWith('/') && StylePicture is not null ? StylePicture : throw new PipelineException(PipelineError.PictureUnreadable, path);

    /// <summary>Renders a time with parameters by name.</summary>
    public Frame Render(StylePipeline pipeline, double time, params (string Name, double Value)[] numbers) => Render(pipeline, Job(time, numbers));

    /// <summary>Renders a job.</summary>
    public Frame Render(StylePipeline pipeline, RenderJob job, Action<double>? progress = null, CancellationToken cancellation = default) =>
        new OutputPipeline(pipeline).Render(job, this, this, new Reaction(progress), cancellation);

    /// <summary>A job with defaults where nothing else is said.</summary>
    public RenderJob Job(double time, params (string Name, double Value)[] numbers)
    {
        EffectDefinition effect = EffectCatalog.Style;
        double[] values = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        if (StylePicture is not null) texts[effect.IndexOf("stylePath")] = "style.png";
        foreach ((string name, double value) in numbers) values[effect.IndexOf(name)] = value;
        PixelWindow window = _source.TryGetValue(time, out HostFrame? frame) ? frame.Window : new PixelWindow(0, 0, Width, Height);
        return new RenderJob { Effect = effect, Numbers = values, Texts = texts, Time = time, OutputWindow = window };
    }

    /// <summary>A host frame at the origin.</summary>
    public static HostFrame Host(Frame picture, bool premultiplied = false) =>
        new(picture, new PixelWindow(0, 0, picture.Width, picture.Height), premultiplied);

    /// <summary>A picture of strokes from dark blue to yellow.</summary>
    public static Frame Strokes(int width, int height) => TestPictures.Draw(width, height, (x, y) =>
    {
        float tone = (x + 0.6f * y) / (width + 0.6f * height), stroke = (x * 7 + y * 13 + x * y / 5) % 11 / 11f;
        float light = Math.Clamp(0.9f * tone + 0.15f * stroke, 0, 1);
        return (light * light, 0.9f * light, 0.25f + 0.5f * (1 - light) * stroke);
    });

    /// <summary>The clip's picture at a time.</summary>
    public static Frame Walk(int time)
    {
        Random noise = new(1000 + time);
        int left = 10 + 2 * time;
        return TestPictures.Draw(Width, Height, (x, y) =>
        {
            bool isWalker = x >= left && x < left + 10 && y >= 20 && y < 44;
            float ground = 0.35f + 0.4f * y / Height + ((x / 8 + y / 8) % 2 == 0 ? 0.08f : 0) + 0.006f * noise.NextSingle();
            float value = isWalker ? 0.08f : ground;
            return (value, value * 0.95f, value * 0.9f);
        });
    }

    private sealed class Reaction(Action<double>? report) : IProgress<double>
    {
        public void Report(double value) => report?.Invoke(value);
    }
}
