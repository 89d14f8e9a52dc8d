namespace RunwayFX.Synthesis.Completion;

/// <summary>How thoroughly a hole is completed.</summary>
public sealed record CompletionOptions
{
    /// <summary>Most search–vote rounds per level.</summary>
    public const int IterationsMax = 64;

    /// <summary>What suits holes inside a picture: no mirrored pieces, no trust in the way out of the hole, which lies all around, and colours before texture.</summary>
    public static CompletionOptions ForObjects { get; } = new()
    {
        SidewaysCost = 0,
        DepthCost = 0,
        MirrorCost = -1,
        BorderTrust = 1.6,
        TextureGain = 1,
        IsInside = true,
        Starts = PieceRules.Starts,
    };

    /// <summary>Another number gives another completion; the same gives the same bits on every machine and for any number of threads.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Whether the hole is tiled with large pieces of the picture alone, which keeps every texture as it is: for holes at the edge of the
    /// picture. Else patches go on from there.</summary>
    public bool IsPieced { get; init; }

    /// <summary>Whether the known picture lies all around the hole: the fill then consists of pieces of any shape that fade into each other. No place costs
    /// more than another, nor are there mirrors.</summary>
    public bool IsInside { get; init; }

    /// <summary>Search–vote rounds on the coarsest level, 1 to <see cref="IterationsMax"/>.</summary>
    public int CoarseIterations { get; init => field = InRange(value, nameof(CoarseIterations)); } = 12;

    /// <summary>Search–vote rounds on the finest level, 1 to <see cref="IterationsMax"/>; levels between lie between.</summary>
    public int FineIterations { get; init => field = InRange(value, nameof(FineIterations)); } = 4;

    /// <summary>PatchMatch passes per round, 1 to <see cref="IterationsMax"/>.</summary>
    public int Passes { get; init => field = InRange(value, nameof(Passes)); } = 3;

    /// <summary>Cost of a source that lies sideways of the direction in which the hole leaves the known picture: keeps horizons and perspective. In
    /// squared guide steps (0–255) per pixel of the patch for a quarter of the picture's smaller side; 0 searches everywhere alike.</summary>
    public double SidewaysCost { get; init; } = 60;

    /// <summary>Cost of leaving a neighbour's offset, in squared guide steps per pixel of the patch: larger values copy larger coherent
    /// pieces.</summary>
    public double CoherenceCost { get; init; } = 100;

    /// <summary>How much more a patch counts in the vote for each pixel it lies nearer to the known picture, 1 to 4: larger values carry the
    /// border's structures
    /// further into the hole.</summary>
    public double BorderTrust { get; init; } = 2.5;

    /// <summary>Cost of a source nearer to the hole than two thirds of its target's depth in the hole, in squared guide steps per pixel of the patch
    /// for a difference of
    /// a quarter of the picture's smaller side: keeps the hole from repeating a thin strip along its border.</summary>
    public double DepthCost { get; init; } = 400;

    /// <summary>Cost of a source that is mirrored left-right, in squared guide steps per pixel of the patch; negative tries none.</summary>
    public double MirrorCost { get; init; } = 80;

    /// <summary>How much a difference in texture counts beside one in colour, 0 to 3.</summary>
    public double TextureGain { get; init; } = 3;

    /// <summary>Most threads used; the result does not depend on it.</summary>
    public int ThreadsMax { get; init; } = Environment.ProcessorCount;

    /// <summary>What the first pieces of a hole inside a picture are chosen by, one after the other; elsewhere there is one beginning.</summary>
    internal IReadOnlyList<PieceRules> Starts { get; init; } = [PieceRules.Hole];

    /// <summary>Watches the work, in tests.</summary>
    internal Patches.PatchWorkMeter? Meter { get; init; }

    private static int InRange(int value, string name) => value is >= 1 and <= IterationsMax
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} {value} is outside 1..{IterationsMax}");
}
