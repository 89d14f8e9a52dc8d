using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>Gives holes the soft mean of what lies around them: what a model sees in place of what it is to paint, so that nothing of the old shows through.
/// </summary>
/// <remarks>Pull and push over halved copies (Gortler et al., "The Lumigraph", 1996).</remarks>
internal static class SmoothFill
{
    /// <summary>A copy without holes; grey where nothing is known.</summary>
    /// <param name="picture">Display values, finite.</param>
    /// <param name="holes">Shape (H, W).</param>
    public static Frame Apply(Frame picture, ReadOnlySpan<bool> holes)
    {
        float[] values = (float[])picture.Pixels.Clone();
        // The fourth number is how much is known.
        for (int p = 0; p < holes.Length; p++)
        {
            values[4 * p + 3] = holes[p] ? 0 : 1;
            if (holes[p]) values.AsSpan(4 * p, 3).Clear();
        }

        Fill(values, picture.Width, picture.Height);
        Frame result = picture.Clone();
        for (int p = 0; p < holes.Length; p++)
        {
            if (holes[p]) values.AsSpan(4 * p, 3).CopyTo(result.Pixels.AsSpan(4 * p));
        }

        return result;
    }

    private static void Fill(float[] values, int width, int height)
    {
        if (width == 1 && height == 1)
        {
            if (values[3] == 0) values.AsSpan(0, 3).Fill(0.5f);
            values[3] = 1;
            return;
        }

        int halfWidth = (width + 1) / 2, halfHeight = (height + 1) / 2;
        float[] half = new float[4 * halfWidth * halfHeight];
        for (int p = 0; p < width * height; p++)
        {
            int to = 4 * (p / width / 2 * halfWidth + p % width / 2);
            for (int c = 0; c < 3; c++) half[to + c] += values[4 * p + c] * values[4 * p + 3];
            half[to + 3] += values[4 * p + 3];
        }

        for (int at = 0; at < half.Length; at += 4)
        {
            if (half[at + 3] <= 0) continue;
            for (int c = 0; c < 3; c++) half[at + c] /= half[at + 3];
            half[at + 3] = 1;
        }

        Fill(half, halfWidth, halfHeight);
        for (int p = 0; p < width * height; p++)
        {
            if (values[4 * p + 3] == 0) Sample(half, halfWidth, halfHeight, p % width, p / width, values.AsSpan(4 * p, 4));
        }
    }

    /// <summary>Linear between the centres of the halved copy.</summary>
    private static void Sample(float[] half, int width, int height, int x, int y, Span<float> to)
    {
        int nearX = x / 2, nearY = y / 2, farX = Math.Clamp(nearX + (x % 2 == 0 ? -1 : 1), 0, width - 1), farY = Math.Clamp(nearY + (y % 2 == 0 ? -1 : 1), 0, height - 1);
        for (int c = 0; c < 3; c++)
        {
            float near = 0.75f * half[4 * (nearY * width + nearX) + c] + 0.25f * half[4 * (nearY * width + farX) + c];
            float far = 0.75f * half[4 * (farY * width + nearX) + c] + 0.25f * half[4 * (farY * width + farX) + c];
            to[c] = 0.75f * near + 0.25f * far;
        }

        to[3] = 1;
    }
}
