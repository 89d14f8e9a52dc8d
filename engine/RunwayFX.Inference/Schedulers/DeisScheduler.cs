using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Diffusion exponential integrator (Zhang and Chen 2022): the noise is extrapolated by a polynomial in log ρ, ρ = σ/α, orders 1 to 3.</summary>
public sealed class DeisScheduler : LogSnrScheduler
{
    private const int ShortRun = 15;

    private readonly OutputHistory _outputs = new(3);
    private readonly bool _lowersFinal;

    internal DeisScheduler(SchedulerConfig config)
        : base(SchedulerKind.Deis, config) => _lowersFinal = config.LowerOrderFinal ?? true;

    private protected override double[] Lay(SchedulerRun run)
    {
        if (Config.SigmaSpacing == SigmaSpacing.LogSnr) throw Unsupported("use_lu_lambdas = true");
        _outputs.Resize(run.Length);
        return LayLevels(run, new Layout(Config.TimestepSpacing ?? TimestepSpacing.Linspace, ClipsLambda: false, RoundsAlways: true, EndsAtSigmaMin: true,
            RepeatsLast: true, FlowFromPureNoise: false));
    }

    private protected override void Restart(int call) => _outputs.Clear();

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        Denoise(call, modelOutput, sample);
        Noise(call, modelOutput, sample, _outputs.Next());
        Level to = At(call + 1), from = At(call);
        int order = Order(call);
        Span<double> weights = stackalloc double[3];
        if (order == 1)
        {
            weights[0] = -to.Sigma * Exponential.MinusOne(to.Lambda - from.Lambda);
        }
        else
        {
            Span<double> logs = stackalloc double[order];
            for (int age = 0; age < order; age++) logs[age] = -At(call - age).Lambda;
            for (int age = 0; age < order; age++) weights[age] = to.Alpha * Integral(-to.Lambda, logs, age);
        }

        LatentMath.Combine(sample, to.Alpha / from.Alpha, sample, weights[0], _outputs[0]);
        for (int age = 1; age < order; age++) LatentMath.Add(sample, weights[age], _outputs[age]);
    }

    private int Order(int call)
    {
        int count = Timesteps.Length;
        bool isShort = _lowersFinal && count < ShortRun;
        int order = Math.Min(Config.SolverOrder, _outputs.Count);
        if (isShort && call == count - 1) return 1;
        return isShort && call == count - 2 ? Math.Min(order, 2) : order;
    }

    /// <summary>∫ of the Lagrange polynomial of node <paramref name="age"/> over ρ, where the nodes lie in ln ρ, from the newest node to
    /// <paramref name="end"/>.</summary>
    private static double Integral(double end, ReadOnlySpan<double> logs, int age)
    {
        // The polynomial in u = ln ρ is c0 + c1·u + c2·u²; ∫ uⁿ dρ = ∫ uⁿ eᵘ du has a closed form. u is counted from the newest node.
        double origin = logs[0], denominator = 1, c0 = 1, c1 = 0, c2 = 0;
        for (int k = 0; k < logs.Length; k++)
        {
            if (k == age) continue;
            double node = logs[k] - origin;
            denominator *= logs[age] - logs[k];
            (c0, c1, c2) = (-node * c0, c0 - node * c1, c1 - node * c2);
        }

        double u = end - origin, e = Exponential.MinusOne(u);
        double power0 = e, power1 = u * (e + 1) - e, power2 = u * u * (e + 1) - 2 * power1;
        return Math.Exp(origin) * (c0 * power0 + c1 * power1 + c2 * power2) / denominator;
    }
}
