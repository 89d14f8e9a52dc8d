using System.Collections.Immutable;
using OpenFX.Hosting;

namespace RunwayFX.Conformance;

/// <summary>A host as data: how it behaves, the context it picks, the pictures it carries.</summary>
/// <param name="Profile">Behaviour.</param>
/// <param name="Context">Context it instantiates.</param>
/// <param name="Depth">Depth of its pictures.</param>
internal sealed record EmulatedHost(HostProfile Profile, EffectContext Context, PixelDepth Depth)
{
    public override string ToString() => Profile.Name;
}

/// <summary>The hosts of <c>plugins/HOSTS.md</c>, as far as their behaviour is known. Nothing about a host is written anywhere else in these
/// tests.</summary>
internal static class EmulatedHosts
{
    private static readonly ImmutableDictionary<string, ImmutableHashSet<string>> NoValuesSetInRender = ImmutableDictionary<string,
        ImmutableHashSet<string>>.Empty
        .Add("OfxImageEffectActionRender", ["paramSetValue", "paramSetValueAtTime", "propSetInt", "propSetString", "propSetDouble",
            "propSetPointer"]);

    /// <summary>DaVinci Resolve 20.</summary>
    public static EmulatedHost Resolve { get; } = new(HostProfile.Default with
    {
        Name = "DaVinciResolve",
        Label = "DaVinci Resolve",
        Version = [20, 0, 0],
        ApiVersion = (1, 4),
        MissingSuites = ["OfxMessageSuite/2", "OfxParametricParameterSuite/1", "OfxInteractSuite/1", "OfxDrawSuite/1", "OfxDialogSuite/1"],
        ForbiddenCalls = ["paramCopy"],
        ForbiddenCallsByAction = NoValuesSetInRender,
        ForbiddenParameterTypes = ["OfxParamTypeInteger2D", "OfxParamTypeInteger3D", "OfxParamTypeParametric", "OfxParamTypeBytes"],
        Depths = [PixelDepth.Float, PixelDepth.Short, PixelDepth.Byte],
        Components = [PixelComponents.Rgba, PixelComponents.Alpha],
        Contexts = [EffectContext.Filter, EffectContext.General, EffectContext.Transition, EffectContext.Generator],
        SupportsTiles = false,
        SupportsMultiResolution = false,
        SupportsFields = false,
        StringAnimation = false,
        UndeclaredRangesClamp = true,
        ParamCopyDoesNothing = true,
        ClipsClaimConnected = true,
        MissingImage = MissingImageAnswer.NullHandle,
        ColourManagementStyle = null,
        Calls = new HostCallPattern { RegionOfDefinition = false },
    }, EffectContext.Filter, PixelDepth.Float);

    /// <summary>Nuke 15.</summary>
    public static EmulatedHost Nuke { get; } = new(HostProfile.Default with
    {
        Name = "uk.co.thefoundry.nuke",
        Label = "nuke",
        Version = [15, 1, 0],
        ApiVersion = (1, 4),
        MissingProperties = ["OfxImageEffectInstancePropSequentialRender", "OfxImageEffectPropSequentialRenderStatus"],
        ForbiddenProperties = ["Effect/OfxImageEffectPropColourManagementStyle", "Effect/OfxImageEffectPropColourManagementAvailableConfigs"],
        ForbiddenCallsByAction = NoValuesSetInRender.Add("OfxActionCreateInstance",
            ["paramSetValue", "paramSetValueAtTime", "propSetInt", "propSetString"]),
        Depths = [PixelDepth.Float],
        Components = [PixelComponents.Rgba, PixelComponents.Alpha],
        Contexts = [EffectContext.General, EffectContext.Filter],
        SupportsTiles = true,
        RowPadding = 0,
        ColourManagementStyle = "OfxImageEffectColourManagementNone",
    }, EffectContext.General, PixelDepth.Float);

    /// <summary>The demonstration host of the standard's HostSupport library.</summary>
    public static EmulatedHost HostSupport { get; } = new(HostProfile.Default with
    {
        Name = "OFXDemoHost",
        Label = "OFX Demo Host",
        ApiVersion = (1, 4),
        Depths = [PixelDepth.Byte],
        Components = [PixelComponents.Rgba],
        RefusedParameterTypes =
        [
            "OfxParamTypeInteger", "OfxParamTypeChoice", "OfxParamTypeRGBA", "OfxParamTypeString", "OfxParamTypeCustom", "OfxParamTypeDouble3D",
            "OfxParamTypeStrChoice", "OfxParamTypeBytes", "OfxParamTypeParametric",
        ],
        RefusalDropsLaterParameters = true,
        ClipsClaimConnected = true,
        MissingImage = MissingImageAnswer.NullHandle,
        ColourManagementStyle = null,
        Calls = new HostCallPattern { DescribesTwice = true },
    }, EffectContext.Filter, PixelDepth.Byte);

    /// <summary>MLT 7.41's <c>openfx</c> module.</summary>
    public static EmulatedHost Mlt { get; } = new(HostProfile.Default with
    {
        Name = "MLT",
        Label = "MLT",
        ApiVersion = (1, 5),
        MissingProperties = ["OfxPluginPropFilePath"],
        UnsetPropertiesUnknown = true,
        Contexts = [EffectContext.Filter],
        TemporalAccess = TemporalAccess.CurrentFrameInstead,
        MissingImage = MissingImageAnswer.ImageWithoutData,
        RowOrder = RowOrder.TopDown,
        AlphaOverride = AlphaState.Unpremultiplied,
        ClampsOutput = true,
        Calls = new HostCallPattern
        {
            RecreatePerFrame = true, ConnectsAfterCreate = true, IsIdentity = false, FramesNeeded = false, RegionsOfInterest = false,
                InstanceChanged = false,
        },
    }, EffectContext.Filter, PixelDepth.Float);

    /// <summary>Natron 2.5.</summary>
    public static EmulatedHost Natron { get; } = new(HostProfile.Default with
    {
        Name = "fr.inria.Natron",
        Label = "Natron",
        Version = [2, 5, 0],
        ApiVersion = (1, 4),
        ForbiddenParameterTypes = ["OfxParamTypeBytes", "OfxParamTypeStrChoice"],
        Depths = [PixelDepth.Float, PixelDepth.Short, PixelDepth.Byte, PixelDepth.Half],
        Contexts = [EffectContext.General, EffectContext.Filter],
        ProxyClipsHideDepth = true,
        ColourManagementStyle = null,
        Calls = new HostCallPattern { RegionOfDefinitionBeforePreferences = true, ConnectsAfterCreate = true },
    }, EffectContext.General, PixelDepth.Float);

    /// <summary>openfx-runner.</summary>
    public static EmulatedHost Runner { get; } = new(HostProfile.Default with
    {
        Name = "openfx-driver",
        Label = "OpenFX driver",
        ApiVersion = (1, 4),
        ForbiddenSuites = ["OfxMessageSuite/2"],
        ForbiddenCalls = ["memoryAlloc", "memoryFree", "multiThread", "multiThreadNumCPUs", "mutexCreate", "propReset", "paramGetNumKeys",
            "paramCopy"],
        Depths = [PixelDepth.Float],
        Components = [PixelComponents.Rgba],
        ColourManagementStyle = null,
        Calls = new HostCallPattern { IgnoresThreadSafety = true },
    }, EffectContext.Filter, PixelDepth.Float);

    /// <summary>This library's own host.</summary>
    public static EmulatedHost Own { get; } = new(HostProfile.Default, EffectContext.General, PixelDepth.Float);

    public static ImmutableArray<EmulatedHost> All { get; } = [Own, Resolve, Nuke, HostSupport, Mlt, Natron, Runner];
}
