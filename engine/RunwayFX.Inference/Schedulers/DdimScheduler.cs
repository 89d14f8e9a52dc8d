using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Samplers whose steps go between training timesteps by their ᾱ, and whose models see the sample as it is.</summary>
public abstract class TimestepScheduler : Scheduler
{
    private double[] _timesteps = [];

    private protected TimestepScheduler(SchedulerKind kind, SchedulerConfig config, (double Start, double End, BetaSchedule Course) defaults)
        : base(kind, config)
    {
        Schedule = new NoiseSchedule(config, defaults, keepsFinite: false);
        Prediction = config.Prediction ?? PredictionType.Epsilon;
        if (Prediction == PredictionType.Flow) throw Unsupported("prediction_type = \"flow_prediction\"");
    }

    /// <summary>β of the original DDPM.</summary>
    private protected static (double Start, double End, BetaSchedule Course) DdpmBetas => (0.0001, 0.02, BetaSchedule.Linear);

    /// <summary>β of latent diffusion.</summary>
    private protected static (double Start, double End, BetaSchedule Course) LatentBetas => (0.00085, 0.012, BetaSchedule.ScaledLinear);

    private protected NoiseSchedule Schedule { get; }

    private protected PredictionType Prediction { get; }

    private protected override (double Signal, double Noise) NoiseMix(int call)
    {
        double alpha = Schedule.Alpha(Whole(call));
        return (Math.Sqrt(alpha), Math.Sqrt(1 - alpha));
    }

    private protected override double[] Lay(SchedulerRun run)
    {
        if (run.Steps > Schedule.Count) throw Unsupported($"{run.Steps} steps of a schedule of {Schedule.Count}");
        if (run.Sigmas is not null) throw Unsupported("a list of sigmas");
        _timesteps = LayTimesteps(run);
        int outside = Array.FindIndex(_timesteps, timestep => timestep < 0 || timestep >= Schedule.Count);
        if (outside >= 0) throw Unsupported($"timestep {_timesteps[outside]} of a schedule of {Schedule.Count} (steps_offset {Config.StepsOffset})");
        return _timesteps;
    }

    private protected abstract double[] LayTimesteps(SchedulerRun run);

    /// <summary>The training timestep of a call.</summary>
    private protected int Whole(int call) => (int)_timesteps[call];

    /// <summary>Puts the clean sample of a call where previews find it.</summary>
    private protected void Denoise(double alpha, ReadOnlySpan<float> modelOutput, ReadOnlySpan<float> sample)
    {
        double signal = Math.Sqrt(alpha), noise = Math.Sqrt(1 - alpha);
        switch (Prediction)
        {
            case PredictionType.Epsilon:
                LatentMath.Combine(DenoisedBuffer, 1 / signal, sample, -noise / signal, modelOutput);
                break;
            case PredictionType.Velocity:
                LatentMath.Combine(DenoisedBuffer, signal, sample, -noise, modelOutput);
                break;
            default:
                modelOutput.CopyTo(DenoisedBuffer);
                break;
        }
    }

    /// <summary>sample = signal·clean + level·ε, where ε is the noise that the model's output means.</summary>
    private protected void Compose(double alpha, double signal, double level, ReadOnlySpan<float> modelOutput, Span<float> sample)
    {
        double root = Math.Sqrt(alpha), noise = Math.Sqrt(1 - alpha);
        switch (Prediction)
        {
            case PredictionType.Epsilon:
                LatentMath.Combine(sample, signal, DenoisedBuffer, level, modelOutput);
                break;
            case PredictionType.Velocity:
                LatentMath.Combine(sample, signal, DenoisedBuffer, level * root, modelOutput, level * noise, sample);
                break;
            default:
                // ε = (sample − √ᾱ·output) / √(1−ᾱ)
                LatentMath.Combine(sample, signal, DenoisedBuffer, level / noise, sample, -level * root / noise, modelOutput);
                break;
        }
    }
}

/// <summary>DDIM (Song et al. 2020): deterministic with η = 0, DDPM-like with η = 1.</summary>
public sealed class DdimScheduler : TimestepScheduler
{
    private readonly float _finalAlpha;

    internal DdimScheduler(SchedulerConfig config)
        : base(SchedulerKind.Ddim, config, DdpmBetas) => _finalAlpha = config.SetAlphaToOne ?? true ? 1 : Schedule.Alpha(0);

    /// <inheritdoc/>
    public override bool IsStochastic => Run.Eta > 0;

    /// <summary>Variance of a step between two timesteps; below 0 is past the end.</summary>
    internal double Variance(int timestep, int previous)
    {
        double alpha = Schedule.Alpha(timestep), alphaPrevious = AlphaOf(previous);
        return (1 - alphaPrevious) / (1 - alpha) * (1 - alpha / alphaPrevious);
    }

    private protected override double[] LayTimesteps(SchedulerRun run)
        => Spacing.Whole(Config.TimestepSpacing ?? TimestepSpacing.Leading, Schedule.Count, run.Steps, Config.StepsOffset);

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        int timestep = Whole(call), previous = timestep - Schedule.Count / Run.Steps;
        double alpha = Schedule.Alpha(timestep), alphaPrevious = AlphaOf(previous);
        Denoise(alpha, modelOutput, sample);
        LimitDenoised(Config.ClipSample ?? true);
        double deviation = Run.Eta is > 0 ? Run.Eta.Value * Math.Sqrt(Math.Max(Variance(timestep, previous), 0)) : 0;
        double level = Math.Sqrt(Math.Max(1 - alphaPrevious - deviation * deviation, 0));
        Compose(alpha, Math.Sqrt(alphaPrevious), level, modelOutput, sample);
        if (IsStochastic) LatentMath.Add(sample, deviation, DrawNoise(noise));
    }

    private float AlphaOf(int timestep) => timestep >= 0 ? Schedule.Alpha(timestep) : _finalAlpha;
}

/// <summary>DDIM backwards: from a picture to the noise that DDIM turns into it.</summary>
public sealed class DdimInverseScheduler : TimestepScheduler
{
    private readonly float _initialAlpha;

    internal DdimInverseScheduler(SchedulerConfig config)
        : base(SchedulerKind.DdimInverse, config, DdpmBetas) => _initialAlpha = config.SetAlphaToOne ?? true ? 1 : Schedule.Alpha(0);

    private protected override double[] LayTimesteps(SchedulerRun run)
    {
        if (Config.TimestepSpacing == TimestepSpacing.Linspace) throw Unsupported("timestep_spacing = \"linspace\"");
        double[] timesteps = Spacing.Whole(Config.TimestepSpacing ?? TimestepSpacing.Leading, Schedule.Count, run.Steps, Config.StepsOffset);
        Array.Reverse(timesteps);
        return timesteps;
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        int next = Whole(call), timestep = Math.Min(next - Schedule.Count / Run.Steps, Schedule.Count - 1);
        double alpha = timestep >= 0 ? Schedule.Alpha(timestep) : _initialAlpha, alphaNext = Schedule.Alpha(next);
        Denoise(alpha, modelOutput, sample);
        LimitDenoised(Config.ClipSample ?? true);
        Compose(alpha, Math.Sqrt(alphaNext), Math.Sqrt(1 - alphaNext), modelOutput, sample);
    }
}
