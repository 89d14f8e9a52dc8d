using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Extend;

/// <summary>The method Model of the effect: a model paints the new area around the picture. Thread-safe.</summary>
/// <remarks>Frames of a shot whose camera stands still share one painting, made around the shot's plate and as bright as the frame; where it moves they share a
/// panorama (<see cref="MovingPaintings"/>); a frame that stands alone is painted on its own.</remarks>
internal sealed class ModelExtension(ModelMaker models, StillFills stills, ShotFills shots)
{
    private readonly DisplayColours _colours = new();
    private readonly ModelInpaint _inpaint = new(models);
    private readonly MovingPaintings _moving = new();

    /// <summary>The filled canvas.</summary>
    /// <param name="request">The frame.</param>
    /// <param name="job">Its job.</param>
    /// <param name="settings">What it says about the model.</param>
    /// <param name="pictures">Reads the references.</param>
    /// <exception cref="PipelineException">No package fits, or the one that does cannot be used.</exception>
    public Frame Fill(ExtendRequest request, RenderJob job, ModelSettings settings, IPictureReader pictures)
    {
        InpaintOptions options = new(settings, ReferencePictures.Read(settings, pictures), request.Recipe.BlendWidth, IsWhole: true);
        if (!request.Frames.HasTemporalAccess || job.IsInteractive) return FillFrom(request, job, options);
        Frame? plate = shots.TryAnchorPlate(request);
        return (plate is null ? FillMoving(request, job, options) : FillShot(request, job, plate, options)) ?? FillFrom(request, job, options);
    }

    /// <summary>The painting around the shot's plate, fitted to the frame; null where the frame shows something else than its shot.</summary>
    private Frame? FillShot(ExtendRequest request, RenderJob job, Frame plate, InpaintOptions options)
    {
        Frame live = request.Source.Picture;
        (float Red, float Green, float Blue) gains = LiveDetail.Gains(live, plate);
        Frame lit = gains == (1, 1, 1) ? plate : LiveDetail.Scale(plate, gains);
        float[] weights = LiveDetail.Weights(request.ToGuide(live), request.ToGuide(lit), request.Cancellation);
        if (ShotFills.IsOtherScene(weights)) return null;
        Frame painted = FillFrom(request with { Source = request.Source with { Picture = plate } }, job, options);
        if (gains != (1, 1, 1)) painted = LiveDetail.Scale(painted, gains);
        Frame rest = request.Canvas.Place(request.Source with { Picture = LiveDetail.Rest(live, lit, weights) });
        SeamBlend.AddMembrane(painted, request.Canvas.CreateMask(), rest, request.Recipe.BlendWidth, Environment.ProcessorCount, request.Cancellation);
        BorderObjects.Continue(request, plate, gains, painted);
        return painted;
    }

    /// <summary>The frame with what its shot's panorama shows around it; null where the frame stands alone.</summary>
    private Frame? FillMoving(ExtendRequest request, RenderJob job, InpaintOptions options)
    {
        DisplayColour colour = _colours.Of(job);
        return _moving.TryFill(request, _inpaint.Fingerprint(options), (picture, holes) => _inpaint.Fill(request.Source with { Picture = picture }, holes,
            options.Settings.Strength < 1 ? BuiltIn(request, picture, holes) : null, colour, options, request.Progress, request.Cancellation));
    }

    private static Frame BuiltIn(ExtendRequest request, Frame picture, bool[] holes)
    {
        CompletionField field = PatchCompletion.Complete(request.ToGuide(picture), new HoleMask(picture.Width, picture.Height, holes), request.Recipe.Options, null, request.Cancellation);
        return SeamBlend.Apply(picture, field, request.Recipe.ToneWidth, Environment.ProcessorCount, request.Cancellation);
    }

    private Frame FillFrom(ExtendRequest request, RenderJob job, InpaintOptions options)
    {
        HostFrame canvas = new(request.Canvas.Place(request.Source), request.Canvas.Canvas, request.Source.Premultiplied);
        Frame? begin = options.Settings.Strength < 1 ? stills.Fill(request) : null;
        return _inpaint.Fill(canvas, request.Canvas.CreateMask().Holes.ToArray(), begin, _colours.Of(job), options, request.Progress, request.Cancellation);
    }
}
