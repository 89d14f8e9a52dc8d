using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Unified predictor-corrector (Zhao et al. 2023), orders 1 to 3: every model output also corrects the step that led to it.</summary>
public sealed class UniPcScheduler : LogSnrScheduler
{
    private const int OrderMax = 3;

    private readonly OutputHistory _outputs = new(OrderMax);
    private readonly bool _isFirstKind;
    private readonly bool _lowersFinal;
    private float[] _last = [];
    private float[] _converted = [];
    private int _order;

    internal UniPcScheduler(SchedulerConfig config)
        : base(SchedulerKind.UniPc, config)
    {
        _isFirstKind = config.SolverType == "bh1";
        _lowersFinal = config.LowerOrderFinal ?? true;
        if (config.SigmaSpacing == SigmaSpacing.LogSnr) throw Unsupported("use_lu_lambdas = true");
        if (!config.PredictX0 && Prediction == PredictionType.Flow) throw Unsupported("predict_x0 = false with prediction_type = \"flow_prediction\"");
    }

    private protected override double[] Lay(SchedulerRun run)
    {
        _outputs.Resize(run.Length);
        if (_last.Length != run.Length) (_last, _converted) = (new float[run.Length], new float[run.Length]);
        return LayLevels(run, new Layout(Config.TimestepSpacing ?? TimestepSpacing.Linspace, ClipsLambda: false, RoundsAlways: true,
            Config.EndsAtSigmaMin ?? false, RepeatsLast: true, FlowFromPureNoise: true));
    }

    private protected override void Restart(int call)
    {
        _outputs.Clear();
        _order = 0;
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        Denoise(call, modelOutput, sample);
        if (Config.PredictX0) DenoisedBuffer.CopyTo(_converted);
        else Noise(call, modelOutput, sample, _converted);

        if (_order > 0 && !Config.DisableCorrector.Contains(call - 1)) Correct(call, sample);
        _outputs.Add(_converted);
        int order = _lowersFinal ? Math.Min(Config.SolverOrder, Timesteps.Length - call) : Config.SolverOrder;
        _order = Math.Min(order, _outputs.Count);
        sample.CopyTo(_last);
        Predict(call, sample);
    }

    private void Predict(int call, Span<float> sample)
    {
        Span<double> nodes = stackalloc double[OrderMax], rhos = stackalloc double[OrderMax];
        Terms terms = Form(call + 1, call, _order, nodes);
        if (_order == 2) rhos[0] = 0.5;
        else if (_order == 3) Solve(terms, nodes, _order - 1, rhos);
        Apply(terms, nodes, rhos, sample, sample);
    }

    private void Correct(int call, Span<float> sample)
    {
        Span<double> nodes = stackalloc double[OrderMax], rhos = stackalloc double[OrderMax];
        Terms terms = Form(call, call - 1, _order, nodes);
        if (_order == 1) rhos[0] = 0.5;
        else Solve(terms, nodes, _order, rhos);
        double newest = rhos[_order - 1];
        Apply(terms, nodes, rhos, _last, sample);
        LatentMath.Combine(sample, 1, sample, terms.OfDifferences * newest, _converted, -terms.OfDifferences * newest, _outputs[0]);
    }

    /// <summary>What a step from one level to another is made of.</summary>
    private readonly record struct Terms(double OfSample, double OfNewest, double OfDifferences, double Hh, double Bh, int Order);

    private Terms Form(int toCall, int fromCall, int order, Span<double> nodes)
    {
        Level to = At(toCall), from = At(fromCall);
        double h = to.Lambda - from.Lambda, hh = Config.PredictX0 ? -h : h, phi = Exponential.MinusOne(hh);
        for (int i = 1; i < order; i++) nodes[i - 1] = (At(fromCall - i).Lambda - from.Lambda) / h;
        nodes[order - 1] = 1;
        double scale = Config.PredictX0 ? to.Alpha : to.Sigma, bh = _isFirstKind ? hh : phi;
        double ofSample = Config.PredictX0 ? to.Sigma / from.Sigma : to.Alpha / from.Alpha;
        return new Terms(ofSample, -scale * phi, -scale * bh, hh, bh, order);
    }

    /// <summary>sample = the exponential step of <paramref name="from"/> plus the weighted differences of earlier outputs.</summary>
    private void Apply(Terms terms, ReadOnlySpan<double> nodes, ReadOnlySpan<double> rhos, ReadOnlySpan<float> from, Span<float> sample)
    {
        double ofNewest = terms.OfNewest;
        for (int i = 1; i < terms.Order; i++) ofNewest -= terms.OfDifferences * rhos[i - 1] / nodes[i - 1];
        LatentMath.Combine(sample, terms.OfSample, from, ofNewest, _outputs[0]);
        for (int i = 1; i < terms.Order; i++) LatentMath.Add(sample, terms.OfDifferences * rhos[i - 1] / nodes[i - 1], _outputs[i]);
    }

    /// <summary>Solves Σ ρₖ·rₖ^(i−1) = bᵢ for the first <paramref name="count"/> nodes, by elimination with pivots.</summary>
    private static void Solve(Terms terms, ReadOnlySpan<double> nodes, int count, Span<double> rhos)
    {
        Span<double> matrix = stackalloc double[OrderMax * OrderMax];
        double phiK = Exponential.MinusOne(terms.Hh) / terms.Hh - 1, factorial = 1;
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < count; k++) matrix[i * OrderMax + k] = Math.Pow(nodes[k], i);
            rhos[i] = phiK * factorial / terms.Bh;
            factorial *= i + 2;
            phiK = phiK / terms.Hh - 1 / factorial;
        }

        for (int column = 0; column < count; column++)
        {
            int pivot = column;
            for (int row = column + 1; row < count; row++)
            {
                if (Math.Abs(matrix[row * OrderMax + column]) > Math.Abs(matrix[pivot * OrderMax + column])) pivot = row;
            }

            for (int k = 0; k < count; k++)
                (matrix[column * OrderMax + k], matrix[pivot * OrderMax + k]) = (matrix[pivot * OrderMax + k], matrix[column * OrderMax + k]);
            (rhos[column], rhos[pivot]) = (rhos[pivot], rhos[column]);
            for (int row = 0; row < count; row++)
            {
                if (row == column) continue;
                double factor = matrix[row * OrderMax + column] / matrix[column * OrderMax + column];
                for (int k = column; k < count; k++) matrix[row * OrderMax + k] -= factor * matrix[column * OrderMax + k];
                rhos[row] -= factor * rhos[column];
            }
        }

        for (int i = 0; i < count; i++) rhos[i] /= matrix[i * OrderMax + i];
    }
}
