using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>One frame to be extended, with everything that the fills ask of it.</summary>
/// <param name="Source">The source frame.</param>
/// <param name="Canvas">Where it lies.</param>
/// <param name="Recipe">The settings.</param>
/// <param name="Time">The frame's time.</param>
/// <param name="Frames">The host's other frames.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Cancellation">Ends the work.</param>
internal sealed record ExtendRequest(HostFrame Source, ExtendCanvas Canvas, ExtendRecipe Recipe, double Time, IHostFrames Frames,
    IProgress<double> Progress,
    CancellationToken Cancellation)
{
    /// <summary>A picture in the source's encoding and alpha state as display-like values with straight alpha.</summary>
    public Frame ToGuide(Frame picture)
    {
        Frame straight = Source.Premultiplied ? Premultiplication.Unpremultiply(picture) : picture;
        return new PerceptualGuide(Recipe.Encoding).Convert(straight, Cancellation);
    }
}
