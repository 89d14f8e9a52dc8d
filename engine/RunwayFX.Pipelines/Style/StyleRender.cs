using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>What one render works with: its job, the host's frames as the style sees them, and how matches become pixels.</summary>
internal sealed class StyleRender(
    RenderJob job, StyleSettings settings, HostFrame source, IHostFrames frames, IPictureReader pictures, PerceptualGuide guide, StyleReferences references,
    ComposingTurn turn, CancellationToken cancellation)
{
    private const int SourceClip = 0, StyleClip = 1, ThreadsMax = 4;

    public RenderJob Job => job;

    public StyleSettings Settings => settings;

    public CancellationToken Cancellation => cancellation;

    public int Width => source.Picture.Width;

    public int Height => source.Picture.Height;

    /// <summary>Most threads that a step may use.</summary>
    public static int Threads => Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax);

    /// <summary>Whether frames are painted as a sequence rather than each on its own: a draft of a frame waits for no other frame.</summary>
    public bool IsSequence => frames.HasTemporalAccess && settings.Quality != QualityLevel.Draft && settings.Stability > 0;

    /// <summary>The style for which nothing depends on other paintings: a picture, or the style clip.</summary>
    public (UInt128 Recipe, Func<double, SequenceFrame?> Fetch) OfPictures()
    {
        if (!job.Flag("styleFromClip"))
        {
            string path = job.Text("stylePath");
            if (string.IsNullOrWhiteSpace(path))
            {
                throw new PipelineException(PipelineError.ReferenceMissing,
                    "stylePath is empty: name a style picture or painted frames, or connect a Style clip and turn styleFromClip on");
            }

            Frame picture = pictures.Read(path);
            return Constant(picture, StyleSettings.Hash(picture));
        }

        if (job.Integer("styleClipMode") == (int)StyleClipMode.EveryFrame)
        {
            if (StyleAt(job.Time) is null) throw NoStyle();
            return (settings.Key(0, Width, Height), FetchWithStyle);
        }

        // A block has one style, whichever of its frames is asked for.
        double start = frames.HasTemporalAccess ? TemporalBlocks.Start(job.Time) : job.Time;
        HostFrame style = StyleAt(start) ?? StyleAt(job.Time) ?? throw NoStyle();
        return Constant(Display(style), StyleSettings.Hash(style));
    }

    /// <summary>The source's frames, painted with one style.</summary>
    public SequenceFrame? Fetch(double time, Func<StyleReference> style)
    {
        cancellation.ThrowIfCancellationRequested();
        HostFrame? host = FetchSource(time);
        return host is null ? null : new SequenceFrame(StyleSettings.Hash(host), new DisplayRows(host, guide), style, settings);
    }

    /// <summary>The same for a walk, which alone looks at it.</summary>
    private SequenceFrame? FetchForWalk(double time, Func<StyleReference> style)
    {
        cancellation.ThrowIfCancellationRequested();
        HostFrame? host = FetchSource(time);
        return host is null ? null : new SequenceFrame(StyleSettings.Hash(host), new DisplayRows(host, guide), style, settings) { Release = ReleaseOf(host) };
    }

    private Action? ReleaseOf(HostFrame host) => ReferenceEquals(host, source) ? null : () => frames.Release(host);

    /// <summary>A style made ready, kept under its key.</summary>
    public StyleReference Reference(UInt128 key, Func<StyleReference> create) => references.GetOrCreate(key, create, cancellation);

    /// <summary>A painting of one of the clip's frames.</summary>
    /// <exception cref="PipelineException">The file is no picture; the message names the frame and the file.</exception>
    public Frame ReadPainting(StyleKeyframe keyframe)
    {
        try
        {
            return pictures.Read(keyframe.Path);
        }
        catch (PipelineException exception)
        {
            throw new PipelineException(exception.Code, $"painted frame {keyframe.Frame}: {exception.Message}", exception);
        }
    }

    /// <summary>The pixels of a painting, faded where two blocks meet. From the first one on the render has its turn, so it must not wait for anybody any more.</summary>
    /// <param name="painting">What to show.</param>
    /// <param name="style">The style of its matches.</param>
    /// <param name="isSecond">Whether the render holds another one already.</param>
    public Frame Compose(SequencePainting painting, StyleReference style, bool isSecond = false)
    {
        cancellation.ThrowIfCancellationRequested();
        turn.Take(this);
        if (painting.Fading is not { } before) return Compose(painting.Current, style, isSecond);
        Frame fading = Compose(before, style, isSecond), painted = Compose(painting.Current, style, inPlace: true);
        StyleFinish.Fade(painted, fading, painting.Weight);
        FramePool.Return(fading);
        return painted;
    }

    private Frame Compose(PaintedFrame decided, StyleReference style, bool inPlace) =>
        StyleComposer.Compose(decided, style, settings.Fidelity, Width, Height, inPlace, Threads, cancellation);

    private (UInt128 Recipe, Func<double, SequenceFrame?> Fetch) Constant(Frame picture, UInt128 hash)
    {
        UInt128 recipe = settings.Key(hash, Width, Height);
        StyleReference? style = null;
        return (recipe, time => FetchForWalk(time, () => style ??= OfPicture(recipe, picture)));
    }

    private StyleReference OfPicture(UInt128 recipe, Frame picture) =>
        Reference(recipe, () => StyleReference.Create(picture, settings, Width, Height, cancellation));

    private SequenceFrame? FetchWithStyle(double time)
    {
        cancellation.ThrowIfCancellationRequested();
        if (FetchSource(time) is not { } host || StyleAt(time) is not { } style) return null;
        UInt128 styleHash = StyleSettings.Hash(style), key = settings.Key(styleHash, Width, Height);
        return new SequenceFrame(StyleSettings.Combine(StyleSettings.Hash(host), styleHash), new DisplayRows(host, guide), () => OfPicture(key, Display(style)), settings)
        {
            Release = ReleaseOf(host),
        };
    }

    private HostFrame? FetchSource(double time)
    {
        if (time == job.Time) return source;
        bool isThere = frames.TryFetch(SourceClip, time, out HostFrame? other);
        return isThere && other!.Picture.Width == Width && other.Picture.Height == Height ? other : null;
    }

    private HostFrame? StyleAt(double time) => frames.TryFetch(StyleClip, time, out HostFrame? style) ? style : null;

    private Frame Display(HostFrame frame) => new DisplayRows(frame, guide).Whole(cancellation);

    private PipelineException NoStyle() => new(PipelineError.ReferenceMissing,
        $"styleFromClip is on, but the host gave no {EffectCatalog.StyleClipName} frame at time {job.Time}");
}

/// <summary>Lets one render at a time compose a large frame: the buffers of the frame's size that this takes are the most that a render holds, and renders that run beside
/// each other would hold them at the same moments by chance. The others search meanwhile. Dispose it when the frame is composed. Belongs to one render.</summary>
/// <param name="gates">Those of all renders.</param>
internal sealed class ComposingTurn(KeyedGates gates) : IDisposable
{
    /// <summary>Frames of fewer bytes are composed without a turn.</summary>
    public const long FrameBytesMin = 64L << 20;

    private IDisposable? _lease;

    /// <summary>Waits for the turn, once. A frame for somebody who drags a control does not wait.</summary>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public void Take(StyleRender render)
    {
        if (render.Job.IsInteractive || FrameMemory.Of(1, render.Width, render.Height) < FrameBytesMin) return;
        _lease ??= gates.Enter(0, render.Cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _lease?.Dispose();
}

/// <summary>Styles made ready, by key, within a limit of bytes. Thread-safe.</summary>
internal sealed class StyleReferences(long bytesMax)
{
    private readonly BoundedCache _cache = new(bytesMax);
    private readonly KeyedGates _gates = new();

    public StyleReference GetOrCreate(UInt128 key, Func<StyleReference> create, CancellationToken cancellation)
    {
        using IDisposable gate = _gates.Enter(key, cancellation);
        if (_cache.TryGet(key, out StyleReference? style)) return style;
        style = create();
        _cache.Put(key, style, style.Bytes);
        return style;
    }
}
