using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>Turns the actions on an instance into calls of its methods, and their answers into properties and a status.</summary>
internal static class InstanceActions
{
    public static OfxStatus Dispatch(
        ReadOnlySpan<byte> action, EffectInstance instance, OfxPropertySetHandle inHandle, OfxPropertySetHandle outHandle)
    {
        PropertySet inArguments = new(instance.Host, inHandle), outArguments = new(instance.Host, outHandle);
        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionRender))
        {
            instance.Render(RenderArguments.Read(inArguments));
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionIsIdentity)) return IsIdentity(instance, inArguments, outArguments);
        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionBeginSequenceRender))
        {
            instance.BeginSequenceRender(SequenceArguments.Read(inArguments));
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionEndSequenceRender))
        {
            instance.EndSequenceRender(SequenceArguments.Read(inArguments));
            return OfxStatus.kOfxStatOK;
        }

        return DispatchQuestion(action, instance, inArguments, outArguments) ?? DispatchChange(action, instance, inArguments);
    }

    private static OfxStatus? DispatchQuestion(ReadOnlySpan<byte> action, EffectInstance instance, PropertySet inArguments, PropertySet outArguments)
    {
        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionGetRegionOfDefinition))
        {
            OfxRectD? region = instance.GetRegionOfDefinition(RegionArguments.Read(inArguments));
            return Answer(region is { } value && outArguments.TrySet(OfxConstants.kOfxImageEffectPropRegionOfDefinition, value));
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionGetRegionsOfInterest))
        {
            return Answer(instance.GetRegionsOfInterest(RegionArguments.Read(inArguments), new RegionsOfInterest(outArguments)));
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionGetFramesNeeded))
        {
            return Answer(instance.GetFramesNeeded(inArguments.GetDouble(OfxConstants.kOfxPropTime), new FramesNeeded(outArguments)));
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionGetClipPreferences))
        {
            return Answer(instance.GetClipPreferences(new ClipPreferences(outArguments)));
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionGetTimeDomain))
        {
            OfxRangeD? range = instance.GetTimeDomain();
            return Answer(range is { } value && outArguments.TrySet(OfxConstants.kOfxImageEffectPropFrameRange, [value.min, value.max]));
        }

        if (!action.SequenceEqual(OfxConstants.kOfxImageEffectActionGetOutputColourspace)) return null;
        string[] preferred = new string[inArguments.Dimension(OfxConstants.kOfxImageClipPropPreferredColourspaces)];
        for (int index = 0; index < preferred.Length; index++)
        {
            preferred[index] = inArguments.GetString(OfxConstants.kOfxImageClipPropPreferredColourspaces, "", index);
        }

        string? chosen = instance.GetOutputColourspace(preferred);
        return Answer(chosen is not null && outArguments.TrySet(OfxConstants.kOfxImageClipPropColourspace, chosen));
    }

    private static OfxStatus DispatchChange(ReadOnlySpan<byte> action, EffectInstance instance, PropertySet inArguments)
    {
        if (action.SequenceEqual(OfxConstants.kOfxActionInstanceChanged)) return Answer(instance.InstanceChanged(ChangeArguments.Read(inArguments)));
        ChangeReason reason = ActionProperties.ReadReason(inArguments);
        if (action.SequenceEqual(OfxConstants.kOfxActionBeginInstanceChanged)) instance.BeginInstanceChanged(reason);
        else if (action.SequenceEqual(OfxConstants.kOfxActionEndInstanceChanged)) instance.EndInstanceChanged(reason);
        else if (action.SequenceEqual(OfxConstants.kOfxActionBeginInstanceEdit)) instance.BeginEdit();
        else if (action.SequenceEqual(OfxConstants.kOfxActionEndInstanceEdit)) instance.EndEdit();
        else if (action.SequenceEqual(OfxConstants.kOfxActionSyncPrivateData)) instance.SyncPrivateData();
        else if (action.SequenceEqual(OfxConstants.kOfxActionPurgeCaches)) instance.PurgeCaches();
        else return OfxStatus.kOfxStatReplyDefault;
        return OfxStatus.kOfxStatOK;
    }

    private static OfxStatus IsIdentity(EffectInstance instance, PropertySet inArguments, PropertySet outArguments)
    {
        if (instance.IsIdentity(RenderArguments.Read(inArguments)) is not { } identity) return OfxStatus.kOfxStatReplyDefault;
        if (!outArguments.TrySet(OfxConstants.kOfxPropName, identity.ClipName)) return OfxStatus.kOfxStatReplyDefault;
        _ = outArguments.TrySet(OfxConstants.kOfxPropTime, identity.Time);
        return OfxStatus.kOfxStatOK;
    }

    private static OfxStatus Answer(bool isAnswered) => isAnswered ? OfxStatus.kOfxStatOK : OfxStatus.kOfxStatReplyDefault;
}
