using System.Collections.Concurrent;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Repaints a clip in the manner of a style picture: the effect <see cref="EffectCatalog.Style"/>. One instance serves all
/// sessions.</summary>
/// <remarks>Thread-safe. Holds at most the bytes given of painted frames and as much again as one quarter for prepared style pictures.</remarks>
public sealed class StylePipeline : IEffectPipeline
{
    /// <summary>Default limit of the memory for painted frames.</summary>
    public const long CacheBytesMax = 512L << 20;

    private const int SourceClip = 0, StyleClip = 1, ThreadsMax = 4;

    private readonly BoundedCache _painted;
    private readonly BoundedCache _references;
    private readonly StyleSequence _sequence;
    private readonly KeyedGates _referenceGates = new();
    private readonly ConcurrentDictionary<ColourEncoding, (PerceptualGuide Guide, StyleFinish Finish)> _colours = new();

    /// <summary>Creates the pipeline with empty caches.</summary>
    /// <param name="cacheBytesMax">Most bytes of painted frames kept between requests.</param>
    public StylePipeline(long cacheBytesMax = CacheBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cacheBytesMax);
        _painted = new BoundedCache(cacheBytesMax);
        _references = new BoundedCache(cacheBytesMax / 4);
        _sequence = new StyleSequence(_painted);
    }

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Style;

    /// <summary>Bytes of painted frames held now.</summary>
    internal long HeldBytes => _painted.Bytes;

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        if (!frames.TryFetch(SourceClip, job.Time, out HostFrame? source))
        {
            throw new PipelineException(PipelineError.SourceMissing, $"the host gave no {EffectDefinition.SourceClipName} frame at time {job.Time}");
        }

        float mix = (float)job.Number("mix");
        if (mix <= 0) return Crop(source.Picture, source.Window, job.OutputWindow);

        StyleSettings settings = StyleSettings.From(job);
        (PerceptualGuide guide, StyleFinish finish) = _colours.GetOrAdd(settings.Encoding,
            encoding => (new PerceptualGuide(encoding), new StyleFinish(encoding)));
        (int width, int height) = (source.Picture.Width, source.Picture.Height);
        (Frame stylePicture, UInt128 styleHash) = ReadStyle(job, frames, pictures, guide);
        UInt128 recipe = settings.Key(styleHash, width, height);
        StyleReference style = Reference(recipe, stylePicture, settings, width, height, cancellation);

        SequenceFrame frame = new(StyleSettings.Hash(source), () => Display(source, guide));
        SequenceRequest request = new(recipe, new StylePainter(style, settings), Fetch, job.Time, frame);
        bool isSequence = frames.HasTemporalAccess && !job.IsInteractive && settings.Stability > 0;
        SequencePainting painting = isSequence
            ? _sequence.Paint(request, progress, cancellation)
            : new SequencePainting(_sequence.PaintStill(request, progress, cancellation), null, 1);
        cancellation.ThrowIfCancellationRequested();

        Frame painted = Compose(painting.Current);
        if (painting.Fading is { } fading) StyleFinish.Fade(painted, Compose(fading), painting.Weight);
        Frame result = finish.Apply(painted, frame.Display, source.Picture, source.Premultiplied, (float)job.Number("keepColour"), mix, cancellation);
        return Crop(result, source.Window, job.OutputWindow);

        Frame Compose(PaintedFrame decided) =>
            StyleComposer.Compose(decided, style, settings.Fidelity, width, height, Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax),
                cancellation);

        SequenceFrame? Fetch(double time)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!frames.TryFetch(SourceClip, time, out HostFrame? other)) return null;
            if (other.Picture.Width != width || other.Picture.Height != height) return null;
            return new SequenceFrame(StyleSettings.Hash(other), () => Display(other, guide));
        }
    }

    /// <summary>The style's display-like pixels, and the identity of what they were made from.</summary>
    private static (Frame Picture, UInt128 Hash) ReadStyle(RenderJob job, IHostFrames frames, IPictureReader pictures, PerceptualGuide guide)
    {
        if (job.Flag("styleFromClip"))
        {
            // A block has one style, whichever of its frames is asked for.
            double start = frames.HasTemporalAccess ? Math.Floor(job.Time / StyleSequence.BlockFramesMax) * StyleSequence.BlockFramesMax : job.Time;
            if (!frames.TryFetch(StyleClip, start, out HostFrame? style) && !frames.TryFetch(StyleClip, job.Time, out style))
            {
                throw new PipelineException(PipelineError.ReferenceMissing,
                    $"styleFromClip is on, but the host gave no {EffectCatalog.StyleClipName} frame at time {job.Time}");
            }

            return (Display(style, guide), StyleSettings.Hash(style));
        }

        string path = job.Text("stylePath");
        if (string.IsNullOrWhiteSpace(path))
        {
            throw new PipelineException(PipelineError.ReferenceMissing,
                "stylePath is empty: name a style picture, or connect a Style clip and turn styleFromClip on");
        }

        Frame picture = pictures.Read(path);
        return (picture, StyleSettings.Hash(picture));
    }

    private StyleReference Reference(UInt128 recipe, Frame picture, StyleSettings settings, int width, int height, CancellationToken cancellation)
    {
        using IDisposable gate = _referenceGates.Enter(recipe, cancellation);
        if (_references.TryGet(recipe, out StyleReference? style)) return style;
        style = StyleReference.Create(picture, settings, width, height, cancellation);
        _references.Put(recipe, style, style.Bytes);
        return style;
    }

    private static Frame Display(HostFrame frame, PerceptualGuide guide) =>
        guide.Convert(frame.Premultiplied ? Premultiplication.Unpremultiply(frame.Picture) : frame.Picture);

    /// <summary>The part of a picture that a window shows; transparent black outside. Windows are y up, pictures top-down.</summary>
    private static Frame Crop(Frame picture, PixelWindow window, PixelWindow wanted)
    {
        if (wanted == window) return picture.Clone();
        if (wanted.IsEmpty) throw new PipelineException(PipelineError.SizeUnsupported, $"the output window is {wanted.Width}×{wanted.Height} pixels");
        Frame result = new(wanted.Width, wanted.Height);
        int left = Math.Max(wanted.X1, window.X1), right = Math.Min(Math.Min(wanted.X2, window.X2), window.X1 + picture.Width);
        if (right <= left) return result;
        for (int y = 0; y < wanted.Height; y++)
        {
            int from = window.Y2 - wanted.Y2 + y;
            if (from < 0 || from >= picture.Height) continue;
            Span<float> part = picture.Row(from).Slice((left - window.X1) * Frame.Channels, (right - left) * Frame.Channels);
            part.CopyTo(result.Row(y)[((left - wanted.X1) * Frame.Channels)..]);
        }

        return result;
    }
}
