using System.Collections.Concurrent;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Retime;

/// <summary>Shows the source at other moments: the effect <see cref="EffectCatalog.Retime"/>. One instance serves all sessions.</summary>
/// <remarks>Thread-safe. A moment that is a source frame gives that frame's bits; one in between is made from the two frames around it, whichever moments
/// were asked for before. Frames of two shots are never mixed: the nearer one is shown. Beyond what the host has, its last frame is held. Without temporal
/// access the frame at hand is shown. Motion between two frames is kept for the moments to come, in at most the bytes given.</remarks>
public sealed class RetimePipeline : IEffectPipeline
{
    /// <summary>Default limit of the memory for motion between frames.</summary>
    public const long CacheBytesMax = 768L << 20;

    private const int SourceClip = 0, ThreadsMax = 16;

    private readonly SharedResults<UInt128, RetimeInterval> _intervals;
    private readonly ConcurrentDictionary<ColourEncoding, PerceptualGuide> _guides = new();

    /// <summary>Creates the pipeline with an empty cache.</summary>
    /// <param name="cacheBytesMax">Most bytes of frames and motion kept between requests.</param>
    public RetimePipeline(long cacheBytesMax = CacheBytesMax)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cacheBytesMax);
        _intervals = new SharedResults<UInt128, RetimeInterval>(cacheBytesMax);
    }

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Retime;

    /// <summary>Threads that work on a frame; the result is the same for any number.</summary>
    internal int Threads { get; init; } = Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax);

    /// <remarks>The two frames and their display-like copies, what moves where either way, the result and what the host's window shows of it.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 7, MotionBytes = 130;
        return FrameMemory.Of(FramesHeld, width, height) + (long)MotionBytes * width * height;
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        cancellation.ThrowIfCancellationRequested();
        PixelWindow output = job.OutputWindow;
        if (output.IsEmpty || output.Width > Frame.SideMax || output.Height > Frame.SideMax)
            throw new PipelineException(PipelineError.SizeUnsupported, $"an output window of {output.Width}×{output.Height} pixels is outside 1..{Frame.SideMax}");

        RetimeSettings settings = RetimeSettings.From(job);
        bool isUnchanged = !frames.HasTemporalAccess || settings.Moment == job.Time;
        if (isUnchanged) return Show(Fetch(frames, job.Time) ?? throw Missing(job.Time), output);
        return Show(Retimed(job, settings, frames, progress, cancellation), output);
    }

    private HostFrame Retimed(RenderJob job, RetimeSettings settings, IHostFrames frames, IProgress<double> progress, CancellationToken cancellation)
    {
        (double before, double fraction) = RetimeClock.Split(settings.Moment);
        if (settings.Method == RetimeMethod.Nearest && fraction > 0) (before, fraction) = (fraction < 0.5 ? before : before + 1, 0);
        HostFrame? first = Fetch(frames, before), second = fraction > 0 ? Fetch(frames, before + 1) : null;
        if (first is null || second is null) return first ?? second ?? throw Missing(before);
        HostFrame nearer = fraction < 0.5 ? first : second;
        if (first.Window != second.Window || first.Premultiplied != second.Premultiplied || first.Picture.Width != second.Picture.Width
            || first.Picture.Height != second.Picture.Height) return nearer;

        RetimeInterval interval = _intervals.GetOrCompute(RetimeInterval.KeyOf(first, second, settings), () =>
        {
            PerceptualGuide guide = _guides.GetOrAdd(settings.Encoding, encoding => new PerceptualGuide(encoding));
            RetimeInterval made = RetimeInterval.Create(first, second, settings, guide, Threads, progress, cancellation);
            return (made, made.Bytes);
        }, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (interval.IsCut(settings.CutThreshold)) return nearer;
        job.Matte?.Fill(first.Window, 1);
        return first with { Picture = interval.Render(fraction, Threads, cancellation) };
    }

    private static Frame Show(HostFrame frame, PixelWindow wanted) => WindowCrop.Of(frame.Picture, frame.Window, wanted);

    private static HostFrame? Fetch(IHostFrames frames, double time) => frames.TryFetch(SourceClip, time, out HostFrame? frame) ? frame : null;

    private static PipelineException Missing(double time) =>
        new(PipelineError.SourceMissing, $"the host gave no {EffectDefinition.SourceClipName} frame at time {time}");
}
