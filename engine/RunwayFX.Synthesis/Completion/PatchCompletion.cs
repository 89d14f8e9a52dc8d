using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Fills holes of a picture from the picture itself: coarse to fine, alternating the search for similar patches with a vote on what they
/// propose.</summary>
/// <remarks>
/// <para>After Wexler et al., Space-Time Completion of Video (2007) and Newson et al., Video Inpainting of Complex Scenes (2014): 7×7 patches,
/// texture features,
/// weights by the 75th percentile, best-patch reconstruction at the end, so that the result names one source pixel for every hole
/// pixel.</para>
/// <para>Pure: equal input and options give equal bits on every machine and for any number of threads. Memory: about 100 bytes per canvas
/// pixel.</para>
/// </remarks>
public static class PatchCompletion
{
    /// <summary>Levels below the finest, at most.</summary>
    public const int LevelsMax = 10;

    private const int CoarseSideMin = 4 * PatchGuide.Side;
    private const int CoarseSourcesMin = 400;

    /// <summary>Finds a source for every hole pixel.</summary>
    /// <param name="guide">The canvas in display-like values 0..1 (<see cref="PerceptualGuide"/>); what it holds inside the holes does not
    /// matter.</param>
    /// <param name="mask">The holes, of the guide's size.</param>
    /// <param name="options">How thoroughly.</param>
    /// <param name="progress">0..1; may be null.</param>
    /// <param name="cancellation">Honoured within a fraction of a search pass.</param>
    /// <exception cref="ArgumentException">The sizes differ, or no pixel is known.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CompletionField Complete(Frame guide, HoleMask mask, CompletionOptions options, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(guide);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(options);
        if (guide.Width != mask.Width || guide.Height != mask.Height)
            throw new ArgumentException($"a mask of {mask.Width}×{mask.Height} does not lie on a guide of {guide.Width}×{guide.Height}",
                nameof(mask));
        if (mask.HoleCount == mask.Holes.Length) throw new ArgumentException("no pixel of the picture is known", nameof(mask));
        cancellation.ThrowIfCancellationRequested();
        CompletionLevel finest = CompletionLevel.Create(guide, mask, options, cancellation);
        if (mask.HoleCount == 0 || finest.Sources.Length == 0) return CompletionAssembly.FromNearest(mask, finest);

        List<CompletionLevel> levels = [finest];
        while (levels.Count <= LevelsMax && CanHalve(levels[^1]))
        {
            if (levels[^1].Holes.Count(hole => hole) <= ShiftMap.HolesMax) break;
            CompletionLevel next = levels[^1].Halve(cancellation);
            if (next.Sources.Length < CoarseSourcesMin) break;
            levels.Add(next);
        }

        if (options.IsPieced && ShiftMap.TryChoose(levels[^1], levels.Count - 1, options, cancellation) is { } map)
        {
            for (int index = levels.Count - 2; index >= 0; index--)
            {
                progress?.Report(1 - (double)(index + 1) / levels.Count);
                map.Refine(levels[index], index);
            }

            CompletionField healed = PieceHeal.Apply(mask, finest, map.ToSources(mask), options, cancellation);
            progress?.Report(1);
            return healed;
        }

        LevelWork work = new(levels, options, progress);
        PatchSearch search = Begin(levels, work, options, cancellation);
        for (int index = levels.Count - 2; index >= 0; index--) search = Solve(levels, index, search, null, work, options, cancellation);
        return options.IsInside
            ? PieceHeal.Cut(mask, finest, search, options, cancellation)
            : CompletionAssembly.FromMatches(mask, finest, search, options.ThreadsMax, cancellation);
    }

    /// <summary>Solves the coarsest level; a hole inside a picture with pieces chosen by one set of rules after the other, of which the best fill is taken.</summary>
    private static PatchSearch Begin(List<CompletionLevel> levels, LevelWork work, CompletionOptions options, CancellationToken cancellation)
    {
        int last = levels.Count - 1;
        CompletionLevel level = levels[last];
        IReadOnlyList<PieceCut> starts = options.IsInside
            ? PieceCut.Start(level, options.Starts, new() { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancellation })
            : [];
        if (starts.Count == 0) return Solve(levels, last, null, null, work, options, cancellation);
        byte[] guide = level.Guide.Values, bestGuide = [];
        PatchSearch? best = null;
        double bestCost = double.MaxValue;
        foreach (PieceCut start in starts)
        {
            PatchSearch search = Solve(levels, last, null, start, work, options, cancellation);
            double cost = Cost(level, search);
            if (best is null || cost < bestCost) (best, bestCost, bestGuide) = (search, cost, (byte[])guide.Clone());
        }

        bestGuide.CopyTo(guide.AsSpan());
        return best!;
    }

    /// <summary>The mean squared distance of the patches inside a hole times that of the patches across its border: neither may be bought with the other.</summary>
    private static double Cost(CompletionLevel level, PatchSearch search)
    {
        long inside = 0, border = 0, insideCount = 0, borderCount = 0;
        foreach (int target in level.Targets)
        {
            bool isBorder = search.IsAtBorder(target);
            (inside, insideCount) = isBorder ? (inside, insideCount) : (inside + search.Distances[target], insideCount + 1);
            (border, borderCount) = isBorder ? (border + search.Distances[target], borderCount + 1) : (border, borderCount);
        }

        return (1 + inside / (double)(PatchGuide.PatchValues * Math.Max(1, insideCount))) * (1 + border / (double)(PatchGuide.PatchValues * Math.Max(1, borderCount)));
    }

    /// <summary>Alternates search and vote on a level.</summary>
    private static PatchSearch Solve(List<CompletionLevel> levels, int index, PatchSearch? coarse, PieceCut? pieces, LevelWork work, CompletionOptions options,
        CancellationToken cancellation)
    {
        CompletionLevel level = levels[index];
        PatchSearch search = new(level, options);
        ulong seed = DeterministicRandom.Hash((ulong)options.Seed, index);
        Start(level, search, coarse is null ? null : levels[index + 1], coarse, pieces, seed, options, cancellation);
        double trust = 1 + (options.BorderTrust - 1) * (index + 1) / levels.Count;
        int iterations = work.Iterations(index);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            search.Improve(options.Passes, DeterministicRandom.Hash(seed, iteration), cancellation);
            CompletionVote.Apply(level, search, Sharpness(iteration, iterations), trust, options.ThreadsMax, cancellation);
            work.Done(level);
        }

        search.Improve(1, DeterministicRandom.Hash(seed, iterations), cancellation);
        return search;
    }

    private static void Start(CompletionLevel level, PatchSearch search, CompletionLevel? coarse, PatchSearch? previous,
        PieceCut? pieces, ulong seed, CompletionOptions options, CancellationToken cancellation)
    {
        if (coarse is null || previous is null)
        {
            if (pieces is not null)
            {
                pieces.Write(search, isStart: true);
                return;
            }

            if (!options.IsInside && ShiftMap.TryChoose(level, 0, options, cancellation) is { } map)
            {
                map.Write(search);
                return;
            }

            OnionPeel.Fill(level, options, cancellation);
            search.Randomize(seed);
            return;
        }

        search.Inherit(coarse, previous, seed);
        CompletionVote.Apply(level, search, 1, options.BorderTrust, options.ThreadsMax, cancellation);
    }

    private static bool CanHalve(CompletionLevel level) => Math.Min(level.CanvasWidth, level.Height) >= 2 * CoarseSideMin;

    /// <summary>Votes become sharper with the iterations, so that the last ones choose where the first ones mixed.</summary>
    private static double Sharpness(int iteration, int iterations) => 1 + 3.0 * iteration / Math.Max(1, iterations - 1);
}
