using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

/// <summary>Mask, luma, moving styles and mats.</summary>
public sealed class StyleOptionTests
{
    [TestCase(MaskChannel.Automatic, false)]
    [TestCase(MaskChannel.Luminance, false)]
    [TestCase(MaskChannel.Luminance, true)]
    public void Mask_LeavesTheRestOfTheBits(MaskChannel channel, bool isInverted)
    {
        StyleScene scene = new(0, 3) { MaskClip = StyleScene.Host(TestPictures.Draw(StyleScene.Width, StyleScene.Height, (x, _) => x < 30 ? (1, 1, 1) : (0, 0, 0))) };
        StylePipeline pipeline = new();
        Frame full = scene.Render(pipeline, 1), source = scene[1].Picture;
        Frame masked = scene.Render(pipeline, 1, ("maskFromClip", 1), ("maskChannel", (int)channel), ("invertMask", isInverted ? 1 : 0));
        for (int index = 0; index < source.Pixels.Length; index++)
        {
            bool isPainted = index / 4 % StyleScene.Width < 30 != isInverted;
            Assert.That(masked.Pixels[index], Is.EqualTo((isPainted ? full : source).Pixels[index]), $"value {index}");
        }
    }

    [Test]
    public void Mask_OfAlphaAndHalf_MixesHalf()
    {
        Frame mask = new(20, 20);
        for (int index = 0; index < mask.Pixels.Length; index += 4) (mask.Pixels[index], mask.Pixels[index + 3]) = (float.NaN, 0.5f);
        StyleScene scene = new(0, 2) { MaskClip = new HostFrame(mask, new PixelWindow(10, 10, 30, 30), false) };
        StylePipeline pipeline = new();
        Frame full = scene.Render(pipeline, 1), source = scene[1].Picture, half = scene.Render(pipeline, 1, ("maskFromClip", 1));
        int inside = 4 * ((StyleScene.Height - 1 - 15) * StyleScene.Width + 15), outside = 4 * (5 * StyleScene.Width + 15);
        Assert.That(half.Pixels[inside], Is.EqualTo((source.Pixels[inside] + full.Pixels[inside]) / 2).Within(1e-6));
        Assert.That(half.Pixels[outside], Is.EqualTo(source.Pixels[outside]));
    }

    [Test]
    public void Mask_Empty_GivesTheSourceBits()
    {
        StyleScene scene = new(0, 2) { MaskClip = StyleScene.Host(new Frame(StyleScene.Width, StyleScene.Height)) };
        Assert.That(FrameComparison.AreBitEqual(scene.Render(new StylePipeline(), 1, ("maskFromClip", 1)), scene[1].Picture));
    }

    [Test]
    public void Mask_Missing_IsNamed()
    {
        PipelineException refused = Assert.Throws<PipelineException>(() => new StyleScene(0, 2).Render(new StylePipeline(), 1, ("maskFromClip", 1)))!;
        Assert.That((refused.Code, refused.Message), Is.EqualTo((PipelineError.ReferenceMissing, "Mask from Clip is on, but the Mask clip gives no frame at time 1")));
    }

    [Test]
    public void KeepLuma_TakesTheClipsLuma()
    {
        StyleScene scene = new(0, 2);
        Frame result = scene.Render(new StylePipeline(), 1, ("keepLuma", 1), ("colourSpace", (int)ColourSpaceOption.Srgb)), source = scene[1].Picture;
        double worst = 0;
        for (int index = 0; index < source.Pixels.Length; index += 4)
        {
            float[] own = result.Pixels[index..(index + 3)];
            if (own.Min() <= 0 || own.Max() >= 1) continue;
            worst = Math.Max(worst, Math.Abs(Rec709Luma.Of(own[0], own[1], own[2])
                - Rec709Luma.Of(source.Pixels[index], source.Pixels[index + 1], source.Pixels[index + 2])));
        }

        Assert.That(worst, Is.LessThan(0.003));
    }

    [Test]
    public void MovingStyle_MovesTheStrokesAndKeepsTheOrderOfRequestsOut()
    {
        StyleScene scene = new(0, 10) { StyleAt = time => StyleScene.Host(Striped((int)time)) };
        (string, double)[] moving = [("styleFromClip", 1), ("styleClipMode", (int)StyleClipMode.EveryFrame)];
        StylePipeline forward = new(), backward = new();
        Frame third = scene.Render(forward, 3, moving), sixth = scene.Render(forward, 6, moving);
        Assert.That(FrameComparison.AreBitEqual(scene.Render(backward, 6, moving), sixth));
        Assert.That(FrameComparison.AreBitEqual(scene.Render(backward, 3, moving), third));
        Frame block = scene.Render(new StylePipeline(), 6, ("styleFromClip", 1));
        Assert.That(FrameComparison.Between(block, sixth).Mean, Is.GreaterThan(0.01), "the style of time 0 is another");

        static Frame Striped(int time) => TestPictures.Draw(96, 72, (x, y) => ((x + 3 * time) % 8 / 8f, y / 72f, (x * y + time) % 5 / 5f));
    }

    [Test]
    public void Mat_IsTakenOffAllFourSides()
    {
        Frame picture = TestPictures.Draw(100, 80, (x, y) => x is < 6 or >= 94 || y is < 5 or >= 75 ? (0, 0, 0) : (x / 100f, y / 80f, 0.5f));
        Frame inner = StyleMat.Remove(picture);
        Assert.That((inner.Width, inner.Height), Is.EqualTo((100 - 24, 80 - 20)));
        Assert.That(inner.Row(0)[0], Is.EqualTo(12 / 100f));
    }

    [Test]
    public void EvenEdgeOnThreeSides_IsNoMat()
    {
        Frame picture = TestPictures.Draw(100, 80, (x, y) => x is < 6 or >= 94 || y < 5 ? (0, 0, 0) : (x / 100f, y / 80f, 0.5f));
        Assert.That(StyleMat.Remove(picture), Is.SameAs(picture));
    }

    [TestCase(1, 1)]
    [TestCase(40, 40)]
    public void EvenPicture_HasNoMat(int width, int height)
    {
        Frame picture = TestPictures.Draw(width, height, (_, _) => (0.3f, 0.3f, 0.3f));
        Assert.That(StyleMat.Remove(picture), Is.SameAs(picture));
    }

    [Test]
    public void Lab_ThereAndBack_IsTheSameColour()
    {
        Frame colours = TestPictures.Draw(64, 64, (x, y) => (x / 63f, y / 63f, (x * 7 + y * 3) % 64 / 63f));
        Frame lab = LabColour.From(colours, 2, default);
        FrameComparison.AssertClose(LabColour.ToDisplay(lab, 2, default), colours, 0.004, 0.001);
        Assert.That(LabColour.From(TestPictures.Draw(1, 1, (_, _) => (1, 1, 1)), 1, default).Pixels[0], Is.EqualTo(100).Within(0.01));
    }

    [Test]
    public void Blend_OfOneSide_IsThatSide()
    {
        Frame one = TestPictures.Noise(40, 30, 1), other = TestPictures.Noise(40, 30, 2);
        for (int index = 3; index < one.Pixels.Length; index += 4) one.Pixels[index] = other.Pixels[index] = 1;
        FrameComparison.AssertClose(KeyframeBlend.Apply(one, other, new float[1200], 2, default), one, 0.004, 0.001);
    }

    [Test]
    public void Blend_KeepsContrastAndThreadsDoNotMatter()
    {
        Frame one = TestPictures.Noise(60, 50, 1), other = TestPictures.Noise(60, 50, 2);
        float[] shares = [.. Enumerable.Range(0, 3000).Select(index => index % 60 >= 30 ? 0.55f : 0.45f)];
        Frame single = KeyframeBlend.Apply(one, other, shares, 1, default), many = KeyframeBlend.Apply(one, other, shares, 4, default);
        Assert.That(FrameComparison.AreBitEqual(single, many));
        Assert.That(Spread(single), Is.GreaterThan(0.85 * Spread(one)));
    }

    private static double Spread(Frame frame)
    {
        double[] values = [.. frame.Pixels.Where((_, index) => index % 4 == 1)];
        double mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }
}
