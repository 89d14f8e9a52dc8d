using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Latent consistency models (Luo et al. 2023): the model jumps to the clean sample, noise of the next level is added.</summary>
public sealed class LcmScheduler : TimestepScheduler
{
    private const double SigmaData = 0.5;

    internal LcmScheduler(SchedulerConfig config)
        : base(SchedulerKind.Lcm, config, LatentBetas)
    {
    }

    /// <inheritdoc/>
    public override bool IsStochastic => Timesteps.Length != 1;

    private protected override double[] LayTimesteps(SchedulerRun run) => Distilled(Config, run, Schedule.Count, this);

    /// <summary>Timesteps out of those that the model was distilled on.</summary>
    internal static double[] Distilled(SchedulerConfig config, SchedulerRun run, int train, Scheduler scheduler)
    {
        int original = run.OriginalSteps ?? config.OriginalInferenceSteps;
        string name = SchedulerNames.ClassName(scheduler.Kind);
        if (original < 1 || original > train)
            throw new InferenceException(InferenceError.SettingUnsupported, $"{name}: original_inference_steps {original} is outside 1..{train}.");
        int stride = train / original, usable = (int)(original * run.Strength);
        if (run.Steps > usable)
            throw new InferenceException(InferenceError.SettingUnsupported,
                $"{name}: {run.Steps} steps are over the {usable} that original_inference_steps {original} and strength {run.Strength} leave.");
        double[] timesteps = new double[run.Steps];
        for (int i = 0; i < timesteps.Length; i++)
        {
            int index = (int)Math.Floor(i * (usable / (double)run.Steps));
            timesteps[i] = (double)(usable - index) * stride - 1;
        }

        return timesteps;
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        int timestep = Whole(call);
        Denoise(Schedule.Alpha(timestep), modelOutput, sample);
        LimitDenoised(Config.ClipSample ?? false);
        double scaled = timestep * Config.TimestepScaling, square = scaled * scaled + SigmaData * SigmaData;
        LatentMath.Combine(DenoisedBuffer, scaled / Math.Sqrt(square), DenoisedBuffer, SigmaData * SigmaData / square, sample);
        if (call + 1 == Timesteps.Length)
        {
            DenoisedBuffer.CopyTo(sample);
            return;
        }

        double alpha = Schedule.Alpha(Whole(call + 1));
        LatentMath.Combine(sample, Math.Sqrt(alpha), DenoisedBuffer, Math.Sqrt(1 - alpha), DrawNoise(noise));
    }
}

/// <summary>Trajectory consistency distillation (Zheng et al. 2024): jumps to a level between, then adds noise; η says how much.</summary>
public sealed class TcdScheduler : TimestepScheduler
{
    private const double EtaDefault = 0.3;

    internal TcdScheduler(SchedulerConfig config)
        : base(SchedulerKind.Tcd, config, LatentBetas)
    {
    }

    /// <inheritdoc/>
    public override bool IsStochastic => Timesteps.Length != 1 && Eta > 0;

    private double Eta => Run.Eta ?? EtaDefault;

    private protected override double[] LayTimesteps(SchedulerRun run) => LcmScheduler.Distilled(Config, run, Schedule.Count, this);

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        bool isLast = call + 1 == Timesteps.Length;
        int next = isLast ? 0 : Whole(call + 1), between = (int)Math.Floor((1 - Eta) * next);
        double alpha = Schedule.Alpha(Whole(call)), alphaBetween = Schedule.Alpha(between), alphaNext = Schedule.Alpha(next);
        Denoise(alpha, modelOutput, sample);
        Compose(alpha, Math.Sqrt(alphaBetween), Math.Sqrt(1 - alphaBetween), modelOutput, sample);
        if (isLast || Eta == 0) return;
        double kept = alphaNext / alphaBetween;
        LatentMath.Combine(sample, Math.Sqrt(kept), sample, Math.Sqrt(Math.Max(1 - kept, 0)), DrawNoise(noise));
    }
}
