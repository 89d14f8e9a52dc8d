namespace RunwayFX.Imaging.Tests;

/// <summary>The curves against the formulas as they were published, written down a second time with the platform's mathematics; and there and back to 1e-6, for values
/// below 0 and above 1 too.</summary>
public sealed class PublishedCurvesTests
{
    private const double Tolerance = 1e-6;

    /// <summary>Linear light to signal, the range of linear light for which it is published, and where.</summary>
    private static readonly Curve[] Published =
    [
        new(ColourEncoding.Rec709Bt1886, "ITU-R BT.1886-0, annex 1, with black at 0", 0, 4, l => Math.Pow(l, 1 / 2.4)),
        new(ColourEncoding.Rec2020Bt1886, "ITU-R BT.1886-0, annex 1, with black at 0", 0, 4, l => Math.Pow(l, 1 / 2.4)),
        new(ColourEncoding.Rec709Camera, "ITU-R BT.709-6, 1.2", 0, 4, l => l < 0.018 ? 4.500 * l : 1.099 * Math.Pow(l, 0.45) - 0.099),
        new(ColourEncoding.Srgb, "IEC 61966-2-1:1999", 0, 4, l => l <= 0.0031308 ? 12.92 * l : 1.055 * Math.Pow(l, 1 / 2.4) - 0.055),
        new(ColourEncoding.LinearRec709, "linear", -4, 100, l => l),
        new(ColourEncoding.LinearRec2020, "linear", -4, 100, l => l),
        new(ColourEncoding.AcesCg, "AMPAS S-2014-004, linear", -4, 100, l => l),
        new(ColourEncoding.AcesCct, "AMPAS S-2016-001, 4.4", -0.5, 65504, l => l <= 0.0078125 ? 10.5402377416545 * l + 0.0729055341958355 : (Math.Log2(l) + 9.72) / 17.52),
        new(ColourEncoding.Rec2100Pq, "SMPTE ST 2084:2014, 5.2", 0, 2, Pq),
        new(ColourEncoding.Rec2100Hlg, "ITU-R BT.2100-2, table 5", 0, 4,
            l => l <= 1.0 / 12 ? Math.Sqrt(3 * l) : 0.17883277 * Math.Log(12 * l - 0.28466892) + (0.5 - 0.17883277 * Math.Log(4 * 0.17883277))),
        new(ColourEncoding.DaVinciIntermediate, "Blackmagic Design, DaVinci Resolve 17 Wide Gamut Intermediate, 2021", -0.5, 100,
            l => l > 0.00262409 ? (Math.Log2(l + 0.0075) + 7.0) * 0.07329248 : l * 10.44426855),
        new(ColourEncoding.ArriLogC3, "ARRI, ALEXA Log C Curve, EI 800 as scene exposure", -0.5, 55,
            l => l > 0.010591 ? 0.247190 * Math.Log10(5.555556 * l + 0.052272) + 0.385537 : 5.367655 * l + 0.092809),
        new(ColourEncoding.ArriLogC4, "ARRI, LogC4 Specification, 2022", -0.05, 469, LogC4),
        new(ColourEncoding.SonySLog3, "Sony, Technical Summary for S-Gamut3.Cine/S-Log3", -0.5, 38,
            l => l >= 0.01125000 ? (420.0 + Math.Log10((l + 0.01) / (0.18 + 0.01)) * 261.5) / 1023.0 : (l * (171.2102946929 - 95.0) / 0.01125000 + 95.0) / 1023.0),
    ];

    [TestCaseSource(nameof(Published))]
    public void Curve_IsThePublishedFormula(Curve curve)
    {
        foreach (double linear in Samples(curve))
            Assert.That(TransferFunction.FromLinear(curve.Encoding, linear), Is.EqualTo(curve.ToSignal(linear)).Within(Tolerance), $"{curve.Source}: signal of {linear}");
    }

    [TestCaseSource(nameof(Published))]
    public void ThereAndBack_IsTheValue(Curve curve)
    {
        foreach (double linear in Samples(curve).Concat(curve.Lowest < 0 ? [] : Samples(curve).Select(value => -value)))
        {
            double signal = TransferFunction.FromLinear(curve.Encoding, linear), back = TransferFunction.ToLinear(curve.Encoding, signal);
            Assert.That(back, Is.EqualTo(linear).Within(Tolerance * Math.Max(1, Math.Abs(linear))), $"linear {linear}");
            // The two pieces of BT.709 miss each other by 2.5e-4 at 0.018: right there the last bit of the light decides.
            if (curve.Encoding == ColourEncoding.Rec709Camera && Math.Abs(Math.Abs(linear) - 0.018) < 1e-12) continue;
            Assert.That(TransferFunction.FromLinear(curve.Encoding, back), Is.EqualTo(signal).Within(Tolerance), $"signal {signal}");
        }
    }

    [Test]
    public void EveryEncoding_HasAFormulaHere() => Assert.That(Published.Select(curve => curve.Encoding), Is.EquivalentTo(Enum.GetValues<ColourEncoding>()));

    private static IEnumerable<double> Samples(Curve curve)
    {
        for (int step = 0; step <= 1000; step++)
        {
            double part = step / 1000.0;
            yield return curve.Lowest + (curve.Highest - curve.Lowest) * part * part * part; // Most of them where it is dark.
            yield return 0.02 * part; // Where the straight piece meets the curved one.
        }
    }

    private static double Pq(double linear)
    {
        const double M1 = 0.1593017578125, M2 = 78.84375, C1 = 0.8359375, C2 = 18.8515625, C3 = 18.6875;
        double power = Math.Pow(linear, M1);
        return Math.Pow((C1 + C2 * power) / (1 + C3 * power), M2);
    }

    private static double LogC4(double linear)
    {
        double a = (Math.Pow(2, 18) - 16) / 117.45, b = (1023.0 - 95) / 1023, c = 95.0 / 1023;
        double s = 7 * Math.Log(2) * Math.Pow(2, 7 - 14 * c / b) / (a * b), t = (Math.Pow(2, 14 * (-c / b) + 6) - 64) / a;
        return linear >= t ? (Math.Log2(a * linear + 64) - 6) / 14 * b + c : (linear - t) / s;
    }

    /// <summary>A published curve.</summary>
    public sealed record Curve(ColourEncoding Encoding, string Source, double Lowest, double Highest, Func<double, double> ToSignal)
    {
        public override string ToString() => $"{Encoding}: {Source}";
    }
}
