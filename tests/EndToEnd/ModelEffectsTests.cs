using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.TestModels;

namespace RunwayFX.EndToEnd;

/// <summary>The method Model of Style, Extend and Remove through the published bundle and engine, with a package whose right answer is known.</summary>
[CancelAfter(240_000)]
public sealed class ModelEffectsTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormData Data = new();

    [OneTimeSetUp]
    public void WritePackage()
    {
        Product.Require();
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "tiny"), Data);
    }

    [SetUp]
    public void Start() => Sandbox.EnsureEngine();

    [TestCase(EffectContext.Filter)]
    [TestCase(EffectContext.General)]
    public void Style_LeavesTheSourceForThePrompt(EffectContext context)
    {
        using Scene scene = Model(EffectCatalog.Style, 0, 0, 16, context).With("prompt", "ramp").With("strength", 0.99);
        using HostImage anchor = scene.Render(8), between = scene.Render(3);
        Assert.That(Worst(anchor, 2), Is.LessThan(Tolerance), "an anchor is the model's own frame");
        Assert.That(Worst(between, 2), Is.LessThan(0.15), "a frame between anchors follows them, its rim two pixels in");
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    /// <summary>The source's green is the depth of one picture, its other colours are another's: an installed depth model sees the first, a ControlNet is shown it.</summary>
    [Test]
    public void Style_IsSteeredByTheSourcesDepth()
    {
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "steered"), Data, ports: new DenoiserPorts { HasControl = true });
        DepthNetwork.Write(Path.Combine(Sandbox.ModelsFolder, "depth"));
        string net = Path.Combine(Sandbox.ModelsFolder, "depth-net");
        Directory.CreateDirectory(Path.Combine(net, "controlnet"));
        File.WriteAllText(Path.Combine(net, "runwayfx.json"), """{"family":"controlnet","tasks":["control-depth"]}""");
        File.WriteAllBytes(Path.Combine(net, "controlnet", "model.onnx"), ClosedFormControl.Build(Data));
        ClipFormat format = Scene.Clip(PixelDepth.Float, new(0, 0, 16, 16));
        using Scene scene = new Scene(EffectCatalog.Style, format, _ => Seen(format)).With("method", (double)EffectMethod.Model).With("model", "steered")
            .With("strength", 1).With("guidance", 1).With("temporalStability", 0).With(EffectCatalog.ControlName, (double)ControlKind.Depth);
        using HostImage image = scene.Render(0);
        Assert.That(Worst(image, 1), Is.LessThan(Tolerance));

        static HostImage Seen(ClipFormat format)
        {
            HostImage image = Painted(format, 2, _ => true);
            for (int y = 0; y < 16; y++)
            {
                Span<float> row = image.Row<float>(y);
                for (int x = 0; x < 16; x++) row[4 * x + 1] = Enumerable.Range(0, 3).Average(channel => Data.Shown(1, x, 15 - y, channel));
            }

            return image;
        }
    }

    [Test]
    public void Extend_PaintsTheNewArea_AndTheSourceKeepsItsBits()
    {
        using Scene scene = Model(EffectCatalog.Extend, 1, 4, 12).With("prompt", "wave").With("canvas", 1).With("targetAspect", 3);
        using HostImage image = scene.Render(3), source = Painted(scene.Format, 1, _ => true);
        Assert.That((image.Bounds.Y1, image.Bounds.Y2, image.Width), Is.EqualTo((0, 16, 16)));
        Assert.That(Worst(image, 1), Is.LessThan(Tolerance));
        for (int y = 4; y < 12; y++) Assert.That(image.Row<float>(y).SequenceEqual(source.Row<float>(y)), $"row {y}");
    }

    [Test]
    public void Remove_PaintsWhatIsTransparent_AndTheRestKeepsItsBits()
    {
        using Scene scene = Model(EffectCatalog.Remove, 2, 0, 16, isKnown: p => p.X is < 5 or > 9 || p.Y is < 5 or > 9).With("prompt", "ramp").With("grow", 0);
        using HostImage image = scene.Render(3);
        Assert.That(Worst(image, 2), Is.LessThan(Tolerance));
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [TestCase("style", "image-to-image")]
    [TestCase("extend", "inpaint")]
    [TestCase("remove", "inpaint")]
    public void PackageThatCannotDoIt_IsNamed_AndTheHostGoesOn(string effect, string task)
    {
        string folder = Path.Combine(Sandbox.ModelsFolder, "text-only");
        ClosedFormPackage.Write(folder, Data);
        Directory.Delete(Path.Combine(folder, "vae_encoder"), recursive: true);
        using Scene scene = Model(EffectCatalog.FindByName(effect)!, 0, 4, 12, isKnown: p => p.X != 8).With("model", "text-only").With("strength", 0.9)
            .With("quality", (int)QualityLevel.Draft);
        HostingException failure = Assert.Throws<HostingException>(() => scene.Render(0))!;
        Assert.That(failure.Status, Is.EqualTo(1), "kOfxStatFailed");
        Assert.That(string.Join('\n', scene.Journal.Messages.Select(message => message.Text)), Does.Contain("text-only").And.Contain(task));
        if (effect == "style") scene.With("stylePath", StylePicture.Path);
        using HostImage builtIn = scene.With("method", (double)EffectMethod.BuiltIn).Render(0);
        Assert.That(builtIn.Width, Is.AtLeast(14), "the built-in method works");
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>An effect on rows of a picture of the data, counted from the bottom.</summary>
    private static Scene Model(EffectDefinition effect, int picture, int first, int end, EffectContext context = EffectContext.Filter, Func<(int X, int Y), bool>? isKnown = null)
    {
        ClipFormat format = Scene.Clip(PixelDepth.Float, new(0, first, 16, end));
        return new Scene(effect, format, _ => Painted(format, picture, isKnown ?? (_ => true)), context: context).With("method", (double)EffectMethod.Model).With("model", "tiny");
    }

    private static HostImage Painted(ClipFormat format, int picture, Func<(int X, int Y), bool> isKnown)
    {
        HostImage image = Scene.Image(format, RenderScale.One);
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++)
        {
            Span<float> row = image.Row<float>(y);
            for (int x = 0; x < image.Width; x++)
            {
                bool isHere = isKnown((x, y));
                for (int channel = 0; channel < 3; channel++) row[4 * x + channel] = isHere ? Data.Shown(picture, x, 15 - y, channel) : 0.3f;
                row[4 * x + 3] = isHere ? 1 : 0;
            }
        }

        return image;
    }

    private static double Worst(HostImage image, int picture)
    {
        double worst = 0;
        for (int y = image.Bounds.Y1; y < image.Bounds.Y2; y++)
        {
            Span<float> row = image.Row<float>(y);
            for (int x = 0; x < Data.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++) worst = Math.Max(worst, Math.Abs(row[4 * x + channel] - Data.Shown(picture, x, 15 - y, channel)));
                worst = Math.Max(worst, Math.Abs(row[4 * x + 3] - 1));
            }
        }

        return worst;
    }
}
