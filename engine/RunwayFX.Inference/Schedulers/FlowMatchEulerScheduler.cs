using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Euler for rectified flows: the sample is (1−σ)·clean + σ·noise, the model says noise − clean.</summary>
/// <remarks>Without dynamic shifting the fixed shift enters the least noise level and then all levels, as published: SD3's shift of 3 ends a run of ten steps
/// at σ = 0.0089.</remarks>
public sealed class FlowMatchEulerScheduler : Scheduler
{
    private float[] _sigmas = [];

    internal FlowMatchEulerScheduler(SchedulerConfig config)
        : base(SchedulerKind.FlowMatchEuler, config)
    {
        if (config.Prediction is { } prediction && prediction != PredictionType.Flow) throw Unsupported($"prediction_type {prediction}");
        if (config.Thresholding) throw Unsupported("thresholding = true");
        if (config.SigmaSpacing == SigmaSpacing.LogSnr) throw Unsupported("use_lu_lambdas = true");
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override bool IsStochastic => Config.StochasticSampling;

    private protected override double[] Lay(SchedulerRun run)
    {
        if (Config.UseDynamicShifting && run.Mu is null) throw Unsupported("use_dynamic_shifting = true without a mu for the picture's size");
        double[] sigmas = run.Sigmas is { } given ? [.. given] : OwnSigmas(run.Steps);
        for (int i = 0; i < sigmas.Length; i++)
        {
            sigmas[i] = Config.UseDynamicShifting
                ? TimeShift.Dynamic(sigmas[i], run.Mu!.Value, Config.LinearTimeShift)
                : TimeShift.Fixed(sigmas[i], Config.Shift);
        }

        if (Config.ShiftTerminal is { } terminal) TimeShift.StretchTo(terminal, sigmas);
        if (Config.SigmaSpacing != SigmaSpacing.Timesteps)
            sigmas = Spacing.Between(Config.SigmaSpacing, Config.SigmaMin ?? sigmas[^1], Config.SigmaMax ?? sigmas[0], run.Steps);
        if (Config.InvertSigmas) sigmas = Array.ConvertAll(sigmas, sigma => 1 - sigma);
        _sigmas = [.. sigmas.Select(sigma => (float)sigma), Config.InvertSigmas ? 1 : 0];
        return [.. _sigmas.Take(run.Steps).Select(sigma => (double)(sigma * Config.TrainTimesteps))];
    }

    private protected override (double Signal, double Noise) NoiseMix(int call) => (1 - (double)_sigmas[call], _sigmas[call]);

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        double sigma = _sigmas[call], next = _sigmas[call + 1];
        LatentMath.Combine(DenoisedBuffer, 1, sample, -sigma, modelOutput);
        if (IsStochastic) LatentMath.Combine(sample, 1 - next, DenoisedBuffer, next, DrawNoise(noise));
        else LatentMath.Add(sample, next - sigma, modelOutput);
    }

    private double[] OwnSigmas(int steps)
    {
        double least = (float)(1.0 / Config.TrainTimesteps);
        if (!Config.UseDynamicShifting) least = (float)TimeShift.Fixed(least, Config.Shift);
        return Spacing.Linspace(1, least, steps);
    }
}
