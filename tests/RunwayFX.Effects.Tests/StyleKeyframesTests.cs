namespace RunwayFX.Effects.Tests;

public sealed class StyleKeyframesTests
{
    [Test]
    public void Text_IsReadInOrderOfFrames()
    {
        Assert.That(StyleKeyframes.Read(" 48 = /b.png ; -3=/a;b 1.png;12=/c=d.png;", out StyleKeyframe[] keyframes), Is.Null);
        Assert.That(keyframes, Is.EqualTo(new StyleKeyframe[] { new(-3, "/a;b 1.png"), new(12, "/c=d.png"), new(48, "/b.png") }));
        Assert.That(StyleKeyframes.Read(StyleKeyframes.Write(keyframes), out StyleKeyframe[] again), Is.Null);
        Assert.That(again, Is.EqualTo(keyframes));
    }

    [TestCase("", 0)]
    [TestCase(" ; ", 0)]
    [TestCase("1=/a", 1)]
    public void Blank_IsNoKeyframe(string text, int count)
    {
        Assert.That(StyleKeyframes.Read(text, out StyleKeyframe[] keyframes), Is.Null);
        Assert.That(keyframes, Has.Length.EqualTo(count));
    }

    [TestCase("/a.png", "FRAME=FILE")]
    [TestCase("x=/a.png", "FRAME=FILE")]
    [TestCase("1.5=/a.png", "FRAME=FILE")]
    [TestCase("3=", "frame 3 has no file")]
    [TestCase("3=/a;3=/b", "frame 3 is painted twice")]
    [TestCase("100000001=/a", "outside")]
    [TestCase("99999999999999999999999=/a", "outside")]
    public void Nonsense_IsNamed(string text, string wrong)
    {
        Assert.That(StyleKeyframes.Read(text, out StyleKeyframe[] keyframes), Does.Contain(wrong));
        Assert.That(keyframes, Is.Empty);
    }

    [TestCase(StyleKeyframes.CountMax, true)]
    [TestCase(StyleKeyframes.CountMax + 1, false)]
    public void Count_HasALimit(int count, bool isAccepted)
    {
        string text = StyleKeyframes.Write(Enumerable.Range(0, count).Select(frame => new StyleKeyframe(frame, "/a")));
        Assert.That(StyleKeyframes.Read(text, out _) is null, Is.EqualTo(isAccepted));
    }

    [TestCase(-5, null, 10L)]
    [TestCase(10, 10L, null)]
    [TestCase(10.5, 10L, 50L)]
    [TestCase(50, 50L, null)]
    [TestCase(60, 50L, null)]
    public void Around_FindsTheNearestOnEitherSide(double time, long? before, long? after)
    {
        StyleKeyframe[] keyframes = [new(10, "/a"), new(50, "/b")];
        Assert.That(StyleKeyframes.Around(keyframes, time), Is.EqualTo((Key(before), Key(after))));

        StyleKeyframe? Key(long? frame) => frame is { } known ? keyframes.First(keyframe => keyframe.Frame == known) : null;
    }

    [Test]
    public void Reach_HoldsTheFrameAndStaysWithinItsKeyframes()
    {
        StyleKeyframe[] keyframes = [new(10, "/a"), new(90, "/b")];
        for (double time = -30; time < 130; time += 0.5)
        {
            (double first, double last) = StyleKeyframes.Reach(keyframes, time);
            Assert.That(first, Is.LessThanOrEqualTo(time), $"{time}");
            Assert.That(last, Is.GreaterThanOrEqualTo(time), $"{time}");
            Assert.That(last - first, Is.LessThanOrEqualTo(4 * TemporalBlocks.FramesMax), $"{time}");
            if (time is >= 10 and <= 90) Assert.That((first, last), Is.EqualTo((Math.Max(first, 10), Math.Min(last, 90))), $"{time}");
        }
    }
}
