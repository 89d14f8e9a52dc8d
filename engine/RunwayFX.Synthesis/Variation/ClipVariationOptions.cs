using System.Collections.Immutable;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Variation;

/// <summary>Settings of <see cref="ClipVariation"/>.</summary>
public sealed record ClipVariationOptions
{
    /// <summary>Shorter side of the coarsest level for clips: on a smaller one every choice is forced and the source itself comes back.</summary>
    public const int ClipCoarsestSide = 20;

    /// <summary>Shorter side of the coarsest level for stills.</summary>
    public const int StillCoarsestSide = 14;

    /// <summary>Rounds per level for clips.</summary>
    public const int ClipIterations = 5;

    /// <summary>α = 0.005 of values from −1 to 1, in squared 8-bit steps.</summary>
    public const double StillCompleteness = 81;

    /// <summary>Share of the full width up to which clips keep what is rare in the source.</summary>
    public const double ClipCompletenessShare = 0.25;

    /// <summary>Columns of the result; null takes the source's.</summary>
    public int? Width { get; init; }

    /// <summary>Rows of the result; null takes the source's.</summary>
    public int? Height { get; init; }

    /// <summary>Frames of the result; null takes the source's.</summary>
    public int? Frames { get; init; }

    /// <summary>Another number gives another result.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How far the layout departs from the source's, 0 to 1: how far parts are carried and how strong the noise is on the coarsest level. 0 only rearranges what a change
    /// of size or length asks for.</summary>
    public double Variation { get; init; } = 1;

    /// <summary>Amount of movement, 0 to 2: 1 as in the source, 0 as little and 2 as much as its patches allow.</summary>
    public double Motion { get; init; } = 1;

    /// <summary>Levels get a coarsest one whose shorter side has this many pixels.</summary>
    public int CoarsestSide { get; init; } = ClipCoarsestSide;

    /// <summary>Search and vote rounds per level.</summary>
    public int Iterations { get; init; } = ClipIterations;

    /// <summary>Search and vote rounds on the coarsest level: few, for many lead back to the source itself.</summary>
    public int CoarsestIterations { get; init; } = 1;

    /// <summary>Search passes per round.</summary>
    public int Passes { get; init; } = 2;

    /// <summary>α of the completeness term in squared 8-bit steps per value, so that every part of the source is wanted once; null leaves it out.</summary>
    public double? Completeness { get; init; } = StillCompleteness;

    /// <summary>The completeness term works on levels up to this share of the full width: finer ones keep what those have laid out.</summary>
    public double CompletenessShare { get; init; } = ClipCompletenessShare;

    /// <summary>A clip of the result's size and length whose structure the result takes (analogy); null takes the source's own.</summary>
    public SpaceTimeVolume? Structure { get; init; }

    /// <summary>A clip of the result's size and length, of which some frames must come out as they are; null fixes nothing.</summary>
    public SpaceTimeVolume? Fixed { get; init; }

    /// <summary>Frames of <see cref="Fixed"/> that must come out as they are.</summary>
    public ImmutableArray<int> FixedFrames { get; init; } = [];

    /// <summary>Most threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Implementation of the distance; the result does not depend on it.</summary>
    public PatchKernelKind Kernel { get; init; }

    /// <summary>Watches the work, in tests.</summary>
    internal PatchWorkMeter? Meter { get; init; }
}

/// <summary>What <see cref="ClipVariation"/> makes.</summary>
/// <param name="Picture">The result as guides.</param>
/// <param name="Map">For each pixel of the result, in the order (frame, row, column), the index of the source pixel it copies: by it the caller
/// copies its own pixels, whatever their depth.</param>
public sealed record ClipVariationResult(SpaceTimeVolume Picture, int[] Map);
