using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>The edges of a picture as ControlNets were taught to see them: thin white lines on black (Canny, "A Computational Approach to Edge Detection", 1986).
/// </summary>
/// <remarks>Slopes as OpenCV's Canny measures them, with its usual thresholds for such models, after a little blur. No transcendental functions: the same bits on
/// every machine.</remarks>
internal static class EdgePicture
{
    /// <summary>Slope of luma (0–255, Sobel) from which a line begins, and down to which it goes on.</summary>
    private const float StrongMin = 200, WeakMin = 100;

    private const double Sigma = 1;

    /// <summary>Tangent of 22.5 degrees: nearer to an axis than that, the neighbours along it count.</summary>
    private const float AxisSlope = 0.41421357f;

    /// <summary>Finds them.</summary>
    /// <param name="display">Display values.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public static Frame Of(Frame display, CancellationToken cancellation)
    {
        (int width, int height) = (display.Width, display.Height);
        float[] luma = new float[width * height];
        for (int p = 0; p < luma.Length; p++)
        {
            ReadOnlySpan<float> pixel = display.Pixels.AsSpan(Frame.Channels * p, 3);
            luma[p] = 255 * Math.Clamp(0.299f * pixel[0] + 0.587f * pixel[1] + 0.114f * pixel[2], 0, 1);
        }

        GaussianBlur.Apply(luma, width, height, 1, Sigma, cancellation);
        (float[] x, float[] y, float[] slopes) = Slopes(luma, width, height);
        cancellation.ThrowIfCancellationRequested();
        bool[] isRidge = new bool[luma.Length];
        for (int p = 0; p < luma.Length; p++) isRidge[p] = slopes[p] > WeakMin && IsRidge(p, x, y, slopes, width, height);
        Frame result = new(width, height);
        Stack<int> open = new(Enumerable.Range(0, luma.Length).Where(p => isRidge[p] && slopes[p] > StrongMin));
        while (open.TryPop(out int p))
        {
            if (!isRidge[p]) continue;
            isRidge[p] = false;
            result.Pixels.AsSpan(Frame.Channels * p, 3).Fill(1);
            for (int v = Math.Max(0, p / width - 1); v <= Math.Min(height - 1, p / width + 1); v++)
            {
                for (int u = Math.Max(0, p % width - 1); u <= Math.Min(width - 1, p % width + 1); u++) open.Push(v * width + u);
            }
        }

        for (int i = 3; i < result.Pixels.Length; i += Frame.Channels) result.Pixels[i] = 1;
        return result;
    }

    private static (float[] X, float[] Y, float[] Size) Slopes(float[] luma, int width, int height)
    {
        float[] slopesX = new float[luma.Length], slopesY = new float[luma.Length], sizes = new float[luma.Length];
        for (int y = 0; y < height; y++)
        {
            int above = Math.Max(0, y - 1) * width, here = y * width, below = Math.Min(height - 1, y + 1) * width;
            for (int x = 0; x < width; x++)
            {
                int left = Math.Max(0, x - 1), right = Math.Min(width - 1, x + 1);
                float across = luma[above + right] - luma[above + left] + 2 * (luma[here + right] - luma[here + left]) + luma[below + right] - luma[below + left];
                float down = luma[below + left] - luma[above + left] + 2 * (luma[below + x] - luma[above + x]) + luma[below + right] - luma[above + right];
                (slopesX[here + x], slopesY[here + x], sizes[here + x]) = (across, down, MathF.Sqrt(across * across + down * down));
            }
        }

        return (slopesX, slopesY, sizes);
    }

    /// <summary>Whether no neighbour across the line is steeper.</summary>
    private static bool IsRidge(int p, float[] x, float[] y, float[] slopes, int width, int height)
    {
        float across = Math.Abs(x[p]), down = Math.Abs(y[p]);
        (int stepX, int stepY) = down <= AxisSlope * across ? (1, 0) : across <= AxisSlope * down ? (0, 1) : x[p] * y[p] > 0 ? (1, 1) : (1, -1);
        return slopes[p] > At(p % width - stepX, p / width - stepY) && slopes[p] >= At(p % width + stepX, p / width + stepY);

        float At(int u, int v) => u < 0 || v < 0 || u >= width || v >= height ? 0 : slopes[v * width + u];
    }
}
