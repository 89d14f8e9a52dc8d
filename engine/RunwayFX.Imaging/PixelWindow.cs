namespace RunwayFX.Imaging;

/// <summary>A rectangle of pixels, half-open: x in [X1, X2), y in [Y1, Y2), in OpenFX pixel coordinates (y up). Origins may be negative.</summary>
public readonly record struct PixelWindow(int X1, int Y1, int X2, int Y2)
{
    /// <summary>Width in pixels; 0 or less when empty.</summary>
    public int Width => X2 - X1;

    /// <summary>Height in pixels; 0 or less when empty.</summary>
    public int Height => Y2 - Y1;

    /// <summary>Whether the window holds no pixel.</summary>
    public bool IsEmpty => X2 <= X1 || Y2 <= Y1;
}
