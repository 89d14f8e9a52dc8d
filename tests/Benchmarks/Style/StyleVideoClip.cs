using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Style;

namespace RunwayFX.Benchmarks;

/// <summary>A clip that is painted: frames as a host gives them, pictures as the engine reads them.</summary>
internal sealed class StyleVideoClip(IReadOnlyList<Frame> frames) : IHostFrames, IPictureReader, IProgress<double>
{
    private const int Width = 480, Height = 360, Count = 60;

    /// <summary>All frames.</summary>
    public IReadOnlyList<Frame> Frames { get; } = frames;

    /// <summary>Pictures by the path that parameters name; others are read from files.</summary>
    public Dictionary<string, Frame> Pictures { get; } = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public bool HasTemporalAccess => true;

    /// <summary>Frames 0–59 of <c>vtest.avi</c> at 480×360; null where the clip is absent.</summary>
    public static StyleVideoClip? Pedestrians()
    {
        string path = Path.Combine(TimeExtensionClip.Folder, "vtest.avi");
        if (!File.Exists(path)) return null;
        using FrameReader reader = FrameReader.Open(path);
        List<Frame> frames = [];
        for (int index = 0; index < Count; index++) frames.Add(Resampling.Resize(reader.Read(index), Width, Height, ResamplingFilter.Area));
        return new(frames);
    }

    /// <summary>Paints one frame.</summary>
    public Frame Paint(StylePipeline pipeline, double time, IReadOnlyDictionary<string, double> numbers, IReadOnlyDictionary<string, string> texts)
    {
        EffectDefinition effect = EffectCatalog.Style;
        double[] values = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] words = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        values[effect.IndexOf("colourSpace")] = (int)ColourSpaceOption.Srgb;
        foreach ((string name, double value) in numbers) values[effect.IndexOf(name)] = value;
        foreach ((string name, string value) in texts) words[effect.IndexOf(name)] = value;
        RenderJob job = new()
        {
            Effect = effect, Numbers = values, Texts = words, Time = time, OutputWindow = new PixelWindow(0, 0, Frames[0].Width, Frames[0].Height),
        };
        return pipeline.Render(job, this, this, this, CancellationToken.None);
    }

    /// <inheritdoc/>
    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        int index = (int)Math.Floor(time);
        frame = clip == 0 && index >= 0 && index < Frames.Count
            ? new HostFrame(Frames[index], new PixelWindow(0, 0, Frames[index].Width, Frames[index].Height), false) : null;
        return frame is not null;
    }

    /// <inheritdoc/>
    public Frame Read(string path) => Pictures.TryGetValue(path, out Frame? picture) ? picture : StillReader.Read(path);

    /// <inheritdoc/>
    public void Report(double value)
    {
    }
}
