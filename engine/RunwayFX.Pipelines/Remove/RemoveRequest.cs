using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Remove;

/// <summary>One frame from which something is to be removed.</summary>
/// <param name="Source">The source frame.</param>
/// <param name="Mask">What goes.</param>
/// <param name="Settings">The settings.</param>
/// <param name="Time">The frame's time.</param>
/// <param name="Frames">The host's other frames.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Cancellation">Ends the work.</param>
internal sealed record RemoveRequest(HostFrame Source, RemovalMask Mask, RemoveSettings Settings, double Time, IHostFrames Frames, IProgress<double> Progress,
    CancellationToken Cancellation)
{
    /// <summary>Fills the holes of a picture in the place of its own patches; null where those do.</summary>
    public Func<Frame, bool[], Frame>? Fill { get; init; }

    /// <summary>A picture in the source's encoding and alpha state as display-like values with straight alpha.</summary>
    public Frame ToGuide(Frame picture) =>
        new PerceptualGuide(Settings.Encoding).Convert(Settings.Premultiplied ? Premultiplication.Unpremultiply(picture) : picture, Cancellation);
}
