using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Extend;

public sealed class BorderObjectsTests
{
    private const int Width = 120, Height = 90, Left = 20, FigureWidth = 14, FigureTop = 40, FigureBottom = 72;

    /// <summary>The frame in which the border cuts the figure in half.</summary>
    private const int HalfSeen = 10;

    private static readonly PixelWindow Canvas = new(-Left, 0, 140, Height);

    [TestCase(1, false)]
    [TestCase(-1, false)]
    [TestCase(1, true)]
    [TestCase(-1, true)]
    public void FigureCutByTheBorder_IsCompletedInTheFill(int direction, bool atRight)
    {
        Frame result = Render(Figure(time => 3 * direction * (time - HalfSeen) - FigureWidth / 2, atRight), HalfSeen);
        Frame without = Render(Figure(_ => Width, atRight), HalfSeen);

        // One pixel at the outline is soft.
        Assert.That(MissingPartError(result, atRight), Is.LessThan(0.03));
        Assert.That(MissingPartError(without, atRight), Is.GreaterThan(0.2), "the background alone is no figure");
    }

    [Test]
    public void FigureCutByTheBorder_LeavesTheSourcesBits()
    {
        FakeClip clip = Figure(Entering);
        Frame kept = new(Width, Height);
        ExtendCanvas.Copy(Render(clip, HalfSeen), Canvas, kept, new(0, 0, Width, Height), Canvas);

        Assert.That(clip.TryFetch(0, HalfSeen, out HostFrame? source));
        Assert.That(FrameComparison.AreBitEqual(kept, source!.Picture));
    }

    [Test]
    public void FramesWithCutFigures_AskedForInAnyOrder_AreTheSameBits()
    {
        int[] times = [8, 9, 10, 11, 12, 13];
        ExtendPipeline forward = new(), backward = new();
        Frame[] expected = [.. times.Select(time => Render(Figure(Entering), time, forward))];

        for (int i = times.Length - 1; i >= 0; i--)
            Assert.That(FrameComparison.AreBitEqual(Render(Figure(Entering), times[i], backward), expected[i]), Is.True, $"time {times[i]}");
    }

    [Test]
    public void FigureThatIsNeverSeenWhole_LeavesTheFillAsItIs()
    {
        // It comes in as far as half of it, and is gone; of the other clip's figure there is nothing to be found but one glimpse.
        FakeClip turnsBack = Figure(time => time <= HalfSeen ? Entering(time) : Width);
        FakeClip glimpse = Figure(time => time == HalfSeen ? Entering(time) : Width);

        Assert.That(FrameComparison.AreBitEqual(Render(turnsBack, HalfSeen), Render(glimpse, HalfSeen)));
        Assert.That(MissingPartError(Render(turnsBack, HalfSeen), atRight: false), Is.GreaterThan(0.2));
    }

    [Test]
    public void FigureOfAnotherColour_IsNotTakenForTheCutOne()
    {
        FakeClip others = new(time =>
        {
            HostFrame frame = Drawn(Entering(time), atRight: false);
            for (int i = 0; i < frame.Picture.Pixels.Length && time != HalfSeen; i += Frame.Channels)
            {
                Span<float> pixel = frame.Picture.Pixels.AsSpan(i, 3);
                if (pixel[0] >= 0.7f) (pixel[0], pixel[1], pixel[2]) = (0.05f, 0.1f, 0.95f);
            }

            return frame;
        });

        Assert.That(MissingPartError(Render(others, HalfSeen), atRight: false), Is.GreaterThan(0.2));
        Frame alone = Render(Figure(time => time == HalfSeen ? Entering(time) : Width), HalfSeen);
        Assert.That(FrameComparison.AreBitEqual(Render(others, HalfSeen), alone));
    }

    [Test]
    public void FigureInsideThePicture_CostsNoFurtherFetches()
    {
        ExtendPipeline pipeline = new();
        FakeClip clip = Figure(time => 30 + time);
        _ = Render(clip, 4, pipeline);
        clip.Fetched.Clear();

        _ = Render(clip, 5, pipeline);

        Assert.That(clip.Fetched, Has.Count.EqualTo(2), "the frame itself and one that proves the clip is the same");
    }

    [Test]
    public void CutFigure_FetchesWithinItsReach_AndGetsByWithoutFramesThatTheHostLacks()
    {
        ExtendPipeline pipeline = new();
        FakeClip whole = Figure(Entering), broken = new(time => time > HalfSeen ? null : Drawn(Entering(time), atRight: false));
        _ = Render(whole, HalfSeen + 8, pipeline);
        whole.Fetched.Clear();

        _ = Render(whole, HalfSeen, pipeline);

        Assert.That(whole.Fetched, Has.Count.InRange(3, 2 + 2 * BorderObjects.ReachMax));
        Assert.That(whole.Fetched.Skip(2), Has.All.InRange(HalfSeen - BorderObjects.ReachMax, HalfSeen + BorderObjects.ReachMax));
        Assert.DoesNotThrow(() => Render(broken, HalfSeen));
    }

    [Test]
    public void CancelledWhileNeighboursAreFetched_Throws()
    {
        ExtendPipeline pipeline = new();
        _ = Render(Figure(Entering), HalfSeen + 8, pipeline);
        using CancellationTokenSource source = new();
        FakeClip clip = new(time =>
        {
            if (time == HalfSeen + 1) source.Cancel();
            return Drawn(Entering(time), atRight: false);
        });

        RenderJob job = FakeClip.Job(Canvas, HalfSeen, ("canvas", 1), ("quality", 0));
        Assert.That(() => pipeline.Render(job, clip, null!, new Progress<double>(), source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static double Entering(double time) => 3 * (time - HalfSeen) - FigureWidth / 2;

    private static Frame Render(FakeClip clip, double time, ExtendPipeline? pipeline = null) =>
        ExtendPipelineTests.Render(clip, FakeClip.Job(Canvas, time, ("canvas", 1), ("quality", 0)), pipeline);

    private static FakeClip Figure(Func<double, double> at, bool atRight = false) => new(time => Drawn(at(time), atRight));

    /// <summary>A meadow with a figure whose first column is at a place, seen from the left border or, mirrored, from the right one.</summary>
    private static HostFrame Drawn(double at, bool atRight)
    {
        Frame frame = ExtendPipelineTests.Meadow(Width, Height, 0);
        for (int y = FigureTop; y < FigureBottom; y++)
        {
            for (int i = 0; i < FigureWidth; i++)
            {
                int x = (int)at + i;
                if (x is >= 0 and < Width) Colour(i, y).CopyTo(frame.Row(y)[(4 * (atRight ? Width - 1 - x : x))..]);
            }
        }

        return FakeClip.At(frame);
    }

    private static float[] Colour(int column, int y) => [0.7f + 0.02f * column, y / 8 % 2 * 0.3f, 0.03f * column, 1];

    /// <summary>Mean error of the half that the border hides in the frame in which the figure is half seen, its outline left out.</summary>
    private static double MissingPartError(Frame result, bool atRight)
    {
        List<double> errors = [];
        for (int y = FigureTop + 1; y < FigureBottom - 1; y++)
        {
            for (int i = 1; i < FigureWidth / 2; i++)
            {
                int x = i - FigureWidth / 2, column = Left + (atRight ? Width - 1 - x : x);
                float[] truth = Colour(i, y);
                for (int c = 0; c < 3; c++) errors.Add(Math.Abs(result.Row(y)[4 * column + c] - truth[c]));
            }
        }

        return errors.Average();
    }
}
