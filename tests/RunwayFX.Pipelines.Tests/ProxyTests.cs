using System.ComponentModel;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
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

    /// <summary>Effects that work over time: frames in between, strokes that follow the clip, background of other frames.</summary>
    [TestCase("style")]
    [TestCase("remove")]
    [TestCase("retime")]
    [TestCase("extend")]
    public void HalfResolution_OfAClip_HasTheSameLook(string effect)
    {
        const int Time = 5;
        Frame large = GaussianBlur.Apply(RenderClip(effect, Time, 1), BlurPixels), small = GaussianBlur.Apply(RenderClip(effect, Time, 0.5), BlurPixels / 2);
        Frame reduced = Resampling.Resize(large, small.Width, small.Height, ResamplingFilter.Area);
        double decibel = Decibel(reduced, small);
        TestContext.Out.WriteLine($"{effect}, a clip: {decibel:F1} dB");
        if (decibel < DecibelMin) Assert.Fail($"{decibel:F1} dB is below {DecibelMin}; {TestArtifacts.Save(reduced, "full")}, {TestArtifacts.Save(small, "half")}");
        Assert.That(decibel, Is.GreaterThanOrEqualTo(DecibelMin));
    }

    /// <summary>A frame of a clip in which a disc crosses a wall of bricks.</summary>
    private static Frame RenderClip(string name, double time, double scale)
    {
        const int Frames = 12;
        Frame ground = Procedural();
        Frame At(double moment)
        {
            Frame frame = ground.Clone();
            (double centreX, double centreY) = (100 + 8 * moment, 150);
            for (int y = 0; y < frame.Height; y++)
            {
                for (int x = 0; x < frame.Width; x++)
                {
                    double share = Math.Clamp(24.5 - Math.Sqrt((x - centreX) * (x - centreX) + (y - centreY) * (y - centreY)), 0, 1);
                    for (int channel = 0; channel < 3 && share > 0; channel++)
                        frame.Row(y)[4 * x + channel] += (float)(share * (0.15f + 0.3f * channel - frame.Row(y)[4 * x + channel]));
                }
            }

            return scale == 1 ? frame : Resampling.Resize(frame, frame.Width / 2, frame.Height / 2, ResamplingFilter.Area);
        }

        Frame Mask(double moment) => TestPictures.Draw((int)(ground.Width * scale), (int)(ground.Height * scale), (x, y) =>
        {
            double acrossX = (x + 0.5) / scale - 100 - 8 * moment, acrossY = (y + 0.5) / scale - 150;
            return acrossX * acrossX + acrossY * acrossY < 30 * 30 ? (1, 1, 1) : (0, 0, 0);
        });
        IEffectPipeline pipeline = name switch { "style" => new StylePipeline(), "extend" => new ExtendPipeline(), "retime" => new RetimePipeline(), _ => new RemovePipeline() };
        RenderJob job = JobOf(name, pipeline.Effect, ((int)(ground.Width * scale), (int)(ground.Height * scale)), scale) with { Time = time };
        if (name == "retime") job = With(With(job, "timing", (int)RetimeTiming.SourceFrame), "sourceFrame", time + 0.5);
        Host host = new(null!) { Clip = moment => moment is >= 0 and < Frames ? At(moment) : null, MaskAt = Mask };
        return pipeline.Render(job, host, host, host, CancellationToken.None);
    }

    private static RenderJob With(RenderJob job, string name, double value)
    {
        double[] numbers = [.. job.Numbers];
        numbers[job.Effect.IndexOf(name)] = value;
        return job with { Numbers = numbers };
    }

    private static Frame Render(string name, Frame source, double scale)
    {
        IEffectPipeline pipeline = name switch { "style" => new StylePipeline(), "extend" => new ExtendPipeline(), _ => new RemovePipeline() };
        Host host = new(source);
        return pipeline.Render(JobOf(name, pipeline.Effect, (source.Width, source.Height), scale), host, host, host, CancellationToken.None);
    }

    private static RenderJob JobOf(string name, EffectDefinition effect, (int Width, int Height) size, double scale)
    {
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        int beside = 0;
        if (name == "style") texts[effect.IndexOf("stylePath")] = "style";
        if (name == "extend")
        {
            beside = size.Width / 8;
            numbers[effect.IndexOf("canvas")] = 1;
            numbers[effect.IndexOf("targetAspect")] = 8;
            numbers[effect.IndexOf("customAspect")] = (size.Width + 2.0 * beside) / size.Height;
        }

        if (name == "remove") numbers[effect.IndexOf(EffectCatalog.MaskFromClipName)] = 1;
        return new()
        {
            Effect = effect, Numbers = numbers, Texts = texts, Time = 0, RenderScaleX = scale, RenderScaleY = scale,
            OutputWindow = new(-beside, 0, size.Width + beside, size.Height),
        };
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

    /// <summary>A still with a mask of its middle, or a clip with one of its own, and a style picture of strokes.</summary>
    private sealed class Host(Frame source) : IHostFrames, IPictureReader, IProgress<double>
    {
        public Func<double, Frame?>? Clip { get; init; }

        public Func<double, Frame>? MaskAt { get; init; }

        public bool HasTemporalAccess => Clip is not null;

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            Frame? picture = clip switch
            {
                0 when Clip is not null => Clip(time),
                1 when MaskAt is not null => MaskAt(time),
                0 => source,
                1 => TestPictures.Draw(source.Width, source.Height, (x, y) =>
                {
                    bool isIn = Math.Abs(x - source.Width / 2) < source.Width / 12 && Math.Abs(y - source.Height / 2) < source.Height / 9;
                    return isIn ? (1, 1, 1) : (0, 0, 0);
                }),
                _ => null,
            };
            frame = picture is null ? null : new(picture, new(0, 0, picture.Width, picture.Height), Premultiplied: false);
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
