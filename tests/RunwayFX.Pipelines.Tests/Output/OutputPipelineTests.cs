using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Output;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Output;

/// <summary>Mix, mask and matte, as every effect has them, around an effect whose result is known.</summary>
public sealed class OutputPipelineTests
{
    private const int Width = 6, Height = 4;

    private static readonly PixelWindow Window = new(-2, 3, Width - 2, Height + 3);

    [Test]
    public void Defaults_PassTheEffectsOwnPictureOn_AndAskForNothing()
    {
        Scene scene = new(EffectCatalog.Extend);

        Frame result = scene.Render();

        Assert.That(result, Is.SameAs(scene.Made));
        Assert.That(scene.Fetched, Is.Empty);
        Assert.That(scene.WasAskedForMatte, Is.False);
    }

    [Test]
    public void Mix_AtItsEnds_IsExact_AndLiesBetweenElsewhere()
    {
        Scene scene = new(EffectCatalog.Extend);

        Assert.That(FrameComparison.AreBitEqual(scene.Render(("mix", 0)), scene.Source), Is.True, "source bits, infinities and signed zeros too");
        Assert.That(scene.Renders, Is.Zero, "nothing is made that nobody sees");
        Assert.That(FrameComparison.AreBitEqual(scene.Render(("mix", 1)), scene.Made), Is.True);
        Frame half = scene.Render(("mix", 0.5));
        int pixel = Frame.Channels * (Width + 3);
        Assert.That(half.Pixels[pixel], Is.EqualTo((scene.Source.Pixels[pixel] + scene.Made.Pixels[pixel]) / 2).Within(1e-6));
    }

    [TestCase("extend", false)]
    [TestCase("extend", true)]
    [TestCase("style", false)]
    [TestCase("generate", false)]
    [TestCase("retime", true)]
    [TestCase("perform", false)]
    public void Mask_ShowsResultBitsWhereItIsOne_AndSourceBitsWhereItIsZero(string name, bool inverted)
    {
        Scene scene = new(EffectCatalog.FindByName(name)!);

        Frame result = scene.Render(("maskFromClip", 1), ("invertMask", inverted ? 1 : 0));

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                Frame expected = x < Width / 2 != inverted ? scene.Made : scene.Source;
                Assert.That(Bits(result, x, y), Is.EqualTo(Bits(expected, x, y)), $"{x},{y}");
            }
        }
    }

    [Test]
    public void Mask_Missing_IsNamed()
    {
        Scene scene = new(EffectCatalog.Retime) { HasMask = false };
        PipelineException refused = Assert.Throws<PipelineException>(() => scene.Render(("maskFromClip", 1)))!;
        Assert.That(refused.Message, Does.Contain("Mask from Clip"));
    }

    [Test]
    public void Mask_AllZero_MakesNothing()
    {
        Scene scene = new(EffectCatalog.Extend) { MaskValue = 0 };
        Assert.That(FrameComparison.AreBitEqual(scene.Render(("maskFromClip", 1)), scene.Source), Is.True);
        Assert.That(scene.Renders, Is.Zero);
    }

    [Test]
    public void Matte_IsWhatTheEffectReports_TimesMaskAndMix([Values("extend", "style", "remove")] string name)
    {
        Scene scene = new(EffectCatalog.FindByName(name)!);
        bool masks = name != "remove"; // Its own mask says what goes, and stands in what it reports.

        Frame matte = scene.Render(("outputKind", (double)OutputKind.Matte), ("mix", 0.5), ("maskFromClip", 1));

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float expected = 0.5f * (y < 2 ? 1 : 0) * (masks && x >= Width / 2 ? 0 : 1);
                Assert.That(matte.Row(y).Slice(Frame.Channels * x, Frame.Channels).ToArray(), Is.All.EqualTo(expected), $"{x},{y}");
            }
        }
    }

    [Test]
    public void GeneratedOnly_IsTransparentWhereNothingWasGenerated()
    {
        Scene scene = new(EffectCatalog.Extend);

        Frame layer = scene.Render(("outputKind", (double)OutputKind.GeneratedOnly));

        Assert.That(Bits(layer, 1, 0), Is.EqualTo(Bits(scene.Made, 1, 0)));
        Assert.That(layer.Row(3).ToArray(), Is.All.EqualTo(0f));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void GeneratedOnly_WhereTheEffectMixedWithTheSource_IsWithoutIt_AndGivesTheResultOverIt(bool isPremultiplied)
    {
        Frame source = TestPictures.Draw(Width, Height, (x, y) => (0.1f * x, 0.9f - 0.2f * y, 0.3f)), made = TestPictures.Draw(Width, Height, (x, y) => (2 - x, 0.5f, 0.1f * y));
        // A soft edge: the result is a mix of both, and says so.
        float Share(int x) => x / (Width - 1f);
        Frame mixed = TestPictures.Draw(Width, Height, (x, y) => (Between(source, made, x, y, 0), Between(source, made, x, y, 1), Between(source, made, x, y, 2)));
        float Between(Frame below, Frame above, int x, int y, int channel) =>
            below.Row(y)[4 * x + channel] + (above.Row(y)[4 * x + channel] - below.Row(y)[4 * x + channel]) * Share(x);
        Scene scene = new(EffectCatalog.Remove) { Source = source, Made = mixed, ShareAt = Share, IsPremultiplied = isPremultiplied };

        Frame layer = scene.Render(("outputKind", (double)OutputKind.GeneratedOnly)), result = scene.Render();

        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                float alpha = layer.Row(y)[4 * x + 3];
                Assert.That(alpha, Is.EqualTo(Share(x)).Within(1e-6f));
                for (int channel = 0; channel < 3; channel++)
                {
                    float own = layer.Row(y)[4 * x + channel], colour = isPremultiplied ? own : own * alpha;
                    Assert.That(colour + source.Row(y)[4 * x + channel] * (1 - alpha), Is.EqualTo(result.Row(y)[4 * x + channel]).Within(1e-6f), $"{x},{y} over the source");
                    if (alpha > 0) Assert.That(colour / alpha, Is.EqualTo(made.Row(y)[4 * x + channel]).Within(1e-5f), $"{x},{y} by itself");
                }
            }
        }
    }

    [Test]
    public void WhatTheEffectLeftAlone_KeepsItsBitsAtAnyMix()
    {
        Scene scene = new(EffectCatalog.Remove) { Made = new Scene(EffectCatalog.Remove).Source.Clone() };
        Assert.That(FrameComparison.AreBitEqual(scene.Render(("mix", 0.37)), scene.Source), Is.True, "infinities and signed zeros too");
    }

    [Test]
    public void NoSource_MixHasNothingToMixWith()
    {
        Scene scene = new(EffectCatalog.Extend) { HasSource = false };
        Assert.That(FrameComparison.AreBitEqual(scene.Render(("mix", 0)), scene.Made), Is.True);
    }

    [Test]
    public void StraightColoursOfDifferentAlpha_CountAsMuchAsTheyCover()
    {
        Frame below = new(1, 1, [0, 0, 0, 0]), above = new(1, 1, [0.8f, 0.4f, 0.2f, 1]);

        OutputPipeline.Blend(below, above, null, 0.5f, premultiplied: false);

        Assert.That(below.Pixels, Is.EqualTo(new[] { 0.8f, 0.4f, 0.2f, 0.5f }), "a transparent source does not darken what lies over it");
    }

    private static int[] Bits(Frame frame, int x, int y) =>
        [.. frame.Row(y).Slice(Frame.Channels * x, Frame.Channels).ToArray().Select(BitConverter.SingleToInt32Bits)];

    /// <summary>An effect whose upper two rows are generated, with a source of hostile bits and a mask over the left half.</summary>
    private sealed class Scene(EffectDefinition effect) : IEffectPipeline, IHostFrames, IPictureReader, IProgress<double>
    {
        public Frame Source { get; init; } = TestPictures.Draw(Width, Height, (x, y) => (x == 0 ? float.PositiveInfinity : -0f, x * 0.1f, y * 0.2f));

        public Frame Made { get; init; } = TestPictures.Draw(Width, Height, (x, y) => (3 - x, -1, 0.25f * y));

        public bool HasSource { get; init; } = true;

        public bool HasMask { get; init; } = true;

        public float MaskValue { get; init; } = 1;

        public List<int> Fetched { get; } = [];

        public int Renders { get; private set; }

        public bool WasAskedForMatte { get; private set; }

        public bool IsPremultiplied { get; init; }

        /// <summary>The share that it reports of a column; null for all of the upper two rows.</summary>
        public Func<int, float>? ShareAt { get; init; }

        public EffectDefinition Effect => effect;

        public bool HasTemporalAccess => true;

        public Frame Render(params (string Name, double Value)[] settings)
        {
            double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
            foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
            RenderJob job = new()
            {
                Effect = effect, Numbers = numbers, Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)], Time = 5, OutputWindow = Window,
            };
            return new OutputPipeline(this).Render(job, this, this, this, CancellationToken.None);
        }

        public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
        {
            Renders++;
            WasAskedForMatte = job.Matte is not null;
            if (ShareAt is null) job.Matte?.Fill(Window with { Y1 = Window.Y2 - 2 }, 1);
            else job.Matte?.Put([.. Enumerable.Range(0, Width * Height).Select(pixel => ShareAt(pixel % Width))], Window);
            return Made;
        }

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            Fetched.Add(clip);
            bool isMask = clip == effect.IndexOfClip(EffectCatalog.MaskClipName);
            frame = isMask
                ? HasMask ? new HostFrame(TestPictures.Draw(Width, Height, (x, _) => x < Width / 2 ? (MaskValue, MaskValue, MaskValue) : (0, 0, 0)), Window, false) : null
                : HasSource ? new HostFrame(Source, Window, IsPremultiplied) : null;
            return frame is not null;
        }

        public Frame Read(string path) => throw new NotSupportedException(path);

        public void Report(double value)
        {
        }
    }
}
