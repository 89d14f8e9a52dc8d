using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;

namespace RunwayFX.Pipelines.Style;

/// <summary>The method Model of the effect: each frame as a model makes it anew from the source frame and a prompt. Thread-safe.</summary>
internal sealed class ModelStyle(ModelMaker models)
{
    private readonly DisplayColours _colours = new();

    /// <summary>Renders a frame.</summary>
    /// <param name="job">The job.</param>
    /// <param name="settings">What it says about the model.</param>
    /// <param name="source">The source frame.</param>
    /// <param name="mask">Where it counts, by pixel of the source; null for everywhere.</param>
    /// <param name="pictures">Reads the references.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PipelineException">No package fits, or the one that does cannot be used.</exception>
    public Frame Render(RenderJob job, ModelSettings settings, HostFrame source, float[]? mask, IPictureReader pictures, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (!settings.Covers(job.Time)) return WindowCrop.Of(source.Picture, source.Window, job.OutputWindow);
        DisplayColour colour = _colours.Of(job);
        Frame display = colour.ToDisplay(source);
        Frame made = models.Make(new ModelTask
        {
            Settings = settings, Width = display.Width, Height = display.Height, Start = settings.Strength < 1 ? display : null,
            References = ReferencePictures.Read(settings, pictures),
        }, progress, cancellation);
        float keepColour = (float)job.Number("keepColour"), keepLuma = (float)job.Number("keepLuma");
        if (keepColour > 0 || keepLuma > 0)
        {
            made = made.Clone();
            StyleFinish.Keep(made, display, keepColour, keepLuma);
        }

        Frame encoded = colour.FromDisplay(made, isFromSource: true, cancellation);
        progress?.Report(1);
        return WindowCrop.Of(ModelBlend.Over(source, encoded, (float)job.Number("mix"), mask), source.Window, job.OutputWindow);
    }
}
