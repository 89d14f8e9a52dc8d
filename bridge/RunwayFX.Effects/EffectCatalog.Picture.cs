using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>Index values of the <c>fieldOrder</c> parameter. The numbers never change.</summary>
public enum FieldOrder
{
    /// <summary>What the host says of the clip, which the plug-in puts in its place; the engine takes it for <see cref="Progressive"/>.</summary>
    FromHost = 0,

    /// <summary>Frames show one moment.</summary>
    Progressive = 1,

    /// <summary>Frames hold two fields; the one with the top line, in OpenFX rows 1, 3, 5… from below, is the earlier.</summary>
    UpperFirst = 2,

    /// <summary>Frames hold two fields; the one with the bottom line, in OpenFX rows 0, 2, 4… from below, is the earlier.</summary>
    LowerFirst = 3,
}

/// <summary>Index values of the <c>alphaUse</c> parameter. The numbers never change.</summary>
public enum AlphaUse
{
    /// <summary>The effect reads the source's alpha and makes that of the result.</summary>
    Process = 0,

    /// <summary>The effect reads the source's alpha; the result has it unchanged wherever there is source.</summary>
    Pass = 1,

    /// <summary>The effect takes the source for opaque and its colours as they stand; the result has the source's alpha unchanged wherever there is source.</summary>
    Ignore = 2,
}

public static partial class EffectCatalog
{
    /// <summary>Parameter that says whether frames hold fields, and which comes first; its values are <see cref="FieldOrder"/>.</summary>
    public const string FieldOrderName = "fieldOrder";

    /// <summary>Parameter that says what becomes of alpha; its values are <see cref="AlphaUse"/>.</summary>
    public const string AlphaUseName = "alphaUse";

    /// <summary>The rows about the picture's form that every effect has, in this order; appended to its own, because indices never change.</summary>
    private static ImmutableArray<ParameterDefinition> PictureRows() =>
    [
        Choice(FieldOrderName, "Field Order", "Interlaced clips are taken apart into fields, each treated at its own moment, and put together again. From Host is what the host says "
            + "of the clip; where it says nothing, as DaVinci Resolve does, choose the order here.", (int)FieldOrder.FromHost,
            "From Host", "Progressive", "Upper First", "Lower First"),
        Choice(AlphaUseName, "Alpha", "Process: the effect reads the source's alpha and makes that of the result. Pass: it reads it, and the result keeps the source's. "
            + "Ignore: the source counts as opaque and keeps its alpha.", (int)AlphaUse.Process, "Process", "Pass", "Ignore"),
    ];
}
