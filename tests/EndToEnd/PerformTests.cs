using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.TestModels;

namespace RunwayFX.EndToEnd;

/// <summary>Perform through the published bundle and engine, with networks whose answer follows from mean colours: at rest the face is a grey of ½ and a tenth
/// of the character's green.</summary>
[CancelAfter(240_000)]
public sealed class PerformTests
{
    private const float Green = 0.4f;

    private static readonly ClipFormat Format = Scene.Clip(PixelDepth.Float, new(0, 0, 48, 32), AlphaState.Opaque) with { FirstFrame = 3, LastFrame = 20 };

    [SetUp]
    public void Require()
    {
        Product.Require();
        PortraitNetworks.Write(Path.Combine(Sandbox.ModelsFolder, "portrait"), hasStitching: true);
        Sandbox.EnsureEngine();
    }

    [TestCase(EffectContext.Filter)]
    [TestCase(EffectContext.General)]
    public void CharacterPicture_TakesOverTheSourcesPerformance(EffectContext context)
    {
        // The style picture is the character here; the Source performs.
        using Scene scene = Perform(null, context).With(EffectCatalog.CharacterPathName, StylePicture.Path);
        using HostImage rest = scene.Render(3), later = scene.Render(9);
        Assert.That(Middle(later), Is.Not.EqualTo(Middle(rest)).Within(1e-3), "the performer moved since the clip's first frame");
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [Test]
    public void DrivingClip_MovesTheSourcesFace_AndFramesComeInAnyOrder()
    {
        using Scene scene = Perform(query => Solid(0.1f + 0.05f * (float)query.Time)).With(EffectCatalog.DrivingFromClipName, 1).With("stitch", 0);
        float[] forwards = [.. new[] { 3, 6, 9 }.Select(At)], backwards = [.. new[] { 9, 6, 3 }.Select(At)];
        Assert.That(forwards[0], Is.EqualTo(0.5 + 0.1 * Green).Within(3e-4), "the first frame of the driving clip shows the performer at rest");
        Assert.That(backwards.Reverse(), Is.EqualTo(forwards));
        Assert.That(forwards, Is.Unique);
        Assert.That(scene.Journal.Violations, Is.Empty);

        float At(int time)
        {
            using HostImage image = scene.Render(time);
            return Middle(image);
        }
    }

    [Test]
    public void WithoutAPackage_TheMessageSaysWhatToDo_AndTheHostGoesOn()
    {
        using Scene scene = Perform(_ => Solid(0.3f)).With(EffectCatalog.DrivingFromClipName, 1).With("model", "not-there");
        HostingException failure = Assert.Throws<HostingException>(() => scene.Render(3))!;
        Assert.That(failure.Status, Is.EqualTo(1), "kOfxStatFailed");
        Assert.That(string.Join('\n', scene.Journal.Messages.Select(message => message.Text)), Does.Contain("not-there").And.Contain("rfx models"));
        using HostImage image = scene.With("model", "portrait").Render(3);
        Assert.That(image.Width, Is.EqualTo(48));
    }

    [Test]
    public void BrokenPackage_IsNamed()
    {
        string folder = Path.Combine(Sandbox.ModelsFolder, "portrait-broken"), file = Path.Combine(folder, "motion_extractor", "model.onnx");
        PortraitNetworks.Write(folder, hasStitching: true);
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..100]);
        using Scene scene = Perform(_ => Solid(0.3f)).With(EffectCatalog.DrivingFromClipName, 1).With("model", "portrait-broken");
        Assert.Throws<HostingException>(() => scene.Render(3));
        Assert.That(string.Join('\n', scene.Journal.Messages.Select(message => message.Text)), Does.Contain("motion_extractor/model.onnx"));
        Directory.Delete(folder, recursive: true);
    }

    private static Scene Perform(Func<FrameQuery, HostImage?>? driving, EffectContext context = EffectContext.General) =>
        new Scene(EffectCatalog.Perform, Format, query => Solid(0.2f + 0.05f * (float)query.Time), context: context, style: driving).With("model", "portrait");

    private static HostImage Solid(float blue)
    {
        HostImage image = Scene.Image(Format, RenderScale.One);
        for (int y = 0; y < image.Height; y++)
        {
            Span<float> row = image.Row<float>(y);
            for (int x = 0; x < image.Width; x++) new float[] { 0.5f, Green, blue, 1 }.CopyTo(row[(4 * x)..]);
        }

        return image;
    }

    private static float Middle(HostImage image) => image.Row<float>(image.Height / 2)[4 * (image.Width / 2)];
}
