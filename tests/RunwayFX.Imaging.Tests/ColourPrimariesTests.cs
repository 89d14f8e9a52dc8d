namespace RunwayFX.Imaging.Tests;

public sealed class ColourPrimariesTests
{
    [TestCase(ColourEncoding.Srgb, new[] { 0.4123908, 0.3575843, 0.1804808, 0.2126390, 0.7151687, 0.0721923, 0.0193308, 0.1191948, 0.9505322 })]
    [TestCase(ColourEncoding.LinearRec2020, new[] { 0.6369580, 0.1446169, 0.1688810, 0.2627002, 0.6779981, 0.0593017, 0, 0.0280727, 1.0609851 })]
    [TestCase(ColourEncoding.DaVinciIntermediate, new[] { 0.70062239, 0.14877482, 0.10105872, 0.27411851, 0.87363190, -0.14775041, -0.09896291,
        -0.13789533, 1.32591599 })]
    [TestCase(ColourEncoding.ArriLogC3, new[] { 0.638008, 0.214704, 0.097744, 0.291954, 0.823841, -0.115795, 0.002798, -0.067034, 1.153294 })]
    public void PublishedMatricesToXyz_AreMet(ColourEncoding encoding, double[] expected) =>
        Assert.That(ColourPrimaries.ToXyz(encoding), Is.EqualTo(expected).Within(1e-4));

    [Test]
    public void AcesCg_ToRec709_IsThePublishedMatrix() => Assert.That(ColourPrimaries.ToRec709(ColourEncoding.AcesCg),
        Is.EqualTo(new[] { 1.70505, -0.62179, -0.08326, -0.13026, 1.14080, -0.01055, -0.02400, -0.12897, 1.15297 }).Within(1e-4));

    [Test]
    public void White_StaysWhite()
    {
        foreach (ColourEncoding encoding in Enum.GetValues<ColourEncoding>())
        {
            double[] matrix = ColourPrimaries.ToRec709(encoding);
            for (int row = 0; row < 3; row++) Assert.That(matrix[3 * row] + matrix[3 * row + 1] + matrix[3 * row + 2], Is.EqualTo(1).Within(1e-9),
                $"{encoding}");
        }
    }
}
