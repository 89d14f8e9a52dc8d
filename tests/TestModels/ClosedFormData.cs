namespace RunwayFX.TestModels;

/// <summary>The training set of the closed-form models: K pictures and the latents they encode to. Diffusion over so few points has an answer that can be
/// written down, so a pipeline can be checked without trained weights.</summary>
/// <remarks>A picture has shape (3, f·H, f·W) and values in −1…1; its latent (12, H, W) for f = 2 is the same numbers rearranged (space to depth), less
/// <see cref="Shift"/>, times <see cref="Scale"/>. Channels beyond 12 hold 0 before shift and scale.</remarks>
public sealed class ClosedFormData
{
    /// <summary>Pixels per latent sample along a side.</summary>
    public const int Factor = 2;

    /// <summary>Channels of a latent: all pixels of a block.</summary>
    public const int LatentChannels = 3 * Factor * Factor;

    /// <summary>What latents are multiplied by where nothing else is said: a power of two, so that nothing rounds.</summary>
    public const float LatentScale = 0.5f;

    /// <summary>Creates the data.</summary>
    /// <param name="latentWidth">Width of a latent.</param>
    /// <param name="latentHeight">Height of a latent.</param>
    /// <param name="channels">Channels of a latent, 12 or more.</param>
    /// <param name="scale">What latents are multiplied by.</param>
    /// <param name="shift">What is taken from them before.</param>
    public ClosedFormData(int latentWidth = 8, int latentHeight = 8, int channels = LatentChannels, float scale = LatentScale, float shift = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, LatentChannels);
        (LatentWidth, LatentHeight, Channels, Scale, Shift) = (latentWidth, latentHeight, channels, scale, shift);
        Pictures = [.. Words.Select((_, index) => Picture(index))];
        Latents = [.. Pictures.Select(Encode)];
    }

    /// <summary>A word for each picture: what a prompt says to get it.</summary>
    public static IReadOnlyList<string> Words { get; } = ["checker", "wave", "ramp"];

    /// <summary>Width of a latent.</summary>
    public int LatentWidth { get; }

    /// <summary>Height of a latent.</summary>
    public int LatentHeight { get; }

    /// <summary>Channels of a latent.</summary>
    public int Channels { get; }

    /// <summary>What latents are multiplied by (<c>scaling_factor</c> of the VAE's configuration).</summary>
    public float Scale { get; }

    /// <summary>What is taken from latents before (<c>shift_factor</c>).</summary>
    public float Shift { get; }

    /// <summary>Width of a picture.</summary>
    public int Width => LatentWidth * Factor;

    /// <summary>Height of a picture.</summary>
    public int Height => LatentHeight * Factor;

    /// <summary>Numbers of one latent.</summary>
    public int LatentLength => Channels * LatentWidth * LatentHeight;

    /// <summary>Pictures, channel after channel, −1…1.</summary>
    public IReadOnlyList<float[]> Pictures { get; }

    /// <summary>Their latents, scaled.</summary>
    public IReadOnlyList<float[]> Latents { get; }

    /// <summary>What a picture shows at a pixel, 0–1, top-down.</summary>
    public float Shown(int picture, int x, int y, int channel) => Pictures[picture][(channel * Height + y) * Width + x] / 2 + 0.5f;

    /// <summary>A picture's latent: space to depth, less the shift, times the scale. The channel order is that of ONNX's SpaceToDepth.</summary>
    public float[] Encode(float[] picture)
    {
        float[] latent = new float[LatentLength];
        Array.Fill(latent, (0 - Shift) * Scale);
        for (int by = 0, at = 0; by < Factor; by++)
        {
            for (int bx = 0; bx < Factor; bx++)
            {
                for (int channel = 0; channel < 3; channel++)
                {
                    for (int y = 0; y < LatentHeight; y++)
                    {
                        for (int x = 0; x < LatentWidth; x++, at++)
                            latent[at] = (picture[(channel * Height + y * Factor + by) * Width + x * Factor + bx] - Shift) * Scale;
                    }
                }
            }
        }

        return latent;
    }

    private float[] Picture(int index)
    {
        float[] picture = new float[3 * Width * Height];
        for (int channel = 0, at = 0; channel < 3; channel++)
        {
            for (int y = 0; y < Height; y++)
            {
                for (int x = 0; x < Width; x++, at++)
                {
                    picture[at] = index switch
                    {
                        0 => (x / 3 + y / 3 + channel) % 2 == 0 ? 0.875f : -0.875f,
                        1 => MathF.Sin((x + 1) * (channel + 1) * 0.7f + y * 0.3f),
                        _ => (2f * y / (Height - 1) - 1) * (channel % 2 == 0 ? 1 : -1),
                    };
                }
            }
        }

        return picture;
    }
}
