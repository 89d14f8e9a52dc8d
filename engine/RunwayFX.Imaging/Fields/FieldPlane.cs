namespace RunwayFX.Imaging.Fields;

/// <summary>What is looked at in a frame to tell whether its two fields show one moment: display-like lightness plus alpha, one number a pixel.</summary>
/// <remarks>Shape (H, W), top-down. Immutable.</remarks>
public sealed class FieldPlane
{
    private FieldPlane(int width, int height, float[] values) => (Width, Height, Values) = (width, height, values);

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>0..2, row by row from the top.</summary>
    internal float[] Values { get; }

    /// <summary>The plane of a picture.</summary>
    /// <param name="picture">The picture, in any alpha state.</param>
    /// <param name="guide">What its numbers look like.</param>
    /// <param name="cancellation">Asked once a row.</param>
    public static FieldPlane Of(Frame picture, PerceptualGuide guide, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(picture);
        ArgumentNullException.ThrowIfNull(guide);
        float[] values = new float[picture.Width * picture.Height];
        Parallel.For(0, picture.Height, new ParallelOptions { CancellationToken = cancellation }, y =>
        {
            ReadOnlySpan<float> row = picture.Row(y);
            Span<float> to = values.AsSpan(y * picture.Width, picture.Width);
            for (int x = 0; x < to.Length; x++)
            {
                (float red, float green, float blue) = guide.Convert(row[4 * x], row[4 * x + 1], row[4 * x + 2]);
                float alpha = row[4 * x + 3];
                to[x] = Rec709Luma.Of(red, green, blue) + (alpha > 0 ? Math.Min(alpha, 1) : 0);
            }
        });
        return new(picture.Width, picture.Height, values);
    }
}
