namespace RunwayFX.Synthesis.Completion;

/// <summary>Several sources for the hole pixels near seams, so that pieces fade into each other, and the border's patches into them, over the width of a
/// patch.</summary>
internal sealed class PieceMix
{
    private readonly int _count;
    private readonly int[] _slots;
    private readonly int[] _sources;
    private readonly float[] _weights;

    private PieceMix(int count, int[] slots, int[] sources, float[] weights) => (_count, _slots, _sources, _weights) = (count, slots, sources, weights);

    /// <summary>Memory held.</summary>
    public long Bytes => sizeof(int) * (long)(_slots.Length + _sources.Length + _weights.Length);

    /// <summary>The sources of a pixel of the canvas and their weights, which sum to 1; empty where it is a plain copy.</summary>
    public (ReadOnlyMemory<int> Sources, ReadOnlyMemory<float> Weights) At(int p) =>
        _slots[p] < 0 ? default : (_sources.AsMemory(_slots[p], _count), _weights.AsMemory(_slots[p], _count));

    /// <summary>Takes for every hole pixel what the patches over it propose, those that most of them agree on.</summary>
    /// <param name="level">The level.</param>
    /// <param name="search">Its matches, and how many votes each has.</param>
    /// <param name="sourcesMax">Most sources of a pixel, 1 to those of a patch's pixels.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public static PieceMix Create(CompletionLevel level, PatchSearch search, int sourcesMax, ParallelOptions parallel)
    {
        int[] slots = new int[level.CanvasWidth * level.Height], mixed = new int[level.Height];
        Array.Fill(slots, -1);
        List<(int Source, float Weight)>[] rows = new List<(int, float)>[level.Height];
        Parallel.For(0, level.Height, parallel, y =>
        {
            rows[y] = [];
            Span<int> offsets = stackalloc int[PatchGuide.Side * PatchGuide.Side], votes = stackalloc int[offsets.Length];
            Span<(int Votes, int Offset)> best = stackalloc (int, int)[sourcesMax];
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                int p = y * level.Width + x;
                if (level.Holes[p] && Mix(level, search, x, y, offsets, votes, best, rows[y])) slots[y * level.CanvasWidth + x] = mixed[y]++ * sourcesMax;
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

        return new(sourcesMax, slots, [.. rows.SelectMany(row => row.Select(entry => entry.Source))], [.. rows.SelectMany(row => row.Select(entry => entry.Weight))]);
    }

    /// <summary>Adds the sources of a pixel; false where all patches agree.</summary>
    private static bool Mix(CompletionLevel level, PatchSearch search, int x, int y, Span<int> offsets, Span<int> votes, Span<(int Votes, int Offset)> best,
        List<(int Source, float Weight)> row)
    {
        int p = y * level.Width + x, count = 0;
        for (int v = Math.Max(y - PatchGuide.Radius, PatchGuide.Radius); v <= Math.Min(y + PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius); v++)
        {
            for (int u = Math.Max(x - PatchGuide.Radius, PatchGuide.Radius); u <= Math.Min(x + PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius); u++)
            {
                int centre = v * level.Width + u;
                votes[count] = search.Votes?[centre] ?? 1;
                offsets[count++] = search.Matches[centre] - centre;
            }
        }

        offsets = offsets[..count];
        votes = votes[..count];
        offsets.Sort(votes);
        if (offsets[0] == offsets[^1]) return false;
        best.Clear();
        for (int i = 0, run = 0; i < count; i++)
        {
            run += votes[i];
            if (i + 1 < count && offsets[i + 1] == offsets[i]) continue;
            int at = best.Length - 1;
            if (run > best[at].Votes)
            {
                for (; at > 0 && best[at - 1].Votes < run; at--) best[at] = best[at - 1];
                best[at] = (run, offsets[i]);
            }

            run = 0;
        }

        int total = 0;
        foreach ((int voted, _) in best) total += voted;
        foreach ((int voted, int offset) in best)
        {
            int source = p + (voted == 0 ? best[0].Offset : offset);
            row.Add((source / level.Width * level.CanvasWidth + level.CanvasX(source % level.Width), (float)voted / total));
        }

        return true;
    }
}
