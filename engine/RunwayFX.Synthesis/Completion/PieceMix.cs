namespace RunwayFX.Synthesis.Completion;

/// <summary>Several sources for the hole pixels near seams, so that pieces fade into each other, and the border's patches into them, over the width of a
/// patch.</summary>
internal sealed class PieceMix
{
    /// <summary>Sources of a mixed pixel.</summary>
    public const int Count = 6;

    private readonly int[] _slots;
    private readonly int[] _sources;
    private readonly float[] _weights;

    private PieceMix(int[] slots, int[] sources, float[] weights) => (_slots, _sources, _weights) = (slots, sources, weights);

    /// <summary>Memory held.</summary>
    public long Bytes => sizeof(int) * (long)(_slots.Length + _sources.Length + _weights.Length);

    /// <summary>The sources of a pixel of the canvas and their weights, which sum to 1; empty where it is a plain copy.</summary>
    public (ReadOnlyMemory<int> Sources, ReadOnlyMemory<float> Weights) At(int p) =>
        _slots[p] < 0 ? default : (_sources.AsMemory(_slots[p], Count), _weights.AsMemory(_slots[p], Count));

    /// <summary>Takes for every hole pixel what the patches over it propose, those that most of them agree on.</summary>
    public static PieceMix Create(CompletionLevel level, PatchSearch search, ParallelOptions parallel)
    {
        int[] slots = new int[level.CanvasWidth * level.Height], mixed = new int[level.Height];
        Array.Fill(slots, -1);
        List<(int Source, float Weight)>[] rows = new List<(int, float)>[level.Height];
        Parallel.For(0, level.Height, parallel, y =>
        {
            rows[y] = [];
            Span<int> offsets = stackalloc int[PatchGuide.Side * PatchGuide.Side];
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                int p = y * level.Width + x;
                if (level.Holes[p] && Mix(level, search, x, y, offsets, rows[y])) slots[y * level.CanvasWidth + x] = mixed[y]++ * Count;
            }
        });

        int before = 0;
        for (int y = 0; y < level.Height; y++)
        {
            for (int p = y * level.CanvasWidth; p < (y + 1) * level.CanvasWidth; p++)
            {
                if (slots[p] >= 0) slots[p] += before;
            }

            before += rows[y].Count;
        }

        return new(slots, [.. rows.SelectMany(row => row.Select(entry => entry.Source))], [.. rows.SelectMany(row => row.Select(entry => entry.Weight))]);
    }

    /// <summary>Adds the sources of a pixel; false where all patches agree.</summary>
    private static bool Mix(CompletionLevel level, PatchSearch search, int x, int y, Span<int> offsets, List<(int Source, float Weight)> row)
    {
        int p = y * level.Width + x, count = 0;
        for (int v = Math.Max(y - PatchGuide.Radius, PatchGuide.Radius); v <= Math.Min(y + PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius); v++)
        {
            for (int u = Math.Max(x - PatchGuide.Radius, PatchGuide.Radius); u <= Math.Min(x + PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius); u++)
                offsets[count++] = search.Matches[v * level.Width + u] - (v * level.Width + u);
        }

        offsets = offsets[..count];
        offsets.Sort();
        if (offsets[0] == offsets[^1]) return false;
        Span<(int Votes, int Offset)> best = stackalloc (int, int)[Count];
        best.Clear();
        for (int i = 0, run = 1; i < count; i++, run++)
        {
            if (i + 1 < count && offsets[i + 1] == offsets[i]) continue;
            int at = Count - 1;
            if (run > best[at].Votes)
            {
                for (; at > 0 && best[at - 1].Votes < run; at--) best[at] = best[at - 1];
                best[at] = (run, offsets[i]);
            }

            run = 0;
        }

        int total = 0;
        foreach ((int votes, _) in best) total += votes;
        foreach ((int votes, int offset) in best)
        {
            int source = p + (votes == 0 ? best[0].Offset : offset);
            row.Add((source / level.Width * level.CanvasWidth + level.CanvasX(source % level.Width), (float)votes / total));
        }

        return true;
    }
}
