using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Retime;

/// <summary>A clip made of a function of time, and the retiming of it.</summary>
internal sealed class RetimeScene(Func<double, HostFrame?> frameAt) : IHostFrames, IPictureReader, IProgress<double>
{
    public const int Width = 120, Height = 90;

    public bool HasTemporalAccess { get; init; } = true;

    public List<double> Fetched { get; } = [];

    /// <summary>A textured ground over which a disc travels four pixels a frame; frames exist at whole times from 0 to 20.</summary>
    public static RetimeScene Disc() => new(time => time == Math.Floor(time) && time is >= 0 and <= 20 ? At(DiscAt(time)) : null);

    /// <summary>The disc clip's picture at any time: the truth between its frames.</summary>
    public static Frame DiscAt(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double dx = x - (20 + 4 * time), dy = y - 45, edge = Math.Clamp(16 - Math.Sqrt(dx * dx + dy * dy) + 0.5, 0, 1);
        float ground = Texture(x, y), disc = 1 - 0.5f * Texture(2 * dx + 300, 2 * dy + 300);
        float value = (float)(ground + (disc - ground) * edge);
        return (value, 0.8f * value, 0.5f * value + 0.2f);
    });

    /// <summary>Another shot.</summary>
    public static Frame OtherShot(int seed) => TestPictures.Draw(Width, Height, (x, y) =>
        (Texture(3 * x + 77 * seed, 3 * y + 31), Texture(2 * y + 13 * seed, 3 * x), 1 - Texture(5 * x, 4 * y + 9 * seed)));

    public static HostFrame At(Frame picture, bool premultiplied = false, int left = 0, int bottom = 0) =>
        new(picture, new PixelWindow(left, bottom, left + picture.Width, bottom + picture.Height), premultiplied);

    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        Fetched.Add(time);
        frame = clip == 0 ? frameAt(time) : null;
        return frame is not null;
    }

    public Frame Read(string path) => throw new PipelineException(PipelineError.PictureUnreadable, path);

    public void Report(double value) => Assert.That(value, Is.InRange(0, 1));

    /// <summary>Shows a source moment.</summary>
    public Frame Show(RetimePipeline pipeline, double moment, params (string Name, double Value)[] numbers) =>
        Render(pipeline, 7, [("timing", (double)RetimeTiming.SourceFrame), ("sourceFrame", moment), .. numbers]);

    /// <summary>Renders a time with parameters by name.</summary>
    public Frame Render(RetimePipeline pipeline, double time, params (string Name, double Value)[] numbers) =>
        new OutputPipeline(pipeline).Render(Job(time, numbers), this, this, this, CancellationToken.None);

    /// <summary>A job with defaults where nothing else is said.</summary>
    public static RenderJob Job(double time, params (string Name, double Value)[] numbers)
    {
        EffectDefinition effect = EffectCatalog.Retime;
        double[] values = [.. effect.Parameters.Select(parameter => parameter.Default)];
        foreach ((string name, double value) in numbers) values[effect.IndexOf(name)] = value;
        return new RenderJob
        {
            Effect = effect, Numbers = values, Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)], Time = time,
            OutputWindow = new PixelWindow(0, 0, Width, Height),
        };
    }

    /// <summary>Detail of several sizes, 0..1.</summary>
    private static float Texture(double x, double y)
    {
        double sum = 0;
        for (int octave = 0; octave < 4; octave++) sum += Noise(x / (3 << octave), y / (3 << octave), octave);
        return (float)(sum / 4);
    }

    private static double Noise(double x, double y, int seed)
    {
        double left = Math.Floor(x), top = Math.Floor(y), fractionX = x - left, fractionY = y - top;
        double upper = At(0, 0) + (At(1, 0) - At(0, 0)) * fractionX, lower = At(0, 1) + (At(1, 1) - At(0, 1)) * fractionX;
        return upper + (lower - upper) * fractionY;

        double At(int right, int down)
        {
            uint value = unchecked((uint)((int)left + right) * 2_654_435_761u ^ (uint)((int)top + down) * 2_246_822_519u ^ (uint)seed * 3_266_489_917u);
            value = unchecked((value ^ value >> 15) * 2_246_822_519u);
            return (unchecked((value ^ value >> 13) * 3_266_489_917u) >> 8) / (double)(1 << 24);
        }
    }
}
