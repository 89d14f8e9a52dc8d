namespace RunwayFX.Imaging;

/// <summary>Separable Gaussian blur; the edges repeat.</summary>
/// <remarks>Same bits on every machine. Channels are treated alike, as in <see cref="Resampling"/>.</remarks>
public static class GaussianBlur
{
    /// <summary>Largest standard deviation accepted, in pixels.</summary>
    public const double SigmaMax = 512;

    /// <summary>A blurred copy.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="sigma">Standard deviation in pixels, 0 to <see cref="SigmaMax"/>; 0 gives the source's bits.</param>
    /// <param name="cancellation">Asked once per row.</param>
    /// <exception cref="ArgumentOutOfRangeException">Sigma is out of range.</exception>
    public static Frame Apply(Frame source, double sigma, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Frame result = source.Clone();
        Apply(result.Pixels, source.Width, source.Height, Frame.Channels, sigma, cancellation);
        return result;
    }

    /// <summary>Blurs interleaved values of shape (height, width, channels) in place.</summary>
    /// <param name="values">Overwritten.</param>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">Values per pixel.</param>
    /// <param name="sigma">Standard deviation in pixels, 0 to <see cref="SigmaMax"/>.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public static void Apply(Span<float> values, int width, int height, int channels, double sigma, CancellationToken cancellation = default)
    {
        if (!(sigma is >= 0 and <= SigmaMax)) throw new ArgumentOutOfRangeException(nameof(sigma), sigma, $"sigma {sigma} is outside 0..{SigmaMax}");
        if (sigma == 0) return;
        float[] kernel = Kernel(sigma);
        int radius = kernel.Length / 2, stride = width * channels;
        float[] padded = new float[(width + 2 * radius) * channels];
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<float> row = values.Slice(y * stride, stride);
            for (int x = -radius; x < width + radius; x++)
                row.Slice(Math.Clamp(x, 0, width - 1) * channels, channels).CopyTo(padded.AsSpan((x + radius) * channels, channels));
            row.Clear();
            for (int tap = 0; tap < kernel.Length; tap++) PlaneMath.AddScaled(padded.AsSpan(tap * channels, stride), kernel[tap], row);
        }

        float[] copy = values.ToArray();
        for (int y = 0; y < height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<float> row = values.Slice(y * stride, stride);
            row.Clear();
            for (int tap = 0; tap < kernel.Length; tap++)
                PlaneMath.AddScaled(copy.AsSpan(Math.Clamp(y + tap - radius, 0, height - 1) * stride, stride), kernel[tap], row);
        }
    }

    private static float[] Kernel(double sigma)
    {
        int radius = Math.Max(1, (int)Math.Ceiling(3 * sigma));
        double[] weights = new double[2 * radius + 1];
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double at = (i - radius) / sigma;
            sum += weights[i] = DeterministicMath.Exp(-0.5 * at * at);
        }

        return [.. weights.Select(weight => (float)(weight / sum))];
    }
}
