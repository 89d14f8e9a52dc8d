using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

/// <summary>Clips that follow painted frames.</summary>
public sealed class StyleKeyframeTests
{
    private const string Two = "3=/first.png;30=/last.png";

    [TestCase(3)]
    [TestCase(30)]
    public void PaintedFrame_IsThePainting(int frame)
    {
        StyleScene scene = Scene();
        Frame result = Render(scene, new StylePipeline(), frame, Two), painting = Painting(scene, frame);
        FrameComparison.AssertClose(Inner(result), Inner(painting), 1e-5, 1e-6);
    }

    [Test]
    public void Ground_KeepsItsStrokesAndTheWalkerIsPainted()
    {
        StyleScene scene = Scene();
        StylePipeline pipeline = new();
        Frame result = Render(scene, pipeline, 12, "3=/first.png"), painting = Painting(scene, 3);
        double ground = 0, walker = 0;
        for (int y = 20; y < 44; y++)
        {
            for (int x = 50; x < 70; x++) ground += Math.Abs(result.Row(y)[4 * x] - painting.Row(y)[4 * x]) / (24 * 20);
            for (int x = 36; x < 42; x++) walker += Math.Abs(result.Row(y)[4 * x] - painting.Row(y)[4 * (x - 18)]) / (24 * 6);
        }

        Assert.That(ground, Is.LessThan(0.01));
        Assert.That(walker, Is.LessThan(0.06), "as where it stood when it was painted");
    }

    [TestCase(Two, 5, 26)]
    [TestCase(Two, 24, 10)]
    [TestCase("3=/first.png", 25, 28)]
    [TestCase("30=/last.png", 6, 1)]
    [TestCase("-5=/last.png;3=/first.png", 2, -3)]
    public void OrderOfRequests_DoesNotChangeABit(string keyframes, int first, int second)
    {
        StyleScene scene = Scene();
        StylePipeline forward = new(), backward = new();
        Frame firstThenSecond = Render(scene, forward, first, keyframes), secondAfter = Render(scene, forward, second, keyframes);
        Frame secondFirst = Render(scene, backward, second, keyframes), firstAfter = Render(scene, backward, first, keyframes);
        Assert.That(FrameComparison.AreBitEqual(firstThenSecond, firstAfter));
        Assert.That(FrameComparison.AreBitEqual(secondAfter, secondFirst));
    }

    [Test]
    public void InOrder_GivesWhatOneRequestGives()
    {
        StyleScene scene = Scene();
        StylePipeline pipeline = new();
        Frame last = new(1, 1);
        for (int time = 14; time <= 19; time++) last = Render(scene, pipeline, time, Two);
        Assert.That(FrameComparison.AreBitEqual(last, Render(scene, new StylePipeline(), 19, Two)));
        Assert.That(FrameComparison.AreBitEqual(last, Render(scene, new StylePipeline(0), 19, Two)), "without a cache");
    }

    [Test]
    public void ChangedSource_ChangesWhatWasChosen()
    {
        StyleScene scene = Scene();
        StylePipeline pipeline = new();
        for (int time = 14; time <= 18; time++) Render(scene, pipeline, time, Two);
        scene[16] = StyleScene.Host(TestPictures.Noise(StyleScene.Width, StyleScene.Height, 5));
        Render(scene, pipeline, 16, Two);
        Assert.That(FrameComparison.AreBitEqual(Render(scene, pipeline, 18, Two), Render(scene, new StylePipeline(), 18, Two)));
    }

    [Test]
    public void BetweenTwo_PassesFromOneToTheOther()
    {
        StyleScene scene = Scene();
        scene.Pictures["/last.png"] = TestPictures.Draw(StyleScene.Width, StyleScene.Height, (x, y) => (0.2f, 0.6f + 0.2f * ((x / 4 + y / 4) % 2), 0.2f));
        StylePipeline pipeline = new();
        double[] green = [.. new[] { 4, 12, 20, 29 }.Select(time => Mean(Render(scene, pipeline, time, Two), 1) - Mean(Render(scene, pipeline, time, Two), 0))];
        Assert.That(green, Is.Ordered.Ascending);
        Assert.That(green[0], Is.LessThan(0.1));
        Assert.That(green[3], Is.GreaterThan(0.35));
    }

    [Test]
    public void NeededFrames_AreThoseThatAreFetched()
    {
        Assert.That(StyleKeyframes.Read(Two, out StyleKeyframe[] keyframes), Is.Null);
        foreach (int time in new[] { -8, 1, 3, 4, 17, 24, 25, 29, 30, 31 })
        {
            StyleScene scene = Scene();
            Render(scene, new StylePipeline(), time, Two);
            (double first, double last) = StyleKeyframes.Reach(keyframes, time);
            Assert.That(scene.Fetched, Is.All.Matches<double>(at => at is 3 or 30 || (at >= first && at <= last)), $"frame {time}");
        }
    }

    [TestCase("7=/missing.png", PipelineError.PictureUnreadable, "painted frame 7: ")]
    [TestCase("700=/first.png", PipelineError.ReferenceMissing, "painted frame 700: ")]
    [TestCase("first.png", PipelineError.ReferenceMissing, "'first.png' is not FRAME=FILE")]
    public void WhatIsMissing_IsNamed(string keyframes, PipelineError code, string message)
    {
        PipelineException refused = Assert.Throws<PipelineException>(() => Render(Scene(), new StylePipeline(), 8, keyframes))!;
        Assert.That(refused.Code, Is.EqualTo(code));
        Assert.That(refused.Message, Does.Contain(message));
    }

    [TestCase(1, 1)]
    [TestCase(31, 7)]
    [TestCase(300, 200)]
    public void PaintingOfAnotherSize_IsStretched(int width, int height)
    {
        StyleScene scene = Scene();
        Frame painting = TestPictures.Noise(width, height, 4);
        painting.Pixels[0] = float.NaN;
        scene.Pictures["/first.png"] = painting;
        Assert.That(Render(scene, new StylePipeline(), 5, Two).Pixels, Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void TinyFrames_AreRefused()
    {
        StyleScene scene = Scene();
        for (int time = 0; time < 4; time++) scene[time] = StyleScene.Host(TestPictures.Noise(4, 30, time));
        PipelineException refused = Assert.Throws<PipelineException>(() => Render(scene, new StylePipeline(), 3, Two))!;
        Assert.That((refused.Code, refused.Message.Contains("4×30", StringComparison.Ordinal)), Is.EqualTo((PipelineError.SizeUnsupported, true)));
    }

    [Test]
    public void StabilityZero_LooksAtTheNearestPaintingAlone()
    {
        StyleScene scene = Scene();
        Render(scene, new StylePipeline(), 20, Two, ("temporalStability", 0));
        Assert.That(scene.Fetched.Distinct(), Is.EquivalentTo(new[] { 20.0, 30 }));
    }

    private static StyleScene Scene()
    {
        StyleScene scene = new(-10, 60);
        scene.Pictures["/first.png"] = Painting(scene, 3);
        scene.Pictures["/last.png"] = Painting(scene, 30);
        return scene;
    }

    /// <summary>A frame with turned colours and a pattern over it, as somebody might paint it.</summary>
    private static Frame Painting(StyleScene scene, int frame)
    {
        Frame source = StyleScene.Walk(frame);
        return TestPictures.Draw(source.Width, source.Height, (x, y) =>
        {
            float tone = source.Row(y)[4 * x], stroke = (x * 5 + y * 3 + x * y / 7) % 9 / 9f;
            return (0.2f + 0.7f * tone, 0.1f + 0.4f * tone + 0.2f * stroke, 0.6f - 0.5f * tone);
        });
    }

    private static Frame Render(StyleScene scene, StylePipeline pipeline, double time, string keyframes, params (string Name, double Value)[] numbers)
    {
        RenderJob job = scene.Job(time, [("colourSpace", (double)ColourSpaceOption.Srgb), .. numbers]);
        string[] texts = [.. job.Texts];
        texts[job.Effect.IndexOf(EffectCatalog.KeyframesName)] = keyframes;
        return scene.Render(pipeline, job with { Texts = texts });
    }

    /// <summary>Without the edge, where whole patches do not reach.</summary>
    private static Frame Inner(Frame frame)
    {
        const int Edge = 4;
        Frame inner = new(frame.Width - 2 * Edge, frame.Height - 2 * Edge);
        for (int y = 0; y < inner.Height; y++) frame.Row(y + Edge).Slice(4 * Edge, 4 * inner.Width).CopyTo(inner.Row(y));
        return inner;
    }

    private static double Mean(Frame frame, int channel)
    {
        double sum = 0;
        for (int index = channel; index < frame.Pixels.Length; index += Frame.Channels) sum += frame.Pixels[index];
        return sum / (frame.Width * frame.Height);
    }
}
