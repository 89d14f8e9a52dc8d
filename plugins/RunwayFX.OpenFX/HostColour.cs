using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Colour management of OpenFX 1.5, native styles: what the host calls a clip's colour space becomes the value of the effect's colour space parameter.</summary>
/// <remarks>Pixels are never converted by the shim: the effects adapt to what they are given. Nothing is declared to a host that announces no style, because some
/// hosts hide the controls of an effect that does, or end; <see cref="SwitchVariable"/> turns it off in all hosts.</remarks>
internal static class HostColour
{
    /// <summary>Environment variable; <c>off</c> declares and reads no colour management whatever the host announces.</summary>
    public const string SwitchVariable = "RUNWAYFX_OFX_COLOUR";

    /// <summary>Says that a clip has the source's colour space.</summary>
    public const string LikeSource = "OfxColourspace_" + EffectDefinition.SourceClipName;

    /// <summary>Names of the configuration ofx-native-v1.5_aces-v1.3_ocio-v2.3. The first of an option is its name for a result; towards the end stand
    /// the basic spaces, which name an encoding and leave the primaries open, and last the roles.</summary>
    private static readonly (string Name, ColourSpaceOption Option)[] Names =
    [
        ("ACEScg", ColourSpaceOption.AcesCg),
        ("lin_rec709_srgb", ColourSpaceOption.LinearRec709),
        ("lin_rec2020", ColourSpaceOption.LinearRec2020),
        ("ACEScct", ColourSpaceOption.AcesCct),
        ("davinci_intermediate_widegamut", ColourSpaceOption.DaVinciIntermediate),
        ("arri_logc3_ei800", ColourSpaceOption.ArriLogC3),
        ("arri_logc4", ColourSpaceOption.ArriLogC4),
        ("slog3_sgamut3cine", ColourSpaceOption.SonySLog3),
        ("rec1886_rec709_display", ColourSpaceOption.Rec709Bt1886),
        ("g24_rec709_tx", ColourSpaceOption.Rec709Bt1886),
        ("camera_rec709", ColourSpaceOption.Rec709Camera),
        ("srgb_display", ColourSpaceOption.Srgb),
        ("srgb_tx", ColourSpaceOption.Srgb),
        ("rec1886_rec2020_display", ColourSpaceOption.Rec2020Bt1886),
        ("rec2100_pq_display", ColourSpaceOption.Rec2100Pq),
        ("rec2100_hlg_display", ColourSpaceOption.Rec2100Hlg),
        ("ofx_scene_linear", ColourSpaceOption.AcesCg),
        ("ofx_scene_log", ColourSpaceOption.AcesCct),
        ("ofx_display_sdr", ColourSpaceOption.Rec709Bt1886),
        ("ofx_display_hdr", ColourSpaceOption.Rec2100Pq),
        ("scene_linear", ColourSpaceOption.AcesCg),
        ("compositing_log", ColourSpaceOption.AcesCct),
        ("color_timing", ColourSpaceOption.AcesCct),
    ];

    private const int RolesCount = 3;

    /// <summary>What the effect asks for where it cannot use what the source has.</summary>
    private static readonly string[] Preferred = [.. Names[..^RolesCount].Select(static entry => entry.Name)];

    private static readonly bool IsOn = !string.Equals(Environment.GetEnvironmentVariable(SwitchVariable), "off", StringComparison.OrdinalIgnoreCase);

    /// <summary>How many names are known.</summary>
    public static int NamesCount => Names.Length;

    /// <summary>The parameter's value for a name of the configuration; null where the effects have none for it.</summary>
    public static ColourSpaceOption? OptionOf(ReadOnlySpan<char> name)
    {
        foreach ((string known, ColourSpaceOption option) in Names)
        {
            if (name.Equals(known, StringComparison.OrdinalIgnoreCase)) return option;
        }

        return null;
    }

    /// <summary>Tells a host that manages colour that the effect reads its names.</summary>
    public static void Declare(EffectDescriptor descriptor)
    {
        if (!IsOn || !descriptor.Host.IsColourManaged) return;
        _ = descriptor.Properties.TrySet(OfxConstants.kOfxImageEffectPropColourManagementStyle, OfxConstants.kOfxImageEffectColourManagementFull);
        _ = descriptor.Properties.TrySet(OfxConstants.kOfxImageEffectPropColourManagementAvailableConfigs, OfxConstants.kOfxConfigIdentifier);
    }

    /// <summary>Whether the host manages the colours of this instance and the user lets it.</summary>
    public static bool IsManaged(InstanceContext context, in InstanceParameters parameters)
    {
        if (!IsOn || !context.Host.IsColourManaged || parameters.Number(EffectCatalog.ColourFromHostName) == 0) return false;
        ReadOnlySpan<byte> style = OfxConstants.kOfxImageEffectPropColourManagementStyle;
        return context.Properties.Is(style, OfxConstants.kOfxImageEffectColourManagementBasic)
            || context.Properties.Is(style, OfxConstants.kOfxImageEffectColourManagementCore)
            || context.Properties.Is(style, OfxConstants.kOfxImageEffectColourManagementFull);
    }

    /// <summary>Puts what the host says of the source, or of the result where there is no source, in the place of the effect's own parameter. A space that the effects
    /// do not know leaves the parameter as the user set it.</summary>
    /// <param name="effect">The catalogue's table.</param>
    /// <param name="parameters">Changed.</param>
    /// <param name="context">The instance.</param>
    /// <param name="known">The name of the frame before; the same object stays where the name is still that.</param>
    public static void Resolve(EffectDefinition effect, in InstanceParameters parameters, InstanceContext context, ref string known)
    {
        int index = effect.IndexOf("colourSpace");
        if (index < 0 || !IsManaged(context, parameters)) return;
        Clip? clip = context.FindClip(EffectDefinition.SourceClipName) ?? context.FindClip(CataloguePlugin.OutputClipName);
        if (clip is null || !clip.Properties.TryGetString(OfxConstants.kOfxImageClipPropColourspace, known, out string name)) return;
        known = name;
        if (OptionOf(name) is { } option) parameters.Numbers[index] = (double)option;
    }

    /// <summary>Asks for a space that the effects know where the source has another, and for the source's on all other inputs; false where nothing is asked for.</summary>
    public static bool SetPreferences(EffectDefinition effect, InstanceContext context, ClipPreferences preferences)
    {
        bool isSet = false;
        foreach (ClipDefinition definition in effect.Clips)
        {
            if (definition.IsMask || context.FindClip(definition.Name) is not { } clip) continue;
            if (definition.Name != EffectDefinition.SourceClipName)
            {
                preferences.SetColourspaces(definition.Name, LikeSource);
                isSet = true;
                continue;
            }

            string name = clip.Properties.GetString(OfxConstants.kOfxImageClipPropColourspace);
            if (name.Length == 0 || OptionOf(name) is not null) continue;
            preferences.SetColourspaces(definition.Name, Preferred);
            isSet = true;
        }

        return isSet;
    }

    /// <summary>The space of the result: the source's, else the first that the host prefers and the effects know, else the parameter's.</summary>
    public static string OutputSpace(in InstanceParameters parameters, bool hasSource, IReadOnlyList<string> preferred)
    {
        if (hasSource) return LikeSource;
        foreach (string name in preferred)
        {
            if (OptionOf(name) is not null) return name;
        }

        var option = (ColourSpaceOption)(int)parameters.Number("colourSpace");
        foreach ((string name, ColourSpaceOption each) in Names)
        {
            if (each == option) return name;
        }

        return Names[0].Name;
    }
}
