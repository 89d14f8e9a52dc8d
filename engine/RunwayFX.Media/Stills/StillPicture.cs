using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>A decoded picture file: the pixels as they stand in the file, and what a writer needs to keep.</summary>
public sealed record StillPicture
{
    /// <summary>The pixels in the file's own encoding: 0..1 for integer formats, the file's values for float. Alpha 1 where the file has
    /// none.</summary>
    public required Frame Frame { get; init; }

    /// <summary>ffmpeg's name of the coding: <c>png</c>, <c>mjpeg</c>, <c>exr</c>…</summary>
    public required string Codec { get; init; }

    /// <summary>Significant bits per channel; 16 or 32 for float.</summary>
    public required int BitDepth { get; init; }

    /// <summary>Whether the file's values are floating point (scene-linear by convention).</summary>
    public bool IsFloat { get; init; }

    /// <summary>Whether the file has an alpha channel.</summary>
    public bool HasAlpha { get; init; }

    /// <summary>Whether colour is multiplied by alpha (EXR).</summary>
    public bool IsPremultiplied { get; init; }

    /// <summary>Pixel aspect as the file states it; 1/1 where it does not.</summary>
    public Rational SampleAspect { get; init; } = Rational.One;

    /// <summary>What an EXR file has besides RGBA pixels; null for other formats. Hand it to the writer to keep it.</summary>
    public ExrExtras? Exr { get; init; }
}
