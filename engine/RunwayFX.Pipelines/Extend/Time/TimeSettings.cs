using RunwayFX.Effects;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>What a job asks of extension in time, checked and in order.</summary>
/// <param name="Continues">Whether frames outside the good ones are made up.</param>
/// <param name="Repairs">Whether bad frames among the good ones are replaced.</param>
/// <param name="First">Time of the first good frame.</param>
/// <param name="Last">Time of the last good frame.</param>
/// <param name="Loops">Whether the frames after the last lead back to the first.</param>
/// <param name="Before">Frames made up before the first.</param>
/// <param name="After">Frames made up after the last.</param>
/// <param name="RepairList">Bad frames by number.</param>
/// <param name="Detects">Whether bad frames are looked for.</param>
/// <param name="Threshold">Mean change of lightness from which a frame is a flash, 0..1.</param>
internal sealed record TimeSettings(bool Continues, bool Repairs, double First, double Last, bool Loops, int Before, int After, string RepairList, bool Detects,
    double Threshold)
{
    /// <summary>Frames planned where nobody says how many: a plan does not depend on which frame is asked for first.</summary>
    public const int AddedDefault = 250;

    /// <summary>Reads them; null where extension in time is off.</summary>
    public static TimeSettings? Read(RenderJob job)
    {
        TimeMode mode = (TimeMode)job.Integer(EffectCatalog.TimeModeName);
        if (mode == TimeMode.Off) return null;
        double first = job.Number("firstGoodFrame"), last = job.Number("lastGoodFrame");
        return new(mode is TimeMode.Continue or TimeMode.ContinueAndRepair, mode is TimeMode.Repair or TimeMode.ContinueAndRepair, Math.Min(first, last),
            Math.Max(first, last), job.Flag("loop"), Added(job.Integer("framesBefore")), Added(job.Integer("framesAfter")), job.Text("repairFrames"),
            job.Flag("repairDetect"), job.Number("repairThreshold"));
    }

    /// <summary>Whether a frame lies among those that are continued; all do where nothing is.</summary>
    public bool IsGood(double time) => !Continues || (time >= First && time <= Last);

    private static int Added(int frames) => frames > 0 ? Math.Min(frames, EffectCatalog.AddedFramesMax) : AddedDefault;
}
