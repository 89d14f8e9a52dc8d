using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class StylePipelineTests
{
    [Test]
    public void MixZero_GivesTheSourceBits()
    {
        Frame odd = TestPictures.Noise(31, 17, 3);
        odd.Pixels[0] = float.NaN;
        odd.Pixels[5] = -0f;
        odd.Pixels[9] = float.PositiveInfinity;
        odd.Pixels[15] = 0;
        StyleScene scene = new() { [0] = new HostFrame(odd, new PixelWindow(-5, -9, 26, 8), true) };
        Assert.That(FrameComparison.AreBitEqual(scene.Render(new StylePipeline(), 0, ("mix", 0)), odd));
    }

    [Test]
    public void Painting_ChangesThePictureAndKeepsAlpha()
    {
        StyleScene scene = new();
        Frame source = scene[0].Picture;
        for (int index = 0; index < source.Width * source.Height; index++) source.Pixels[4 * index + 3] = index % 7 / 6f;
        Frame before = source.Clone(), result = scene.Render(new StylePipeline(), 0);
        for (int index = 0; index < before.Pixels.Length; index += 4)
        {
            Assert.That(result.Pixels[index + 3], Is.EqualTo(before.Pixels[index + 3]));
            if (before.Pixels[index + 3] == 0) Assert.That(result.Pixels[index], Is.EqualTo(before.Pixels[index]), "colour under alpha 0");
        }

        Assert.That(FrameComparison.Between(result, before).Mean, Is.GreaterThan(0.02));
        Assert.That(FrameComparison.AreBitEqual(source, before), "the host's frame is not written to");
    }

    [Test]
    public void PremultipliedSource_IsPaintedAsTheStraightOne()
    {
        StyleScene straight = new(), premultiplied = new();
        Frame picture = straight[0].Picture;
        for (int index = 3; index < picture.Pixels.Length; index += 4) picture.Pixels[index] = 0.5f;
        premultiplied[0] = StyleScene.Host(Premultiplication.Premultiply(picture), true);
        Frame expected = Premultiplication.Premultiply(straight.Render(new StylePipeline(), 0));
        FrameComparison.AssertClose(premultiplied.Render(new StylePipeline(), 0), expected, 1e-4, 1e-5);
    }

    [Test]
    public void HalfMix_LiesHalfWay()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        Frame source = scene[0].Picture, full = scene.Render(pipeline, 0), half = scene.Render(pipeline, 0, ("mix", 0.5));
        for (int index = 0; index < source.Pixels.Length; index++) Assert.That(half.Pixels[index],
            Is.EqualTo((source.Pixels[index] + full.Pixels[index]) / 2).Within(1e-6));
    }

    [Test]
    public void KeepColour_TakesTheClipsColourDifferences()
    {
        StyleScene scene = new();
        Frame result = scene.Render(new StylePipeline(), 0, ("keepColour", 1)), source = scene[0].Picture;
        double worst = 0;
        for (int index = 0; index < source.Pixels.Length; index += 4)
        {
            double clip = source.Pixels[index] - source.Pixels[index + 2], own = result.Pixels[index] - result.Pixels[index + 2];
            if (result.Pixels[index] is > 0 and < 1 && result.Pixels[index + 2] is > 0 and < 1) worst = Math.Max(worst, Math.Abs(clip - own));
        }

        Assert.That(worst, Is.LessThan(1e-5));
    }

    /// <summary>Pixels twice as wide as high show a style's square as half as many columns as rows: on the screen it is a square again.</summary>
    [TestCase(1, 0.8, 1.25)]
    [TestCase(2, 1.6, 2.5)]
    [TestCase(0.5, 0.4, 0.625)]
    public void PixelAspect_KeepsTheStylesShapesOnTheScreen(double aspect, double low, double high)
    {
        Frame squares = TestPictures.Draw(160, 160, static (x, y) => (x / 8 + y / 8) % 2 == 0 ? (0.3f, 0.35f, 0.4f) : (0.6f, 0.55f, 0.5f));
        StyleScene scene = new() { StylePicture = squares };
        scene[0] = StyleScene.Host(TestPictures.Draw(StyleScene.Width, StyleScene.Height, static (x, y) => (0.45f, 0.45f, 0.45f)));
        Frame result = scene.Render(new StylePipeline(), scene.Job(0, ("structureFidelity", 0)) with { PixelAspect = aspect });
        double across = 0, down = 0;
        for (int y = 0; y + 1 < result.Height; y++)
        {
            for (int x = 0; x + 1 < result.Width; x++)
            {
                across += Math.Abs(result.Row(y)[4 * x] - result.Row(y)[4 * x + 4]);
                down += Math.Abs(result.Row(y)[4 * x] - result.Row(y + 1)[4 * x]);
            }
        }

        Assert.That(across / down, Is.InRange(low, high), $"steps across {across:F1}, down {down:F1}");
    }

    [TestCaseSource(nameof(Spaces))]
    public void EveryColourSpace_GivesFinitePixels(ColourSpaceOption space)
    {
        StyleScene scene = new(0, 1);
        Frame result = scene.Render(new StylePipeline(), 0, ("colourSpace", (int)space), ("keepColour", 0.5));
        Assert.That(result.Pixels, Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void NotANumberInTheSource_DoesNotSpread()
    {
        StyleScene scene = new();
        foreach (int index in new[] { 40, 401, 5002, 9001 }) scene[0].Picture.Pixels[index] = index % 2 == 0 ? float.NaN : float.NegativeInfinity;
        Frame result = scene.Render(new StylePipeline(), 0, ("mix", 0.7), ("keepColour", 0.5));
        Assert.That(result.Pixels, Is.All.Matches<float>(float.IsFinite));
    }

    [TestCase(1, 1)]
    [TestCase(1, 40)]
    [TestCase(7, 3)]
    public void TinySource_IsPainted(int width, int height)
    {
        StyleScene scene = new();
        for (int time = 0; time < 3; time++) scene[time] = StyleScene.Host(TestPictures.Noise(width, height, time));
        Frame result = scene.Render(new StylePipeline(), 2);
        Assert.That((result.Width, result.Height), Is.EqualTo((width, height)));
        Assert.That(result.Pixels, Is.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void OutputWindow_ShowsItsPartAndNothingOutside()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        Frame full = scene.Render(pipeline, 0);
        RenderJob job = scene.Job(0) with { OutputWindow = new PixelWindow(-3, 10, 20, StyleScene.Height + 2) };
        Frame part = scene.Render(pipeline, job);
        Assert.That((part.Width, part.Height), Is.EqualTo((23, StyleScene.Height - 8)));
        for (int y = 0; y < part.Height; y++)
        {
            for (int x = 0; x < part.Width; x++)
            {
                bool isOutside = x < 3 || y < 2;
                float expected = isOutside ? 0 : full.Row(y - 2)[4 * (x - 3) + 1];
                Assert.That(part.Row(y)[4 * x + 1], Is.EqualTo(expected), $"({x}, {y})");
            }
        }
    }

    [Test]
    public void NoStyle_NamesTheParameter()
    {
        PipelineException empty = Assert.Throws<PipelineException>(() => new StyleScene { StylePicture = null }.Render(new StylePipeline(), 0))!;
        PipelineException clip = Assert.Throws<PipelineException>(() => new StyleScene().Render(new StylePipeline(), 0, ("styleFromClip", 1)))!;
        PipelineException source = Assert.Throws<PipelineException>(() => new StyleScene().Render(new StylePipeline(), 500))!;
        Assert.Multiple(() =>
        {
            Assert.That(empty.Code, Is.EqualTo(PipelineError.ReferenceMissing));
            Assert.That(empty.Message, Does.Contain("stylePath"));
            Assert.That(clip.Code, Is.EqualTo(PipelineError.ReferenceMissing));
            Assert.That(clip.Message, Does.Contain("styleFromClip"));
            Assert.That(source.Code, Is.EqualTo(PipelineError.SourceMissing));
        });
    }

    [Test]
    public void StyleClip_PaintsAsTheSamePictureFromAFile()
    {
        Frame style = StyleScene.Strokes(96, 72);
        StyleScene file = new(), clip = new() { StylePicture = null, StyleClip = StyleScene.Host(style) };
        Assert.That(FrameComparison.AreBitEqual(clip.Render(new StylePipeline(), 0, ("styleFromClip", 1)), file.Render(new StylePipeline(), 0)));
    }

    [Test]
    public void StyleSmallerThanAPatch_IsRefused()
    {
        Assert.That(new StyleScene { StylePicture = StyleScene.Strokes(5, 5) }.Render(new StylePipeline(), 0), Is.Not.Null);
        PipelineException refused = Assert.Throws<PipelineException>(() => new StyleScene { StylePicture = StyleScene.Strokes(40,
            4) }.Render(new StylePipeline(), 0))!;
        Assert.Multiple(() =>
        {
            Assert.That(refused.Code, Is.EqualTo(PipelineError.SizeUnsupported));
            Assert.That(refused.Message, Does.Contain("40×4"));
        });
    }

    [TestCase(0.25)]
    [TestCase(4)]
    public void ExtremeDetail_IsBounded(double detail)
    {
        StyleScene scene = new() { StylePicture = TestPictures.Noise(1200, 900, 1) };
        StyleReference reference = StyleReference.Create(scene.StylePicture, StyleSettings.From(scene.Job(0, ("detailSize", detail))), 80, 60,
            default);
        Assert.Multiple(() =>
        {
            Assert.That((long)reference.Picture.Width * reference.Picture.Height, Is.LessThanOrEqualTo(StyleReference.PixelsMax * 1.01));
            Assert.That(Math.Max(reference.Picture.Width, reference.Picture.Height), Is.LessThanOrEqualTo(StyleReference.SideMax));
            Assert.That((double)reference.Picture.Width / reference.Picture.Height, Is.EqualTo(4 / 3.0).Within(0.02));
        });
    }

    [Test]
    public void NarrowHugeStyle_IsBounded()
    {
        StyleReference reference = StyleReference.Create(
            TestPictures.Noise(16_384, 6, 1), StyleSettings.From(new StyleScene().Job(0, ("detailSize", 4))), 80, 60, default);
        Assert.That(reference.Picture.Width, Is.LessThanOrEqualTo(StyleReference.SideMax));
        Assert.That(reference.Picture.Height, Is.GreaterThanOrEqualTo(StyleReference.PatchWidth));
    }

    [TestCase(QualityLevel.Draft)]
    [TestCase(QualityLevel.High)]
    public void EveryQuality_Paints(QualityLevel quality)
    {
        StyleScene scene = new();
        Frame result = scene.Render(new StylePipeline(), 2, ("quality", (int)quality));
        Assert.That(FrameComparison.Between(result, scene[2].Picture).Mean, Is.GreaterThan(0.02));
    }

    [Test]
    public void Draft_AsksForNoOtherFrame_AndLeavesStillGroundAlone()
    {
        StyleScene scene = new();
        StylePipeline pipeline = new();
        Frame first = scene.Render(pipeline, 2, ("quality", (int)QualityLevel.Draft)), second = scene.Render(pipeline, 3, ("quality", (int)QualityLevel.Draft));
        Assert.That(scene.Fetched.Distinct(), Is.EqualTo(new[] { 2.0, 3 }));
        double change = 0;
        for (int y = 8; y < StyleScene.Height - 8; y++)
        {
            for (int x = 50; x < 72; x++) change += Math.Abs(first.Row(y)[4 * x] - second.Row(y)[4 * x]) / (22.0 * (StyleScene.Height - 16));
        }

        Assert.That(change, Is.LessThan(0.03), "the walker is elsewhere");
    }

    [Test]
    public void Cancelled_StopsAndTheNextRenderWorks()
    {
        StyleScene scene = new(0, 2) { StylePicture = TestPictures.Noise(500, 400, 1) };
        scene[0] = StyleScene.Host(TestPictures.Noise(500, 400, 2));
        StylePipeline pipeline = new();
        using CancellationTokenSource cancellation = new();
        int reports = 0;
        Assert.That(() => scene.Render(pipeline, scene.Job(0, ("quality", 2)), value =>
        {
            if (value < 0.1) return;
            reports++;
            cancellation.Cancel();
        }, cancellation.Token), Throws.InstanceOf<OperationCanceledException>());

        Assert.That(reports, Is.EqualTo(1), "reports of progress until the search stopped");
        Assert.That(scene.Render(pipeline, 1), Is.Not.Null);
    }

    [Test]
    public void SmallPicture_LooksAsAccepted() =>
        GoldenPicture.AssertMatches(new StyleScene().Render(new StylePipeline(), 3), "walker-frame-3", 1.01 / 255, 0.3 / 255);

    private static ColourSpaceOption[] Spaces() => Enum.GetValues<ColourSpaceOption>();
}
