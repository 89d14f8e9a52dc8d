using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>A picture stream that an effect takes besides its output.</summary>
/// <param name="Name">Stable identifier; the main input is <see cref="EffectDefinition.SourceClipName"/>.</param>
/// <param name="Label">What the user reads.</param>
/// <param name="Hint">Tooltip.</param>
/// <param name="IsOptional">Whether the effect works without it. An optional clip always has a toggle parameter beside it, because some hosts
/// claim that every clip is connected.</param>
/// <param name="ToggleParameter">Name of the boolean parameter that switches the clip on; null for mandatory clips.</param>
/// <param name="IsMask">Whether the clip carries coverage (alpha) rather than a picture.</param>
public sealed record ClipDefinition(string Name, string Label, string Hint, bool IsOptional = false, string? ToggleParameter = null, bool IsMask = false);

/// <summary>How the output's canvas follows from the input's.</summary>
public enum CanvasRule
{
    /// <summary>The output covers what the source covers.</summary>
    AsSource = 0,

    /// <summary>The output may be larger than the source: see <see cref="CanvasGeometry"/>.</summary>
    MayGrow = 1,

    /// <summary>The output may have a size of its own: see <see cref="GenerateCanvas"/>.</summary>
    OwnSize = 2,
}

/// <summary>One effect of the suite: the single place where its identity, clips and parameters are written down. Both the plug-ins and the
/// engine read it, so a parameter added here appears everywhere.</summary>
public sealed record EffectDefinition
{
    /// <summary>Name of the main input clip in every effect (OpenFX mandates it for the Filter context).</summary>
    public const string SourceClipName = "Source";

    /// <summary>Small number that identifies the effect on the wire; never reused.</summary>
    public required int WireId { get; init; }

    /// <summary>Short name for command lines, e.g. <c>style</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Identifier for hosts, <c>org.runwayfx.&lt;effect&gt;</c>; never changes once shipped.</summary>
    public string PluginId => EffectCatalog.PluginIdPrefix + Name;

    /// <summary>What the host's menu shows, e.g. <c>RunwayFX Style</c>.</summary>
    public required string Label { get; init; }

    /// <summary>A sentence for the host's description field.</summary>
    public required string Description { get; init; }

    /// <summary>Grows when the same parameters give another picture.</summary>
    public required int AlgorithmVersion { get; init; }

    /// <summary>Input clips; the first is the source.</summary>
    public required ImmutableArray<ClipDefinition> Clips { get; init; }

    /// <summary>Parameters in the order in which they are shown; the index in this array is the parameter's index on the wire.</summary>
    public required ImmutableArray<ParameterDefinition> Parameters { get; init; }

    /// <summary>Whether a render at t may ask for other frames of the source.</summary>
    public bool NeedsNeighbours { get; init; }

    /// <summary>Whether the effect shows other moments of the source than the one asked for, so that its result may be longer or shorter
    /// (see <see cref="RetimeClock"/>) and OpenFX's Retimer context fits it.</summary>
    public bool IsRetimer { get; init; }

    /// <summary>Whether the effect can do without a source, so that OpenFX's Generator context fits it.</summary>
    public bool NeedsNoSource { get; init; }

    /// <summary>Whether the mask clip says what the effect's own method works on; else it says where the result shows.</summary>
    public bool TakesMask { get; init; }

    /// <summary>How the output canvas follows from the source.</summary>
    public CanvasRule Canvas { get; init; }

    /// <summary>Index of an input clip by name; −1 where there is none.</summary>
    public int IndexOfClip(string name)
    {
        for (int index = 0; index < Clips.Length; index++)
        {
            if (string.Equals(Clips[index].Name, name, StringComparison.Ordinal)) return index;
        }

        return -1;
    }

    /// <summary>Index of a parameter by name; −1 where there is none.</summary>
    public int IndexOf(string name)
    {
        for (int index = 0; index < Parameters.Length; index++)
        {
            if (string.Equals(Parameters[index].Name, name, StringComparison.Ordinal)) return index;
        }

        return -1;
    }
}
