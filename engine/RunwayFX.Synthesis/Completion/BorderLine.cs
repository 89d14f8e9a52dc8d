namespace RunwayFX.Synthesis.Completion;

/// <summary>Known pixels in a straight line beyond which a hole lies, and how a fill has to bend along them to continue what they show.</summary>
/// <remarks>After Jia and Tang, Eliminating Structure and Intensity Misalignment in Image Stitching (2005): the two sides of a border are matched
/// along it by dynamic programming.</remarks>
/// <param name="Line">The line's column, or its row where it is level.</param>
/// <param name="Start">First row, or column.</param>
/// <param name="Count">Pixels.</param>
/// <param name="StepX">The way into the hole: −1, 0 or 1.</param>
/// <param name="StepY">The same.</param>
internal readonly record struct BorderLine(int Line, int Start, int Count, int StepX, int StepY)
{
    /// <summary>Cost that no place has.</summary>
    public const int Nowhere = 1 << 16;

    /// <summary>Largest bend as a part of the picture's smaller side.</summary>
    private const double BendShare = 1.0 / 24;

    /// <summary>Pixels along the border that bend alike: between them bends differ by at most one, so that nothing is stretched into
    /// streaks.</summary>
    private const int Group = 3;

    private const int CountMin = 4 * Group;

    /// <summary>Cost of a bend that changes by a pixel, and of the largest bend, per pixel along the border.</summary>
    private const int ChangeCost = 30, BendCost = 120;

    /// <summary>Whether the border is a column.</summary>
    public bool IsUpright => StepX != 0;

    /// <summary>Largest bend on a level, pixels.</summary>
    public static int BendMax(CompletionLevel level) => Math.Min(127, (int)Math.Round(Math.Min(level.CanvasWidth, level.Height) * BendShare));

    /// <summary>All borders of a level that are long enough to bend.</summary>
    public static List<BorderLine> All(CompletionLevel level)
    {
        List<BorderLine> borders = [];
        foreach ((int stepX, int stepY) in (ReadOnlySpan<(int, int)>)[(-1, 0), (1, 0), (0, -1), (0, 1)])
        {
            int lines = stepX != 0 ? level.CanvasWidth : level.Height, length = stepX != 0 ? level.Height : level.CanvasWidth;
            for (int line = 0; line < lines; line++)
            {
                for (int start = 0; start < length;)
                {
                    int end = start;
                    while (end < length && IsBorder(level, stepX != 0 ? line : end, stepX != 0 ? end : line, stepX, stepY)) end++;
                    if (end - start >= CountMin) borders.Add(new(line, start, end - start, stepX, stepY));
                    start = end + 1;
                }
            }
        }

        return borders;
    }

    /// <summary>A pixel of the border, in columns and rows.</summary>
    public (int X, int Y) At(int index) => IsUpright ? (Line, Start + index) : (Start + index, Line);

    /// <summary>The bends, along the border, at which a fill continues the known side best.</summary>
    /// <param name="reach">Largest bend.</param>
    /// <param name="cost">Cost of a bend at a pixel of the border, at most <see cref="Nowhere"/>.</param>
    public sbyte[] Bend(int reach, Func<int, int, int> cost)
    {
        int labels = 2 * reach + 1, groups = (Count + Group - 1) / Group;
        int[] best = new int[groups * labels];
        sbyte[] changes = new sbyte[best.Length], bends = new sbyte[Count];
        for (int group = 0; group < groups; group++)
        {
            for (int label = 0; label < labels; label++)
            {
                int bend = label - reach, sum = 0, first = group * Group, last = Math.Min(Count, first + Group);
                for (int index = first; index < last; index++) sum += cost(index, bend) + Math.Abs(bend) * BendCost / reach;
                if (group > 0) sum += Least(best.AsSpan((group - 1) * labels, labels), label, out changes[group * labels + label]);
                best[group * labels + label] = sum;
            }
        }

        ReadOnlySpan<int> ends = best.AsSpan((groups - 1) * labels, labels);
        int at = 0;
        for (int label = 1; label < labels; label++)
        {
            // Of equal ones the smaller bend.
            if (ends[label] < ends[at] || (ends[label] == ends[at] && Math.Abs(label - reach) < Math.Abs(at - reach))) at = label;
        }

        for (int group = groups - 1; group >= 0; group--)
        {
            bends.AsSpan(group * Group, Math.Min(Group, Count - group * Group)).Fill((sbyte)(at - reach));
            at -= changes[group * labels + at];
        }

        return bends;
    }

    private static int Least(ReadOnlySpan<int> before, int label, out sbyte change)
    {
        int least = before[label];
        change = 0;
        if (label > 0 && before[label - 1] + ChangeCost < least) (least, change) = (before[label - 1] + ChangeCost, 1);
        if (label < before.Length - 1 && before[label + 1] + ChangeCost < least) (least, change) = (before[label + 1] + ChangeCost, -1);
        return least;
    }

    private static bool IsBorder(CompletionLevel level, int x, int y, int stepX, int stepY)
    {
        int u = x + stepX, v = y + stepY;
        if ((uint)u >= (uint)level.CanvasWidth || (uint)v >= (uint)level.Height) return false;
        return !level.Holes[y * level.Width + x] && level.Holes[v * level.Width + u];
    }
}
