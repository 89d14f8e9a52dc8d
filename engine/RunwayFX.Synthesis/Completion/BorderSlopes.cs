namespace RunwayFX.Synthesis.Completion;

/// <summary>Where the lines that run from the known picture into a hole would lead there, were they straight.</summary>
internal sealed class BorderSlopes
{
    /// <summary>How far lines are looked at, into the picture and along its border, as a part of the picture's smaller side.</summary>
    private const double ReachShare = 1.0 / 16;

    /// <summary>Steepest line, pixels along the border for one into the hole.</summary>
    private const double SlopeMax = 0.7;

    /// <summary>Squared step of luma, 8-bit, over two pixels along the border, whose direction counts as much as that straight into the hole.</summary>
    private const double StepMin = 30;

    /// <summary>What a part of the border shows keeps at least this part of its extent up to the far end of the hole: lines that run together turn away from each
    /// other, as at a corner, before nothing is left between them.</summary>
    private const double ExtentKept = 0.8;

    private readonly double[] _ends;

    private BorderSlopes(double[] ends, int depth) => (_ends, Depth) = (ends, depth);

    /// <summary>Pixels from the border to the far end of the hole.</summary>
    public int Depth { get; }

    /// <summary>Measures a border.</summary>
    /// <param name="level">The level.</param>
    /// <param name="means">Its guide, smoothed: what runs through a texture is no line.</param>
    /// <param name="line">The border.</param>
    public static BorderSlopes Measure(CompletionLevel level, byte[] means, BorderLine line)
    {
        int reach = Math.Max(2, (int)(Math.Min(level.CanvasWidth, level.Height) * ReachShare)), depth = DepthOf(level, line);
        (double Slant, double Energy)[] lines = [.. Enumerable.Range(0, line.Count).Select(i => Lines(level, means, line, i, reach))];
        double[] ends = new double[line.Count], weights = new double[line.Count];
        for (int i = 0; i < line.Count; i++)
        {
            double slant = 0, energy = StepMin;
            for (int other = Math.Max(0, i - reach); other <= Math.Min(line.Count - 1, i + reach); other++)
            {
                double weight = 1.0 / (1 + Math.Abs(i - other));
                (slant, energy) = (slant + weight * lines[other].Slant, energy + weight * lines[other].Energy);
            }

            (ends[i], weights[i]) = (i + depth * Math.Clamp(slant / energy, -SlopeMax, SlopeMax), energy);
        }

        return new(Spread(ends, weights), depth);
    }

    /// <summary>Where along the border a line stands that left it at one of its pixels; never in another order than at the border, nor much nearer to its
    /// neighbours.</summary>
    /// <param name="index">The pixel of the border.</param>
    /// <param name="depth">Pixels into the hole.</param>
    public double At(int index, int depth) => index + (_ends[index] - index) * depth / Depth;

    /// <summary>Gradients behind a pixel of a border: product of those along and away from the hole, and energy of those along.</summary>
    private static (double Slant, double Energy) Lines(CompletionLevel level, byte[] means, BorderLine line, int index, int reach)
    {
        int slant = 0, energy = 0;
        (int x, int y) = line.At(index);
        for (int depth = 1; depth < reach; depth++)
        {
            (x, y) = (x - line.StepX, y - line.StepY);
            if (!IsKnown(level, x - 1, y) || !IsKnown(level, x + 1, y) || !IsKnown(level, x, y - 1) || !IsKnown(level, x, y + 1)) continue;
            int p = y * level.Width + x, across = Luma(means, p + 1) - Luma(means, p - 1), down = Luma(means, p + level.Width) - Luma(means, p - level.Width);
            (int away, int along) = line.IsUpright ? (-across * line.StepX, down) : (-down * line.StepY, across);
            (slant, energy) = (slant + away * along, energy + along * along);
        }

        return ((double)slant / reach, (double)energy / reach);
    }

    /// <summary>The nearest values that rise by <see cref="ExtentKept"/> at least: pool adjacent violators.</summary>
    private static double[] Spread(double[] values, double[] weights)
    {
        List<(double Sum, double Weight, int Count)> pools = [];
        for (int i = 0; i < values.Length; i++)
        {
            (double Sum, double Weight, int Count) pool = ((values[i] - ExtentKept * i) * weights[i], weights[i], 1);
            while (pools.Count > 0 && pools[^1].Sum / pools[^1].Weight >= pool.Sum / pool.Weight)
            {
                pool = (pool.Sum + pools[^1].Sum, pool.Weight + pools[^1].Weight, pool.Count + pools[^1].Count);
                pools.RemoveAt(pools.Count - 1);
            }

            pools.Add(pool);
        }

        return [.. pools.SelectMany(pool => Enumerable.Repeat(pool.Sum / pool.Weight, pool.Count)).Select((value, i) => value + ExtentKept * i)];
    }

    private static int DepthOf(CompletionLevel level, BorderLine line)
    {
        int deepest = 1;
        for (int i = 0; i < line.Count; i++)
        {
            (int x, int y) = line.At(i);
            int depth = 0;
            while ((uint)(x + line.StepX) < (uint)level.CanvasWidth && (uint)(y + line.StepY) < (uint)level.Height
                && level.Holes[(y + line.StepY) * level.Width + x + line.StepX]) (x, y, depth) = (x + line.StepX, y + line.StepY, depth + 1);
            deepest = Math.Max(deepest, depth);
        }

        return deepest;
    }

    private static bool IsKnown(CompletionLevel level, int x, int y) =>
        (uint)x < (uint)level.CanvasWidth && (uint)y < (uint)level.Height && !level.Holes[y * level.Width + x];

    private static int Luma(byte[] means, int p)
    {
        ReadOnlySpan<byte> pixel = means.AsSpan(PatchGuide.Channels * p, 3);
        return (2 * pixel[0] + 5 * pixel[1] + pixel[2]) / 8;
    }
}
