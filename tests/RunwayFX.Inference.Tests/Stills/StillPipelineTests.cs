using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>Pipelines over packages whose right answer is known.</summary>
public sealed class StillPipelineTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormData s_data = new();
    private static readonly string s_folder = Directory.CreateTempSubdirectory("rfx-stills").FullName;
    private static readonly SessionPool s_pool = new(OnnxRuntime.Shared, 1L << 30);

    [OneTimeSetUp]
    public void WritePackages()
    {
        foreach (ModelLayout layout in new[] { ModelLayout.StableDiffusion, ModelLayout.StableDiffusionXl, ModelLayout.LatentConsistency })
            ClosedFormPackage.Write(Path.Combine(s_folder, layout.ToString()), s_data, layout);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        s_pool.Dispose();
        Directory.Delete(s_folder, recursive: true);
    }

    [Test]
    public void Text_GivesItsPicture(
        [Values(SchedulerKind.Ddim, SchedulerKind.Euler, SchedulerKind.Heun, SchedulerKind.DpmMultistep, SchedulerKind.UniPc, SchedulerKind.Lcm, SchedulerKind.Tcd)] SchedulerKind kind,
        [Values(1, 7.5)] double guidance)
    {
        for (int word = 0; word < ClosedFormData.Words.Count; word++)
        {
            Frame made = Pipeline().Run(Settings(ClosedFormData.Words[word]) with { Scheduler = kind, Guidance = guidance, Seed = (ulong)word }, null, default)[0];
            Assert.That(Distance(made, word), Is.LessThan(Tolerance), ClosedFormData.Words[word]);
        }
    }

    [TestCase(ModelLayout.StableDiffusionXl)]
    [TestCase(ModelLayout.LatentConsistency)]
    public void OtherLayouts_GiveTheirPicture(ModelLayout layout)
    {
        Frame made = Pipeline(layout).Run(Settings("wave") with { Steps = 8 }, null, default)[0];
        Assert.That(Distance(made, 1), Is.LessThan(Tolerance));
    }

    [Test]
    public void Batch_GivesThePicturesOfItsSeeds()
    {
        Frame[] batch = Pipeline().Run(Settings("") with { Batch = 3, Seed = 5, Guidance = 1, Steps = 10 }, null, default);
        for (int index = 0; index < 3; index++)
        {
            Frame alone = Pipeline().Run(Settings("") with { Seed = 5 + (ulong)index, Guidance = 1, Steps = 10 }, null, default)[0];
            Assert.That(Worst(batch[index], alone), Is.LessThan(Tolerance));
        }
    }

    [Test]
    public void OddSize_IsCutFromThePicture()
    {
        Frame made = Pipeline().Run(Settings("ramp") with { Width = 15, Height = 15 }, null, default)[0];
        Assert.That((made.Width, made.Height), Is.EqualTo((15, 15)));
        Frame whole = Picture(2);
        for (int y = 0; y < 15; y++)
        {
            for (int i = 0; i < 15 * Frame.Channels; i++) Assert.That(made.Row(y)[i], Is.EqualTo(whole.Row(y)[i]).Within(Tolerance));
        }
    }

    [Test]
    public void SameSeed_GivesTheSameBits()
    {
        StillSettings settings = Settings("") with { Guidance = 3, Seed = 11, Steps = 6 };
        Frame first = Pipeline().Run(settings, null, default)[0], second = Pipeline().Run(settings, null, default)[0];
        Assert.That(second.Pixels, Is.EqualTo(first.Pixels));
    }

    [TestCase(0.0, 0)]
    [TestCase(0.3, 0)]
    [TestCase(1.0, 2)]
    public void Picture_IsLeftAsFarAsTheStrengthSays(double strength, int expected)
    {
        Frame made = Pipeline().Run(Settings(strength < 1 ? "" : "ramp") with { Picture = Picture(0), Strength = strength, Guidance = strength < 1 ? 1 : 7.5 }, null, default)[0];
        Assert.That(Distance(made, expected), Is.LessThan(Tolerance));
    }

    [Test]
    public void Inpaint_KeepsWhatIsOutsideTheMask_BitForBit()
    {
        Frame picture = Picture(1), mask = new(s_data.Width, s_data.Height);
        picture.Pixels[0] = 1.75f;
        for (int y = 0; y < s_data.Height; y++)
        {
            for (int x = s_data.Width / 2; x < s_data.Width; x++) mask.Row(y)[x * Frame.Channels] = 1;
        }

        Frame made = Pipeline().Run(Settings("wave") with { Picture = picture, Mask = mask, Strength = 1 }, null, default)[0];
        for (int i = 0; i < made.Pixels.Length; i++)
        {
            if (mask.Pixels[i / Frame.Channels * Frame.Channels] == 0)
                Assert.That(BitConverter.SingleToInt32Bits(made.Pixels[i]), Is.EqualTo(BitConverter.SingleToInt32Bits(picture.Pixels[i])));
        }

        Assert.That(made.Row(3)[4 * 12], Is.EqualTo(Picture(1).Row(3)[4 * 12]).Within(1e-3), "the rest goes on the picture that the prompt names");
    }

    [Test]
    public void Cancelled_Throws()
    {
        using CancellationTokenSource source = new();
        StillSettings settings = Settings("wave") with { Steps = 1000, Preview = (_, step) => { if (step == 3) source.Cancel(); } };
        Assert.That(() => Pipeline().Run(settings, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [TestCase("unet/model.onnx")]
    [TestCase("text_encoder/model.onnx")]
    [TestCase("vae_decoder/model.onnx")]
    [TestCase("vae_decoder/config.json")]
    [TestCase("scheduler/scheduler_config.json")]
    [TestCase("model_index.json")]
    public void DamagedFile_IsNamed(string file)
    {
        foreach (string damage in new[] { "missing", "truncated", "swapped" })
        {
            string folder = Path.Combine(s_folder, Guid.NewGuid().ToString("N"));
            ClosedFormPackage.Write(folder, s_data);
            string path = Path.Combine(folder, file);
            if (damage == "missing") File.Delete(path);
            else if (damage == "truncated") File.WriteAllBytes(path, File.ReadAllBytes(path)[..(int)(new FileInfo(path).Length / 3)]);
            else if (file.EndsWith(".onnx", StringComparison.Ordinal)) File.Copy(Path.Combine(folder, "vae_encoder/model.onnx"), path, overwrite: true);
            else continue;
            InferenceException e = Assert.Throws<InferenceException>(
                () => new StillPipeline(ModelPackage.Open(folder), s_pool, new SessionSettings(), path => new WordTokenizer(path)).Run(Settings("wave"), null, default), damage)!;
            Assert.That(e.Message, Does.Contain(Path.GetFileName(file)).Or.Contain(Path.GetDirectoryName(file)!), damage);
        }
    }

    [Test]
    public void WrongElementType_NamesInputExpectedAndFound()
    {
        string folder = Path.Combine(s_folder, "wrong");
        ClosedFormPackage.Write(folder, s_data);
        // Half precision throughout is a sound model: the types are read from it.
        File.WriteAllBytes(Path.Combine(folder, "unet/model.onnx"), ClosedFormDenoiser.Build(s_data, ModelLayout.StableDiffusion, type: OnnxType.Half));
        Frame made = new StillPipeline(ModelPackage.Open(folder), s_pool, new SessionSettings(), path => new WordTokenizer(path)).Run(Settings("wave"), null, default)[0];
        Assert.That(Distance(made, 1), Is.LessThan(2e-3));
        // Another family's ports are not.
        File.WriteAllBytes(Path.Combine(folder, "unet/model.onnx"), ClosedFormDenoiser.Build(new ClosedFormData(4, 4), ModelLayout.StableDiffusionXl));
        Assert.That(() => new StillPipeline(ModelPackage.Open(folder), s_pool, new SessionSettings(), path => new WordTokenizer(path)).Run(Settings("wave"), null, default),
            Throws.TypeOf<InferenceException>().With.Message.Contains("text_embeds").And.Message.Contains("unet"));
    }

    private static StillPipeline Pipeline(ModelLayout layout = ModelLayout.StableDiffusion) =>
        new(ModelPackage.Open(Path.Combine(s_folder, layout.ToString())), s_pool, new SessionSettings(), path => new WordTokenizer(path));

    private static StillSettings Settings(string prompt) => new() { Prompt = prompt, Width = s_data.Width, Height = s_data.Height, Steps = 20 };

    private static Frame Picture(int word)
    {
        Frame frame = new(s_data.Width, s_data.Height);
        for (int i = 0; i < s_data.Width * s_data.Height; i++)
        {
            for (int channel = 0; channel < 3; channel++) frame.Pixels[i * 4 + channel] = s_data.Pictures[word][channel * s_data.Width * s_data.Height + i] / 2 + 0.5f;
            frame.Pixels[i * 4 + 3] = 1;
        }

        return frame;
    }

    private static double Distance(Frame frame, int word) => Worst(frame, Picture(word));

    private static double Worst(Frame left, Frame right) => left.Pixels.Zip(right.Pixels, (a, b) => Math.Abs(a - (double)b)).Max();

    /// <summary>Whole words of the package's vocabulary, so that these tests rest on no tokenizer.</summary>
    private sealed class WordTokenizer(string folder) : IPromptTokenizer
    {
        private readonly Dictionary<string, int> _ids = System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, int>>(File.ReadAllText(Path.Combine(folder, "vocab.json")))!;

        public int[] Encode(string text, int length)
        {
            int[] ids = new int[length];
            Array.Fill(ids, _ids["<|endoftext|>"]);
            ids[0] = _ids["<|startoftext|>"];
            string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < words.Length; i++) ids[i + 1] = _ids[words[i] + "</w>"];
            return ids;
        }
    }
}
