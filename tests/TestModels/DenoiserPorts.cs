namespace RunwayFX.TestModels;

/// <summary>What else a closed-form denoiser takes, and what it must be given: other numbers spoil the picture.</summary>
public sealed record DenoiserPorts
{
    /// <summary>SDXL's sizes and crop; null takes any.</summary>
    public float[]? TimeIds { get; init; }

    /// <summary>FLUX's guidance; null leaves the port out, as the fast form has none.</summary>
    public float? Guidance { get; init; }

    /// <summary>Features of the whole text that Stable Diffusion 3 and FLUX must be given.</summary>
    public float[] Pooled { get; init; } = [0.25f, 0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f, 0.5f];

    /// <summary>Channels after the sample's own.</summary>
    public int ExtraChannels { get; init; }

    /// <summary>What they must hold; null takes anything.</summary>
    public float[]? Extra { get; init; }

    /// <summary>Whether it takes a ControlNet's residuals.</summary>
    public bool HasControl { get; init; }

    /// <summary>ControlNets that are built in.</summary>
    public int MergedControls { get; init; }

    /// <summary>Nodes that take time and change nothing, one after the other.</summary>
    public int Ballast { get; init; }
}
