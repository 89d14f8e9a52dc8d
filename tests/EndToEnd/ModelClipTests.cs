using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.TestModels;

namespace RunwayFX.EndToEnd;

/// <summary>Generate with a package that makes clips, and without any source, through the published bundle and engine.</summary>
[CancelAfter(240_000)]
public sealed class ModelClipTests
{
    private static readonly ClosedFormVideoData Clip = new(9, 4);
    private static readonly ClosedFormData Data = new();

    [SetUp]
    public void Write()
    {
        Product.Require();
        string folder = Path.Combine(Sandbox.ModelsFolder, "wan");
        ClosedFormVideoPackage.Write(folder, Clip, VideoFamily.Wan);
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), ClosedFormPackage.FlowSchedulerJson);
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "tiny"), Data);
        Sandbox.EnsureEngine();
    }

    [Test]
    public void Prompt_GivesItsClip_InAnyOrderOfFrames()
    {
        ClipFormat format = Scene.Clip(PixelDepth.Float, new(0, 0, Clip.Width, Clip.Height), AlphaState.Opaque) with { FirstFrame = 20, LastFrame = 60 };
        using Scene scene = new Scene(EffectCatalog.Generate, format, query => Scene.Painted(format, query), context: EffectContext.General)
            .With("method", (double)EffectMethod.Model).With("model", "wan").With("prompt", "ramp").With("frames", Clip.Frames).With("steps", 10);
        foreach (int frame in new[] { 4, 0, 8 })
        {
            using HostImage image = scene.Render(20 + frame);
            double worst = 0;
            for (int i = 0; i < Clip.Width * Clip.Height; i++)
            {
                Span<float> row = image.Row<float>(Clip.Height - 1 - i / Clip.Width);
                for (int colour = 0; colour < 3; colour++)
                {
                    double wanted = Clip.Clips[2][(colour * Clip.Frames + frame) * Clip.Width * Clip.Height + i] / 2 + 0.5;
                    worst = Math.Max(worst, Math.Abs(row[4 * (i % Clip.Width) + colour] - wanted));
                }
            }

            Assert.That(worst, Is.LessThan(3e-5), $"frame {frame}");
        }

        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [Test]
    public void GeneratorContext_MakesThePromptsPicture_WithoutASource()
    {
        ClipFormat format = Scene.Clip(PixelDepth.Float, new(0, 0, 16, 16), AlphaState.Opaque);
        using Scene scene = new Scene(EffectCatalog.Generate, format, _ => null, context: EffectContext.Generator)
            .With("method", (double)EffectMethod.Model).With("model", "tiny").With("prompt", "checker");
        using HostImage image = scene.Render(3);
        Assert.That((image.Width, image.Height), Is.EqualTo((16, 16)));
        for (int y = 0; y < 16; y++)
        {
            for (int x = 0; x < 16; x++) Assert.That(image.Row<float>(y)[4 * x + 1], Is.EqualTo(Data.Shown(0, x, 15 - y, 1)).Within(1e-5), $"{x},{y}");
        }
    }
}
