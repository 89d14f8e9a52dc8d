using System.Collections.Immutable;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

public sealed partial class HostedEffect
{
    /// <summary>What clips and output look like after the plug-in had its say. Asked once, and again after a change of parameters or
    /// connections.</summary>
    /// <exception cref="HostingException">The plug-in answers a failure.</exception>
    public OutputPreferences GetClipPreferences()
    {
        lock (_stateGate)
        {
            if (_preferences is not null) return _preferences;
            RequireLive();
            OutputPreferences defaults = DefaultPreferences();
            OutputPreferences preferences = Calls.ClipPreferences ? AskPreferences(defaults) : defaults;
            foreach (HostedClip clip in _node.Clips) ApplyPreferences(clip, preferences);
            if (Calls.ClipPreferences && ColourStyle != PropertyTables.NoColourStyle) AskColourspace();
            return _preferences = preferences;
        }
    }

    private OutputPreferences DefaultPreferences()
    {
        PixelDepth deepest = PixelDepth.None;
        ClipFormat? main = null;
        foreach (HostedClip clip in _node.Clips)
        {
            if (clip.IsOutput) continue;
            clip.Depth = clip.Source is { } source ? MapDepth(source.Depth) : PixelDepth.None;
            clip.Components = clip.Source is { } format ? MapComponents(clip, format.Components) : PixelComponents.None;
            clip.PixelAspectRatio = clip.Source?.PixelAspectRatio ?? 1;
            if (clip.Source is null) continue;
            if (Rank(clip.Depth) > Rank(deepest)) deepest = clip.Depth;
            if (main is null || (!clip.IsOptional && !clip.IsMask)) main ??= clip.Source;
        }

        if (!MixesDepths())
        {
            foreach (HostedClip clip in _node.Clips)
            {
                if (clip.Source is not null) clip.Depth = deepest;
            }
        }

        HostedClip output = _node.Clips.Find(clip => clip.IsOutput)
            ?? throw new HostingException(HostingError.UnknownName, $"'{Plugin.Identifier}' declares no clip '{HostedClip.OutputName}'");
        PixelComponents components = MapComponents(output, main?.Components ?? Project.Components);
        return new OutputPreferences
        {
            Depth = deepest == PixelDepth.None ? MapDepth(Project.Depth) : deepest,
            Components = components,
            Alpha = Host.Profile.AlphaOverride ?? (components == PixelComponents.Rgb ? AlphaState.Opaque : main?.Alpha ?? AlphaState.Premultiplied),
            PixelAspectRatio = main?.PixelAspectRatio ?? Project.PixelAspectRatio,
            FrameRate = main?.FrameRate ?? Project.FrameRate,
            FieldOrder = Host.Profile.SupportsFields ? main?.FieldOrder ?? ImageField.None : ImageField.None,
            IsContinuous = main?.IsContinuous ?? false,
        };
    }

    private OutputPreferences AskPreferences(OutputPreferences defaults)
    {
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionGetClipPreferences);
        foreach (HostedClip clip in _node.Clips) DefineClipArguments(output, clip, defaults);
        output.DefineNumbers(kOfxImageEffectPropFrameRate, PropertyType.Double, 1, true, defaults.FrameRate);
        output.DefineTexts(kOfxImageClipPropFieldOrder, 1, true, StandardNames.Of(defaults.FieldOrder));
        output.DefineTexts(kOfxImageEffectPropPreMultiplication, 1, true, StandardNames.Of(defaults.Alpha));
        PropertyTables.Integer(output, kOfxImageClipPropContinuousSamples, defaults.IsContinuous ? 1 : 0);
        PropertyTables.Integer(output, kOfxImageEffectFrameVarying, 0);
        Plugin.Require(CallScoped(kOfxImageEffectActionGetClipPreferences, null, output, Host.Time), kOfxImageEffectActionGetClipPreferences);
        foreach (HostedClip clip in _node.Clips) TakeClipArguments(output, clip);
        HostedClip result = _node.Clips.Find(clip => clip.IsOutput)!;
        double rate = output.Number(kOfxImageEffectPropFrameRate);
        return new OutputPreferences
        {
            Depth = result.Depth,
            Components = result.Components,
            Alpha = StandardNames.Alpha(output.Text(kOfxImageEffectPropPreMultiplication)) ?? defaults.Alpha,
            PixelAspectRatio = result.PixelAspectRatio,
            FrameRate = rate > 0 && double.IsFinite(rate) ? rate : defaults.FrameRate,
            FieldOrder = StandardNames.Field(output.Text(kOfxImageClipPropFieldOrder)) ?? defaults.FieldOrder,
            IsContinuous = output.Integer(kOfxImageClipPropContinuousSamples) != 0,
            IsFrameVarying = output.Integer(kOfxImageEffectFrameVarying) != 0,
        };
    }

    /// <summary>The style that host and plug-in agreed on.</summary>
    private string ColourStyle => Host.Profile.ColourManagementStyle is null ? PropertyTables.NoColourStyle : _node.Properties.Text(kOfxImageEffectPropColourManagementStyle);

    /// <summary>Asks what colour space the result will have, and tells the output clip; a reference to another clip is looked up.</summary>
    private void AskColourspace()
    {
        using PropertySet input = PropertyTables.Arguments(Host, kOfxImageEffectActionGetOutputColourspace);
        using PropertySet output = PropertyTables.Arguments(Host, kOfxImageEffectActionGetOutputColourspace);
        string[] preferred = [.. Host.Profile.PreferredColourspaces];
        input.DefineTexts(kOfxImageClipPropPreferredColourspaces, preferred.Length, false, preferred);
        output.DefineTexts(kOfxImageClipPropColourspace, 1, true, "");
        OfxStatus status = CallScoped(kOfxImageEffectActionGetOutputColourspace, input, output, Host.Time);
        if (status is not (OfxStatus.kOfxStatOK or OfxStatus.kOfxStatReplyDefault)) Plugin.Require(status, kOfxImageEffectActionGetOutputColourspace);
        string chosen = status == OfxStatus.kOfxStatOK ? output.Text(kOfxImageClipPropColourspace) : "";
        HostedClip? main = _node.Clips.Find(clip => !clip.IsOutput && clip.Source is not null);
        if (chosen.Length == 0) chosen = main?.Source?.ColourSpace ?? "";
        if (chosen.StartsWith(StandardNames.ColourspaceOfPrefix, StringComparison.Ordinal))
        {
            string name = chosen[StandardNames.ColourspaceOfPrefix.Length..];
            HostedClip? clip = _node.Clips.Find(clip => !clip.IsOutput && clip.Name == name);
            if (clip is null) Host.Journal.Violate("output-colourspace", $"'{chosen}' names no input clip");
            chosen = clip?.Source?.ColourSpace ?? "";
        }

        _node.Clips.Find(clip => clip.IsOutput)!.Properties.PutTexts(kOfxImageClipPropColourspace, chosen);
    }

    private static void DefineClipArguments(PropertySet output, HostedClip clip, OutputPreferences defaults)
    {
        if (clip.IsOutput)
        {
            clip.Depth = defaults.Depth;
            clip.Components = defaults.Components;
            clip.PixelAspectRatio = defaults.PixelAspectRatio;
        }

        Define(StandardNames.ClipComponentsPrefix, PropertyType.Text, PropertyValue.Of(StandardNames.Of(clip.Components)));
        Define(StandardNames.ClipDepthPrefix, PropertyType.Text, PropertyValue.Of(StandardNames.Of(clip.Depth)));
        Define(StandardNames.ClipAspectPrefix, PropertyType.Double, PropertyValue.Of(clip.PixelAspectRatio));
        output.Define(new Property(StandardNames.ClipColourspacesPrefix + clip.Name, PropertyType.Text, 0, pluginMayWrite: true, []));

        void Define(string prefix, PropertyType type, PropertyValue value) =>
            output.Define(new Property(prefix + clip.Name, type, 1, pluginMayWrite: true, [value]));
    }

    private void TakeClipArguments(PropertySet output, HostedClip clip)
    {
        clip.PreferredColourspaces = [.. output.Texts(Name(StandardNames.ClipColourspacesPrefix))];
        if (!clip.IsConnected) return;
        string components = output.Text(Name(StandardNames.ClipComponentsPrefix)), depth = output.Text(Name(StandardNames.ClipDepthPrefix));
        if (StandardNames.Components(components) is { } wanted && clip.SupportedComponents.Contains(wanted)) clip.Components = wanted;
        else Host.Journal.Violate("preference-components", $"clip '{clip.Name}': '{components}' is not among its supported components");
        if (StandardNames.Depth(depth) is { } deep && UsableDepths().Contains(deep)) clip.Depth = deep;
        else Host.Journal.Violate("preference-depth", $"clip '{clip.Name}': '{depth}' is not a depth that host and plug-in share");
        double aspect = output.Number(Name(StandardNames.ClipAspectPrefix));
        if (aspect > 0 && double.IsFinite(aspect)) clip.PixelAspectRatio = aspect;

        ReadOnlySpan<byte> Name(string prefix) => System.Text.Encoding.UTF8.GetBytes(prefix + clip.Name);
    }

    private void ApplyPreferences(HostedClip clip, OutputPreferences preferences)
    {
        PropertySet set = clip.Properties;
        if (clip.IsOutput)
        {
            clip.Depth = preferences.Depth;
            clip.Components = preferences.Components;
            clip.PixelAspectRatio = preferences.PixelAspectRatio;
            set.PutTexts(kOfxImageClipPropUnmappedPixelDepth, StandardNames.Of(preferences.Depth));
            set.PutTexts(kOfxImageClipPropUnmappedComponents, StandardNames.Of(preferences.Components));
            set.PutTexts(kOfxImageEffectPropPreMultiplication, StandardNames.Of(preferences.Alpha));
            set.Put(kOfxImageEffectPropFrameRate, preferences.FrameRate);
            set.Put(kOfxImageEffectPropUnmappedFrameRate, preferences.FrameRate);
            set.Put(kOfxImageEffectPropFrameRange, Project.FirstFrame, Project.LastFrame);
            set.Put(kOfxImageEffectPropUnmappedFrameRange, Project.FirstFrame, Project.LastFrame);
            set.PutTexts(kOfxImageClipPropFieldOrder, StandardNames.Of(preferences.FieldOrder));
            set.Put(kOfxImageClipPropContinuousSamples, preferences.IsContinuous ? 1 : 0);
            set.Put(kOfxImageClipPropConnected, 1);
        }

        set.PutTexts(kOfxImageEffectPropPixelDepth, StandardNames.Of(clip.Depth));
        set.PutTexts(kOfxImageEffectPropComponents, StandardNames.Of(clip.Components));
        set.Put(kOfxImagePropPixelAspectRatio, clip.PixelAspectRatio);
    }

    /// <summary>How much a depth can hold, to compare depths with each other.</summary>
    private static int Rank(PixelDepth depth) => depth switch
    {
        PixelDepth.Byte => 1,
        PixelDepth.Half => 2,
        PixelDepth.Short => 3,
        PixelDepth.Float => 4,
        _ => 0,
    };

    private bool MixesDepths() =>
        Host.Profile.SupportsMultipleClipDepths && _node.Properties.Integer(kOfxImageEffectPropSupportsMultipleClipDepths) != 0;

    private PixelDepth[] UsableDepths() => [.. _node.Properties.Texts(kOfxImageEffectPropSupportedPixelDepths)
        .Select(StandardNames.Depth).Where(depth => depth is { } known && Host.Profile.Depths.Contains(known)).Select(depth => depth!.Value)];

    /// <summary>The depth in which the plug-in gets pictures of a depth: that depth, else the next deeper one, else the deepest.</summary>
    private PixelDepth MapDepth(PixelDepth wanted)
    {
        PixelDepth[] usable = UsableDepths();
        if (usable.Length == 0)
            throw new HostingException(HostingError.UnsupportedContext,
                $"'{Plugin.Identifier}' and host '{Host.Profile.Name}' have no pixel depth in common");
        if (usable.Contains(wanted)) return wanted;
        PixelDepth[] deeper = [.. usable.Where(depth => Rank(depth) > Rank(wanted))];
        return deeper.Length > 0 ? deeper.MinBy(Rank) : usable.MaxBy(Rank);
    }

    /// <summary>The components in which the plug-in gets pictures: those, else RGBA, RGB, alpha.</summary>
    private PixelComponents MapComponents(HostedClip clip, PixelComponents wanted)
    {
        ImmutableArray<PixelComponents> usable = [.. clip.SupportedComponents.Where(Host.Profile.Components.Contains)];
        if (usable.Contains(wanted)) return wanted;
        foreach (PixelComponents components in (ReadOnlySpan<PixelComponents>)[PixelComponents.Rgba, PixelComponents.Rgb, PixelComponents.Alpha])
        {
            if (usable.Contains(components)) return components;
        }

        throw new HostingException(HostingError.UnsupportedContext,
            $"clip '{clip.Name}' of '{Plugin.Identifier}' and host '{Host.Profile.Name}' have no components in common");
    }
}
