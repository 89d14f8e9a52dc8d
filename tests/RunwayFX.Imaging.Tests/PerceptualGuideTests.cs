namespace RunwayFX.Imaging.Tests;

public sealed class PerceptualGuideTests
{
    [Test]
    public void DisplayEncoding_PassesAsItIs() =>
        Assert.That(new PerceptualGuide(ColourEncoding.Rec709Bt1886).Convert(0.25f, 0.5f, 1f), Is.EqualTo((0.25f, 0.5f, 1f)));

    [Test]
    public void EveryEncoding_OfAnyNumbers_StaysInRange()
    {
        float[] hostile = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.MinValue, -0f, 0, 1, 1e-40f, 100];
        foreach (ColourEncoding encoding in Enum.GetValues<ColourEncoding>())
        {
            PerceptualGuide guide = new(encoding);
            foreach (float red in hostile)
            {
                foreach (float green in hostile)
                {
                    (float r, float g, float b) = guide.Convert(red, green, 0.5f);
                    Assert.That(new[] { r, g, b }, Has.All.InRange(0f, 1f), $"{encoding} of ({red}, {green})");
                }
            }
        }
    }

    [Test]
    public void DiffuseGrey_LooksAlikeInEveryEncoding()
    {
        foreach (ColourEncoding encoding in Enum.GetValues<ColourEncoding>())
        {
            double white = encoding switch
            {
                ColourEncoding.Rec2100Pq => 0.0203,
                ColourEncoding.Rec2100Hlg => TransferFunction.ToLinear(encoding, 0.75),
                _ => 1,
            };
            float signal = (float)TransferFunction.FromLinear(encoding, 0.18 * white);
            (float red, float green, float blue) = new PerceptualGuide(encoding).Convert(signal, signal, signal);

            Assert.That(new[] { red, green, blue }, Has.All.EqualTo(0.46f).Within(0.06f), $"{encoding}");
        }
    }

    [Test]
    public void Highlights_StayApart()
    {
        PerceptualGuide guide = new(ColourEncoding.LinearRec709);

        Assert.That(guide.Convert(8f, 8f, 8f).Red - guide.Convert(2f, 2f, 2f).Red, Is.GreaterThan(0.01f));
        Assert.That(guide.Convert(0.5f, 0.5f, 0.5f).Red, Is.EqualTo(0.7354f).Within(0.001f));
    }

    [Test]
    public void AlphaOfAPicture_IsSanitised() =>
        Assert.That(new PerceptualGuide(ColourEncoding.Srgb).Convert(new Frame(2, 1, [0, 0, 0, float.NaN, 0, 0, 0, 2])).Pixels,
            Is.EqualTo(new float[] { 0, 0, 0, 0, 0, 0, 0, 1 }));
}
