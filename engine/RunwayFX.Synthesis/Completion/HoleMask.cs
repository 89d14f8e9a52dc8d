namespace RunwayFX.Synthesis.Completion;

/// <summary>Which pixels of a canvas are to be made up.</summary>
/// <remarks>Shape (H, W), top-down; true = hole.</remarks>
public sealed class HoleMask
{
    private readonly bool[] _holes;

    /// <summary>Wraps a mask.</summary>
    /// <exception cref="ArgumentException">The length is not width × height.</exception>
    public HoleMask(int width, int height, bool[] holes)
    {
        ArgumentNullException.ThrowIfNull(holes);
        if (width < 1 || height < 1 || holes.Length != (long)width * height)
            throw new ArgumentException($"{holes.Length} values do not fill a mask of {width}×{height}.", nameof(holes));
        (Width, Height, _holes) = (width, height, holes);
        foreach (bool hole in holes) HoleCount += hole ? 1 : 0;
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>How many pixels are to be made up.</summary>
    public int HoleCount { get; }

    /// <summary>Row by row from the top.</summary>
    public ReadOnlySpan<bool> Holes => _holes;

    /// <summary>Whether a pixel is to be made up.</summary>
    public bool this[int x, int y] => _holes[y * Width + x];

    /// <summary>A mask that keeps one rectangle and makes up everything around it.</summary>
    /// <param name="width">Columns of the canvas.</param>
    /// <param name="height">Rows of the canvas.</param>
    /// <param name="left">First kept column.</param>
    /// <param name="top">First kept row.</param>
    /// <param name="right">Column after the last kept one.</param>
    /// <param name="bottom">Row after the last kept one.</param>
    public static HoleMask Around(int width, int height, int left, int top, int right, int bottom)
    {
        bool[] holes = new bool[checked(width * height)];
        holes.AsSpan().Fill(true);
        for (int y = Math.Max(0, top); y < Math.Min(height, bottom); y++)
        {
            int from = Math.Clamp(left, 0, width), to = Math.Clamp(right, from, width);
            holes.AsSpan(y * width + from, to - from).Clear();
        }

        return new(width, height, holes);
    }
}
