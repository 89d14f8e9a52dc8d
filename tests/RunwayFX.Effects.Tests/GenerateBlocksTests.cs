namespace RunwayFX.Effects.Tests;

public sealed class GenerateBlocksTests
{
    [TestCase(0, 0, -4, 20)]
    [TestCase(15.5, 0, -4, 20)]
    [TestCase(16, 1, 12, 36)]
    [TestCase(-1, -1, -20, 4)]
    public void Reference_OfATime_CoversItsBlockAndBothBoundaries(double time, double block, double first, double last)
    {
        Assert.That(GenerateBlocks.Block(time), Is.EqualTo(block));
        Assert.That(GenerateBlocks.Reference(time), Is.EqualTo((first, last)));
    }

    [Test]
    public void MadeFrames_OfAdjacentBlocks_ShareTheBoundarysClip()
    {
        (_, double last) = GenerateBlocks.Made(0);
        (double first, _) = GenerateBlocks.Made(GenerateBlocks.FramesMax);

        Assert.That(last - first + 1, Is.EqualTo(2 * GenerateBlocks.BoundaryReach + 1));
        Assert.That(GenerateBlocks.ReferenceReach, Is.GreaterThanOrEqualTo(GenerateBlocks.BoundaryReach));
    }
}
