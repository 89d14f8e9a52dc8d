using RunwayFX.Imaging;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>A package's folder, opened with one call: what its own tokenizer makes of a prompt decides the picture.</summary>
public sealed class PackageFolderTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormData s_data = new();
    private static readonly string s_folder = Directory.CreateTempSubdirectory("rfx-folders").FullName;
    private static readonly SessionPool s_pool = new(OnnxRuntime.Shared, 1L << 30);

    [OneTimeSetUp]
    public void WritePackages()
    {
        foreach (ModelLayout layout in new[] { ModelLayout.StableDiffusion, ModelLayout.StableDiffusionXl }) ClosedFormPackage.Write(Folder(layout), s_data, layout);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        s_pool.Dispose();
        Directory.Delete(s_folder, recursive: true);
    }

    [TestCase("wave", 1)]
    [TestCase("a Ramp, please!", 2)]
    [TestCase("((checker)) on [paper]", 0)]
    [TestCase("@wave", 1, Description = "a reference stands for its name")]
    [TestCase("(wave:0.5) ramp", 2, Description = "what weighs more is nearer")]
    [TestCase("wave (ramp:0.5)", 1)]
    public void Prompt_GivesItsPicture(string prompt, int expected)
    {
        foreach (ModelLayout layout in new[] { ModelLayout.StableDiffusion, ModelLayout.StableDiffusionXl })
            Assert.That(Distance(Make(layout, prompt), expected), Is.LessThan(Tolerance), $"{layout}");
    }

    [Test]
    public void LongPrompt_IsReadToItsEnd()
    {
        // Every letter of an unknown word is a token: 200 of them are three chunks, and the word that counts stands in the last.
        string prompt = $"{new string('x', 200)} ramp";
        foreach (ModelLayout layout in new[] { ModelLayout.StableDiffusion, ModelLayout.StableDiffusionXl })
            Assert.That(Distance(Make(layout, prompt), 2), Is.LessThan(Tolerance), $"{layout}");
    }

    [Test]
    public void NegativePrompt_PushesAway()
    {
        // Without a prompt every picture is as likely; what is unwanted is left, whatever the seed.
        for (ulong seed = 0; seed < 6; seed++)
        {
            Frame made = StillPipeline.Open(Folder(ModelLayout.StableDiffusion), s_pool).Run(
                Settings("") with { NegativePrompt = "wave", Guidance = 3, Seed = seed }, null, default)[0];
            Assert.That(Distance(made, 1), Is.GreaterThan(0.2), $"seed {seed}");
        }
    }

    [Test]
    public void TokenizerChanged_IsReadAnew()
    {
        string folder = Path.Combine(s_folder, "changed");
        ClosedFormPackage.Write(folder, s_data);
        PackageTokenizer before = PackageTokenizer.Open(Path.Combine(folder, "tokenizer"));
        Assert.That(PackageTokenizer.Open(Path.Combine(folder, "tokenizer")), Is.SameAs(before));
        File.SetLastWriteTimeUtc(Path.Combine(folder, "tokenizer", "merges.txt"), DateTime.UnixEpoch);
        Assert.That(PackageTokenizer.Open(Path.Combine(folder, "tokenizer")), Is.Not.SameAs(before));
    }

    [Test]
    public void TextEncoderOfOneText_ReadsTheWordsAlone() =>
        Assert.That(PackageTokenizer.Open(Path.Combine(Folder(ModelLayout.StableDiffusion), "tokenizer")).Encode("(@wave:1.3) [ramp]", 12),
            Is.EqualTo(PackageTokenizer.Open(Path.Combine(Folder(ModelLayout.StableDiffusion), "tokenizer")).Encode("wave ramp", 12)));

    private static Frame Make(ModelLayout layout, string prompt) => StillPipeline.Open(Folder(layout), s_pool).Run(Settings(prompt), null, default)[0];

    private static StillSettings Settings(string prompt) => new() { Prompt = prompt, Width = s_data.Width, Height = s_data.Height, Steps = 10 };

    private static string Folder(ModelLayout layout) => Path.Combine(s_folder, layout.ToString());

    private static double Distance(Frame frame, int word)
    {
        double worst = 0;
        int pixels = s_data.Width * s_data.Height;
        for (int i = 0; i < pixels; i++)
        {
            for (int channel = 0; channel < 3; channel++)
                worst = Math.Max(worst, Math.Abs(frame.Pixels[i * 4 + channel] - (s_data.Pictures[word][channel * pixels + i] / 2 + 0.5)));
        }

        return worst;
    }
}
