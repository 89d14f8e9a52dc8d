using RunwayFX.Imaging;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Remove's method Model over a package whose right answer is known: what is transparent is painted.</summary>
public sealed class ModelRemovalTests
{
    private const double Tolerance = 1e-5;

    private static readonly ModelRig s_rig = new ModelRig().With("tiny");

    private readonly RemovePipeline _pipeline = new(s_rig.Maker);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [TestCase(0, 0, "checker", TestName = "Still")]
    [TestCase(1, 12, "wave", TestName = "Clip in which the hole is never seen")]
    [TestCase(1, 12, "", TestName = "Without a prompt the surroundings say it")]
    public void Hole_IsPaintedAsThePromptSays_AndTheRestKeepsItsBits(int word, int radius, string prompt)
    {
        Frame source = Holed(ModelRig.Picture(word), 5, 11);
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(source), 3, ("prompt", prompt), ("grow", 0), ("temporalRadius", radius));
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(word)), Is.LessThan(Tolerance));
        for (int i = 0; i < source.Pixels.Length; i += 4)
        {
            if (source.Pixels[i + 3] > 0) Assert.That(made.Pixels.AsSpan(i, 4).SequenceEqual(source.Pixels.AsSpan(i, 4)), $"number {i}");
        }
    }

    [Test]
    public void BackgroundThatAnotherFrameShows_ComesBeforeTheModel()
    {
        // The hole moves on and every place is seen at some time: no model is asked, and the result is that of the built-in method, bit for bit.
        FakeClip clip = new(time => time is >= 0 and < 24 ? FakeClip.At(Holed(Ground(), 10 + 2 * (int)time, 16 + 2 * (int)time)) : null);
        Frame made = Made(1), builtIn = Made(0), ground = Ground();
        Assert.That(FrameComparison.AreBitEqual(made, builtIn));
        Assert.That(ModelRig.Worst(made, ground), Is.LessThan(0.02), "what lies behind");

        Frame Made(int method) => _pipeline.Render(ModelRig.Job(Effects.EffectCatalog.Remove, new(0, 0, 96, 72), 6, ("method", method), ("prompt", "checker"), ("grow", 0), ("camera", 1)),
            clip, null!, new ExtendPipelineTests.NoProgress(), default);

        static Frame Ground() => TestPictures.Draw(96, 72, (x, y) => (0.5f + (x * 31 + y * 17) % 23 / 60f, 0.4f + x / 300f, 0.3f + y / 200f));
    }

    [Test]
    public void FramesOutsideTheRange_AreFilledByTheBuiltInMethod()
    {
        Frame source = Holed(ModelRig.Picture(2), 6, 9);
        Frame builtIn = ModelRig.Render(_pipeline, FakeClip.At(source), 9, ("method", 0), ("quality", 0), ("temporalRadius", 0));
        Frame outside = ModelRig.Render(_pipeline, FakeClip.At(source), 9, ("modelFrames", "10-12"), ("quality", 0), ("temporalRadius", 0));
        Assert.That(FrameComparison.AreBitEqual(outside, builtIn));
    }

    [Test]
    public void AnotherPrompt_IsNotTakenFromMemory()
    {
        Frame source = Holed(new Frame(16, 16), 0, 16);
        source.Pixels.AsSpan(3, 4 * 16 * 4).Fill(1);
        Frame checker = Made("checker"), wave = Made("wave");
        Assert.That(FrameComparison.AreBitEqual(checker, wave), Is.False);

        Frame Made(string prompt) => ModelRig.Render(_pipeline, FakeClip.At(source), 3, ("prompt", prompt), ("grow", 0));
    }

    [Test]
    public void NothingInstalled_SaysWhatToDo()
    {
        using ModelRig empty = new();
        Assert.That(() => ModelRig.Render(new RemovePipeline(empty.Maker), FakeClip.At(Holed(ModelRig.Picture(0), 5, 9)), 0),
            Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(PipelineError.ModelMissing).And.Message.Contains("inpaint").And.Message.Contains("rfx models import"));
    }

    /// <summary>Transparent, and of another colour, from a row and column to another.</summary>
    private static Frame Holed(Frame picture, int from, int to)
    {
        for (int y = from; y < to; y++)
        {
            for (int x = from; x < to; x++) new float[] { 0.9f, 0.1f, 0.7f, 0 }.CopyTo(picture.Row(y)[(4 * x)..]);
        }

        return picture;
    }
}
