using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Output;

/// <summary>What effects say they generated.</summary>
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
