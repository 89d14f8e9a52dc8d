using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>A stretch of bad frames between two good ones.</summary>
/// <param name="Before">The good frame before.</param>
/// <param name="After">The good frame after.</param>
internal readonly record struct FrameGap(double Before, double After);

/// <summary>Finds out whether a frame is bad: listed by the user, a flash, or held while the picture should have moved.</summary>
/// <remarks>
/// <para>A flash of up to <see cref="FlashMax"/> frames differs from the frames on both sides by more than the threshold, while those are alike. Held frames, up to
/// <see cref="HoldMax"/>, repeat the one before them, after which the picture jumps on; where every second frame repeats (animation on twos, a changed rate)
/// nothing is mended. A dropped frame shows as a held or a black one.</para>
/// <para>Depends on frames within <see cref="TimeReach.RepairFrames"/> alone. Looks only as far as it has to: one neighbour on each side of a frame that is
/// good.</para>
/// </remarks>
internal sealed class FrameFaults(string list, bool detects, double threshold, Func<double, Frame?> lightness)
{
    /// <summary>Most frames of a flash.</summary>
    public const int FlashMax = 4;

    /// <summary>Most held frames mended.</summary>
    public const int HoldMax = 12;

    /// <summary>Most listed frames in a row that are mended.</summary>
    public const int ListedMax = TimeReach.RepairFrames - 2;

    /// <summary>Mean difference below which two frames are the same one, stored twice.</summary>
    private const double SameMax = 0.0008;

    /// <summary>What a step after held frames must exceed, as a multiple of the difference between the held ones.</summary>
    private const double JumpFactor = 4;

    private readonly List<(long First, long Last)> _listed = FrameList.Parse(list);

    /// <summary>The gap in which a frame lies; null where it is good.</summary>
    public FrameGap? Find(double time)
    {
        if (IsListed(time))
        {
            double before = time, after = time;
            for (int steps = 0; steps <= ListedMax && IsListed(before); steps++) before--;
            for (int steps = 0; steps <= ListedMax && IsListed(after); steps++) after++;
            return new(before, after);
        }

        return detects ? Flash(time) ?? Hold(time) : null;
    }

    private bool IsListed(double time) => FrameList.Holds(_listed, time);

    private FrameGap? Flash(double time)
    {
        for (int before = 1; before <= FlashMax; before++)
        {
            double step = Difference(time, time - before);
            if (double.IsNaN(step)) return null;
            if (step <= threshold) continue;
            for (int after = 1; before + after - 1 <= FlashMax; after++)
            {
                double back = Difference(time, time + after), across = Difference(time - before, time + after);
                if (double.IsNaN(back)) break;
                if (back > threshold && across < threshold / 2) return new(time - before, time + after);
            }
        }

        return null;
    }

    private FrameGap? Hold(double time)
    {
        if (!IsSame(time - 1, time)) return null;
        double first = time - 1, last = time;
        while (time - first <= HoldMax && IsSame(first - 1, first)) first--;
        while (last - first <= HoldMax && IsSame(last, last + 1)) last++;
        // A pause of the scene itself ends as softly as it began; what was held jumps to where it should have got.
        double held = Difference(first, last), jump = Difference(last, last + 1), usual = Difference(first - 1, first);
        if (last - first > HoldMax || double.IsNaN(jump) || double.IsNaN(usual) || jump < Math.Max(2 * SameMax, JumpFactor * held) || jump < usual) return null;
        return IsSame(first - 2, first - 1) || IsSame(last + 1, last + 2) ? null : new(first, last + 1);
    }

    private bool IsSame(double a, double b) => Difference(a, b) <= SameMax;

    /// <summary>Mean absolute difference of lightness, 0..1; not a number where a frame is missing.</summary>
    private double Difference(double a, double b)
    {
        if (lightness(a) is not { } one || lightness(b) is not { } other || one.Width != other.Width || one.Height != other.Height) return double.NaN;
        double sum = 0;
        int count = one.Width * one.Height;
        for (int at = 0; at < count * Frame.Channels; at += Frame.Channels) sum += Math.Abs(one.Pixels[at] - other.Pixels[at]);
        return sum / count;
    }
}
