using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>Index values of the <c>outputKind</c> parameter. The numbers never change.</summary>
public enum OutputKind
{
    /// <summary>The picture.</summary>
    Result = 0,

    /// <summary>How much of each pixel was generated, in all four channels: 0 is the source, 1 shows nothing of it.</summary>
    Matte = 1,

    /// <summary>What was generated, transparent elsewhere: a layer to lay over the source.</summary>
    GeneratedOnly = 2,
}

public static partial class EffectCatalog
{
    /// <summary>Parameter with the share of the result over the source.</summary>
    public const string MixName = "mix";

    /// <summary>Parameter that says what the effect hands out; its values are <see cref="OutputKind"/>.</summary>
    public const string OutputKindName = "outputKind";

    /// <summary>Parameter that says what of the mask clip counts; its values are <see cref="MaskChannel"/>.</summary>
    public const string MaskChannelName = "maskChannel";

    /// <summary>Parameter that turns the mask around.</summary>
    public const string InvertMaskName = "invertMask";

    private static ParameterDefinition Mix() => Unit(MixName, "Mix", "0 shows the source untouched, 1 the full effect.", 1) with { Matters = false };

    private static ParameterDefinition Output() => Choice(OutputKindName, "Output",
        "Result is the picture. Matte shows in white, in all channels, how much of each pixel was generated. Generated Only is what was generated, transparent elsewhere.",
        (int)OutputKind.Result, "Result", "Matte", "Generated Only") with { Matters = false };

    /// <summary>The clip that limits an effect to a part of the picture; of effects whose method has no use for a mask of its own.</summary>
    private static ClipDefinition LimitingMask() => new(MaskClipName, "Mask", "White or opaque where the effect shows, used when Mask from Clip is on.",
        IsOptional: true, ToggleParameter: MaskFromClipName, IsMask: true);

    /// <summary>The rows of <see cref="LimitingMask"/>, in this order.</summary>
    private static ImmutableArray<ParameterDefinition> LimitingMaskRows() =>
    [
        Toggle(MaskFromClipName, "Mask from Clip", "Show the effect only where the Mask input says, the source elsewhere.", false) with { Matters = false },
        Choice(MaskChannelName, "Mask Channel", "What of the Mask input counts. Automatic takes alpha, or luminance where the mask is opaque everywhere.",
            (int)MaskChannel.Automatic, "Automatic", "Alpha", "Luminance") with { Matters = false },
        Toggle(InvertMaskName, "Invert Mask", "Show the effect where the mask leaves out.", false) with { Matters = false },
    ];
}
