using M = RunwayFX.Imaging.DeterministicMath;

namespace RunwayFX.Imaging;

/// <summary>The curve between an encoding's signal and linear light, per channel.</summary>
/// <remarks>Linear light is relative: 1.0 is the display's white (BT.1886, sRGB), 10 000 cd/m² (PQ), the signal's peak (HLG) or scene white at a
/// reflectance
/// of 100% (camera and log curves, linear). The curves are the published ones, continued below 0 by point symmetry where the standard stops there, so
/// that encoding and decoding undo each other for all finite numbers in the curve's range. NaN stays NaN. Same bits on every machine.</remarks>
public static class TransferFunction
{
    // SMPTE ST 2084.
    private const double PqM1 = 2610.0 / 16384, PqM2 = 2523.0 / 4096 * 128, PqC1 = 3424.0 / 4096, PqC2 = 2413.0 / 4096 * 32,
        PqC3 = 2392.0 / 4096 * 32;

    // ARIB STD-B67 / BT.2100.
    private const double HlgA = 0.17883277, HlgB = 1 - 4 * HlgA, HlgC = 0.55991072952956;

    // ACES S-2016-001.
    private const double CctA = 10.5402377416545, CctB = 0.0729055341958355, CctLinearCut = 0.0078125, CctCut = 0.155251141552511;

    // DaVinci Wide Gamut and Intermediate, Blackmagic Design.
    private const double DiA = 0.0075, DiB = 7, DiC = 0.07329248, DiM = 10.44426855, DiLinearCut = 0.00262409, DiCut = 0.02740668;

    // ARRI LogC3, EI 800.
    private const double C3Cut = 0.010591, C3A = 5.555556, C3B = 0.052272, C3C = 0.247190, C3D = 0.385537, C3E = 5.367655, C3F = 0.092809;

    // ARRI LogC4.
    private const double C4A = (262144.0 - 16) / 117.45, C4B = (1023.0 - 95) / 1023, C4C = 95.0 / 1023;

    // Sony S-Log3.
    private const double SLog3Cut = 171.2102946929;

    private static readonly double C4S = 7 * M.Log(2) * M.Exp2(7 - 14 * C4C / C4B) / (C4A * C4B);
    private static readonly double C4T = (M.Exp2(14 * (-C4C / C4B) + 6) - 64) / C4A;

    /// <summary>Signal to linear light.</summary>
    public static double ToLinear(ColourEncoding encoding, double signal) => encoding switch
    {
        ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec2020Bt1886 => Mirror(signal, static v => M.Pow(v, 2.4)),
        ColourEncoding.Rec709Camera => Mirror(signal, static v => v < 0.081 ? v / 4.5 : M.Pow((v + 0.099) / 1.099, 1 / 0.45)),
        ColourEncoding.Srgb => Mirror(signal, static v => v <= 0.04045 ? v / 12.92 : M.Pow((v + 0.055) / 1.055, 2.4)),
        ColourEncoding.LinearRec709 or ColourEncoding.LinearRec2020 or ColourEncoding.AcesCg => signal,
        ColourEncoding.AcesCct => signal > CctCut ? Math.Min(65504, M.Exp2(signal * 17.52 - 9.72)) : (signal - CctB) / CctA,
        ColourEncoding.Rec2100Pq => Mirror(signal, PqToLinear),
        ColourEncoding.Rec2100Hlg => Mirror(signal, static v => v <= 0.5 ? v * v / 3 : (M.Exp((v - HlgC) / HlgA) + HlgB) / 12),
        ColourEncoding.DaVinciIntermediate => signal > DiCut ? M.Exp2(signal / DiC - DiB) - DiA : signal / DiM,
        ColourEncoding.ArriLogC3 => signal > C3E * C3Cut + C3F ? (M.Exp((signal - C3D) / C3C * M.Log(10)) - C3B) / C3A : (signal - C3F) / C3E,
        ColourEncoding.ArriLogC4 => signal >= 0 ? (M.Exp2(14 * ((signal - C4C) / C4B) + 6) - 64) / C4A : signal * C4S + C4T,
        ColourEncoding.SonySLog3 => SLog3ToLinear(signal),
        _ => throw Unknown(encoding),
    };

    /// <summary>Linear light to signal.</summary>
    public static double FromLinear(ColourEncoding encoding, double linear) => encoding switch
    {
        ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec2020Bt1886 => Mirror(linear, static l => M.Pow(l, 1 / 2.4)),
        ColourEncoding.Rec709Camera => Mirror(linear, static l => l < 0.018 ? l * 4.5 : 1.099 * M.Pow(l, 0.45) - 0.099),
        ColourEncoding.Srgb => Mirror(linear, static l => l <= 0.0031308 ? l * 12.92 : 1.055 * M.Pow(l, 1 / 2.4) - 0.055),
        ColourEncoding.LinearRec709 or ColourEncoding.LinearRec2020 or ColourEncoding.AcesCg => linear,
        ColourEncoding.AcesCct => linear > CctLinearCut ? (M.Log2(linear) + 9.72) / 17.52 : linear * CctA + CctB,
        ColourEncoding.Rec2100Pq => Mirror(linear, PqFromLinear),
        ColourEncoding.Rec2100Hlg => Mirror(linear, static l => l <= 1.0 / 12 ? Math.Sqrt(3 * l) : HlgA * M.Log(12 * l - HlgB) + HlgC),
        ColourEncoding.DaVinciIntermediate => linear > DiLinearCut ? (M.Log2(linear + DiA) + DiB) * DiC : linear * DiM,
        ColourEncoding.ArriLogC3 => linear > C3Cut ? C3C * M.Log10(C3A * linear + C3B) + C3D : C3E * linear + C3F,
        ColourEncoding.ArriLogC4 => linear >= C4T ? (M.Log2(C4A * linear + 64) - 6) / 14 * C4B + C4C : (linear - C4T) / C4S,
        ColourEncoding.SonySLog3 => SLog3FromLinear(linear),
        _ => throw Unknown(encoding),
    };

    /// <summary>Diffuse white in an encoding's linear light: 203 cd/m² in PQ and signal 0.75 in HLG (ITU-R BT.2408), else 1.</summary>
    public static double DiffuseWhite(ColourEncoding encoding) => encoding switch
    {
        ColourEncoding.Rec2100Pq => 203.0 / 10_000,
        ColourEncoding.Rec2100Hlg => ToLinear(ColourEncoding.Rec2100Hlg, 0.75),
        _ => 1,
    };

    private static double PqToLinear(double signal)
    {
        double power = M.Pow(signal, 1 / PqM2);
        double denominator = PqC2 - PqC3 * power;
        return denominator <= 0 ? double.PositiveInfinity : M.Pow(Math.Max(power - PqC1, 0) / denominator, 1 / PqM1);
    }

    private static double PqFromLinear(double linear)
    {
        if (double.IsPositiveInfinity(linear)) return M.Pow(PqC2 / PqC3, PqM2);
        double power = M.Pow(linear, PqM1);
        return M.Pow((PqC1 + PqC2 * power) / (1 + PqC3 * power), PqM2);
    }

    private static double SLog3ToLinear(double signal) => signal >= SLog3Cut / 1023
        ? M.Exp((signal * 1023 - 420) / 261.5 * M.Log(10)) * (0.18 + 0.01) - 0.01
        : (signal * 1023 - 95) * 0.01125000 / (SLog3Cut - 95);

    private static double SLog3FromLinear(double linear) => linear >= 0.01125000
        ? (420 + M.Log10((linear + 0.01) / (0.18 + 0.01)) * 261.5) / 1023
        : (linear * (SLog3Cut - 95) / 0.01125000 + 95) / 1023;

    private static double Mirror(double value, Func<double, double> curve) => value < 0 ? -curve(-value) : curve(value);

    private static ArgumentOutOfRangeException Unknown(ColourEncoding encoding) =>
        new(nameof(encoding), encoding, $"colour encoding {(int)encoding} is unknown");
}
