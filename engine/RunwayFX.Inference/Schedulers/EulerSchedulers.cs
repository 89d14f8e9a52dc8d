using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Schedulers;

/// <summary>Euler's method in noise level.</summary>
public sealed class EulerScheduler : OneCallSigmaScheduler
{
    internal EulerScheduler(SchedulerConfig config)
        : base(SchedulerKind.Euler, config, 0.0001, 0.02)
    {
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        double sigma = Sigma(call);
        Denoise(sigma, modelOutput, sample);
        Follow(sigma, Sigma(call + 1) - sigma, sample, sample);
    }
}

/// <summary>Euler's method that goes below the next noise level and adds fresh noise up to it, in every step.</summary>
public sealed class EulerAncestralScheduler : OneCallSigmaScheduler
{
    internal EulerAncestralScheduler(SchedulerConfig config)
        : base(SchedulerKind.EulerAncestral, config, 0.0001, 0.02)
    {
    }

    /// <inheritdoc/>
    public override bool IsStochastic => true;

    /// <summary>The level to go down to, and the noise that leads back up.</summary>
    internal static (double Down, double Up) Split(double from, double to)
    {
        double up = Math.Sqrt(Math.Max(to * to * (from * from - to * to) / (from * from), 0));
        return (Math.Sqrt(Math.Max(to * to - up * up, 0)), up);
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        double sigma = Sigma(call);
        var (down, up) = Split(sigma, Sigma(call + 1));
        Denoise(sigma, modelOutput, sample);
        Follow(sigma, down - sigma, sample, sample);
        LatentMath.Add(sample, up, DrawNoise(noise)); // Drawn in the last step too, where none is added: the numbers that follow stay PyTorch's.
    }
}

/// <summary>Heun's method: Euler's step, then the mean of the derivatives at both its ends.</summary>
public sealed class HeunScheduler : TwoCallSigmaScheduler
{
    private float[] _derivative = [];

    internal HeunScheduler(SchedulerConfig config)
        : base(SchedulerKind.Heun, config)
    {
    }

    private protected override double InnerSigma(int step) => Sigma(step + 1);

    private protected override double InnerTimestep(int step, ReadOnlySpan<double> timesteps) => timesteps[step + 1];

    private protected override double[] Lay(SchedulerRun run)
    {
        _derivative = _derivative.Length == run.Length ? _derivative : new float[run.Length];
        return base.Lay(run);
    }

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        int step = call / 2;
        double sigma = SigmaOfCall(call), change = Sigma(step + 1) - Sigma(step);
        Denoise(sigma, modelOutput, sample);
        LimitDenoised(Config.ClipSample ?? false);
        if (call % 2 == 0)
        {
            sample.CopyTo(Start);
            LatentMath.Combine(_derivative, 1 / sigma, sample, -1 / sigma, DenoisedBuffer);
            Follow(sigma, change, sample, sample);
        }
        else
        {
            LatentMath.Combine(_derivative, 0.5, _derivative, 0.5 / sigma, sample, -0.5 / sigma, DenoisedBuffer);
            LatentMath.Combine(sample, 1, Start, change, _derivative);
        }
    }
}

/// <summary>The midpoint method in log noise level, with or without fresh noise in every step.</summary>
public sealed class Kdpm2Scheduler : TwoCallSigmaScheduler
{
    private readonly bool _isAncestral;

    internal Kdpm2Scheduler(SchedulerConfig config, bool ancestral)
        : base(ancestral ? SchedulerKind.Kdpm2Ancestral : SchedulerKind.Kdpm2, config) => _isAncestral = ancestral;

    /// <inheritdoc/>
    public override bool IsStochastic => _isAncestral;

    private protected override bool RoundsSpacedTimesteps => true;

    private protected override double InnerSigma(int step)
    {
        double end = _isAncestral ? EulerAncestralScheduler.Split(Sigma(step), Sigma(step + 1)).Down : Sigma(step + 1);
        return Math.Sqrt(Sigma(step) * end);
    }

    private protected override double InnerTimestep(int step, ReadOnlySpan<double> timesteps) => Schedule.TimestepOf(InnerSigma(step));

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        int step = call / 2;
        double start = Sigma(step), sigma = SigmaOfCall(call);
        Denoise(sigma, modelOutput, sample);
        if (call % 2 == 0)
        {
            sample.CopyTo(Start);
            Follow(sigma, InnerSigma(step) - start, sample, sample);
            return;
        }

        var (down, up) = _isAncestral ? EulerAncestralScheduler.Split(start, Sigma(step + 1)) : (Sigma(step + 1), 0);
        Follow(sigma, down - start, Start, sample);
        if (_isAncestral) LatentMath.Add(sample, up, DrawNoise(noise));
    }
}

/// <summary>Linear multistep of order 4 in noise level: the derivative's polynomial is integrated.</summary>
/// <remarks>In a run that starts from a picture the first steps take their coefficients from the whole order, as published, although fewer derivatives
/// are known.</remarks>
public sealed class LmsScheduler : OneCallSigmaScheduler
{
    private const int OrderMax = 4;

    // Gauss-Legendre with two points is exact for the cubic that order 4 needs.
    private const double GaussPoint = 0.57735026918962576;

    private readonly OutputHistory _derivatives = new(OrderMax);

    internal LmsScheduler(SchedulerConfig config)
        : base(SchedulerKind.Lms, config, 0.0001, 0.02)
    {
    }

    private protected override double[] Lay(SchedulerRun run)
    {
        _derivatives.Resize(run.Length);
        return base.Lay(run);
    }

    private protected override void Restart(int call) => _derivatives.Clear();

    private protected override void Advance(int call, ReadOnlySpan<float> modelOutput, Span<float> sample, NoiseSource? noise)
    {
        double sigma = Sigma(call);
        Denoise(sigma, modelOutput, sample);
        LatentMath.Combine(_derivatives.Next(), 1 / sigma, sample, -1 / sigma, DenoisedBuffer);
        int order = Math.Min(call + 1, OrderMax);
        for (int age = 0; age < Math.Min(order, _derivatives.Count); age++)
            LatentMath.Add(sample, Coefficient(order, call, age), _derivatives[age]);
    }

    private double Coefficient(int order, int step, int age)
    {
        double start = Sigma(step), end = Sigma(step + 1), middle = (start + end) / 2, half = (end - start) / 2;
        return half * (Lagrange(order, step, age, middle - half * GaussPoint) + Lagrange(order, step, age, middle + half * GaussPoint));
    }

    private double Lagrange(int order, int step, int age, double at)
    {
        double product = 1;
        for (int k = 0; k < order; k++)
        {
            if (k != age) product *= (at - Sigma(step - k)) / (Sigma(step - age) - Sigma(step - k));
        }

        return product;
    }
}
