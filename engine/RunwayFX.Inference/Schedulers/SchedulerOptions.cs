namespace RunwayFX.Inference.Schedulers;

/// <summary>What the model's output means.</summary>
public enum PredictionType
{
    /// <summary>The noise.</summary>
    Epsilon = 1,

    /// <summary>The clean sample.</summary>
    Sample = 2,

    /// <summary>v = √ᾱ·noise − √(1−ᾱ)·clean.</summary>
    Velocity = 3,

    /// <summary>noise − clean, of rectified flows.</summary>
    Flow = 4,
}

/// <summary>How a run's timesteps are spread over the training schedule.</summary>
public enum TimestepSpacing
{
    /// <summary>From the noisiest to the cleanest, both included.</summary>
    Linspace = 1,

    /// <summary>At the start of each of n equal parts, plus <c>steps_offset</c>.</summary>
    Leading = 2,

    /// <summary>At the end of each of n equal parts.</summary>
    Trailing = 3,
}

/// <summary>How noise levels are spread, where not as the timesteps are.</summary>
public enum SigmaSpacing
{
    /// <summary>As the timesteps are.</summary>
    Timesteps = 1,

    /// <summary>Evenly in σ^(1/7) (Karras et al. 2022).</summary>
    Karras = 2,

    /// <summary>Evenly in log σ.</summary>
    Exponential = 3,

    /// <summary>By the quantiles of a beta distribution (Lee et al. 2024).</summary>
    Beta = 4,

    /// <summary>Evenly in λ between its ends (Lu et al. 2022).</summary>
    LogSnr = 5,
}

/// <summary>How the training schedule's β run.</summary>
public enum BetaSchedule
{
    /// <summary>Evenly.</summary>
    Linear = 1,

    /// <summary>Evenly in √β.</summary>
    ScaledLinear = 2,

    /// <summary>From a squared cosine of ᾱ, capped.</summary>
    SquaredCosine = 3,

    /// <summary>From an exponential of ᾱ.</summary>
    Exponential = 4,

    /// <summary>Along a sigmoid.</summary>
    Sigmoid = 5,

    /// <summary>From a Laplace distribution of the log signal-to-noise ratio.</summary>
    Laplace = 6,
}
