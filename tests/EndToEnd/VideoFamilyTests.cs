using OpenFX.Hosting;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.TestModels;
using RunwayFX.Testing;
using PixelDepth = OpenFX.Hosting.PixelDepth;

namespace RunwayFX.EndToEnd;

/// <summary>Every video family through the published bundle and engine, each with what it takes: text, the Source's frames, first and last frame, a control clip,
/// reference pictures. A package spoils the clip where it is told anything else, so that the right frames show that all of it arrived.</summary>
[CancelAfter(240_000)]
public sealed class VideoFamilyTests
{
    /// <summary>Clips are kept in 16 bits.</summary>
    private const double Tolerance = 3e-5;

    private const int Start = 20, Seed = 31;

    private static readonly ClosedFormVideoData s_flat = new(6, 1), s_wan = new(9, 4), s_ltx = new(17, 8);

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    [TestCase("checker", 0)]
    [TestCase("wave", 1)]
    public void AnimateDiff_MovesAsItsTextSays(string prompt, int word)
    {
        Write("animate", s_flat, VideoFamily.AnimateDiff);
        AssertClip(s_flat, word, 2, "animate", scene => scene.With("prompt", prompt));
    }

    [Test]
    public void AnimateDiff_StartsFromTheSourcesFrames()
    {
        Write("animate", s_flat, VideoFamily.AnimateDiff);
        AssertClip(s_flat, 2, 2, "animate", scene => scene.With("strength", 0.3).With("guidance", 1));
    }

    [Test]
    public void StableVideoDiffusion_BringsTheSourcesFirstFrameToLife()
    {
        float[] planes = Planes(Picture(s_flat, 2, 0)), draws = new float[planes.Length];
        new NoiseSource(Seed).FillNormal(draws);
        for (int i = 0; i < planes.Length; i++) planes[i] += 0.02f * draws[i];
        float[] latent = s_flat.Encode(planes, 1, isRaw: true);
        Write("svd", s_flat, VideoFamily.StableVideoDiffusion, [.. Enumerable.Repeat(latent, s_flat.Frames).SelectMany(each => each)], [24, 127, 0.02f]);
        AssertClip(s_flat, 2, 2, "svd", scene => scene.With("seed", Seed).With("guidance", 3));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Ltx_ShowsItsText_AndContinuesTheSourcesFirstFrame(bool hasFirst)
    {
        Write("ltx", s_ltx, VideoFamily.Ltx, hasFirst ? [0] : null, [8 / 25f, 2, 2]);
        AssertClip(s_ltx, 2, 2, "ltx", scene => scene.With("prompt", "ramp").With("guidance", 3).With("strength", hasFirst ? 0.9 : 1));
    }

    [Test]
    public void Ltx_MeetsTheLastPicture()
    {
        Frame last = Rounded(Picture(s_ltx, 1, s_ltx.Frames - 1));
        int wide = s_ltx.LatentWidth, plane = s_ltx.LatentHeight * wide, count = plane * (1 + s_ltx.LatentFrames);
        float[] latent = s_ltx.Encode(Planes(last), 1), shown = new float[latent.Length], places = new float[3 * count];
        for (int i = 0; i < latent.Length; i++) shown[i % plane * s_ltx.Channels + i / plane] = latent[i];
        for (int token = 0; token < count; token++)
        {
            int latentFrame = token / plane - 1;
            places[token] = (latentFrame < 0 ? s_ltx.Frames - 1 : latentFrame == 0 ? 0 : 1 + (latentFrame - 1) * 8) / 25f;
            (places[count + token], places[2 * count + token]) = (token % plane / wide * 2, token % wide * 2);
        }

        Write("ltx-last", s_ltx, VideoFamily.LtxPlaces, shown, places);
        AssertClip(s_ltx, 1, 2, "ltx-last", scene => scene.With("prompt", "wave").With("guidance", 3).With(EffectCatalog.LastPathName, WritePng("ltx-last", last)));
    }

    [Test]
    public void Wan_ContinuesTheSourcesFirstFrame_AndMeetsTheLastPicture()
    {
        Frame last = Rounded(Picture(s_wan, 1, s_wan.Frames - 1));
        int plane = s_wan.LatentHeight * s_wan.LatentWidth, pixels = s_wan.Width * s_wan.Height;
        float[] known = new float[3 * s_wan.Frames * pixels], mask = new float[s_wan.TemporalFactor * s_wan.LatentFrames * plane];
        foreach ((int frame, Frame picture) in new[] { (0, Picture(s_wan, 1, 0)), (s_wan.Frames - 1, last) })
        {
            for (int colour = 0; colour < 3; colour++) Planes(picture).AsSpan(colour * pixels, pixels).CopyTo(known.AsSpan((colour * s_wan.Frames + frame) * pixels));
        }

        for (int i = 0; i < mask.Length; i++)
        {
            int frame = i / plane % s_wan.LatentFrames * s_wan.TemporalFactor + i / plane / s_wan.LatentFrames - (s_wan.TemporalFactor - 1);
            mask[i] = frame <= 0 || frame == s_wan.Frames - 1 ? 1 : 0;
        }

        Write("wan-frames", s_wan, VideoFamily.WanImage, [.. mask, .. s_wan.Encode(known, s_wan.Frames)]);
        AssertClip(s_wan, 1, 1, "wan-frames", scene => scene.With("prompt", "wave").With("strength", 0.9).With(EffectCatalog.LastPathName, WritePng("wan-last", last)));
    }

    [TestCase(0)]
    [TestCase(1)]
    public void WanVace_FollowsTheControlClipAndReferencePictures(int references)
    {
        Frame shown = Rounded(Picture(s_wan, 1, 3));
        Write("vace", s_wan, VideoFamily.WanVace, VaceControl(2, references > 0 ? shown : null), references: references);
        AssertClip(s_wan, 0, 2, "vace", scene => scene.With("prompt", "checker").With("guidance", 3).With(EffectCatalog.ControlName, (double)ControlKind.Picture)
            .With(EffectCatalog.ReferencesName, references > 0 ? $"one={WritePng("vace-one", shown)}" : ""));
    }

    /// <summary>VACE's control channels without a mask, from their description: nothing kept, all painted, mask pixels, the reference first.</summary>
    private static float[] VaceControl(int word, Frame? reference)
    {
        int plane = s_wan.LatentHeight * s_wan.LatentWidth, pixels = s_wan.Width * s_wan.Height, channels = s_wan.Channels, count = reference is null ? 0 : 1;
        float[] painted = new float[3 * s_wan.Frames * pixels];
        for (int frame = 0; frame < s_wan.Frames; frame++)
        {
            float[] planes = Planes(Picture(s_wan, word, frame));
            for (int colour = 0; colour < 3; colour++) planes.AsSpan(colour * pixels, pixels).CopyTo(painted.AsSpan((colour * s_wan.Frames + frame) * pixels));
        }

        float[] left = s_wan.Encode(new float[painted.Length], s_wan.Frames), right = s_wan.Encode(painted, s_wan.Frames), shown = reference is null ? [] : s_wan.Encode(Planes(reference), 1);
        int latentFrames = s_wan.LatentFrames, whole = latentFrames + count;
        float[] result = new float[(2 * channels + 4) * whole * plane];
        for (int i = 0; i < result.Length; i++)
        {
            int place = i % plane, own = i / plane % whole - count, channel = i / plane / whole;
            result[i] = own < 0 ? channel < channels ? shown[channel * plane + place] : 0
                : channel < 2 * channels ? (channel < channels ? left : right)[(channel % channels * latentFrames + own) * plane + place] : 1;
        }

        return result;
    }

    private static void Write(string name, ClosedFormVideoData data, VideoFamily family, float[]? extra = null, float[]? numbers = null, int references = 0)
    {
        string folder = Path.Combine(Sandbox.ModelsFolder, name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        ClosedFormVideoPackage.Write(folder, data, family, extra, numbers, references);
        // Wan's own sampler tells the model whole timesteps, which the exact model takes at their word: the flow's own steps are exact.
        if (family is VideoFamily.WanImage or VideoFamily.WanVace) File.WriteAllText(Path.Combine(folder, "scheduler", "scheduler_config.json"), ClosedFormPackage.FlowSchedulerJson);
    }

    /// <summary>Generates a clip whose Source is a clip of the data, and compares three of its frames.</summary>
    private static void AssertClip(ClosedFormVideoData data, int word, int source, string package, Action<Scene> set)
    {
        ClipFormat format = Scene.Clip(PixelDepth.Float, new(0, 0, data.Width, data.Height), AlphaState.Opaque) with { FirstFrame = Start, LastFrame = Start + data.Frames - 1 };
        using Scene scene = new Scene(EffectCatalog.Generate, format, query => Host(format, Picture(data, source, (int)Math.Clamp(query.Time - Start, 0, data.Frames - 1))), context: EffectContext.General)
            .With("method", (double)EffectMethod.Model).With("model", package).With("frames", data.Frames).With("steps", 10);
        set(scene);
        foreach (int frame in new[] { data.Frames / 2, 0, data.Frames - 1 })
        {
            using HostImage image = scene.Render(Start + frame);
            Frame wanted = Picture(data, word, frame);
            double worst = 0;
            for (int y = 0; y < data.Height; y++)
            {
                Span<float> row = image.Row<float>(data.Height - 1 - y);
                for (int i = 0; i < row.Length; i++) worst = Math.Max(worst, Math.Abs(row[i] - wanted.Row(y)[i]));
            }

            Assert.That(worst, Is.LessThan(Tolerance), $"frame {frame}");
        }

        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    private static HostImage Host(ClipFormat format, Frame picture)
    {
        HostImage image = Scene.Image(format, RenderScale.One);
        for (int y = 0; y < picture.Height; y++) picture.Row(y).CopyTo(image.Row<float>(picture.Height - 1 - y));
        return image;
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

    /// <summary>A picture as an 8-bit file holds it: the models take every difference at a thousand times its size.</summary>
    private static Frame Rounded(Frame picture)
    {
        for (int i = 0; i < picture.Pixels.Length; i++) picture.Pixels[i] = (byte)(picture.Pixels[i] * 255 + 0.5f) / 255f;
        return picture;
    }

    private static string WritePng(string name, Frame picture)
    {
        string path = Path.Combine(Sandbox.Folder, $"{name}.png");
        TestArtifacts.WritePng(picture, path);
        return path;
    }

    private static float[] Planes(Frame frame)
    {
        int plane = frame.Width * frame.Height;
        return [.. Enumerable.Range(0, 3 * plane).Select(i => frame.Pixels[i % plane * 4 + i / plane] * 2 - 1)];
    }
}
