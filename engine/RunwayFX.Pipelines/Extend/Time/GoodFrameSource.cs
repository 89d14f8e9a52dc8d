using System.Diagnostics.CodeAnalysis;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>The good frames of a clip by their index in the planned clip, whose last frame is the join's.</summary>
/// <param name="Key">What is continued.</param>
/// <param name="Count">Frames of the planned clip.</param>
/// <param name="Frames">The host's frames.</param>
/// <param name="Progress">0..1.</param>
/// <param name="Cancellation">Ends the work.</param>
internal sealed record GoodFrameSource(ContinuationKey Key, int Count, IHostFrames Frames, IProgress<double> Progress, CancellationToken Cancellation)
{
    private readonly PerceptualGuide _guide = new(Key.Encoding);

    /// <summary>The frame, or false where the host has none of the join's size and place there.</summary>
    public bool TryGet(int frame, [NotNullWhen(true)] out Frame? picture)
    {
        Cancellation.ThrowIfCancellationRequested();
        picture = Frames.TryFetch(0, Key.TimeOf(frame, Count), out HostFrame? host) && host.Window == Key.Window && host.Premultiplied == Key.Premultiplied
            ? host.Picture
            : null;
        return picture is not null;
    }

    /// <summary>Display-like values of one pixel.</summary>
    public (float Red, float Green, float Blue) ToGuide(ReadOnlySpan<float> pixel)
    {
        float alpha = pixel[3];
        if (!Key.Premultiplied || alpha == 1 || !(alpha > 0)) return _guide.Convert(pixel[0], pixel[1], pixel[2]);
        return _guide.Convert(pixel[0] / alpha, pixel[1] / alpha, pixel[2] / alpha);
    }

    /// <summary>A picture in display-like values.</summary>
    public Frame ToGuide(Frame picture) => _guide.Convert(Key.Premultiplied ? Premultiplication.Unpremultiply(picture) : picture, Cancellation);
}
