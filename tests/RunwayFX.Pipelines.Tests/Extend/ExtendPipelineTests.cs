using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Extend;

public sealed class ExtendPipelineTests
{
    private const int Grow = 1, FillBars = 2, AsSource = 0, Wide = 1, Tall = 2, Custom = 8;

    [Test]
    public void AsSource_ReturnsTheSourcesBits()
    {
        Frame source = Hostile(30, 20);

        Frame result = Render(FakeClip.Still(source, -5, 7), FakeClip.Job(new(-5, 7, 25, 27),
            settings: [("canvas", Grow), ("targetAspect", AsSource)]));

        Assert.That(FrameComparison.AreBitEqual(result, source));
    }

    [Test]
    public void SourceOfTheWantedAspect_ReturnsTheSourcesBits()
    {
        Frame source = Hostile(160, 90);

        Assert.That(FrameComparison.AreBitEqual(Render(FakeClip.Still(source), FakeClip.Job(new(0, 0, 160, 90), settings: [("canvas", Grow)])),
            source));
    }

    [TestCase(0, 20)]
    [TestCase(1, 0)]
    [TestCase(2, 40)]
    [TestCase(5, 0)]
    public void Grown_KeepsTheSourcesBits_WhereTheAnchorPutsThem(int anchor, int left)
    {
        Frame source = Hostile(120, 90);
        int x1 = -left;

        Frame result = Render(FakeClip.Still(source), FakeClip.Job(new(x1, 0, x1 + 160, 90),
            settings: [("canvas", Grow), ("anchor", anchor), ("quality", 0)]));

        Frame kept = new(120, 90);
        ExtendCanvas.Copy(result, new(x1, 0, x1 + 160, 90), kept, new(0, 0, 120, 90), new(0, 0, 120, 90));
        Assert.That(FrameComparison.AreBitEqual(kept, source));
    }

    [Test]
    public void Fill_OfAnOpaqueSource_IsOpaque_AndLooksLikeIt()
    {
        Frame result = Render(FakeClip.Still(Meadow(120, 90, 0)), FakeClip.Job(new(-20, 0, 140, 90), settings: [("canvas", Grow), ("quality", 0)]));

        FrameComparison.AssertClose(result, Meadow(160, 90, 20), worstLimit: 0.5, meanLimit: 0.05);
        Assert.That(Enumerable.Range(0, 160 * 90).Select(p => result.Pixels[4 * p + 3]), Has.All.EqualTo(1f));
    }

    [Test]
    public void HighDynamicRange_IsCopiedNotClamped()
    {
        Frame source = TestPictures.Draw(120, 90, (_, _) => (12.5f, -0.25f, 0.3333333f));

        Frame result = Render(FakeClip.Still(source), FakeClip.Job(new(-20, 0, 140, 90),
            settings: [("canvas", Grow), ("quality", 0), ("colourSpace", 3)]));

        FrameComparison.AssertClose(result, TestPictures.Draw(160, 90, (_, _) => (12.5f, -0.25f, 0.3333333f)), 1e-6, 1e-7);
    }

    [Test]
    public void PartOfTheCanvas_EqualsThatPartOfTheWhole()
    {
        FakeClip clip = FakeClip.Still(Meadow(120, 90, 0), 3, -8);
        (string, double)[] settings = [("canvas", Grow), ("quality", 0)];
        Frame whole = Render(clip, FakeClip.Job(new(-17, -8, 143, 82), settings: settings));

        Frame part = Render(clip, FakeClip.Job(new(-10, 0, 50, 40), settings: settings));

        Frame expected = new(60, 40);
        ExtendCanvas.Copy(whole, new(-17, -8, 143, 82), expected, new(-10, 0, 50, 40), new(-10, 0, 50, 40));
        Assert.That(FrameComparison.AreBitEqual(part, expected));
    }

    [Test]
    public void OutputBeyondTheCanvas_RepeatsTheEdgeForRounding_AndIsEmptyFurtherOut()
    {
        Frame result = Render(FakeClip.Still(Meadow(120, 90, 0)), FakeClip.Job(new(-30, 0, 150, 90), settings: [("canvas", Grow), ("quality", 0)]));

        Assert.That(result.Row(40)[(4 * 8)..(4 * 10)].ToArray(),
            Is.EqualTo(result.Row(40)[(4 * 10)..(4 * 11)].ToArray().Concat(result.Row(40)[(4 * 10)..(4 * 11)].ToArray())));
        Assert.That(result.Row(40)[..(4 * 8)].ToArray(), Has.All.EqualTo(0f));
    }

    [TestCase(2.0, 1.0, 1.0, 120, 60)]
    [TestCase(1.0, 0.5, 1.0, 120, 60)]
    [TestCase(1.0, 0.5, 0.5, 213, 120)]
    public void PixelAspectAndRenderScale_AreHonoured(double pixelAspect, double scaleX, double scaleY, int width, int height)
    {
        RenderJob job = FakeClip.Job(new(0, 0, 10, 10), settings: [("canvas", Grow), ("targetAspect", Wide)]) with { PixelAspect = pixelAspect,
            RenderScaleX = scaleX, RenderScaleY = scaleY };
        PixelWindow source = height == 120 ? new(0, 0, 160, 120) : new(0, 0, 100, 60);

        PixelWindow canvas = ExtendCanvas.Create(job, source, source).Canvas;

        double displayed = canvas.Width / scaleX * pixelAspect / (canvas.Height / scaleY);
        Assert.That(displayed, Is.EqualTo(16.0 / 9).Within(0.04));
        Assert.That(canvas.Width, Is.GreaterThanOrEqualTo(source.Width).And.LessThanOrEqualTo(Math.Max(width, source.Width) + 2));
        Assert.That(canvas.Height, Is.GreaterThanOrEqualTo(source.Height));
    }

    [TestCase(1, 1)]
    [TestCase(3, 2)]
    [TestCase(6, 9)]
    [TestCase(17, 5)]
    public void TinySources_AreExtended(int width, int height)
    {
        PixelWindow source = new(0, 0, width, height);
        foreach (int aspect in new[] { Wide, Tall, 3 })
        {
            (string, double)[] settings = [("canvas", Grow), ("targetAspect", aspect)];
            PixelWindow canvas = ExtendCanvas.Create(FakeClip.Job(source, settings: settings), source, source).Canvas;

            Frame result = Render(FakeClip.Still(Meadow(width, height, 0)), FakeClip.Job(canvas, settings: settings));

            Assert.That(result.Pixels.Where((_, i) => i % 4 == 3), Has.All.EqualTo(1f));
        }
    }

    [Test]
    public void TallFromWide_TripleHeight_IsFilled()
    {
        Frame result = Render(FakeClip.Still(Meadow(96, 54, 0)),
            FakeClip.Job(new(0, -58, 96, 112), settings: [("canvas", Grow), ("targetAspect", Tall), ("quality", 0)]));

        Assert.That(result.Height, Is.EqualTo(170));
        Assert.That(result.Pixels.Where((_, i) => i % 4 == 3), Has.All.EqualTo(1f));
    }

    [Test]
    public void DetectedBars_AreFilled_AndThePictureKeepsItsBits()
    {
        Frame barred = Barred(160, 90, 20, 0);

        Frame result = Render(FakeClip.Still(barred), FakeClip.Job(new(0, 0, 160, 90), settings: [("canvas", FillBars), ("quality", 0)]));

        FrameComparison.AssertClose(result, Meadow(160, 90, 20), worstLimit: 0.6, meanLimit: 0.06);
        for (int y = 0; y < 90; y++) Assert.That(result.Row(y)[(4 * 20)..(4 * 140)].SequenceEqual(barred.Row(y)[(4 * 20)..(4 * 140)]), Is.True);
    }

    [Test]
    public void Automatic_FillsBarsWhereTheHostGivesNoLargerCanvas()
    {
        Frame result = Render(FakeClip.Still(Barred(160, 90, 0, 15)), FakeClip.Job(new(0, 0, 160, 90), settings: ("quality", 0)));

        Assert.That(result.Row(3)[(4 * 30)..(4 * 130)].ToArray().Where((_, i) => i % 4 == 1).Average(), Is.GreaterThan(0.2f));
    }

    [Test]
    public void KnownPictureAspect_FillsTheRest()
    {
        RenderJob job = FakeClip.Job(new(0, 0, 160, 90), settings: [("canvas", FillBars), ("pictureAspect", 4)]);

        Assert.That(ExtendCanvas.Create(job, new(0, 0, 160, 90), default).Picture, Is.EqualTo(new PixelWindow(20, 0, 140, 90)));
    }

    [Test]
    public void PictureWithoutBars_AndBlackPicture_ReturnTheSourcesBits()
    {
        foreach (Frame source in new[] { Meadow(80, 60, 0), new Frame(80, 60), TestPictures.Draw(80, 60, (_, _) => (0.01f, 0.01f, 0.01f)) })
            Assert.That(FrameComparison.AreBitEqual(Render(FakeClip.Still(source), FakeClip.Job(new(0, 0, 80, 60), settings: ("canvas", FillBars))),
                source));
    }

    [Test]
    public void MissingSource_SaysSo()
    {
        PipelineException? error = Assert.Throws<PipelineException>(() => Render(new FakeClip(_ => null), FakeClip.Job(new(0, 0, 8, 8), 12)));

        Assert.That(error!.Code, Is.EqualTo(PipelineError.SourceMissing));
        Assert.That(error.Message, Does.Contain("12"));
    }

    [Test]
    public void CanvasOverTheLimit_SaysSo_AndAtTheLimitIsAccepted()
    {
        (string, double)[] settings = [("canvas", Grow), ("targetAspect", Custom), ("customAspect", 10)];
        RenderJob job = FakeClip.Job(new(0, 0, 8, 8), settings: settings);

        Assert.That(ExtendCanvas.Create(job, new(0, 0, 100, 1638), default).Canvas.Width, Is.EqualTo(16380));
        PipelineException? error = Assert.Throws<PipelineException>(() => ExtendCanvas.Create(job, new(0, 0, 100, 1639), default));
        Assert.That(error!.Code, Is.EqualTo(PipelineError.SizeUnsupported));
    }

    [Test]
    public void Cancelled_Stops()
    {
        using CancellationTokenSource cancellation = new();
        cancellation.Cancel();

        Assert.Catch<OperationCanceledException>(() => new ExtendPipeline().Render(FakeClip.Job(new(-20, 0, 140, 90)),
            FakeClip.Still(Meadow(120, 90, 0)), new NoPictures(), new NoProgress(), cancellation.Token));
    }

    /// <summary>Grass with some structure that goes on for ever; <paramref name="left"/> shifts it.</summary>
    internal static Frame Meadow(int width, int height, int left) => TestPictures.Draw(width, height, (x, y) =>
    {
        float blade = ((x - left + 1000) * 31 + y * 17) % 23 / 23f;
        return y < height / 3 ? (0.45f, 0.6f, 0.8f) : (0.2f + 0.1f * blade, 0.4f + 0.2f * blade, 0.15f);
    });

    internal static Frame Render(IHostFrames clip, RenderJob job, ExtendPipeline? pipeline = null) =>
        (pipeline ?? new ExtendPipeline()).Render(job, clip, new NoPictures(), new NoProgress(), CancellationToken.None);

    private static Frame Barred(int width, int height, int side, int above)
    {
        Frame frame = Meadow(width, height, side);
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (x < side || x >= width - side || y < above || y >= height - above) frame.Row(y).Slice(4 * x, 3).Clear();
            }
        }

        return frame;
    }

    private static Frame Hostile(int width, int height)
    {
        Frame frame = TestPictures.Noise(width, height, 8);
        Random random = new(3);
        float[] odd = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, float.MaxValue, -1, 2,
            BitConverter.Int32BitsToSingle(0x7F800001), 1e-42f];
        for (int i = 0; i < frame.Pixels.Length; i++)
        {
            if (random.Next(10) == 0) frame.Pixels[i] = odd[random.Next(odd.Length)];
        }

        return frame;
    }

    internal sealed class NoPictures : IPictureReader
    {
        public Frame Read(string path) => throw new AssertionException($"Nobody needs {path}.");
    }

    internal sealed class NoProgress : IProgress<double>
    {
        public void Report(double value)
        {
            // Nobody watches.
        }
    }
}
