using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Alpha;

/// <summary>An effect with the user's choice of what becomes of alpha (<see cref="AlphaUse"/>); with the default it passes through.</summary>
/// <remarks>Where the result shows no source, beyond its edge, it has the effect's own alpha. Thread-safe.</remarks>
public sealed class AlphaPipeline(IEffectPipeline inner) : IEffectPipeline
{
    private const int SourceClip = 0;

    /// <inheritdoc/>
    public EffectDefinition Effect => inner.Effect;

    /// <inheritdoc/>
    public bool KeepsFrames => inner.KeepsFrames;

    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 3;
        ArgumentNullException.ThrowIfNull(job);
        long own = UseOf(job) == AlphaUse.Process ? 0 : FrameMemory.Of(FramesHeld, width, height);
        return own + inner.EstimateMemory(job, width, height);
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        AlphaUse use = UseOf(job);
        if (use == AlphaUse.Process) return inner.Render(job, frames, pictures, progress, cancellation);
        Frame result = inner.Render(job, use == AlphaUse.Ignore ? new OpaqueFrames(frames) : frames, pictures, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (!frames.TryFetch(SourceClip, TimeOf(job, frames), out HostFrame? source)) return result;
        if (inner.KeepsFrames) result = result.Clone();
        Restore(result, job.OutputWindow, source, use == AlphaUse.Pass && source.Premultiplied);
        return result;
    }

    private static AlphaUse UseOf(RenderJob job) => (AlphaUse)job.Integer(EffectCatalog.AlphaUseName);

    /// <summary>The source frame whose alpha the result shows: of another moment, the nearest frame.</summary>
    private static double TimeOf(RenderJob job, IHostFrames frames) => job.Effect.IsRetimer && frames.HasTemporalAccess
        ? Math.Floor(Retime.RetimeSettings.From(job).Moment + 0.5)
        : job.Time;

    /// <summary>Puts the source's alpha back.</summary>
    /// <param name="result">Changed where there is source.</param>
    /// <param name="window">Where it lies.</param>
    /// <param name="source">The source.</param>
    /// <param name="isScaled">Whether the result's colour is multiplied by its alpha and has to follow.</param>
    private static void Restore(Frame result, PixelWindow window, HostFrame source, bool isScaled)
    {
        int x1 = Math.Max(window.X1, source.Window.X1), x2 = Math.Min(Math.Min(window.X2, source.Window.X2), source.Window.X1 + source.Picture.Width);
        int y1 = Math.Max(window.Y1, source.Window.Y2 - source.Picture.Height), y2 = Math.Min(window.Y2, source.Window.Y2);
        for (int y = y1; y < y2 && x1 < x2; y++)
        {
            ReadOnlySpan<float> from = source.Picture.Row(source.Window.Y2 - 1 - y).Slice(Frame.Channels * (x1 - source.Window.X1), Frame.Channels * (x2 - x1));
            Span<float> to = result.Row(window.Y2 - 1 - y).Slice(Frame.Channels * (x1 - window.X1), from.Length);
            for (int i = 0; i < to.Length; i += Frame.Channels)
            {
                float made = to[i + 3], kept = from[i + 3];
                if (made.Equals(kept)) continue;
                to[i + 3] = kept;
                if (!isScaled || !float.IsFinite(made) || !float.IsFinite(kept) || made == 0) continue;
                for (int channel = 0; channel < 3; channel++) to[i + channel] *= kept / made;
            }
        }
    }

    /// <summary>The host's frames with an opaque source.</summary>
    private sealed class OpaqueFrames(IHostFrames frames) : IHostFrames
    {
        public bool HasTemporalAccess => frames.HasTemporalAccess;

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            if (!frames.TryFetch(clip, time, out frame) || clip != SourceClip) return frame is not null;
            Frame opaque = frame.Picture.Clone();
            for (int i = 3; i < opaque.Pixels.Length; i += Frame.Channels) opaque.Pixels[i] = 1;
            frame = frame with { Picture = opaque, Premultiplied = false };
            return true;
        }
    }
}
