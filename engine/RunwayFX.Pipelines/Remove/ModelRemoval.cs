using System.Globalization;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Remove;

/// <summary>The method Model of the effect: what no other frame shows is painted by a model, once for all frames that share a background, else frame by frame.
/// Thread-safe.</summary>
internal sealed class ModelRemoval(ModelMaker models)
{
    private readonly DisplayColours _colours = new();
    private readonly ModelInpaint _inpaint = new(models);

    /// <summary>A request whose holes a model fills.</summary>
    /// <param name="request">The request.</param>
    /// <param name="job">Its job.</param>
    /// <param name="settings">What it says about the model.</param>
    /// <param name="pictures">Reads the references.</param>
    /// <exception cref="PipelineException">No package fits; the message says what to do.</exception>
    public RemoveRequest Prepare(RemoveRequest request, RenderJob job, ModelSettings settings, IPictureReader pictures)
    {
        InpaintOptions options = new(settings, ReferencePictures.Read(settings, pictures), request.Settings.ToneWidth, IsWhole: false);
        DisplayColour colour = _colours.Of(job);
        return request with
        {
            Settings = request.Settings with { Maker = _inpaint.Fingerprint(options).ToString(CultureInfo.InvariantCulture) },
            Fill = (picture, holes) => _inpaint.Fill(request.Source with { Picture = picture }, holes, settings.Strength < 1 ? BuiltIn(request, picture, holes) : null,
                colour, options, request.Progress, request.Cancellation),
        };
    }

    private static Frame BuiltIn(RemoveRequest request, Frame picture, bool[] holes)
    {
        HoleMask mask = new(picture.Width, picture.Height, holes);
        if (mask.HoleCount == holes.Length) return picture;
        CompletionField field = PatchCompletion.Complete(request.ToGuide(picture), mask, request.Settings.Options, null, request.Cancellation);
        return SeamBlend.Apply(picture, field, request.Settings.ToneWidth, Environment.ProcessorCount, request.Cancellation);
    }
}
