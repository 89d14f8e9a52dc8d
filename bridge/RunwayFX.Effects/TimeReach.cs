namespace RunwayFX.Effects;

/// <summary>Which good frames a frame of extension in time depends on. The engine computes by it; the plug-ins tell the host from it which frames a render
/// will ask for.</summary>
public static class TimeReach
{
    /// <summary>Good frames next to a join that a continuation looks at.</summary>
    public const int GoodFramesMax = 250;

    /// <summary>Frames on each side of a frame that its repair looks at.</summary>
    public const int RepairFrames = 48;

    /// <summary>First and last good frame that a frame depends on.</summary>
    /// <param name="mode">What is switched on.</param>
    /// <param name="time">The frame.</param>
    /// <param name="first">First good frame.</param>
    /// <param name="last">Last good frame.</param>
    /// <param name="loops">Whether the frames after the last lead back to the first.</param>
    public static (double First, double Last) Of(TimeMode mode, double time, double first, double last, bool loops)
    {
        bool continues = mode is TimeMode.Continue or TimeMode.ContinueAndRepair, repairs = mode is TimeMode.Repair or TimeMode.ContinueAndRepair;
        if (continues && (time < first || time > last))
        {
            // A continuation looks at mended frames, which depend on their neighbours; a loop joins both ends.
            double reach = GoodFramesMax - 1 + (repairs ? RepairFrames : 0);
            if (loops && time > last) return (first, last);
            return time > last ? (Math.Max(first, last - reach), last) : (first, Math.Min(last, first + reach));
        }

        if (!repairs) return (time, time);
        return continues ? (Math.Max(first, time - RepairFrames), Math.Min(last, time + RepairFrames)) : (time - RepairFrames, time + RepairFrames);
    }
}
