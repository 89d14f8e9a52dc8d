namespace RunwayFX.Synthesis.Continuation;

/// <summary>Operations on masks, shape (H, W), values 0 and 1.</summary>
internal static class Morphology
{
    /// <summary>Where the mean of 3 × 3 values is at least a threshold.</summary>
    public static byte[] BoxAtLeast(byte[] values, int width, int height, int threshold)
    {
        byte[] result = new byte[values.Length];
        for (int y = 0; y < height; y++)
        {
            int top = Math.Max(0, y - 1), bottom = Math.Min(height - 1, y + 1);
            for (int x = 0; x < width; x++)
            {
                int left = Math.Max(0, x - 1), right = Math.Min(width - 1, x + 1), sum = 0;
                for (int row = top; row <= bottom; row++)
                {
                    for (int column = left; column <= right; column++) sum += values[row * width + column];
                }

                if (sum >= threshold * (bottom - top + 1) * (right - left + 1)) result[y * width + x] = 1;
            }
        }

        return result;
    }

    /// <summary>Least and largest value of 3 × 3 pixels around every pixel, per channel; shape (H, W, 3).</summary>
    public static (byte[] Least, byte[] Most) Range(byte[] picture, int width, int height)
    {
        byte[] least = new byte[picture.Length], most = new byte[picture.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                for (int channel = 0; channel < ReducedClip.Channels; channel++)
                {
                    byte low = 255, high = 0;
                    for (int row = Math.Max(0, y - 1); row <= Math.Min(height - 1, y + 1); row++)
                    {
                        for (int column = Math.Max(0, x - 1); column <= Math.Min(width - 1, x + 1); column++)
                        {
                            byte value = picture[(row * width + column) * ReducedClip.Channels + channel];
                            (low, high) = (Math.Min(low, value), Math.Max(high, value));
                        }
                    }

                    int at = (y * width + x) * ReducedClip.Channels + channel;
                    (least[at], most[at]) = (low, high);
                }
            }
        }

        return (least, most);
    }

    /// <summary>Grows a mask by a square.</summary>
    public static byte[] Dilate(byte[] mask, int width, int height, int radius) => Spread(mask, width, height, radius, radius, 1);

    /// <summary>Grows a mask by a rectangle.</summary>
    public static byte[] Dilate(byte[] mask, int width, int height, int radiusX, int radiusY) => Spread(mask, width, height, radiusX, radiusY, 1);

    /// <summary>Shrinks a mask by a square; what lies outside the picture counts as set.</summary>
    public static byte[] Erode(byte[] mask, int width, int height, int radius) => Spread(mask, width, height, radius, radius, 0);

    private static byte[] Spread(byte[] mask, int width, int height, int radiusX, int radiusY, byte value)
    {
        byte[] rows = new byte[mask.Length], result = new byte[mask.Length];
        byte other = (byte)(1 - value);
        Array.Fill(rows, other);
        Array.Fill(result, other);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (mask[y * width + x] != value) continue;
                int from = Math.Max(0, x - radiusX), to = Math.Min(width - 1, x + radiusX);
                rows.AsSpan(y * width + from, to - from + 1).Fill(value);
            }
        }

        for (int y = 0; y < height; y++)
        {
            for (int row = Math.Max(0, y - radiusY); row <= Math.Min(height - 1, y + radiusY); row++)
            {
                for (int x = 0; x < width; x++)
                {
                    if (rows[y * width + x] == value) result[row * width + x] = value;
                }
            }
        }

        return result;
    }
}
