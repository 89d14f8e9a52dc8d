namespace RunwayFX.Inference.Stills;

/// <summary>A small change to a model's weights that teaches it a style or a subject (Hu et al. 2021), from a safetensors file.</summary>
/// <param name="Path">The file, with keys as kohya's or diffusers' tools write them.</param>
public sealed record LoraInput(string Path)
{
    /// <summary>Most changes at once.</summary>
    public const int CountMax = 16;

    /// <summary>How strongly it counts; 0 not at all, 1 as trained.</summary>
    public double Scale { get; init; } = 1;
}
