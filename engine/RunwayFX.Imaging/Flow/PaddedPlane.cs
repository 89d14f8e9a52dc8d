namespace RunwayFX.Imaging.Flow;

/// <summary>One channel with a border that repeats its edges, so that patches may reach over them.</summary>
internal sealed class PaddedPlane
{
    /// <summary>Pixels added on every side.</summary>
    public const int Border = 16;

    /// <summary>Values behind the last row that a vector may read.</summary>
    private const int Tail = 16;

    public PaddedPlane(int width, int height)
    {
        Width = width;
        Height = height;
        Stride = width + 2 * Border;
        Values = new float[checked(Stride * (height + 2 * Border) + Tail)];
    }

    public int Width { get; }

    public int Height { get; }

    public int Stride { get; }

    /// <summary>Shape (height + 2 borders, stride).</summary>
    public float[] Values { get; }

    /// <summary>Index of a pixel; coordinates may lie in the border.</summary>
    public int IndexOf(int x, int y) => (y + Border) * Stride + x + Border;

    /// <summary>A row without its border.</summary>
    public Span<float> Row(int y) => Values.AsSpan(IndexOf(0, y), Width);

    /// <summary>Repeats the edges into the border.</summary>
    public void Extend()
    {
        for (int y = 0; y < Height; y++)
        {
            Values.AsSpan(IndexOf(-Border, y), Border).Fill(Values[IndexOf(0, y)]);
            Values.AsSpan(IndexOf(Width, y), Border).Fill(Values[IndexOf(Width - 1, y)]);
        }

        ReadOnlySpan<float> top = Values.AsSpan(IndexOf(-Border, 0), Stride), bottom = Values.AsSpan(IndexOf(-Border, Height - 1), Stride);
        for (int y = 1; y <= Border; y++)
        {
            top.CopyTo(Values.AsSpan(IndexOf(-Border, -y), Stride));
            bottom.CopyTo(Values.AsSpan(IndexOf(-Border, Height - 1 + y), Stride));
        }
    }
}
