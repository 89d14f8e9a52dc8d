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

    /// <summary>A file of the package and what happens to it; the message names it.</summary>
    private static IEnumerable<TestCaseData> Damages()
    {
        string[] models = ["unet/model.onnx", "text_encoder/model.onnx", "vae_decoder/model.onnx", "vae_encoder/model.onnx"];
        string[] texts = ["model_index.json", "scheduler/scheduler_config.json", "vae_decoder/config.json", "tokenizer/vocab.json", "tokenizer/merges.txt"];
        foreach (string file in models.Concat(texts))
        {
            yield return new TestCaseData(file, "missing");
            yield return new TestCaseData(file, "empty");
            if (file != "tokenizer/merges.txt") yield return new TestCaseData(file, "truncated"); // Half of the merges is a sound list of merges.
            yield return new TestCaseData(file, "swapped");
        }

        foreach (string file in models) yield return new TestCaseData(file, "wrong type");
    }

    [TestCaseSource(nameof(Damages))]
    public void DamagedFile_IsNamed_AndTheHostGoesOn(string file, string damage)
    {
        string name = $"broken-{file.Replace('/', '-').ToLowerInvariant()}-{damage.Replace(' ', '-')}", folder = Path.Combine(Sandbox.ModelsFolder, name);
        ClosedFormPackage.Write(folder, Data);
        Break(Path.Combine(folder, file), damage, folder);
        using Scene scene = Generate(name, "wave");
        // The encoder is needed where the model starts from the source.
        if (file.StartsWith("vae_encoder", StringComparison.Ordinal)) scene.With("strength", 0.99);
        string said = Fault(scene);
        TestContext.Out.WriteLine(said);
        // Of a tokenizer's two files the folder may be named.
        string part = file.StartsWith("tokenizer", StringComparison.Ordinal) ? "/tokenizer" : file;
        Assert.That(said, Does.Contain(part));
        Assert.That(said, Does.Not.Contain("   at ").And.Not.Contain("fault of its own"));
        Assert.That(scene.Effect.ImagesHeld, Is.Zero);
        using HostImage good = scene.With("model", "tiny").With("strength", 1).Render(0);
        Assert.That(Worst(good, 1), Is.LessThan(Tolerance), "the next render works");
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
            case "swapped" when path.EndsWith("encoder/model.onnx", StringComparison.Ordinal): File.Copy(Path.Combine(folder, "unet/model.onnx"), path, overwrite: true); break;
            case "swapped" when path.EndsWith(".onnx", StringComparison.Ordinal): File.Copy(Path.Combine(folder, "vae_encoder/model.onnx"), path, overwrite: true); break;
            case "swapped": File.Copy(Path.Combine(folder, "unet/model.onnx"), path, overwrite: true); break;
            default: File.WriteAllBytes(path, WrongType(path)); break;
        }
    }

    /// <summary>A sound model whose first port is text, which no stage gives.</summary>
    private static byte[] WrongType(string path)
    {
        (string input, string output) = Path.GetFileName(Path.GetDirectoryName(path)) switch
        {
            "unet" => ("sample", "out_sample"), "vae_decoder" => ("latent_sample", "sample"), "vae_encoder" => ("sample", "latent_sample"), _ => ("input_ids", "last_hidden_state"),
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
