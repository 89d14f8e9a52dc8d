using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests;

/// <summary>What a test wants an effect to do.</summary>
internal delegate Frame RenderFunction(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation);

/// <summary>A pipeline whose render is a lambda.</summary>
internal sealed class FakePipeline(EffectDefinition effect, RenderFunction render) : IEffectPipeline
{
    /// <summary>Gives the source back as it came.</summary>
    public static RenderFunction Neutral => (job, frames, _, _, _) =>
        frames.TryFetch(0, job.Time, out HostFrame? source) ? source.Picture : throw new PipelineException(PipelineError.SourceMissing, "The source is missing.");

    public EffectDefinition Effect => effect;

    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation) =>
        render(job, frames, pictures, progress, cancellation);
}
