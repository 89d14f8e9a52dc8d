namespace RunwayFX.Pipelines.Models;

/// <summary>Noise that a picture starts with instead of its seed's own.</summary>
/// <param name="Key">Identity.</param>
/// <param name="Make">Makes it for latents of channels, height and width: standard normal numbers, channel after channel.</param>
internal sealed record ModelNoise(UInt128 Key, Func<int, int, int, float[]> Make);
