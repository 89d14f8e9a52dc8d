using System.Collections.Immutable;

namespace RunwayFX.Effects;

/// <summary>What a parameter holds. The numbers travel on the wire and stand in saved projects: they only grow.</summary>
public enum ParameterKind
{
    /// <summary>A number with a fraction; see <see cref="ParameterDefinition.Minimum"/>.</summary>
    Double = 1,

    /// <summary>A whole number.</summary>
    Integer = 2,

    /// <summary>On or off, 0 or 1.</summary>
    Boolean = 3,

    /// <summary>One of <see cref="ParameterDefinition.Options"/>, by its 0-based index.</summary>
    Choice = 4,

    /// <summary>Free text.</summary>
    Text = 5,

    /// <summary>A file the user picks; its value is an absolute path or empty.</summary>
    FilePath = 6,
}

/// <summary>One parameter of an effect, as every host shows it and the engine reads it.</summary>
/// <remarks>Values of kinds other than text travel as <see cref="double"/>; integers are exact within it because ranges are
/// bounded to 32 bits. Every number has a range <em>and</em> a display range, because hosts clamp to surprising defaults without them.</remarks>
public sealed record ParameterDefinition
{
    /// <summary>Stable identifier, camelCase ASCII. Saved projects refer to it: it never changes once shipped.</summary>
    public required string Name { get; init; }

    /// <summary>What the user reads beside the control.</summary>
    public required string Label { get; init; }

    /// <summary>One or two sentences for the tooltip.</summary>
    public required string Hint { get; init; }

    /// <summary>What the value is.</summary>
    public required ParameterKind Kind { get; init; }

    /// <summary>Smallest value accepted. 0 for choices and booleans.</summary>
    public double Minimum { get; init; }

    /// <summary>Largest value accepted. Option count − 1 for choices, 1 for booleans.</summary>
    public double Maximum { get; init; } = 1;

    /// <summary>Left end of the slider.</summary>
    public double DisplayMinimum { get; init; }

    /// <summary>Right end of the slider.</summary>
    public double DisplayMaximum { get; init; } = 1;

    /// <summary>Value of a fresh instance, for all kinds but text.</summary>
    public double Default { get; init; }

    /// <summary>Value of a fresh instance, for text and paths.</summary>
    public string DefaultText { get; init; } = "";

    /// <summary>Labels of a choice in index order; the order never changes, new ones are appended.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Whether the value may change over time. Choices of method and text may not.</summary>
    public bool Animates { get; init; } = true;

    /// <summary>Whether another value gives another picture before the host's mix, mask and output choice are applied: what is kept of a clip is kept for the values
    /// that matter, and is as good for any other. False for buttons, states, and what a plug-in or the output stage applies by itself.</summary>
    public bool Matters { get; init; } = true;

    /// <summary>Whether the value is a text rather than a number.</summary>
    public bool IsText => Kind is ParameterKind.Text or ParameterKind.FilePath;

    /// <summary>Brings a value from a host into range: NaN becomes the default, whole-number kinds are rounded to nearest, then clamped.</summary>
    public double Sanitize(double value)
    {
        if (double.IsNaN(value)) return Default;
        if (Kind is not ParameterKind.Double) value = Math.Round(value, MidpointRounding.ToEven);
        return Math.Clamp(value, Minimum, Maximum);
    }
}
