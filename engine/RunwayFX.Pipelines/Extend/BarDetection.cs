using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Finds the black or empty bars around a picture of a fixed-size frame.</summary>
internal static class BarDetection
{
    /// <summary>Display-like value (0..1) up to which a pixel counts as black: above the noise of legal-range video.</summary>
    private const float BlackMax = 0.035f;

    /// <summary>Share of a line that must be black: a bar may hold a stray pixel.</summary>
    private const double LineShare = 0.995;

    /// <summary>Smallest picture, in pixels: below it the frame counts as dark, not as barred.</summary>
    private const int PictureSideMin = 16;

    /// <summary>Soft lines between bar and picture, at most.</summary>
    private const int SoftLinesMax = 2;

    /// <summary>The picture inside the bars.</summary>
    /// <param name="guide">The frame in display-like values with straight alpha, top-down.</param>
    /// <param name="window">The frame's place in the host's pixel coordinates.</param>
    /// <returns>The whole window where there are no bars or all is black.</returns>
    public static PixelWindow FindPicture(Frame guide, PixelWindow window)
    {
        int top = 0, bottom = guide.Height, left = 0, right = guide.Width;
        while (top < bottom && IsBar(guide, 0, top, guide.Width, 1)) top++;
        while (bottom > top && IsBar(guide, 0, bottom - 1, guide.Width, 1)) bottom--;
        if (bottom - top < PictureSideMin) return window;
        while (left < right && IsBar(guide, left, top, 1, bottom - top)) left++;
        while (right > left && IsBar(guide, right - 1, top, 1, bottom - top)) right--;
        if (right - left < PictureSideMin) return window;

        int width = right - left, height = bottom - top;
        if (top > 0) top += SoftLines(line => Mean(guide, left, top + line, width, 1));
        if (bottom < guide.Height) bottom -= SoftLines(line => Mean(guide, left, bottom - 1 - line, width, 1));
        if (left > 0) left += SoftLines(line => Mean(guide, left + line, top, 1, height));
        if (right < guide.Width) right -= SoftLines(line => Mean(guide, right - 1 - line, top, 1, height));
        return new(window.X1 + left, window.Y2 - bottom, window.X1 + right, window.Y2 - top);
    }

    /// <summary>Scaling leaves half-dark lines at a bar's edge: they belong to the bar.</summary>
    private static int SoftLines(Func<int, double> mean)
    {
        int soft = 0;
        while (soft < SoftLinesMax && mean(soft) < 0.6 * mean(soft + 2)) soft++;
        return soft;
    }

    private static bool IsBar(Frame guide, int x, int y, int width, int height)
    {
        int light = 0;
        for (int v = y; v < y + height; v++)
        {
            for (int u = x; u < x + width; u++)
            {
                ReadOnlySpan<float> pixel = guide.Row(v).Slice(Frame.Channels * u, Frame.Channels);
                if (pixel[3] > 0 && Math.Max(pixel[0], Math.Max(pixel[1], pixel[2])) > BlackMax) light++;
            }
        }

        return light <= (1 - LineShare) * width * height;
    }

    private static double Mean(Frame guide, int x, int y, int width, int height)
    {
        double sum = 0;
        for (int v = y; v < y + height; v++)
        {
            for (int u = x; u < x + width; u++)
            {
                ReadOnlySpan<float> pixel = guide.Row(v).Slice(Frame.Channels * u, Frame.Channels);
                sum += (pixel[0] + pixel[1] + pixel[2]) * pixel[3];
            }
        }

        return sum / ((double)width * height);
    }
}
