using RunwayFX.Inference.Noise;
using RunwayFX.Inference.Schedulers;

namespace RunwayFX.Inference.Tests.Schedulers;

/// <summary>What every sampler promises: no allocation, the same bits twice, starts from a picture, and errors that name what is wrong.</summary>
public sealed class SchedulerTests
{
    private const int Length = 2 * 4 * 8 * 9;

    [Test]
    public void Step_AllocatesNothing([Values] SchedulerKind kind)
    {
        var scheduler = Prepared(kind);
        float[] sample = new float[Length], scaled = new float[Length];
        NoiseSource noise = NoiseSource.ForBatch(1, 2);
        noise.FillNormal(sample);
        long before = 0;
        while (scheduler.CallIndex < scheduler.Timesteps.Length)
        {
            if (scheduler.CallIndex == 2) before = GC.GetAllocatedBytesForCurrentThread();
            scheduler.ScaleModelInput(sample, scaled);
            scheduler.Step(scaled, sample, noise);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sample, Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void SameRunTwice_SameBits([Values] SchedulerKind kind)
    {
        var scheduler = Prepared(kind);
        float[] first = Through(scheduler, 0), other = Through(Prepared(kind), 0);
        scheduler.Begin();
        Assert.That(other, Is.EqualTo(first));
        Assert.That(Through(scheduler, 0), Is.EqualTo(first), "begun again");
    }

    [Test]
    public void RunFromAPicture_StartsWhereStrengthSays([Values] SchedulerKind kind)
    {
        var scheduler = Prepared(kind);
        int calls = scheduler.Timesteps.Length;
        Assert.That(scheduler.FirstCall(0), Is.EqualTo(calls));
        Assert.That(scheduler.FirstCall(1), Is.Zero);
        int half = scheduler.FirstCall(0.5);
        Assert.That(half, Is.InRange(calls / 4, calls * 3 / 4 + 1));
        Assert.That(Through(scheduler, half), Has.All.Matches<float>(float.IsFinite));
        float[] clean = [.. Enumerable.Repeat(0.25f, Length)], noise = new float[Length], noisy = new float[Length];
        scheduler.AddNoise(clean, noise, noisy, calls);
        Assert.That(noisy, Is.EqualTo(clean), "no call is left: no noise");
    }

    [Test]
    public void StepPastTheEnd_Throws()
    {
        var scheduler = Prepared(SchedulerKind.Euler);
        scheduler.Begin(scheduler.Timesteps.Length);
        float[] values = new float[Length];
        Assert.That(() => scheduler.Step(values, values), Throws.InvalidOperationException);
        Assert.That(() => scheduler.Begin(scheduler.Timesteps.Length + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void WrongLengthOrNoNoise_Throws()
    {
        var scheduler = Prepared(SchedulerKind.EulerAncestral);
        float[] values = new float[Length];
        Assert.That(() => scheduler.Step(values.AsSpan(1), values), Throws.ArgumentException.With.Message.Contains($"{Length - 1} values"));
        Assert.That(() => scheduler.Step(values, values), Throws.ArgumentNullException);
    }

    [TestCase(0, Length, 1)]
    [TestCase(SchedulerRun.StepsMax + 1, Length, 1)]
    [TestCase(10, 0, 1)]
    [TestCase(10, 63, 2)]
    [TestCase(10, 64, SchedulerRun.BatchMax + 1)]
    public void ImpossibleRun_IsRefused(int steps, int length, int batch)
        => Assert.That(() => Scheduler.Create(new SchedulerConfig(), SchedulerKind.Ddim).Prepare(new SchedulerRun { Steps = steps, Length = length, Batch = batch }),
            Throws.TypeOf<InferenceException>().With.Property("Code").EqualTo(InferenceError.SettingUnsupported));

    [Test]
    public void Sigmas_FallFromStartToEnd([Values(SigmaSpacing.Timesteps, SigmaSpacing.Karras, SigmaSpacing.Exponential, SigmaSpacing.Beta)] SigmaSpacing spacing,
        [Values(SchedulerKind.Euler, SchedulerKind.DpmMultistep, SchedulerKind.UniPc, SchedulerKind.Heun)] SchedulerKind kind,
        [Values] TimestepSpacing timesteps)
    {
        var scheduler = Scheduler.Create(new SchedulerConfig { SigmaSpacing = spacing, TimestepSpacing = timesteps, StepsOffset = 1 }, kind);
        scheduler.Prepare(new SchedulerRun { Steps = 12, Length = 4 });
        float[] sigmas = scheduler.Sigmas.ToArray();
        Assert.That(sigmas, Is.Ordered.Descending.And.Unique);
        Assert.That(sigmas[^1], Is.Zero);
        Assert.That(sigmas, Has.Length.EqualTo(13));
    }

    [TestCase(0.1, 0.005742)]
    [TestCase(0.5, 0.5)]
    [TestCase(0.9, 0.994258)]
    public void BetaQuantile_InvertsTheDistribution(double probability, double nearly)
    {
        double x = BetaDistribution.Quantile(probability, 0.6, 0.6);
        Assert.That(BetaDistribution.Cumulative(x, 0.6, 0.6), Is.EqualTo(probability).Within(1e-12));
        Assert.That(1 - BetaDistribution.Quantile(1 - probability, 0.6, 0.6), Is.EqualTo(x).Within(1e-9));
        if (probability == 0.5) Assert.That(x, Is.EqualTo(nearly).Within(1e-9));
        // Beta(1/2, 1/2) and Beta(2, 2) have closed forms.
        Assert.That(BetaDistribution.Cumulative(0.3, 0.5, 0.5), Is.EqualTo(2 / Math.PI * Math.Asin(Math.Sqrt(0.3))).Within(1e-12));
        Assert.That(BetaDistribution.Cumulative(0.3, 2, 2), Is.EqualTo(3 * 0.09 - 2 * 0.027).Within(1e-12));
    }

    [Test]
    public void RescaledSchedule_EndsWithoutSignal()
    {
        SchedulerConfig config = new() { RescaleBetasZeroSnr = true, Prediction = PredictionType.Velocity };
        NoiseSchedule schedule = new(config, (0.00085, 0.012, BetaSchedule.ScaledLinear), keepsFinite: false);
        NoiseSchedule plain = new(new SchedulerConfig(), (0.00085, 0.012, BetaSchedule.ScaledLinear), keepsFinite: false);
        Assert.That(schedule.Alpha(999), Is.EqualTo(0).Within(1e-9));
        Assert.That(schedule.Alpha(0), Is.EqualTo(plain.Alpha(0)).Within(1e-6));
        foreach (SchedulerKind kind in new[] { SchedulerKind.Ddim, SchedulerKind.Euler, SchedulerKind.DpmMultistep, SchedulerKind.UniPc })
        {
            var scheduler = Scheduler.Create(config with { TimestepSpacing = TimestepSpacing.Trailing, ClipSample = false }, kind);
            scheduler.Prepare(new SchedulerRun { Steps = 10, Length = Length, Batch = 2 });
            Assert.That(Through(scheduler, 0), Has.All.Matches<float>(float.IsFinite), $"{kind}");
        }
    }

    [Test]
    public void Thresholding_LooksAtEachPictureAlone()
    {
        SchedulerConfig config = new() { Thresholding = true, DynamicThresholdingRatio = 1, SampleMaxValue = 100, Prediction = PredictionType.Sample };
        var scheduler = Scheduler.Create(config, SchedulerKind.Ddim);
        scheduler.Prepare(new SchedulerRun { Steps = 10, Length = 8, Batch = 2 });
        float[] sample = new float[8];
        scheduler.Step([0.5f, -0.5f, 0.25f, 0, 4, -2, 1, 0], sample);
        Assert.That(scheduler.Denoised.ToArray(), Is.EqualTo(new[] { 0.5f, -0.5f, 0.25f, 0, 1, -0.5f, 0.25f, 0 }).Within(1e-6f));
    }

    private static Scheduler Prepared(SchedulerKind kind)
    {
        var scheduler = Scheduler.Create(new SchedulerConfig(), kind);
        scheduler.Prepare(new SchedulerRun { Steps = 8, Length = Length, Batch = 2 });
        return scheduler;
    }

    private static float[] Through(Scheduler scheduler, int call)
    {
        float[] sample = new float[Length], scaled = new float[Length];
        NoiseSource noise = NoiseSource.ForBatch(5, 2);
        noise.FillNormal(sample);
        scheduler.Begin(call);
        while (scheduler.CallIndex < scheduler.Timesteps.Length)
        {
            scheduler.ScaleModelInput(sample, scaled);
            scheduler.Step(scaled, sample, noise);
        }

        return sample;
    }
}
