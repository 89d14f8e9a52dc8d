using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Style;

/// <summary>How long and how strictly guided synthesis searches. Patch and λ are EbSynth's; with the default effort the energy comes out below
/// EbSynth's at its own defaults.</summary>
public sealed record GuidedSynthesisOptions
{
    /// <summary>Most pyramid levels.</summary>
    public const int LevelsMax = 16;

    /// <summary>Most search–vote iterations a level.</summary>
    public const int SearchVoteIterationsMax = 64;

    /// <summary>Most PatchMatch passes an iteration.</summary>
    public const int PatchMatchPassesMax = 64;

    /// <summary>Odd width of the square patch in pixels, 3 to <see cref="PatchWeights.PatchWidthMax"/>.</summary>
    public int PatchWidth { get; init => field = InRange(value, 3, PatchWeights.PatchWidthMax, nameof(PatchWidth)); } = 5;

    /// <summary>Odd number of frames of a space-time patch, 1 to <see cref="PatchWeights.PatchWidthMax"/>; 1 treats each frame of a clip by itself.</summary>
    public int PatchFrames { get; init => field = InRange(value, 1, PatchWeights.PatchWidthMax, nameof(PatchFrames)); } = 1;

    /// <summary>λ of the occurrence term, 0 (off) to 1e6.</summary>
    public double Uniformity
    {
        get;
        init => field = value is >= 0 and <= 1e6 ? value : throw new ArgumentOutOfRangeException(nameof(Uniformity), value,
            $"uniformity {value} is outside 0..1e6");
    }

    = 3500;

    /// <summary>Search–vote iterations at each level; half of them, rounded up, where a level that is not the coarsest has a source of 4 megapixels or more.</summary>
    public int SearchVoteIterations { get; init => field = InRange(value, 1, SearchVoteIterationsMax, nameof(SearchVoteIterations)); } = 4;

    /// <summary>PatchMatch passes in each iteration. Levels so small that every source patch is tried need one.</summary>
    public int PatchMatchPasses { get; init => field = InRange(value, 1, PatchMatchPassesMax, nameof(PatchMatchPasses)); } = 2;

    /// <summary>How many random-search radii are sampled at the finest level, and at others with sources of a megapixel and more, from the smallest up; coarser
    /// levels sample all.</summary>
    public int FineRadii { get; init => field = InRange(value, 0, 64, nameof(FineRadii)); } = 7;

    /// <summary>Pyramid levels; 0 takes as many as leave the coarsest at least two patches and a pixel wide.</summary>
    public int Levels { get; init => field = InRange(value, 0, LevelsMax, nameof(Levels)); }

    /// <summary>Whether patches that reach over the target's edge see it mirrored, which suits pictures whose edges will move inwards; else they see
    /// the edge pixels repeated, as in EbSynth.</summary>
    public bool MirrorsEdges { get; init; }

    /// <summary>Another seed gives another result of the same quality.</summary>
    public uint Seed { get; init; } = 1;

    /// <summary>Most threads; the result does not depend on it.</summary>
    public int Threads { get; init => field = InRange(value, 1, 1024, nameof(Threads)); } = Environment.ProcessorCount;

    /// <summary>Implementation of the patch distance; the result does not depend on it.</summary>
    public PatchKernelKind Kernel { get; init; }

    /// <summary>Watches the work, in tests.</summary>
    internal PatchWorkMeter? Meter { get; init; }

    private static int InRange(int value, int minimum, int maximum, string name) =>
        value >= minimum && value <= maximum ? value : throw new ArgumentOutOfRangeException(name, value,
            $"{name} {value} is outside {minimum}..{maximum}");
}

/// <summary>What guided synthesis starts from. The style's own channels come first in <see cref="Source"/>, the guides after them.</summary>
public sealed record GuidedSynthesisInput
{
    /// <summary>Style and source guides, quantised: channels 0 to <see cref="StyleChannels"/> − 1 are the style, the rest guides.</summary>
    public required ChannelPicture Source { get; init; }

    /// <summary>Target guides at the same channel numbers; its style channels are ignored.</summary>
    public required ChannelPicture Target { get; init; }

    /// <summary>Number of style channels, 1 to 8.</summary>
    public required int StyleChannels { get; init; }

    /// <summary>Real weight per channel; a picture's weight is usually split evenly over its channels.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>A field to start from instead of noise, of the target's size; it is not changed.</summary>
    public MatchField? Initial { get; init; }

    /// <summary>With <see cref="Initial"/>: one byte per target pixel, 0 = its match stands. Null = all may move.</summary>
    public byte[]? Active { get; init; }
}
