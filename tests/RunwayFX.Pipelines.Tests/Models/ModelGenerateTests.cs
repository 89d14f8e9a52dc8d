using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Generate's method Model over a package whose right answer is known.</summary>
public sealed class ModelGenerateTests
{
    private const double Tolerance = 1e-5;

    private static readonly ModelRig s_rig = new ModelRig().With("tiny");

    private readonly GeneratePipeline _pipeline = new(s_rig.Maker);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [TestCase("checker", 0)]
    [TestCase("a wave", 1)]
    [TestCase("ramp", 2)]
    public void Prompt_GivesItsPicture_WhateverTheSource(string prompt, int expected)
    {
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(Grey()), 3, ("prompt", prompt), ("model", "tiny"));
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(expected)), Is.LessThan(Tolerance));
    }

    [Test]
    public void NoName_TakesTheFirstPackageThatFits()
    {
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(Grey()), 3, ("prompt", "wave"));
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(1)), Is.LessThan(Tolerance));
    }

    /// <summary>Pixels twice as wide as high: half the columns show the whole of what the model made of square ones.</summary>
    [Test]
    public void WidePixels_ShowTheModelsPictureUnsqueezed()
    {
        Frame whole = ModelRig.Picture(1), expected = Resampling.Resize(whole, whole.Width / 2, whole.Height, ResamplingFilter.Area, default);
        RenderJob job = ModelRig.Job(EffectCatalog.Generate, new PixelWindow(0, 0, expected.Width, expected.Height), 3, ("prompt", "wave"), ("model", "tiny")) with { PixelAspect = 2 };
        HostFrame source = FakeClip.At(new Frame(expected.Width, expected.Height));
        Frame made = _pipeline.Render(job, new FakeClip(_ => source), null!, new ExtendPipelineTests.NoProgress(), default);
        Assert.That(ModelRig.Worst(made, expected), Is.LessThan(Tolerance));
    }

    [TestCase(0, "", 0.5, ExpectedResult = 0, Description = "half the noise of a picture that is in the data finds it again")]
    [TestCase(1, "ramp", 0.99, Description = "nearly all noise follows the prompt", ExpectedResult = 2)]
    [TestCase(2, "", 0.3, ExpectedResult = 2)]
    public int SourceFrame_IsLeftAsFarAsTheStrengthSays(int source, string prompt, double strength)
    {
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(ModelRig.Picture(source)), 0, ("prompt", prompt), ("strength", strength), ("guidance", prompt.Length > 0 ? 7.5 : 1));
        return Enumerable.Range(0, 3).Single(word => ModelRig.Worst(made, ModelRig.Picture(word)) < Tolerance);
    }

    [Test]
    public void FramesOutsideTheRange_AreTheSourcesBits()
    {
        Frame source = Grey();
        source.Pixels[0] = float.NegativeInfinity;
        (string, object)[] settings = [("prompt", "wave"), ("modelFrames", "10-12, 20")];
        foreach (double time in new[] { 9, 13, 19, 21 })
            Assert.That(FrameComparison.AreBitEqual(ModelRig.Render(_pipeline, FakeClip.At(source), time, settings), source), $"frame {time}");
        foreach (double time in new[] { 10, 12, 20 })
            Assert.That(ModelRig.Worst(ModelRig.Render(_pipeline, FakeClip.At(source), time, settings), ModelRig.Picture(1)), Is.LessThan(Tolerance), $"frame {time}");
    }

    [Test]
    public void SourcesAlpha_StaysWhereItStartsFromTheSource()
    {
        Frame source = ModelRig.Picture(1);
        for (int i = 0; i < source.Pixels.Length; i += 4)
        {
            source.Pixels[i + 3] = 0.5f;
            for (int c = 0; c < 3; c++) source.Pixels[i + c] *= 0.5f;
        }

        Frame made = ModelRig.Render(_pipeline, FakeClip.At(source, premultiplied: true), 0, ("strength", 0.5), ("guidance", 1));
        Assert.That(ModelRig.Worst(made, source), Is.LessThan(Tolerance), "premultiplied as it came");
    }

    [Test]
    public void Encoding_IsTheClipsOwn()
    {
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(Grey()), 0, ("prompt", "ramp"), ("colourSpace", (int)ColourSpaceOption.LinearRec709));
        for (int y = 0; y < made.Height; y++)
        {
            double display = ModelRig.Data.Shown(2, 3, y, 0), linear = TransferFunction.ToLinear(ColourEncoding.Srgb, display);
            Assert.That(made.Row(y)[3 * Frame.Channels], Is.EqualTo(linear).Within(1e-5), $"row {y}");
        }
    }

    [Test]
    public void Mix_AndWindow_AreHonoured()
    {
        HostFrame source = FakeClip.At(Grey(), left: 5, bottom: -3);
        RenderJob job = ModelRig.Job(EffectCatalog.Generate, new(5, -3, 13, 13), 0, ("prompt", "wave"), ("mix", 0.25));
        Frame made = new OutputPipeline(_pipeline).Render(job, new FakeClip(_ => source), null!, new ExtendPipelineTests.NoProgress(), default);
        Assert.That((made.Width, made.Height), Is.EqualTo((8, 16)));
        Assert.That(made.Row(2)[4], Is.EqualTo(0.75 * 0.5 + 0.25 * ModelRig.Data.Shown(1, 1, 2, 0)).Within(Tolerance));
    }

    [Test]
    public void SamePicture_IsMadeOnce_AndAnotherSeedAnew()
    {
        Frame first = Ambiguous(1), again = Ambiguous(1);
        Assert.That(FrameComparison.AreBitEqual(first, again));
        Assert.That(FrameComparison.AreBitEqual(first, Ambiguous(2)), Is.False);

        Frame Ambiguous(int seed) => ModelRig.Render(_pipeline, FakeClip.At(Grey()), 0, ("seed", seed), ("guidance", 1), ("steps", 2));
    }

    [Test]
    public void Unfinished_IsShownStepByStep_ToWhoLooks_AndTheResultIsTheSame()
    {
        (string, object)[] settings = [("prompt", ""), ("seed", 77), ("steps", 6), ("guidance", 1)];
        RenderJob job = ModelRig.Job(EffectCatalog.Generate, new PixelWindow(0, 0, 16, 16), 0, settings);
        // Each with memories of its own: a picture that was made before is not made again.
        Frame Render(RenderJob each)
        {
            using ModelRig rig = new ModelRig().With("tiny");
            return new GeneratePipeline(rig.Maker).Render(each, new FakeClip(_ => FakeClip.At(Grey())), null!, new ExtendPipelineTests.NoProgress(), default);
        }

        Onlooker looks = new(true), looksAway = new(false);
        Frame plain = Render(job), watched = Render(job with { Unfinished = looks });
        Assert.That(FrameComparison.AreBitEqual(watched, plain));
        Assert.That(looks.Seen.Select(seen => seen.Step), Is.EqualTo(Enumerable.Range(1, 6)));
        Frame last = looks.Seen[^1].Picture;
        Assert.That(ModelRig.Worst(last, Resampling.Resize(plain, last.Width, last.Height, ResamplingFilter.Area)), Is.LessThan(1e-3), "this decoder is linear");
        Assert.That(ModelRig.Worst(looks.Seen[0].Picture, last), Is.GreaterThan(0.01), "the first step is not there yet");
        Render(job with { Unfinished = looksAway });
        Assert.That(looksAway.Seen, Is.Empty);
    }

    [Test]
    public void NothingInstalled_SaysWhatToDo()
    {
        using ModelRig empty = new();
        PipelineException e = Assert.Throws<PipelineException>(() => ModelRig.Render(new GeneratePipeline(empty.Maker), FakeClip.At(Grey()), 0))!;
        Assert.That((e.Code, e.Message), Is.EqualTo((PipelineError.ModelMissing, e.Message)));
        Assert.That(e.Message, Does.Contain("text-to-image").And.Contain("rfx models import").And.Contain("rfx models pull").And.Contain("Built-in"));
        Frame builtIn = ModelRig.Render(new GeneratePipeline(empty.Maker), FakeClip.At(Grey()), 0, ("method", 0), ("quality", 0));
        Assert.That((builtIn.Width, builtIn.Height), Is.EqualTo((16, 16)), "the built-in method needs no package");
    }

    [TestCase("no-such-package", PipelineError.ModelMissing, "no-such-package")]
    [TestCase("../tiny", PipelineError.ModelUnusable, "is no package name")]
    [TestCase("Tiny", PipelineError.ModelUnusable, "is no package name")]
    public void WrongName_IsSaid(string name, PipelineError code, string said) =>
        Assert.That(() => ModelRig.Render(_pipeline, FakeClip.At(Grey()), 0, ("model", name)),
            Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(code).And.Message.Contains(said));

    [Test]
    public void PromptTooLong_IsSaid() =>
        Assert.That(() => ModelRig.Render(_pipeline, FakeClip.At(Grey()), 0, ("prompt", new string('x', 20_000))),
            Throws.TypeOf<PipelineException>().With.Message.Contains("20000").And.Message.Contains("16384"));

    [TestCase("sun")]
    [TestCase("=/a.png")]
    public void ReferencesThatAreNone_AreSaid(string text) =>
        Assert.That(() => ModelRig.Render(_pipeline, FakeClip.At(Grey()), 0, ("references", text)),
            Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(PipelineError.SettingUnsupported).And.Message.Contains("NAME=FILE"));

    [Test]
    public void LargeFrame_IsMadeAtThePackagesOwnSize()
    {
        using ModelRig rig = new ModelRig().With("sized");
        // The data has one size alone, 16 × 16: any other would fail in the network.
        File.WriteAllText(Path.Combine(rig.Folder, "sized", "runwayfx.json"), "{\"format\":1,\"name\":\"sized\"}");
        Frame made = ModelRig.Render(new GeneratePipeline(rig.Maker), FakeClip.At(new Frame(64, 64)), 0, ("prompt", "ramp"), ("modelSide", 16));
        Assert.That((made.Width, made.Height), Is.EqualTo((64, 64)));
        Assert.That(made.Row(32)[4 * 30], Is.EqualTo((ModelRig.Data.Shown(2, 7, 7, 0) + ModelRig.Data.Shown(2, 7, 8, 0)) / 2).Within(0.05));
    }

    private sealed class Onlooker(bool looks) : IUnfinishedPicture
    {
        public List<(Frame Picture, int Step)> Seen { get; } = [];

        public bool IsWanted => looks;

        public void Show(Frame picture, int step) => Seen.Add((picture, step));
    }

    private static Frame Grey() => TestPictures.Draw(16, 16, (_, _) => (0.5f, 0.5f, 0.5f));
}
