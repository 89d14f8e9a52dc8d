using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class PatchWeightsTests
{
    [Test]
    public void SimpleFractions_BecomeExactWholeNumbers()
    {
        PatchWeights weights = new(5, [1 / 3.0, 1 / 3.0, 1 / 3.0, 1 / 12.0, 1 / 12.0]);
        Assert.Multiple(() =>
        {
            Assert.That(weights.Scale, Is.EqualTo(12));
            Assert.That(weights.Channels.ToArray(), Is.EqualTo(new[] { 4, 4, 4, 1, 1 }));
        });
    }

    [Test]
    public void AwkwardWeights_KeepTheirRatiosWithinTheLimits()
    {
        double[] real = [0.7071, 0.1234, 0.0311];
        PatchWeights weights = new(5, real);
        Assert.Multiple(() =>
        {
            for (int channel = 0; channel < real.Length; channel++) Assert.That(weights.Channels[channel] / weights.Scale,
                Is.EqualTo(real[channel]).Within(0.6 / weights.Scale));
            Assert.That(weights.Channels.ToArray(), Is.All.LessThanOrEqualTo(PatchWeights.WeightMax));
            Assert.That(weights.Channels[0], Is.GreaterThan(100));
        });
    }

    [TestCase(3)]
    [TestCase(PatchWeights.PatchWidthMax)]
    public void PatchWidthAtTheLimit_IsTaken(int width) => Assert.That(new PatchWeights(width, [1]).Radius, Is.EqualTo(width / 2));

    [TestCase(1)]
    [TestCase(4)]
    [TestCase(PatchWeights.PatchWidthMax + 2)]
    public void PatchWidthPastTheLimit_IsRefused(int width) =>
        Assert.That(() => new PatchWeights(width, [1]), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(-0.1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void UnusableWeight_IsRefused(double weight) => Assert.That(() => new PatchWeights(5, [1, weight]), Throws.ArgumentException);

    [Test]
    public void OnlyZeros_AreRefused() => Assert.That(() => new PatchWeights(5, [0, 0]), Throws.ArgumentException);

    [Test]
    public void TooManyChannels_AreRefused()
    {
        Assert.That(new PatchWeights(5, new double[ChannelPicture.ChannelsMax].Select(_ => 1.0).ToArray()).Channels.Length,
            Is.EqualTo(ChannelPicture.ChannelsMax));
        Assert.That(() => new PatchWeights(5, new double[ChannelPicture.ChannelsMax + 1].Select(_ => 1.0).ToArray()), Throws.ArgumentException);
    }
}
