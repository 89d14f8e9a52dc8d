using System.Collections.Immutable;
using System.Text;
using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>What a parameter is.</summary>
public enum ParameterKind
{
    /// <summary>A number on a slider.</summary>
    Slider = 1,

    /// <summary>On or off.</summary>
    Checkbox = 2,

    /// <summary>One of several, counted from 0 here (hosts count from 1).</summary>
    Popup = 3,

    /// <summary>A colour.</summary>
    Colour = 4,

    /// <summary>A push button; pressing it is a change of the parameter.</summary>
    Button = 5,

    /// <summary>Begins a group.</summary>
    GroupStart = 6,

    /// <summary>Ends a group.</summary>
    GroupEnd = 7,

    /// <summary>Another layer of the composition or, in Premiere, another track.</summary>
    Layer = 8,
}

/// <summary>One parameter of an effect as hosts show and keep it.</summary>
/// <remarks><see cref="Id"/> and the order of parameters never change once shipped: projects refer to them.</remarks>
public sealed record ParameterDefinition
{
    /// <summary>What the effect calls it.</summary>
    public required string Key { get; init; }

    /// <summary>Number in projects, from 1 on, unique within the effect.</summary>
    public required int Id { get; init; }

    /// <summary>What it is.</summary>
    public required ParameterKind Kind { get; init; }

    /// <summary>What the user reads: up to 31 ASCII characters.</summary>
    public string Label { get; init; } = "";

    /// <summary>Text on a button or behind a check box.</summary>
    public string Caption { get; init; } = "";

    /// <summary>Smallest value of a slider.</summary>
    public double Minimum { get; init; }

    /// <summary>Largest value of a slider.</summary>
    public double Maximum { get; init; } = 1;

    /// <summary>Left end of the slider.</summary>
    public double DisplayMinimum { get; init; }

    /// <summary>Right end of the slider.</summary>
    public double DisplayMaximum { get; init; } = 1;

    /// <summary>Value of a fresh instance: a number, 0 or 1, or a popup's index from 0.</summary>
    public double Default { get; init; }

    /// <summary>A colour's value in a fresh instance.</summary>
    public PF_Pixel DefaultColour { get; init; } = new(255, 0, 0, 0);

    /// <summary>Digits behind a slider's point, 0 to 4; 0 makes whole numbers.</summary>
    public int Digits { get; init; } = 2;

    /// <summary>Entries of a popup, in an order that only grows.</summary>
    public ImmutableArray<string> Options { get; init; } = [];

    /// <summary>Whether the effect is told when the user changes it. Buttons always are.</summary>
    public bool IsSupervised { get; init; }

    /// <summary>Whether it may have keyframes.</summary>
    public bool Animates { get; init; } = true;

    /// <summary>Whether the host does not show it.</summary>
    public bool IsHidden { get; init; }

    /// <summary>Checks that hosts can show and keep it.</summary>
    /// <exception cref="ArgumentException">They cannot; the message names key and value.</exception>
    internal void Validate()
    {
        CheckText(Label, PF_Version.PF_MAX_EFFECT_PARAM_NAME_LEN);
        CheckText(Caption, 255);
        if (Id < 1) throw new ArgumentException($"{Key}: id {Id} is below 1.");
        if (Digits is < 0 or > 4) throw new ArgumentException($"{Key}: {Digits} digits; 0 to 4 are legal.");
        if (Kind == ParameterKind.Popup)
        {
            if (Options.Length is 0 or > short.MaxValue) throw new ArgumentException($"{Key}: {Options.Length} options.");
            foreach (string option in Options) CheckText(option, 255);
            if (Options.Any(option => option.Length == 0 || option.Contains('|', StringComparison.Ordinal)))
                throw new ArgumentException($"{Key}: an option is empty or contains '|', which separates options.");
        }

        if (!(Minimum <= Maximum && DisplayMinimum <= DisplayMaximum && double.IsFinite(Minimum) && double.IsFinite(Maximum)))
            throw new ArgumentException($"{Key}: range {Minimum} to {Maximum}, shown {DisplayMinimum} to {DisplayMaximum}.");
        if (Sanitize(Default) != Default) throw new ArgumentException($"{Key}: default {Default} is not in its range.");
    }

    /// <summary>Brings a host's value into range; what is no number becomes the default.</summary>
    internal double Sanitize(double value)
    {
        if (double.IsNaN(value)) return Default;
        return Kind switch
        {
            ParameterKind.Slider => Math.Clamp(Digits == 0 ? Math.Round(value, MidpointRounding.ToEven) : value, Minimum, Maximum),
            ParameterKind.Popup => Math.Clamp(Math.Round(value), 0, Math.Max(0, Options.Length - 1)),
            ParameterKind.Checkbox => value != 0 ? 1 : 0,
            _ => value,
        };
    }

    private void CheckText(string text, int most)
    {
        if (text.Length > most || !Ascii.IsValid(text) || text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"{Key}: '{text}' has {text.Length} characters; up to {most} of ASCII are legal.");
    }
}
