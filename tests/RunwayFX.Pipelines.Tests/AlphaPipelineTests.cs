using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Alpha;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests;

/// <summary>Alpha processed, passed or ignored by choice, in either alpha state.</summary>
public sealed class AlphaPipelineTests
{
    private const int Width = 48, Height = 32;

    [Test]
    public void Process_IsTheEffectItself([Values] bool premultiplied)
    {
        Still still = new(premultiplied);
        Assert.That(FrameComparison.AreBitEqual(still.Render(new RemovePipeline(), AlphaUse.Process), still.Render(new RemovePipeline(), null)), Is.True);
    }

    [Test]
    public void Pass_OfRemovedHole_KeepsTheSourcesAlphaToTheBit([Values] bool premultiplied)
    {
        Still still = new(premultiplied);
        Frame processed = still.Render(new RemovePipeline(), AlphaUse.Process), passed = still.Render(new RemovePipeline(), AlphaUse.Pass);
        int filled = 0;
        for (int p = 0; p < Width * Height; p++)
        {
            float alpha = still.Picture.Pixels[4 * p + 3], made = processed.Pixels[4 * p + 3];
            Assert.That(passed.Pixels[4 * p + 3], Is.EqualTo(alpha));
            filled += made.Equals(alpha) ? 0 : 1;
            for (int c = 0; c < 3; c++)
            {
                float expected = premultiplied && !made.Equals(alpha) && made != 0 ? processed.Pixels[4 * p + c] * (alpha / made) : processed.Pixels[4 * p + c];
                Assert.That(passed.Pixels[4 * p + c], Is.EqualTo(expected).Within(1e-6), $"pixel {p}");
            }
        }

        Assert.That(filled, Is.GreaterThan(20), "pixels whose alpha the effect changes");
    }

    [Test]
    public void Ignore_ShowsTheEffectAnOpaqueSource_AndGivesItsAlphaBack([Values] bool premultiplied)
    {
        Still still = new(premultiplied);
        Frame ignored = still.Render(new RemovePipeline(), AlphaUse.Ignore);
        Assert.That(FrameComparison.AreBitEqual(ignored, still.Picture), Is.True, "an opaque source has no hole to fill");
        SeesSource seeing = new();
        still.Render(seeing, AlphaUse.Ignore);
        Assert.That(seeing.Seen!.Premultiplied, Is.False);
        for (int p = 0; p < Width * Height; p++)
        {
            Assert.That(seeing.Seen.Picture.Pixels[4 * p + 3], Is.EqualTo(1));
            Assert.That(seeing.Seen.Picture.Pixels[4 * p], Is.EqualTo(still.Picture.Pixels[4 * p]), "colours stand as they are");
        }
    }

    [Test]
    public void BeyondTheSource_TheEffectsAlphaStands([Values(AlphaUse.Pass, AlphaUse.Ignore)] AlphaUse use)
    {
        Still still = new(premultiplied: false);
        Frame wide = still.Render(new ExtendPipeline(), use, 12);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++) Assert.That(wide.Row(y)[4 * (x + 12) + 3], Is.EqualTo(still.Picture.Row(y)[4 * x + 3]));
            if (use == AlphaUse.Ignore) Assert.That(wide.Row(y)[3], Is.EqualTo(1), "beside it");
        }
    }

    private sealed class Still : IHostFrames, IPictureReader, IProgress<double>
    {
        private readonly bool _premultiplied;

        public Still(bool premultiplied)
        {
            _premultiplied = premultiplied;
            Picture = TestPictures.Draw(Width, Height, (x, y) => (0.3f + 0.2f * (x / 5 % 2), 0.2f + 0.3f * (y / 4 % 2), 0.4f + 0.01f * ((x * 7 + y * 3) % 11)));
            for (int y = 10; y < 18; y++)
            {
                for (int x = 20; x < 29; x++) Picture.Row(y)[4 * x + 3] = x == 20 ? 0.5f : 0;
            }

            if (premultiplied) Picture = Premultiplication.Premultiply(Picture);
        }

        public Frame Picture { get; }

        public bool HasTemporalAccess => false;

        public Frame Render(IEffectPipeline pipeline, AlphaUse? use, int beside = 0)
        {
            EffectDefinition effect = pipeline.Effect;
            double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
            numbers[effect.IndexOf(EffectCatalog.AlphaUseName)] = (double)(use ?? AlphaUse.Process);
            if (effect == EffectCatalog.Extend) numbers[effect.IndexOf("targetAspect")] = 8;
            if (effect == EffectCatalog.Extend) numbers[effect.IndexOf("customAspect")] = (Width + 2.0 * beside) / Height;
            if (effect == EffectCatalog.Extend) numbers[effect.IndexOf("canvas")] = 1;
            RenderJob job = new()
            {
                Effect = effect, Numbers = numbers, Texts = [.. numbers.Select(_ => "")], Time = 0, OutputWindow = new(-beside, 0, Width + beside, Height),
            };
            return (use is null ? pipeline : new AlphaPipeline(pipeline)).Render(job, this, this, this, CancellationToken.None);
        }

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            frame = clip == 0 ? new HostFrame(Picture, new(0, 0, Width, Height), _premultiplied) : null;
            return frame is not null;
        }

        public Frame Read(string path) => throw new FileNotFoundException(path);

        public void Report(double value)
        {
        }
    }

    private sealed class SeesSource : IEffectPipeline
    {
        public HostFrame? Seen { get; private set; }

        public EffectDefinition Effect => EffectCatalog.Remove;

        public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
        {
            Seen = frames.TryFetch(0, job.Time, out HostFrame? source) ? source : null;
            return Seen!.Picture.Clone();
        }
    }
}
