namespace RunwayFX.Inference.Schedulers;

/// <summary>The schedule that a model was trained on: ᾱ and the noise level σ = √((1−ᾱ)/ᾱ) of each training timestep.</summary>
/// <remarks>Tables hold the single-precision numbers that PyTorch makes, because timesteps are chosen by them.</remarks>
public sealed class NoiseSchedule
{
    /// <summary>ᾱ where a rescaled schedule would have none: its noise level stays finite.</summary>
    private const float LeastAlpha = 1f / (1 << 24);

    private const double BetaMax = 0.999;

    private readonly float[] _alphas;
    private readonly double[] _sigmas;

    /// <summary>Builds the tables.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="defaults">What the sampler takes where it says nothing: first β, last β, course.</param>
    /// <param name="keepsFinite">Whether the last ᾱ of a rescaled schedule is kept above 0, for samplers that divide by it.</param>
    /// <exception cref="InferenceException">The β leave no schedule.</exception>
    public NoiseSchedule(SchedulerConfig config, (double Start, double End, BetaSchedule Course) defaults, bool keepsFinite)
    {
        ArgumentNullException.ThrowIfNull(config);
        float[] betas = Betas(config, config.BetaStart ?? defaults.Start, config.BetaEnd ?? defaults.End, config.BetaSchedule ?? defaults.Course);
        if (config.RescaleBetasZeroSnr) RescaleToZeroSnr(betas);
        _alphas = Cumulative(betas);
        if (config.RescaleBetasZeroSnr && keepsFinite) _alphas[^1] = LeastAlpha;
        _sigmas = new double[_alphas.Length];
        for (int i = 0; i < _alphas.Length; i++)
        {
            float alpha = _alphas[i];
            if (!(alpha is >= 0 and <= 1))
                throw new InferenceException(InferenceError.SettingUnsupported, $"Scheduler: the betas give an alpha of {alpha} at timestep {i}, outside 0..1.");
            _sigmas[i] = MathF.Sqrt((1 - alpha) / alpha);
        }
    }

    /// <summary>Length of the training schedule.</summary>
    public int Count => _alphas.Length;

    /// <summary>Noise level of each training timestep, rising.</summary>
    public ReadOnlySpan<double> Sigmas => _sigmas;

    /// <summary>ᾱ of a training timestep.</summary>
    public float Alpha(int timestep) => _alphas[timestep];

    /// <summary>Noise level at a timestep between two training timesteps, linear between them.</summary>
    public double SigmaAt(double timestep)
    {
        double at = Math.Clamp(timestep, 0, Count - 1);
        int low = (int)at;
        if (low == Count - 1) return _sigmas[low];
        return _sigmas[low] + (_sigmas[low + 1] - _sigmas[low]) * (at - low);
    }

    /// <summary>The timestep, with a fraction, whose noise level this is: linear in log σ.</summary>
    public double TimestepOf(double sigma)
    {
        double log = Math.Log(Math.Max(sigma, 1e-10));
        int low = 0, high = Count - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (log >= Math.Log(_sigmas[middle])) low = middle;
            else high = middle;
        }

        double below = Math.Log(_sigmas[low]), above = Math.Log(_sigmas[low + 1]);
        double weight = Math.Clamp((below - log) / (below - above), 0, 1);
        return (1 - weight) * low + weight * (low + 1);
    }

    private static float[] Betas(SchedulerConfig config, double start, double end, BetaSchedule course)
    {
        int count = config.TrainTimesteps;
        if (config.TrainedBetas is { } trained) return [.. trained.Select(beta => (float)beta)];
        switch (course)
        {
            case BetaSchedule.Linear: return Linspace((float)start, (float)end, count);
            case BetaSchedule.ScaledLinear:
                float[] roots = Linspace((float)Math.Sqrt(start), (float)Math.Sqrt(end), count);
                for (int i = 0; i < count; i++) roots[i] *= roots[i];
                return roots;
            case BetaSchedule.Sigmoid:
                float[] line = Linspace(-6, 6, count);
                for (int i = 0; i < count; i++) line[i] = (float)(1 / (1 + Math.Exp(-line[i]))) * (float)(end - start) + (float)start;
                return line;
            default:
                float[] betas = new float[count];
                for (int i = 0; i < count; i++)
                    betas[i] = (float)Math.Min(1 - AlphaBar(course, (i + 1) / (double)count) / AlphaBar(course, i / (double)count), BetaMax);
                return betas;
        }
    }

    private static double AlphaBar(BetaSchedule course, double t)
    {
        switch (course)
        {
            case BetaSchedule.SquaredCosine:
                double cosine = Math.Cos((t + 0.008) / 1.008 * Math.PI / 2);
                return cosine * cosine;
            case BetaSchedule.Exponential: return Math.Exp(t * -12);
            case BetaSchedule.Laplace:
                double lambda = -0.5 * Math.CopySign(1, 0.5 - t) * Math.Log(1 - 2 * Math.Abs(0.5 - t) + 1e-6);
                double snr = Math.Exp(lambda);
                return Math.Sqrt(snr / (1 + snr));
            default: throw new ArgumentOutOfRangeException(nameof(course), course, "not a course of alpha");
        }
    }

    /// <summary>PyTorch's single-precision linspace: counted from both ends.</summary>
    private static float[] Linspace(float start, float end, int count)
    {
        float[] values = new float[count];
        if (count == 1)
        {
            values[0] = start;
            return values;
        }

        float step = (end - start) / (count - 1);
        for (int i = 0; i < count; i++) values[i] = i < count / 2 ? start + step * i : end - step * (count - i - 1);
        return values;
    }

    private static float[] Cumulative(float[] betas)
    {
        float[] alphas = new float[betas.Length];
        double product = 1;
        for (int i = 0; i < betas.Length; i++)
        {
            product *= 1f - betas[i];
            alphas[i] = (float)product;
        }

        return alphas;
    }

    /// <summary>Shifts √ᾱ so that the last timestep holds no signal (Lin et al. 2023, algorithm 1).</summary>
    private static void RescaleToZeroSnr(float[] betas)
    {
        float[] roots = Cumulative(betas);
        for (int i = 0; i < roots.Length; i++) roots[i] = MathF.Sqrt(roots[i]);
        float first = roots[0], last = roots[^1];
        if (first <= last) return; // One timestep, or a schedule that adds no noise: nothing to stretch.
        float previous = 0;
        for (int i = 0; i < roots.Length; i++)
        {
            float root = (roots[i] - last) * (first / (first - last));
            float alpha = root * root;
            betas[i] = 1 - (i == 0 ? alpha : alpha / previous);
            previous = alpha;
        }
    }
}
