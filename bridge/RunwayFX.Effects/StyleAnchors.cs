namespace RunwayFX.Effects;

/// <summary>The frames that a model paints for Style, while those between them follow by patches: every so many frames, anchored at source time 0. The engine
/// computes by them; the plug-ins tell the host from them which frames a render will ask for.</summary>
/// <remarks>The noise of an anchor is that of the anchor before, moved along with the picture, within chains of <see cref="ChainLength"/> anchors; the first of a
/// chain starts anew.</remarks>
public static class StyleAnchors
{
    /// <summary>Longest distance of anchors, in frames.</summary>
    public const int DistanceMax = TemporalBlocks.FramesMax;

    /// <summary>Fewest anchors of a chain.</summary>
    public const int ChainAnchorsMin = 8;

    /// <summary>Most anchors of a chain.</summary>
    public const int ChainAnchorsMax = TemporalBlocks.FramesMax;

    /// <summary>Anchors of a chain: enough for a block of frames.</summary>
    public static int ChainLength(int distance) => Math.Max(ChainAnchorsMin, TemporalBlocks.FramesMax / distance);

    /// <summary>The last anchor at or before a time, in frames.</summary>
    public static double Before(double time, int distance) => Math.Floor(time / distance) * distance;

    /// <summary>The first anchor of the chain that an anchor belongs to.</summary>
    public static double ChainStart(double anchor, int distance)
    {
        double length = (double)ChainLength(distance) * distance;
        return Math.Floor(anchor / length) * length;
    }
}
