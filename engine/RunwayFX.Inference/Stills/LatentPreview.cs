using RunwayFX.Imaging;
using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>Shows latents as a small picture, one pixel per latent sample, without running the decoder each time.</summary>
/// <remarks>Red, green and blue are linear in the channels of a sample. The factors are fitted once to what the package's own decoder makes of coloured
/// patches, so that any latent space has its preview. Where the decoder is linear the preview is exact.</remarks>
public sealed class LatentPreview
{
    private const int PatchSide = 4, Patches = 6, Seed = 1;
    private const double Ridge = 1e-6;

    private readonly float[] _factors;
    private readonly int _channels;

    private LatentPreview(float[] factors, int channels) => (_factors, _channels) = (factors, channels);

    /// <summary>Fits the factors: runs the decoder once over 24 × 24 latent samples.</summary>
    /// <param name="package">A package with <c>vae_decoder/</c>.</param>
    /// <param name="pool">Loaded models.</param>
    /// <param name="settings">Provider and threads.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="InferenceException">The package has no usable decoder.</exception>
    public static LatentPreview Fit(ModelPackage package, SessionPool pool, SessionSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(pool);
        using JobRun job = new(pool.Runtime, cancellation);
        VaeCodec vae = new(package, pool, settings);
        const int Side = PatchSide * Patches;
        int channels = vae.Channels, terms = channels + 1;
        float[] colours = new float[channels * Patches * Patches], latents = new float[channels * Side * Side];
        new NoiseSource(Seed).FillNormal(colours);
        for (int i = 0; i < latents.Length; i++)
        {
            int channel = i / (Side * Side), patch = i / Side % Side / PatchSide * Patches + i % Side / PatchSide;
            // Half a standard deviation keeps most of it within what can be shown.
            latents[i] = colours[channel * Patches * Patches + patch] * 0.5f;
        }

        float[] decoded = vae.DecodePlanes(latents, Side, Side, job);
        double[] normal = new double[terms * terms], right = new double[terms * 3], row = new double[terms];
        for (int sample = 0; sample < Side * Side; sample++)
        {
            // Samples at a patch's rim see their neighbours.
            if (sample % PatchSide is 0 or PatchSide - 1 || sample / Side % PatchSide is 0 or PatchSide - 1) continue;
            for (int channel = 0; channel < channels; channel++) row[channel] = latents[channel * Side * Side + sample];
            row[channels] = 1;
            for (int colour = 0; colour < 3; colour++)
            {
                double mean = Mean(decoded, (colour * Side + sample / Side) * vae.Factor, sample % Side * vae.Factor, vae.Factor, Side * vae.Factor);
                for (int i = 0; i < terms; i++) right[i * 3 + colour] += row[i] * mean;
            }

            for (int i = 0; i < terms; i++)
            {
                for (int k = 0; k < terms; k++) normal[i * terms + k] += row[i] * row[k];
            }
        }

        for (int i = 0; i < terms; i++) normal[i * terms + i] += Ridge;
        return new LatentPreview(Solve(normal, right, terms), channels);
    }

    /// <summary>The preview of one item's latents (C, h, w), alpha 1.</summary>
    /// <exception cref="ArgumentException">The length does not fit.</exception>
    public Frame ToFrame(ReadOnlySpan<float> latents, int width, int height)
    {
        if (latents.Length != _channels * width * height) throw new ArgumentException($"{latents.Length} numbers are no latents of {_channels}×{height}×{width}.", nameof(latents));
        Frame frame = new(width, height);
        int plane = width * height;
        for (int i = 0; i < plane; i++)
        {
            for (int colour = 0; colour < 3; colour++)
            {
                float value = _factors[_channels * 3 + colour];
                for (int channel = 0; channel < _channels; channel++) value += _factors[channel * 3 + colour] * latents[channel * plane + i];
                frame.Pixels[i * Frame.Channels + colour] = float.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1);
            }

            frame.Pixels[i * Frame.Channels + 3] = 1;
        }

        return frame;
    }

    /// <summary>Mean of a square of pixels, as 0…1.</summary>
    private static double Mean(float[] planes, int row, int column, int side, int stride)
    {
        double sum = 0;
        for (int i = 0; i < side * side; i++) sum += planes[(row + i / side) * stride + column + i % side];
        return sum / (side * side) / 2 + 0.5;
    }

    /// <summary>Solves a symmetric, positive system by elimination, for three right sides.</summary>
    private static float[] Solve(double[] matrix, double[] right, int size)
    {
        for (int column = 0; column < size; column++)
        {
            for (int row = column + 1; row < size; row++)
            {
                double factor = matrix[row * size + column] / matrix[column * size + column];
                for (int k = column; k < size; k++) matrix[row * size + k] -= factor * matrix[column * size + k];
                for (int colour = 0; colour < 3; colour++) right[row * 3 + colour] -= factor * right[column * 3 + colour];
            }
        }

        float[] solution = new float[size * 3];
        for (int row = size - 1; row >= 0; row--)
        {
            for (int colour = 0; colour < 3; colour++)
            {
                double sum = right[row * 3 + colour];
                for (int k = row + 1; k < size; k++) sum -= matrix[row * size + k] * solution[k * 3 + colour];
                solution[row * 3 + colour] = (float)(sum / matrix[row * size + row]);
            }
        }

        return solution;
    }
}
