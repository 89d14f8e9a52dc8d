using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>Every effect of the suite. Frozen tests pin ids, names, kinds, ranges and option orders: a shipped project must open for ever.</summary>
public static partial class EffectCatalog
{
    /// <summary>The product's name, here and nowhere else.</summary>
    public const string ProductName = "RunwayFX";

    /// <summary>Prefix of all plug-in identifiers.</summary>
    public const string PluginIdPrefix = "org.runwayfx.";

    /// <summary>Menu group in hosts.</summary>
    public const string Grouping = ProductName;

    /// <summary>All effects, in menu order.</summary>
    public static ImmutableArray<EffectDefinition> All { get; } = [CreateStyle(), CreateExtend(), CreateRetime(), CreateGenerate(), CreateRemove(), CreatePerform()];

    /// <summary>Finds an effect by its number on the wire; null where there is none.</summary>
    /// <remarks>Makes no object: hosts' frames come by here.</remarks>
    public static EffectDefinition? FindByWireId(int wireId)
    {
        foreach (EffectDefinition effect in All)
        {
            if (effect.WireId == wireId) return effect;
        }

        return null;
    }

    /// <summary>Finds an effect by plug-in id; null where there is none.</summary>
    public static EffectDefinition? FindByPluginId(string pluginId) => Find(effect => string.Equals(effect.PluginId, pluginId, StringComparison.Ordinal));

    /// <summary>Finds an effect by its short name; null where there is none.</summary>
    public static EffectDefinition? FindByName(string name) => Find(effect => string.Equals(effect.Name, name, StringComparison.OrdinalIgnoreCase));

    private static EffectDefinition? Find(Func<EffectDefinition, bool> matches)
    {
        foreach (EffectDefinition effect in All)
        {
            if (matches(effect)) return effect;
        }

        return null;
    }
}
