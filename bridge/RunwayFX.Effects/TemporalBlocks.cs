namespace RunwayFX.Effects;

/// <summary>The blocks of time on which work that depends on neighbours is defined, so that a picture never depends on the order of requests.
/// The engine computes by them; the plug-ins tell the host from them which frames a render will ask for.</summary>
/// <remarks>Blocks are anchored at source time 0 and hold <see cref="FramesMax"/> frames. <see cref="PerAnchor"/> blocks share an anchor frame,
/// the first of them, from which each starts.</remarks>
public static class TemporalBlocks
{
    /// <summary>Frames in a block.</summary>
    public const int FramesMax = 24;

    /// <summary>Blocks that start from the same anchor frame.</summary>
    public const int PerAnchor = 16;

    /// <summary>Frames at a block's start that fade from the block before.</summary>
    public const int OverlapFrames = 4;

    /// <summary>First frame of the block that holds a time, in frames; negative and fractional times included.</summary>
    public static double Start(double time) => Math.Floor(time / FramesMax) * FramesMax;

    /// <summary>The anchor frame of the block that holds a time.</summary>
    public static double Anchor(double time) => Math.Floor(time / (FramesMax * PerAnchor)) * (FramesMax * PerAnchor);

    /// <summary>First frame that a render at a time walks from: its block's start, or the previous block's while it fades from that.</summary>
    public static double WalkStart(double time)
    {
        double start = Start(time);
        return time - start < OverlapFrames ? start - FramesMax : start;
    }

    /// <summary>First and last frame that a render at a time looks at where a block is made from all its frames and some on either side.</summary>
    /// <param name="time">The time.</param>
    /// <param name="radius">Frames before a block's first and after its last.</param>
    public static (double First, double Last) Around(double time, double radius) => (WalkStart(time) - radius, Start(time) + FramesMax - 1 + radius);
}
