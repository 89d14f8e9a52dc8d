namespace RunwayFX.Effects;

/// <summary>Which frames of a reference Generate makes which frame of its result from, where the result has another length than the reference.</summary>
/// <param name="First">First reference frame.</param>
/// <param name="Last">Last reference frame; not below the first.</param>
/// <param name="Frames">Frames of the result; 0 for as many as the reference has. The result begins where the reference does.</param>
public readonly record struct GenerateTiming(double First, double Last, int Frames)
{
    /// <summary>Longest result, in frames.</summary>
    public const int FramesMax = 100_000;

    /// <summary>Most reference frames of a block of the result: what a result much shorter than its reference leaves out.</summary>
    public const int ReferenceFramesMax = 64;

    /// <summary>A reference of unknown ends, whose result is as long as it is.</summary>
    public static GenerateTiming Endless => new(EffectCatalog.FrameMin, EffectCatalog.FrameMax, 0);

    /// <summary>Whether times of the result are other times of the reference.</summary>
    public bool Stretches => Frames > 0 && Frames != Last - First + 1;

    /// <summary>The moment of the reference that lies where a moment of the result does.</summary>
    public double ToReference(double time) => Stretches ? First + (time - First) * ((Last - First + 1) / Frames) : time;

    /// <summary>The reference frame that stands for a frame of the result: the one at its time, or at the moment that lies there.</summary>
    public double FrameAt(double time) => Stretches ? Math.Clamp(Math.Floor(ToReference(time)), First, Last) : time;

    /// <summary>First and last frame of the result.</summary>
    public (double First, double Last) Domain => (First, Frames > 0 ? First + Frames - 1 : Last);

    /// <summary>First and last reference frame that a frame of the result depends on, besides <see cref="FrameAt"/>.</summary>
    public (double First, double Last) Reference(double time)
    {
        double start = GenerateBlocks.Block(time) * GenerateBlocks.FramesMax;
        double first = Math.Floor(ToReference(start)) - GenerateBlocks.ReferenceReach, last = Math.Ceiling(ToReference(start + GenerateBlocks.FramesMax)) + GenerateBlocks.ReferenceReach;
        double excess = last - first + 1 - ReferenceFramesMax;
        if (excess > 0) (first, last) = (first + Math.Floor(excess / 2), last - Math.Ceiling(excess / 2));
        return (Math.Clamp(first, First, Last), Math.Clamp(last, First, Last));
    }
}
