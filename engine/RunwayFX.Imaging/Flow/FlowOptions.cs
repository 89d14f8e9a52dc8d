namespace RunwayFX.Imaging.Flow;

/// <summary>How much work optical flow spends.</summary>
public enum FlowQuality
{
    /// <summary>Patches at a quarter of the size, no refinement: for previews and camera motion.</summary>
    Draft = 0,

    /// <summary>Patches and refinement down to half the size: the default.</summary>
    Standard = 1,

    /// <summary>Patches and refinement down to the full size, motion edges taken from the picture.</summary>
    High = 2,
}

/// <summary>Settings of <see cref="OpticalFlow"/>.</summary>
public sealed record FlowOptions
{
    /// <summary>Most threads accepted.</summary>
    public const int ThreadsMax = 256;

    /// <summary>How much work is spent.</summary>
    public FlowQuality Quality { get; init; } = FlowQuality.Standard;

    /// <summary>Threads that may work, 1 to <see cref="ThreadsMax"/>; the result is the same for any number.</summary>
    public int Threads
    {
        get;
        init => field = value is >= 1 and <= ThreadsMax ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, $"{value} threads are outside 1..{ThreadsMax}");
    } = Math.Clamp(Environment.ProcessorCount, 1, ThreadsMax);

    /// <summary>Level of the pyramid at which the search ends; 0 is the full size.</summary>
    internal int FinestLevel => Quality switch { FlowQuality.Draft => 2, FlowQuality.High => 0, _ => 1 };

    /// <summary>Distance of neighbouring patches in pixels of their level.</summary>
    internal int PatchStride => Quality switch { FlowQuality.Standard => 3, _ => 4 };

    /// <summary>Most steps of the descent of one patch, over both passes.</summary>
    internal int DescentStepsMax => Quality switch { FlowQuality.Draft => 12, _ => 16 };

    /// <summary>Times the refinement renews its weights on a level; 0 leaves it out.</summary>
    internal int RefinementSteps => Quality switch { FlowQuality.Draft => 0, _ => 5 };
}
