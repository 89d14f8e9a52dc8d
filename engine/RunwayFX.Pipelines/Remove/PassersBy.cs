using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Remove;

/// <summary>Finds where one frame of a shot shows something that most of the others do not, such as somebody who walks by: a background is no place for it,
/// and what fills a hole must not go on from it.</summary>
internal static class PassersBy
{
    /// <summary>Frames that are compared, at most.</summary>
    private const int FramesMax = 9;

    /// <summary>Frames that have to show a place for anything to be said about it.</summary>
    private const int FramesMin = 3;

    /// <summary>Lightness (0..1) by which a place must lie outside what surrounds it in the median of the frames: less is noise, and what a camera's motion
    /// was measured wrong by.</summary>
    private const float DifferenceMin = 0.06f;

    /// <summary>Reduced pixels around such a place that count with it: outlines are faint.</summary>
    private const int Margin = 3;

    /// <summary>Share of a frame from which on it is light that changed, not things.</summary>
    private const double ShareMax = 0.3;

    /// <summary>Places of a frame at full size that show something passing.</summary>
    /// <param name="stretch">The frames' sizes.</param>
    /// <param name="frames">The shot's frames.</param>
    /// <param name="track">How the camera moved.</param>
    /// <param name="order">Indices of frames, the one in question first, then those to compare it with.</param>
    /// <param name="width">Columns at full size.</param>
    /// <param name="height">Rows.</param>
    /// <param name="cancellation">Asked once per row.</param>
    /// <returns>Shape (H, W).</returns>
    public static bool[] Find(ClipStretch stretch, IReadOnlyList<StretchFrame> frames, CameraTrack track, IEnumerable<int> order, int width, int height,
        CancellationToken cancellation)
    {
        int[] compared = [.. order.Take(FramesMax)];
        CameraStep[] fromReference = [.. compared.Select(i => track.ToReference(i).Inverse())];
        float[] median = new float[stretch.Width * stretch.Height];
        ParallelOptions parallel = new() { CancellationToken = cancellation };
        Parallel.For(0, stretch.Height, parallel, y =>
        {
            Span<float> values = stackalloc float[FramesMax];
            for (int x = 0; x < stretch.Width; x++)
            {
                int count = 0;
                for (int i = 0; i < compared.Length; i++)
                {
                    (double u, double v) = fromReference[i].Apply(x, y);
                    int left = (int)Math.Floor(u + 0.5), top = (int)Math.Floor(v + 0.5), q = top * stretch.Width + left;
                    if ((uint)left < (uint)stretch.Width && (uint)top < (uint)stretch.Height && !frames[compared[i]].Skipped[q])
                        values[count++] = frames[compared[i]].Lightness[q];
                }

                values[..count].Sort();
                median[y * stretch.Width + x] = count >= FramesMin ? values[count / 2] : float.NaN;
            }
        });
        StretchFrame frame = frames[compared[0]];
        bool[] found = new bool[median.Length], passing = new bool[width * height];
        int passes = 0;
        for (int p = 0; p < found.Length; p++)
        {
            found[p] = !frame.Skipped[p] && IsOutside(median, stretch.Width, p, frame.Lightness[p]);
            if (found[p]) passes++;
        }

        if (passes == 0 || passes > ShareMax * found.Length) return passing;
        bool[] grown = Grow(found, stretch.Width, stretch.Height);
        for (int p = 0; p < passing.Length; p++)
        {
            int x = Math.Min(p % width / stretch.Factor, stretch.Width - 1), y = Math.Min(p / width / stretch.Factor, stretch.Height - 1);
            passing[p] = grown[y * stretch.Width + x];
        }

        return passing;
    }

    /// <summary>Whether a value lies outside what a picture shows at a place and beside it.</summary>
    private static bool IsOutside(float[] picture, int width, int p, float value)
    {
        float least = float.MaxValue, most = float.MinValue;
        int y = Math.DivRem(p, width, out int x);
        for (int v = Math.Max(0, y - 1); v <= Math.Min(picture.Length / width - 1, y + 1); v++)
        {
            for (int u = Math.Max(0, x - 1); u <= Math.Min(width - 1, x + 1); u++)
            {
                float near = picture[v * width + u];
                if (float.IsNaN(near)) return false;
                (least, most) = (Math.Min(least, near), Math.Max(most, near));
            }
        }

        return value < least - DifferenceMin || value > most + DifferenceMin;
    }

    private static bool[] Grow(bool[] found, int width, int height)
    {
        bool[] grown = new bool[found.Length];
        for (int p = 0; p < found.Length; p++)
        {
            if (!found[p]) continue;
            int y = Math.DivRem(p, width, out int x), left = Math.Max(0, x - Margin), right = Math.Min(width - 1, x + Margin);
            for (int v = Math.Max(0, y - Margin); v <= Math.Min(height - 1, y + Margin); v++) grown.AsSpan(v * width + left, right - left + 1).Fill(true);
        }

        return grown;
    }
}
