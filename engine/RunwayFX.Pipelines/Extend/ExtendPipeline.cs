using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend.Time;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Extends the canvas or fills bars, from the picture itself. Source pixels keep their bits.</summary>
/// <remarks>With temporal access and a camera that stands still, all frames of a shot share one fill; else each frame is filled on its own.
/// Thread-safe: renders share
/// bounded caches keyed by content and settings.</remarks>
public sealed class ExtendPipeline : IEffectPipeline
{
    /// <summary>Pixels by which a host's rounding may reach past the canvas: they repeat its edge. What lies further out is transparent
    /// black.</summary>
    private const int RoundingPixelsMax = 2;

    private readonly StillFills _stills = new();
    private readonly TimeExtension _time = new();
    private readonly ShotFills _shots;
    private readonly ModelExtension _model;

    /// <summary>Creates the pipeline with empty caches.</summary>
    /// <param name="models">Makes pictures for the method Model; null takes the user's packages.</param>
    public ExtendPipeline(ModelMaker? models = null)
    {
        _shots = new ShotFills(_stills);
        _model = new ModelExtension(models ?? new ModelMaker(), _stills, _shots);
    }

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Extend;

    /// <remarks>The frames that a shot's plate is made of, some copies of canvas and source, and the search for the fill.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 14;
        ArgumentNullException.ThrowIfNull(job);
        long model = ModelSettings.IsWanted(job) ? ModelMaker.EstimateMemory(width, height) + PaintedBlock.EstimateMemory(width, height) : 0;
        return model + FrameMemory.Of(FramesHeld + ShotFills.CountSamples(FrameMemory.Of(1, width, height)), width, height);
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        cancellation.ThrowIfCancellationRequested();
        IHostFrames given = frames;
        frames = _time.Wrap(job, frames, progress, cancellation);
        if (!frames.TryFetch(0, job.Time, out HostFrame? source))
            throw new PipelineException(PipelineError.SourceMissing, $"the host gives no source frame at time {job.Time}");
        PixelWindow output = job.OutputWindow;
        if (output.IsEmpty || output.Width > Frame.SideMax || output.Height > Frame.SideMax)
            throw new PipelineException(PipelineError.SizeUnsupported,
                $"an output window of {output.Width}×{output.Height} pixels is outside 1..{Frame.SideMax}");

        ExtendCanvas canvas = ExtendCanvas.Create(job, source.Window, source.Window);
        ExtendRequest request = new(source, canvas, ExtendRecipe.Create(job, canvas, source), job.Time, frames, progress, cancellation);
        if (ExtendCanvas.NeedsBars(job, source.Window))
        {
            canvas = ExtendCanvas.Create(job, source.Window, FindPicture(request, job.IsInteractive));
            request = request with { Canvas = canvas, Recipe = ExtendRecipe.Create(job, canvas, source) };
        }

        Frame result = new(output.Width, output.Height);
        if (!canvas.IsComplete && !Contains(canvas.Picture, output))
        {
            Frame? filled = ModelSettings.Read(job) is { } model && model.Covers(job.Time) ? _model.Fill(request, job, model, pictures) : null;
            filled ??= frames.HasTemporalAccess && !job.IsInteractive ? _shots.TryFill(request) : null;
            filled ??= _stills.Fill(request);
            ExtendCanvas.Copy(filled, canvas.Canvas, result, output, canvas.Canvas);
        }

        if (job.Matte is { } matte)
        {
            bool isMade = !ReferenceEquals(given, frames) && !(given.TryFetch(0, job.Time, out HostFrame? own) && HasSameBits(own.Picture, source.Picture));
            matte.Fill(canvas.Canvas, 1);
            if (!isMade) matte.Fill(canvas.Picture, 0);
        }

        ExtendCanvas.Copy(source.Picture, source.Window, result, output, canvas.Picture);
        RepeatEdges(result, output, canvas.Canvas);
        return result;
    }

    private PixelWindow FindPicture(ExtendRequest request, bool isInteractive)
    {
        // A dark moment must not move the bars: where neighbours can be had, the plate is looked at.
        Frame picture = request.Frames.HasTemporalAccess && !isInteractive ? _shots.TryPlate(request)?.Picture ?? request.Source.Picture : request.Source.Picture;
        return BarDetection.FindPicture(request.ToGuide(picture), request.Source.Window);
    }

    private static bool HasSameBits(Frame a, Frame b) => MemoryMarshal.AsBytes(a.Pixels.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(b.Pixels.AsSpan()));

    private static bool Contains(PixelWindow outer, PixelWindow inner) => inner.X1 >= outer.X1 && inner.Y1 >= outer.Y1 && inner.X2 <= outer.X2
        && inner.Y2 <= outer.Y2;

    private static void RepeatEdges(Frame result, PixelWindow output, PixelWindow canvas)
    {
        if (Contains(canvas, output)) return;
        for (int y = Math.Max(output.Y1, canvas.Y1 - RoundingPixelsMax); y < Math.Min(output.Y2, canvas.Y2 + RoundingPixelsMax); y++)
        {
            for (int x = Math.Max(output.X1, canvas.X1 - RoundingPixelsMax); x < Math.Min(output.X2, canvas.X2 + RoundingPixelsMax); x++)
            {
                int nearestX = Math.Clamp(x, canvas.X1, canvas.X2 - 1), nearestY = Math.Clamp(y, canvas.Y1, canvas.Y2 - 1);
                if ((nearestX == x && nearestY == y) || nearestX < output.X1 || nearestX >= output.X2 || nearestY < output.Y1
                    || nearestY >= output.Y2) continue;
                result.Row(output.Y2 - 1 - nearestY).Slice(Frame.Channels * (nearestX - output.X1), Frame.Channels)
                    .CopyTo(result.Row(output.Y2 - 1 - y)[(Frame.Channels * (x - output.X1))..]);
            }
        }
    }
}
