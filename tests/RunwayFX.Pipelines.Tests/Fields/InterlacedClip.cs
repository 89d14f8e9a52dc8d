using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Fields;
using RunwayFX.Pipelines.Fields;
using RunwayFX.Pipelines.Output;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests.Fields;

/// <summary>A made-up interlaced clip: a striped bar walks before a ground with fine lines, and each field shows its own moment.</summary>
internal sealed class InterlacedClip(FieldOrder order, double pixelsPerFrame, int frames = 12, int bottom = 0) : IHostFrames, IPictureReader, IProgress<double>
{
    public const int Width = 96, Height = 64, BarWidth = 14;

    public bool HasTemporalAccess { get; init; } = true;

    public FieldOrder Order => order;

    public PixelWindow Window => new(0, bottom, Width, bottom + Height);

    public List<(int Clip, double Time)> Fetched { get; } = [];

    /// <summary>Whether a row from the top shows the second moment.</summary>
    public bool IsLate(int row) => FieldLines.IsUpper(Window, row) != (order == FieldOrder.UpperFirst);

    /// <summary>Left edge of the bar at a time in frames.</summary>
    public double BarAt(double time) => 10 + pixelsPerFrame * time;

    /// <summary>One moment, progressive.</summary>
    public Frame Moment(double time) => TestPictures.Draw(Width, Height, (x, y) =>
    {
        double into = x - BarAt(time);
        if (into >= 0 && into < BarWidth) return (0.95f, (int)Math.Floor(into / 3) % 2 == 0 ? 0.1f : 0.8f, 0.05f);
        float line = y % 2 == 0 ? 0.08f : 0; // A still ground with lines as fine as fields.
        return (0.2f + 0.3f * x / Width + line, 0.35f + 0.1f * (x / 12 % 2) + line, 0.5f - 0.2f * y / Height);
    });

    /// <summary>The frame at a time: lines of two moments.</summary>
    public Frame Woven(double time) => Weave(Moment(time), Moment(time + 0.5));

    public Frame Weave(Frame early, Frame late)
    {
        Frame woven = early.Clone();
        for (int y = 0; y < Height; y++)
        {
            if (IsLate(y)) late.Row(y).CopyTo(woven.Row(y));
        }

        return woven;
    }

    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        Fetched.Add((clip, time));
        frame = time >= 0 && time < frames ? new HostFrame(clip == 0 ? Woven(time) : Mask(time), Window, Premultiplied: false) : null;
        return frame is not null;
    }

    public Frame Read(string path) => TestPictures.Noise(64, 48, 5);

    public void Report(double value)
    {
    }

    public RenderJob Job(EffectDefinition effect, double time, params (string Name, double Value)[] settings)
    {
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        if (effect == EffectCatalog.Style) texts[effect.IndexOf("stylePath")] = "noise";
        numbers[effect.IndexOf(EffectCatalog.FieldOrderName)] = (double)order;
        foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
        return new() { Effect = effect, Numbers = numbers, Texts = texts, Time = time, OutputWindow = Window };
    }

    public Frame Render(IEffectPipeline pipeline, double time, params (string Name, double Value)[] settings) =>
        new FieldPipeline(new OutputPipeline(pipeline)).Render(Job(pipeline.Effect, time, settings), this, this, this, CancellationToken.None);

    /// <summary>White where the bar and a margin of two pixels are, at each field's moment.</summary>
    private Frame Mask(double time)
    {
        Frame At(double moment) => TestPictures.Draw(Width, Height, (x, _) =>
        {
            float value = x >= BarAt(moment) - 2 && x < BarAt(moment) + BarWidth + 2 ? 1 : 0;
            return (value, value, value);
        });
        return Weave(At(time), At(time + 0.5));
    }
}
