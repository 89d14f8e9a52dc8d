using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Tests.Stills;
using RunwayFX.Inference.Videos;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Videos;

/// <summary>Video families over closed-form models: every frame ends on that of the right clip, and the models are told exactly what theirs are told. A model
/// spoils the clip where it is told anything else.</summary>
public sealed class VideoPipelineTests
{
    private const double Tolerance = 1e-5;

    private static readonly ClosedFormStills s_files = new();
    private static readonly ClosedFormVideoData s_flat = new(6, 1), s_still = new(8, 1, isStill: true), s_wan = new(9, 4), s_ltx = new(17, 8);

    [OneTimeTearDown]
    public void Remove() => s_files.Dispose();

    [Test]
    public void StableVideoDiffusion_BringsAPictureToLife([Values(1, 2)] int word, [Values(1, 3)] double guidance, [Values(0, 0.02)] double noise)
    {
        const ulong Seed = 31;
        float[] planes = FirstFrame(s_flat, word), draws = new float[planes.Length];
        new NoiseSource(Seed).FillNormal(draws);
        for (int i = 0; i < planes.Length; i++) planes[i] += (float)noise * draws[i];
        float[] latent = s_flat.Encode(planes, 1, isRaw: true), extra = [.. Enumerable.Repeat(latent, s_flat.Frames).SelectMany(each => each)];
        string folder = Write(s_flat, VideoFamily.StableVideoDiffusion, extra, [11, 90, (float)noise]);
        VideoSettings settings = Settings(s_flat) with
        {
            FirstFrame = Picture(s_flat, word, 0), Rate = 12, MotionBucket = 90, NoiseAugmentation = noise, Guidance = guidance, GuidanceFirst = 1, Seed = Seed,
        };
        AssertClip(Open(folder).Run(settings, null, default), s_flat, word);
        AssertSpoilt(Open(folder).Run(settings with { Rate = 13 }, null, default), s_flat, word);
    }

    [Test]
    public void AnimateDiff_MovesAsItsTextSays([Values(0, 1, 2)] int word, [Values(1, 7.5)] double guidance, [Values(SchedulerKind.Ddim, SchedulerKind.Euler)] SchedulerKind kind)
    {
        string folder = Write(s_flat, VideoFamily.AnimateDiff);
        AssertClip(Open(folder).Run(Settings(s_flat) with { Prompt = ClosedFormData.Words[word], Guidance = guidance, Scheduler = kind }, null, default), s_flat, word);
    }

    [Test]
    public void AnimateDiff_LongClips_AreMadeInWindows([Values(9, 13, 20)] int frames, [Values(1, 7.5)] double guidance)
    {
        string folder = Write(s_still, VideoFamily.AnimateDiff);
        Frame[] made = Open(folder).Run(Settings(s_still) with { Frames = frames, Prompt = "wave", Guidance = guidance }, null, default);
        Assert.That(made, Has.Length.EqualTo(frames));
        foreach (Frame frame in made) Assert.That(ClosedFormStills.Worst(frame, Picture(s_still, 1, 0)), Is.LessThan(Tolerance));
    }

    [TestCase(0.3, "", 2)]
    [TestCase(0.6, "wave", 1)]
    public void AnimateDiff_StartsFromAClip(double strength, string prompt, int expected)
    {
        string folder = Write(s_flat, VideoFamily.AnimateDiff);
        VideoSettings settings = Settings(s_flat) with { Prompt = prompt, Guidance = 1, Source = Clip(s_flat, 2), Strength = strength };
        AssertClip(Open(folder).Run(settings, null, default), s_flat, expected);
    }

    [Test]
    public void Wan_ShowsItsText([Values(0, 1, 2)] int word, [Values(1, 5)] double guidance, [Values(6, 9)] int frames)
    {
        Frame[] made = Open(Write(s_wan, VideoFamily.Wan)).Run(Settings(s_wan) with { Frames = frames, Prompt = ClosedFormData.Words[word], Guidance = guidance }, null, default);
        Assert.That(made, Has.Length.EqualTo(frames), "counts that are not 4k + 1 are cut from the next that is");
        AssertClip(made, s_wan, word);
    }

    [Test]
    public void Wan_WithItsOwnSampler_ComesAsCloseAsItsWholeTimesteps()
    {
        Frame[] made = Open(Write(s_wan, VideoFamily.Wan)).Run(Settings(s_wan) with { Scheduler = null, Prompt = "ramp", Steps = 20 }, null, default);
        for (int frame = 0; frame < made.Length; frame++) Assert.That(ClosedFormStills.Worst(made[frame], Picture(s_wan, 2, frame)), Is.LessThan(0.01), $"frame {frame}");
    }

    [Test]
    public void Wan_ContinuesItsFirstFrame_AndMeetsItsLast([Values] bool hasLast, [Values(1, 5)] double guidance)
    {
        float[] known = new float[s_wan.Clips[1].Length], mask = new float[s_wan.TemporalFactor * s_wan.LatentFrames * s_wan.LatentHeight * s_wan.LatentWidth];
        CopyFrame(s_wan, 1, 0, known);
        if (hasLast) CopyFrame(s_wan, 1, s_wan.Frames - 1, known);
        int plane = s_wan.LatentHeight * s_wan.LatentWidth;
        for (int i = 0; i < mask.Length; i++)
        {
            int frame = i / plane % s_wan.LatentFrames * s_wan.TemporalFactor + i / plane / s_wan.LatentFrames - (s_wan.TemporalFactor - 1);
            mask[i] = frame <= 0 || (hasLast && frame == s_wan.Frames - 1) ? 1 : 0;
        }

        string folder = Write(s_wan, VideoFamily.WanImage, [.. mask, .. s_wan.Encode(known, s_wan.Frames)]);
        VideoSettings settings = Settings(s_wan) with
        {
            Prompt = "wave", Guidance = guidance, FirstFrame = Picture(s_wan, 1, 0), LastFrame = hasLast ? Picture(s_wan, 1, s_wan.Frames - 1) : null,
        };
        AssertClip(Open(folder).Run(settings, null, default), s_wan, 1);
        AssertSpoilt(Open(folder).Run(settings with { FirstFrame = Picture(s_wan, 0, 0) }, null, default), s_wan, 1);
    }

    [Test]
    public void WanVace_FollowsControlMaskAndReferences([Values(0, 1, 2)] int references, [Values] bool hasMask)
    {
        Frame[] control = Clip(s_wan, 2), masks = [.. Enumerable.Range(0, s_wan.Frames).Select(frame => Mask(s_wan, frame))];
        Frame[] shown = [.. Enumerable.Range(0, references).Select(index => Picture(s_wan, index, 3))];
        float[] expected = VaceControl(control, hasMask ? masks : null, shown);
        string folder = Write(s_wan, VideoFamily.WanVace, expected, references: references);
        VideoSettings settings = Settings(s_wan) with { Prompt = "checker", Guidance = 3, Control = control, ControlMask = hasMask ? masks : null, References = shown };
        AssertClip(Open(folder).Run(settings, null, default), s_wan, 0);
        AssertSpoilt(Open(folder).Run(settings with { ControlScale = 0.5 }, null, default), s_wan, 0);
    }

    [Test]
    public void WanVace_KeepsFirstAndLastFrame()
    {
        Frame grey = new(s_wan.Width, s_wan.Height), keep = new(s_wan.Width, s_wan.Height), paint = new(s_wan.Width, s_wan.Height);
        Array.Fill(grey.Pixels, 0.5f);
        Array.Fill(paint.Pixels, 1);
        int last = s_wan.Frames - 1;
        Frame[] control = [.. Enumerable.Range(0, s_wan.Frames).Select(frame => frame == 0 || frame == last ? Picture(s_wan, 1, frame) : grey)];
        float[] expected = VaceControl(control, [.. control.Select(frame => frame == grey ? paint : keep)], []);
        string folder = Write(s_wan, VideoFamily.WanVace, expected);
        AssertClip(Open(folder).Run(Settings(s_wan) with { Prompt = "wave", FirstFrame = control[0], LastFrame = control[last] }, null, default), s_wan, 1);
    }

    [Test]
    public void Ltx_ShowsItsText_AndContinuesItsFirstFrame([Values] bool hasFirst, [Values(1, 3)] double guidance, [Values(11, 17)] int frames)
    {
        string folder = Write(s_ltx, VideoFamily.Ltx, hasFirst ? [0] : null, [8 / 25f, 2, 2]);
        VideoSettings settings = Settings(s_ltx) with { Frames = frames, Prompt = "ramp", Guidance = guidance, Rate = 25, FirstFrame = hasFirst ? Picture(s_ltx, 2, 0) : null };
        Frame[] made = Open(folder).Run(settings, null, default);
        Assert.That(made, Has.Length.EqualTo(frames));
        AssertClip(made, s_ltx, 2);
    }

    /// <summary>LTX's last frame: tokens before the clip's own, told to lie at the last frame's time.</summary>
    [Test]
    public void Ltx_MeetsItsLastFrame([Values(1, 3)] double guidance, [Values(11, 17)] int frames)
    {
        int high = s_ltx.LatentHeight, wide = s_ltx.LatentWidth, plane = high * wide, count = plane * (1 + s_ltx.LatentFrames);
        float[] latent = s_ltx.Encode(Planes(Picture(s_ltx, 1, frames - 1)), 1), shown = new float[latent.Length], places = new float[3 * count];
        for (int i = 0; i < latent.Length; i++) shown[i % plane * s_ltx.Channels + i / plane] = latent[i];
        for (int token = 0; token < count; token++)
        {
            int latentFrame = token / plane - 1;
            places[token] = (latentFrame < 0 ? frames - 1 : latentFrame == 0 ? 0 : 1 + (latentFrame - 1) * 8) / 25f;
            (places[count + token], places[2 * count + token]) = (token % plane / wide * 2, token % wide * 2);
        }

        string folder = Write(s_ltx, VideoFamily.LtxPlaces, shown, places);
        VideoSettings settings = Settings(s_ltx) with { Frames = frames, Prompt = "wave", Guidance = guidance, Rate = 25, LastFrame = Picture(s_ltx, 1, frames - 1) };
        Frame[] made = Open(folder).Run(settings, null, default);
        Assert.That(made, Has.Length.EqualTo(frames));
        AssertClip(made, s_ltx, 1);
        AssertSpoilt(Open(folder).Run(settings with { LastFrame = Picture(s_ltx, 0, 3) }, null, default), s_ltx, 1);
        string old = Write(s_ltx, VideoFamily.Ltx, null, [8 / 25f, 2, 2]);
        Assert.That(() => Open(old).Run(settings, null, default), Refused("takes no last frame: expected an input video_coords"));
    }

    /// <summary>Wan 2.2: each of the two spoils the clip at the other's noise levels.</summary>
    [Test]
    public void WanTwo_GivesEachDenoiserItsNoiseLevels([Values(1, 5)] double guidance, [Values(null, 1.0, 4.0)] double? guidanceLow)
    {
        string folder = Write(s_wan, VideoFamily.WanTwo);
        VideoSettings settings = Settings(s_wan) with { Prompt = "ramp", Guidance = guidance, GuidanceLow = guidanceLow, Steps = 12 };
        AssertClip(Open(folder).Run(settings, null, default), s_wan, 2);
        string both = Path.Combine(folder, "transformer_2", "model.onnx");
        // Written, not copied: a copy keeps the time by which loaded models are told apart.
        File.WriteAllBytes(both, File.ReadAllBytes(Path.Combine(folder, "transformer", "model.onnx")));
        AssertSpoilt(Open(folder).Run(settings, null, default), s_wan, 2);
    }

    [Test]
    public void WanTwo_BorrowsOneDenoiserAtATime()
    {
        string folder = Write(s_wan, VideoFamily.WanTwo);
        ModelPackage package = ModelPackage.Open(folder);
        long largest = new[] { "transformer", "transformer_2", "vae_decoder", "text_encoder" }.Max(package.BytesOf);
        Assert.That(package.BytesOf("transformer") + package.BytesOf("transformer_2"), Is.GreaterThan(largest), "or this tests nothing");
        using SessionPool pool = new(OnnxRuntime.Shared, largest);
        VideoPipeline pipeline = new(package, pool, new SessionSettings { Threads = 1 }, path => new ClosedFormStills.WordTokenizer(path));
        AssertClip(pipeline.Run(Settings(s_wan) with { Prompt = "wave" }, null, default), s_wan, 1);
    }

    [TestCase("{\"_class_name\":\"WanPipeline\"}", null, "nowhere")]
    [TestCase("{\"_class_name\":\"WanPipeline\",\"boundary_ratio\":1.5}", null, "1.5")]
    [TestCase("{\"_class_name\":\"WanPipeline\"}", 0.875, null)]
    public void WanTwo_NeedsItsBoundary(string index, double? manifest, string? fault)
    {
        string folder = Write(s_wan, VideoFamily.WanTwo);
        File.WriteAllText(Path.Combine(folder, ModelPackage.IndexName), index);
        string path = Path.Combine(folder, PackageManifest.FileName);
        PackageManifest described = PackageManifest.Parse(File.ReadAllText(path), path);
        File.WriteAllText(path, (described with { Video = described.Video! with { BoundaryRatio = manifest } }).ToJson());
        VideoSettings settings = Settings(s_wan) with { Prompt = "wave" };
        if (fault is null) AssertClip(Open(folder).Run(settings, null, default), s_wan, 1);
        else Assert.That(() => Open(folder).Run(settings, null, default), Refused(fault));
    }

    [Test]
    public void SameSeed_GivesTheSameBits()
    {
        string folder = Write(s_wan, VideoFamily.Wan);
        VideoSettings settings = Settings(s_wan) with { Seed = 5, Guidance = 2 };
        Frame[] first = Open(folder).Run(settings, null, default), second = Open(folder).Run(settings, null, default);
        for (int frame = 0; frame < first.Length; frame++) Assert.That(second[frame].Pixels, Is.EqualTo(first[frame].Pixels));
    }

    [Test]
    public void Cancelled_Throws()
    {
        using CancellationTokenSource source = new();
        VideoSettings settings = Settings(s_wan) with { Steps = 500, Preview = (_, step) => { if (step == 2) source.Cancel(); } };
        string folder = Write(s_wan, VideoFamily.Wan);
        Assert.That(() => Open(folder).Run(settings, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void WhatAFamilyDoesNotTake_IsSaid()
    {
        string wan = Write(s_wan, VideoFamily.Wan), animate = Write(s_flat, VideoFamily.AnimateDiff), svd = Write(s_flat, VideoFamily.StableVideoDiffusion);
        Assert.That(() => Open(wan).Run(Settings(s_wan) with { Control = Clip(s_wan, 0) }, null, default), Refused("control clip"));
        Assert.That(() => Open(wan).Run(Settings(s_wan) with { References = [Picture(s_wan, 0, 0)] }, null, default), Refused("reference"));
        Assert.That(() => Open(animate).Run(Settings(s_flat) with { FirstFrame = Picture(s_flat, 0, 0) }, null, default), Refused("first frame"));
        Assert.That(() => Open(svd).Run(Settings(s_flat), null, default), Refused("needs a first frame"));
        Assert.That(() => Open(wan).Run(Settings(s_wan) with { FirstFrame = Picture(s_wan, 0, 0) }, null, default), Refused("hidden_states"), "a model of text that is given a frame names its input");
        Assert.That(() => Open(wan).Run(Settings(s_wan) with { Frames = 0 }, null, default), Refused("Frames 0"));
        Assert.That(() => Open(animate).Run(Settings(s_flat) with { Source = [Picture(s_flat, 0, 0)] }, null, default), Refused("1 frames"));
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string message) => Throws.TypeOf<InferenceException>().With.Message.Contains(message);

    /// <summary>VACE's control channels, from their description: kept and painted latents, mask pixels, references first.</summary>
    private static float[] VaceControl(Frame[] control, Frame[]? masks, Frame[] references)
    {
        int wide = s_wan.Width, high = s_wan.Height, frames = s_wan.Frames, latentPlane = s_wan.LatentHeight * s_wan.LatentWidth, count = references.Length, channels = s_wan.Channels;
        float[] kept = new float[3 * frames * wide * high], painted = new float[kept.Length];
        for (int i = 0; i < kept.Length; i++)
        {
            int frame = i / wide / high % frames, colour = i / wide / high / frames, at = i % (wide * high) * 4;
            float value = control[frame].Pixels[at + colour] * 2 - 1;
            bool isPainted = masks is null || masks[frame].Pixels[at] > 0.5f;
            (kept[i], painted[i]) = isPainted ? (0f, value) : (value, 0f);
        }

        float[] left = s_wan.Encode(kept, frames), right = s_wan.Encode(painted, frames);
        int latentFrames = s_wan.LatentFrames, whole = latentFrames + count;
        float[][] shown = [.. references.Select(frame => s_wan.Encode(Planes(frame), 1)).Reverse()];
        float[] result = new float[(2 * channels + 4) * whole * latentPlane];
        for (int i = 0; i < result.Length; i++)
        {
            int place = i % latentPlane, frame = i / latentPlane % whole, channel = i / latentPlane / whole, own = frame - count;
            if (own < 0) result[i] = channel < channels ? shown[frame][channel * latentPlane + place] : 0;
            else if (channel < 2 * channels) result[i] = (channel < channels ? left : right)[(channel % channels * latentFrames + own) * latentPlane + place];
            else if (masks is null) result[i] = 1;
            else
            {
                int inner = channel - 2 * channels, y = place / s_wan.LatentWidth * 2 + inner / 2, x = place % s_wan.LatentWidth * 2 + inner % 2;
                result[i] = masks[(int)((own + 0.5) * frames / latentFrames)].Pixels[(y * wide + x) * 4] > 0.5f ? 1 : 0;
            }
        }

        return result;
    }

    private static Frame Mask(ClosedFormVideoData data, int frame)
    {
        Frame mask = new(data.Width, data.Height);
        for (int i = 0; i < data.Width * data.Height; i++) mask.Pixels[i * 4] = (i % data.Width + i / data.Width * 2 + frame) % 7 < 3 ? 1 : 0;
        return mask;
    }

    private static string Write(ClosedFormVideoData data, VideoFamily family, float[]? extra = null, float[]? numbers = null, int references = 0) =>
        s_files.Write(path => ClosedFormVideoPackage.Write(path, data, family, extra, numbers, references));

    private static VideoPipeline Open(string folder) => new(ModelPackage.Open(folder), s_files.Pool, new SessionSettings { Threads = 1 }, path => new ClosedFormStills.WordTokenizer(path));

    // Wan's own sampler tells the model whole timesteps, which the exact model takes at their word: the flow's own steps are exact.
    private static VideoSettings Settings(ClosedFormVideoData data) => new() { Scheduler = data == s_wan ? SchedulerKind.FlowMatchEuler : null, Frames = data.Frames, Width = data.Width, Height = data.Height, Steps = 10, Guidance = 1, Seed = 3 };

    private static Frame[] Clip(ClosedFormVideoData data, int word) => [.. Enumerable.Range(0, data.Frames).Select(frame => Picture(data, word, frame))];

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

    private static float[] Planes(Frame frame)
    {
        int plane = frame.Width * frame.Height;
        return [.. Enumerable.Range(0, 3 * plane).Select(i => frame.Pixels[i % plane * 4 + i / plane] * 2 - 1)];
    }

    private static float[] FirstFrame(ClosedFormVideoData data, int word) => Planes(Picture(data, word, 0));

    private static void CopyFrame(ClosedFormVideoData data, int word, int frame, float[] clip)
    {
        int plane = data.Width * data.Height;
        float[] planes = Planes(Picture(data, word, frame));
        for (int colour = 0; colour < 3; colour++) planes.AsSpan(colour * plane, plane).CopyTo(clip.AsSpan((colour * data.Frames + frame) * plane));
    }

    private static void AssertClip(Frame[] made, ClosedFormVideoData data, int word)
    {
        for (int frame = 0; frame < made.Length; frame++)
            Assert.That(ClosedFormStills.Worst(made[frame], Picture(data, word, frame)), Is.LessThan(Tolerance), $"frame {frame}");
    }

    private static void AssertSpoilt(Frame[] made, ClosedFormVideoData data, int word) =>
        Assert.That(Enumerable.Range(0, made.Length).Max(frame => ClosedFormStills.Worst(made[frame], Picture(data, word, frame))), Is.GreaterThan(0.1));
}
