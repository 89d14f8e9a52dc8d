using RunwayFX.Cli.Rendering;

namespace RunwayFX.Cli.Tests;

internal sealed class FrameRangeTests
{
    [TestCase("0-19", 0, 19)]
    [TestCase("7", 7, 7)]
    [TestCase(" 1001 - 1020 ", 1001, 1020)]
    [TestCase("2147483647", 2147483647, 2147483647)]
    public void WellFormed_IsRead(string text, long first, long last) => Assert.That(FrameRange.Parse(text), Is.EqualTo(new FrameRange(first, last)));

    [TestCase("-3", "not negative")]
    [TestCase("-3-5", "not negative")]
    [TestCase("3--5", "'-5' is not a frame number")]
    [TestCase("9-3", "before the first")]
    [TestCase("", "'' is not a frame number")]
    [TestCase("a-b", "'a' is not a frame number")]
    [TestCase("1.5", "'1.5' is not a frame number")]
    [TestCase("2147483648", "is over 2147483647")]
    [TestCase("1-", "'' is not a frame number")]
    public void Malformed_IsUsageErrorThatSaysWhy(string text, string reason)
    {
        CliException failure = Assert.Throws<CliException>(() => FrameRange.Parse(text))!;
        Assert.That((failure.ExitCode, failure.Message), Is.EqualTo((ExitCode.Usage, failure.Message)));
        Assert.That(failure.Message, Does.Contain(reason));
    }

    [Test]
    public void NumbersOfASequence_BecomeIndices() => Assert.That(new FrameRange(1003, 1005).ToIndices(1001, 10), Is.EqualTo(new FrameRange(2, 4)));

    [TestCase(1000, 1005)]
    [TestCase(1005, 1011)]
    public void OutsideOfTheClip_SaysWhatThereIs(long first, long last) =>
        Assert.That(() => new FrameRange(first, last).ToIndices(1001, 10), Throws.TypeOf<CliException>().With.Message.Contains("1001-1010"));
}
