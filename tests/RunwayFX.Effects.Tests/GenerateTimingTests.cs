namespace RunwayFX.Effects.Tests;

public sealed class GenerateTimingTests
{
    [TestCase(-3)]
    [TestCase(0)]
    [TestCase(40.5)]
    public void ResultAsLongAsItsReference_KeepsItsTimes(double time)
    {
        foreach (GenerateTiming timing in new[] { new GenerateTiming(0, 99, 0), new GenerateTiming(0, 99, 100), GenerateTiming.Endless })
        {
            Assert.That(timing.FrameAt(time), Is.EqualTo(time));
            Assert.That(timing.Stretches, Is.False);
        }
    }

    [Test]
    public void EndlessReference_IsThatOfTheBlocks() =>
        Assert.That(GenerateTiming.Endless.Reference(21), Is.EqualTo(GenerateBlocks.Reference(21)));

    [TestCase(1001, 1010, 40, 1001, 1001, 1001, 1040)]
    [TestCase(1001, 1010, 40, 1040, 1010, 1001, 1040)]
    [TestCase(0, 99, 25, 24, 96, 0, 24)]
    [TestCase(0, 99, 25, 900, 99, 0, 24)]
    [TestCase(5, 5, 10, 9, 5, 5, 14)]
    public void OtherLength_IsSpreadOverTheReference(double first, double last, int frames, double time, double frame, double domainFirst, double domainLast)
    {
        GenerateTiming timing = new(first, last, frames);

        Assert.That(timing.FrameAt(time), Is.EqualTo(frame));
        Assert.That(timing.Domain, Is.EqualTo((domainFirst, domainLast)));
    }

    [TestCase(0, 99, 400)]
    [TestCase(0, 9999, 100)]
    [TestCase(-50, 49, 0)]
    public void Reference_LiesWithinTheNamedFramesAndItsLimit(double clipFirst, double clipLast, int frames)
    {
        GenerateTiming timing = new(clipFirst, clipLast, frames);
        for (double time = timing.Domain.First; time <= timing.Domain.Last; time += 7)
        {
            (double first, double last) = timing.Reference(time);
            Assert.That(first, Is.InRange(clipFirst, last), $"{time}");
            Assert.That(last, Is.LessThanOrEqualTo(clipLast), $"{time}");
            Assert.That(last - first + 1, Is.LessThanOrEqualTo(GenerateTiming.ReferenceFramesMax), $"{time}");
        }
    }

    [TestCase(0, 0.5, 77, 77)]
    [TestCase(1920, 1, 5, 1920)]
    [TestCase(1920, 0.5, 5, 960)]
    [TestCase(1001, 0.5, 5, 501)]
    [TestCase(1, 0.01, 5, 1)]
    [TestCase(16384, 64, 5, 16384)]
    public void Side_IsTheWantedOneAtTheRenderScale(int target, double scale, int otherwise, int expected) =>
        Assert.That(GenerateCanvas.Side(target, scale, otherwise), Is.EqualTo(expected));
}
