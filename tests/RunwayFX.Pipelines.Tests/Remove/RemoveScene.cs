using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Output;
using RunwayFX.Pipelines.Remove;

namespace RunwayFX.Pipelines.Tests.Remove;

/// <summary>A clip with a mask clip, each a function of time.</summary>
internal sealed class RemoveScene(Func<double, Frame?> source, Func<double, Frame?>? mask = null, bool hasTemporalAccess = false) : IHostFrames, IPictureReader, IProgress<double>
{
    public bool HasTemporalAccess => hasTemporalAccess;

    public List<(int Clip, double Time)> Fetched { get; } = [];

    public PixelWindow? MaskWindow { get; init; }

    public bool Premultiplied { get; init; }

    public Frame Render(double time = 0, params (string Name, double Value)[] settings) => Render(new RemovePipeline(), time, settings);

    public Frame Render(RemovePipeline pipeline, double time, params (string Name, double Value)[] settings) =>
        new OutputPipeline(pipeline).Render(Job(time, settings), this, this, this, CancellationToken.None);

    public RenderJob Job(double time, params (string Name, double Value)[] settings)
    {
        EffectDefinition effect = EffectCatalog.Remove;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        numbers[effect.IndexOf("grow")] = 0;
        if (mask is not null) numbers[effect.IndexOf(EffectCatalog.MaskFromClipName)] = 1;
        foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
        Frame picture = source(time) ?? new Frame(1, 1);
        return new() { Effect = effect, Numbers = numbers, Texts = [.. numbers.Select(_ => "")], Time = time, OutputWindow = new(0, 0, picture.Width, picture.Height) };
    }

    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        Fetched.Add((clip, time));
        Frame? picture = clip == 0 ? source(time) : mask?.Invoke(time);
        frame = picture is null ? null : new(picture, (clip == 1 ? MaskWindow : null) ?? new(0, 0, picture.Width, picture.Height), Premultiplied);
        return frame is not null;
    }

    public Frame Read(string path) => throw new FileNotFoundException(path);

    public void Report(double value)
    {
    }
}
