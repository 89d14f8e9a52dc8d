namespace RunwayFX.Inference.Schedulers;

/// <summary>What one denoising run asks of a scheduler. Everything that a step needs is made from it beforehand.</summary>
public sealed record SchedulerRun
{
    /// <summary>Most steps in a run.</summary>
    public const int StepsMax = 1000;

    /// <summary>Most values in a batch of latents (4 GiB of float32).</summary>
    public const int LengthMax = 1 << 30;

    /// <summary>Most pictures in a batch.</summary>
    public const int BatchMax = 64;

    /// <summary>Steps of denoising, 1 to <see cref="StepsMax"/>. Second-order schedulers call the model twice in most of them.</summary>
    public required int Steps { get; init; }

    /// <summary>Values in the whole batch of latents.</summary>
    public required int Length { get; init; }

    /// <summary>Pictures in the batch; dynamic thresholding looks at each alone.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The shift of schedulers that adapt to the picture's size (<c>use_dynamic_shifting</c>); <see cref="TimeShift.Mu"/> computes it.</summary>
    public double? Mu { get; init; }

    /// <summary>Noise levels of a flow model before shifting, from 1 down, instead of the scheduler's own; as many as <see cref="Steps"/>.</summary>
    public IReadOnlyList<double>? Sigmas { get; init; }

    /// <summary>Share of new noise in DDIM (0 = none, its default; 1 = DDPM) and TCD (default 0.3).</summary>
    public double? Eta { get; init; }

    /// <summary>Steps that a consistency model was distilled on (LCM, TCD), instead of the configuration's.</summary>
    public int? OriginalSteps { get; init; }

    /// <summary>How much of the schedule LCM and TCD spread their steps over when they start from a picture, 0 to 1.</summary>
    public double Strength { get; init; } = 1;

    internal void Validate()
    {
        Check(Steps, 1, StepsMax, nameof(Steps));
        Check(Length, 1, LengthMax, nameof(Length));
        Check(Batch, 1, BatchMax, nameof(Batch));
        if (Length % Batch != 0) throw Unsupported($"length {Length} does not divide into {Batch} pictures");
        if (Sigmas is not null && Sigmas.Count != Steps) throw Unsupported($"{Sigmas.Count} sigmas were given for {Steps} steps");
        if (Sigmas is not null && Sigmas.Any(sigma => !(sigma is > 0 and <= 1))) throw Unsupported("sigmas must lie in (0, 1]");
        if (Eta is { } eta && !(eta is >= 0 and <= 1)) throw Unsupported($"eta {eta} is outside 0..1");
        if (!(Strength is > 0 and <= 1)) throw Unsupported($"strength {Strength} is outside (0, 1]");
        if (Mu is { } mu && !double.IsFinite(mu)) throw Unsupported($"mu {mu} is not finite");
    }

    private static void Check(int value, int min, int max, string name)
    {
        if (value < min || value > max) throw Unsupported($"{name} {value} is outside {min}..{max}");
    }

    private static InferenceException Unsupported(string message) => new(InferenceError.SettingUnsupported, $"Scheduler run: {message}.");
}
