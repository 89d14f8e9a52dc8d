using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Style;

/// <summary>One step of the pyramid of a guided synthesis.</summary>
internal sealed record GuidedLevel(ChannelPicture Source, ChannelPicture Target, MatchField? Initial, byte[]? Active)
{
    /// <summary>Share of the work.</summary>
    public double Cost => (double)Target.Width * Target.Rows;

    /// <summary>All levels from the finest down; the finest has its own copy of the target, because the style channels are painted into it.</summary>
    public static List<GuidedLevel> BuildAll(GuidedSynthesisInput input, PatchWeights weights, GuidedSynthesisOptions options, PatchWork work)
    {
        int allowed = GuidedSynthesis.CountLevels(input.Source.Width, input.Source.Height, input.Target.Width, input.Target.Height, options.PatchWidth);
        int count = options.Levels == 0 ? allowed : Math.Min(options.Levels, allowed);
        ChannelPicture target = new(input.Target.Width, input.Target.Height, input.Target.Frames, input.Target.Channels, weights.Radius,
            weights.TimeRadius) { MirrorsEdges = options.MirrorsEdges };
        target.CopyChannels(input.Target, 0, 0, input.Target.Channels, work);
        List<GuidedLevel> levels = [new(input.Source, target, input.Initial, input.Active)];
        while (levels.Count < count) levels.Add(levels[^1].Halved(weights, work));
        return levels;
    }

    /// <summary>The field that the search starts from.</summary>
    /// <param name="coarserLevel">The level below.</param>
    /// <param name="coarser">Its result; null where this is the coarsest level.</param>
    /// <param name="weights">Patch size.</param>
    /// <param name="seed">Seed of a field from nothing.</param>
    public MatchField StartField(GuidedLevel coarserLevel, MatchField? coarser, PatchWeights weights, uint seed)
    {
        if (coarser is null)
        {
            if (Initial is not null) return Initial.Clone();
            MatchField random = new(Target.Width, Target.Height, Target.Frames);
            if (IsStill) random.Randomize(Source.Width, Source.Height, weights.Radius, seed);
            else random.Randomize(new SourceRegion(Source, weights), seed);
            return random;
        }

        MatchField field = IsStill
            ? coarser.Doubled(Target.Width, Target.Height, Source.Width, Source.Height, weights.Radius)
            : coarser.Resized(Target.Width, Target.Height, Target.Frames, new SourceRegion(coarserLevel.Source, weights), new SourceRegion(Source, weights), seed);
        if (Active is null || Initial is null) return field;
        for (int index = 0; index < field.Matches.Length; index++)
        {
            if (Active[index] == 0) field.Matches[index] = Initial.Matches[index];
        }

        return field;
    }

    private bool IsStill => Source.Frames == 1 && Target.Frames == 1;

    private GuidedLevel Halved(PatchWeights weights, PatchWork work)
    {
        ChannelPicture source = Source.Halved(work), target = Target.Halved(work);
        MatchField? initial = null;
        if (Initial is not null)
        {
            initial = IsStill
                ? Initial.Halved(target.Width, target.Height, source.Width, source.Height, weights.Radius)
                : Initial.Resized(target.Width, target.Height, target.Frames, new SourceRegion(Source, weights), new SourceRegion(source, weights));
        }

        return new GuidedLevel(source, target, initial, HalvedActive(target.Width, target.Height));
    }

    /// <summary>A coarse pixel moves when any pixel under it does.</summary>
    private byte[]? HalvedActive(int width, int height)
    {
        if (Active is null) return null;
        byte[] half = new byte[width * height * Target.Frames];
        for (int row = 0; row < Target.Rows; row++)
        {
            (int frame, int y) = Math.DivRem(row, Target.Height);
            if (y / 2 >= height) continue;
            int to = (frame * height + y / 2) * width;
            for (int x = 0; x < Math.Min(Target.Width, 2 * width); x++) half[to + x / 2] |= Active[row * Target.Width + x];
        }

        return half;
    }
}
