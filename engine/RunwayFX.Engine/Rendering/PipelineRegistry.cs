using System.Collections.Frozen;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Rendering;

/// <summary>Which pipeline serves which effect.</summary>
internal sealed class PipelineRegistry
{
    private readonly FrozenDictionary<int, IEffectPipeline> _byWireId;

    /// <exception cref="ArgumentException">Two pipelines serve one effect.</exception>
    public PipelineRegistry(params IEnumerable<IEffectPipeline> pipelines) =>
        _byWireId = pipelines.ToDictionary(pipeline => pipeline.Effect.WireId).ToFrozenDictionary();

    /// <summary>The pipeline of an effect; null where there is none.</summary>
    public IEffectPipeline? Find(int effectWireId) => _byWireId.GetValueOrDefault(effectWireId);
}
