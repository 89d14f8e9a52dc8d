using System.Collections.Immutable;
using AdobeEffects.Raw;
using RunwayFX.Effects;
using AdobeEffect = AdobeEffects.Plugins.EffectDefinition;
using AdobeKind = AdobeEffects.Plugins.ParameterKind;
using AdobeParameter = AdobeEffects.Plugins.ParameterDefinition;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;
using CatalogueKind = RunwayFX.Effects.ParameterKind;
using CatalogueParameter = RunwayFX.Effects.ParameterDefinition;

namespace RunwayFX.Premiere;

/// <summary>An effect of the catalogue as Premiere and After Effects define effects: the same names, ranges and defaults.</summary>
/// <remarks>Projects know a parameter by its id: the place in the catalogue plus 1, because parameters are only added at its end; layers count from 1000.</remarks>
internal static class CatalogueMapping
{
    /// <summary>Id of the first layer; clips follow in the catalogue's order.</summary>
    public const int FirstLayerId = 1000;

    /// <summary>Effects that Premiere offers. A change of speed is the program's own business: a layer has the length it has.</summary>
    public static ImmutableArray<CatalogueEffectDefinition> Effects { get; } = [.. EffectCatalog.All.Where(effect => !effect.IsRetimer)];

    /// <summary>Makes the definition.</summary>
    public static AdobeEffect Make(CatalogueEffectDefinition effect)
    {
        List<AdobeParameter> parameters = [];
        for (int index = 0; index < effect.Parameters.Length; index++) parameters.Add(Make(effect.Parameters[index], index + 1));
        for (int index = 1; index < effect.Clips.Length; index++)
        {
            ClipDefinition clip = effect.Clips[index];
            parameters.Add(new AdobeParameter { Key = LayerKey(index), Id = FirstLayerId + index, Kind = AdobeKind.Layer, Label = clip.Label });
        }

        return new AdobeEffect(effect.Label, EffectCatalog.Grouping, effect.PluginId, [.. parameters])
        {
            UsesOtherFrames = effect.NeedsNeighbours,
            HasExternalFiles = effect.Parameters.Any(parameter => parameter.Kind == CatalogueKind.FilePath),
            // What these numbers mean is the colour space parameter's to say, so the host does not make them linear first.
            PremiereFormats = [PF_PixelFormat.PrPixelFormat_BGRA_4444_32f, PF_PixelFormat.PrPixelFormat_BGRA_4444_8u],
        };
    }

    /// <summary>What the layer of a clip is called here.</summary>
    public static string LayerKey(int clip) => $"layer {clip}";

    private static AdobeParameter Make(CatalogueParameter parameter, int id)
    {
        AdobeParameter made = new()
        {
            Key = parameter.Name,
            Id = id,
            Kind = parameter.Kind switch
            {
                CatalogueKind.Boolean => AdobeKind.Checkbox,
                CatalogueKind.Choice => AdobeKind.Popup,
                CatalogueKind.Text or CatalogueKind.FilePath => AdobeKind.Button,
                _ => AdobeKind.Slider,
            },
            Label = parameter.Label,
            Animates = parameter.Animates,
            Default = parameter.Default,
            Options = parameter.Options,
        };
        if (parameter.Kind is CatalogueKind.Double or CatalogueKind.Integer)
        {
            return made with
            {
                Minimum = parameter.Minimum,
                Maximum = parameter.Maximum,
                DisplayMinimum = parameter.DisplayMinimum,
                DisplayMaximum = parameter.DisplayMaximum,
                Digits = parameter.Kind == CatalogueKind.Integer ? 0 : 3,
            };
        }

        // The ABI has no text parameters: the text stands in the project, a button leads to it, and what stands there is shown as the panel is redrawn.
        return made with
        {
            Caption = parameter.Kind switch { CatalogueKind.FilePath => "Choose...", CatalogueKind.Text => "From File...", _ => "" },
            IsSupervised = parameter.IsText,
        };
    }
}
