namespace RunwayFX.Effects.Tests;

public sealed class RetimeClockTests
{
    private static readonly RetimeClock Clip = new(1001, 1010);

    [TestCase(-3.25)]
    [TestCase(0)]
    [TestCase(1004.1)]
    [TestCase(5000)]
    public void FullSpeed_IsTheTimeItself_EvenOutsideOfTheClip(double time) => Assert.That(Clip.AtSpeed(time, 100, 0), Is.EqualTo(time));

    [TestCase(1001, 25, 0, 1001)]
    [TestCase(1003, 25, 0, 1001.5)]
    [TestCase(1005, 200, 0, 1009)]
    [TestCase(1006, 200, 0, 1010)]
    [TestCase(900, 25, 0, 1001)]
    [TestCase(1001, 50, 4, 1005)]
    [TestCase(1001, -100, 0, 1010)]
    [TestCase(1004, -100, 2, 1005)]
    [TestCase(1009, 0, 3, 1004)]
    public void Speed_CountsFromTheClipsStart_AndHoldsItsEnds(double time, double speed, double start, double expected) =>
        Assert.That(Clip.AtSpeed(time, speed, start), Is.EqualTo(expected).Within(1e-9));

    [TestCase(24, 60, 1006, 1003)]
    [TestCase(25, 25, 1006.5, 1006.5)]
    [TestCase(60, 24, 1002, 1003.5)]
    public void Rate_KeepsTheDuration(double from, double to, double time, double expected) =>
        Assert.That(Clip.AtRate(time, from, to), Is.EqualTo(expected).Within(1e-9));

    [TestCase(100, 0, 10)]
    [TestCase(25, 0, 40)]
    [TestCase(-25, 0, 40)]
    [TestCase(300, 0, 3)]
    [TestCase(50, 4, 12)]
    [TestCase(0, 0, 10)]
    [TestCase(10_000, 0, 1)]
    public void Domain_IsTheDurationDividedByTheSpeed(double speed, double start, int frames) =>
        Assert.That(Clip.DomainAtSpeed(speed, start), Is.EqualTo((1001.0, 1000.0 + frames)));

    [Test]
    public void Domain_AtARate_IsTheDurationInNewFrames()
    {
        Assert.That(Clip.DomainAtRate(24, 60), Is.EqualTo((1001.0, 1025.0)));
        Assert.That(Clip.DomainAtRate(60, 24), Is.EqualTo((1001.0, 1004.0)));
    }

    [Test]
    public void Domain_OfHardlyAnySpeed_IsBounded() =>
        Assert.That(new RetimeClock(0, 99).DomainAtSpeed(1e-12, 0).Last, Is.EqualTo(RetimeClock.FramesMax - 1));

    [TestCase(3, 3, 0)]
    [TestCase(2.9999999999, 3, 0)]
    [TestCase(3.0000000001, 3, 0)]
    [TestCase(3.25, 3, 0.25)]
    [TestCase(-0.75, -1, 0.25)]
    public void Split_SnapsToFrames(double moment, double frame, double fraction)
    {
        (double before, double part) = RetimeClock.Split(moment);

        Assert.That(before, Is.EqualTo(frame));
        Assert.That(part, Is.EqualTo(fraction).Within(1e-12));
    }

    [Test]
    public void FortyPercent_HitsEveryFifthFrameExactly()
    {
        RetimeClock clip = new(0, 999);
        for (int time = 0; time < 2000; time += 5) Assert.That(RetimeClock.Split(clip.AtSpeed(time, 40, 0)).Fraction, Is.Zero, $"{time}");
    }
}
