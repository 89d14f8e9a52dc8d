using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Stills;

/// <summary>Decoding and encoding in tiles gives what is given whole.</summary>
public sealed class VaeTilingTests
{
    private static readonly ClosedFormStills s_stills = new();
    private static readonly JobRun s_job = new(OnnxRuntime.Shared, default);

    [OneTimeTearDown]
    public void Remove()
    {
        s_job.Dispose();
        s_stills.Dispose();
    }

    /// <summary>Weights and latents are small whole numbers, so that no order of summation rounds: equal means every bit.</summary>
    [Test]
    public void Convolutions_GiveTheSameBits([Values(29, 40, 64)] int width, [Values(7, 33)] int height, [Values(13, 16, 21)] int tile)
    {
        ModelPackage package = Package(ConvolutionalVae.Whole);
        VaeCodec whole = Codec(package, null), tiled = Codec(package, tile);
        float[] latents = Numbers(whole.Channels * width * height, 5);
        Frame expected = whole.Decode(latents, width, height, width * 4, height * 4, s_job), actual = tiled.Decode(latents, width, height, width * 4, height * 4, s_job);
        Assert.That(expected.Pixels.Distinct().Count(), Is.GreaterThan(20), "the decoder must say something");
        Assert.That(actual.Pixels, Is.EqualTo(expected.Pixels));
        float[] planes = Numbers(3 * width * height * 16, 6);
        float[] direct = whole.EncodePlanes(planes, width, height, s_job);
        Assert.That(tiled.EncodePlanes(planes, width, height, s_job), Is.EqualTo(direct));
        Assert.That(direct.Distinct().Count(), Is.GreaterThan(20));
    }

    [Test]
    public void RandomConvolutions_GiveTheSameToRounding()
    {
        ModelPackage package = Package(ConvolutionalVae.Random);
        float[] latents = Numbers(4 * 40 * 31, 7);
        float[] expected = Codec(package, null).Decode(latents, 40, 31, 160, 124, s_job).Pixels, actual = Codec(package, 17).Decode(latents, 40, 31, 160, 124, s_job).Pixels;
        Assert.That(expected.Zip(actual, (a, b) => Math.Abs(a - b)).Max(), Is.LessThan(1e-5f));
    }

    /// <summary>A norm over the whole picture cannot be the same in a tile: nowhere may the tiles differ by a step.</summary>
    [Test]
    public void Norms_LeaveNoSeam()
    {
        ModelPackage package = Package(ConvolutionalVae.Normed);
        const int Width = 48, Height = 32;
        float[] latents = new float[4 * Width * Height];
        for (int i = 0; i < latents.Length; i++) latents[i] = MathF.Sin(i % Width * 0.11f) + MathF.Cos(i / Width % Height * 0.17f + i / (Width * Height));
        Frame whole = Codec(package, null).Decode(latents, Width, Height, Width * 4, Height * 4, s_job), tiled = Codec(package, 20).Decode(latents, Width, Height, Width * 4, Height * 4, s_job);
        double worst = ClosedFormStills.Worst(whole, tiled), steepest = Steepest(whole), steepestTiled = Steepest(tiled);
        TestContext.Out.WriteLine($"worst {worst:F4}, steepest {steepest:F4} whole and {steepestTiled:F4} in tiles");
        Assert.That(worst, Is.GreaterThan(1e-4).And.LessThan(0.25), "the norm must differ, or this tests nothing");
        Assert.That(steepestTiled, Is.LessThan(steepest * 1.5 + 0.02), "no edge that the picture does not have");
    }

    [TestCase(64, 64, 1L << 40, 1)]
    [TestCase(64, 64, 1L << 22, 4)]
    public void Budget_ChoosesTheTiles(int width, int height, long bytes, int runsAtLeast)
    {
        ModelPackage package = Package(ConvolutionalVae.Whole);
        VaeCodec codec = new(package, s_stills.Pool, new SessionSettings { Threads = 1 }, new VaeMemory { BudgetBytes = bytes, Overlap = 8 });
        int runs = 0;
        codec.Ran = () => runs++;
        codec.Decode(Numbers(4 * width * height, 1), width, height, width * 4, height * 4, s_job);
        Assert.That(runs, runsAtLeast == 1 ? Is.EqualTo(1) : Is.GreaterThanOrEqualTo(runsAtLeast));
    }

    [Test]
    public void Plan_CoversEverySide([Values(1, 15, 16, 17, 31, 100, 1000)] int size, [Values(16, 21)] int tile, [Values(0, 1, 7, 8, 15)] int overlap)
    {
        TilePlan plan = new(size, tile, overlap);
        Assert.That(plan.Start(0), Is.Zero);
        Assert.That(plan.Start(plan.Count - 1) + plan.Tile, Is.EqualTo(size));
        for (int index = 1; index < plan.Count; index++)
        {
            Assert.That(plan.Start(index) - plan.Start(index - 1), Is.InRange(1, tile - overlap));
            Assert.That(plan.Weights(index, 3)[^1], Is.EqualTo(1f), "what is after the overlap is the tile's alone");
        }

        Assert.That(plan.Weights(0, 2), Is.All.EqualTo(1f));
    }

    [Test]
    public void Tiled_EndsOnTheSamePicture()
    {
        ClosedFormData data = new(20, 18);
        string folder = s_stills.Write(path => ClosedFormPackage.Write(path, data));
        StillSettings settings = new() { Prompt = "wave", Width = data.Width, Height = data.Height, Steps = 10 };
        Frame whole = s_stills.Open(folder).Run(settings, null, default)[0];
        Frame tiled = s_stills.Open(folder).Run(settings with { Memory = new VaeMemory { TileSide = 9, Overlap = 4 } }, null, default)[0];
        Assert.That(tiled.Pixels, Is.EqualTo(whole.Pixels));
        Assert.That(ClosedFormStills.Worst(whole, ClosedFormStills.Picture(data, 1)), Is.LessThan(1e-5));
    }

    private static VaeCodec Codec(ModelPackage package, int? tile) =>
        new(package, s_stills.Pool, new SessionSettings { Threads = 1 }, new VaeMemory { TileSide = tile, BudgetBytes = 1L << 40, Overlap = ConvolutionalVae.Overlap });

    private static ModelPackage Package(ConvolutionalVae vae) => ModelPackage.Open(s_stills.Write(folder =>
    {
        ClosedFormPackage.Write(folder, new ClosedFormData(4, 4));
        vae.Write(folder);
    }));

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-2, 3))];
    }

    private static double Steepest(Frame frame)
    {
        double most = 0;
        for (int y = 0; y < frame.Height; y++)
        {
            for (int i = 4; i < frame.Width * 4; i++)
            {
                most = Math.Max(most, Math.Abs(frame.Row(y)[i] - frame.Row(y)[i - 4]));
                if (y > 0) most = Math.Max(most, Math.Abs(frame.Row(y)[i] - frame.Row(y - 1)[i]));
            }
        }

        return most;
    }
}
