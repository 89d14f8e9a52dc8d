namespace RunwayFX.Effects;

/// <summary>Which moment of the source a retimed clip shows when, and how long the result is. Plug-ins ask it, because they know the clip's range; the
/// engine gets the answer as <see cref="RetimeTiming.SourceFrame"/>.</summary>
/// <param name="First">Number of the clip's first frame.</param>
/// <param name="Last">Number of its last frame; not below the first.</param>
public readonly record struct RetimeClock(double First, double Last)
{
    /// <summary>Longest result, in frames.</summary>
    public const double FramesMax = 10_000_000;

    /// <summary>A moment nearer to a frame than this is that frame: sums of decimal fractions miss whole numbers by some bits.</summary>
    private const double Snap = 1e-5;

    /// <summary>The source moment at a speed.</summary>
    /// <param name="time">Time of the result, in frames; the result begins where the source does.</param>
    /// <param name="speedPercent">100 is unchanged.</param>
    /// <param name="startFrame">Frames of the source left out at the beginning, or at the end when running backwards.</param>
    public double AtSpeed(double time, double speedPercent, double startFrame)
    {
        if (speedPercent == 100 && startFrame == 0) return time;
        double begin = speedPercent < 0 ? Last - startFrame : First + startFrame;
        return Clamp(begin + (time - First) * (speedPercent / 100));
    }

    /// <summary>The source moment at another frame rate and the same duration.</summary>
    public double AtRate(double time, double sourceRate, double resultRate) =>
        sourceRate == resultRate ? time : Clamp(First + (time - First) * sourceRate / resultRate);

    /// <summary>First and last frame of the result at a speed: the clip's duration divided by the speed, the last frame held to its end. A speed of
    /// 0 keeps the clip's own length.</summary>
    public (double First, double Last) DomainAtSpeed(double speedPercent, double startFrame)
    {
        double speed = Math.Abs(speedPercent) / 100, frames = Math.Max(1, Last - First + 1 - startFrame);
        return Domain(speed > 0 ? frames / speed : Last - First + 1);
    }

    /// <summary>First and last frame of the result at another frame rate.</summary>
    public (double First, double Last) DomainAtRate(double sourceRate, double resultRate) => Domain((Last - First + 1) * resultRate / sourceRate);

    /// <summary>A moment between source frames: the frame before it and how far it is on the way to the next, 0..1; 0 where it is that frame.</summary>
    public static (double Frame, double Fraction) Split(double sourceTime)
    {
        double nearest = Math.Floor(sourceTime + 0.5);
        if (Math.Abs(sourceTime - nearest) <= Snap) return (nearest, 0);
        double before = Math.Floor(sourceTime);
        return (before, sourceTime - before);
    }

    private double Clamp(double sourceTime) => Math.Max(First, Math.Min(Last, sourceTime));

    private (double First, double Last) Domain(double frames) => (First, First + Math.Clamp(Math.Round(frames), 1, FramesMax) - 1);
}
