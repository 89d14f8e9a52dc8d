namespace RunwayFX.Synthesis.Completion;

/// <summary>Where every made-up pixel is copied from. It can be applied to any picture of the same canvas, so that all frames of a shot share one
/// fill.</summary>
/// <remarks>Shape (H, W), top-down: <see cref="Sources"/>[p] is the index (y × width + x) of a known pixel for every hole pixel p, and p itself
/// elsewhere. Immutable.</remarks>
public sealed class CompletionField
{
    internal CompletionField(HoleMask mask, int[] sources, bool[] mirrored, long cost)
    {
        (Mask, Sources, Mirrored, Cost) = (mask, sources, mirrored, cost);
    }

    /// <summary>The holes it fills.</summary>
    public HoleMask Mask { get; }

    /// <summary>Source index of every pixel; not to be changed.</summary>
    public int[] Sources { get; }

    /// <summary>Whether a hole pixel belongs to a piece that is copied left-right mirrored; not to be changed.</summary>
    public bool[] Mirrored { get; }

    /// <summary>Which pixels show several sources instead of one, so that pieces fade into each other; null where all are plain copies.</summary>
    internal PieceMix? Mix { get; init; }

    /// <summary>Memory held.</summary>
    public long Bytes => Sources.Length * (long)(sizeof(int) + sizeof(bool)) + (Mix?.Bytes ?? 0);

    /// <summary>Mean squared guide distance of the patches (0 = every patch of the fill stands in the picture), in squared 8-bit steps per
    /// channel.</summary>
    public long Cost { get; }
}
