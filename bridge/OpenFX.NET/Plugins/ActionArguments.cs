using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>What a render is asked for; also the question of <see cref="EffectInstance.IsIdentity"/>.</summary>
/// <param name="Time">Time in frames; may be fractional and negative.</param>
/// <param name="RenderScaleX">Horizontal proxy scale, 1 = full.</param>
/// <param name="RenderScaleY">Vertical proxy scale.</param>
/// <param name="Window">Pixels wanted, at the render scale; null where the host did not say (then the whole output).</param>
/// <param name="Field">Which lines are wanted.</param>
/// <param name="IsInteractive">Whether the user is working on the controls.</param>
/// <param name="IsDraft">Whether a quick look is enough.</param>
/// <param name="IsThumbnail">Whether the result is a thumbnail (1.5.1).</param>
/// <param name="IsSequential">Whether frames come in order.</param>
public readonly record struct RenderArguments(
    double Time,
    double RenderScaleX,
    double RenderScaleY,
    OfxRectI? Window,
    ImageField Field,
    bool IsInteractive,
    bool IsDraft,
    bool IsThumbnail,
    bool IsSequential)
{
    internal static RenderArguments Read(PropertySet arguments)
    {
        (double x, double y) = ActionProperties.ReadScale(arguments);
        return new RenderArguments(
            arguments.GetDouble(OfxConstants.kOfxPropTime),
            x,
            y,
            arguments.TryGetRectI(OfxConstants.kOfxImageEffectPropRenderWindow, out OfxRectI window) ? window : null,
            arguments.GetField(OfxConstants.kOfxImageEffectPropFieldToRender),
            arguments.GetFlag(OfxConstants.kOfxImageEffectPropInteractiveRenderStatus),
            arguments.GetFlag(OfxConstants.kOfxImageEffectPropRenderQualityDraft),
            arguments.Is(OfxConstants.kOfxImageEffectPropThumbnailRender, "true"u8),
            arguments.GetFlag(OfxConstants.kOfxImageEffectPropSequentialRenderStatus));
    }
}

/// <summary>A run of frames.</summary>
public readonly record struct SequenceArguments(double First, double Last, double Step, bool IsInteractive, double RenderScaleX, double RenderScaleY)
{
    internal static SequenceArguments Read(PropertySet arguments)
    {
        (double x, double y) = ActionProperties.ReadScale(arguments);
        double first = arguments.GetDouble(OfxConstants.kOfxImageEffectPropFrameRange);
        return new SequenceArguments(
            first,
            arguments.GetDouble(OfxConstants.kOfxImageEffectPropFrameRange, first, 1),
            arguments.GetDouble(OfxConstants.kOfxImageEffectPropFrameStep, 1),
            arguments.GetFlag(OfxConstants.kOfxPropIsInteractive),
            x,
            y);
    }
}

/// <summary>A question about regions. <see cref="Region"/> is the region of interest of the output; null in the region of
/// definition action.</summary>
public readonly record struct RegionArguments(double Time, double RenderScaleX, double RenderScaleY, OfxRectD? Region)
{
    internal static RegionArguments Read(PropertySet arguments)
    {
        (double x, double y) = ActionProperties.ReadScale(arguments);
        OfxRectD? region = arguments.TryGetRectD(OfxConstants.kOfxImageEffectPropRegionOfInterest, out OfxRectD value) ? value : null;
        return new RegionArguments(arguments.GetDouble(OfxConstants.kOfxPropTime), x, y, region);
    }
}

/// <summary>Why something changed.</summary>
public enum ChangeReason
{
    /// <summary>The user did it, or the host did not say.</summary>
    UserEdited = 0,

    /// <summary>The plug-in itself did it.</summary>
    PluginEdited = 1,

    /// <summary>The current time moved.</summary>
    Time = 2,
}

/// <summary>What changed: <paramref name="Type"/> is <c>OfxTypeParameter</c> or <c>OfxTypeClip</c>.</summary>
public readonly record struct ChangeArguments(string Type, string Name, ChangeReason Reason, double Time, double RenderScaleX, double RenderScaleY)
{
    internal static ChangeArguments Read(PropertySet arguments)
    {
        (double x, double y) = ActionProperties.ReadScale(arguments);
        return new ChangeArguments(
            arguments.GetString(OfxConstants.kOfxPropType),
            arguments.GetString(OfxConstants.kOfxPropName),
            ActionProperties.ReadReason(arguments),
            arguments.GetDouble(OfxConstants.kOfxPropTime),
            x,
            y);
    }
}

/// <summary>The input whose picture is the result.</summary>
public readonly record struct IdentityReply(string ClipName, double Time);

/// <summary>Reads that several actions share.</summary>
internal static class ActionProperties
{
    public static (double X, double Y) ReadScale(PropertySet arguments)
    {
        (double x, double y) = arguments.GetPoint(OfxConstants.kOfxImageEffectPropRenderScale, 1, 1);
        return (x > 0 ? x : 1, y > 0 ? y : 1);
    }

    public static ChangeReason ReadReason(PropertySet arguments)
    {
        if (arguments.Is(OfxConstants.kOfxPropChangeReason, OfxConstants.kOfxChangePluginEdited)) return ChangeReason.PluginEdited;
        return arguments.Is(OfxConstants.kOfxPropChangeReason, OfxConstants.kOfxChangeTime) ? ChangeReason.Time : ChangeReason.UserEdited;
    }
}
