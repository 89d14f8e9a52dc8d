using System.Text.Json;

namespace RunwayFX.Inference.Schedulers;

/// <summary>A model's <c>scheduler_config.json</c>. A value that is absent is null: each sampler has its own default for it, so that the file of one sampler
/// can be given to another.</summary>
/// <remarks>Unknown keys are passed over; a known key with a value that no sampler can do is an error that names both.</remarks>
public sealed record SchedulerConfig
{
    /// <summary>Longest file accepted, in characters.</summary>
    public const int TextMax = 1 << 20;

    /// <summary>Longest training schedule accepted.</summary>
    public const int TrainTimestepsMax = 100_000;

    /// <summary>The sampler that the file names; null where it names none.</summary>
    public SchedulerKind? Kind { get; init; }

    /// <summary>Length of the training schedule.</summary>
    public int TrainTimesteps { get; init; } = 1000;

    /// <summary>First β.</summary>
    public double? BetaStart { get; init; }

    /// <summary>Last β.</summary>
    public double? BetaEnd { get; init; }

    /// <summary>How β run between them.</summary>
    public BetaSchedule? BetaSchedule { get; init; }

    /// <summary>All β, where the file lists them.</summary>
    public IReadOnlyList<double>? TrainedBetas { get; init; }

    /// <summary>Whether the schedule is rescaled to end without any signal.</summary>
    public bool RescaleBetasZeroSnr { get; init; }

    /// <summary>What the model's output means.</summary>
    public PredictionType? Prediction { get; init; }

    /// <summary>How timesteps are spread.</summary>
    public TimestepSpacing? TimestepSpacing { get; init; }

    /// <summary>Added to leading timesteps.</summary>
    public int StepsOffset { get; init; }

    /// <summary>How noise levels are spread.</summary>
    public SigmaSpacing SigmaSpacing { get; init; } = SigmaSpacing.Timesteps;

    /// <summary>Whether noise levels are those of a rectified flow.</summary>
    public bool UseFlowSigmas { get; init; }

    /// <summary>Least noise level of the Karras, exponential and beta spacings.</summary>
    public double? SigmaMin { get; init; }

    /// <summary>Greatest noise level of these spacings.</summary>
    public double? SigmaMax { get; init; }

    /// <summary>Whether a run ends at the least noise level instead of none.</summary>
    public bool? EndsAtSigmaMin { get; init; }

    /// <summary>Whether noise levels between timesteps are found in log σ.</summary>
    public bool InterpolatesLogSigmas { get; init; }

    /// <summary>Whether the model takes ¼ log σ instead of a timestep.</summary>
    public bool ContinuousTimesteps { get; init; }

    /// <summary>Whether the clean sample is limited to ±<see cref="ClipSampleRange"/>.</summary>
    public bool? ClipSample { get; init; }

    /// <summary>That limit.</summary>
    public double ClipSampleRange { get; init; } = 1;

    /// <summary>Whether the clean sample is limited by a quantile of its own (Saharia et al. 2022).</summary>
    public bool Thresholding { get; init; }

    /// <summary>That quantile.</summary>
    public double DynamicThresholdingRatio { get; init; } = 0.995;

    /// <summary>Greatest threshold.</summary>
    public double SampleMaxValue { get; init; } = 1;

    /// <summary>Whether the step past the first timestep has no noise at all.</summary>
    public bool? SetAlphaToOne { get; init; }

    /// <summary>DDPM's variance: <c>fixed_small</c>, <c>fixed_small_log</c> (the same) or <c>fixed_large</c>.</summary>
    public string? VarianceType { get; init; }

    /// <summary>Whether PNDM leaves out its Runge-Kutta warm-up.</summary>
    public bool SkipPrkSteps { get; init; }

    /// <summary>Order of multistep and single-step solvers, 1 to 3.</summary>
    public int SolverOrder { get; init; } = 2;

    /// <summary><c>dpmsolver++</c>, <c>dpmsolver</c>, <c>sde-dpmsolver++</c> or <c>sde-dpmsolver</c>; others mean the sampler's own.</summary>
    public string? AlgorithmType { get; init; }

    /// <summary><c>midpoint</c>, <c>heun</c>, <c>bh1</c>, <c>bh2</c>, <c>logrho</c>.</summary>
    public string? SolverType { get; init; }

    /// <summary>Whether the last steps of short runs lower their order.</summary>
    public bool? LowerOrderFinal { get; init; }

    /// <summary>Whether the last step is Euler's.</summary>
    public bool EulerAtFinal { get; init; }

    /// <summary>Least λ of the schedule.</summary>
    public double LambdaMinClipped { get; init; } = double.NegativeInfinity;

    /// <summary>Whether UniPC predicts the clean sample.</summary>
    public bool PredictX0 { get; init; } = true;

    /// <summary>Steps in which UniPC does not correct.</summary>
    public IReadOnlyList<int> DisableCorrector { get; init; } = [];

    /// <summary>Steps that a consistency model was distilled on.</summary>
    public int OriginalInferenceSteps { get; init; } = 50;

    /// <summary>Scale of the timestep in LCM's boundary condition.</summary>
    public double TimestepScaling { get; init; } = 10;

    /// <summary>Standard deviation of the data (EDM).</summary>
    public double SigmaData { get; init; } = 0.5;

    /// <summary>Exponent of EDM's spacing.</summary>
    public double Rho { get; init; } = 7;

    /// <summary>Whether EDM's spacing is exponential instead of Karras'.</summary>
    public bool EdmExponential { get; init; }

    /// <summary>Shift of a flow's noise levels towards more noise; 1 = none.</summary>
    public double Shift { get; init; } = 1;

    /// <summary>Whether the shift comes with the run (<see cref="SchedulerRun.Mu"/>).</summary>
    public bool UseDynamicShifting { get; init; }

    /// <summary>Whether that shift is linear in mu instead of exponential.</summary>
    public bool LinearTimeShift { get; init; }

    /// <summary>Noise level that a flow's last step is stretched to; null = none.</summary>
    public double? ShiftTerminal { get; init; }

    /// <summary>Shift of small pictures.</summary>
    public double BaseShift { get; init; } = 0.5;

    /// <summary>Shift of large pictures.</summary>
    public double MaxShift { get; init; } = 1.15;

    /// <summary>Tokens of a small picture.</summary>
    public int BaseImageSequence { get; init; } = 256;

    /// <summary>Tokens of a large picture.</summary>
    public int MaxImageSequence { get; init; } = 4096;

    /// <summary>Whether a flow runs from picture to noise.</summary>
    public bool InvertSigmas { get; init; }

    /// <summary>Whether a flow draws fresh noise in every step.</summary>
    public bool StochasticSampling { get; init; }

    /// <summary>Reads a <c>scheduler_config.json</c>.</summary>
    /// <param name="json">The file's text.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InferenceException"><see cref="InferenceError.PackageBroken"/>: not JSON, or a value of the wrong type or range.
    /// <see cref="InferenceError.SettingUnsupported"/>: a value that no sampler here can do.</exception>
    public static SchedulerConfig Parse(string json, string name = "scheduler_config.json")
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > TextMax)
            throw new InferenceException(InferenceError.PackageBroken, $"{name}: {json.Length} characters are over the limit of {TextMax}.");
        try
        {
            using var document = JsonDocument.Parse(json);
            return new SchedulerConfigReader(document.RootElement, name).Read();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The latter: a text that is no Unicode.
        {
            throw new InferenceException(InferenceError.PackageBroken, $"{name} is not JSON: {e.Message}", e);
        }
    }
}
