using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Tests.Stills;
using RunwayFX.Inference.Videos;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Videos;

/// <summary>Clips decoded and encoded in parts of time and space are those that come out whole, bit by bit.</summary>
public sealed class VideoVaeTests
{
    private static readonly ClosedFormStills s_files = new();
    private static readonly JobRun s_job = new(OnnxRuntime.Shared, default);

    [OneTimeTearDown]
    public void Remove()
    {
        s_job.Dispose();
        s_files.Dispose();
    }

    [Test]
    public void Parts_GiveTheSameBits([Values(1, 11, 12, 27)] int latentFrames, [Values(11, 12, 16)] int together, [Values(null, 29)] int? tile)
    {
        (VideoVae whole, VideoModel model) = Open(0, null);
        (VideoVae parts, _) = Open(together, tile);
        int side = tile is null ? 5 : 41;
        VideoLatents layout = new(CausalVae.Channels, latentFrames, 5, side, false);
        float[] latents = Numbers(layout.Length, 1);
        int frames = model.FramesOf(latentFrames), runs = 0;
        parts.Ran = () => runs++;
        Frame[] expected = whole.Decode(latents, layout, (side * 2, 10, frames), s_job), actual = parts.Decode(latents, layout, (side * 2, 10, frames), s_job);
        Assert.That(expected, Has.Length.EqualTo(frames));
        Assert.That(expected[^1].Pixels.Distinct().Count(), Is.GreaterThan(20), "the decoder must say something");
        for (int frame = 0; frame < frames; frame++) Assert.That(actual[frame].Pixels, Is.EqualTo(expected[frame].Pixels), $"frame {frame}");
        if (latentFrames > together) Assert.That(runs, Is.GreaterThan(1));
        float[] clip = Numbers(3 * frames * 10 * side * 2, 2);
        Assert.That(parts.Encode(clip, frames, layout, s_job), Is.EqualTo(whole.Encode(clip, frames, layout, s_job)));
    }

    [Test]
    public void ShortMemory_ChoosesParts()
    {
        ModelPackage package = ModelPackage.Open(s_files.Write(folder => CausalVae.Write(folder, 0)));
        VideoModel model = VideoModel.Read(package);
        VideoVae vae = new(package, model, s_files.Pool, new SessionSettings { Threads = 1 }, new VaeMemory { BudgetBytes = 1 << 20, Overlap = 12 });
        int runs = 0;
        vae.Ran = () => runs++;
        VideoLatents layout = new(CausalVae.Channels, 30, 5, 5, false);
        vae.Decode(Numbers(layout.Length, 1), layout, (10, 10, 5), s_job);
        Assert.That(runs, Is.GreaterThan(3));
    }

    [TestCase(1, 4, 1, 1)]
    [TestCase(81, 4, 21, 81)]
    [TestCase(80, 4, 21, 81)]
    [TestCase(82, 4, 22, 85)]
    [TestCase(97, 8, 13, 97)]
    [TestCase(98, 8, 14, 105)]
    [TestCase(25, 1, 25, 25)]
    public void FrameCounts_GoUpToTheNextThatFits(int frames, int factor, int latentFrames, int made)
    {
        VideoModel model = Open(0, null).Model with { TemporalFactor = factor };
        Assert.That((model.LatentFrames(frames), model.FramesOf(model.LatentFrames(frames))), Is.EqualTo((latentFrames, made)));
    }

    private static (VideoVae Vae, VideoModel Model) Open(int together, int? tile)
    {
        ModelPackage package = ModelPackage.Open(s_files.Write(folder => CausalVae.Write(folder, together)));
        VideoModel model = VideoModel.Read(package);
        return (new VideoVae(package, model, s_files.Pool, new SessionSettings { Threads = 1 }, new VaeMemory { BudgetBytes = 1L << 40, TileSide = tile, Overlap = 12 }), model);
    }

    private static float[] Numbers(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)random.Next(-2, 3))];
    }
}
