using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>DPM-Solver and DPM-Solver++ in groups of one to three calls (Lu et al. 2022): every group starts anew from its first sample.</summary>
public sealed class DpmSinglestepScheduler : LogSnrScheduler
{
    private readonly DpmAlgorithm _algorithm;
    private readonly bool _isMidpoint;
    private readonly bool _endsAtSigmaMin;
    private readonly OutputHistory _outputs = new(3);
    private float[] _start = [];
    private int[] _orders = [];

    internal DpmSinglestepScheduler(SchedulerConfig config)
        : base(SchedulerKind.DpmSinglestep, config)
    {
        _algorithm = DpmAlgorithm.Parse(config.AlgorithmType);
        if (_algorithm is { IsPlusPlus: false, IsStochastic: true }) throw Unsupported("algorithm_type = \"sde-dpmsolver\"");
        _isMidpoint = config.SolverType != "heun";
        _endsAtSigmaMin = config.EndsAtSigmaMin ?? false;
        if (!_algorithm.IsPlusPlus && !_endsAtSigmaMin) throw Unsupported($"algorithm_type = \"{config.AlgorithmType}\" with final_sigmas_type = \"zero\"");
    }

    /// <inheritdoc/>
    public override bool IsStochastic => _algorithm.IsStochastic;

    /// <summary>Orders of the calls: 1, 2, … in each group; the last group ends lower where it must.</summary>
    internal static int[] Orders(int steps, int order, bool lowersFinal, bool endsAtSigmaMin)
    {
        int[] orders = new int[steps];
        for (int i = 0; i < steps; i++) orders[i] = i % order + 1;
        if (lowersFinal && order > 1 && steps % order == 0)
        {
            // A whole last group would end at its full order: [1,2,3] becomes [1,2,1] and [1,2] becomes [1,1].
            orders[^1] = 1;
        }

        if (!endsAtSigmaMin) orders[^1] = 1;
        return orders;
    }

    private protected override double[] Lay(SchedulerRun run)
    {
        _outputs.Resize(run.Length);
        _start = _start.Length == run.Length ? _start : new float[run.Length];
        double[] timesteps = LayLevels(run, new Layout(TimestepSpacing.Linspace, ClipsLambda: true, RoundsAlways: true, _endsAtSigmaMin,
            RepeatsLast: false, FlowFromPureNoise: false));
        bool lowers = (Config.LowerOrderFinal ?? false) || timesteps.Length % Config.SolverOrder != 0 || !_endsAtSigmaMin;
        _orders = Orders(timesteps.Length, Config.SolverOrder, lowers, _endsAtSigmaMin);
        return timesteps;
    }

    private protected override void Restart(int call) => _outputs.Clear();

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        Denoise(call, modelOutput, sample);
        if (_algorithm.IsPlusPlus) _outputs.Add(DenoisedBuffer);
        else Noise(call, modelOutput, sample, _outputs.Next());

        int order = Math.Min(_orders[call], _outputs.Count);
        if (order == 1) sample.CopyTo(_start);
        Level to = At(call + 1), from = At(call + 1 - order);
        double h = to.Lambda - from.Lambda;
        Span<double> weights = stackalloc double[3];
        weights.Clear();
        weights[order - 1] = _algorithm.Zeroth(to.Alpha, to.Sigma, h);
        if (order == 2)
        {
            double first = _algorithm.First(to.Alpha, to.Sigma, h, _isMidpoint) * h / (At(call).Lambda - from.Lambda);
            weights[0] = first;
            weights[1] -= first;
        }
        else if (order == 3)
        {
            AddThird(call, to, from, h, weights);
        }

        LatentMath.Combine(sample, _algorithm.OfSample(to.Alpha, to.Sigma, from.Alpha, from.Sigma, h), _start, weights[0], _outputs[0]);
        for (int age = 1; age < order; age++) LatentMath.Add(sample, weights[age], _outputs[age]);
        if (_algorithm.IsStochastic) LatentMath.Add(sample, _algorithm.OfNoise(to.Sigma, h), DrawNoise(noise));
    }

    private void AddThird(int call, Level to, Level from, double h, Span<double> weights)
    {
        double r0 = (At(call).Lambda - from.Lambda) / h, r1 = (At(call - 1).Lambda - from.Lambda) / h;
        double first = _algorithm.First(to.Alpha, to.Sigma, h, midpoint: false);
        double ofNew = first, ofMiddle = 0; // Coefficients of (m0 − m2)/r0 and (m1 − m2)/r1.
        if (!_isMidpoint)
        {
            double second = 2 * _algorithm.Second(to.Alpha, to.Sigma, h);
            ofNew = (-r1 * first + second) / (r0 - r1);
            ofMiddle = (r0 * first - second) / (r0 - r1);
        }

        weights[0] = ofNew / r0;
        weights[1] = ofMiddle / r1;
        weights[2] -= weights[0] + weights[1];
    }
}
