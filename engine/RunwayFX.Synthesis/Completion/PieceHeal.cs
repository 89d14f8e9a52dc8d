using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Turns what fills a hole into pieces that are copied as they are and fade into each other where they meet.</summary>
internal static class PieceHeal
{
    /// <summary>Rounds of cutting pieces, passes of the search after each, and what its random numbers start from.</summary>
    private const int PieceRounds = 2, HealPasses = 2, PieceSeed = 1000;

    /// <summary>Rounds of voting and searching beside the seams of large pieces.</summary>
    private const int VoteRounds = 4;

    /// <summary>Distance from a seam, pixels, up to which large pieces are open to change.</summary>
    private const int Reach = 12;

    /// <summary>Most sources of a mixed pixel: of a hole, at whose border hardly two patches agree, and of a band.</summary>
    private const int HoleSources = 12, BandSources = 6;

    /// <summary>Cuts what a search found into pieces, lets it find what heals their seams, and cuts again.</summary>
    public static CompletionField Cut(HoleMask mask, CompletionLevel level, PatchSearch search, CompletionOptions options, CancellationToken cancellation)
    {
        int[] sources = new int[level.Holes.Length];
        Array.Fill(sources, -1);
        long cost = Cut(level, search, sources, PieceRules.Hole, options, cancellation);
        BorderRefit.Apply(level, search, DeterministicRandom.Hash((ulong)options.Seed, PieceSeed + PieceRounds), options, cancellation);
        return ToField(mask, level, sources, cost, PieceMix.Create(level, search, HoleSources, Parallel(options, cancellation)));
    }

    /// <summary>Shows large pieces in the guide, and finds what heals their seams with each other and with the known picture, in a band along them. The
    /// pieces' insides stay as they are.</summary>
    /// <param name="mask">The holes.</param>
    /// <param name="level">The finest level; its guide's holes are written.</param>
    /// <param name="sources">The source of every hole pixel, as index into the guide, and −1 elsewhere; changed.</param>
    /// <param name="options">Seed and threads.</param>
    /// <param name="cancellation">Honoured within a fraction of a search pass.</param>
    public static CompletionField Apply(HoleMask mask, CompletionLevel level, int[] sources, CompletionOptions options, CancellationToken cancellation)
    {
        byte[] guide = level.Guide.Values;
        for (int p = 0; p < sources.Length; p++)
        {
            if (sources[p] >= 0) guide.AsSpan(PatchGuide.Channels * sources[p], PatchGuide.Channels).CopyTo(guide.AsSpan(PatchGuide.Channels * p));
        }

        CompletionLevel band = level.Part(Band(level, sources, cancellation), cancellation);
        CompletionOptions healing = CompletionOptions.ForObjects with { Seed = options.Seed, ThreadsMax = options.ThreadsMax, MirrorCost = 0, Meter = options.Meter };
        PatchSearch search = new(band, healing);
        foreach (int target in band.Targets) search.Matches[target] = Match(level, sources, target);
        ulong seed = DeterministicRandom.Hash((ulong)options.Seed, PieceSeed - 1);
        search.Improve(HealPasses, seed, cancellation);
        for (int round = 0; round < VoteRounds; round++)
        {
            CompletionVote.Apply(band, search, 1 + round, healing.BorderTrust, options.ThreadsMax, cancellation);
            search.Improve(HealPasses, DeterministicRandom.Hash(seed, round), cancellation);
        }

        long cost = Cut(band, search, sources, PieceRules.Band, healing, cancellation);
        return ToField(mask, band, sources, cost, PieceMix.Create(band, search, BandSources, Parallel(options, cancellation)));
    }

    /// <summary>Cuts and searches in turn; the mean squared guide distance of the patches.</summary>
    private static long Cut(CompletionLevel level, PatchSearch search, int[] sources, PieceRules rules, CompletionOptions options, CancellationToken cancellation)
    {
        PieceCut cut = new(level, rules, Parallel(options, cancellation));
        cut.Start(search);
        for (int round = 0; round < PieceRounds; round++)
        {
            cut.Improve(search);
            cut.Write(search, isStart: false);
            search.Improve(HealPasses, DeterministicRandom.Hash((ulong)options.Seed, PieceSeed + round), cancellation);
        }

        cut.Write(sources);
        long cost = 0;
        foreach (int target in level.Targets) cost += search.Distances[target];
        return cost / Math.Max(1, (long)level.Targets.Length * PatchGuide.PatchValues);
    }

    private static ParallelOptions Parallel(CompletionOptions options, CancellationToken cancellation) =>
        new() { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancellation };

    private static CompletionField ToField(HoleMask mask, CompletionLevel level, int[] sources, long cost, PieceMix mix)
    {
        int[] found = new int[mask.Holes.Length];
        bool[] mirrored = new bool[found.Length];
        for (int p = 0; p < found.Length; p++)
        {
            int source = sources[p / level.CanvasWidth * level.Width + p % level.CanvasWidth];
            found[p] = source < 0 ? p : source / level.Width * level.CanvasWidth + level.CanvasX(source % level.Width);
            mirrored[p] = source >= 0 && source % level.Width >= level.CanvasWidth;
        }

        return new(mask, found, mirrored, cost) { Mix = mix };
    }

    /// <summary>The hole pixels near seams, those with the known picture included.</summary>
    private static bool[] Band(CompletionLevel level, int[] sources, CancellationToken cancellation)
    {
        bool[] away = new bool[sources.Length];
        for (int p = 0; p < away.Length; p++)
        {
            int y = Math.DivRem(p, level.Width, out int x);
            away[p] = x >= level.CanvasWidth || !((x + 1 < level.CanvasWidth && IsSeam(p, p + 1)) || (y + 1 < level.Height && IsSeam(p, p + level.Width)));
        }

        (short[] nearestX, short[] nearestY) = NearestKnown.Find(level.Width, level.Height, away, cancellation);
        bool[] band = new bool[sources.Length];
        for (int p = 0; p < band.Length; p++)
            band[p] = sources[p] >= 0 && !(away[p] && nearestX[p] == 0 && nearestY[p] == 0) && Math.Max(Math.Abs(nearestX[p]), Math.Abs(nearestY[p])) <= Reach;
        return band;

        bool IsSeam(int p, int q) => (sources[p] >= 0 || sources[q] >= 0) && (sources[p] < 0 ? p : sources[p]) - p != (sources[q] < 0 ? q : sources[q]) - q;
    }

    /// <summary>Where the patch around a target is taken from by the piece at its centre, or beside it; anywhere where that is not known.</summary>
    private static int Match(CompletionLevel level, int[] sources, int target)
    {
        int y = Math.DivRem(target, level.Width, out int x);
        for (int reach = 0; reach <= PatchGuide.Radius; reach++)
        {
            for (int v = y - reach; v <= y + reach; v++)
            {
                for (int u = x - reach; u <= x + reach; u++)
                {
                    int p = v * level.Width + u;
                    if (u >= level.CanvasWidth || sources[p] < 0) continue;
                    int match = target + sources[p] - p;
                    if ((uint)match < (uint)sources.Length && level.IsSource[match]) return match;
                }
            }
        }

        return level.Sources[0];
    }
}
