using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Remove;

/// <summary>Takes an object out of a clip and fills the hole. Pixels outside the mask and its feather keep their bits.</summary>
/// <remarks>With temporal access the background that other frames show comes first; else, and where no frame shows it, patches of the picture fill the
/// hole. Thread-safe: renders share bounded caches keyed by content and settings.</remarks>
/// <param name="models">Makes pictures for the method Model; null takes the user's packages.</param>
public sealed class RemovePipeline(ModelMaker? models = null) : IEffectPipeline
{
    private const int SourceClip = 0, MaskClip = 1;

    private readonly StillRemoval _stills = new();
    private readonly ClipRemoval _clips = new();
    private readonly ModelRemoval _model = new(models ?? new ModelMaker());

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Remove;

    /// <remarks>The frames of a stretch as far as they are held, the hole of each, and what the search for cuts and the camera's way holds of them reduced; the
    /// background's canvas with its samples, the search for what no frame shows, the fill and what the host's window shows of it. A still has the search
    /// alone.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 14, HoleBytes = 1, ReducedBytes = 64;
        ArgumentNullException.ThrowIfNull(job);
        long frame = FrameMemory.Of(1, width, height), still = FramesHeld * frame;
        if (ModelSettings.IsWanted(job)) still += ModelMaker.EstimateMemory(width, height);
        int radius = job.IsInteractive ? 0 : job.Integer(EffectCatalog.TemporalRadiusName);
        if (radius <= 0) return still;
        int factor = ClipStretch.FactorFor(width, height);
        long frames = (long)TemporalBlocks.FramesMax + 2L * radius, reduced = (long)(width / factor) * (height / factor);
        return still + Math.Min(frames * frame, ClipStretch.PictureBytesMax) + frames * (HoleBytes * (long)width * height + ReducedBytes * reduced);
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
        if (!frames.TryFetch(SourceClip, job.Time, out HostFrame? source))
            throw new PipelineException(PipelineError.SourceMissing, $"the host gives no source frame at time {job.Time}");

        RemoveSettings settings = RemoveSettings.Create(job, source);
        HostFrame? maskFrame = null;
        if (settings.MaskFromClip && !frames.TryFetch(MaskClip, job.Time, out maskFrame))
        {
            throw new PipelineException(PipelineError.ReferenceMissing,
                $"Mask from Clip is on, but the {EffectCatalog.MaskClipName} clip gives no frame at time {job.Time}");
        }

        RemovalMask mask = RemovalMask.Create(source, maskFrame, settings, cancellation);
        if (mask.Count == 0) return WindowCrop.Of(source.Picture, source.Window, output);
        job.Matte?.Put(mask.Weights, source.Window);
        RemoveRequest request = new(source, mask, settings, job.Time, frames, progress, cancellation);
        if (ModelSettings.Read(job) is { } model && model.Covers(job.Time)) request = _model.Prepare(request, job, model, pictures);
        bool isClip = frames.HasTemporalAccess && !job.IsInteractive && settings.Radius > 0;
        Frame filled = (isClip ? _clips.TryFill(request) : null) is { } clip ? Finish(request, clip.Filled, clip.Left) : _stills.Fill(request);
        return WindowCrop.Of(Blend(source.Picture, filled, mask), source.Window, output);
    }

    /// <summary>Fills what the clip's background does not reach from the frame itself.</summary>
    private Frame Finish(RemoveRequest request, Frame filled, bool[] rest) =>
        Array.IndexOf(rest, true) < 0 ? filled : _stills.Fill(request with { Source = request.Source with { Picture = filled }, Mask = request.Mask.Only(rest) });

    /// <summary>The source with as much of the fill as the mask says; pixels without any are the source's bits.</summary>
    private static Frame Blend(Frame source, Frame filled, RemovalMask mask)
    {
        Frame result = source.Clone();
        for (int p = 0; p < mask.Weights.Length; p++)
        {
            float weight = mask.Weights[p];
            if (weight <= 0) continue;
            for (int i = Frame.Channels * p; i < Frame.Channels * (p + 1); i++)
                result.Pixels[i] = weight >= 1 ? filled.Pixels[i] : result.Pixels[i] + (filled.Pixels[i] - result.Pixels[i]) * weight;
        }

        return result;
    }
}
