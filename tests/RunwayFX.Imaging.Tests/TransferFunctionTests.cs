namespace RunwayFX.Imaging.Tests;

public sealed class TransferFunctionTests
{
    private static IEnumerable<ColourEncoding> Encodings => Enum.GetValues<ColourEncoding>();

    // Published anchors: (encoding, linear light, signal).
    private static readonly (ColourEncoding Encoding, double Linear, double Signal, double Tolerance)[] Anchors =
    [
        (ColourEncoding.Rec709Bt1886, Math.Pow(0.5, 2.4), 0.5, 1e-12),
        (ColourEncoding.Rec709Camera, 0.018, 0.081, 1e-3),
        (ColourEncoding.Rec709Camera, 0.18, 0.4090, 1e-4),
        (ColourEncoding.Srgb, 0.2140411, 0.5, 1e-6),
        (ColourEncoding.Srgb, 0.0031308, 0.0404500, 1e-5),
        (ColourEncoding.AcesCct, 0.18, 0.4135884, 1e-6),
        (ColourEncoding.AcesCct, 0, 0.0729055341958355, 1e-12),
        (ColourEncoding.AcesCct, 65504, 1.4679964, 1e-6),
        (ColourEncoding.Rec2100Pq, 0.01, 0.5080784, 1e-6),      // 100 cd/m²
        (ColourEncoding.Rec2100Pq, 0.0203, 0.5806889, 1e-6),    // 203 cd/m², 58%
        (ColourEncoding.Rec2100Pq, 1, 1, 1e-12),
        (ColourEncoding.Rec2100Hlg, 1.0 / 12, 0.5, 1e-9),
        (ColourEncoding.Rec2100Hlg, 1, 1, 1e-7),
        (ColourEncoding.Rec2100Hlg, 0.2650, 0.75, 1e-3),
        (ColourEncoding.DaVinciIntermediate, 0.18, 0.336043, 1e-5),
        (ColourEncoding.DaVinciIntermediate, 1, 0.513837, 1e-5),
        (ColourEncoding.DaVinciIntermediate, 100, 1, 1e-5),
        (ColourEncoding.ArriLogC3, 0.18, 0.391007, 1e-6),
        (ColourEncoding.ArriLogC3, 0, 0.092809, 1e-9),
        (ColourEncoding.ArriLogC4, 0.18, 0.278396, 1e-5),
        (ColourEncoding.ArriLogC4, 0, 95.0 / 1023, 1e-9),
        (ColourEncoding.ArriLogC4, 469.8, 1, 1e-4),
        (ColourEncoding.SonySLog3, 0.18, 420.0 / 1023, 1e-9),
        (ColourEncoding.SonySLog3, 0, 95.0 / 1023, 1e-9),
        (ColourEncoding.SonySLog3, 0.9, 598.0 / 1023, 1e-3),
    ];

    [Test]
    public void PublishedAnchors_AreMetInBothDirections()
    {
        foreach ((ColourEncoding encoding, double linear, double signal, double tolerance) in Anchors)
        {
            Assert.That(TransferFunction.FromLinear(encoding, linear), Is.EqualTo(signal).Within(tolerance), $"{encoding}: signal of {linear}");
            Assert.That(TransferFunction.FromLinear(encoding, TransferFunction.ToLinear(encoding, signal)), Is.EqualTo(signal).Within(3e-4),
                $"{encoding}: {signal} there and back");
        }
    }

    [TestCaseSource(nameof(Encodings))]
    public void Signals_DecodedAndEncoded_ComeBack(ColourEncoding encoding)
    {
        for (int i = -20; i <= 100; i++)
        {
            double signal = i / 100.0;
            double back = TransferFunction.FromLinear(encoding, TransferFunction.ToLinear(encoding, signal));

            // The published constants of some curves leave a small step where their two pieces meet.
            Assert.That(back, Is.EqualTo(signal).Within(3e-4), $"{encoding} at {signal}");
        }
    }

    [TestCaseSource(nameof(Encodings))]
    public void Curves_Rise(ColourEncoding encoding)
    {
        double last = double.NegativeInfinity;
        for (int i = -300; i <= 1500; i++)
        {
            double linear = TransferFunction.ToLinear(encoding, i / 1000.0);
            Assert.That(linear, Is.GreaterThanOrEqualTo(last - 1e-4), $"{encoding} at {i / 1000.0}");
            last = linear;
        }
    }

    [TestCaseSource(nameof(Encodings))]
    public void NaN_StaysNaN(ColourEncoding encoding)
    {
        Assert.That(TransferFunction.ToLinear(encoding, double.NaN), Is.NaN);
        Assert.That(TransferFunction.FromLinear(encoding, double.NaN), Is.NaN);
    }

    [Test]
    public void UnknownEncoding_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => TransferFunction.ToLinear((ColourEncoding)14, 0.5));

    [Test]
    public void Numbers_AreFrozen() => Assert.That(Enum.GetValues<ColourEncoding>().Select(encoding => $"{(int)encoding} {encoding}"),
        Is.EqualTo(new[]
    {
        "0 Rec709Bt1886", "1 Rec709Camera", "2 Srgb", "3 LinearRec709", "4 LinearRec2020", "5 AcesCg", "6 AcesCct", "7 Rec2020Bt1886", "8 Rec2100Pq",
            "9 Rec2100Hlg",
        "10 DaVinciIntermediate", "11 ArriLogC3", "12 ArriLogC4", "13 SonySLog3",
    }));
}
