namespace RunwayFX.Effects;

/// <summary>Which frames Extend looks at to fill a frame's new area, beside the frame itself: the plug-ins tell the host from it which frames a render will ask
/// for.</summary>
/// <remarks>Blocks are those of <see cref="TemporalBlocks"/>. A shot's plate is made of samples in a block and around it; blocks of one shot take their places from an
/// earlier one. Objects at the border are followed for some frames either way. A model paints a block after the blocks before it, within epochs.</remarks>
public static class ExtendBlocks
{
    /// <summary>Blocks whose frames share the places that they copy from.</summary>
    public const int PerEpoch = 40;

    /// <summary>Blocks that a model paints one after another.</summary>
    public const int PaintedPerEpoch = 8;

    /// <summary>Frames either way in which an object at the border is followed.</summary>
    public const int BorderFrames = 12;

    /// <summary>Most samples of a block.</summary>
    public const int SamplesMax = 13;

    /// <summary>Most blocks that a frame's plate goes back to, its own included.</summary>
    public const int PlatesMax = 4;

    private const int SamplesMin = 3, SampleStep = 6, SamplesBefore = 4;
    private const long SampleBytesMax = 1L << 30;

    /// <summary>Number of the block that holds a time.</summary>
    public static double Block(double time) => Math.Floor(time / TemporalBlocks.FramesMax);

    /// <summary>How many samples a plate is made of.</summary>
    /// <param name="width">Width of the source in pixels.</param>
    /// <param name="height">Its height.</param>
    public static int CountSamples(double width, double height) =>
        (int)Math.Clamp(SampleBytesMax / Math.Max(1, Math.Floor(width) * Math.Floor(height) * 4 * sizeof(float)), SamplesMin, SamplesMax);

    /// <summary>Time of a block's sample.</summary>
    /// <param name="block">Number of the block.</param>
    /// <param name="index">Number of the sample, from 0.</param>
    /// <param name="count">How many there are.</param>
    public static double Sample(double block, int index, int count) =>
        block * TemporalBlocks.FramesMax + Math.Floor(index * ((double)SampleStep * (SamplesMax - 1) / (count - 1)) - SamplesBefore * SampleStep);

    /// <summary>The blocks whose plates a frame's fill goes back to; some may be the same.</summary>
    /// <param name="time">The frame.</param>
    /// <param name="first">First frame of the clip.</param>
    public static (double Own, double Near, double Far, double First) Plates(double time, double first)
    {
        double own = Block(time), epoch = Math.Floor(own / PerEpoch) * PerEpoch;
        // A block shows the clip from the one on whose last sample reaches it.
        double reached = Math.Ceiling((first - Sample(0, SamplesMax - 1, SamplesMax)) / TemporalBlocks.FramesMax);
        return (own, Math.Floor(own / 2) * 2, Math.Floor(own / 8) * 8, Math.Clamp(reached, epoch, own));
    }

    /// <summary>First and last frame from which a model paints a frame.</summary>
    public static (double First, double Last) Painted(double time)
    {
        double start = TemporalBlocks.Start(time), before = TemporalBlocks.WalkStart(time);
        const double Epoch = TemporalBlocks.FramesMax * PaintedPerEpoch;
        return (Math.Floor(before / Epoch) * Epoch, start + TemporalBlocks.FramesMax - 1 + TemporalBlocks.OverlapFrames);
    }
}
