namespace RunwayFX.Inference.Schedulers;

/// <summary>Samplers that solve the flow in λ = log(α/σ), half the log signal-to-noise ratio: the sample is α·clean + σ·noise and the model sees it as it
/// is.</summary>
public abstract class LogSnrScheduler : Scheduler
{
    private float[] _sigmas = [];

    private protected LogSnrScheduler(SchedulerKind kind, SchedulerConfig config)
        : base(kind, config)
    {
        Schedule = new NoiseSchedule(config, (0.0001, 0.02, BetaSchedule.Linear), keepsFinite: true);
        Prediction = config.Prediction ?? PredictionType.Epsilon;
        if (config.ShiftTerminal is not null && !config.UseFlowSigmas) throw Unsupported("shift_terminal without use_flow_sigmas");
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Sigmas => _sigmas;

    private protected NoiseSchedule Schedule { get; }

    private protected PredictionType Prediction { get; }

    /// <summary>A point of the schedule.</summary>
    private protected readonly record struct Level(double Alpha, double Sigma)
    {
        public double Lambda => Math.Log(Alpha) - Math.Log(Sigma);
    }

    /// <summary>The level before a call; the count of calls gives the end's.</summary>
    private protected Level At(int call)
    {
        double sigma = _sigmas[call];
        if (Config.UseFlowSigmas) return new Level(1 - sigma, sigma);
        double alpha = 1 / Math.Sqrt(sigma * sigma + 1);
        return new Level(alpha, sigma * alpha);
    }

    private protected override (double Signal, double Noise) NoiseMix(int call) => (At(call).Alpha, At(call).Sigma);

    /// <summary>How samplers of this family differ in laying out a run.</summary>
    /// <param name="Spacing">How timesteps are spread.</param>
    /// <param name="ClipsLambda">Whether <c>lambda_min_clipped</c> shortens the schedule.</param>
    /// <param name="RoundsAlways">Whether timesteps of Karras' levels are rounded for the cosine schedule too.</param>
    /// <param name="EndsAtSigmaMin">Whether the run ends at the least level instead of no noise.</param>
    /// <param name="RepeatsLast">Whether that least level is the last step's own where levels are spaced otherwise than timesteps.</param>
    /// <param name="FlowFromPureNoise">Whether a flow starts at (almost) pure noise instead of a step below.</param>
    private protected readonly record struct Layout(TimestepSpacing Spacing, bool ClipsLambda, bool RoundsAlways, bool EndsAtSigmaMin, bool RepeatsLast,
        bool FlowFromPureNoise);

    /// <summary>Lays out noise levels and gives the whole timesteps.</summary>
    private protected double[] LayLevels(SchedulerRun run, Layout layout)
    {
        if (run.Steps >= Schedule.Count) throw Unsupported($"{run.Steps} steps of a schedule of {Schedule.Count}");
        if (run.Sigmas is not null && !(Config.UseFlowSigmas && layout.FlowFromPureNoise)) throw Unsupported("a list of sigmas");
        if (Config.UseDynamicShifting && run.Mu is null) throw Unsupported("use_dynamic_shifting = true without a mu for the picture's size");
        double[] timesteps, sigmas;
        bool isSpaced = Config.SigmaSpacing != SigmaSpacing.Timesteps;
        if (isSpaced)
        {
            sigmas = Spacing.Between(Config.SigmaSpacing, Config.SigmaMin ?? Schedule.Sigmas[0], Config.SigmaMax ?? Schedule.Sigmas[^1], run.Steps);
            timesteps = Config.UseFlowSigmas ? FlowFromSnr(sigmas) : Array.ConvertAll(sigmas, Schedule.TimestepOf);
            bool rounds = Config.SigmaSpacing is SigmaSpacing.Karras or SigmaSpacing.LogSnr
                && (layout.RoundsAlways || Config.BetaSchedule != BetaSchedule.SquaredCosine);
            if (rounds && !Config.UseFlowSigmas) timesteps = Array.ConvertAll(timesteps, Math.Round);
        }
        else if (Config.UseFlowSigmas)
        {
            sigmas = FlowSigmas(run, layout);
            timesteps = Array.ConvertAll(sigmas, sigma => sigma * Schedule.Count);
        }
        else
        {
            timesteps = Spacing.WithoutLast(layout.Spacing, Schedule.Count, layout.ClipsLambda ? UsedTimesteps() : Schedule.Count, run.Steps,
                Config.StepsOffset);
            sigmas = Array.ConvertAll(timesteps, Schedule.SigmaAt);
        }

        bool takesOwnLast = layout.RepeatsLast && (isSpaced || Config.UseFlowSigmas);
        double last = !layout.EndsAtSigmaMin ? 0 : takesOwnLast ? sigmas[^1] : Schedule.Sigmas[0];
        _sigmas = [.. sigmas.Select(sigma => (float)sigma), (float)last];
        return Array.ConvertAll(timesteps, Math.Truncate);
    }

    /// <summary>Puts the clean sample where previews find it, thresholded where wanted.</summary>
    private protected void Denoise(int call, ReadOnlySpan<float> modelOutput, ReadOnlySpan<float> sample)
    {
        Level level = At(call);
        switch (Prediction)
        {
            case PredictionType.Epsilon:
                LatentMath.Combine(DenoisedBuffer, 1 / level.Alpha, sample, -level.Sigma / level.Alpha, modelOutput);
                break;
            case PredictionType.Velocity:
                LatentMath.Combine(DenoisedBuffer, level.Alpha, sample, -level.Sigma, modelOutput);
                break;
            case PredictionType.Flow:
                LatentMath.Combine(DenoisedBuffer, 1, sample, -_sigmas[call], modelOutput);
                break;
            default:
                modelOutput.CopyTo(DenoisedBuffer);
                break;
        }

        LimitDenoised(clips: false);
    }

    /// <summary>The noise that the model's output means, of the clean sample where that was limited.</summary>
    private protected void Noise(int call, ReadOnlySpan<float> modelOutput, ReadOnlySpan<float> sample, Span<float> noise)
    {
        if (Prediction == PredictionType.Epsilon && !Config.Thresholding)
        {
            modelOutput.CopyTo(noise);
            return;
        }

        Level level = At(call);
        LatentMath.Combine(noise, 1 / level.Sigma, sample, -level.Alpha / level.Sigma, DenoisedBuffer);
    }

    /// <summary>How much of the schedule has a λ of at least <c>lambda_min_clipped</c>.</summary>
    private int UsedTimesteps()
    {
        int used = Schedule.Count;
        while (used > 1 && -Math.Log(Schedule.Sigmas[used - 1]) < Config.LambdaMinClipped) used--;
        return used;
    }

    /// <summary>Turns levels σ into those of a flow, and gives their timesteps.</summary>
    private double[] FlowFromSnr(double[] sigmas)
    {
        for (int i = 0; i < sigmas.Length; i++) sigmas[i] /= sigmas[i] + 1;
        return Array.ConvertAll(sigmas, sigma => sigma * Schedule.Count);
    }

    private double[] FlowSigmas(SchedulerRun run, Layout layout)
    {
        double least = 1.0 / Schedule.Count;
        double[] sigmas = run.Sigmas is { } given ? [.. given] : Spacing.Linspace(1, least, run.Steps + 1)[..^1];
        if (!layout.FlowFromPureNoise)
        {
            double[] rising = Spacing.Linspace(1, least, run.Steps + 1);
            sigmas = [.. rising.Select(alpha => 1 - alpha).Reverse().Take(run.Steps)];
        }

        for (int i = 0; i < sigmas.Length; i++)
        {
            sigmas[i] = Config.UseDynamicShifting
                ? TimeShift.Dynamic(sigmas[i], run.Mu!.Value, Config.LinearTimeShift)
                : TimeShift.Fixed(sigmas[i], Config.Shift);
        }

        if (!layout.FlowFromPureNoise) return sigmas;
        if (Config.ShiftTerminal is { } terminal) TimeShift.StretchTo(terminal, sigmas);
        const double margin = 1e-6; // λ of pure noise is infinite.
        if (Math.Abs(sigmas[0] - 1) < margin) sigmas[0] -= margin;
        return sigmas;
    }
}
