using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Extend.Time;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Extend;

public sealed class TimeExtensionTests
{
    private const int Width = 120, Height = 80, Frames = 40, Period = 8;
    private static readonly PixelWindow Window = new(0, 0, Width, Height);

    [Test]
    public void GoodFrames_KeepTheirBits()
    {
        FakeClip clip = Walk();
        foreach (double time in (double[])[0, 7, Frames - 1])
        {
            _ = clip.TryFetch(0, time, out HostFrame? source);
            Assert.That(FrameComparison.AreBitEqual(Render(new ExtendPipeline(), clip, time), source!.Picture), Is.True, $"time {time}");
        }
    }

    [Test]
    public void AfterTheLastFrame_TheWalkerWalksOn()
    {
        ExtendPipeline pipeline = new();
        double last = WalkerX(Render(pipeline, Walk(), Frames - 1));
        for (int step = 1; step <= 16; step++)
            Assert.That(WalkerX(Render(pipeline, Walk(), Frames - 1 + step)), Is.EqualTo(last + step).Within(2.5), $"step {step}");
    }

    [Test]
    public void BeforeTheFirstFrame_TheWalkerComesUpToIt()
    {
        ExtendPipeline pipeline = new();
        double first = WalkerX(Render(pipeline, Walk(), 0));
        for (int step = 1; step <= 8; step++)
            Assert.That(WalkerX(Render(pipeline, Walk(), -step, ("framesBefore", 8))), Is.EqualTo(first - step).Within(2.5), $"step {step}");
    }

    [Test]
    public void MadeUpFrames_AskedForInAnyOrder_AreTheSameBits()
    {
        double[] times = [41, 50, 58, -3];
        ExtendPipeline forward = new(), backward = new();
        Dictionary<double, Frame> expected = times.ToDictionary(time => time, time => Render(forward, Walk(), time));

        foreach (double time in times.Reverse()) Assert.That(FrameComparison.AreBitEqual(Render(backward, Walk(), time), expected[time]), Is.True, $"time {time}");
    }

    [Test]
    public void MadeUpFrame_AsksForTheGoodFramesAlone()
    {
        FakeClip clip = Walk();
        _ = Render(new ExtendPipeline(), clip, Frames + 5);

        (double first, double last) = TimeReach.Of(TimeMode.Continue, Frames + 5, 0, Frames - 1, false);
        Assert.That(clip.Fetched, Has.All.InRange(first, last));
    }

    [Test]
    public void Loop_EndsAtTheFirstFrame()
    {
        FakeClip clip = Walk();
        _ = clip.TryFetch(0, 0, out HostFrame? first);
        Frame end = Render(new ExtendPipeline(), clip, Frames + 19, ("loop", 1), ("framesAfter", 20));

        Assert.That(WalkerX(end), Is.EqualTo(WalkerX(first!.Picture) - 1).Within(2.5));
    }

    [TestCase(1)]
    [TestCase(3)]
    public void Flash_IsReplacedByWhatLiesBetween(int length)
    {
        FakeClip clip = Walk((time, frame) => time >= 20 && time < 20 + length ? TestPictures.Draw(Width, Height, (_, _) => (1, 1, 1)) : frame);
        Frame mended = Render(new ExtendPipeline(), clip, 20, ("timeMode", (int)TimeMode.Repair));

        FrameComparison.AssertClose(mended, Scene(20), worstLimit: 0.7, meanLimit: 0.02);
    }

    [Test]
    public void NeighboursOfAFlash_KeepTheirBits()
    {
        FakeClip clip = Walk((time, frame) => time == 20 ? TestPictures.Draw(Width, Height, (_, _) => (1, 1, 1)) : frame);
        foreach (double time in (double[])[18, 19, 21, 22])
            Assert.That(FrameComparison.AreBitEqual(Render(new ExtendPipeline(), clip, time, ("timeMode", (int)TimeMode.Repair)), Scene(time)), Is.True, $"time {time}");
    }

    [Test]
    public void HeldFrames_MoveAgain()
    {
        FakeClip clip = Walk((time, frame) => time is 21 or 22 ? Scene(20) : frame);
        Frame mended = Render(new ExtendPipeline(), clip, 22, ("timeMode", (int)TimeMode.Repair));

        Assert.That(WalkerX(mended), Is.EqualTo(WalkerX(Scene(22))).Within(1));
        Assert.That(WalkerX(Scene(20)), Is.Not.EqualTo(WalkerX(Scene(22))).Within(1));
    }

    [Test]
    public void EverySecondFrameRepeated_IsLeftAlone()
    {
        FakeClip clip = Walk((time, _) => Scene(Math.Floor(time / 2) * 2));
        for (int time = 10; time < 14; time++)
            Assert.That(FrameComparison.AreBitEqual(Render(new ExtendPipeline(), clip, time, ("timeMode", (int)TimeMode.Repair)), Scene(time / 2 * 2)), Is.True);
    }

    [Test]
    public void HostWithoutOtherTimes_ShowsTheSource()
    {
        FakeClip clip = new(_ => FakeClip.At(Scene(3)), hasTemporalAccess: false);

        Assert.That(FrameComparison.AreBitEqual(Render(new ExtendPipeline(), clip, Frames + 5), Scene(3)));
    }

    [Test]
    public void Dragging_ShowsTheNearestGoodFrameAtOnce()
    {
        FakeClip clip = Walk();
        RenderJob job = Job(Frames + 5) with { IsInteractive = true };

        Assert.That(FrameComparison.AreBitEqual(ExtendPipelineTests.Render(clip, job), Scene(Frames - 1)));
        Assert.That(clip.Fetched, Has.Count.LessThan(3));
    }

    [Test]
    public void ClipOfOneFrame_GoesOn()
    {
        FakeClip clip = new(time => time == 0 ? FakeClip.At(Scene(0)) : null);

        Assert.DoesNotThrow(() => Render(new ExtendPipeline(), clip, 3, ("lastGoodFrame", 0)));
    }

    [Test]
    public void CancelledOnceItsFramesAreRead_Throws_AndTheNextRenderIsWhole()
    {
        using CancellationTokenSource cancellation = new();
        HashSet<double> read = [];
        FakeClip clip = Walk((time, frame) =>
        {
            if (read.Add(time) && read.Count == Frames) cancellation.Cancel();
            return frame;
        });
        ExtendPipeline pipeline = new();

        Assert.That(() => pipeline.Render(Job(Frames + 3), clip, new NoPictures(), new NoProgress(), cancellation.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(FrameComparison.AreBitEqual(Render(pipeline, Walk(), Frames + 3), Render(new ExtendPipeline(), Walk(), Frames + 3)));
    }

    [TestCase("12, 40-43", 12, true)]
    [TestCase("12, 40-43", 42, true)]
    [TestCase("12, 40-43", 44, false)]
    [TestCase("-3--1", -2, true)]
    [TestCase("4-", 4, false)]
    [TestCase("", 0, false)]
    public void List_NamesFramesAndRanges(string list, double time, bool isBad)
    {
        FrameFaults faults = new(list, detects: false, 0.1, _ => null);

        Assert.That(faults.Find(time).HasValue, Is.EqualTo(isBad));
    }

    private static RenderJob Job(double time, params (string, double)[] settings) => FakeClip.Job(Window, time,
        [("timeMode", (int)TimeMode.Continue), ("targetAspect", 0), ("goodRange", 1), ("lastGoodFrame", Frames - 1), ("framesAfter", 20), ("framesBefore", 20), .. settings])
        with { FrameRate = 10 };

    private static Frame Render(ExtendPipeline pipeline, FakeClip clip, double time, params (string, double)[] settings) =>
        pipeline.Render(Job(time, settings), clip, new NoPictures(), new NoProgress(), CancellationToken.None);

    private static FakeClip Walk(Func<double, Frame, Frame>? change = null) => new(time => time is >= 0 and < Frames
        ? FakeClip.At(change is null ? Scene(time) : change(time, Scene(time)))
        : null);

    /// <summary>Somebody black walks to the right over a grey ground, a pixel a frame.</summary>
    private static Frame Scene(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double at = x - 30 - time;
        int swing = (int)time % Period * 8 / Period;
        bool isWalker = y is >= 20 and < 40 ? Math.Abs(at) < 5 : y is >= 40 and < 56 && (Math.Abs(at - swing + 4) < 2.5 || Math.Abs(at + swing - 4) < 2.5);
        float ground = 0.55f + 0.12f * (float)(Math.Sin(x * 0.41) * Math.Cos(y * 0.33) + 0.5 * Math.Sin(x * 0.13 + y * 0.21));
        return isWalker ? (0.02f, 0.02f, 0.02f) : (ground, ground * 0.9f, ground);
    });

    private static double WalkerX(Frame frame)
    {
        double sum = 0;
        int count = 0;
        for (int y = 22; y < 38; y++)
        {
            for (int x = 0; x < frame.Width; x++)
            {
                if (frame.Row(y)[4 * x] > 0.2f) continue;
                sum += x;
                count++;
            }
        }

        return count == 0 ? double.NaN : sum / count;
    }

    private sealed class NoPictures : IPictureReader
    {
        public Frame Read(string path) => throw new PipelineException(PipelineError.PictureUnreadable, path);
    }

    private sealed class NoProgress : IProgress<double>
    {
        public void Report(double value)
        {
        }
    }
}
