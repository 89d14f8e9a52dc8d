using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Output;

/// <summary>An effect with what every effect has: mix, the mask where the effect's own method does not work on it, and the choice of what is handed out
/// (<see cref="OutputKind"/>). With the defaults it passes through.</summary>
/// <remarks>A share of 0 gives the source's bits, a share of 1 the result's. Where there is no source frame, mix has nothing to mix with, and what the mask
/// leaves out is transparent. Thread-safe.</remarks>
public sealed class OutputPipeline(IEffectPipeline inner) : IEffectPipeline
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
        return inner.EstimateMemory(job, width, height) + (IsPlain(job) ? 0 : FrameMemory.Of(FramesHeld, width, height));
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        if (IsPlain(job)) return inner.Render(job, frames, pictures, progress, cancellation);
        OutputKind kind = (OutputKind)job.Integer(EffectCatalog.OutputKindName);
        bool masks = MasksHere(job);
        HostFrame? source = FindSource(job, frames);
        float mix = source is null ? 1 : (float)job.Number(EffectCatalog.MixName);
        if (mix <= 0) return kind == OutputKind.Result ? Show(source, job.OutputWindow) : new Frame(job.OutputWindow.Width, job.OutputWindow.Height);
        float[]? mask = masks ? ReadMask(job, frames) : null;
        if (kind == OutputKind.Result && mask is not null && !mask.AsSpan().ContainsAnyExcept(0f)) return Show(source, job.OutputWindow);
        GeneratedMatte? matte = kind == OutputKind.Result ? null : new GeneratedMatte(job.OutputWindow);
        Frame result = inner.Render(job with { Matte = matte }, frames, pictures, progress, cancellation);
        cancellation.ThrowIfCancellationRequested();
        if (kind == OutputKind.Matte) return Picture(result, matte!.Shares, mask, mix);
        if (kind == OutputKind.GeneratedOnly)
            return Layer(result, source is null ? null : Show(source, job.OutputWindow), matte!.Shares, mask, mix, source is { Premultiplied: true });
        Frame below = Show(source, job.OutputWindow);
        Blend(below, result, mask, mix, source is { Premultiplied: true });
        return below;
    }

    /// <summary>Puts a result over a source; writes to the source.</summary>
    /// <param name="source">What lies below.</param>
    /// <param name="result">Its size and alpha state.</param>
    /// <param name="mask">Share by pixel; null where it counts everywhere.</param>
    /// <param name="mix">Share of the whole.</param>
    /// <param name="premultiplied">Whether colour is multiplied by alpha.</param>
    internal static void Blend(Frame source, Frame result, float[]? mask, float mix, bool premultiplied)
    {
        float[] to = source.Pixels, from = result.Pixels;
        for (int pixel = 0; pixel < to.Length / Frame.Channels; pixel++)
        {
            float share = mix * (mask?[pixel] ?? 1);
            if (!(share > 0)) continue;
            Span<float> below = to.AsSpan(Frame.Channels * pixel, Frame.Channels);
            ReadOnlySpan<float> above = from.AsSpan(Frame.Channels * pixel, Frame.Channels);
            if (share >= 1) above.CopyTo(below);
            else if (premultiplied || below[3].Equals(above[3])) Mix(below, above, share);
            else MixStraight(below, above, share);
        }
    }

    private static void Mix(Span<float> below, ReadOnlySpan<float> above, float share)
    {
        for (int channel = 0; channel < Frame.Channels; channel++)
        {
            // What the effect left alone keeps its bits, whatever the share.
            if (below[channel].Equals(above[channel])) continue;
            below[channel] = float.IsFinite(below[channel]) ? below[channel] + (above[channel] - below[channel]) * share : above[channel];
        }
    }

    /// <summary>Straight colours count as much as they cover.</summary>
    private static void MixStraight(Span<float> below, ReadOnlySpan<float> above, float share)
    {
        float keptAlpha = below[3] * (1 - share), newAlpha = above[3] * share, alpha = keptAlpha + newAlpha;
        if (!(alpha > 0) || !float.IsFinite(alpha))
        {
            Mix(below, above, share);
            return;
        }

        float part = newAlpha / alpha;
        for (int channel = 0; channel < 3; channel++)
            below[channel] = float.IsFinite(below[channel]) ? below[channel] + (above[channel] - below[channel]) * part : above[channel];
        below[3] = alpha;
    }

    /// <summary>The matte itself.</summary>
    private static Frame Picture(Frame result, float[] shares, float[]? mask, float mix)
    {
        Frame shown = new(result.Width, result.Height);
        for (int pixel = 0; pixel < shares.Length; pixel++)
            shown.Pixels.AsSpan(Frame.Channels * pixel, Frame.Channels).Fill(shares[pixel] * (mask?[pixel] ?? 1) * mix);
        return shown;
    }

    /// <summary>What was generated without the source: laid over the source it gives the result. Where an effect had mixed both, the source is taken out.</summary>
    private static Frame Layer(Frame result, Frame? source, float[] shares, float[]? mask, float mix, bool premultiplied)
    {
        // A pipeline may keep its result.
        Frame layer = result.Clone();
        for (int pixel = 0; pixel < shares.Length; pixel++)
        {
            float own = shares[pixel], share = own * (mask?[pixel] ?? 1) * mix;
            Span<float> shown = layer.Pixels.AsSpan(Frame.Channels * pixel, Frame.Channels);
            if (!(share > 0))
            {
                shown.Clear();
                continue;
            }

            if (own < 1 && source is not null) Unmix(shown, source.Pixels.AsSpan(Frame.Channels * pixel, Frame.Channels), own);
            if (share >= 1) continue;
            for (int channel = premultiplied ? 0 : 3; channel < Frame.Channels; channel++) shown[channel] *= share;
        }

        return layer;
    }

    /// <summary>What a mix of a source and something else was mixed with.</summary>
    private static void Unmix(Span<float> mixed, ReadOnlySpan<float> source, float share)
    {
        for (int channel = 0; channel < Frame.Channels; channel++)
            if (float.IsFinite(source[channel])) mixed[channel] = source[channel] + (mixed[channel] - source[channel]) / share;
    }

    private bool IsPlain(RenderJob job) => job.Integer(EffectCatalog.OutputKindName) == (int)OutputKind.Result && !MasksHere(job)
        && job.Number(EffectCatalog.MixName) >= 1;

    private bool MasksHere(RenderJob job) => !Effect.TakesMask && job.Flag(EffectCatalog.MaskFromClipName);

    private static Frame Show(HostFrame? source, PixelWindow window) =>
        source is null ? new Frame(window.Width, window.Height) : WindowCrop.Of(source.Picture, source.Window, window);

    /// <summary>The source frame that lies below the result; null where there is none.</summary>
    private static HostFrame? FindSource(RenderJob job, IHostFrames frames)
    {
        double time = job.Effect.IndexOf(EffectCatalog.FramesName) >= 0 && frames.HasTemporalAccess
            ? Generate.GenerateSettings.TimingOf(job).FrameAt(job.Time)
            : job.Time;
        return frames.TryFetch(SourceClip, time, out HostFrame? source) ? source : null;
    }

    private float[] ReadMask(RenderJob job, IHostFrames frames)
    {
        if (frames.TryFetch(Effect.IndexOfClip(EffectCatalog.MaskClipName), job.Time, out HostFrame? mask))
            return ClipMask.Read(mask, job.OutputWindow, (MaskChannel)job.Integer(EffectCatalog.MaskChannelName), job.Flag(EffectCatalog.InvertMaskName));
        throw new PipelineException(PipelineError.ReferenceMissing,
            $"Mask from Clip is on, but the {EffectCatalog.MaskClipName} clip gives no frame at time {job.Time}");
    }
}
