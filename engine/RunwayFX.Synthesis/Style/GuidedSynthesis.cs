using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Style;

/// <summary>Paints a target in the manner of a style picture or clip so that target guides are answered by source guides: the energy of EbSynth
/// (Jamriška et al., "Stylizing Video by Example", 2019) and StyLit (Fišer et al., 2016), minimised coarse to fine.</summary>
/// <remarks>E = Σ over target pixels of the weighted squared difference of the style and guide patches + λ · occurrence of the source patch. The
/// result is a match field; <see cref="PixelVote"/> turns it into pixels of any depth. Deterministic for a seed, whatever the number of threads
/// or the instruction set. Thread-safe: holds no state. Memory: see <see cref="MemoryBytes"/>.</remarks>
public static class GuidedSynthesis
{
    /// <summary>Source pixels from which a level below the finest is searched as the finest is: jumps across so large a source miss the caches and find little that the
    /// levels below did not.</summary>
    internal const int FinePixelsMin = 1 << 20;

    /// <summary>Source pixels from which a level that goes on from a coarser one has half of the iterations: the others cost most here and lower the energy by
    /// a fiftieth.</summary>
    internal const int LargePixelsMin = 1 << 22;

    /// <summary>Finds the match field.</summary>
    /// <param name="input">Style, guides and weights.</param>
    /// <param name="options">Search effort.</param>
    /// <param name="progress">Receives 0 to 1, rising.</param>
    /// <param name="cancellation">Asked after every row of work, which takes a few milliseconds at most.</param>
    /// <exception cref="ArgumentException">Sizes or channels do not fit together, or the style is smaller than a patch.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MatchField Run(GuidedSynthesisInput input, GuidedSynthesisOptions options, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        PatchWeights weights = new(options.PatchWidth, [.. input.Weights], options.PatchFrames);
        PatchWork work = new(options.Threads, cancellation, options.Meter);
        Validate(input, weights, work);
        List<GuidedLevel> levels = GuidedLevel.BuildAll(input, weights, options, work);
        MatchField? field = null;
        double done = 0, total = 0;
        foreach (GuidedLevel level in levels) total += level.Cost;
        for (int index = levels.Count - 1; index >= 0; index--)
        {
            GuidedLevel level = levels[index], coarser = levels[Math.Min(index + 1, levels.Count - 1)];
            field = level.StartField(coarser, field, weights, PatchRandom.Derive(options.Seed, -1));
            double before = done;
            Search(input, options, weights, level, field, index, index == levels.Count - 1, fraction => progress?.Report((before + fraction * level.Cost) / total),
                cancellation);
            done += level.Cost;
        }

        return field!;
    }

    /// <summary>How many levels a source and a target allow: the coarsest keeps two patches and a pixel on its shortest side.</summary>
    public static int CountLevels(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight, int patchWidth)
    {
        int shortest = Math.Min(Math.Min(sourceWidth, sourceHeight), Math.Min(targetWidth, targetHeight)), levels = 1;
        while (levels < GuidedSynthesisOptions.LevelsMax && shortest >> levels >= 2 * patchWidth + 1) levels++;
        return levels;
    }

    /// <summary>Largest number of bytes that <see cref="Run"/> allocates, its result included, its input not: about 4/3 · (channels + 10) for each
    /// target pixel and channels / 3 + 16/3 for each source pixel, and what the borders add. It does not grow with iterations or threads.</summary>
    /// <param name="sourcePixels">Pixels of the style in all its frames.</param>
    /// <param name="targetPixels">Pixels of the target in all its frames.</param>
    /// <param name="channels">Channels of style and guides together.</param>
    public static long MemoryBytes(long sourcePixels, long targetPixels, int channels)
    {
        // Borders add 2 · radius to each side and the occurrence map a patch to each row; on the smallest levels that is as much as the level itself.
        const long Fixed = 1 << 20;
        double source = sourcePixels * (channels / 3.0 + 16 / 3.0), target = targetPixels * 4 / 3.0 * (channels + 10);
        double borders = 300 * (Math.Sqrt(sourcePixels) + Math.Sqrt(targetPixels) * channels);
        return (long)(source + target + borders) + Fixed;
    }

    /// <summary>Most search radii of a level, 0 being the finest.</summary>
    internal static int CountRadii(int level, long sourcePixels, int fineRadii) => level == 0 || sourcePixels >= FinePixelsMin ? fineRadii : int.MaxValue;

    /// <summary>Search–vote iterations of a level.</summary>
    internal static int CountIterations(bool isCoarsest, long sourcePixels, int iterations) =>
        isCoarsest || sourcePixels < LargePixelsMin ? iterations : (iterations + 1) / 2;

    private static void Search(
        GuidedSynthesisInput input, GuidedSynthesisOptions options, PatchWeights weights, GuidedLevel level, MatchField field, int index,
            bool isCoarsest, Action<double> report, CancellationToken cancellation)
    {
        PatchMatcher matcher = new(new PatchMatcherInput
        {
            Source = level.Source,
            Target = level.Target,
            Weights = weights,
            Field = field,
            Uniformity = options.Uniformity,
            Active = level.Active,
            Kernel = options.Kernel,
            Threads = options.Threads,
            Meter = options.Meter,
        });
        uint seed = PatchRandom.Derive(options.Seed, index);
        long sourcePixels = (long)level.Source.Width * level.Source.Rows;
        int radii = CountRadii(index, sourcePixels, options.FineRadii), iterations = CountIterations(isCoarsest, sourcePixels, options.SearchVoteIterations);

        // Where every source patch is tried, once is enough.
        int passes = matcher.IsExhaustive ? 1 : options.PatchMatchPasses;
        Vote(null);
        matcher.Refresh(cancellation);
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            if (iteration > 0) matcher.RefreshDistances(cancellation);
            for (int pass = 0; pass < passes; pass++)
            {
                matcher.Improve(iteration * passes + pass, radii, seed, cancellation);
                report((iteration + (pass + 1.0) / passes) / iterations);
            }

            Vote(level.Active);
        }

        void Vote(byte[]? active) => PatchVote.Channels(level.Source, level.Target, field,
            new(options.PatchWidth, input.StyleChannels, active, options.Threads) { PatchFrames = options.PatchFrames, Meter = options.Meter }, cancellation);
    }

    private static void Validate(GuidedSynthesisInput input, PatchWeights weights, PatchWork work)
    {
        if (input.StyleChannels < 1 || input.StyleChannels > Math.Min(8, input.Source.Channels))
        {
            throw new ArgumentException($"{input.StyleChannels} style channels are outside 1..{Math.Min(8, input.Source.Channels)}", nameof(input));
        }

        if (input.Weights.Count != input.Source.Channels || input.Target.Channels != input.Source.Channels)
        {
            throw new ArgumentException($"source, target and weights have {input.Source.Channels}, {input.Target.Channels} and {input.Weights.Count} channels", nameof(input));
        }

        SourceRegion region = new(input.Source, weights);
        if (input.Source.Frames > 1 && (input.Source.Border > 0 || input.Source.TimeBorder > 0))
        {
            throw new ArgumentException($"a style clip has borders {input.Source.Border} and {input.Source.TimeBorder}; it must have none", nameof(input));
        }

        if (input.Active is { } active)
        {
            if (input.Initial is null) throw new ArgumentException("an active mask needs an initial field", nameof(input));
            if (active.Length != input.Target.Width * input.Target.Rows)
            {
                throw new ArgumentException($"an active mask of {active.Length} pixels does not fit a {input.Target.Width}×{input.Target.Height}×{input.Target.Frames} target", nameof(input));
            }
        }

        if (input.Initial is not { } initial) return;
        if (initial.Width != input.Target.Width || initial.Height != input.Target.Height || initial.Frames != input.Target.Frames)
        {
            throw new ArgumentException($"a {initial.Width}×{initial.Height}×{initial.Frames} field does not fit a {input.Target.Width}×{input.Target.Height}×{input.Target.Frames} target", nameof(input));
        }

        initial.CheckInside(region, work);
    }
}
