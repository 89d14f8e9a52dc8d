using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Fields;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Fields;

/// <summary>Interlaced clips: every field at its own moment, what stands still unharmed, and nothing of one moment in the other's lines.</summary>
public sealed class FieldPipelineTests
{
    /// <summary>Steps from line to line beyond the ground's own.</summary>
    private const double CombMin = 0.12;

    [Test]
    public void EffectOfOnePixel_OnMotion_GivesEachFieldItsOwnMoment([Values(FieldOrder.UpperFirst, FieldOrder.LowerFirst)] FieldOrder order, [Values(0, 1)] int bottom)
    {
        InterlacedClip clip = new(order, 8, bottom: bottom);
        Frame result = clip.Render(new Inverting(), 3);
        Frame expected = clip.Weave(Inverting.Of(clip.Moment(3)), Inverting.Of(clip.Moment(3.5)));
        Assert.That(FrameComparison.AreBitEqual(result, expected), Is.True);
    }

    [Test]
    public void PicturesOfMotion_HoldOneMomentEach_AndNoCombing()
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 8);
        Watching watching = new();
        clip.Render(watching, 3);
        Assert.That(watching.Seen.Select(seen => seen.Time), Is.EqualTo(new[] { 6.0, 7.0 }));
        for (int field = 0; field < 2; field++)
        {
            Frame picture = watching.Seen[field].Picture, moment = clip.Moment(3 + field / 2.0);
            FrameComparison made = FrameComparison.Between(picture, moment), combed = FrameComparison.Between(clip.Woven(3), moment);
            Assert.That(made.Mean, Is.LessThan(combed.Mean / 3), $"field {field}: to its moment, against the frame as it comes");
            Assert.That(Combing(picture, clip, 3), Is.LessThan(Combing(clip.Woven(3), clip, 3) / 10), $"field {field}");
        }
    }

    [Test]
    public void PictureThatStandsStill_IsTheFrame_HoweverFineItsLines()
    {
        InterlacedClip clip = new(FieldOrder.LowerFirst, 0);
        Watching watching = new();
        Frame result = clip.Render(watching, 3);
        foreach ((_, Frame picture) in watching.Seen) Assert.That(FrameComparison.AreBitEqual(picture, clip.Woven(3)), Is.True);
        Assert.That(FrameComparison.AreBitEqual(result, clip.Woven(3)), Is.True);
    }

    [Test]
    public void Style_OnAStillPicture_PaintsBothFieldsAlike()
    {
        InterlacedClip still = new(FieldOrder.UpperFirst, 0);
        Frame woven = still.Render(new StylePipeline(), 2), whole = new StylePipeline().Render(Progressive(still, EffectCatalog.Style, 4), still, still, still, CancellationToken.None);
        Assert.That(FrameComparison.AreBitEqual(woven, whole), Is.True, "as one picture of a clip of its fields, which all are alike");
    }

    [Test]
    public void Neutral_GivesTheBitsBack([Values] bool hasTemporalAccess)
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 5) { HasTemporalAccess = hasTemporalAccess };
        foreach (IEffectPipeline pipeline in new IEffectPipeline[] { new StylePipeline(), new RemovePipeline() })
            Assert.That(FrameComparison.AreBitEqual(clip.Render(pipeline, 4, ("mix", 0)), clip.Woven(4)), Is.True, pipeline.Effect.Name);
        Frame retimed = clip.Render(new RetimePipeline(), 4, ("timing", (int)RetimeTiming.SourceFrame), ("sourceFrame", 4));
        Assert.That(FrameComparison.AreBitEqual(retimed, clip.Woven(4)), Is.True, "retime");
        Frame extended = clip.Render(new ExtendPipeline(), 4, ("targetAspect", 0), ("canvas", 1));
        Assert.That(FrameComparison.AreBitEqual(extended, clip.Woven(4)), Is.True, "extend");
    }

    [Test]
    public void Remove_OfAMovingBar_LeavesTheStillGroundInBothFields()
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 4);
        Frame result = clip.Render(new RemovePipeline(), 5, (EffectCatalog.MaskFromClipName, 1), ("maskChannel", (int)MaskChannel.Luminance), ("grow", 0));
        Frame empty = Ground();
        FrameComparison difference = FrameComparison.Between(result, empty);
        Assert.That(difference.Mean, Is.LessThan(0.004), $"worst {difference.Worst} at ({difference.X}, {difference.Y})");
    }

    [TestCase(50, 3.5, Description = "moment 3.25, whose later field is as near as the earlier")]
    [TestCase(100, 3.5)]
    [TestCase(200, 4)]
    public void Retime_ShowsTheSecondFieldAtItsOwnMoment(double speed, double late)
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 8);
        Frame result = clip.Render(new RetimePipeline(), 6, ("timing", (int)RetimeTiming.SourceFrame), ("sourceFrame", 3), ("speed", speed), ("method", (int)RetimeMethod.Nearest));
        for (int y = 0; y < InterlacedClip.Height; y++)
        {
            if (!clip.IsLate(y)) Assert.That(result.Row(y).SequenceEqual(clip.Moment(3).Row(y)), Is.True, $"row {y}");
        }

        Assert.That(Middle(result, clip, isLate: true), Is.EqualTo(Middle(clip.Moment(late), clip, isLate: true)).Within(0.6), "where the bar stands in the late field");
    }

    [Test]
    public void FramesAreAskedOnlyAroundMotion()
    {
        InterlacedClip progressive = new(FieldOrder.UpperFirst, 0), moving = new(FieldOrder.UpperFirst, 8);
        moving.Render(new Inverting(), 3);
        Assert.That(moving.Fetched.Select(fetched => fetched.Time).Distinct().Order(), Is.EqualTo(new[] { 2.0, 3, 4 }));
        progressive.Render(new Inverting(), 3);
        Assert.That(progressive.Fetched.Select(fetched => fetched.Time), Is.SubsetOf(new[] { 2.0, 3, 4 }));
    }

    [Test]
    public void ProxiesAndOtherOrders_PassThrough()
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 8);
        foreach (RenderJob job in new[]
        {
            clip.Job(EffectCatalog.Style, 3) with { RenderScaleX = 0.5, RenderScaleY = 0.5 },
            clip.Job(EffectCatalog.Style, 3, (EffectCatalog.FieldOrderName, (double)FieldOrder.Progressive)),
            clip.Job(EffectCatalog.Style, 3, (EffectCatalog.FieldOrderName, (double)FieldOrder.FromHost)),
        })
        {
            Watching watching = new();
            new FieldPipeline(watching).Render(job, clip, clip, clip, CancellationToken.None);
            Assert.That(watching.Seen.Select(seen => seen.Time), Is.EqualTo(new[] { 3.0 }));
        }
    }

    [Test]
    public void HostThatTookTheFieldApart_IsBelieved()
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 8);
        Watching watching = new();
        OneField host = new(clip);
        new FieldPipeline(watching).Render(clip.Job(EffectCatalog.Style, 3), host, clip, clip, CancellationToken.None);
        foreach ((_, Frame picture) in watching.Seen) Assert.That(FrameComparison.AreBitEqual(picture, clip.Woven(3)), Is.True);
    }

    [Test]
    public void FramesInParameters_CountFields()
    {
        InterlacedClip clip = new(FieldOrder.UpperFirst, 1);
        RenderJob extend = FieldTiming.Of(clip.Job(EffectCatalog.Extend, 7, ("firstGoodFrame", 2), ("lastGoodFrame", 9), ("framesAfter", 5)), isLate: true);
        Assert.That((extend.Number("firstGoodFrame"), extend.Number("lastGoodFrame"), extend.Number("framesAfter"), extend.Time, extend.FrameRate),
            Is.EqualTo((4.0, 19.0, 10.0, 15.0, 50.0)));
        RenderJob style = clip.Job(EffectCatalog.Style, 7);
        string[] texts = [.. style.Texts];
        texts[EffectCatalog.Style.IndexOf(EffectCatalog.KeyframesName)] = "3=/a.png;9=/b.png";
        texts[EffectCatalog.Style.IndexOf(EffectCatalog.ModelFramesName)] = "4, 6-8";
        style = FieldTiming.Of(style with { Texts = texts }, isLate: false);
        Assert.That((style.Text(EffectCatalog.KeyframesName), style.Text(EffectCatalog.ModelFramesName)), Is.EqualTo(("6=/a.png;18=/b.png", "8-9, 12-17")));
    }

    private static RenderJob Progressive(InterlacedClip clip, EffectDefinition effect, double time) =>
        clip.Job(effect, time, (EffectCatalog.FieldOrderName, (double)FieldOrder.Progressive)) with { FrameRate = 50 };

    private static Frame Ground() => new InterlacedClip(FieldOrder.UpperFirst, 1000).Moment(5);

    /// <summary>How much lines alternate around the bar, the ground's own lines left out.</summary>
    private static double Combing(Frame picture, InterlacedClip clip, double time)
    {
        double sum = 0;
        int left = (int)clip.BarAt(time) - 4, right = (int)clip.BarAt(time + 0.5) + InterlacedClip.BarWidth + 4;
        for (int y = 1; y < picture.Height - 1; y++)
        {
            for (int x = left; x < right; x++)
            {
                float own = picture.Row(y)[4 * x], above = picture.Row(y - 1)[4 * x], below = picture.Row(y + 1)[4 * x];
                double step = Math.Min(Math.Abs(own - above), Math.Abs(own - below));
                if ((own - above) * (own - below) > 0 && step > CombMin) sum += step;
            }
        }

        return sum + 1e-9;
    }

    /// <summary>Mean column of what is red, over the rows of one field.</summary>
    private static double Middle(Frame picture, InterlacedClip clip, bool isLate)
    {
        double sum = 0, weight = 0;
        for (int y = 0; y < picture.Height; y++)
        {
            if (clip.IsLate(y) != isLate) continue;
            for (int x = 0; x < picture.Width; x++)
            {
                double red = Math.Max(0, picture.Row(y)[4 * x] - 0.7);
                (sum, weight) = (sum + red * x, weight + red);
            }
        }

        return sum / weight;
    }

    private sealed class Inverting : IEffectPipeline
    {
        public EffectDefinition Effect => EffectCatalog.Style;

        public static Frame Of(Frame picture)
        {
            Frame result = picture.Clone();
            for (int i = 0; i < result.Pixels.Length; i++) result.Pixels[i] = i % Frame.Channels == 3 ? result.Pixels[i] : 1 - result.Pixels[i];
            return result;
        }

        public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation) =>
            Of(frames.TryFetch(0, job.Time, out HostFrame? source) ? source.Picture : throw new InvalidOperationException("no source"));
    }

    private sealed class Watching : IEffectPipeline
    {
        public List<(double Time, Frame Picture)> Seen { get; } = [];

        public EffectDefinition Effect => EffectCatalog.Style;

        public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
        {
            Frame picture = frames.TryFetch(0, job.Time, out HostFrame? source) ? source.Picture : throw new InvalidOperationException("no source");
            Seen.Add((job.Time, picture.Clone()));
            return picture.Clone();
        }
    }

    private sealed class OneField(IHostFrames frames) : IHostFrames
    {
        public bool HasTemporalAccess => frames.HasTemporalAccess;

        public bool TryFetch(int clip, double time, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out HostFrame? frame)
        {
            if (frames.TryFetch(clip, time, out frame)) frame = frame with { IsOneField = true };
            return frame is not null;
        }
    }
}
