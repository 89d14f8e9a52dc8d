using System.Collections.Immutable;

namespace OpenFX.Hosting;

/// <summary>How many threads may render with a plug-in at once.</summary>
public enum RenderThreadSafety
{
    /// <summary>One render of the whole plug-in at a time.</summary>
    Unsafe = 0,

    /// <summary>One render per instance at a time.</summary>
    InstanceSafe = 1,

    /// <summary>Any number.</summary>
    FullySafe = 2,
}

/// <summary>Kind of a parameter's value.</summary>
public enum HostedParameterKind
{
    /// <summary>One whole number.</summary>
    Integer = 0,

    /// <summary>One number.</summary>
    Double = 1,

    /// <summary>0 or 1.</summary>
    Boolean = 2,

    /// <summary>Index of an option.</summary>
    Choice = 3,

    /// <summary>Name of an option.</summary>
    StrChoice = 4,

    /// <summary>Four numbers.</summary>
    Rgba = 5,

    /// <summary>Three numbers.</summary>
    Rgb = 6,

    /// <summary>Two numbers.</summary>
    Double2D = 7,

    /// <summary>Two whole numbers.</summary>
    Integer2D = 8,

    /// <summary>Three numbers.</summary>
    Double3D = 9,

    /// <summary>Three whole numbers.</summary>
    Integer3D = 10,

    /// <summary>A text.</summary>
    String = 11,

    /// <summary>A text only the plug-in understands.</summary>
    Custom = 12,

    /// <summary>Bytes only the plug-in understands.</summary>
    Bytes = 13,

    /// <summary>Holds other parameters; no value.</summary>
    Group = 14,

    /// <summary>A page of controls; no value.</summary>
    Page = 15,

    /// <summary>A button; no value.</summary>
    PushButton = 16,

    /// <summary>One or more curves.</summary>
    Parametric = 17,
}

/// <summary>What a plug-in says of itself.</summary>
public sealed record PluginDescription
{
    /// <summary>Identifier, unique in the world.</summary>
    public required string Identifier { get; init; }

    /// <summary>Name for people.</summary>
    public required string Label { get; init; }

    /// <summary>Menu group, levels separated by slashes.</summary>
    public required string Grouping { get; init; }

    /// <summary>What it does, for people.</summary>
    public required string Description { get; init; }

    /// <summary>Version, major first.</summary>
    public required ImmutableArray<int> Version { get; init; }

    /// <summary>Contexts it works in.</summary>
    public required ImmutableArray<EffectContext> Contexts { get; init; }

    /// <summary>Depths it works with.</summary>
    public required ImmutableArray<PixelDepth> Depths { get; init; }

    /// <summary>How many threads may render at once.</summary>
    public required RenderThreadSafety ThreadSafety { get; init; }

    /// <summary>Whether the host may cut a frame into pieces for several threads.</summary>
    public required bool HostFrameThreading { get; init; }

    /// <summary>Whether part of a frame can be rendered.</summary>
    public required bool SupportsTiles { get; init; }

    /// <summary>Whether inputs may differ in size.</summary>
    public required bool SupportsMultiResolution { get; init; }

    /// <summary>Whether it asks for frames at other times.</summary>
    public required bool TemporalClipAccess { get; init; }

    /// <summary>Whether inputs may differ in depth.</summary>
    public required bool SupportsMultipleClipDepths { get; init; }
}

/// <summary>A clip a plug-in declares.</summary>
/// <param name="Name">Name, as used in scripts.</param>
/// <param name="Label">Name for people.</param>
/// <param name="IsOptional">Whether it may stay unconnected.</param>
/// <param name="IsMask">Whether it is a mask.</param>
/// <param name="Components">Components it accepts.</param>
/// <param name="TemporalAccess">Whether frames at other times are asked of it.</param>
public sealed record ClipDescription(
    string Name, string Label, bool IsOptional, bool IsMask, ImmutableArray<PixelComponents> Components, bool TemporalAccess);

/// <summary>A parameter a plug-in declares.</summary>
public sealed record ParameterDescription
{
    /// <summary>Name, as used in scripts.</summary>
    public required string Name { get; init; }

    /// <summary>Name for people.</summary>
    public required string Label { get; init; }

    /// <summary>Explanation for people.</summary>
    public required string Hint { get; init; }

    /// <summary>Kind of value.</summary>
    public required HostedParameterKind Kind { get; init; }

    /// <summary>Group it belongs to; empty for none.</summary>
    public required string Parent { get; init; }

    /// <summary>Default numbers, one per dimension; empty for texts.</summary>
    public required ImmutableArray<double> Default { get; init; }

    /// <summary>Default text.</summary>
    public required string DefaultText { get; init; }

    /// <summary>Smallest values, one per dimension; empty where the kind has no range.</summary>
    public required ImmutableArray<double> Minimum { get; init; }

    /// <summary>Largest values, one per dimension.</summary>
    public required ImmutableArray<double> Maximum { get; init; }

    /// <summary>Left ends of the sliders.</summary>
    public required ImmutableArray<double> DisplayMinimum { get; init; }

    /// <summary>Right ends of the sliders.</summary>
    public required ImmutableArray<double> DisplayMaximum { get; init; }

    /// <summary>Labels of a choice, by index.</summary>
    public required ImmutableArray<string> Options { get; init; }

    /// <summary>Names of a string choice, by index.</summary>
    public required ImmutableArray<string> OptionNames { get; init; }

    /// <summary>Whether the value may change over time.</summary>
    public required bool Animates { get; init; }

    /// <summary>Whether the control is hidden.</summary>
    public required bool IsSecret { get; init; }

    /// <summary>Whether the plug-in declared a range and a display range itself.</summary>
    public required bool HasDeclaredRange { get; init; }
}

/// <summary>What a plug-in declares for one context.</summary>
/// <param name="Context">The context.</param>
/// <param name="Clips">Clips in order; <c>Output</c> among them.</param>
/// <param name="Parameters">Parameters in order, groups and pages included.</param>
public sealed record ContextDescription(EffectContext Context, ImmutableArray<ClipDescription> Clips,
    ImmutableArray<ParameterDescription> Parameters);
