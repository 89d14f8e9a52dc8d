using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Extend;

public sealed class ExtendOverTimeTests
{
    private const int Width = 120, Height = 90, Left = 20;
    private static readonly PixelWindow Canvas = new(-Left, 0, 140, Height);
    private static readonly (string, double)[] Settings = [("canvas", 1), ("quality", 0)];

    [Test]
    public void StandingCamera_GivesOneFill_WithoutThePasserBy()
    {
        ExtendPipeline pipeline = new();
        Frame first = Fill(pipeline, Walk(), 11), later = Fill(pipeline, Walk(), 17), nextBlock = Fill(pipeline, Walk(), 40);

        FrameComparison.AssertClose(later, first, worstLimit: 0.01, meanLimit: 0.0005);
        FrameComparison.AssertClose(nextBlock, first, worstLimit: 0.01, meanLimit: 0.0005);
        Assert.That(first.Pixels.Where((_, i) => i % 4 == 0), Has.None.GreaterThan(0.9f), "the passer-by is red");
    }

    [Test]
    public void Frames_AskedForInAnyOrder_AreTheSameBits()
    {
        double[] times = [3, 30, 100, 7, 49];
        ExtendPipeline forward = new(), backward = new();
        Dictionary<double, Frame> expected = times.ToDictionary(time => time, time => Fill(forward, Walk(), time));

        foreach (double time in times.Reverse())
            Assert.That(FrameComparison.AreBitEqual(Fill(backward, Walk(), time), expected[time]), Is.True, $"time {time}");
    }

    [Test]
    public void NegativeAndFractionalTimes_AreRendered()
    {
        ExtendPipeline pipeline = new();
        FakeClip clip = new(time => FakeClip.At(ExtendPipelineTests.Meadow(Width, Height, 0)));

        FrameComparison.AssertClose(Fill(pipeline, clip, -31.5), Fill(pipeline, clip, -30), 1e-6, 1e-7);
    }

    [Test]
    public void ClipThatBeginsLate_IsRenderedFromTheFramesItHas()
    {
        FakeClip clip = new(time => time is >= 1001 and < 1011 ? FakeClip.At(ExtendPipelineTests.Meadow(Width, Height, 0)) : null);

        Assert.DoesNotThrow(() => Fill(new ExtendPipeline(), clip, 1005));
    }

    [Test]
    public void OtherClipWithTheSameSettings_GetsItsOwnFill()
    {
        ExtendPipeline pipeline = new();
        FakeClip green = new(_ => FakeClip.At(ExtendPipelineTests.Meadow(Width, Height, 0)));
        FakeClip grey = new(_ => FakeClip.At(TestPictures.Draw(Width, Height, (_, _) => (0.5f, 0.5f, 0.5f))));
        _ = Fill(pipeline, green, 5);

        Assert.That(Fill(pipeline, grey, 5).Pixels.Where((_, i) => i % 4 == 1), Has.All.EqualTo(0.5f).Within(1e-5));
    }

    [Test]
    public void MovingCamera_IsFilledFrameByFrame()
    {
        FakeClip pan = new(time => FakeClip.At(Panning(Width, (int)time * 5)));
        Frame result = ExtendPipelineTests.Render(pan, FakeClip.Job(Canvas, 10, Settings));
        Frame still = ExtendPipelineTests.Render(FakeClip.Still(Panning(Width, 50)), FakeClip.Job(Canvas, 10, Settings));

        Assert.That(FrameComparison.AreBitEqual(result, still));
    }

    [Test]
    public void SecondFrameOfABlock_FetchesTwoFrames()
    {
        ExtendPipeline pipeline = new();
        FakeClip clip = new(_ => FakeClip.At(ExtendPipelineTests.Meadow(Width, Height, 0)));
        _ = Fill(pipeline, clip, 24);
        clip.Fetched.Clear();

        _ = Fill(pipeline, clip, 25);

        Assert.That(clip.Fetched, Has.Count.EqualTo(2), "the frame itself and one that proves the clip is the same");
    }

    [Test]
    public void RendersFromManyThreads_AreTheSameBits()
    {
        Frame expected = Fill(new ExtendPipeline(), Walk(), 8);
        ExtendPipeline shared = new();
        Frame[] results = new Frame[6];

        Parallel.For(0, results.Length, i => results[i] = Fill(shared, Walk(), 8));

        Assert.That(results, Has.All.Matches<Frame?>(result => result is not null && FrameComparison.AreBitEqual(result, expected)));
    }

    [Test]
    public void SomebodyWhoStandsInABlockForLong_IsNotInItsFill()
    {
        // Red stands where the fill copies from, in every sample of the second block and in none of the first.
        FakeClip clip = new(time =>
        {
            Frame frame = ExtendPipelineTests.Meadow(Width, Height, 0);
            for (int y = 40; y < 75 && time >= 96; y++)
            {
                for (int x = 4; x < 16; x++) (frame.Row(y)[4 * x], frame.Row(y)[4 * x + 1], frame.Row(y)[4 * x + 2]) = (1, 0, 0);
            }

            return FakeClip.At(frame);
        });

        Assert.That(Fill(new ExtendPipeline(), clip, 130).Pixels.Where((_, i) => i % 4 == 0), Has.None.GreaterThan(0.8f));
    }

    [Test]
    public void OddValuesInAStandingShot_KeepTheSourcesBits_AndDoNotSpread()
    {
        Frame odd = ExtendPipelineTests.Meadow(Width, Height, 0);
        float[] values = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.MaxValue];
        for (int i = 0; i < values.Length; i++) odd.Row(50)[4 * (10 * i)] = values[i];
        FakeClip clip = new(_ => FakeClip.At(odd));

        Frame result = ExtendPipelineTests.Render(clip, FakeClip.Job(Canvas, 3, Settings));

        Frame kept = new(Width, Height);
        ExtendCanvas.Copy(result, Canvas, kept, new(0, 0, Width, Height), Canvas);
        Assert.That(FrameComparison.AreBitEqual(kept, odd));
        Assert.That(result.Pixels.Count(value => !(Math.Abs(value) < 10)), Is.LessThan(60),
            "what is odd in the fill are copies of the few odd pixels");
    }

    [Test]
    public void DarkMoment_DarkensTheFillWithThePicture()
    {
        FakeClip clip = new(time =>
        {
            Frame frame = new(160, Height);
            Frame picture = time == 10 ? new Frame(Width, Height) : ExtendPipelineTests.Meadow(Width, Height, 0);
            ExtendCanvas.Copy(picture, new(20, 0, 140, Height), frame, new(0, 0, 160, Height), new(0, 0, 160, Height));
            return FakeClip.At(frame);
        });
        PixelWindow whole = new(0, 0, 160, Height);

        Frame dark = ExtendPipelineTests.Render(clip, FakeClip.Job(whole, 10, ("canvas", 2), ("quality", 0)));
        Frame light = ExtendPipelineTests.Render(clip, FakeClip.Job(whole, 11, ("canvas", 2), ("quality", 0)));

        Assert.That(light.Row(60)[4 * 5 + 1], Is.GreaterThan(0.3f));
        Assert.That(dark.Row(60)[4 * 5 + 1], Is.LessThan(0.01f), "the fill goes dark with the picture");
    }

    [Test]
    public void Fade_IsFollowedByTheFill()
    {
        FakeClip clip = new(time =>
        {
            Frame frame = ExtendPipelineTests.Meadow(Width, Height, 0);
            float light = time < 12 ? 1 : 0.4f;
            for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] *= i % 4 == 3 ? 1 : light;
            return FakeClip.At(frame);
        });
        ExtendPipeline pipeline = new();
        Frame bright = Fill(pipeline, clip, 5), dim = Fill(pipeline, clip, 20);

        Assert.That(dim.Pixels.Where((_, i) => i % 4 == 1).Average() / bright.Pixels.Where((_, i) => i % 4 == 1).Average(),
            Is.EqualTo(0.4f).Within(0.02f));
    }

    [Test]
    public void FrameOfAnotherScene_IsFilledFromItself()
    {
        Frame flash = TestPictures.Draw(Width, Height, (x, y) => (0.9f - 0.004f * x, 0.2f + 0.005f * y, 0.9f));
        FakeClip clip = new(time => FakeClip.At(time == 9 ? flash : ExtendPipelineTests.Meadow(Width, Height, 0)));

        Frame result = ExtendPipelineTests.Render(clip, FakeClip.Job(Canvas, 9, Settings));

        Assert.That(FrameComparison.AreBitEqual(result, ExtendPipelineTests.Render(FakeClip.Still(flash), FakeClip.Job(Canvas, 9, Settings))));
    }

    [Test]
    public void Grain_OfTheFrame_ReachesTheFill()
    {
        FakeClip clip = new(time => FakeClip.At(Grainy((int)time)));
        ExtendPipeline pipeline = new();
        double change = FrameComparison.Between(Fill(pipeline, clip, 5), Fill(pipeline, clip, 6)).Mean;

        Assert.That(change, Is.GreaterThan(0.001).And.LessThan(0.02), "grain lives in the fill, and no more than in the picture");
    }

    /// <summary>The filled columns left of the source.</summary>
    private static Frame Fill(ExtendPipeline pipeline, FakeClip clip, double time)
    {
        Frame whole = ExtendPipelineTests.Render(clip, FakeClip.Job(Canvas, time, Settings), pipeline);
        Frame fill = new(Left, Height);
        ExtendCanvas.Copy(whole, Canvas, fill, new(-Left, 0, 0, Height), Canvas);
        return fill;
    }

    /// <summary>A red figure walks through a meadow.</summary>
    private static FakeClip Walk() => new(time =>
    {
        Frame frame = ExtendPipelineTests.Meadow(Width, Height, 0);
        int at = (int)(time * 3) % (Width + 30) - 15;
        for (int y = 40; y < 75; y++)
        {
            for (int x = Math.Max(0, at); x < Math.Min(Width, at + 12); x++) (frame.Row(y)[4 * x], frame.Row(y)[4 * x + 1],
                frame.Row(y)[4 * x + 2]) = (1, 0, 0);
        }

        return FakeClip.At(frame);
    });

    private static Frame Panning(int width, int shift) =>
        TestPictures.Draw(width, Height, (x, y) => ((x + shift) / 9 % 2, (x + shift) / 14 % 3 / 2f, y / 30 % 2));

    private static Frame Grainy(int time)
    {
        Frame frame = ExtendPipelineTests.Meadow(Width, Height, 0), noise = TestPictures.Noise(Width, Height, time);
        for (int i = 0; i < frame.Pixels.Length; i++) frame.Pixels[i] += i % 4 == 3 ? 0 : 0.02f * (noise.Pixels[i] - 0.5f);
        return frame;
    }
}
