using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.TestModels;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Models;

/// <summary>Generate's method Model with packages that make clips: every frame is that of the right clip of the data.</summary>
public sealed class ModelClipTests
{
    /// <summary>Clips are kept in 16 bits.</summary>
    private const double Tolerance = 3e-5;

    private const int Seed = 31, Start = 100;

    private static readonly ClosedFormVideoData s_flat = new(6, 1), s_wan = new(9, 4);
    private static readonly ModelRig s_rig = new();

    private readonly GeneratePipeline _pipeline = new(s_rig.Maker);

    [OneTimeSetUp]
    public void Write()
    {
        ClosedFormVideoPackage.Write(Path.Combine(s_rig.Folder, "animate"), s_flat, VideoFamily.AnimateDiff);
        Wan("wan", VideoFamily.Wan, null);
        // What Wan is to be told where the first and the last frame of the second clip are known.
        float[] known = new float[s_wan.Clips[1].Length], mask = new float[s_wan.TemporalFactor * s_wan.LatentFrames * s_wan.LatentHeight * s_wan.LatentWidth];
        int plane = s_wan.LatentHeight * s_wan.LatentWidth;
        foreach (int frame in new[] { 0, s_wan.Frames - 1 })
        {
            for (int colour = 0; colour < 3; colour++)
            {
                int pixels = s_wan.Width * s_wan.Height;
                Planes(s_wan, 1, frame).AsSpan(colour * pixels, pixels).CopyTo(known.AsSpan((colour * s_wan.Frames + frame) * pixels));
            }
        }

        for (int i = 0; i < mask.Length; i++)
        {
            int frame = i / plane % s_wan.LatentFrames * s_wan.TemporalFactor + i / plane / s_wan.LatentFrames - (s_wan.TemporalFactor - 1);
            mask[i] = frame <= 0 || frame == s_wan.Frames - 1 ? 1 : 0;
        }

        Wan("wan-frames", VideoFamily.WanImage, [.. mask, .. s_wan.Encode(known, s_wan.Frames)]);

        // The picture that comes to life, with the noise that the seed puts on it.
        float[] planes = Planes(s_flat, 2, 0), draws = new float[planes.Length];
        new NoiseSource(Seed).FillNormal(draws);
        for (int i = 0; i < planes.Length; i++) planes[i] += 0.02f * draws[i];
        float[] latent = s_flat.Encode(planes, 1, isRaw: true);
        ClosedFormVideoPackage.Write(Path.Combine(s_rig.Folder, "svd"), s_flat, VideoFamily.StableVideoDiffusion, [.. Enumerable.Repeat(latent, s_flat.Frames).SelectMany(each => each)], [24, 127, 0.02f]);
    }

    [OneTimeTearDown]
    public void Remove() => s_rig.Dispose();

    [TestCase("wan", "wave", 1)]
    [TestCase("wan", "ramp", 2)]
    public void TextToVideo_ShowsItsClip_InAnyOrder_AndItsEndsGoOn(string package, string prompt, int word)
    {
        foreach (int frame in new[] { 5, 0, 8, 3, 12, -2 })
        {
            Frame made = Render(s_wan, frame, ("model", package), ("prompt", prompt), ("frames", s_wan.Frames));
            Assert.That(ModelRig.Worst(made, Picture(s_wan, word, Math.Clamp(frame, 0, 8))), Is.LessThan(Tolerance), $"frame {frame}");
        }
    }

    [Test]
    public void ImageToVideo_BringsTheSourcesFirstFrameToLife()
    {
        foreach (int frame in new[] { 4, 1 })
        {
            Frame made = Render(s_flat, frame, ("model", "svd"), ("frames", s_flat.Frames), ("seed", Seed));
            Assert.That(ModelRig.Worst(made, Picture(s_flat, 2, frame)), Is.LessThan(Tolerance), $"frame {frame}");
        }
    }

    [Test]
    public void FirstAndLastFrame_AreMet()
    {
        Frame made = Render(s_wan, 4, ("model", "wan-frames"), ("prompt", "wave"), ("frames", s_wan.Frames), ("strength", 0.9), ("referencePath", "first"), ("lastPath", "last"));
        Assert.That(ModelRig.Worst(made, Picture(s_wan, 1, 4)), Is.LessThan(Tolerance));
    }

    [Test]
    public void AnimateDiff_StartsFromTheSourcesFrames()
    {
        Frame made = Render(s_flat, 3, ("model", "animate"), ("frames", s_flat.Frames), ("strength", 0.3), ("guidance", 1));
        Assert.That(ModelRig.Worst(made, Picture(s_flat, 2, 3)), Is.LessThan(Tolerance));
    }

    [Test]
    public void ClipThatWouldFillTheMemory_AndWhatAFamilyCannotDo_AreRefused()
    {
        Assert.That(() => Render(s_wan, 0, ("model", "wan"), ("frames", 1024), ("modelSide", 512)), Throws.TypeOf<PipelineException>().With.Message.Contains("modelSide").And.Message.Contains("MiB"));
        Assert.That(() => Render(s_wan, 0, ("model", "wan"), ("frames", 9), ("control", (int)ControlKind.Edges)), Throws.TypeOf<PipelineException>().With.Message.Contains("control clip"));
        Assert.That(() => Render(s_wan, 0, ("model", "wan"), ("frames", 9), ("lora", "/a.safetensors")), Throws.TypeOf<PipelineException>().With.Message.Contains("lora"));
        Assert.That(() => Render(s_flat, 0, ("model", "svd"), ("frames", 6), ("firstReferenceFrame", 5000), ("lastReferenceFrame", 5005)), Throws.TypeOf<PipelineException>().With.Message.Contains("5000"));
    }

    [Test]
    public void Drag_NeverMakesAClip_ButShowsOneThatIsAtHand()
    {
        (string, object)[] settings = [("model", "wan"), ("prompt", "checker"), ("frames", s_wan.Frames), ("seed", 77), ("referencePath", "first"), ("strength", 1)];
        Frame preview = Render(s_wan, 5, true, settings);
        Assert.That(ModelRig.Worst(preview, Picture(s_wan, 1, 0)), Is.LessThan(Tolerance), "the picture that it would begin with");
        Frame made = Render(s_wan, 5, settings), known = Render(s_wan, 5, true, settings);
        Assert.That(ModelRig.Worst(made, Picture(s_wan, 0, 5)), Is.LessThan(Tolerance));
        Assert.That(FrameComparison.AreBitEqual(known, made));
    }

    [Test]
    public void Mix_ShowsTheSourceToo()
    {
        Frame made = Render(s_wan, 2, ("model", "wan"), ("prompt", "wave"), ("frames", s_wan.Frames), ("mix", 0.5));
        float source = Picture(s_flat, 2, 2).Pixels[40], clip = Picture(s_wan, 1, 2).Pixels[40];
        Assert.That(made.Pixels[40], Is.EqualTo((source + clip) / 2).Within(Tolerance));
    }

    /// <summary>A frame of the result, counted from its start; the Source is the third clip of the flat data.</summary>
    private Frame Render(ClosedFormVideoData data, int frame, params (string, object)[] settings) => Render(data, frame, false, settings);

    private Frame Render(ClosedFormVideoData data, int frame, bool isInteractive, params (string, object)[] settings)
    {
        Clip clip = new();
        RenderJob job = ModelRig.Job(EffectCatalog.Generate, new(0, 0, data.Width, data.Height), Start + frame,
            [("steps", 10), ("guidance", 3), ("referenceRange", 1), ("firstReferenceFrame", Start), ("lastReferenceFrame", Start + data.Frames - 1), .. settings]) with { IsInteractive = isInteractive };
        return new OutputPipeline(_pipeline).Render(job, clip, clip, new ExtendPipelineTests.NoProgress(), default);
    }

    /// <summary>Wan's own sampler tells the model whole timesteps, which the exact model takes at their word: the flow's own steps are exact.</summary>
    private static void Wan(string name, VideoFamily family, float[]? extra)
    {
        string folder = Path.Combine(s_rig.Folder, name);
        ClosedFormVideoPackage.Write(folder, s_wan, family, extra);
        File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), ClosedFormPackage.FlowSchedulerJson);
    }

    /// <summary>A frame's planes, rounded as pictures are: the models take every difference at a thousand times its size.</summary>
    private static float[] Planes(ClosedFormVideoData data, int word, int frame)
    {
        Frame picture = Picture(data, word, frame);
        int plane = data.Width * data.Height;
        return [.. Enumerable.Range(0, 3 * plane).Select(i => picture.Pixels[i % plane * 4 + i / plane] * 2 - 1)];
    }

    private static Frame Picture(ClosedFormVideoData data, int word, int frame)
    {
        Frame picture = new(data.Width, data.Height);
        int plane = data.Width * data.Height;
        for (int i = 0; i < plane; i++)
        {
            for (int colour = 0; colour < 3; colour++) picture.Pixels[i * 4 + colour] = data.Clips[word][(colour * data.Frames + frame) * plane + i] / 2 + 0.5f;
            picture.Pixels[i * 4 + 3] = 1;
        }

        return picture;
    }

    private sealed class Clip : IHostFrames, IPictureReader
    {
        public bool HasTemporalAccess => true;

        public Frame Read(string path) => Picture(s_wan, 1, path == "first" ? 0 : s_wan.Frames - 1);

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            frame = clip == 0 && time >= Start && time < Start + 50 ? FakeClip.At(Picture(s_flat, 2, (int)Math.Min(time - Start, s_flat.Frames - 1))) : null;
            return frame is not null;
        }
    }
}
