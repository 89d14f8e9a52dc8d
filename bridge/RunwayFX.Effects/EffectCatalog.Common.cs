namespace RunwayFX.Effects;

/// <summary>Index values of the <c>quality</c> parameter.</summary>
public enum QualityLevel
{
    /// <summary>Fast look while editing.</summary>
    Draft = 0,

    /// <summary>The default.</summary>
    Standard = 1,

    /// <summary>More search, for finals.</summary>
    High = 2,
}

/// <summary>Index values of the <c>colourSpace</c> parameter: what the host's numbers mean. The numbers never change.</summary>
public enum ColourSpaceOption
{
    /// <summary>Rec.709 primaries as displayed by BT.1886 (gamma 2.4).</summary>
    Rec709Bt1886 = 0,

    /// <summary>Rec.709 primaries with the BT.709 camera curve.</summary>
    Rec709Camera = 1,

    /// <summary>IEC 61966-2-1 sRGB.</summary>
    Srgb = 2,

    /// <summary>Scene-linear, Rec.709 primaries.</summary>
    LinearRec709 = 3,

    /// <summary>Scene-linear, Rec.2020 primaries.</summary>
    LinearRec2020 = 4,

    /// <summary>Scene-linear, ACES AP1 primaries.</summary>
    AcesCg = 5,

    /// <summary>ACES logarithmic grading space (S-2016-001).</summary>
    AcesCct = 6,

    /// <summary>Rec.2020 primaries as displayed by BT.1886.</summary>
    Rec2020Bt1886 = 7,

    /// <summary>Rec.2020 primaries, SMPTE ST 2084 (PQ), 1.0 = 10 000 cd/m².</summary>
    Rec2100Pq = 8,

    /// <summary>Rec.2020 primaries, ARIB STD-B67 (HLG), scene-referred signal.</summary>
    Rec2100Hlg = 9,

    /// <summary>DaVinci Wide Gamut, DaVinci Intermediate.</summary>
    DaVinciIntermediate = 10,

    /// <summary>ARRI Wide Gamut 3, LogC3 EI 800.</summary>
    ArriLogC3 = 11,

    /// <summary>ARRI Wide Gamut 4, LogC4.</summary>
    ArriLogC4 = 12,

    /// <summary>Sony S-Gamut3.Cine, S-Log3.</summary>
    SonySLog3 = 13,
}

public static partial class EffectCatalog
{
    /// <summary>Parameter that lets a host which manages colour say what the clip's numbers mean.</summary>
    public const string ColourFromHostName = "colourFromHost";

    /// <summary>Parameter that says how much search a picture is worth; its values are <see cref="QualityLevel"/>.</summary>
    public const string QualityName = "quality";

    private static ParameterDefinition Unit(string name, string label, string hint, double value) => Number(name, label, hint, 0, 1, 0, 1, value);

    private static ParameterDefinition Number(string name, string label, string hint, double minimum, double maximum, double displayMinimum, double displayMaximum, double value) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Double,
        Minimum = minimum, Maximum = maximum, DisplayMinimum = displayMinimum, DisplayMaximum = displayMaximum, Default = value,
    };

    /// <summary>A number that holds for the whole clip.</summary>
    private static ParameterDefinition Constant(string name, string label, string hint, double minimum, double maximum, double displayMinimum, double displayMaximum, double value) =>
        Number(name, label, hint, minimum, maximum, displayMinimum, displayMaximum, value) with { Animates = false };

    private static ParameterDefinition Toggle(string name, string label, string hint, bool value) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Boolean, Default = value ? 1 : 0, Animates = false,
    };

    private static ParameterDefinition Choice(string name, string label, string hint, int value, params string[] options) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.Choice, Options = [.. options],
        Maximum = options.Length - 1, DisplayMaximum = options.Length - 1, Default = value, Animates = false,
    };

    private static ParameterDefinition FilePath(string name, string label, string hint) => new()
    {
        Name = name, Label = label, Hint = hint, Kind = ParameterKind.FilePath, Animates = false,
    };

    private static ParameterDefinition Quality() => Choice(QualityName, "Quality", "Draft is quick, High searches longer.", (int)QualityLevel.Standard, "Draft", "Standard", "High");

    private static ParameterDefinition Seed() => new()
    {
        Name = "seed", Label = "Seed", Hint = "Another number gives another result; the same number always gives the same picture.",
        Kind = ParameterKind.Integer, Minimum = 0, Maximum = int.MaxValue, DisplayMinimum = 0, DisplayMaximum = 1000, Default = 1, Animates = false,
    };

    private static ParameterDefinition ColourSpace() => Choice("colourSpace", "Colour Space",
        "What the clip's numbers mean. Matching happens on perceptual values derived from it; pixels keep their own encoding.", 0,
        "Rec.709 (BT.1886)", "Rec.709 (camera)", "sRGB", "Linear Rec.709", "Linear Rec.2020", "ACEScg", "ACEScct", "Rec.2020 (BT.1886)",
        "Rec.2100 PQ", "Rec.2100 HLG", "DaVinci Intermediate", "ARRI LogC3", "ARRI LogC4", "Sony S-Log3");

    private static ParameterDefinition ColourFromHost() => Toggle(ColourFromHostName, "Colour Space from Host",
        "In hosts that manage colour, the host's colour space takes the place of the parameter; where the host names none that the effect knows, the parameter holds.", true) with { Matters = false }; // The plug-in puts the host's space in the place of the parameter's.
}
