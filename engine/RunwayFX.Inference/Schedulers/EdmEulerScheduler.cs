using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Euler with the preconditioning of Karras et al. 2022: the model is trained on unit-variance inputs and told ¼ log σ.</summary>
public sealed class EdmEulerScheduler : Scheduler
{
    private readonly double _sigmaMin;
    private readonly double _sigmaMax;
    private readonly bool _predictsVelocity;
    private float[] _sigmas = [];

    internal EdmEulerScheduler(SchedulerConfig config)
        : base(SchedulerKind.EdmEuler, config)
    {
        (_sigmaMin, _sigmaMax) = (config.SigmaMin ?? 0.002, config.SigmaMax ?? 80);
        PredictionType prediction = config.Prediction ?? PredictionType.Epsilon;
        if (prediction is not (PredictionType.Epsilon or PredictionType.Velocity)) throw Unsupported($"prediction_type {prediction}");
        _predictsVelocity = prediction == PredictionType.Velocity;
        if (config.Thresholding) throw Unsupported("thresholding = true");
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float InitNoiseSigma => (float)Math.Sqrt(_sigmaMax * _sigmaMax + 1);

    private protected override double[] Lay(SchedulerRun run)
    {
        if (run.Sigmas is not null) throw Unsupported("a list of sigmas");
        double[] sigmas = Config.EdmExponential
            ? Spacing.Between(SigmaSpacing.Exponential, _sigmaMin, _sigmaMax, run.Steps)
            : Array.ConvertAll(Spacing.Linspace(0, 1, run.Steps), at => Spacing.Karras(at, _sigmaMin, _sigmaMax, Config.Rho));
        double last = Config.EndsAtSigmaMin ?? false ? sigmas[^1] : 0;
        _sigmas = [.. sigmas.Select(sigma => (float)sigma), (float)last];
        return [.. _sigmas.Take(run.Steps).Select(sigma => 0.25 * Math.Log(sigma))];
    }

    private protected override double InputScale(int call) => 1 / Math.Sqrt(Variance(_sigmas[call]));

    private protected override (double Signal, double Noise) NoiseMix(int call) => (1, _sigmas[call]);

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        double sigma = _sigmas[call], variance = Variance(sigma);
        double ofOutput = sigma * Config.SigmaData / Math.Sqrt(variance);
        LatentMath.Combine(DenoisedBuffer, Config.SigmaData * Config.SigmaData / variance, sample, _predictsVelocity ? -ofOutput : ofOutput, modelOutput);
        double ratio = (_sigmas[call + 1] - sigma) / sigma;
        LatentMath.Combine(sample, 1 + ratio, sample, -ratio, DenoisedBuffer);
    }

    private double Variance(double sigma) => sigma * sigma + Config.SigmaData * Config.SigmaData;
}
