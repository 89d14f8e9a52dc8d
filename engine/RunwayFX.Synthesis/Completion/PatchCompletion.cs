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

    /// <summary>Targets from which a level gets fewer rounds: large pictures take what their coarser levels found.</summary>
    private const int FullWorkTargetsMax = 600_000;

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

        PatchSearch? search = null;
        double work = 0, total = TotalWork(levels, options);
        for (int index = levels.Count - 1; index >= 0; index--)
        {
            CompletionLevel level = levels[index];
            PatchSearch next = new(level, options);
            ulong seed = DeterministicRandom.Hash((ulong)options.Seed, index);
            Start(level, next, index + 1 < levels.Count ? levels[index + 1] : null, search, seed, options, cancellation);
            double trust = 1 + (options.BorderTrust - 1) * (index + 1) / levels.Count;
            int iterations = Iterations(levels, index, options);
            for (int iteration = 0; iteration < iterations; iteration++)
            {
                next.Improve(options.Passes, DeterministicRandom.Hash(seed, iteration), cancellation);
                CompletionVote.Apply(level, next, Sharpness(iteration, iterations), trust, options.ThreadsMax, cancellation);
                work += level.Targets.Length;
                progress?.Report(Math.Min(1, work / total));
            }

            next.Improve(1, DeterministicRandom.Hash(seed, iterations), cancellation);
            search = next;
        }

        return options.IsInside
            ? PieceHeal.Cut(mask, finest, search!, options, cancellation)
            : CompletionAssembly.FromMatches(mask, finest, search!, options.ThreadsMax, cancellation);
    }

    private static void Start(CompletionLevel level, PatchSearch search, CompletionLevel? coarse, PatchSearch? previous, ulong seed,
        CompletionOptions options, CancellationToken cancellation)
    {
        if (coarse is null || previous is null)
        {
            if (options.IsInside)
            {
                PieceCut cut = new(level, PieceCosts.HoleBorder, new() { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancellation });
                if (cut.TryStart())
                {
                    cut.Write(search, isStart: true);
                    return;
                }
            }
            else if (ShiftMap.TryChoose(level, 0, options, cancellation) is { } map)
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

    private static int Iterations(List<CompletionLevel> levels, int index, CompletionOptions options)
    {
        if (levels.Count == 1) return options.CoarseIterations;
        int wanted = options.FineIterations + (options.CoarseIterations - options.FineIterations) * index / (levels.Count - 1);
        return (int)Math.Max(1, wanted * Math.Min(1, (double)FullWorkTargetsMax / Math.Max(1, levels[index].Targets.Length)));
    }

    /// <summary>Votes become sharper with the iterations, so that the last ones choose where the first ones mixed.</summary>
    private static double Sharpness(int iteration, int iterations) => 1 + 3.0 * iteration / Math.Max(1, iterations - 1);

    private static double TotalWork(List<CompletionLevel> levels, CompletionOptions options)
    {
        double total = 0;
        for (int index = 0; index < levels.Count; index++) total += (double)levels[index].Targets.Length * Iterations(levels, index, options);
        return Math.Max(1, total);
    }
}
