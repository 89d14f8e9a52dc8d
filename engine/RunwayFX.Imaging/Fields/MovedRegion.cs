namespace RunwayFX.Imaging.Fields;

/// <summary>Where the two fields of a frame show different moments: they alternate from line to line there, and the frames beside it show something
/// else.</summary>
/// <remarks>A still picture has fine lines too; what the frames beside it show as well is no motion. Without those every alternation counts. Shape (H, W),
/// top-down. Immutable; the same bits on every machine.</remarks>
public sealed class MovedRegion
{
    /// <summary>Step in lightness from a line to both of its neighbours from which it counts as alternating: above the noise of video.</summary>
    private const float StepMin = 0.03f;

    /// <summary>Reach of the surroundings that are judged together, in pixels.</summary>
    private const int ReachX = 4, ReachY = 3;

    /// <summary>Alternating pixels in the surroundings from which a place counts: scattered ones are noise.</summary>
    private const int AlternatingMin = 6;

    /// <summary>Mean difference to the frame beside up to which the surroundings count as still.</summary>
    private const float StillMax = 0.02f;

    private readonly bool[] _moved;

    private MovedRegion(int width, bool[] moved) => (Width, _moved) = (width, moved);

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Whether a row of the region, 0 = top, holds a moved pixel at a column.</summary>
    public bool this[int x, int y] => _moved[y * Width + x];

    /// <summary>Finds it.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="before">Makes the frame before; null where there is none of its size. Asked only where lines alternate.</param>
    /// <param name="after">Makes the frame after, likewise.</param>
    /// <param name="cancellation">Asked once a row.</param>
    /// <returns>Null where nothing moved between the fields.</returns>
    public static MovedRegion? Find(FieldPlane frame, Func<FieldPlane?> before, Func<FieldPlane?> after, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(frame);
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        (int width, int height) = (frame.Width, frame.Height);
        float[] alternating = new float[width * height];
        Rows(height, y => MarkAlternating(frame, y, alternating.AsSpan(y * width, width)), cancellation);
        float[] counts = Surroundings(alternating, width, height, cancellation);
        bool[] moved = new bool[counts.Length];
        bool isAny = false;
        for (int p = 0; p < moved.Length; p++) isAny |= moved[p] = counts[p] >= AlternatingMin;
        if (!isAny) return null;

        float[]? toBefore = Difference(frame, before(), cancellation), toAfter = Difference(frame, after(), cancellation);
        if (toBefore is null && toAfter is null) return new(width, moved);
        isAny = false;
        for (int p = 0; p < moved.Length; p++)
        {
            bool isStill = (toBefore is null || toBefore[p] <= StillMax) && (toAfter is null || toAfter[p] <= StillMax);
            isAny |= moved[p] &= !isStill;
        }

        return isAny ? new(width, moved) : null;
    }

    private static void MarkAlternating(FieldPlane frame, int y, Span<float> marks)
    {
        if (y == 0 || y == frame.Height - 1) return;
        ReadOnlySpan<float> values = frame.Values;
        ReadOnlySpan<float> above = values.Slice((y - 1) * frame.Width, frame.Width), own = values.Slice(y * frame.Width, frame.Width),
            below = values.Slice((y + 1) * frame.Width, frame.Width);
        for (int x = 0; x < own.Length; x++)
        {
            float up = own[x] - above[x], down = own[x] - below[x], least = Math.Min(Math.Abs(up), Math.Abs(down));
            if (up * down > 0 && least > StepMin && Math.Abs(above[x] - below[x]) < least) marks[x] = 1;
        }
    }

    /// <summary>Mean difference of the surroundings of each pixel; null where there is nothing to compare with.</summary>
    private static float[]? Difference(FieldPlane frame, FieldPlane? other, CancellationToken cancellation)
    {
        if (other is null || other.Width != frame.Width || other.Height != frame.Height) return null;
        float[] differences = new float[frame.Values.Length];
        for (int p = 0; p < differences.Length; p++) differences[p] = Math.Abs(frame.Values[p] - other.Values[p]);
        float[] sums = Surroundings(differences, frame.Width, frame.Height, cancellation);
        Rows(frame.Height, y =>
        {
            int rows = Math.Min(y, ReachY) + Math.Min(frame.Height - 1 - y, ReachY) + 1;
            for (int x = 0; x < frame.Width; x++)
            {
                int columns = Math.Min(x, ReachX) + Math.Min(frame.Width - 1 - x, ReachX) + 1;
                sums[y * frame.Width + x] /= rows * columns;
            }
        }, cancellation);
        return sums;
    }

    /// <summary>Sum over the surroundings of each pixel, those outside the picture left out; in a fixed order.</summary>
    private static float[] Surroundings(float[] values, int width, int height, CancellationToken cancellation)
    {
        float[] across = new float[values.Length], sums = new float[values.Length];
        Rows(height, y =>
        {
            for (int x = 0; x < width; x++)
            {
                float sum = 0;
                for (int u = Math.Max(0, x - ReachX); u <= Math.Min(width - 1, x + ReachX); u++) sum += values[y * width + u];
                across[y * width + x] = sum;
            }
        }, cancellation);
        Rows(height, y =>
        {
            for (int v = Math.Max(0, y - ReachY); v <= Math.Min(height - 1, y + ReachY); v++)
            {
                for (int x = 0; x < width; x++) sums[y * width + x] += across[v * width + x];
            }
        }, cancellation);
        return sums;
    }

    private static void Rows(int height, Action<int> row, CancellationToken cancellation) =>
        Parallel.For(0, height, new ParallelOptions { CancellationToken = cancellation }, row);
}
