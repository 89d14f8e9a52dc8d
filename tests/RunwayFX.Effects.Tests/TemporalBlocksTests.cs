namespace RunwayFX.Effects.Tests;

public sealed class TemporalBlocksTests
{
    [TestCase(0, 0)]
    [TestCase(23.5, 0)]
    [TestCase(24, 24)]
    [TestCase(-0.5, -24)]
    [TestCase(-24, -24)]
    public void Start_OfATime_IsItsBlocksFirstFrame(double time, double start) => Assert.That(TemporalBlocks.Start(time), Is.EqualTo(start));

    [TestCase(0, -24)]
    [TestCase(3.9, -24)]
    [TestCase(4, 0)]
    [TestCase(23, 0)]
    [TestCase(27, 0)]
    [TestCase(28, 24)]
    [TestCase(-20, -24)]
    public void WalkStart_WhileABlockFades_IsThePreviousBlocks(double time, double start) => Assert.That(TemporalBlocks.WalkStart(time), Is.EqualTo(start));

    [TestCase(383, 0)]
    [TestCase(384, 384)]
    [TestCase(-1, -384)]
    public void Anchor_OfATime_IsSharedBySixteenBlocks(double time, double anchor) => Assert.That(TemporalBlocks.Anchor(time), Is.EqualTo(anchor));

    [TestCase(30, 24 - 12, 47 + 12)]
    [TestCase(25, 0 - 12, 47 + 12)]
    [TestCase(-1, -24 - 12, -1 + 12)]
    public void Around_ATime_CoversItsBlockAndWhatItFadesFrom(double time, double first, double last) =>
        Assert.That(TemporalBlocks.Around(time, 12), Is.EqualTo((first, last)));
}
