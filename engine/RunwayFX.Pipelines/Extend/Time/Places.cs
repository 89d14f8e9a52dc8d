using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>Coordinates and samples at full size.</summary>
internal static class Places
{
    /// <summary>A move between reduced pictures as one between pictures at full size; pixel centres have whole coordinates in both.</summary>
    public static CameraStep AtFullSize(CameraStep step, ReducedClip clip)
    {
        double scaleX = clip.ScaleX, scaleY = clip.ScaleY, halfX = (scaleX - 1) / 2, halfY = (scaleY - 1) / 2;
        // full = scale · reduced + half; turn and zoom keep their meaning because both scales are nearly the same.
        (double x, double y) = step.Apply(-halfX / scaleX, -halfY / scaleY);
        return step with { X = x * scaleX + halfX, Y = y * scaleY + halfY };
    }

    /// <summary>A mask's value at a place of the full size, linear between reduced pixels.</summary>
    public static float Soft(ReadOnlySpan<byte> mask, int width, int height, double x, double y)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        float fx = (float)(x - left), fy = (float)(y - top);
        return (At(mask, width, height, left, top) * (1 - fx) + At(mask, width, height, left + 1, top) * fx) * (1 - fy)
            + (At(mask, width, height, left, top + 1) * (1 - fx) + At(mask, width, height, left + 1, top + 1) * fx) * fy;
    }

    /// <summary>A picture's values between pixels by Catmull and Rom's cubic; edges repeat.</summary>
    public static void Sample(Frame picture, double x, double y, Span<float> result)
    {
        int column = (int)Math.Floor(x), row = (int)Math.Floor(y);
        double fx = x - column, fy = y - row;
        if (fx == 0 && fy == 0)
        {
            picture.Pixels.AsSpan((Math.Clamp(row, 0, picture.Height - 1) * picture.Width + Math.Clamp(column, 0, picture.Width - 1)) * Frame.Channels, Frame.Channels)
                .CopyTo(result);
            return;
        }

        Span<double> across = stackalloc double[4], down = stackalloc double[4];
        Weights(fx, across);
        Weights(fy, down);
        Span<double> sum = stackalloc double[Frame.Channels];
        sum.Clear();
        for (int j = 0; j < 4; j++)
        {
            int line = Math.Clamp(row + j - 1, 0, picture.Height - 1) * picture.Width;
            for (int i = 0; i < 4; i++)
            {
                int at = (line + Math.Clamp(column + i - 1, 0, picture.Width - 1)) * Frame.Channels;
                double weight = across[i] * down[j];
                for (int channel = 0; channel < Frame.Channels; channel++) sum[channel] += weight * picture.Pixels[at + channel];
            }
        }

        for (int channel = 0; channel < Frame.Channels; channel++) result[channel] = (float)sum[channel];
    }

    private static void Weights(double at, Span<double> weights)
    {
        double square = at * at, cube = square * at;
        weights[0] = -0.5 * at + square - 0.5 * cube;
        weights[1] = 1 - 2.5 * square + 1.5 * cube;
        weights[2] = 0.5 * at + 2 * square - 1.5 * cube;
        weights[3] = 0.5 * cube - 0.5 * square;
    }

    private static float At(ReadOnlySpan<byte> mask, int width, int height, int x, int y) =>
        mask[Math.Clamp(y, 0, height - 1) * width + Math.Clamp(x, 0, width - 1)];
}
