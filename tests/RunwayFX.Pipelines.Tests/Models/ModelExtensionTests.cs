using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Extend's method Model over a package whose right answer is known: the middle of a picture of the data grows to the whole of it.</summary>
public sealed class ModelExtensionTests
{
    private const double Tolerance = 1e-5;

    private static readonly PixelWindow s_whole = new(0, -4, 16, 12), s_middle = new(0, 0, 16, 8);
    private static readonly ModelRig s_rig = new ModelRig().With("tiny");

    private readonly ExtendPipeline _pipeline = new(s_rig.Maker);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [TestCase("checker", 0, false)]
    [TestCase("wave", 1, true)]
    [TestCase("", 2, true, Description = "the picture alone says what continues it")]
    public void Canvas_IsPaintedAsThePromptSays_AndTheSourceKeepsItsBits(string prompt, int word, bool isClip)
    {
        Frame source = Middle(word), made = Render(isClip, source, 5, ("prompt", prompt));
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(word)), Is.LessThan(Tolerance));
        Assert.That(made.Pixels.AsSpan(4 * 16 * 4, source.Pixels.Length).SequenceEqual(source.Pixels));
    }

    [Test]
    public void Fade_OfAStillCamera_IsFollowedByTheNewArea()
    {
        // Every frame is darker; the painting is made once and darkened with them.
        FakeClip clip = new(time => time is >= 0 and < 24 ? FakeClip.At(Darker(Middle(1), 1 - 0.03f * (float)time)) : null);
        Frame made = _pipeline.Render(Job(20, ("prompt", "wave"), ("blend", 0)), clip, null!, new ExtendPipelineTests.NoProgress(), default);
        double mean = made.Pixels.Where((_, i) => i % 4 == 1 && i < 4 * 16 * 4).Average(), wanted = ModelRig.Picture(1).Pixels.Where((_, i) => i % 4 == 1 && i < 4 * 16 * 4).Average() * 0.4;
        Assert.That(mean, Is.EqualTo(wanted).Within(0.05));
    }

    [Test]
    public void FramesOutsideTheRange_AreFilledByTheBuiltInMethod()
    {
        Frame outside = Render(false, Middle(2), 9, ("modelFrames", "10-12"), ("quality", 0)), builtIn = Render(false, Middle(2), 9, ("method", 0), ("quality", 0));
        Assert.That(FrameComparison.AreBitEqual(outside, builtIn));
    }

    [Test]
    public void StrengthBelowOne_StartsFromTheBuiltInFill()
    {
        // Little noise: what comes out is the picture of the data that the built-in fill is most like.
        Frame made = Render(false, Middle(2), 0, ("strength", 0.3), ("guidance", 1), ("quality", 0));
        Assert.That(ModelRig.Worst(made, ModelRig.Picture(2)), Is.LessThan(Tolerance));
    }

    [Test]
    public void NothingInstalled_SaysWhatToDo()
    {
        using ModelRig empty = new();
        Assert.That(() => new ExtendPipeline(empty.Maker).Render(Job(0), FakeClip.Still(Middle(0)), null!, new ExtendPipelineTests.NoProgress(), default),
            Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(PipelineError.ModelMissing).And.Message.Contains("inpaint").And.Message.Contains("rfx models import"));
    }

    private Frame Render(bool isClip, Frame source, double time, params (string, object)[] settings) => _pipeline.Render(Job(time, settings),
        isClip ? new FakeClip(at => at is >= 0 and < 24 ? FakeClip.At(source) : null) : FakeClip.Still(source), null!, new ExtendPipelineTests.NoProgress(), default);

    private static RenderJob Job(double time, params (string, object)[] settings) => ModelRig.Job(EffectCatalog.Extend, s_whole, time, [("canvas", 1), ("targetAspect", 3), .. settings]);

    private static Frame Middle(int word)
    {
        Frame middle = new(s_middle.Width, s_middle.Height);
        ModelRig.Picture(word).Pixels.AsSpan(4 * 16 * 4, middle.Pixels.Length).CopyTo(middle.Pixels);
        return middle;
    }

    private static Frame Darker(Frame picture, float factor)
    {
        for (int i = 0; i < picture.Pixels.Length; i++)
        {
            if (i % 4 < 3) picture.Pixels[i] *= factor;
        }

        return picture;
    }
}
