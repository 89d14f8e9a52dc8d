namespace RunwayFX.Synthesis.Completion;

/// <summary>Turns matches of patches into one source pixel per hole pixel.</summary>
internal static class CompletionAssembly
{
    /// <summary>Each hole pixel is copied from the best of the patches that cover it; ties go to the first in scan order.</summary>
    public static CompletionField FromMatches(HoleMask mask, CompletionLevel level, PatchSearch search, int threadsMax,
        CancellationToken cancellation)
    {
        int[] sources = Identity(mask);
        bool[] mirrored = new bool[sources.Length];
        ParallelOptions options = new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation };
        Parallel.For(0, level.Height, options, y =>
        {
            for (int x = 0; x < level.CanvasWidth; x++)
            {
                if (!level.Holes[y * level.Width + x]) continue;
                int source = BestSource(level, search, x, y), p = y * level.CanvasWidth + x;
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

    private static int BestSource(CompletionLevel level, PatchSearch search, int x, int y)
    {
        int width = level.Width, p = y * width + x, best = int.MaxValue, source = p;
        int left = Math.Max(x - PatchGuide.Radius, PatchGuide.Radius),
            right = Math.Min(x + PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius);
        int top = Math.Max(y - PatchGuide.Radius, PatchGuide.Radius), bottom = Math.Min(y + PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius);
        for (int v = top; v <= bottom; v++)
        {
            for (int u = left; u <= right; u++)
            {
                int centre = v * width + u;
                if (search.Distances[centre] >= best) continue;
                best = search.Distances[centre];
                source = search.Matches[centre] + p - centre;
            }
        }

        return source;
    }

    private static int[] Identity(HoleMask mask)
    {
        int[] sources = new int[mask.Holes.Length];
        for (int p = 0; p < sources.Length; p++) sources[p] = p;
        return sources;
    }
}
