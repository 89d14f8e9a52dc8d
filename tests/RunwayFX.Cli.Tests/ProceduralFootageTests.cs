using RunwayFX.Cli.Demo;
using RunwayFX.Imaging;
using RunwayFX.Testing;

namespace RunwayFX.Cli.Tests;

internal sealed class ProceduralFootageTests
{
    [Test]
    public void Frames_AreTheSameEachTimeAndMoveOverTime()
    {
        Frame first = ProceduralFootage.Scene(0);
        Assert.That(FrameComparison.AreBitEqual(first, ProceduralFootage.Scene(0)));
        FrameComparison motion = FrameComparison.Between(ProceduralFootage.Scene(1), first);
        Assert.That(motion.Worst, Is.GreaterThan(0.2));
        Assert.That(motion.Mean, Is.InRange(0.0005, 0.05), "the background stands still");
    }

    [Test]
    public void Pictures_AreOpaqueAndInRange([Values] bool isStyle)
    {
        Frame frame = isStyle ? ProceduralFootage.Strokes() : ProceduralFootage.Scene(7);
        Assert.That(frame.Pixels.All(value => value is >= 0 and <= 1));
        Assert.That(Enumerable.Range(0, frame.Width * frame.Height).All(pixel => frame.Pixels[pixel * Frame.Channels + 3] == 1));
    }
}
