namespace RunwayFX.Synthesis.Completion;

/// <summary>How strongly luma changes around a pixel: tells grass from asphalt of the same colour, also on levels where the texture itself is
/// averaged away.</summary>
/// <remarks>After Newson et al., Video Inpainting of Complex Scenes (2014).</remarks>
internal static class TextureFeature
{
    private const int Window = 5;

    /// <summary>Writes channel 3 of (height, width, 4) values; channels 0–2 are red, green, blue in 0..255. Only pixels of weight 1 count.</summary>
    public static void Fill(float[] values, int width, int height, float[] weights, float gain, CancellationToken cancellation)
    {
        float[] gradient = new float[width * height], known = new float[width * height];
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < width; x++)
            {
                int p = y * width + x, right = x + 1 < width ? p + 1 : p, below = y + 1 < height ? p + width : p;
                if (weights[p] < 1 || weights[right] < 1 || weights[below] < 1) continue;
                gradient[p] = Math.Abs(Luma(values, right) - Luma(values, p)) + Math.Abs(Luma(values, below) - Luma(values, p));
                known[p] = 1;
            }
        }

        BoxSum(gradient, width, height, cancellation);
        BoxSum(known, width, height, cancellation);
        for (int p = 0; p < weights.Length; p++) values[4 * p + 3] = known[p] > 0 ? Math.Min(255, gain * gradient[p] / known[p]) : 0;
    }

    private static float Luma(float[] values, int p) => 0.25f * values[4 * p] + 0.625f * values[4 * p + 1] + 0.125f * values[4 * p + 2];

    private static void BoxSum(float[] plane, int width, int height, CancellationToken cancellation)
    {
        float[] line = new float[Math.Max(width, height)];
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            plane.AsSpan(y * width, width).CopyTo(line);
            for (int x = 0; x < width; x++) plane[y * width + x] = Sum(line, x, width);
        }

        for (int x = 0; x < width; x++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int y = 0; y < height; y++) line[y] = plane[y * width + x];
            for (int y = 0; y < height; y++) plane[y * width + x] = Sum(line, y, height);
        }
    }

    private static float Sum(float[] line, int at, int length)
    {
        float sum = 0;
        for (int i = Math.Max(0, at - Window); i <= Math.Min(length - 1, at + Window); i++) sum += line[i];
        return sum;
    }
}
