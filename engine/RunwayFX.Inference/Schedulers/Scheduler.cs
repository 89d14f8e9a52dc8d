using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Turns what a diffusion model says at each noise level into the next, cleaner sample. One object serves one run at a time.</summary>
/// <remarks>
/// A run: <see cref="Prepare"/>; make the sample (noise times <see cref="InitNoiseSigma"/>, or <see cref="AddNoise"/> and <see cref="Begin"/> to start from a
/// picture); then for each of <see cref="Timesteps"/> from <see cref="CallIndex"/> on: <see cref="ScaleModelInput"/> into the model's input, call the model,
/// <see cref="Step"/> with the <i>unscaled</i> sample. After <see cref="Prepare"/> nothing is allocated. Samplers follow the published numbers of
/// huggingface/diffusers, so that settings mean what they mean elsewhere. Not thread-safe.
/// </remarks>
public abstract class Scheduler
{
    private float[] _timesteps = [];
    private float[] _denoised = [];
    private float[] _noise = [];
    private float[] _sorted = [];
    private SchedulerRun? _run;

    private protected Scheduler(SchedulerKind kind, SchedulerConfig config)
    {
        Kind = kind;
        Config = config;
    }

    /// <summary>Which sampler this is.</summary>
    public SchedulerKind Kind { get; }

    /// <summary>Its configuration.</summary>
    public SchedulerConfig Config { get; }

    /// <summary>What the model is told at each of its calls, from the noisiest on.</summary>
    public ReadOnlySpan<float> Timesteps => _timesteps;

    /// <summary>Noise level before each call of a sampler that works in noise level, and after the last; empty for samplers that work in timesteps.</summary>
    public virtual ReadOnlySpan<float> Sigmas => [];

    /// <summary>What standard normal noise is multiplied by to be a first sample.</summary>
    public virtual float InitNoiseSigma => 1;

    /// <summary>Whether this run draws noise while it goes: <see cref="Step"/> then wants a source.</summary>
    public virtual bool IsStochastic => false;

    /// <summary>The next call; equal to the count of <see cref="Timesteps"/> when the run is over.</summary>
    public int CallIndex { get; private set; }

    /// <summary>What the last step took the clean sample to be: a preview of the result. Of the sample's size; zeros before the first step.</summary>
    public ReadOnlySpan<float> Denoised => _denoised;

    /// <summary>The run that was prepared.</summary>
    private protected SchedulerRun Run => _run ?? throw new InvalidOperationException($"{Kind}: Prepare comes before everything else.");

    /// <summary>A sampler of a configuration.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="kind">Another sampler than the configuration names.</param>
    /// <exception cref="InferenceException">The configuration names no sampler and none was chosen, or the sampler cannot do what it asks.</exception>
    public static Scheduler Create(SchedulerConfig config, SchedulerKind? kind = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        SchedulerKind chosen = kind ?? config.Kind
            ?? throw new InferenceException(InferenceError.SettingUnsupported, "The scheduler configuration has no _class_name, and no scheduler was chosen.");
        return chosen switch
        {
            SchedulerKind.Ddim => new DdimScheduler(config),
            SchedulerKind.DdimInverse => new DdimInverseScheduler(config),
            SchedulerKind.Ddpm => new DdpmScheduler(config),
            SchedulerKind.Euler => new EulerScheduler(config),
            SchedulerKind.EulerAncestral => new EulerAncestralScheduler(config),
            SchedulerKind.Heun => new HeunScheduler(config),
            SchedulerKind.DpmMultistep => new DpmMultistepScheduler(config),
            SchedulerKind.DpmSinglestep => new DpmSinglestepScheduler(config),
            SchedulerKind.UniPc => new UniPcScheduler(config),
            SchedulerKind.Lcm => new LcmScheduler(config),
            SchedulerKind.Tcd => new TcdScheduler(config),
            SchedulerKind.Pndm => new PndmScheduler(config),
            SchedulerKind.Lms => new LmsScheduler(config),
            SchedulerKind.Deis => new DeisScheduler(config),
            SchedulerKind.Kdpm2 => new Kdpm2Scheduler(config, ancestral: false),
            SchedulerKind.Kdpm2Ancestral => new Kdpm2Scheduler(config, ancestral: true),
            SchedulerKind.EdmEuler => new EdmEulerScheduler(config),
            SchedulerKind.FlowMatchEuler => new FlowMatchEulerScheduler(config),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "not a scheduler"),
        };
    }

    /// <summary>Lays out a run and makes room for its state.</summary>
    /// <exception cref="InferenceException"><see cref="InferenceError.SettingUnsupported"/>: the run asks what this sampler cannot do.</exception>
    public void Prepare(SchedulerRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        run.Validate();
        if (_run?.Length != run.Length)
        {
            _denoised = new float[run.Length];
            _noise = [];
        }

        _run = run;
        _timesteps = Array.ConvertAll(Lay(run), timestep => (float)timestep);
        if (IsStochastic && _noise.Length == 0) _noise = new float[run.Length];
        _sorted = Config.Thresholding ? new float[run.Length / run.Batch] : [];
        Begin();
    }

    /// <summary>Starts at a call; 0 is the whole run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such call.</exception>
    public void Begin(int call = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(call);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(call, _timesteps.Length);
        CallIndex = call;
        Array.Clear(_denoised);
        Restart(call);
    }

    /// <summary>The first call of a run that starts from a picture.</summary>
    /// <param name="strength">0 leaves the picture as it is (no call at all), 1 is a whole run.</param>
    public int FirstCall(double strength)
    {
        int steps = StepCount;
        int kept = Math.Min((int)(steps * Math.Clamp(strength, 0, 1)), steps);
        return kept == 0 ? _timesteps.Length : CallOfStep(steps - kept);
    }

    /// <summary>The sample as the model wants it at the next call.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="scaled">Overwritten; may be the sample itself only where the sample is kept elsewhere.</param>
    public void ScaleModelInput(ReadOnlySpan<float> sample, Span<float> scaled)
    {
        CheckLength(sample.Length, nameof(sample));
        CheckLength(scaled.Length, nameof(scaled));
        double scale = InputScale(CallIndex);
        if (scale == 1) sample.CopyTo(scaled);
        else LatentMath.Scale(scaled, scale, sample);
    }

    /// <summary>Takes the sample on, by what the model said at call <see cref="CallIndex"/>.</summary>
    /// <param name="modelOutput">The model's output, guidance included.</param>
    /// <param name="sample">The unscaled sample; overwritten with the next.</param>
    /// <param name="noise">Noise, where <see cref="IsStochastic"/>.</param>
    /// <exception cref="InvalidOperationException">The run is over.</exception>
    /// <exception cref="ArgumentException">A length is not the run's.</exception>
    /// <exception cref="ArgumentNullException">The sampler draws noise and has no source.</exception>
    public void Step(ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise = null)
    {
        CheckLength(modelOutput.Length, nameof(modelOutput));
        CheckLength(sample.Length, nameof(sample));
        if (CallIndex >= _timesteps.Length) throw new InvalidOperationException($"{Kind}: all {_timesteps.Length} calls were made.");
        if (IsStochastic) ArgumentNullException.ThrowIfNull(noise);
        Advance(CallIndex, modelOutput, sample, noise);
        CallIndex++;
    }

    /// <summary>A clean sample with the noise that belongs to a call: the start of a run from a picture.</summary>
    /// <param name="clean">The picture's latents.</param>
    /// <param name="noise">Standard normal noise.</param>
    /// <param name="noisy">Overwritten; may be one of the others.</param>
    /// <param name="call">The call, below the count of <see cref="Timesteps"/>; the count itself gives the clean sample.</param>
    public void AddNoise(ReadOnlySpan<float> clean, ReadOnlySpan<float> noise, Span<float> noisy, int call)
    {
        CheckLength(clean.Length, nameof(clean));
        CheckLength(noise.Length, nameof(noise));
        CheckLength(noisy.Length, nameof(noisy));
        ArgumentOutOfRangeException.ThrowIfNegative(call);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(call, _timesteps.Length);
        if (call == _timesteps.Length)
        {
            clean.CopyTo(noisy);
            return;
        }

        var (signal, level) = NoiseMix(call);
        LatentMath.Combine(noisy, signal, clean, level, noise);
    }

    /// <summary>Steps of the run: what strength counts.</summary>
    private protected virtual int StepCount => _timesteps.Length;

    /// <summary>The call with which a step begins.</summary>
    private protected virtual int CallOfStep(int step) => step;

    /// <summary>Lays out the run: what the model is told at each call. State is made here.</summary>
    private protected abstract double[] Lay(SchedulerRun run);

    /// <summary>Forgets what earlier calls left.</summary>
    private protected virtual void Restart(int call)
    {
    }

    /// <summary>What the sample is multiplied by before a call.</summary>
    private protected virtual double InputScale(int call) => 1;

    /// <summary>Shares of clean sample and noise at a call.</summary>
    private protected abstract (double Signal, double Noise) NoiseMix(int call);

    /// <summary>One call's update of the sample.</summary>
    private protected abstract void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise);

    /// <summary>Where the clean sample of this call goes.</summary>
    private protected Span<float> DenoisedBuffer => _denoised;

    /// <summary>Fresh noise of the sample's size.</summary>
    private protected ReadOnlySpan<float> DrawNoise(NoiseSource? noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        noise.FillNormal(_noise);
        return _noise;
    }

    /// <summary>Limits the clean sample: by a quantile of each picture's own, or by a fixed range.</summary>
    private protected void LimitDenoised(bool clips)
    {
        if (Config.Thresholding)
        {
            for (int i = 0; i < Run.Batch; i++) LimitByQuantile(_denoised.AsSpan(i * _sorted.Length, _sorted.Length));
        }
        else if (clips)
        {
            LatentMath.Clamp(_denoised, (float)Config.ClipSampleRange);
        }
    }

    /// <summary>An error that names what this sampler cannot do.</summary>
    private protected InferenceException Unsupported(string what)
        => new(InferenceError.SettingUnsupported, $"{SchedulerNames.ClassName(Kind)}: {what} is not supported.");

    private void LimitByQuantile(Span<float> picture)
    {
        for (int i = 0; i < picture.Length; i++) _sorted[i] = MathF.Abs(picture[i]);
        _sorted.AsSpan().Sort();
        double at = Config.DynamicThresholdingRatio * (_sorted.Length - 1);
        int low = (int)at, high = Math.Min(low + 1, _sorted.Length - 1);
        double quantile = _sorted[low] + (_sorted[high] - _sorted[low]) * (at - low);
        float limit = (float)Math.Min(Math.Max(quantile, 1), Config.SampleMaxValue);
        if (!float.IsFinite(limit) || limit <= 0) return;
        foreach (ref float value in picture) value = Math.Clamp(value, -limit, limit) / limit;
    }

    private void CheckLength(int length, string name)
    {
        if (length != Run.Length) throw new ArgumentException($"{length} values where the run has {Run.Length}.", name);
    }
}
