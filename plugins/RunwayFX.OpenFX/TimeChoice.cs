using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>What extension in time means for a clip that the host knows and the engine does not: which frames are good, how many are made up, and how long
/// the result is.</summary>
internal static class TimeChoice
{
    /// <summary>Whether the effect has extension in time and it is switched on.</summary>
    public static TimeMode ModeOf(InstanceParameters parameters) => (TimeMode)parameters.Number(EffectCatalog.TimeModeName);

    /// <summary>Writes the clip's own frame numbers into the parameters where the user leaves them to the clip, and as many frames to make up as the clip
    /// has outside the good ones.</summary>
    public static void Resolve(EffectDefinition effect, InstanceParameters parameters, OfxRangeD? clip)
    {
        if (ModeOf(parameters) == TimeMode.Off) return;
        (double first, double last) = GoodRange(parameters, clip);
        Set(effect, parameters, "firstGoodFrame", first);
        Set(effect, parameters, "lastGoodFrame", last);
        if (Known(clip) is not { } range) return;
        Set(effect, parameters, "framesBefore", Math.Max(parameters.Number("framesBefore"), first - range.min));
        Set(effect, parameters, "framesAfter", Math.Max(parameters.Number("framesAfter"), range.max - last));
    }

    /// <summary>First and last frame of the result; null where it is as long as the clip.</summary>
    public static OfxRangeD? Domain(InstanceParameters parameters, OfxRangeD? clip)
    {
        if (ModeOf(parameters) is not (TimeMode.Continue or TimeMode.ContinueAndRepair) || Known(clip) is not { } range) return null;
        (double first, double last) = GoodRange(parameters, clip);
        return new OfxRangeD(Math.Min(range.min, first - parameters.Number("framesBefore")), Math.Max(range.max, last + parameters.Number("framesAfter")));
    }

    /// <summary>The frames that a frame depends on; null where it depends on itself alone.</summary>
    public static OfxRangeD? Needed(InstanceParameters parameters, OfxRangeD? clip, double time)
    {
        TimeMode mode = ModeOf(parameters);
        if (mode == TimeMode.Off) return null;
        (double first, double last) = GoodRange(parameters, clip);
        (double from, double to) = TimeReach.Of(mode, time, first, last, parameters.Number("loop") != 0);
        return from == to && from == time ? null : new OfxRangeD(from, to);
    }

    private static (double First, double Last) GoodRange(InstanceParameters parameters, OfxRangeD? clip)
    {
        if ((GoodFrames)parameters.Number("goodRange") == GoodFrames.WholeClip)
        {
            // Where the host does not say how long the clip is, every frame counts as good and nothing is made up.
            return Known(clip) is { } range ? (range.min, range.max) : (EffectCatalog.FrameMin, EffectCatalog.FrameMax);
        }

        double first = parameters.Number("firstGoodFrame"), last = parameters.Number("lastGoodFrame");
        return (Math.Min(first, last), Math.Max(first, last));
    }

    /// <summary>A clip's range as whole frames; null where the host says none that is one.</summary>
    public static OfxRangeD? Known(OfxRangeD? clip)
    {
        if (clip is not { } range) return null;
        double first = Math.Ceiling(range.min), last = Math.Floor(range.max);
        return first >= EffectCatalog.FrameMin && last <= EffectCatalog.FrameMax && first <= last ? new OfxRangeD(first, last) : null;
    }

    /// <summary>Writes a number, brought into range.</summary>
    public static void Set(EffectDefinition effect, InstanceParameters parameters, string name, double value)
    {
        int index = effect.IndexOf(name);
        if (index >= 0) parameters.Numbers[index] = effect.Parameters[index].Sanitize(value);
    }
}
