using RunwayFX.Imaging;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Backgrounds;

/// <summary>Where the frames of a shot lie on one common canvas, the reference frame's own pixels and some around it.</summary>
/// <param name="Left">Column of the canvas's first pixel in the reference frame.</param>
/// <param name="Top">Its row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct BackgroundCanvas(int Left, int Top, int Width, int Height)
{
    /// <summary>How much larger than a frame a canvas may be on each side, as a share of the frame.</summary>
    private const double GrowMax = 0.5;

    /// <summary>A canvas that holds the reference frame and, as far as that has a limit, every hole.</summary>
    /// <param name="width">Columns of the frames.</param>
    /// <param name="height">Their rows.</param>
    /// <param name="holes">The frames' holes, and the way from each frame to the reference.</param>
    public static BackgroundCanvas Around(int width, int height, IEnumerable<(bool[] Hole, CameraStep ToCanvas)> holes)
    {
        double left = 0, top = 0, right = width - 1, bottom = height - 1;
        foreach ((bool[] hole, CameraStep step) in holes)
        {
            for (int p = 0; p < hole.Length; p++)
            {
                if (!hole[p]) continue;
                (double x, double y) = step.Apply(p % width, p / width);
                (left, right) = (Math.Min(left, x), Math.Max(right, x));
                (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
            }
        }

        int growX = (int)(GrowMax * width), growY = (int)(GrowMax * height);
        int x1 = Math.Max(-growX, (int)Math.Floor(left)), x2 = Math.Min(width - 1 + growX, (int)Math.Ceiling(right));
        int y1 = Math.Max(-growY, (int)Math.Floor(top)), y2 = Math.Min(height - 1 + growY, (int)Math.Ceiling(bottom));
        return new(x1, y1, x2 - x1 + 1, y2 - y1 + 1);
    }

    /// <summary>A step between reduced frames as one between frames at full size; pixels are squares around their centres.</summary>
    public static CameraStep AtFullSize(CameraStep step, int factor)
    {
        double centre = (factor - 1) / 2.0;
        return step with
        {
            X = factor * step.X + centre * (1 - step.A + step.B), Y = factor * step.Y + centre * (1 - step.A - step.B),
        };
    }

    /// <summary>The value of a picture between its pixels (Catmull-Rom), or at a pixel.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="isUnusable">Pixels that must not count, shape (H, W).</param>
    /// <param name="x">Column.</param>
    /// <param name="y">Row.</param>
    /// <param name="value">Four channels, overwritten.</param>
    /// <returns>False where the place is outside or touches what must not count.</returns>
    public static bool TrySample(Frame picture, bool[] isUnusable, double x, double y, Span<float> value)
    {
        int left = (int)Math.Floor(x), top = (int)Math.Floor(y);
        if (x == left && y == top)
        {
            if ((uint)left >= (uint)picture.Width || (uint)top >= (uint)picture.Height || isUnusable[top * picture.Width + left]) return false;
            picture.Pixels.AsSpan(4 * (top * picture.Width + left), 4).CopyTo(value);
            return true;
        }

        if (!(x >= 0 && y >= 0 && x <= picture.Width - 1 && y <= picture.Height - 1)) return false;
        Span<float> across = stackalloc float[4], down = stackalloc float[4];
        Weights((float)(x - left), across);
        Weights((float)(y - top), down);
        System.Runtime.Intrinsics.Vector128<float> sum = default;
        for (int row = 0; row < 4; row++)
        {
            int from = Math.Clamp(top + row - 1, 0, picture.Height - 1) * picture.Width;
            for (int column = 0; column < 4; column++)
            {
                int p = from + Math.Clamp(left + column - 1, 0, picture.Width - 1);
                if (isUnusable[p]) return false;
                sum += System.Runtime.Intrinsics.Vector128.Create(picture.Pixels.AsSpan(4 * p, 4)) * (across[column] * down[row]);
            }
        }

        for (int c = 0; c < 4; c++) value[c] = sum[c];
        return true;
    }

    private static void Weights(float t, Span<float> weights)
    {
        weights[0] = ((-0.5f * t + 1) * t - 0.5f) * t;
        weights[1] = (1.5f * t - 2.5f) * t * t + 1;
        weights[2] = ((-1.5f * t + 2) * t + 0.5f) * t;
        weights[3] = (0.5f * t - 0.5f) * t * t;
    }
}
