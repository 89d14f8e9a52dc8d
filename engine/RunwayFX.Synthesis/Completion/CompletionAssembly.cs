namespace RunwayFX.Synthesis.Completion;

/// <summary>Turns matches of patches into one source pixel per hole pixel.</summary>
internal static class CompletionAssembly
{
    private const double LastSharpness = 4, LastTrust = 1.3;

    /// <summary>Each hole pixel is copied from the patch that fits best what all patches over it propose.</summary>
    public static CompletionField FromMatches(HoleMask mask, CompletionLevel level, PatchSearch search, int threadsMax,
        CancellationToken cancellation)
    {
        CompletionVote.Weights weights = new(level, search, LastSharpness, LastTrust);
        int[] sources = Identity(mask);
        bool[] mirrored = new bool[sources.Length];
        ParallelOptions options = new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation };
        Parallel.For(0, level.Height, options, y =>
        {
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                if (!level.Holes[y * level.Width + x]) continue;
                int source = CompletionVote.BestSource(level, search, x, y, weights), p = y * level.CanvasWidth + x;
                sources[p] = source / level.Width * level.CanvasWidth + level.CanvasX(source % level.Width);
                mirrored[p] = source % level.Width >= level.CanvasWidth;
            }
        });

        long cost = 0;
        foreach (int target in level.Targets) cost += search.Distances[target];
        return new(mask, sources, mirrored, cost / Math.Max(1, (long)level.Targets.Length * PatchGuide.PatchValues));
    }

    /// <summary>Repeats the nearest known pixel: what is left where no whole patch is known.</summary>
    public static CompletionField FromNearest(HoleMask mask, CompletionLevel level)
    {
        int[] sources = Identity(mask);
        for (int p = 0; p < sources.Length; p++)
        {
            int at = p / level.CanvasWidth * level.Width + p % level.CanvasWidth;
            sources[p] += level.NearestY[at] * level.CanvasWidth + level.NearestX[at];
        }

        return new(mask, sources, new bool[sources.Length], 0);
    }

    private static int[] Identity(HoleMask mask)
    {
        int[] sources = new int[mask.Holes.Length];
        for (int p = 0; p < sources.Length; p++) sources[p] = p;
        return sources;
    }
}
