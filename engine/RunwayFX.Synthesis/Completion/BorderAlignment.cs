namespace RunwayFX.Synthesis.Completion;

/// <summary>Bends a fill along the borders of the known picture, so that the lines that run into the hole meet those of the fill.</summary>
/// <param name="level">The level.</param>
/// <param name="costs">Its costs.</param>
/// <param name="shifts">The shift of every hole pixel.</param>
internal sealed class BorderAlignment(CompletionLevel level, ShiftCosts costs, PieceShift[] shifts)
{
    /// <summary>Distance over which a bend fades as a part of the picture's smaller side.</summary>
    private const double FadeShare = 0.25;

    /// <summary>How much wider a bend is blurred along the border for every pixel into the hole.</summary>
    private const double BlurShare = 0.25;

    /// <summary>Cost of a bent mirror per pixel of the bend: a mirror meets its border as it is.</summary>
    private const int MirrorBendCost = 200;

    private readonly int _reach = BorderLine.BendMax(level);

    /// <summary>By how much every pixel of the mask looks aside into the fill.</summary>
    public (int X, int Y)[] Find(HoleMask mask, ParallelOptions parallel)
    {
        (float X, float Y)[] bends = new (float, float)[mask.Holes.Length];
        if (_reach > 0)
        {
            foreach (BorderLine border in BorderLine.All(level))
            {
                parallel.CancellationToken.ThrowIfCancellationRequested();
                sbyte[] line = border.Bend(_reach, (index, bend) => Cost(border, index, bend));
                if (line.Any(bend => bend != 0)) Spread(border, line, bends);
            }
        }

        return [.. bends.Select(bend => ((int)MathF.Round(bend.X), (int)MathF.Round(bend.Y)))];
    }

    /// <summary>Lets the bends of a border fade into the hole, the wider blurred the deeper.</summary>
    private void Spread(BorderLine border, sbyte[] line, (float X, float Y)[] bends)
    {
        int[] sums = new int[line.Length + 1];
        double fade = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) * FadeShare);
        for (int i = 0; i < line.Length; i++) sums[i + 1] = sums[i] + line[i];
        for (int depth = 1; depth < fade; depth++)
        {
            double t = depth / fade, share = 1 - t * t * (3 - 2 * t);
            int blur = 1 + (int)(depth * BlurShare);
            for (int i = 0; i < line.Length; i++)
            {
                (int x, int y) = border.At(i);
                (x, y) = (x + depth * border.StepX, y + depth * border.StepY);
                if ((uint)x >= (uint)level.CanvasWidth || (uint)y >= (uint)level.Height || !level.Holes[y * level.Width + x]) continue;
                int first = Math.Max(0, i - blur), last = Math.Min(line.Length, i + blur + 1);
                float bend = (float)(share * (sums[last] - sums[first]) / (last - first));
                ref (float X, float Y) at = ref bends[y * level.CanvasWidth + x];
                at = border.IsUpright ? (at.X, at.Y + bend) : (at.X + bend, at.Y);
            }
        }
    }

    private int Cost(BorderLine border, int index, int bend)
    {
        (int x, int y) = border.At(index);
        int u = x + border.StepX + (border.IsUpright ? 0 : bend), v = y + border.StepY + (border.IsUpright ? bend : 0);
        if ((uint)u >= (uint)level.CanvasWidth || (uint)v >= (uint)level.Height || !level.Holes[v * level.Width + u]) return BorderLine.Nowhere / 16;
        PieceShift shift = shifts[v * level.Width + u];
        return shift.IsMirrored ? MirrorBendCost * Math.Abs(bend) : costs.Continuation(border, index, bend, shift);
    }
}
