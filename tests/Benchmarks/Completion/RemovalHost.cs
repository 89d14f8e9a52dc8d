using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Benchmarks;

/// <summary>A host with a clip and a mask clip in memory, numbered from 0.</summary>
internal sealed class RemovalHost(Frame[] frames, Frame[] masks) : IHostFrames, IPictureReader, IProgress<double>
{
    public bool HasTemporalAccess => frames.Length > 1;

    private PixelWindow Window { get; } = new(0, 0, frames[0].Width, frames[0].Height);

    /// <summary>Renders one frame of the effect Remove at its defaults, the mask neither grown nor feathered.</summary>
    public Frame Remove(IEffectPipeline pipeline, int index, params (string Name, double Value)[] settings) =>
        pipeline.Render(Job(EffectCatalog.Remove, index, Window, [(EffectCatalog.MaskFromClipName, 1), ("grow", 0), .. settings]), this, this, this, CancellationToken.None);

    /// <summary>Renders a still with the effect Extend to 16:9.</summary>
    public Frame Extend(IEffectPipeline pipeline, PixelWindow canvas) =>
        pipeline.Render(Job(EffectCatalog.Extend, 0, canvas, [("canvas", 1), ("targetAspect", 1)]), this, this, this, CancellationToken.None);

    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        Frame[] from = clip == 0 ? frames : masks;
        int index = (int)time;
        frame = index >= 0 && index < frames.Length ? new HostFrame(from[Math.Min(index, from.Length - 1)], Window, false) : null;
        return frame is not null;
    }

    public Frame Read(string path) => throw new FileNotFoundException(path);

    public void Report(double value)
    {
    }

    private static RenderJob Job(EffectDefinition effect, double time, PixelWindow output, (string Name, double Value)[] settings)
    {
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        foreach ((string name, double value) in settings) numbers[effect.IndexOf(name)] = value;
        return new() { Effect = effect, Numbers = numbers, Texts = [.. numbers.Select(_ => "")], Time = time, OutputWindow = output };
    }
}
