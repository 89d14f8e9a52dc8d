using System.Globalization;
using RunwayFX.Effects;

namespace RunwayFX.Pipelines.Fields;

/// <summary>A job on an interlaced clip as a job on the clip of its fields: that clip has twice the frame rate, and frame t is its pictures 2t and 2t + 1.</summary>
internal static class FieldTiming
{
    /// <summary>Parameters that count frames.</summary>
    private static readonly string[] Counts =
        ["framesBefore", "framesAfter", EffectCatalog.TemporalRadiusName, EffectCatalog.AnchorFramesName, EffectCatalog.FramesName, "startFrame", "frameRate"];

    /// <summary>Parameters that name the first frame of something, or a moment.</summary>
    private static readonly string[] Firsts = ["firstGoodFrame", "firstReferenceFrame", EffectCatalog.RestFrameName, "sourceFrame"];

    /// <summary>Parameters that name the last frame of something.</summary>
    private static readonly string[] Lasts = ["lastGoodFrame", "lastReferenceFrame"];

    /// <summary>Parameters that list frames: <c>12, 40-43</c>.</summary>
    private static readonly string[] Lists = ["repairFrames", EffectCatalog.ModelFramesName];

    /// <summary>The job for one field.</summary>
    /// <param name="job">The job for the frame.</param>
    /// <param name="isLate">Whether it is the second field.</param>
    public static RenderJob Of(RenderJob job, bool isLate)
    {
        double[] numbers = [.. job.Numbers];
        string[] texts = [.. job.Texts];
        Scale(job.Effect, numbers, Counts, 0);
        Scale(job.Effect, numbers, Firsts, 0);
        Scale(job.Effect, numbers, Lasts, 1);
        int speed = job.Effect.IndexOf("speed"), moment = job.Effect.IndexOf("sourceFrame"), distance = job.Effect.IndexOf(EffectCatalog.AnchorFramesName);
        // Where the source goes on between the fields, the speed says how far.
        if (isLate && speed >= 0 && moment >= 0) numbers[moment] += numbers[speed] / 100;
        if (distance >= 0) numbers[distance] = Math.Min(numbers[distance], StyleAnchors.DistanceMax);
        foreach (string list in Lists)
        {
            int index = job.Effect.IndexOf(list);
            if (index >= 0) texts[index] = Doubled(texts[index]);
        }

        int keyframes = job.Effect.IndexOf(EffectCatalog.KeyframesName);
        if (keyframes >= 0 && StyleKeyframes.Read(texts[keyframes], out StyleKeyframe[] painted) is null && painted.Length > 0)
            texts[keyframes] = StyleKeyframes.Write(painted.Select(static keyframe => keyframe with { Frame = 2 * keyframe.Frame }));
        return job with { Numbers = numbers, Texts = texts, Time = 2 * job.Time + (isLate ? 1 : 0), FrameRate = 2 * job.FrameRate };
    }

    private static void Scale(EffectDefinition effect, double[] numbers, string[] names, double added)
    {
        foreach (string name in names)
        {
            int index = effect.IndexOf(name);
            if (index >= 0) numbers[index] = 2 * numbers[index] + added;
        }
    }

    private static string Doubled(string list)
    {
        List<(long First, long Last)> ranges = FrameList.Parse(list);
        return ranges.Count == 0 ? list : string.Join(", ", ranges.Select(static range => string.Create(CultureInfo.InvariantCulture, $"{2 * range.First}-{2 * range.Last + 1}")));
    }
}
