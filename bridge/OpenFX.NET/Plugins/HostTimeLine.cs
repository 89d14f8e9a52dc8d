using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>What the host says of the timeline that an instance stands in. Not during a render.</summary>
public static unsafe class HostTimeLine
{
    /// <summary>First and last frame of the timeline; null where the host does not say, or says nothing that is a range.</summary>
    public static OfxRangeD? Bounds(HostInfo host, OfxImageEffectHandle effect)
    {
        OfxTimeLineSuiteV1* suite = host.TimeLine;
        if (suite == null || suite->getTimeBounds == null) return null;
        double first = double.NaN, last = double.NaN;
        if (suite->getTimeBounds((void*)effect.Value, &first, &last) != OfxStatus.kOfxStatOK) return null;
        // Written so that NaN fails.
        return first <= last ? new OfxRangeD(first, last) : null;
    }
}
