namespace RunwayFX.TestModels;

/// <summary>The training set of the closed-form video models: a moving or still clip for each of <see cref="ClosedFormData.Words"/>, and its latents.</summary>
/// <remarks>A clip has shape (3, F, H, W) and values in −1…1. A latent frame holds <see cref="TemporalFactor"/> frames, the first the first frame alone in its
/// last place; a latent sample holds 2 × 2 pixels of all of them as channels, less a mean, times a scale of their own.</remarks>
public sealed class ClosedFormVideoData
{
    /// <summary>Pixels per latent sample along a side.</summary>
    public const int Factor = 2;

    /// <summary>Creates the data.</summary>
    /// <param name="frames">Frames of a clip: a multiple of the factor, and one.</param>
    /// <param name="temporalFactor">Frames in a latent frame.</param>
    /// <param name="latentWidth">Width of a latent.</param>
    /// <param name="latentHeight">Height of a latent.</param>
    /// <param name="isStill">Whether nothing moves.</param>
    public ClosedFormVideoData(int frames, int temporalFactor, int latentWidth = 8, int latentHeight = 6, bool isStill = false)
    {
        (Frames, TemporalFactor, LatentWidth, LatentHeight) = (frames, temporalFactor, latentWidth, latentHeight);
        LatentFrames = (frames - 1) / temporalFactor + 1;
        Means = [.. Enumerable.Range(0, Channels).Select(channel => temporalFactor == 1 ? 0 : (channel % 5 - 2) * 0.0625f)];
        Deviations = [.. Enumerable.Range(0, Channels).Select(channel => temporalFactor == 1 ? 2 : 0.5f * (1 << channel % 3))];
        Clips = [.. ClosedFormData.Words.Select((_, word) => Clip(word, isStill))];
        Latents = [.. Clips.Select(clip => Encode(clip, frames))];
    }

    /// <summary>Frames of a clip.</summary>
    public int Frames { get; }

    /// <summary>Frames in a latent frame.</summary>
    public int TemporalFactor { get; }

    /// <summary>Latent frames of a clip.</summary>
    public int LatentFrames { get; }

    /// <summary>Width of a latent.</summary>
    public int LatentWidth { get; }

    /// <summary>Height of a latent.</summary>
    public int LatentHeight { get; }

    /// <summary>Width of a picture.</summary>
    public int Width => LatentWidth * Factor;

    /// <summary>Height of a picture.</summary>
    public int Height => LatentHeight * Factor;

    /// <summary>Channels of a latent.</summary>
    public int Channels => 3 * Factor * Factor * TemporalFactor;

    /// <summary>What is taken from each channel.</summary>
    public float[] Means { get; }

    /// <summary>What each channel is then divided by.</summary>
    public float[] Deviations { get; }

    /// <summary>Clips (3, F, H, W).</summary>
    public IReadOnlyList<float[]> Clips { get; }

    /// <summary>Their latents (C, F, H, W).</summary>
    public IReadOnlyList<float[]> Latents { get; }

    /// <summary>Latents of any clip (3, F, H, W), normal or as the encoder gives them.</summary>
    public float[] Encode(float[] clip, int frames, bool isRaw = false)
    {
        int latentFrames = (frames - 1) / TemporalFactor + 1;
        float[] latents = new float[Channels * latentFrames * LatentHeight * LatentWidth];
        for (int i = 0; i < latents.Length; i++)
        {
            int x = i % LatentWidth, y = i / LatentWidth % LatentHeight, frame = i / LatentWidth / LatentHeight % latentFrames, channel = i / LatentWidth / LatentHeight / latentFrames;
            int colour = channel % 3, bx = channel / 3 % Factor, by = channel / 3 / Factor % Factor, time = channel / 3 / Factor / Factor;
            int at = frame * TemporalFactor + time - (TemporalFactor - 1);
            float value = at < 0 ? 0 : clip[((colour * frames + at) * Height + y * Factor + by) * Width + x * Factor + bx];
            latents[i] = isRaw ? value : (value - Means[channel]) / Deviations[channel];
        }

        return latents;
    }

    /// <summary>(C, F, H, W) as (F, C, H, W).</summary>
    public float[] FramesFirst(float[] latents)
    {
        int plane = LatentHeight * LatentWidth, frames = latents.Length / Channels / plane;
        float[] result = new float[latents.Length];
        for (int i = 0; i < latents.Length; i++) result[(i / plane % frames * Channels + i / plane / frames) * plane + i % plane] = latents[i];
        return result;
    }

    private float[] Clip(int word, bool isStill)
    {
        ClosedFormData still = new(LatentWidth + 2 * Frames, LatentHeight);
        float[] clip = new float[3 * Frames * Height * Width];
        for (int i = 0; i < clip.Length; i++)
        {
            int x = i % Width, y = i / Width % Height, frame = i / Width / Height % Frames, colour = i / Width / Height / Frames;
            clip[i] = still.Pictures[word][(colour * Height + y) * still.Width + x + (isStill ? 0 : frame * (word + 1))];
        }

        return clip;
    }
}
