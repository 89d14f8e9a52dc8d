using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class ToneShiftTests
{
    private const int Side = 64;

    /// <summary>Darker by as much as footage was measured to lose at its border.</summary>
    private const double Darker = -0.8;

    [Test]
    public void Grass_KeepsItsContrastAndColour()
    {
        Frame grass = Grass(), dark = grass.Clone();

        new ToneShift(ColourEncoding.Srgb, false, keepsDetail: true).Apply(dark, (_, _) => Darker, (_, _) => true, 2, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(Mean(dark, 1), Is.InRange(0.4 * Mean(grass, 1), 0.65 * Mean(grass, 1)), "odds of e^-0.8");
            Assert.That(Deviation(dark, 1) / Deviation(grass, 1), Is.InRange(0.75, 0.95), "nearly as much texture as before");
            Assert.That((Mean(dark, 1) - Mean(dark, 0)) / (Mean(grass, 1) - Mean(grass, 0)), Is.InRange(0.75, 0.95), "no greyer: odds of each channel leave 0.6");
            Assert.That(Mean(dark, 2), Is.LessThan(0.03), "blue goes to black");
            Assert.That(dark.Pixels, Has.All.GreaterThanOrEqualTo(0f), "and not beyond");
        });
    }

    [Test]
    public void WithoutDetailKept_OddsTakeTheContrast()
    {
        Frame grass = Grass(), dark = grass.Clone();

        new ToneShift(ColourEncoding.Srgb, false, keepsDetail: false).Apply(dark, (_, _) => Darker, (_, _) => true, 2, CancellationToken.None);

        Assert.That(Deviation(dark, 1) / Deviation(grass, 1), Is.LessThan(0.8));
    }

    /// <summary>What lies beside an edge would glow if the edge counted as detail.</summary>
    [Test]
    public void Edge_HasNoHalo()
    {
        Frame edge = TestPictures.Draw(Side, Side, (x, _) => x < Side / 2 ? (0.2f, 0.2f, 0.2f) : (0.8f, 0.8f, 0.8f));

        new ToneShift(ColourEncoding.Srgb, false, keepsDetail: true).Apply(edge, (_, _) => Darker, (_, _) => true, 2, CancellationToken.None);

        Assert.That(edge.Row(30)[4 * (Side / 2 - 1)], Is.EqualTo(edge.Row(30)[0]).Within(0.01f));
        Assert.That(edge.Row(30)[4 * (Side / 2)], Is.EqualTo(edge.Row(30)[4 * (Side - 1)]).Within(0.01f));
    }

    [Test]
    public void BeyondBlackAndWhite_NothingIsPushedFurther()
    {
        Frame frame = TestPictures.Draw(Side, Side, (x, y) => y < 32 ? (1.4f, 0.5f, -0.2f) : (float.NaN, 0.5f, float.PositiveInfinity));

        new ToneShift(ColourEncoding.Srgb, false, keepsDetail: true).Apply(frame, (_, _) => Darker, (_, _) => true, 2, CancellationToken.None);

        Assert.Multiple(() =>
        {
            Assert.That(frame.Row(4)[0], Is.InRange(1f, 1.4f));
            Assert.That(frame.Row(4)[2], Is.EqualTo(-0.2f));
            Assert.That(frame.Row(60)[0], Is.NaN);
            Assert.That(frame.Row(60)[2], Is.EqualTo(float.PositiveInfinity));
            Assert.That(frame.Row(60)[3], Is.EqualTo(1f));
        });
    }

    [Test]
    public void WhatIsNotShownOrNotChanged_KeepsItsBitsAndSaysNothing()
    {
        Frame grass = Grass(), alone = grass.Clone(), beside = grass.Clone();
        for (int y = 0; y < Side; y++) beside.Row(y)[..(4 * 20)].Fill(1);

        ToneShift shift = new(ColourEncoding.Srgb, false, keepsDetail: true);
        shift.Apply(alone, (x, _) => x < 40 ? Darker : 0, (x, _) => x >= 20, 1, CancellationToken.None);
        shift.Apply(beside, (x, _) => x < 40 ? Darker : 0, (x, _) => x >= 20, 3, CancellationToken.None);

        Assert.That(alone.Row(9)[..(4 * 20)].ToArray(), Is.EqualTo(grass.Row(9)[..(4 * 20)].ToArray()));
        Assert.That(alone.Row(9)[(4 * 40)..].ToArray(), Is.EqualTo(grass.Row(9)[(4 * 40)..].ToArray()));
        Assert.That(beside.Row(9)[(4 * 20)..].ToArray(), Is.EqualTo(alone.Row(9)[(4 * 20)..].ToArray()));
    }

    /// <summary>A lawn's colours, and texture of several sizes.</summary>
    private static Frame Grass()
    {
        Random random = new(11);
        float[] grain = [.. Enumerable.Range(0, Side * Side).Select(_ => (float)(random.NextDouble() - 0.5) * 0.1f)];
        return TestPictures.Draw(Side, Side, (x, y) =>
        {
            float texture = grain[y * Side + x] + grain[y / 3 * Side + x / 3] / 2;
            return (0.28f + texture, 0.37f + texture, 0.08f + texture / 2);
        });
    }

    private static double Mean(Frame frame, int channel) => Enumerable.Range(0, Side * Side).Average(p => (double)frame.Pixels[4 * p + channel]);

    private static double Deviation(Frame frame, int channel)
    {
        double mean = Mean(frame, channel);
        return Math.Sqrt(Enumerable.Range(0, Side * Side).Average(p => Math.Pow(frame.Pixels[4 * p + channel] - mean, 2)));
    }
}
