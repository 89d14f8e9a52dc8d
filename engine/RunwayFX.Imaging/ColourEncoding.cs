namespace RunwayFX.Imaging;

/// <summary>What the numbers of a picture mean. The numbers equal those of the effects' <c>colourSpace</c> parameter and never change.</summary>
public enum ColourEncoding
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
