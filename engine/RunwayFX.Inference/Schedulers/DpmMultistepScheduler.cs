using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>DPM-Solver and DPM-Solver++ with memory (Lu et al. 2022), orders 1 to 3, and their stochastic forms.</summary>
public sealed class DpmMultistepScheduler : LogSnrScheduler
{
    private const int ShortRun = 15;

    private readonly DpmAlgorithm _algorithm;
    private readonly bool _isMidpoint;
    private readonly bool _endsAtSigmaMin;
    private readonly bool _lowersFinal;
    private readonly OutputHistory _outputs = new(3);

    internal DpmMultistepScheduler(SchedulerConfig config)
        : base(SchedulerKind.DpmMultistep, config)
    {
        _algorithm = DpmAlgorithm.Parse(config.AlgorithmType);
        _isMidpoint = config.SolverType != "heun";
        _endsAtSigmaMin = config.EndsAtSigmaMin ?? false;
        _lowersFinal = config.LowerOrderFinal ?? true;
        if (!_algorithm.IsPlusPlus && !_endsAtSigmaMin) throw Unsupported($"algorithm_type = \"{config.AlgorithmType}\" with final_sigmas_type = \"zero\"");
        if (_algorithm is { IsPlusPlus: false, IsStochastic: true } && config.SolverOrder == 3) throw Unsupported("solver_order = 3 of sde-dpmsolver");
    }

    /// <inheritdoc/>
    public override bool IsStochastic => _algorithm.IsStochastic;

    private protected override double[] Lay(SchedulerRun run)
    {
        _outputs.Resize(run.Length);
        return LayLevels(run, new Layout(Config.TimestepSpacing ?? TimestepSpacing.Linspace, ClipsLambda: true, RoundsAlways: false, _endsAtSigmaMin,
            RepeatsLast: false, FlowFromPureNoise: false));
    }

    private protected override void Restart(int call) => _outputs.Clear();

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        Denoise(call, modelOutput, sample);
        if (_algorithm.IsPlusPlus) _outputs.Add(DenoisedBuffer);
        else Noise(call, modelOutput, sample, _outputs.Next());

        Level to = At(call + 1), from = At(call);
        double h = to.Lambda - from.Lambda;
        Span<double> weights = stackalloc double[3];
        weights[0] = _algorithm.Zeroth(to.Alpha, to.Sigma, h);
        int order = Order(call);
        if (order == 2) AddSecond(call, to, from, h, weights);
        else if (order == 3) AddThird(call, to, from, h, weights);

        double ofSample = _algorithm.OfSample(to.Alpha, to.Sigma, from.Alpha, from.Sigma, h);
        LatentMath.Combine(sample, ofSample, sample, weights[0], _outputs[0]);
        for (int age = 1; age < order; age++) LatentMath.Add(sample, weights[age], _outputs[age]);
        if (_algorithm.IsStochastic) LatentMath.Add(sample, _algorithm.OfNoise(to.Sigma, h), DrawNoise(noise));
    }

    private int Order(int call)
    {
        int count = Timesteps.Length;
        bool isShort = _lowersFinal && count < ShortRun;
        if (call == count - 1 && (Config.EulerAtFinal || isShort || !_endsAtSigmaMin)) return 1;
        int order = Math.Min(Config.SolverOrder, _outputs.Count);
        return call == count - 2 && isShort ? Math.Min(order, 2) : order;
    }

    private void AddSecond(int call, Level to, Level from, double h, Span<double> weights)
    {
        double ratio = (from.Lambda - At(call - 1).Lambda) / h;
        double first = _algorithm.First(to.Alpha, to.Sigma, h, _isMidpoint) / ratio;
        weights[0] += first;
        weights[1] = -first;
    }

    private void AddThird(int call, Level to, Level from, double h, Span<double> weights)
    {
        double lambda1 = At(call - 1).Lambda, lambda2 = At(call - 2).Lambda;
        double r0 = (from.Lambda - lambda1) / h, r1 = (lambda1 - lambda2) / h;
        double first = _algorithm.First(to.Alpha, to.Sigma, h, midpoint: false), second = _algorithm.Second(to.Alpha, to.Sigma, h);
        // D1 = a + r0/(r0+r1)·(a − b), D2 = (a − b)/(r0+r1), with a = (m0 − m1)/r0 and b = (m1 − m2)/r1.
        double ofA = first * (1 + r0 / (r0 + r1)) + second / (r0 + r1);
        double ofB = -(first * r0 + second) / (r0 + r1);
        weights[0] += ofA / r0;
        weights[1] = -ofA / r0 + ofB / r1;
        weights[2] = -ofB / r1;
    }
}
