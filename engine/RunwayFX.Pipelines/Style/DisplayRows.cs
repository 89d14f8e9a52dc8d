using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Display-like pixels with straight alpha of a host's frame, made where they are needed: kept whole they would take as much memory as the frame
/// itself, and the search looks at a smaller copy. Thread-safe.</summary>
internal sealed class DisplayRows(HostFrame frame, PerceptualGuide guide)
{
    public int Width => frame.Picture.Width;

    public int Height => frame.Picture.Height;

    /// <summary>Writes a row, 4 × width values.</summary>
    public void Write(int y, Span<float> row)
    {
        frame.Picture.Row(y).CopyTo(row);
        if (frame.Premultiplied) Premultiplication.Unpremultiply(row);
        guide.Convert(row, row);
    }

    /// <summary>All of it.</summary>
    /// <param name="cancellation">Asked once a row.</param>
    public Frame Whole(CancellationToken cancellation)
    {
        Frame whole = new(Width, Height);
        for (int y = 0; y < Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            Write(y, whole.Row(y));
        }

        return whole;
    }

    /// <summary>A copy at the working resolution; the bits of <see cref="StyleReference.Shrunk"/> of the whole.</summary>
    /// <param name="halvings">How often the resolution is halved.</param>
    /// <param name="cancellation">Asked once a row.</param>
    public Frame Shrunk(int halvings, CancellationToken cancellation) => halvings == 0
        ? Whole(cancellation)
        : Resampling.Resize(Width, Height, Write, Math.Max(Width >> halvings, 1), Math.Max(Height >> halvings, 1), ResamplingFilter.Area, cancellation);
}
