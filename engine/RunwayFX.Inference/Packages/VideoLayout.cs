namespace RunwayFX.Inference.Packages;

/// <summary>What a video package's manifest says of its latents; null leaves the family's usual number, or that of the model's own configuration.</summary>
public sealed record VideoLayout
{
    /// <summary>Pixels per latent sample along a side.</summary>
    public int? SpatialFactor { get; init; }

    /// <summary>Frames per latent frame; the first latent frame holds one.</summary>
    public int? TemporalFactor { get; init; }

    /// <summary>Channels of the latents.</summary>
    public int? LatentChannels { get; init; }

    /// <summary>What latents are multiplied by after the mean was taken from them.</summary>
    public double? Scale { get; init; }

    /// <summary>Mean of each channel.</summary>
    public IReadOnlyList<float>? LatentMean { get; init; }

    /// <summary>Deviation of each channel.</summary>
    public IReadOnlyList<float>? LatentDeviation { get; init; }

    /// <summary>Frames that the network sees at once; longer clips are made in overlapping windows. 0 for all.</summary>
    public int? ContextFrames { get; init; }

    /// <summary>Frames that neighbouring windows share.</summary>
    public int? ContextOverlap { get; init; }

    /// <summary>Tokens of a prompt.</summary>
    public int? TextTokens { get; init; }

    /// <summary>Share of the training's timesteps from which on the first of two denoisers works (<c>transformer</c>), the second below
    /// (<c>transformer_2</c>): Wan 2.2's <c>boundary_ratio</c>.</summary>
    public double? BoundaryRatio { get; init; }

    /// <summary>Latent frames that are decoded at once; 0 for all.</summary>
    public int? DecodeFrames { get; init; }

    /// <summary>Latent frames before those that a part of the clip needs, decoded with it and thrown away or blended.</summary>
    public int? DecodeOverlap { get; init; }
}
