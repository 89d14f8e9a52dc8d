using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.TestModels;

namespace RunwayFX.EndToEnd;

/// <summary>Generate from a prompt through the published bundle and engine, with a package whose right answer is known; and with broken ones.</summary>
[CancelAfter(240_000)]
public sealed class ModelGenerateTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormData Data = new();
    private static readonly ClipFormat Format = Scene.Clip(PixelDepth.Float, new(0, 0, 16, 16), AlphaState.Opaque);

    [OneTimeSetUp]
    public void WritePackage()
    {
        Product.Require();
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "tiny"), Data);
    }

    [SetUp]
    public void Start() => Sandbox.EnsureEngine();

    [TestCase("checker", 0, EffectContext.Filter)]
    [TestCase("a wave at night", 1, EffectContext.General)]
    [TestCase("ramp", 2, EffectContext.Filter)]
    public void Prompt_GivesItsPicture(string prompt, int expected, EffectContext context)
    {
        using Scene scene = Generate("tiny", prompt, context);
        using HostImage image = scene.Render(7);
        Assert.That(Worst(image, expected), Is.LessThan(Tolerance));
        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [Test]
    public void SameSeed_AfterANewStart_GivesTheSameBits()
    {
        // Without a prompt the picture is the seed's own.
        byte[] Once()
        {
            using Scene scene = Generate("tiny", "").With("seed", 4711).With("guidance", 1).With("steps", 3);
            using HostImage image = scene.Render(0);
            return Scene.Bytes(image);
        }

        byte[] first = Once();
        Sandbox.StopEngine();
        Sandbox.EnsureEngine();
        Assert.That(Once().AsSpan().SequenceEqual(first), Is.True);
    }

    [Test]
    public void PackageThatIsNotInstalled_IsNamed_AndTheBuiltInMethodWorks()
    {
        using Scene scene = Generate("not-there", "wave");
        Assert.That(Fault(scene), Does.Contain("not-there").And.Contain("rfx models").And.Contain("Built-in"));
        using HostImage image = scene.With("method", (double)EffectMethod.BuiltIn).Render(0);
        Assert.That(image.Width, Is.EqualTo(16));
    }

    /// <summary>Every file of a package, those that other families have besides, and what happens to it.</summary>
    private static IEnumerable<TestCaseData> Damages()
    {
        string[] plain =
        [
            "unet/model.onnx", "text_encoder/model.onnx", "vae_decoder/model.onnx", "vae_encoder/model.onnx", "model_index.json", "scheduler/scheduler_config.json",
            "unet/config.json", "vae_decoder/config.json", "tokenizer/vocab.json", "tokenizer/merges.txt", "tokenizer/tokenizer_config.json", "tokenizer/special_tokens_map.json",
        ];
        string[] large = ["unet/model.onnx", "text_encoder_2/model.onnx", "tokenizer_2/vocab.json"];
        string[] flow = ["transformer/model.onnx", "transformer/config.json", "text_encoder_2/model.onnx", "text_encoder_3/model.onnx", "tokenizer_3/vocab.json"];
        foreach ((ModelLayout layout, string[] files) in new[] { (ModelLayout.StableDiffusion, plain), (ModelLayout.StableDiffusionXl, large), (ModelLayout.StableDiffusion3, flow) })
        {
            foreach (string file in files)
            {
                // What an exporter may leave out is no fault; a third encoder without its model is a package without one.
                bool isOptional = file.EndsWith("_config.json", StringComparison.Ordinal) && file.StartsWith("tokenizer", StringComparison.Ordinal)
                    || file.EndsWith("map.json", StringComparison.Ordinal) || file is "unet/config.json" or "transformer/config.json" or "text_encoder_3/model.onnx";
                if (!isOptional) yield return new TestCaseData(layout, file, "missing");
                yield return new TestCaseData(layout, file, "empty");
                if (file != "tokenizer/merges.txt") yield return new TestCaseData(layout, file, "truncated"); // Half of the merges is a sound list of merges.
                yield return new TestCaseData(layout, file, "swapped");
                if (file.EndsWith(".onnx", StringComparison.Ordinal)) yield return new TestCaseData(layout, file, "wrong type");
            }
        }
    }

    [TestCaseSource(nameof(Damages))]
    public void DamagedFile_IsNamed_AndTheHostGoesOn(ModelLayout layout, string file, string damage)
    {
        string name = $"broken-{Guid.NewGuid():N}", folder = Path.Combine(Sandbox.ModelsFolder, name);
        ClosedFormPackage.Write(folder, layout == ModelLayout.StableDiffusion3 ? new ClosedFormData(8, 8, channels: 16, scale: 1.5f, shift: 0.0625f) : Data, layout);
        Break(Path.Combine(folder, file), damage, folder);
        using Scene scene = Generate(name, "wave");
        // The encoder is needed where the model starts from the source.
        if (file.StartsWith("vae_encoder", StringComparison.Ordinal)) scene.With("strength", 0.99);
        string said = Fault(scene);
        TestContext.Out.WriteLine(said);
        // Of a tokenizer's files the folder may be named.
        string part = file.StartsWith("tokenizer", StringComparison.Ordinal) ? $"/{file.Split('/')[0]}" : file;
        Assert.That(said, Does.Contain(part));
        Assert.That(said, Does.Not.Contain("   at ").And.Not.Contain("fault of its own"));
        Assert.That(scene.Effect.ImagesHeld, Is.Zero);
        using HostImage good = scene.With("model", "tiny").With("strength", 1).Render(0);
        Assert.That(Worst(good, 1), Is.LessThan(Tolerance), "the next render works");
        Directory.Delete(folder, recursive: true);
    }

    [TestCase("unet/config.json")]
    [TestCase("tokenizer/tokenizer_config.json")]
    [TestCase("tokenizer/special_tokens_map.json")]
    [TestCase("vae_encoder/config.json")]
    public void FileThatAnExporterMayLeaveOut_IsNotMissed(string file)
    {
        string name = $"without-{Guid.NewGuid():N}", folder = Path.Combine(Sandbox.ModelsFolder, name);
        ClosedFormPackage.Write(folder, Data);
        File.Delete(Path.Combine(folder, file));
        using Scene scene = Generate(name, "wave");
        using HostImage image = scene.Render(0);
        Assert.That(Worst(image, 1), Is.LessThan(Tolerance));
        Directory.Delete(folder, recursive: true);
    }

    private static void Break(string path, string damage, string folder)
    {
        byte[] bytes = File.ReadAllBytes(path);
        switch (damage)
        {
            case "missing": File.Delete(path); break;
            case "empty": File.WriteAllBytes(path, []); break;
            case "truncated": File.WriteAllBytes(path, bytes[..(bytes.Length / 3)]); break;
            case "swapped" when Path.GetFileName(Path.GetDirectoryName(path))!.Contains("encoder", StringComparison.Ordinal): File.Copy(DenoiserOf(folder), path, overwrite: true); break;
            case "swapped" when path.EndsWith(".onnx", StringComparison.Ordinal): File.Copy(Path.Combine(folder, "vae_encoder/model.onnx"), path, overwrite: true); break;
            case "swapped": File.Copy(DenoiserOf(folder), path, overwrite: true); break;
            default: File.WriteAllBytes(path, WrongType(path)); break;
        }
    }

    private static string DenoiserOf(string folder) =>
        new[] { "unet", "transformer" }.Select(component => Path.Combine(folder, component, "model.onnx")).First(File.Exists);

    /// <summary>A sound model whose first port is text, which no stage gives.</summary>
    private static byte[] WrongType(string path)
    {
        (string input, string output) = Path.GetFileName(Path.GetDirectoryName(path)) switch
        {
            "unet" => ("sample", "out_sample"), "transformer" => ("hidden_states", "out_hidden_states"), "vae_decoder" => ("latent_sample", "sample"), "vae_encoder" => ("sample", "latent_sample"), _ => ("input_ids", "last_hidden_state"),
        };
        OnnxGraph graph = new("wrong");
        graph.Input(input, OnnxType.Bool, "a", "b", "c", "d");
        graph.Output(output, OnnxType.Bool, "a", "b", "c", "d");
        graph.Node("Identity", [input], output);
        return graph.ToModel();
    }

    private static string Fault(Scene scene)
    {
        HostingException failure = Assert.Throws<HostingException>(() => scene.Render(0))!;
        Assert.That(failure.Status, Is.EqualTo(1), "kOfxStatFailed");
        return string.Join('\n', scene.Journal.Messages.Select(message => message.Text));
    }

    private static Scene Generate(string package, string prompt, EffectContext context = EffectContext.Filter) =>
        new Scene(EffectCatalog.Generate, Format, query => Scene.Painted(Format, query), context: context)
            .With("method", (double)EffectMethod.Model).With("model", package).With("prompt", prompt);

    private static double Worst(HostImage image, int picture)
    {
        double worst = 0;
        for (int y = 0; y < Data.Height; y++)
        {
            Span<float> row = image.Row<float>(image.Bounds.Y2 - 1 - y);
            for (int x = 0; x < Data.Width; x++)
            {
                for (int channel = 0; channel < 3; channel++) worst = Math.Max(worst, Math.Abs(row[4 * x + channel] - Data.Shown(picture, x, y, channel)));
                worst = Math.Max(worst, Math.Abs(row[4 * x + 3] - 1));
            }
        }

        return worst;
    }
}
