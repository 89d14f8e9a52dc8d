namespace RunwayFX.Imaging;

/// <summary>A picture in the engine: 32-bit float RGBA, interleaved, top-down, tightly packed, in the source's own encoding and alpha
/// state.</summary>
/// <remarks>Shape (H, W, 4). Values are whatever the host gave: below 0, above 1, −0, Inf and NaN included; nothing here clamps.
/// A frame owns its buffer. Not thread-safe for writing.</remarks>
public sealed class Frame
{
    /// <summary>Channels per pixel: red, green, blue, alpha.</summary>
    public const int Channels = 4;

    /// <summary>Longest side accepted, in pixels.</summary>
    public const int SideMax = 16_384;

    /// <summary>Creates a frame of zeros (transparent black).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1 or over <see cref="SideMax"/>.</exception>
    public Frame(int width, int height)
        : this(width, height, new float[CheckedLength(width, height)])
    {
    }

    /// <summary>Wraps existing pixels.</summary>
    /// <exception cref="ArgumentException"><paramref name="pixels"/> is not width × height × 4 long.</exception>
    public Frame(int width, int height, float[] pixels)
    {
        int length = CheckedLength(width, height);
        ArgumentNullException.ThrowIfNull(pixels);
        if (pixels.Length != length) throw new ArgumentException($"{pixels.Length} values do not fill a {width}×{height} RGBA frame of {length}.",
            nameof(pixels));
        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>All values, row by row from the top.</summary>
    public float[] Pixels { get; }

    /// <summary>Whether the buffer belongs to <see cref="FramePool"/>, to which it may go back.</summary>
    internal bool IsLent { get; set; }

    /// <summary>One row, 0 = top; 4 × width values.</summary>
    public Span<float> Row(int y) => Pixels.AsSpan(y * Width * Channels, Width * Channels);

    /// <summary>A copy with its own buffer.</summary>
    public Frame Clone() => new(Width, Height, (float[])Pixels.Clone());

    internal static int CheckedLength(int width, int height)
    {
        if (width is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(width), width, $"width {width} is outside 1..{SideMax}");
        if (height is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(height), height, $"height {height} is outside 1..{SideMax}");
        return checked(width * height * Channels);
    }
}
