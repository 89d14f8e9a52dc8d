namespace RunwayFX.Effects;

/// <summary>The blocks of time on which the effect Generate makes its frames, so that a picture never depends on the order of requests. The engine
/// computes by them; the plug-ins tell the host from them which frames a render will ask for.</summary>
/// <remarks>Block k owns the frames from k · <see cref="FramesMax"/> on, anchored at source time 0. The few frames around each boundary are generated
/// first, on their own; the blocks on both sides then have to come out at them, so adjacent blocks join without a jump and without a fade.</remarks>
public static class GenerateBlocks
{
    /// <summary>Frames that a block owns.</summary>
    public const int FramesMax = 16;

    /// <summary>Frames on each side of a boundary's first frame that belong to the boundary's clip.</summary>
    public const int BoundaryReach = 1;

    /// <summary>Frames on each side of a boundary's first frame from which its clip is made.</summary>
    public const int ReferenceReach = 4;

    /// <summary>Number of the block that holds a time in frames.</summary>
    public static double Block(double time) => Math.Floor(time / FramesMax);

    /// <summary>First and last source frame that a render at a time depends on, besides the frame at that time itself.</summary>
    public static (double First, double Last) Reference(double time)
    {
        double start = Block(time) * FramesMax;
        return (start - ReferenceReach, start + FramesMax + ReferenceReach);
    }

    /// <summary>First and last frame that a block makes, with the boundaries' clips at both ends: frames of a structure clip are needed for all.</summary>
    public static (double First, double Last) Made(double time)
    {
        double start = Block(time) * FramesMax;
        return (start - BoundaryReach, start + FramesMax + BoundaryReach);
    }
}
