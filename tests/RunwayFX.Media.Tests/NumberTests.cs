using CsCheck;

namespace RunwayFX.Media.Tests;

public sealed class NumberTests
{
    private static readonly Rational _ntsc = new(30000, 1001);

    [TestCase("30000/1001", 30000, 1001)]
    [TestCase("10:11", 10, 11)]
    [TestCase("25", 25, 1)]
    [TestCase("23.976", 24000, 1001)]
    [TestCase("29.97", 30000, 1001)]
    [TestCase("59.94", 60000, 1001)]
    [TestCase("12.5", 25, 2)]
    public void Rate_ReadsAsPeopleMeanIt(string text, int top, int bottom)
    {
        Assert.That(Rational.TryParse(text, out Rational rate), Is.True);
        Assert.That(rate, Is.EqualTo(new Rational(top, bottom)));
    }

    [TestCase("")]
    [TestCase("1/0")]
    [TestCase("-25")]
    [TestCase("100000001/1")]
    [TestCase("x")]
    public void NoRate_IsNotRead(string text) => Assert.That(Rational.TryParse(text, out _), Is.False);

    [TestCase("00:00:59;29", 1, "00:01:00;02")]
    [TestCase("00:09:59;29", 1, "00:10:00;00")]
    [TestCase("00:59:59;29", 1, "01:00:00;00")]
    [TestCase("00:01:00;02", -1, "00:00:59;29")]
    [TestCase("23:59:59;29", 1, "00:00:00;00")]
    [TestCase("01:00:00:00", 30, "01:00:01:00")]
    [TestCase("00:00:00:00", -1, "23:59:59:29")]
    public void Timecode_Advances(string start, long frames, string expected)
    {
        Assert.That(Timecode.TryParse(start, out Timecode code), Is.True);
        Assert.That(code.Add(frames, _ntsc).ToString(), Is.EqualTo(expected));
    }

    [Test]
    public void DropFrame_NeverNamesADroppedNumber() => Gen.Int[0, 2_589_407].Sample(frame =>
    {
        Timecode code = new Timecode(0, 0, 0, 0, true).Add(frame, _ntsc);
        return code.ToFrameNumber(_ntsc) == frame && (code.Seconds != 0 || code.Frames >= 2 || code.Minutes % 10 == 0);
    });

    [TestCase("1:00:00:00")]
    [TestCase("00:61:00:00")]
    [TestCase("00:00:00-00")]
    [TestCase("aa:00:00:00")]
    public void NoTimecode_IsNotRead(string text) => Assert.That(Timecode.TryParse(text, out _), Is.False);

    [Test]
    public void ErrorNumbers_AreFrozen() => Assert.That(
        Enum.GetValues<MediaError>().Select(code => $"{(int)code} {code}"),
        Is.EqualTo(new[]
        {
            "1 NotFound", "2 ToolMissing", "3 Malformed", "4 TooLarge", "5 Unsupported", "6 WouldLose", "7 ToolFailed", "8 WriteFailed",
                "9 FrameOutOfRange",
            "10 SizeChanged", "11 PathRefused", "12 AccessDenied",
        }));
}
