using RunwayFX.Imaging;

namespace RunwayFX.Pipelines;

/// <summary>What a pipeline says of its result where somebody wants to know: how much of each pixel it generated. 0 everywhere until it says more. A share
/// between 0 and 1 says that the result is the source and what was generated, mixed by it.</summary>
/// <remarks>Shape (H, W) of the job's output window, top-down. Mix is not part of it. Not thread-safe.</remarks>
public sealed class GeneratedMatte
{
    private readonly PixelWindow _window;

    /// <summary>A matte without anything in it.</summary>
    /// <param name="window">The job's output window.</param>
    public GeneratedMatte(PixelWindow window)
    {
        _window = window;
        Shares = new float[checked(Math.Max(0, window.Width) * Math.Max(0, window.Height))];
    }

    /// <summary>Share by pixel, 0 to 1.</summary>
    public float[] Shares { get; }

    /// <summary>Everything in a window has one share.</summary>
    public void Fill(PixelWindow part, float share)
    {
        (int x1, int x2) = (Math.Max(part.X1, _window.X1), Math.Min(part.X2, _window.X2));
        for (int y = Math.Max(part.Y1, _window.Y1); y < Math.Min(part.Y2, _window.Y2) && x1 < x2; y++) Row(y).Slice(x1 - _window.X1, x2 - x1).Fill(share);
    }

    /// <summary>Each pixel of a window has a share of its own.</summary>
    /// <param name="shares">Shape (H, W) of the window, top-down.</param>
    /// <param name="part">Where they lie.</param>
    public void Put(ReadOnlySpan<float> shares, PixelWindow part)
    {
        (int x1, int x2) = (Math.Max(part.X1, _window.X1), Math.Min(part.X2, _window.X2));
        for (int y = Math.Max(part.Y1, _window.Y1); y < Math.Min(part.Y2, _window.Y2) && x1 < x2; y++)
            shares.Slice((part.Y2 - 1 - y) * part.Width + x1 - part.X1, x2 - x1).CopyTo(Row(y)[(x1 - _window.X1)..]);
    }

    private Span<float> Row(int y) => Shares.AsSpan((_window.Y2 - 1 - y) * _window.Width, _window.Width);
}
