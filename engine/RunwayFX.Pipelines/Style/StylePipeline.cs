using System.Collections.Concurrent;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Pipelines.Style;

/// <summary>Repaints a clip in the manner of a style picture: the effect <see cref="EffectCatalog.Style"/>. One instance serves all
/// sessions.</summary>
/// <remarks>Thread-safe. Holds at most the bytes given of painted frames, and half as much more again of prepared style pictures: two paintings of 4K.</remarks>
public sealed class StylePipeline : IEffectPipeline
{
    /// <summary>Default limit of the memory for painted frames: a dozen of 4K and what the next one needs of them, a block of 720p.</summary>
    public const long CacheBytesMax = 256L << 20;

    private const int SourceClip = 0;

    private readonly BoundedCache _painted;
    private readonly StyleReferences _references;
    private readonly StyleSequence _sequence;
    private readonly KeyframePainter _keyframes;
    private readonly ModelStyle _model;
    private readonly KeyedGates _composing = new();
    private readonly DisplayColours _displays = new();
    private readonly ConcurrentDictionary<ColourEncoding, (PerceptualGuide Guide, StyleFinish Finish)> _colours = new();

    /// <summary>Creates the pipeline with empty caches.</summary>
    /// <param name="cacheBytesMax">Most bytes of painted frames kept between requests.</param>
    /// <param name="models">Makes pictures for the method Model; null takes the user's packages.</param>
    public StylePipeline(long cacheBytesMax = CacheBytesMax, ModelMaker? models = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cacheBytesMax);
        _painted = new BoundedCache(cacheBytesMax);
        _references = new StyleReferences(cacheBytesMax / 2 * 3);
        _sequence = new StyleSequence(_painted);
        _keyframes = new KeyframePainter(_sequence, _painted);
        _model = new ModelStyle(models ?? new ModelMaker(), _keyframes, _painted);
    }

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Style;

    /// <inheritdoc/>
    public bool KeepsFrames => false;

    /// <summary>Bytes of painted frames held now.</summary>
    internal long HeldBytes => _painted.Bytes;

    /// <remarks>The source, a neighbour, and four states of two paintings and their blend; what the host's window shows of it; the search, from a style as
    /// large as one is used; two states of the chain.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 7, ChainBytes = 2 * 12;
        ArgumentNullException.ThrowIfNull(job);
        long model = ModelSettings.IsWanted(job) ? ModelMaker.EstimateMemory(width, height) : 0;
        if (model > 0 && job.IsInteractive) return model;
        int halvings = StyleReference.CountHalvings(job.IsInteractive ? QualityLevel.Draft : (QualityLevel)job.Integer("quality"), width, height);
        long pixels = (long)width * height, work = pixels >> (2 * halvings), style = StyleReference.PixelsMax;
        return model + FrameMemory.Of(FramesHeld, width, height) + style * FrameMemory.PixelBytes + ChainBytes * work
            + GuidedSynthesis.MemoryBytes(style >> (2 * halvings), work, StyleGuides.Channels);
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        if (!frames.TryFetch(SourceClip, job.Time, out HostFrame? source))
        {
            throw new PipelineException(PipelineError.SourceMissing, $"the host gave no {EffectDefinition.SourceClipName} frame at time {job.Time}");
        }

        ModelSettings? model = ModelSettings.Read(job);
        if (model is not null && !model.Covers(job.Time)) return WindowCrop.Of(source.Picture, source.Window, job.OutputWindow);
        if (job.Matte is { } matte) Report(matte, source);
        StyleSettings settings = StyleSettings.From(job);
        (PerceptualGuide guide, StyleFinish finish) = _colours.GetOrAdd(settings.Encoding,
            encoding => (new PerceptualGuide(encoding), new StyleFinish(encoding)));
        if (StyleKeyframes.Read(job.Text(EffectCatalog.KeyframesName), out StyleKeyframe[] keyframes) is { } wrong)
            throw new PipelineException(PipelineError.ReferenceMissing, $"{EffectCatalog.KeyframesName}: {wrong}; write 12=/path/a.png;48=/path/b.png");

        using ComposingTurn turn = new(_composing);
        StyleRender Begin(IPictureReader reader) => new(job, settings, source, frames, reader, guide, _references, turn, cancellation);
        if (model is not null)
        {
            (Frame made, DisplayRows seen) = _model.Paint(model, keyframes, pictures, Begin, progress);
            return WindowCrop.Of(Finished(job, source, made, seen, cancellation), source.Window, job.OutputWindow);
        }

        StyleRender render = Begin(pictures);
        (Frame painted, DisplayRows display) = keyframes.Length > 0 ? _keyframes.Paint(render, keyframes, progress) : PaintAfterPicture(render, progress);
        cancellation.ThrowIfCancellationRequested();
        FinishOptions options = new()
        {
            Premultiplied = source.Premultiplied, KeepColour = (float)job.Number("keepColour"), KeepLuma = (float)job.Number("keepLuma"),
        };
        finish.Apply(painted, display, source.Picture, options, cancellation);
        return WindowCrop.OfOwn(painted, source.Window, job.OutputWindow);
    }

    /// <summary>A model's picture over the source. Unlike a style picture's, its highlights are the source's own, rolled off.</summary>
    private Frame Finished(RenderJob job, HostFrame source, Frame made, DisplayRows display, CancellationToken cancellation)
    {
        float keepColour = (float)job.Number("keepColour"), keepLuma = (float)job.Number("keepLuma");
        if (keepColour > 0 || keepLuma > 0) StyleFinish.Keep(made, display, keepColour, keepLuma, cancellation);
        return ModelBlend.Over(source, _displays.Of(job).FromDisplay(made, isFromSource: true, cancellation));
    }

    private (Frame Painted, DisplayRows Display) PaintAfterPicture(StyleRender render, IProgress<double> progress)
    {
        (UInt128 recipe, Func<double, SequenceFrame?> fetch) = render.OfPictures();
        SequenceFrame frame = fetch(render.Job.Time)!;
        SequenceRequest request = new(recipe, fetch, render.Job.Time, frame);
        SequencePainting painting = render.IsSequence
            ? _sequence.Paint(request, progress, render.Cancellation)
            : new SequencePainting(_sequence.PaintStill(request, progress, render.Cancellation), null, 1);
        return (render.Compose(painting, frame.Painter.Style), frame.Display);
    }

    /// <summary>Everything is repainted but what is transparent.</summary>
    private static void Report(GeneratedMatte matte, HostFrame source)
    {
        float[] shares = new float[source.Picture.Width * source.Picture.Height];
        for (int pixel = 0; pixel < shares.Length; pixel++) shares[pixel] = source.Picture.Pixels[Frame.Channels * pixel + 3] == 0 ? 0 : 1;
        matte.Put(shares, source.Window);
    }
}
