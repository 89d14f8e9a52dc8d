using RunwayFX.Imaging;
using RunwayFX.Pipelines.Style;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Style's method Model over a package whose right answer is known.</summary>
public sealed class ModelStyleTests
{
    private const double Tolerance = 1e-5;

    private static readonly ModelRig s_rig = new ModelRig().With("tiny");

    private readonly StylePipeline _pipeline = new(models: s_rig.Maker);

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [TestCase(0, "", 0.5, 1, ExpectedResult = 0, Description = "half the noise leaves the source's own picture")]
    [TestCase(1, "ramp", 0.99, 7.5, ExpectedResult = 2, Description = "nearly all noise follows the prompt")]
    [TestCase(1, "checker", 1, 7.5, ExpectedResult = 0, Description = "all of it knows no source")]
    public int Frame_LeavesTheSourceAsFarAsTheStrengthSays(int source, string prompt, double strength, double guidance)
    {
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(ModelRig.Picture(source)), 0, ("prompt", prompt), ("strength", strength), ("guidance", guidance));
        return Enumerable.Range(0, 3).Single(word => ModelRig.Worst(made, ModelRig.Picture(word)) < Tolerance);
    }

    [Test]
    public void Alpha_AndWhatLiesUnderNone_AreTheSources()
    {
        Frame source = ModelRig.Picture(1);
        for (int i = 0; i < source.Pixels.Length; i += 4) source.Pixels[i + 3] = i % 12 == 0 ? 0 : 0.5f;
        source.Pixels[0] = float.NegativeInfinity;
        Frame made = ModelRig.Render(_pipeline, FakeClip.At(source), 0, ("prompt", "ramp"), ("strength", 1));
        for (int i = 0; i < made.Pixels.Length; i += 4)
        {
            Assert.That(made.Pixels[i + 3], Is.EqualTo(source.Pixels[i + 3]));
            if (source.Pixels[i + 3] == 0) Assert.That(made.Pixels.AsSpan(i, 3).SequenceEqual(source.Pixels.AsSpan(i, 3)), $"number {i}");
            else Assert.That(made.Pixels[i], Is.EqualTo(ModelRig.Picture(2).Pixels[i]).Within(Tolerance));
        }
    }

    [Test]
    public void Mix_AndKeepColour_AreHonoured()
    {
        Frame grey = TestPictures.Draw(16, 16, (_, _) => (0.5f, 0.5f, 0.5f)), wave = ModelRig.Picture(1);
        Frame mixed = ModelRig.Render(_pipeline, FakeClip.At(grey), 0, ("prompt", "wave"), ("strength", 1), ("mix", 0.25));
        Assert.That(mixed.Pixels[40], Is.EqualTo(0.75 * 0.5 + 0.25 * wave.Pixels[40]).Within(Tolerance));
        Frame kept = ModelRig.Render(_pipeline, FakeClip.At(grey), 0, ("prompt", "wave"), ("strength", 1), ("keepColour", 1));
        for (int i = 0; i < kept.Pixels.Length; i += 4) Assert.That(kept.Pixels[i], Is.EqualTo(kept.Pixels[i + 2]).Within(Tolerance), "grey keeps its colour, none");
    }

    [Test]
    public void FramesOutsideTheRange_AreTheSourcesBits()
    {
        Frame source = ModelRig.Picture(0);
        Assert.That(FrameComparison.AreBitEqual(ModelRig.Render(_pipeline, FakeClip.At(source), 9, ("prompt", "wave"), ("modelFrames", "10-12")), source));
    }

    [Test]
    public void NothingInstalled_SaysWhatToDo()
    {
        using ModelRig empty = new();
        Assert.That(() => ModelRig.Render(new StylePipeline(models: empty.Maker), FakeClip.At(ModelRig.Picture(0)), 0),
            Throws.TypeOf<PipelineException>().With.Property("Code").EqualTo(PipelineError.ModelMissing).And.Message.Contains("image-to-image").And.Message.Contains("rfx models import"));
    }
}
