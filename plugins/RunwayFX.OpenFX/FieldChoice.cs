using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>What the field order means in a host: what the user chose, else what the host says of the source. The engine takes frames apart and weaves them.</summary>
internal static class FieldChoice
{
    /// <summary>Asks a host that knows fields for whole frames with both; what a host takes apart all the same the engine leaves as it is.</summary>
    public static void Declare(in PropertySet clip) => _ = clip.TrySet(OfxConstants.kOfxImageClipPropFieldExtraction, OfxConstants.kOfxImageFieldBoth);

    /// <summary>Puts the host's word in the place of <see cref="FieldOrder.FromHost"/>.</summary>
    public static void Resolve(EffectDefinition effect, in InstanceParameters parameters, Clip? source)
    {
        int index = effect.IndexOf(EffectCatalog.FieldOrderName);
        if (index < 0 || (FieldOrder)parameters.Numbers[index] != FieldOrder.FromHost) return;
        parameters.Numbers[index] = (double)(source?.Properties.GetField(OfxConstants.kOfxImageClipPropFieldOrder) switch
        {
            ImageField.Upper => FieldOrder.UpperFirst,
            ImageField.Lower => FieldOrder.LowerFirst,
            _ => FieldOrder.Progressive,
        });
    }

    /// <summary>Frames either way beside those that an effect needs, by which motion between fields is told from fine detail.</summary>
    public const double MarginFrames = 1;

    /// <summary>Whether frames are taken apart; after <see cref="Resolve"/>.</summary>
    public static bool IsInterlaced(in InstanceParameters parameters) =>
        (FieldOrder)parameters.Number(EffectCatalog.FieldOrderName) is FieldOrder.UpperFirst or FieldOrder.LowerFirst;
}
