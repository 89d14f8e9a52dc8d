using System.Text;
using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>An effect of the catalogue as an OpenFX plug-in. Everything a host is told comes from the table; describing never touches the
/// engine.</summary>
internal sealed class CataloguePlugin(EffectDefinition effect) : EffectPlugin
{
    /// <summary>Name that the standard mandates for the output.</summary>
    public const string OutputClipName = "Output";

    private static readonly string RetimerContext = Encoding.UTF8.GetString(OfxConstants.kOfxImageEffectContextRetimer);
    private static readonly string GeneratorContext = Encoding.UTF8.GetString(OfxConstants.kOfxImageEffectContextGenerator);

    private readonly FrameScratchPool _scratches = new(effect);
    private readonly StillNotice _notice = new(effect);

    /// <inheritdoc/>
    public override string Identifier => effect.PluginId;

    /// <summary>Gives idle connections and frame memory back; the next render makes new ones.</summary>
    public override void Unload() => EngineAccess.ReleaseIdle();

    /// <inheritdoc/>
    public override void Describe(EffectDescriptor descriptor)
    {
        PropertySet properties = descriptor.Properties;
        descriptor.SetLabels(effect.Label, EffectCatalog.Grouping, effect.Description);
        _ = descriptor.AddContext(OfxConstants.kOfxImageEffectContextFilter);
        _ = descriptor.AddContext(OfxConstants.kOfxImageEffectContextGeneral);
        if (effect.IsRetimer) _ = descriptor.AddContext(OfxConstants.kOfxImageEffectContextRetimer);
        if (effect.NeedsNoSource) _ = descriptor.AddContext(OfxConstants.kOfxImageEffectContextGenerator);
        descriptor.SetDepths(ShimHosts.TakesHalf(descriptor.Host)
            ? [BitDepth.Float, BitDepth.Short, BitDepth.Byte, BitDepth.Half]
            : [BitDepth.Float, BitDepth.Short, BitDepth.Byte]);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPluginPropSingleInstance, false);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPluginPropHostFrameThreading, false);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPropSupportsMultiResolution, true);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPropSupportsTiles, false);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPropTemporalClipAccess, effect.NeedsNeighbours);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPluginPropFieldRenderTwiceAlways, false);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPropSupportsMultipleClipDepths, false);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPropSupportsMultipleClipPARs, false);
        _ = properties.TrySet(OfxConstants.kOfxImageEffectPluginRenderThreadSafety, OfxConstants.kOfxImageEffectRenderFullySafe);
        HostColour.Declare(descriptor);
    }

    /// <inheritdoc/>
    public override void DescribeInContext(EffectDescriptor descriptor, string context)
    {
        ReadOnlySpan<ImageComponents> components = effect.Canvas == CanvasRule.MayGrow
            ? [ImageComponents.Rgba, ImageComponents.Rgb, ImageComponents.Alpha]
            : [ImageComponents.Rgba, ImageComponents.Rgb];
        bool isGenerator = context == GeneratorContext;
        foreach (ClipDefinition clip in effect.Clips)
        {
            // A generator has no main input.
            if (isGenerator && !clip.IsOptional) continue;

            // A mask may come as alpha or as a picture in black and white.
            ReadOnlySpan<ImageComponents> taken = clip.IsMask ? [ImageComponents.Rgba, ImageComponents.Rgb, ImageComponents.Alpha] : components;
            if (descriptor.DefineClip(clip.Name, taken) is not { } properties) continue;
            _ = properties.TrySet(OfxConstants.kOfxPropLabel, clip.Label);
            _ = properties.TrySet(OfxConstants.kOfxImageClipPropOptional, clip.IsOptional);
            _ = properties.TrySet(OfxConstants.kOfxImageClipPropIsMask, clip.IsMask);
            _ = properties.TrySet(OfxConstants.kOfxImageEffectPropSupportsTiles, false);
            _ = properties.TrySet(OfxConstants.kOfxImageEffectPropTemporalClipAccess, effect.NeedsNeighbours);
            FieldChoice.Declare(properties);
        }

        if (descriptor.DefineClip(OutputClipName, components) is { } output) _ = output.TrySet(OfxConstants.kOfxImageEffectPropSupportsTiles, false);
        if (context == RetimerContext)
        {
            ParamText text = new(SourceMoments.HostCurveName, SourceMoments.HostCurveLabel, "The source frame to show; the host sets it.", true);
            ParamRange range = new(-SourceMoments.FrameMax, SourceMoments.FrameMax, 0, 1000);
            _ = descriptor.Parameters.DefineDouble(text, range, 0);
        }

        bool portableFirst = ShimHosts.DropsAfterRefusal(descriptor.Host);
        DefineParameters(descriptor.Parameters, portableFirst);
        ClipParams.Define(descriptor.Parameters, hasGroup: !portableFirst);
        if (descriptor.Host.PagesMax > 0)
        {
            ParamText page = new("pageControls", "Controls", "All parameters.", Animates: false);
            _ = descriptor.Parameters.DefinePage(page, [.. effect.Parameters.Select(static parameter => parameter.Name), .. ClipParams.Shown]);
        }
    }

    /// <inheritdoc/>
    public override EffectInstance CreateInstance(InstanceContext context) => new CatalogueInstance(effect, context, _scratches, _notice);

    // A host that refuses a parameter has the table's default for it.
    private void DefineParameters(ParamDescriptors parameters, bool portableFirst)
    {
        if (!portableFirst)
        {
            // A group goes first and its parameters follow it, each in the table's order: panels show them as they were defined.
            foreach (ParameterDefinition parameter in effect.Parameters)
            {
                if (ParameterGroups.Of(parameter.Name) is null) _ = Define(parameters, parameter, "");
            }

            foreach (ParameterGroup group in ParameterGroups.Of(effect))
            {
                bool isDefined = parameters.DefineGroup(new ParamText(group.Name, group.Label, group.Hint, Animates: false), group.IsOpen);
                foreach (ParameterDefinition parameter in effect.Parameters)
                {
                    if (ParameterGroups.Of(parameter.Name) == group) _ = Define(parameters, parameter, isDefined ? group.Name : "");
                }
            }

            return;
        }

        foreach (ParameterDefinition parameter in effect.Parameters)
        {
            if (IsPortable(parameter)) _ = Define(parameters, parameter, "");
        }

        foreach (ParameterDefinition parameter in effect.Parameters)
        {
            if (!IsPortable(parameter)) _ = Define(parameters, parameter, "");
        }
    }

    private static bool IsPortable(ParameterDefinition parameter) => parameter.Kind is ParameterKind.Double or ParameterKind.Boolean;

    /// <summary>Defines a parameter of a table; false where the host refuses.</summary>
    internal static bool Define(ParamDescriptors parameters, ParameterDefinition parameter, string group, bool changesNoPicture = false)
    {
        ParamText text = new(parameter.Name, parameter.Label, parameter.Hint, parameter.Animates, group) { ChangesNoPicture = changesNoPicture };
        ParamRange range = new(parameter.Minimum, parameter.Maximum, parameter.DisplayMinimum, parameter.DisplayMaximum);
        return parameter.Kind switch
        {
            ParameterKind.Double => parameters.DefineDouble(text, range, parameter.Default),
            ParameterKind.Integer => parameters.DefineInteger(text, range, (int)parameter.Default),
            ParameterKind.Boolean => parameters.DefineBoolean(text, parameter.Default != 0),
            ParameterKind.Choice => parameters.DefineChoice(text, parameter.Options.AsSpan(), (int)parameter.Default),
            ParameterKind.FilePath => parameters.DefineString(text, OfxConstants.kOfxParamStringIsFilePath, parameter.DefaultText),
            _ => parameters.DefineString(text, OfxConstants.kOfxParamStringIsSingleLine, parameter.DefaultText),
        };
    }
}
