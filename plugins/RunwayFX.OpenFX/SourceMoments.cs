using System.Text;
using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Which moment of its source a retiming instance shows when: from its parameters and the range that the host gives the clip.</summary>
internal static class SourceMoments
{
    /// <summary>Label of the parameter that the Retimer context mandates; the host animates it.</summary>
    public const string HostCurveLabel = "Source Time";

    /// <summary>Name of that parameter (ofxImageEffect.h).</summary>
    public static readonly string HostCurveName = Encoding.UTF8.GetString(OfxConstants.kOfxImageEffectRetimerParamName);

    /// <summary>Farthest frame number believed.</summary>
    public const double FrameMax = RetimeClock.FramesMax;

    /// <summary>The moment shown at a time.</summary>
    public static double At(InstanceParameters parameters, InstanceContext context, double time)
    {
        // Only the Retimer context has this parameter.
        if (context.Parameters.TryGet(HostCurveName, out Param curve) && curve.TryGetDouble(time, out double moment)) return moment;
        RetimeClock clock = ClockOf(context) ?? new RetimeClock(0, FrameMax);
        return (RetimeTiming)parameters.Number("timing") switch
        {
            RetimeTiming.SourceFrame => parameters.Number("sourceFrame"),
            RetimeTiming.FrameRate => clock.AtRate(time, SourceRate(context), parameters.Number("frameRate")),
            _ => clock.AtSpeed(time, parameters.Number("speed"), parameters.Number("startFrame")),
        };
    }

    /// <summary>The moment shown at another time than the parameters were read at.</summary>
    public static double Between(InstanceParameters parameters, InstanceContext context, double time) =>
        (RetimeTiming)parameters.Number("timing") == RetimeTiming.SourceFrame && !context.Parameters.TryGet(HostCurveName, out _)
        && context.Parameters.TryGet("sourceFrame", out Param curve) && curve.TryGetDouble(time, out double moment)
            ? moment
            : At(parameters, context, time);

    /// <summary>First and last frame of the result; null where a curve decides, or the host says nothing of the clip's range.</summary>
    public static OfxRangeD? Domain(InstanceParameters parameters, InstanceContext context)
    {
        if (ClockOf(context) is not { } clock || context.Parameters.TryGet(HostCurveName, out _)) return null;
        (double First, double Last)? domain = (RetimeTiming)parameters.Number("timing") switch
        {
            RetimeTiming.SourceFrame => null,
            RetimeTiming.FrameRate => clock.DomainAtRate(SourceRate(context), parameters.Number("frameRate")),
            _ => clock.DomainAtSpeed(parameters.Number("speed"), parameters.Number("startFrame")),
        };
        return domain is { } range ? new OfxRangeD(range.First, range.Last) : null;
    }

    /// <summary>The frame rate that the result wants; null for the source's own.</summary>
    public static double? Rate(InstanceParameters parameters, InstanceContext context)
    {
        if ((RetimeTiming)parameters.Number("timing") != RetimeTiming.FrameRate || context.Parameters.TryGet(HostCurveName, out _)) return null;
        double rate = parameters.Number("frameRate");
        return rate == SourceRate(context) ? null : rate;
    }

    /// <summary>The source frames that a moment is made from: one, or the two around it.</summary>
    public static OfxRangeD FramesOf(InstanceParameters parameters, double moment)
    {
        (double before, double fraction) = RetimeClock.Split(moment);
        if (fraction == 0) return new OfxRangeD(before, before);
        if ((RetimeMethod)parameters.Number("method") != RetimeMethod.Nearest) return new OfxRangeD(before, before + 1);
        double nearest = fraction < 0.5 ? before : before + 1;
        return new OfxRangeD(nearest, nearest);
    }

    private static double SourceRate(InstanceContext context) => context.FindClip(EffectDefinition.SourceClipName)?.FrameRate(25) ?? 25;

    private static RetimeClock? ClockOf(InstanceContext context) =>
        context.FindClip(EffectDefinition.SourceClipName)?.FrameRange is { } range && range.max >= range.min
        && Math.Abs(range.min) <= FrameMax && Math.Abs(range.max) <= FrameMax
            ? new RetimeClock(range.min, range.max)
            : null;
}
