using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Style;

/// <summary>Paints a target in the manner of a style picture so that target guides are answered by source guides: the energy of EbSynth
/// (Jamriška et al., "Stylizing Video by Example", 2019) and StyLit (Fišer et al., 2016), minimised coarse to fine.</summary>
/// <remarks>E = Σ over target pixels of the weighted squared difference of the style and guide patches + λ · occurrence of the source patch. The
/// result is a match field; <see cref="PatchVote"/> turns it into pixels of any depth. Deterministic for a seed, whatever the number of threads
/// or the instruction set. Thread-safe: holds no state.</remarks>
public static class GuidedSynthesis
{
    /// <summary>Finds the match field.</summary>
    /// <param name="input">Style, guides and weights.</param>
    /// <param name="options">Search effort.</param>
    /// <param name="progress">Receives 0 to 1.</param>
    /// <param name="cancellation">Checked once a row.</param>
    /// <exception cref="ArgumentException">Sizes or channels do not fit together, or the style is smaller than a patch.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static MatchField Run(GuidedSynthesisInput input, GuidedSynthesisOptions options, IProgress<double>? progress,
        CancellationToken cancellation)
    {
        PatchWeights weights = new(options.PatchWidth, [.. input.Weights]);
        Validate(input, weights);
        List<Level> levels = BuildLevels(input, weights, options);
        MatchField? field = null;
        double done = 0, total = 0;
        foreach (Level level in levels) total += level.Cost;
        for (int index = levels.Count - 1; index >= 0; index--)
        {
            Level level = levels[index];
            field = StartField(level, field, weights.Radius, PatchRandom.Derive(options.Seed, -1));
            double before = done;
            Search(input, options, weights, level, field, index, fraction => progress?.Report((before + fraction * level.Cost) / total),
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

    private static void Search(
        GuidedSynthesisInput input, GuidedSynthesisOptions options, PatchWeights weights, Level level, MatchField field, int index,
            Action<double> report, CancellationToken cancellation)
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
        });
        uint seed = PatchRandom.Derive(options.Seed, index);
        int radii = index == 0 ? options.FineRadii : int.MaxValue;
        Vote(null);
        matcher.Refresh(cancellation);
        for (int iteration = 0; iteration < options.SearchVoteIterations; iteration++)
        {
            if (iteration > 0) matcher.RefreshDistances(cancellation);
            for (int pass = 0; pass < options.PatchMatchPasses; pass++)
            {
                matcher.Improve(iteration * options.PatchMatchPasses + pass, radii, seed, cancellation);
                report((iteration + (pass + 1.0) / options.PatchMatchPasses) / options.SearchVoteIterations);
            }

            Vote(level.Active);
        }

        void Vote(byte[]? active) => PatchVote.Channels(level.Source, level.Target, field,
            new(options.PatchWidth, input.StyleChannels, active, options.Threads), cancellation);
    }

    private static MatchField StartField(Level level, MatchField? coarser, int radius, uint seed)
    {
        if (coarser is null)
        {
            if (level.Initial is not null) return level.Initial.Clone();
            MatchField random = new(level.Target.Width, level.Target.Height);
            random.Randomize(level.Source.Width, level.Source.Height, radius, seed);
            return random;
        }

        MatchField field = coarser.Doubled(level.Target.Width, level.Target.Height, level.Source.Width, level.Source.Height, radius);
        if (level.Active is null || level.Initial is null) return field;
        for (int index = 0; index < field.Matches.Length; index++)
        {
            if (level.Active[index] == 0) field.Matches[index] = level.Initial.Matches[index];
        }

        return field;
    }

    private static List<Level> BuildLevels(GuidedSynthesisInput input, PatchWeights weights, GuidedSynthesisOptions options)
    {
        int allowed = CountLevels(input.Source.Width, input.Source.Height, input.Target.Width, input.Target.Height, options.PatchWidth);
        int count = options.Levels == 0 ? allowed : Math.Min(options.Levels, allowed);
        ChannelPicture target = new(input.Target.Width, input.Target.Height, input.Target.Channels,
            weights.Radius) { MirrorsEdges = options.MirrorsEdges };
        target.CopyChannels(input.Target, 0, 0, input.Target.Channels);
        List<Level> levels = [new(input.Source, target, input.Initial, input.Active)];
        while (levels.Count < count)
        {
            Level finer = levels[^1];
            ChannelPicture source = finer.Source.Halved(), halfTarget = finer.Target.Halved();
            MatchField? initial = finer.Initial?.Halved(halfTarget.Width, halfTarget.Height, source.Width, source.Height, weights.Radius);
            levels.Add(new Level(source, halfTarget, initial, finer.HalvedActive(halfTarget.Width, halfTarget.Height)));
        }

        return levels;
    }

    private static void Validate(GuidedSynthesisInput input, PatchWeights weights)
    {
        if (input.StyleChannels < 1 || input.StyleChannels > Math.Min(8, input.Source.Channels))
        {
            throw new ArgumentException($"{input.StyleChannels} style channels are outside 1..{Math.Min(8, input.Source.Channels)}", nameof(input));
        }

        if (input.Weights.Count != input.Source.Channels || input.Target.Channels != input.Source.Channels)
        {
            throw new ArgumentException($"source, target and weights have {input.Source.Channels}, {input.Target.Channels} and {input.Weights.Count} channels", nameof(input));
        }

        if (Math.Min(input.Source.Width, input.Source.Height) < weights.PatchWidth)
        {
            throw new ArgumentException($"a {input.Source.Width}×{input.Source.Height} style holds no patch of width {weights.PatchWidth}",
                nameof(input));
        }

        if (input.Active is not null && input.Initial is null) throw new ArgumentException("an active mask needs an initial field", nameof(input));
        if (input.Initial is { } initial && (initial.Width != input.Target.Width || initial.Height != input.Target.Height))
        {
            throw new ArgumentException($"a {initial.Width}×{initial.Height} field does not fit a {input.Target.Width}×{input.Target.Height} target", nameof(input));
        }
    }

    /// <summary>One step of the pyramid.</summary>
    private sealed record Level(ChannelPicture Source, ChannelPicture Target, MatchField? Initial, byte[]? Active)
    {
        public double Cost => (double)Target.Width * Target.Height;

        /// <summary>A coarse pixel moves when any pixel under it does.</summary>
        public byte[]? HalvedActive(int width, int height)
        {
            if (Active is null) return null;
            byte[] half = new byte[width * height];
            for (int y = 0; y < Math.Min(Target.Height, 2 * height); y++)
            {
                for (int x = 0; x < Math.Min(Target.Width, 2 * width); x++) half[(y / 2) * width + x / 2] |= Active[y * Target.Width + x];
            }

            return half;
        }
    }
}
