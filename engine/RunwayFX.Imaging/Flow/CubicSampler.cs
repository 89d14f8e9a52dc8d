using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Imaging.Flow;

/// <summary>Fetches a colour between pixels: Catmull-Rom, limited to the range of the pixels it is made from, so that hard edges do not ring.</summary>
/// <remarks>At whole places, the pixel's own bits. Edges repeat.</remarks>
internal static class CubicSampler
{
    /// <summary>Rows above and below the row of a place that are looked at, at most.</summary>
    public const int Reach = 2;

    public static Vector128<float> Sample(Frame frame, float x, float y) =>
        Sample(MemoryMarshal.Cast<float, Vector128<float>>(frame.Pixels.AsSpan()), 0, frame.Width, frame.Height, x, y);

    /// <summary>The same from some rows of a picture.</summary>
    /// <param name="pixels">The rows about the place.</param>
    /// <param name="firstRow">The picture's row that comes first in them.</param>
    /// <param name="width">Width of the picture.</param>
    /// <param name="height">Its height.</param>
    /// <param name="x">Column in the picture.</param>
    /// <param name="y">Row in the picture.</param>
    public static Vector128<float> Sample(ReadOnlySpan<Vector128<float>> pixels, int firstRow, int width, int height, float x, float y)
    {
        float atX = x > 0 ? x < width - 1 ? x : width - 1 : 0, atY = y > 0 ? y < height - 1 ? y : height - 1 : 0;
        int left = (int)atX, top = (int)atY;
        float fractionX = atX - left, fractionY = atY - top;
        if (fractionX == 0 && fractionY == 0) return pixels[(top - firstRow) * width + left];
        (float x0, float x1, float x2, float x3) = Weights(fractionX);
        (float y0, float y1, float y2, float y3) = Weights(fractionY);
        int a = Math.Max(left - 1, 0), c = Math.Min(left + 1, width - 1), d = Math.Min(left + 2, width - 1);
        Vector128<float> low = Vector128.Create(float.PositiveInfinity), high = Vector128.Create(float.NegativeInfinity), sum = default;
        for (int row = 0; row < 4; row++)
        {
            ReadOnlySpan<Vector128<float>> line = pixels.Slice((Math.Clamp(top + row - 1, 0, height - 1) - firstRow) * width, width);
            Vector128<float> p0 = line[a], p1 = line[left], p2 = line[c], p3 = line[d];
            sum += (p0 * x0 + p1 * x1 + (p2 * x2 + p3 * x3)) * (row switch { 0 => y0, 1 => y1, 2 => y2, _ => y3 });
            low = Vector128.Min(low, Vector128.Min(Vector128.Min(p0, p1), Vector128.Min(p2, p3)));
            high = Vector128.Max(high, Vector128.Max(Vector128.Max(p0, p1), Vector128.Max(p2, p3)));
        }

        return Vector128.Min(Vector128.Max(sum, low), high);
    }

    private static (float Before, float Here, float After, float Beyond) Weights(float t)
    {
        float square = t * t, cube = square * t;
        return (-0.5f * cube + square - 0.5f * t, 1.5f * cube - 2.5f * square + 1, -1.5f * cube + 2 * square + 0.5f * t, 0.5f * (cube - square));
    }
}
