using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Tests.Extend;

/// <summary>A clip made of a function of time, which counts what is asked of it.</summary>
internal sealed class FakeClip(Func<double, HostFrame?> frameAt, bool hasTemporalAccess = true) : IHostFrames
{
    public bool HasTemporalAccess => hasTemporalAccess;

    public List<double> Fetched { get; } = [];

    public static FakeClip Still(Frame picture, int left = 0, int bottom = 0, bool premultiplied = false) =>
        new(_ => At(picture, left, bottom, premultiplied), hasTemporalAccess: false);

    public static HostFrame At(Frame picture, int left = 0, int bottom = 0, bool premultiplied = false) =>
        new(picture, new(left, bottom, left + picture.Width, bottom + picture.Height), premultiplied);

    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        Fetched.Add(time);
        frame = clip == 0 ? frameAt(time) : null;
        return frame is not null;
    }

    /// <summary>A job with the catalogue's defaults and some of its own.</summary>
    public static RenderJob Job(PixelWindow output, double time = 0, params (string Name, double Value)[] settings)
    {
        EffectDefinition effect = EffectCatalog.Extend;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
        return new() { Effect = effect, Numbers = numbers, Texts = [.. effect.Parameters.Select(_ => "")], Time = time, OutputWindow = output };
    }
}
