using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Tests.Schedulers;

/// <summary>Models whose flow is known: a Gaussian, whose error must fall with the sampler's order, and few pictures, of which every sampler must find one.</summary>
public sealed class SchedulerConvergenceTests
{
    private const double Mean = 0.3;
    private const double Deviation = 0.7;

    private static readonly SchedulerKind[] TimestepKinds =
        [SchedulerKind.Ddim, SchedulerKind.Ddpm, SchedulerKind.Lcm, SchedulerKind.Tcd, SchedulerKind.Pndm, SchedulerKind.DdimInverse];

    /// <summary>The flow of a Gaussian in σ: y(σ) = m + (y_T − m)·√(c²+σ²)/√(c²+T²).</summary>
    [TestCase(SchedulerKind.Euler, 1)]
    [TestCase(SchedulerKind.Heun, 2)]
    [TestCase(SchedulerKind.Kdpm2, 2)]
    [TestCase(SchedulerKind.DpmMultistep, 2)]
    [TestCase(SchedulerKind.DpmSinglestep, 2)]
    [TestCase(SchedulerKind.UniPc, 2)]
    [TestCase(SchedulerKind.Deis, 2)]
    public void GaussianModel_ErrorFallsWithTheOrder(SchedulerKind kind, int order)
    {
        int[] steps = [20, 40, 80];
        double[] errors = [.. steps.Select(count => GaussianError(kind, count))];
        TestContext.Out.WriteLine($"{kind}: {string.Join(", ", errors)}");
        // Orders measured over doubled steps; second-order methods may do better than their order.
        double measured = Math.Log2(errors[1] / errors[2]);
        Assert.That(measured, Is.GreaterThan(order - 0.25));
        if (order == 1) Assert.That(measured, Is.LessThan(1.3));
        else Assert.That(errors[2], Is.LessThan(GaussianError(SchedulerKind.Euler, steps[2]) / 10));
    }

    [Test]
    public void GaussianModel_ThirdOrderBeatsSecond()
    {
        double second = GaussianError(SchedulerKind.DpmMultistep, 40), third = GaussianError(SchedulerKind.DpmMultistep, 40, solverOrder: 3);
        Assert.That(third, Is.LessThan(second / 2));
    }

    [Test]
    public void GaussianModel_UniPcOfOrderThree_ErrorFallsByItsOrder()
    {
        double[] errors = [.. new[] { 20, 40, 80 }.Select(steps => GaussianError(SchedulerKind.UniPc, steps, solverOrder: 3))];
        double second = GaussianError(SchedulerKind.UniPc, 40);
        TestContext.Out.WriteLine($"order 3: {string.Join(", ", errors)}; order 2 at 40 steps: {second}");
        Assert.That(Math.Log2(errors[0] / errors[1]), Is.GreaterThan(2.75));
        Assert.That(errors[1], Is.LessThan(second / 2));
    }

    /// <summary>The stochastic forms draw from the flow's own distribution: N(m, c² + σ²) at the run's least noise level.</summary>
    [TestCase("sde-dpmsolver++", 1, 160)]
    [TestCase("sde-dpmsolver++", 2, 40)]
    [TestCase("sde-dpmsolver++", 3, 200)] // As published: its last term has the wrong sign of ½, which leaves it first order.
    [TestCase("sde-dpmsolver", 1, 320)]
    [TestCase("sde-dpmsolver", 2, 80)]
    public void GaussianModel_StochasticForms_DrawFromTheDistribution(string algorithm, int order, int steps)
    {
        (double mean, double deviation, double target) = GaussianDraw(algorithm, order, steps);
        TestContext.Out.WriteLine($"{algorithm} {order}: mean {mean}, deviation {deviation} for {target}");
        Assert.That(mean, Is.EqualTo(Mean).Within(0.02));
        Assert.That(deviation, Is.EqualTo(target).Within(0.02 * target));
    }

    [Test]
    public void GaussianModel_StochasticForm_ComesCloserWithMoreSteps()
    {
        (_, double few, double target) = GaussianDraw("sde-dpmsolver++", 1, 10);
        (_, double many, _) = GaussianDraw("sde-dpmsolver++", 1, 80);
        Assert.That(Math.Abs(many - target), Is.LessThan(Math.Abs(few - target) / 3));
    }

    [Test]
    public void ThreePictures_StochasticForms_EndOnOne([Values("sde-dpmsolver++", "dpmsolver++")] string algorithm, [Values(1, 2, 3)] int order)
    {
        const int length = 48;
        float[][] pictures = [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, length).Select(i => MathF.Sin((i + 1) * (k + 1) * 0.9f)).ToArray())];
        var scheduler = Scheduler.Create(new SchedulerConfig
        {
            BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, AlgorithmType = algorithm, SolverOrder = order,
        }, SchedulerKind.DpmMultistep);
        scheduler.Prepare(new SchedulerRun { Steps = 25, Length = length });
        Assert.That(scheduler.IsStochastic, Is.EqualTo(algorithm.StartsWith("sde", StringComparison.Ordinal)));
        NoiseSource noise = new(7);
        float[] sample = new float[length];
        noise.FillNormal(sample);
        Run(scheduler, sample, pictures, noise);
        Assert.That(pictures.Min(picture => picture.Zip(sample, (a, b) => Math.Abs(a - b)).Max()), Is.LessThan(1e-4f));
    }

    [Test]
    public void TwoSymmetricPictures_EndOnTheSignOfTheStart([Values(SchedulerKind.Ddim, SchedulerKind.Euler, SchedulerKind.Heun, SchedulerKind.DpmMultistep,
        SchedulerKind.DpmSinglestep, SchedulerKind.UniPc, SchedulerKind.Deis, SchedulerKind.Kdpm2, SchedulerKind.Lms, SchedulerKind.Pndm,
        SchedulerKind.FlowMatchEuler)] SchedulerKind kind, [Values(1ul, 2ul, 3ul, 4ul)] ulong seed)
    {
        const int length = 64;
        float[] picture = [.. Enumerable.Range(0, length).Select(i => MathF.Sin(i * 0.7f))], sample = new float[length];
        var scheduler = PictureScheduler(kind);
        scheduler.Prepare(new SchedulerRun { Steps = 50, Length = length });
        new NoiseSource(seed).FillNormal(sample);
        double projection = sample.Zip(picture, (x, mu) => (double)x * mu).Sum();
        for (int i = 0; i < length; i++) sample[i] *= scheduler.InitNoiseSigma;
        Run(scheduler, sample, [picture, [.. picture.Select(x => -x)]], new NoiseSource(seed));
        float[] expected = [.. picture.Select(x => x * Math.Sign(projection))];
        // DEIS and PNDM end at the schedule's least noise level, 0.029, and keep that noise.
        Assert.That(sample, Is.EqualTo(expected).Within(kind is SchedulerKind.Deis or SchedulerKind.Pndm ? 0.15f : 1e-4f));
    }

    [Test]
    public void ThreePictures_EverySamplerEndsOnOne([Values] SchedulerKind kind)
    {
        if (kind == SchedulerKind.DdimInverse) return; // Goes to the noise; its way back is tested below.
        const int length = 48;
        float[][] pictures = [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, length).Select(i => MathF.Sin((i + 1) * (k + 1) * 0.9f)).ToArray())];
        float[] sample = new float[length];
        var scheduler = PictureScheduler(kind);
        scheduler.Prepare(new SchedulerRun { Steps = 25, Length = length });
        NoiseSource noise = new(7);
        noise.FillNormal(sample);
        for (int i = 0; i < length; i++) sample[i] *= scheduler.InitNoiseSigma;
        Run(scheduler, sample, pictures, noise);
        float worst = pictures.Min(picture => picture.Zip(sample, (a, b) => Math.Abs(a - b)).Max());
        Assert.That(worst, Is.LessThan(EndsWithNoise(kind) ? 0.1f : 1e-4f));
        float preview = pictures.Min(picture => picture.Zip(scheduler.Denoised.ToArray(), (a, b) => Math.Abs(a - b)).Max());
        Assert.That(preview, Is.LessThan(0.1f), "the preview of the last step");
    }

    [Test]
    public void Inverse_ThenDdim_ReturnsToThePicture()
    {
        const int length = 16, steps = 200;
        SchedulerConfig config = new() { ClipSample = false, SetAlphaToOne = false };
        float[] sample = [.. Enumerable.Range(0, length).Select(i => MathF.Cos(i))], original = [.. sample];
        foreach (SchedulerKind kind in new[] { SchedulerKind.DdimInverse, SchedulerKind.Ddim })
        {
            var scheduler = Scheduler.Create(config, kind);
            scheduler.Prepare(new SchedulerRun { Steps = steps, Length = length });
            NoiseSchedule schedule = new(config, (0.0001, 0.02, BetaSchedule.Linear), keepsFinite: false);
            float[] output = new float[length];
            while (scheduler.CallIndex < scheduler.Timesteps.Length)
            {
                double alpha = schedule.Alpha((int)scheduler.Timesteps[scheduler.CallIndex]);
                for (int i = 0; i < length; i++) output[i] = (float)GaussianNoise(sample[i], alpha);
                scheduler.Step(output, sample);
            }
        }

        Assert.That(sample, Is.EqualTo(original).Within(0.02f));
    }

    private static bool EndsWithNoise(SchedulerKind kind) => kind is SchedulerKind.Deis or SchedulerKind.Pndm or SchedulerKind.Tcd;

    private static Scheduler PictureScheduler(SchedulerKind kind) => Scheduler.Create(
        new SchedulerConfig { BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, ClipSample = false, TimestepScaling = 1000 },
        kind);

    /// <summary>The ideal denoiser of a few pictures, in whatever terms the sampler speaks.</summary>
    private static void Run(Scheduler scheduler, float[] sample, float[][] pictures, NoiseSource noise)
    {
        NoiseSchedule schedule = new(scheduler.Config, (0.00085, 0.012, BetaSchedule.ScaledLinear), keepsFinite: true);
        float[] scaled = new float[sample.Length], output = new float[sample.Length];
        while (scheduler.CallIndex < scheduler.Timesteps.Length)
        {
            float timestep = scheduler.Timesteps[scheduler.CallIndex];
            scheduler.ScaleModelInput(sample, scaled);
            if (scheduler.Kind == SchedulerKind.FlowMatchEuler) Explain(scaled, pictures, 1 - timestep / 1000.0, timestep / 1000.0, output, flow: true);
            else if (scheduler.Kind == SchedulerKind.EdmEuler) ExplainEdm(scaled, pictures, Math.Exp(4.0 * timestep), output);
            else
            {
                double sigma = schedule.SigmaAt(timestep), alpha = 1 / Math.Sqrt(1 + sigma * sigma);
                Explain(scaled, pictures, alpha, sigma * alpha, output, flow: false);
            }

            scheduler.Step(output, sample, noise);
        }
    }

    private static float[] Clean(float[] x, float[][] pictures, double alpha, double sigma)
    {
        double[] logits = [.. pictures.Select(mu => x.Zip(mu, (a, b) => (alpha * a * b - 0.5 * alpha * alpha * b * b) / (sigma * sigma)).Sum())];
        double greatest = logits.Max(), total = logits.Sum(logit => Math.Exp(logit - greatest));
        float[] clean = new float[x.Length];
        for (int k = 0; k < pictures.Length; k++)
        {
            double weight = Math.Exp(logits[k] - greatest) / total;
            for (int i = 0; i < x.Length; i++) clean[i] += (float)(weight * pictures[k][i]);
        }

        return clean;
    }

    private static void Explain(float[] x, float[][] pictures, double alpha, double sigma, float[] output, bool flow)
    {
        float[] clean = Clean(x, pictures, alpha, sigma);
        for (int i = 0; i < x.Length; i++)
        {
            double noise = (x[i] - alpha * clean[i]) / sigma;
            output[i] = (float)(flow ? noise - clean[i] : noise);
        }
    }

    private static void ExplainEdm(float[] scaled, float[][] pictures, double sigma, float[] output)
    {
        const double data = 0.5;
        double variance = sigma * sigma + data * data;
        float[] x = [.. scaled.Select(value => (float)(value * Math.Sqrt(variance)))], clean = Clean(x, pictures, 1, sigma);
        for (int i = 0; i < x.Length; i++)
            output[i] = (float)((clean[i] - data * data / variance * x[i]) / (sigma * data / Math.Sqrt(variance)));
    }

    /// <summary>The noise in a sample √ᾱ·x₀ + √(1−ᾱ)·ε of x₀ ~ N(m, c²).</summary>
    private static double GaussianNoise(double x, double alpha)
    {
        double variance = alpha * Deviation * Deviation + 1 - alpha;
        return Math.Sqrt(1 - alpha) * (x - Math.Sqrt(alpha) * Mean) / variance;
    }

    /// <summary>How far a run of the Gaussian model ends from the flow's own end at the run's least noise level.</summary>
    private static double GaussianError(SchedulerKind kind, int steps, int solverOrder = 2)
    {
        // Evenly in log σ from 20 to 0.1, so that halving the step halves it everywhere; the last step to no noise is left out.
        SchedulerConfig config = new()
        {
            SigmaSpacing = SigmaSpacing.Exponential, SigmaMin = 0.1, SigmaMax = 20, SolverOrder = solverOrder, EndsAtSigmaMin = true,
            BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear, LowerOrderFinal = false,
        };
        Assert.That(TimestepKinds, Does.Not.Contain(kind));
        var scheduler = Scheduler.Create(config, kind);
        const int length = 8;
        scheduler.Prepare(new SchedulerRun { Steps = steps, Length = length });
        bool isVariancePreserving = scheduler.InitNoiseSigma == 1;
        double[] start = [.. Enumerable.Range(0, length).Select(i => 20 * (i - 3.5))];
        double first = scheduler.Sigmas[0], last = scheduler.Sigmas[steps - 1];
        double toSample = isVariancePreserving ? 1 / Math.Sqrt(1 + first * first) : 1;
        float[] sample = [.. start.Select(y => (float)(y * toSample))], scaled = new float[length], output = new float[length];
        int calls = kind is SchedulerKind.Heun or SchedulerKind.Kdpm2 ? 2 * (steps - 1) : steps - 1;
        for (int call = 0; call < calls; call++)
        {
            scheduler.ScaleModelInput(sample, scaled);
            double sigma = SigmaOf(scheduler, kind, call), alpha = 1 / (1 + sigma * sigma);
            for (int i = 0; i < length; i++) output[i] = (float)GaussianNoise(scaled[i], alpha);
            scheduler.Step(output, sample);
        }

        double scale = Math.Sqrt((Deviation * Deviation + last * last) / (Deviation * Deviation + first * first));
        double back = isVariancePreserving ? Math.Sqrt(1 + last * last) : 1;
        return start.Select((y, i) => Math.Abs(sample[i] * back - (Mean + (y - Mean) * scale))).Max();
    }

    /// <summary>Mean and deviation of what a stochastic solver makes of the Gaussian model, and the deviation that it should have.</summary>
    private static (double Mean, double Deviation, double Target) GaussianDraw(string algorithm, int order, int steps)
    {
        SchedulerConfig config = new()
        {
            SigmaSpacing = SigmaSpacing.Exponential, SigmaMin = 0.1, SigmaMax = 20, SolverOrder = order, EndsAtSigmaMin = true, LowerOrderFinal = false, AlgorithmType = algorithm,
            BetaStart = 0.00085, BetaEnd = 0.012, BetaSchedule = BetaSchedule.ScaledLinear,
        };
        const int length = 40_000;
        var scheduler = Scheduler.Create(config, SchedulerKind.DpmMultistep);
        scheduler.Prepare(new SchedulerRun { Steps = steps, Length = length });
        double first = scheduler.Sigmas[0], last = scheduler.Sigmas[steps - 1];
        NoiseSource noise = new(11);
        float[] sample = new float[length], output = new float[length];
        noise.FillNormal(sample);
        for (int i = 0; i < length; i++)
            sample[i] = (float)((Mean + sample[i] * Math.Sqrt(Deviation * Deviation + first * first)) / Math.Sqrt(1 + first * first));
        for (int call = 0; call < steps - 1; call++)
        {
            double sigma = scheduler.Sigmas[call], alpha = 1 / (1 + sigma * sigma);
            for (int i = 0; i < length; i++) output[i] = (float)GaussianNoise(sample[i], alpha);
            scheduler.Step(output, sample, noise);
        }

        double[] clean = [.. sample.Select(value => value * Math.Sqrt(1 + last * last))];
        double mean = clean.Average();
        return (mean, Math.Sqrt(clean.Average(value => (value - mean) * (value - mean))), Math.Sqrt(Deviation * Deviation + last * last));
    }

    private static double SigmaOf(Scheduler scheduler, SchedulerKind kind, int call)
    {
        double start = scheduler.Sigmas[kind is SchedulerKind.Heun or SchedulerKind.Kdpm2 ? call / 2 : call];
        if (kind == SchedulerKind.Heun && call % 2 == 1) return scheduler.Sigmas[call / 2 + 1];
        return kind == SchedulerKind.Kdpm2 && call % 2 == 1 ? Math.Sqrt(start * scheduler.Sigmas[call / 2 + 1]) : start;
    }
}
