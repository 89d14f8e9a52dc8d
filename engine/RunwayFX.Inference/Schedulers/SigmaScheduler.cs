namespace RunwayFX.Inference.Schedulers;

/// <summary>Samplers that solve the probability flow in noise level σ: the sample is clean + σ·noise, the model sees it divided by √(σ²+1).</summary>
public abstract class SigmaScheduler : Scheduler
{
    private float[] _sigmas = [];

    private protected SigmaScheduler(SchedulerKind kind, SchedulerConfig config, double betaStart, double betaEnd)
        : base(kind, config)
    {
        Schedule = new NoiseSchedule(config, (betaStart, betaEnd, BetaSchedule.Linear), keepsFinite: true);
        Prediction = config.Prediction ?? PredictionType.Epsilon;
        if (Prediction == PredictionType.Flow) throw Unsupported("prediction_type = \"flow_prediction\"");
        if (config.UseFlowSigmas) throw Unsupported("use_flow_sigmas = true");
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Sigmas => _sigmas;

    /// <inheritdoc/>
    public override float InitNoiseSigma
    {
        get
        {
            float greatest = 0;
            foreach (float sigma in _sigmas) greatest = Math.Max(greatest, sigma);
            return SpacingOrDefault == TimestepSpacing.Leading ? MathF.Sqrt(greatest * greatest + 1) : greatest;
        }
    }

    private protected NoiseSchedule Schedule { get; }

    private protected PredictionType Prediction { get; }

    private protected virtual bool RoundsSpacedTimesteps => false;

    private TimestepSpacing SpacingOrDefault => Config.TimestepSpacing ?? TimestepSpacing.Linspace;

    /// <summary>Noise level at the start of a step; the count of steps gives the end's.</summary>
    private protected double Sigma(int step) => _sigmas[step];

    /// <summary>Noise level that the model sees at a call.</summary>
    private protected virtual double SigmaOfCall(int call) => _sigmas[call];

    private protected override double InputScale(int call)
    {
        double sigma = SigmaOfCall(call);
        return 1 / Math.Sqrt(sigma * sigma + 1);
    }

    private protected override (double Signal, double Noise) NoiseMix(int call) => (1, SigmaOfCall(call));

    /// <summary>Lays out the steps' noise levels and gives the timestep at the start of each.</summary>
    private protected double[] LaySteps(SchedulerRun run)
    {
        if (run.Steps > Schedule.Count) throw Unsupported($"{run.Steps} steps of a schedule of {Schedule.Count}");
        if (run.Sigmas is not null) throw Unsupported("a list of sigmas");
        double[] timesteps = Spacing.Fractional(SpacingOrDefault, Schedule.Count, run.Steps, Config.StepsOffset);
        double[] sigmas = Array.ConvertAll(timesteps, Schedule.SigmaAt);
        if (Config.InterpolatesLogSigmas)
            sigmas = Spacing.Between(SigmaSpacing.Exponential, Schedule.Sigmas[0], Schedule.Sigmas[^1], run.Steps + 1);
        if (Config.SigmaSpacing == SigmaSpacing.LogSnr) throw Unsupported("use_lu_lambdas = true");
        if (Config.SigmaSpacing != SigmaSpacing.Timesteps)
        {
            sigmas = Spacing.Between(Config.SigmaSpacing, Config.SigmaMin ?? sigmas[^1], Config.SigmaMax ?? sigmas[0], run.Steps);
            timesteps = Array.ConvertAll(sigmas, sigma => RoundsSpacedTimesteps && Config.SigmaSpacing == SigmaSpacing.Karras
                ? Math.Round(Schedule.TimestepOf(sigma))
                : Schedule.TimestepOf(sigma));
        }

        double last = Config.EndsAtSigmaMin ?? false ? Schedule.Sigmas[0] : 0;
        _sigmas = [.. sigmas.Select(sigma => (float)sigma), (float)last];
        if (Config.ContinuousTimesteps && Prediction == PredictionType.Velocity)
            timesteps = [.. _sigmas.Take(run.Steps).Select(sigma => 0.25 * Math.Log(sigma))];
        return timesteps;
    }

    /// <summary>Puts the clean sample where previews find it.</summary>
    private protected void Denoise(double sigma, ReadOnlySpan<float> modelOutput, ReadOnlySpan<float> sample)
    {
        switch (Prediction)
        {
            case PredictionType.Epsilon:
                LatentMath.Combine(DenoisedBuffer, 1, sample, -sigma, modelOutput);
                break;
            case PredictionType.Velocity:
                double square = sigma * sigma + 1;
                LatentMath.Combine(DenoisedBuffer, 1 / square, sample, -sigma / Math.Sqrt(square), modelOutput);
                break;
            default:
                modelOutput.CopyTo(DenoisedBuffer);
                break;
        }
    }

    /// <summary>sample = from + (sample − clean)/σ · change: along the derivative at σ.</summary>
    private protected void Follow(double sigma, double change, ReadOnlySpan<float> from, Span<float> sample)
    {
        double ratio = change / sigma;
        LatentMath.Combine(sample, 1, from, ratio, sample, -ratio, DenoisedBuffer);
    }
}

/// <summary>A sampler in noise level that calls the model once a step.</summary>
public abstract class OneCallSigmaScheduler : SigmaScheduler
{
    private protected OneCallSigmaScheduler(SchedulerKind kind, SchedulerConfig config, double betaStart, double betaEnd)
        : base(kind, config, betaStart, betaEnd)
    {
    }

    private protected override double[] Lay(SchedulerRun run) => LaySteps(run);
}

/// <summary>A sampler in noise level that calls the model at the start of a step and once more within it, but not in the last step.</summary>
public abstract class TwoCallSigmaScheduler : SigmaScheduler
{
    private protected TwoCallSigmaScheduler(SchedulerKind kind, SchedulerConfig config)
        : base(kind, config, 0.00085, 0.012)
    {
    }

    private protected float[] Start { get; private set; } = [];

    private protected override int StepCount => (Timesteps.Length + 1) / 2;

    private protected override int CallOfStep(int step) => 2 * step;

    private protected override double SigmaOfCall(int call) => call % 2 == 0 ? Sigma(call / 2) : InnerSigma(call / 2);

    /// <summary>Noise level of a step's second call.</summary>
    private protected abstract double InnerSigma(int step);

    /// <summary>Timestep of a step's second call.</summary>
    private protected abstract double InnerTimestep(int step, ReadOnlySpan<double> timesteps);

    private protected override double[] Lay(SchedulerRun run)
    {
        if (Config.InterpolatesLogSigmas) throw Unsupported("interpolation_type = \"log_linear\"");
        double[] timesteps = LaySteps(run);
        Start = Start.Length == run.Length ? Start : new float[run.Length];
        double[] calls = new double[2 * timesteps.Length - 1];
        for (int call = 0; call < calls.Length; call++)
            calls[call] = call % 2 == 0 ? timesteps[call / 2] : InnerTimestep(call / 2, timesteps);
        return calls;
    }
}
