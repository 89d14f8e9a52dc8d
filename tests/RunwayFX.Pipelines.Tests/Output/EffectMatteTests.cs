using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Pipelines.Tests.Remove;
using RunwayFX.Pipelines.Tests.Retime;
using RunwayFX.Pipelines.Tests.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Output;

/// <summary>What effects say they generated: 1 where a pixel is theirs, 0 where it is the source's, between where they mixed both. Perform's stands with its own
/// tests.</summary>
public sealed class EffectMatteTests
{
    [Test]
    public void Extend_FillIsOne_SourceIsZero()
    {
        Frame source = TestPictures.Draw(120, 90, (x, y) => (x / 120f, y / 90f, 0.5f));
        PixelWindow wide = new(-20, 0, 140, 90);
        GeneratedMatte matte = new(wide);
        RenderJob job = FakeClip.Job(wide, settings: [("canvas", 1), ("quality", 0)]) with { Matte = matte };

        _ = new ExtendPipeline().Render(job, FakeClip.Still(source), new NoPictures(), new Progress<double>(), CancellationToken.None);

        for (int y = 0; y < 90; y += 7)
        {
            for (int x = 0; x < 160; x++) Assert.That(matte.Shares[y * 160 + x], Is.EqualTo(x is < 20 or >= 140 ? 1 : 0), $"{x},{y}");
        }
    }

    [Test]
    public void Extend_InTime_MadeUpFramesAreOne_GoodFramesAreZero()
    {
        Frame At(double time) => TestPictures.Draw(48, 36, (x, y) => (Math.Abs(x - 2 * time - 4) < 3 ? 1 : 0.3f + x / 200f, 0.2f + y / 90f, 0.5f));
        FakeClip clip = new(time => time is >= 0 and < 12 ? FakeClip.At(At(time)) : null);
        foreach ((double time, float expected) in new[] { (5.0, 0f), (11, 0), (12, 1), (14, 1) })
        {
            RenderJob job = FakeClip.Job(new(0, 0, 48, 36), time, ("outputKind", (int)OutputKind.Matte), ("targetAspect", 0), ("timeMode", (int)TimeMode.Continue),
                ("framesAfter", 4), ("goodRange", 1), ("firstGoodFrame", 0), ("lastGoodFrame", 11), ("quality", 0));
            Frame matte = new OutputPipeline(new ExtendPipeline()).Render(job, clip, new NoPictures(), new Progress<double>(), CancellationToken.None);
            Assert.That(matte.Pixels, Is.All.EqualTo(expected), $"frame {time}");
        }
    }

    [Test]
    public void Style_PaintedIsOne_TransparentIsZero_AndTheMaskCounts()
    {
        Frame mask = TestPictures.Draw(StyleScene.Width, StyleScene.Height, (x, _) => x < 30 ? (0.5f, 0.5f, 0.5f) : (0, 0, 0));
        StyleScene scene = new(0, 2) { MaskClip = StyleScene.Host(mask) };
        for (int x = 0; x < StyleScene.Width; x++) scene[1].Picture.Row(7)[4 * x + 3] = 0;
        Frame whole = scene.Render(new StylePipeline(), 1, ("quality", 0), ("outputKind", (int)OutputKind.Matte));
        Frame masked = scene.Render(new StylePipeline(), 1, ("quality", 0), ("outputKind", (int)OutputKind.Matte), ("maskFromClip", 1));
        for (int p = 0; p < StyleScene.Width * StyleScene.Height; p++)
        {
            bool isTransparent = p / StyleScene.Width == 7;
            Assert.That(whole.Pixels[4 * p], Is.EqualTo(isTransparent ? 0 : 1), $"pixel {p}");
            Assert.That(masked.Pixels[4 * p], Is.EqualTo(isTransparent || p % StyleScene.Width >= 30 ? 0 : 0.5f).Within(1e-6f), $"pixel {p} with the mask");
        }
    }

    [Test]
    public void Remove_FillIsOne_FeatherFalls_AndTheLayerOverTheSourceIsTheResult([Values] bool isPremultiplied)
    {
        RemoveScene scene = new(_ => RemovePipelineTests.Stripes(), _ => RemovePipelineTests.Box(30, 20, 44, 34)) { Premultiplied = isPremultiplied };
        (string, double)[] settings = [("feather", 6), ("quality", 0)];
        Frame matte = scene.Render(0, [.. settings, ("outputKind", (double)OutputKind.Matte)]), layer = scene.Render(0, [.. settings, ("outputKind", (double)OutputKind.GeneratedOnly)]);
        Frame result = scene.Render(0, settings), source = RemovePipelineTests.Stripes();
        List<float> edge = [.. Enumerable.Range(37, 20).Select(x => matte.Row(27)[4 * x])];
        Assert.That(edge, Is.Ordered.Descending);
        Assert.That((edge[0], edge[^1]), Is.EqualTo((1f, 0f)));
        Assert.That(edge.Count(share => share is > 0 and < 1), Is.InRange(4, 7), "a soft edge of six pixels");
        double worst = 0;
        for (int i = 0; i < source.Pixels.Length; i++)
        {
            float alpha = layer.Pixels[i | 3];
            if (i % 4 == 3) Assert.That(alpha, Is.EqualTo(matte.Pixels[i]).Within(1e-6f));
            else worst = Math.Max(worst, Math.Abs(layer.Pixels[i] * (isPremultiplied ? 1 : alpha) + source.Pixels[i] * (1 - alpha) - result.Pixels[i]));
        }

        Assert.That(worst, Is.LessThan(1e-6));
    }

    [TestCase(5.5, RetimeMethod.Motion, 1)]
    [TestCase(5.5, RetimeMethod.Blend, 1)]
    [TestCase(5.4, RetimeMethod.Nearest, 0)]
    [TestCase(5, RetimeMethod.Motion, 0)]
    public void Retime_FramesInBetweenAreOne_SourceFramesAreZero(double moment, RetimeMethod method, float expected)
    {
        Frame matte = RetimeScene.Disc().Show(new RetimePipeline(), moment, ("method", (double)method), ("quality", 0), ("outputKind", (double)OutputKind.Matte));
        Assert.That(matte.Pixels, Is.All.EqualTo(expected));
    }

    [TestCase(0, 0)]
    [TestCase(0.5, 1)]
    public void Generate_IsAllOfThePicture_ButForOneThatItLeftAsItWas(double variation, float expected)
    {
        EffectDefinition effect = EffectCatalog.Generate;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        foreach ((string name, double value) in new[] { ("variation", variation), ("quality", 0), ("outputKind", (double)OutputKind.Matte) }) numbers[effect.IndexOf(name)] = value;
        RenderJob job = new()
        {
            Effect = effect, Numbers = numbers, Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)], OutputWindow = new(0, 0, 40, 30), Time = 0,
        };
        FakeClip clip = FakeClip.Still(TestPictures.Draw(40, 30, (x, y) => (x * 7 % 11 / 11f, y / 30f, 0.4f)));
        Frame matte = new OutputPipeline(new GeneratePipeline()).Render(job, clip, new NoPictures(), new Progress<double>(), CancellationToken.None);
        Assert.That(matte.Pixels, Is.All.EqualTo(expected));
    }

    [Test]
    public void Matte_PartsOutsideOfTheWindow_AreLeftOut()
    {
        GeneratedMatte matte = new(new PixelWindow(0, 0, 3, 2));
        matte.Put([1, 2, 3, 4], new PixelWindow(2, 1, 4, 3));
        matte.Fill(new PixelWindow(-5, -5, 1, 1), 9);
        matte.Fill(new PixelWindow(7, 7, 9, 9), 5);
        Assert.That(matte.Shares, Is.EqualTo(new float[] { 0, 0, 3, 9, 0, 0 }));
    }

    private sealed class NoPictures : IPictureReader
    {
        public Frame Read(string path) => throw new NotSupportedException(path);
    }
}
