using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>Which properties each kind of set has, with type, dimension, who may write and what they start as. Order follows the headers.</summary>
internal static class PropertyTables
{
    /// <summary>Version of the colour configuration this host names.</summary>
    public const string ColourConfig = "ofx-native-v1.5_aces-v1.3_ocio-v2.3";

    /// <summary>The style of hosts and plug-ins that leave colour alone.</summary>
    public const string NoColourStyle = "OfxImageEffectColourManagementNone";

    private static readonly string None = "";

    public static PropertySet Host(HostCore host)
    {
        HostProfile profile = host.Profile;
        var set = new PropertySet(host, PropertySetKind.Host, "host");
        Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeImageEffectHost));
        Fixed(set, kOfxPropAPIVersion, profile.ApiVersion.Major, profile.ApiVersion.Minor);
        Fixed(set, kOfxPropName, profile.Name);
        Fixed(set, kOfxPropLabel, profile.Label);
        Fixed(set, kOfxPropVersionLabel, string.Join('.', profile.Version));
        set.DefineNumbers(kOfxPropVersion, PropertyType.Integer, 0, false, [.. profile.Version.Select(part => (double)part)]);
        Fixed(set, kOfxImageEffectHostPropIsBackground, 1);
        Fixed(set, kOfxImageEffectPropSupportsOverlays, 0);
        Fixed(set, kOfxImageEffectPropSupportsMultiResolution, Flag(profile.SupportsMultiResolution));
        Fixed(set, kOfxImageEffectPropSupportsTiles, Flag(profile.SupportsTiles));
        Fixed(set, kOfxImageEffectPropTemporalClipAccess, Flag(profile.ClaimsTemporalAccess ?? profile.TemporalAccess != TemporalAccess.Refused));
        set.DefineTexts(kOfxImageEffectPropSupportedComponents, 0, false, [.. profile.Components.Select(StandardNames.Of)]);
        set.DefineTexts(kOfxImageEffectPropSupportedContexts, 0, false, [.. profile.Contexts.Select(StandardNames.Of)]);
        set.DefineTexts(kOfxImageEffectPropSupportedPixelDepths, 0, false, [.. profile.Depths.Select(StandardNames.Of)]);
        Fixed(set, kOfxImageEffectPropSupportsMultipleClipDepths, Flag(profile.SupportsMultipleClipDepths));
        Fixed(set, kOfxImageEffectPropSupportsMultipleClipPARs, Flag(profile.SupportsMultiResolution));
        Fixed(set, kOfxImageEffectPropSetableFrameRate, Flag(profile.SettableFrameRate));
        Fixed(set, kOfxImageEffectPropSetableFielding, Flag(profile.SupportsFields));
        Fixed(set, kOfxImageEffectInstancePropSequentialRender, 1);
        Fixed(set, kOfxImageEffectPropRenderQualityDraft, 1);
        Fixed(set, kOfxImageEffectHostPropNativeOrigin, OfxText.Of(kOfxHostNativeOriginBottomLeft));
        Fixed(set, kOfxParamHostPropSupportsCustomInteract, 0);
        Fixed(set, kOfxParamHostPropSupportsCustomAnimation, Flag(profile.StringAnimation));
        Fixed(set, kOfxParamHostPropSupportsStringAnimation, Flag(profile.StringAnimation));
        Fixed(set, kOfxParamHostPropSupportsBooleanAnimation, Flag(profile.ChoiceAnimation));
        Fixed(set, kOfxParamHostPropSupportsChoiceAnimation, Flag(profile.ChoiceAnimation));
        Fixed(set, kOfxParamHostPropSupportsStrChoiceAnimation, Flag(profile.ChoiceAnimation));
        Fixed(set, kOfxParamHostPropSupportsStrChoice, Flag(!profile.RefusedParameterTypes.Contains(OfxText.Of(kOfxParamTypeStrChoice))));
        Fixed(set, kOfxParamHostPropSupportsParametricAnimation, 0);
        Fixed(set, kOfxParamHostPropMaxParameters, -1);
        Fixed(set, kOfxParamHostPropMaxPages, 0);
        Fixed(set, kOfxParamHostPropPageRowColumnCount, 0, 0);
        set.DefinePointer(kOfxPropHostOSHandle, false);
        Fixed(set, kOfxImageEffectPropCPURenderSupported, "true");
        Gpu(set, false);
        if (profile.ColourManagementStyle is { } style)
        {
            Fixed(set, kOfxImageEffectPropColourManagementStyle, style);
            Fixed(set, kOfxImageEffectPropColourManagementAvailableConfigs, ColourConfig);
        }

        return set;
    }

    public static PropertySet EffectDescriptor(HostCore host, string owner, string filePath)
    {
        var set = new PropertySet(host, PropertySetKind.Effect, owner);
        Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeImageEffect));
        Labels(set, "");
        set.DefineNumbers(kOfxPropVersion, PropertyType.Integer, 0, true, 0);
        set.DefineTexts(kOfxPropVersionLabel, 1, true, None);
        set.DefineTexts(kOfxPropPluginDescription, 1, true, None);
        set.DefineTexts(kOfxPropIcon, 2, true, None, None);
        set.DefineTexts(kOfxImageEffectPropSupportedContexts, 0, true);
        set.DefineTexts(kOfxImageEffectPluginPropGrouping, 1, true, None);
        Integer(set, kOfxImageEffectPluginPropSingleInstance, 0);
        set.DefineTexts(kOfxImageEffectPluginRenderThreadSafety, 1, true, OfxText.Of(kOfxImageEffectRenderInstanceSafe));
        Integer(set, kOfxImageEffectPluginPropHostFrameThreading, 1);
        set.DefinePointer(kOfxImageEffectPluginPropOverlayInteractV1, true);
        set.DefinePointer(kOfxImageEffectPluginPropOverlayInteractV2, true);
        Integer(set, kOfxImageEffectPropSupportsMultiResolution, 1);
        Integer(set, kOfxImageEffectPropSupportsTiles, 1);
        Integer(set, kOfxImageEffectPropTemporalClipAccess, 0);
        set.DefineTexts(kOfxImageEffectPropSupportedPixelDepths, 0, true);
        Integer(set, kOfxImageEffectPluginPropFieldRenderTwiceAlways, 1);
        Integer(set, kOfxImageEffectPropSupportsMultipleClipDepths, 0);
        Integer(set, kOfxImageEffectPropSupportsMultipleClipPARs, 0);
        set.DefineTexts(kOfxImageEffectPropClipPreferencesSlaveParam, 0, true);
        Integer(set, kOfxImageEffectInstancePropSequentialRender, 0);
        Integer(set, kOfxImageEffectPluginPropObsolete, 0);
        Integer(set, kOfxImageEffectPropNoSpatialAwareness, 0, dimension: 1, asText: "false");
        Fixed(set, kOfxPluginPropFilePath, filePath);
        set.DefineTexts(kOfxImageEffectPropCPURenderSupported, 1, true, "true");
        Gpu(set, true);
        set.DefineTexts(kOfxOpenGLPropPixelDepth, 0, true);
        if (host.Profile.ColourManagementStyle is not null)
        {
            set.DefineTexts(kOfxImageEffectPropColourManagementStyle, 1, true, OfxText.Of(kOfxImageEffectColourManagementNone));
            set.DefineTexts(kOfxImageEffectPropColourManagementAvailableConfigs, 0, true);
        }

        return set;
    }

    public static PropertySet EffectInstance(HostCore host, string owner, PropertySet descriptor, EffectContext context, ProjectSettings project)
    {
        var set = new PropertySet(host, PropertySetKind.Instance, owner);
        set.CopyFrom(descriptor);
        Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeImageEffectInstance));
        Fixed(set, kOfxImageEffectPropContext, StandardNames.Of(context));
        set.DefinePointer(kOfxPropInstanceData, true);
        set.DefinePointer(kOfxImageEffectPropPluginHandle, true);
        Fixed(set, kOfxImageEffectPropProjectSize, PropertyType.Double, project.Width, project.Height);
        Fixed(set, kOfxImageEffectPropProjectOffset, PropertyType.Double, project.OffsetX, project.OffsetY);
        Fixed(set, kOfxImageEffectPropProjectExtent, PropertyType.Double, project.OffsetX + project.Width, project.OffsetY + project.Height);
        Fixed(set, kOfxImageEffectPropProjectPixelAspectRatio, PropertyType.Double, project.PixelAspectRatio);
        Fixed(set, kOfxImageEffectInstancePropEffectDuration, PropertyType.Double, project.LastFrame - project.FirstFrame + 1);
        Fixed(set, kOfxImageEffectPropFrameRate, PropertyType.Double, project.FrameRate);
        Fixed(set, kOfxPropIsInteractive, project.IsInteractive ? 1 : 0);
        Integer(set, kOfxImageEffectInstancePropSequentialRender, descriptor.Integer(kOfxImageEffectInstancePropSequentialRender));
        Integer(set, kOfxImageEffectPropInAnalysis, 0);
        if (host.Profile.ColourManagementStyle is { } style)
        {
            Fixed(set, kOfxImageEffectPropColourManagementStyle, AgreedStyle(style, descriptor.Text(kOfxImageEffectPropColourManagementStyle)));
            Fixed(set, kOfxImageEffectPropColourManagementConfig, ColourConfig);
            Fixed(set, kOfxImageEffectPropOCIOConfig, None);
            Fixed(set, kOfxImageEffectPropDisplayColourspace, None);
            Fixed(set, kOfxImageEffectPropOCIODisplay, None);
            Fixed(set, kOfxImageEffectPropOCIOView, None);
        }

        return set;
    }

    /// <summary>The highest style that both sides know.</summary>
    private static string AgreedStyle(string host, string plugin)
    {
        string[] styles =
        [
            NoColourStyle, OfxText.Of(kOfxImageEffectColourManagementBasic), OfxText.Of(kOfxImageEffectColourManagementCore),
            OfxText.Of(kOfxImageEffectColourManagementFull), OfxText.Of(kOfxImageEffectColourManagementOCIO),
        ];
        return styles[Math.Max(0, Math.Min(Array.IndexOf(styles, host), Array.IndexOf(styles, plugin)))];
    }

    public static PropertySet ClipDescriptor(HostCore host, string name)
    {
        var set = new PropertySet(host, PropertySetKind.Clip, $"clip '{name}'");
        Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeClip));
        Fixed(set, kOfxPropName, name);
        Labels(set, name);
        set.DefineTexts(kOfxImageEffectPropSupportedComponents, 0, true);
        Integer(set, kOfxImageEffectPropTemporalClipAccess, 0);
        Integer(set, kOfxImageClipPropOptional, 0);
        Integer(set, kOfxImageClipPropIsMask, 0);
        set.DefineTexts(kOfxImageClipPropFieldExtraction, 1, true, OfxText.Of(kOfxImageFieldDoubled));
        Integer(set, kOfxImageEffectPropSupportsTiles, 1);
        return set;
    }

    /// <summary>Adds what a clip of an instance has beyond its descriptor.</summary>
    public static void MakeClipInstance(HostCore host, PropertySet set)
    {
        string noDepth = StandardNames.Of(PixelDepth.None), noComponents = StandardNames.Of(PixelComponents.None);
        Fixed(set, kOfxImageEffectPropPixelDepth, noDepth);
        Fixed(set, kOfxImageEffectPropComponents, noComponents);
        Fixed(set, kOfxImageClipPropUnmappedPixelDepth, noDepth);
        Fixed(set, kOfxImageClipPropUnmappedComponents, noComponents);
        Fixed(set, kOfxImageEffectPropPreMultiplication, StandardNames.Of(AlphaState.Premultiplied));
        Fixed(set, kOfxImagePropPixelAspectRatio, PropertyType.Double, 1);
        Fixed(set, kOfxImageEffectPropFrameRate, PropertyType.Double, 24);
        Fixed(set, kOfxImageEffectPropFrameRange, PropertyType.Double, 0, 0);
        Fixed(set, kOfxImageClipPropFieldOrder, StandardNames.Of(ImageField.None));
        Fixed(set, kOfxImageClipPropConnected, 0);
        Fixed(set, kOfxImageEffectPropUnmappedFrameRange, PropertyType.Double, 0, 0);
        Fixed(set, kOfxImageEffectPropUnmappedFrameRate, PropertyType.Double, 24);
        Fixed(set, kOfxImageClipPropContinuousSamples, 0);
        if (host.Profile.ColourManagementStyle is not null)
        {
            Fixed(set, kOfxImageClipPropColourspace, None);
            set.DefineTexts(kOfxImageClipPropPreferredColourspaces, 0, false);
        }
    }

    public static PropertySet Image(HostCore host, HostedClip clip)
    {
        var set = new PropertySet(host, PropertySetKind.Image, $"image of '{clip.Name}'");
        Fixed(set, kOfxPropType, OfxText.Of(kOfxTypeImage));
        Fixed(set, kOfxImageEffectPropPixelDepth, StandardNames.Of(PixelDepth.None));
        Fixed(set, kOfxImageEffectPropComponents, StandardNames.Of(PixelComponents.None));
        Fixed(set, kOfxImageEffectPropPreMultiplication, StandardNames.Of(AlphaState.Premultiplied));
        Fixed(set, kOfxImageEffectPropRenderScale, PropertyType.Double, 1, 1);
        Fixed(set, kOfxImagePropPixelAspectRatio, PropertyType.Double, 1);
        set.DefinePointer(kOfxImagePropData, false);
        Fixed(set, kOfxImagePropBounds, 0, 0, 0, 0);
        Fixed(set, kOfxImagePropRegionOfDefinition, 0, 0, 0, 0);
        Fixed(set, kOfxImagePropRowBytes, 0);
        Fixed(set, kOfxImagePropField, StandardNames.Of(ImageField.None));
        Fixed(set, kOfxImagePropUniqueIdentifier, None);
        return set;
    }

    public static PropertySet ParameterSet(HostCore host, string owner)
    {
        var set = new PropertySet(host, PropertySetKind.ParamSet, $"parameters of {owner}");
        Integer(set, kOfxPropParamSetNeedsSyncing, 0);
        set.DefineTexts(kOfxPluginPropParamPageOrder, 0, true);
        return set;
    }

    public static PropertySet Arguments(HostCore host, ReadOnlySpan<byte> action) => new(host, PropertySetKind.Args, OfxText.Of(action));

    public static void Fixed(PropertySet set, ReadOnlySpan<byte> name, string text)
    {
        set.DefineTexts(name, 1, false, text);
        set.PutTexts(name, text);
    }

    public static void Fixed(PropertySet set, ReadOnlySpan<byte> name, params ReadOnlySpan<int> values)
    {
        Span<double> numbers = stackalloc double[values.Length];
        for (int i = 0; i < values.Length; i++) numbers[i] = values[i];
        Fixed(set, name, PropertyType.Integer, numbers);
    }

    public static void Fixed(PropertySet set, ReadOnlySpan<byte> name, PropertyType type, params ReadOnlySpan<double> values)
    {
        set.DefineNumbers(name, type, values.Length, false, values);
        set.Put(name, values);
    }

    internal static void Labels(PropertySet set, string name)
    {
        set.DefineTexts(kOfxPropLabel, 1, true, name);
        set.DefineTexts(kOfxPropShortLabel, 1, true, name);
        set.DefineTexts(kOfxPropLongLabel, 1, true, name);
    }

    internal static void Integer(PropertySet set, ReadOnlySpan<byte> name, int value, int dimension = 1, string? asText = null)
    {
        if (asText is null) set.DefineNumbers(name, PropertyType.Integer, dimension, true, value);
        else set.DefineTexts(name, dimension, true, asText);
    }

    private static int Flag(bool value) => value ? 1 : 0;

    private static void Gpu(PropertySet set, bool writable)
    {
        set.DefineTexts(kOfxImageEffectPropOpenGLRenderSupported, 1, writable, "false");
        set.DefineTexts(kOfxImageEffectPropCudaRenderSupported, 1, writable, "false");
        set.DefineTexts(kOfxImageEffectPropCudaStreamSupported, 1, writable, "false");
        set.DefineTexts(kOfxImageEffectPropMetalRenderSupported, 1, writable, "false");
        set.DefineTexts(kOfxImageEffectPropOpenCLRenderSupported, 1, writable, "false");
        set.DefineTexts(kOfxImageEffectPropOpenCLSupported, 1, writable, "false");
    }
}
