namespace OpenFX.Hosting;

/// <summary>A window in pixels; y points up, the upper ends are exclusive. Origins may be negative.</summary>
/// <param name="X1">Left column, inclusive.</param>
/// <param name="Y1">Bottom row, inclusive.</param>
/// <param name="X2">Right column, exclusive.</param>
/// <param name="Y2">Top row, exclusive.</param>
public readonly record struct PixelBounds(int X1, int Y1, int X2, int Y2)
{
    /// <summary>Columns; never negative.</summary>
    public int Width => (int)Math.Clamp((long)X2 - X1, 0, int.MaxValue);

    /// <summary>Rows; never negative.</summary>
    public int Height => (int)Math.Clamp((long)Y2 - Y1, 0, int.MaxValue);

    /// <summary>Whether no pixel lies inside.</summary>
    public bool IsEmpty => Width == 0 || Height == 0;

    /// <summary>Common part of two windows; empty ones collapse to zero size.</summary>
    public PixelBounds Intersect(PixelBounds other)
    {
        int x1 = Math.Max(X1, other.X1), y1 = Math.Max(Y1, other.Y1);
        return new(x1, y1, Math.Max(x1, Math.Min(X2, other.X2)), Math.Max(y1, Math.Min(Y2, other.Y2)));
    }

    /// <summary>Whether <paramref name="other"/> lies inside.</summary>
    public bool Contains(PixelBounds other) => other.IsEmpty || (other.X1 >= X1 && other.Y1 >= Y1 && other.X2 <= X2 && other.Y2 <= Y2);
}

/// <summary>A region in canonical coordinates (square pixels at render scale 1, y up).</summary>
/// <param name="X1">Left edge.</param>
/// <param name="Y1">Bottom edge.</param>
/// <param name="X2">Right edge.</param>
/// <param name="Y2">Top edge.</param>
public readonly record struct CanonicalRegion(double X1, double Y1, double X2, double Y2)
{
    /// <summary>Largest coordinate magnitude that is kept; "infinite" regions end there.</summary>
    public const double CoordinateMax = 1_000_000_000;

    /// <summary>Whether nothing lies inside, or an edge is not a number.</summary>
    public bool IsEmpty => !(X2 > X1) || !(Y2 > Y1);

    /// <summary>Smallest region that holds both; an empty one does not count.</summary>
    public CanonicalRegion Union(CanonicalRegion other)
    {
        if (other.IsEmpty) return this;
        if (IsEmpty) return other;
        return new(Math.Min(X1, other.X1), Math.Min(Y1, other.Y1), Math.Max(X2, other.X2), Math.Max(Y2, other.Y2));
    }

    /// <summary>Common part of two regions.</summary>
    public CanonicalRegion Intersect(CanonicalRegion other) =>
        new(Math.Max(X1, other.X1), Math.Max(Y1, other.Y1), Math.Min(X2, other.X2), Math.Min(Y2, other.Y2));

    /// <summary>Smallest pixel window that covers the region at a render scale and pixel aspect ratio.</summary>
    public PixelBounds ToPixels(RenderScale scale, double pixelAspectRatio)
    {
        if (IsEmpty) return default;
        double aspect = pixelAspectRatio > 0 ? pixelAspectRatio : 1;
        return new(Floor(X1 * scale.X / aspect), Floor(Y1 * scale.Y), Ceiling(X2 * scale.X / aspect), Ceiling(Y2 * scale.Y));
    }

    /// <summary>The canonical region a pixel window covers at a render scale and pixel aspect ratio.</summary>
    public static CanonicalRegion FromPixels(PixelBounds bounds, RenderScale scale, double pixelAspectRatio)
    {
        double aspect = pixelAspectRatio > 0 ? pixelAspectRatio : 1;
        return new(bounds.X1 * aspect / scale.X, bounds.Y1 / scale.Y, bounds.X2 * aspect / scale.X, bounds.Y2 / scale.Y);
    }

    // Rounding noise of a scale such as 1/3 must not add a row.
    private const double Slack = 1e-6;

    private static int Floor(double value) => (int)Math.Floor(Math.Clamp(value, -CoordinateMax, CoordinateMax) + Slack);

    private static int Ceiling(double value) => (int)Math.Ceiling(Math.Clamp(value, -CoordinateMax, CoordinateMax) - Slack);
}

/// <summary>Size of the rendered picture relative to the full one: (0.5, 0.5) is a half-size proxy.</summary>
/// <param name="X">Horizontal factor, above 0.</param>
/// <param name="Y">Vertical factor, above 0.</param>
public readonly record struct RenderScale(double X, double Y)
{
    /// <summary>Full size.</summary>
    public static RenderScale One => new(1, 1);

    /// <summary>Whether both factors are usable.</summary>
    public bool IsValid => X > 0 && Y > 0 && double.IsFinite(X) && double.IsFinite(Y);
}
