using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Remove;

/// <summary>Takes an object out of a clip and fills the hole. Pixels outside the mask and its feather keep their bits.</summary>
/// <remarks>With temporal access the background that other frames show comes first; else, and where no frame shows it, patches of the picture fill the
/// hole. Thread-safe: renders share bounded caches keyed by content and settings.</remarks>
public sealed class RemovePipeline : IEffectPipeline
{
    private const int SourceClip = 0, MaskClip = 1;

    private readonly StillRemoval _stills = new();
    private readonly ClipRemoval _clips = new();

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Remove;

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
        double mix = job.Number("mix");
        if (mix <= 0) return Crop(source.Picture, source.Window, output);

        RemoveSettings settings = RemoveSettings.Create(job, source);
        HostFrame? maskFrame = null;
        if (settings.MaskFromClip && !frames.TryFetch(MaskClip, job.Time, out maskFrame))
        {
            throw new PipelineException(PipelineError.ReferenceMissing,
                $"Mask from Clip is on, but the {EffectCatalog.MaskClipName} clip gives no frame at time {job.Time}");
        }

        RemovalMask mask = RemovalMask.Create(source, maskFrame, settings, cancellation);
        if (mask.Count == 0) return Crop(source.Picture, source.Window, output);
        RemoveRequest request = new(source, mask, settings, job.Time, frames, progress, cancellation);
        bool isClip = frames.HasTemporalAccess && !job.IsInteractive && settings.Radius > 0;
        Frame filled = (isClip ? _clips.TryFill(request) : null) is { } clip ? Finish(request, clip.Filled, clip.Left) : _stills.Fill(request);
        return Crop(Blend(source.Picture, filled, mask, (float)mix), source.Window, output);
    }

    /// <summary>Fills what the clip's background does not reach from the frame itself.</summary>
    private Frame Finish(RemoveRequest request, Frame filled, bool[] rest) =>
        Array.IndexOf(rest, true) < 0 ? filled : _stills.Fill(request with { Source = request.Source with { Picture = filled }, Mask = request.Mask.Only(rest) });

    /// <summary>The source with as much of the fill as the mask says; pixels without any are the source's bits.</summary>
    private static Frame Blend(Frame source, Frame filled, RemovalMask mask, float mix)
    {
        Frame result = source.Clone();
        for (int p = 0; p < mask.Weights.Length; p++)
        {
            float weight = mask.Weights[p] * mix;
            if (weight <= 0) continue;
            for (int i = Frame.Channels * p; i < Frame.Channels * (p + 1); i++)
                result.Pixels[i] = weight >= 1 ? filled.Pixels[i] : result.Pixels[i] + (filled.Pixels[i] - result.Pixels[i]) * weight;
        }

        return result;
    }

    private static Frame Crop(Frame picture, PixelWindow window, PixelWindow output)
    {
        if (output == window) return picture;
        Frame result = new(output.Width, output.Height);
        int x1 = Math.Max(window.X1, output.X1), x2 = Math.Min(window.X2, output.X2);
        for (int y = Math.Max(window.Y1, output.Y1); y < Math.Min(window.Y2, output.Y2) && x1 < x2; y++)
        {
            picture.Row(window.Y2 - 1 - y).Slice(Frame.Channels * (x1 - window.X1), Frame.Channels * (x2 - x1))
                .CopyTo(result.Row(output.Y2 - 1 - y)[(Frame.Channels * (x1 - output.X1))..]);
        }

        return result;
    }
}
