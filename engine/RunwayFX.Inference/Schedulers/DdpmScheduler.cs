using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>DDPM (Ho et al. 2020): ancestral sampling along the training schedule.</summary>
public sealed class DdpmScheduler : TimestepScheduler
{
    private const double VarianceMin = 1e-20;

    private readonly string _varianceType;

    internal DdpmScheduler(SchedulerConfig config)
        : base(SchedulerKind.Ddpm, config, DdpmBetas) => _varianceType = config.VarianceType ?? "fixed_small";

    /// <inheritdoc/>
    public override bool IsStochastic => true;

    private protected override double[] LayTimesteps(SchedulerRun run)
        => Spacing.Whole(Config.TimestepSpacing ?? TimestepSpacing.Leading, Schedule.Count, run.Steps, Config.StepsOffset);

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        int timestep = Whole(call);
        // In single precision, as published: near the clean end 1 − α keeps few digits, and the sums show it.
        float alpha = Schedule.Alpha(timestep), alphaPrevious = call + 1 < Timesteps.Length ? Schedule.Alpha(Whole(call + 1)) : 1;
        float stepAlpha = alpha / alphaPrevious, stepBeta = 1 - stepAlpha;
        Denoise(alpha, modelOutput, sample);
        LimitDenoised(Config.ClipSample ?? true);
        LatentMath.Combine(sample, MathF.Sqrt(alphaPrevious) * stepBeta / (1 - alpha), DenoisedBuffer,
            MathF.Sqrt(stepAlpha) * (1 - alphaPrevious) / (1 - alpha), sample);
        if (timestep == 0) return;
        double variance = Math.Max((1 - alphaPrevious) / (1 - alpha) * stepBeta, VarianceMin);
        double deviation = Math.Sqrt(_varianceType == "fixed_large" ? stepBeta : variance);
        LatentMath.Add(sample, deviation, DrawNoise(noise));
    }
}
