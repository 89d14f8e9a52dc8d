namespace RunwayFX.Inference.Schedulers;

/// <summary>The samplers that can be chosen. Numbers never change.</summary>
public enum SchedulerKind
{
    /// <summary>Denoising diffusion implicit models (Song et al. 2020).</summary>
    Ddim = 1,

    /// <summary>DDIM from the picture to the noise, to edit real pictures.</summary>
    DdimInverse = 2,

    /// <summary>The sampler that diffusion models were introduced with (Ho et al. 2020).</summary>
    Ddpm = 3,

    /// <summary>Euler's method in noise level (Karras et al. 2022, algorithm 2 without churn).</summary>
    Euler = 4,

    /// <summary>Euler with fresh noise in every step.</summary>
    EulerAncestral = 5,

    /// <summary>Heun's second-order method: two model calls a step.</summary>
    Heun = 6,

    /// <summary>DPM-Solver and DPM-Solver++ with memory, orders 1 to 3, also as SDE (Lu et al. 2022).</summary>
    DpmMultistep = 7,

    /// <summary>DPM-Solver++ without memory between steps.</summary>
    DpmSinglestep = 8,

    /// <summary>Unified predictor-corrector (Zhao et al. 2023).</summary>
    UniPc = 9,

    /// <summary>Latent consistency models (Luo et al. 2023).</summary>
    Lcm = 10,

    /// <summary>Trajectory consistency distillation (Zheng et al. 2024).</summary>
    Tcd = 11,

    /// <summary>Pseudo numerical methods (Liu et al. 2022).</summary>
    Pndm = 12,

    /// <summary>Linear multistep of order 4 in noise level.</summary>
    Lms = 13,

    /// <summary>Exponential integrator with polynomial extrapolation in log ρ (Zhang and Chen 2022).</summary>
    Deis = 14,

    /// <summary>Midpoint method in log noise level (DPM-Solver-2 as k-diffusion has it).</summary>
    Kdpm2 = 15,

    /// <summary>The midpoint method with fresh noise in every step.</summary>
    Kdpm2Ancestral = 16,

    /// <summary>Euler with the preconditioning of Karras et al. 2022.</summary>
    EdmEuler = 17,

    /// <summary>Euler for rectified flows (SD3, FLUX, LTX, Wan).</summary>
    FlowMatchEuler = 18,
}
