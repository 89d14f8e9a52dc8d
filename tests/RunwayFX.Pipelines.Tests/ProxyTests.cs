using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Style;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests;

/// <summary>A proxy of half the resolution has the look of the full picture: sizes in pixels follow the render scale.</summary>
/// <remarks>Both results are blurred by 8 full-resolution pixels, which leaves out the grain that patches of other pixels have.</remarks>
public sealed class ProxyTests
{
    private const double BlurPixels = 8, DecibelMin = 28;

    private static readonly Lazy<Frame?> Footage = new(ReadFootage);

    [TestCase("style", false)]
    [TestCase("extend", false)]
    [TestCase("remove", false)]
    [TestCase("style", true)]
    [TestCase("extend", true)]
    [TestCase("remove", true)]
    public void HalfResolution_HasTheSameLook(string effect, bool isFootage)
    {
        Frame full = isFootage ? Footage.Value ?? throw Skipped() : Procedural();
        Frame half = Resampling.Resize(full, full.Width / 2, full.Height / 2, ResamplingFilter.Area);
        Frame large = GaussianBlur.Apply(Render(effect, full, 1), BlurPixels), small = GaussianBlur.Apply(Render(effect, half, 0.5), BlurPixels / 2);
        Frame reduced = Resampling.Resize(large, small.Width, small.Height, ResamplingFilter.Area);
        double decibel = Decibel(reduced, small);
        TestContext.Out.WriteLine($"{effect}, {(isFootage ? "footage" : "procedural")}: {decibel:F1} dB");
        if (decibel < DecibelMin) Assert.Fail($"{decibel:F1} dB is below {DecibelMin}; {TestArtifacts.Save(reduced, "full")}, {TestArtifacts.Save(small, "half")}");
        Assert.That(decibel, Is.GreaterThanOrEqualTo(DecibelMin));
    }

    private static Frame Render(string name, Frame source, double scale)
    {
        IEffectPipeline pipeline = name switch { "style" => new StylePipeline(), "extend" => new ExtendPipeline(), _ => new RemovePipeline() };
        EffectDefinition effect = pipeline.Effect;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        int beside = 0;
        if (name == "style") texts[effect.IndexOf("stylePath")] = "style";
        if (name == "extend")
        {
            beside = source.Width / 8;
            numbers[effect.IndexOf("canvas")] = 1;
            numbers[effect.IndexOf("targetAspect")] = 8;
            numbers[effect.IndexOf("customAspect")] = (source.Width + 2.0 * beside) / source.Height;
        }

        if (name == "remove") numbers[effect.IndexOf(EffectCatalog.MaskFromClipName)] = 1;
        RenderJob job = new()
        {
            Effect = effect, Numbers = numbers, Texts = texts, Time = 0, RenderScaleX = scale, RenderScaleY = scale,
            OutputWindow = new(-beside, 0, source.Width + beside, source.Height),
        };
        Host host = new(source);
        return pipeline.Render(job, host, host, host, CancellationToken.None);
    }

    private static double Decibel(Frame one, Frame other)
    {
        double sum = 0;
        for (int i = 0; i < one.Pixels.Length; i++)
        {
            if (i % Frame.Channels == 3) continue;
            double difference = Math.Clamp(one.Pixels[i], 0, 1) - Math.Clamp(other.Pixels[i], 0, 1);
            sum += difference * difference;
        }

        return -10 * Math.Log10(Math.Max(1e-12, sum / (one.Pixels.Length / Frame.Channels * 3)));
    }

    /// <summary>Ground, sky, a wall of bricks and a little noise.</summary>
    private static Frame Procedural()
    {
        Random random = new(7);
        return TestPictures.Draw(384, 288, (x, y) =>
        {
            float noise = (random.NextSingle() - 0.5f) * 0.04f;
            if (y < 90) return (0.45f + y / 600f + noise, 0.6f + y / 700f + noise, 0.85f + noise);
            if (y > 210) return (0.25f + noise + 0.05f * ((x / 9 + y / 5) % 3), 0.4f + noise + 0.04f * (x / 7 % 2), 0.2f + noise);
            bool isJoint = y % 16 < 3 || (x + y / 16 % 2 * 16) % 32 < 3;
            return isJoint ? (0.7f + noise, 0.68f + noise, 0.62f + noise) : (0.6f + noise, 0.3f + noise + 0.05f * ((x / 32 + y / 16) % 3), 0.22f + noise);
        });
    }

    /// <summary>The first frame of opencv-doc's vtest.avi, its left upper 480×360 pixels; null where it or ffmpeg is absent.</summary>
    private static Frame? ReadFootage()
    {
        const int Width = 480, Height = 360;
        string clip = Path.Combine(TestPictures.OpenCvFolder, "vtest.avi");
        if (!File.Exists(clip)) return null;
        ProcessStartInfo start = new("ffmpeg", ["-v", "error", "-i", clip, "-vf", $"crop={Width}:{Height}:100:100", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        {
            RedirectStandardOutput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            byte[] bytes = new byte[Width * Height * 3];
            int read = process.StandardOutput.BaseStream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            process.WaitForExit();
            return read == bytes.Length
                ? TestPictures.Draw(Width, Height, (x, y) => (bytes[3 * (y * Width + x)] / 255f, bytes[3 * (y * Width + x) + 1] / 255f, bytes[3 * (y * Width + x) + 2] / 255f))
                : null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    private static UnreachableException Skipped()
    {
        Assert.Ignore("needs ffmpeg and vtest.avi of opencv-doc");
        return new UnreachableException();
    }

    /// <summary>A still with a mask of its middle, and a style picture of strokes.</summary>
    private sealed class Host(Frame source) : IHostFrames, IPictureReader, IProgress<double>
    {
        public bool HasTemporalAccess => false;

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            Frame? picture = clip switch
            {
                0 => source,
                1 => TestPictures.Draw(source.Width, source.Height, (x, y) =>
                {
                    bool isIn = Math.Abs(x - source.Width / 2) < source.Width / 12 && Math.Abs(y - source.Height / 2) < source.Height / 9;
                    return isIn ? (1, 1, 1) : (0, 0, 0);
                }),
                _ => null,
            };
            frame = picture is null ? null : new(picture, new(0, 0, source.Width, source.Height), Premultiplied: false);
            return frame is not null;
        }

        public Frame Read(string path) => TestPictures.Draw(256, 192, (x, y) =>
        {
            float stroke = 0.5f + 0.5f * MathF.Sin(x * 0.21f + 3 * MathF.Sin(y * 0.11f));
            return (0.1f + 0.85f * y / 192f * stroke, 0.15f + 0.7f * y / 192f, 0.2f + 0.5f * (1 - y / 192f) + 0.2f * stroke);
        });

        public void Report(double value)
        {
        }
    }
}
