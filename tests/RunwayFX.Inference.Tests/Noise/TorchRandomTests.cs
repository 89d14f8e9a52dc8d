using RunwayFX.Inference.Noise;

namespace RunwayFX.Inference.Tests.Noise;

/// <summary>Numbers that PyTorch prints for these seeds; the sums stand in scheduler_oracles.json.</summary>
public sealed class TorchRandomTests
{
    [TestCase(0ul, new[] { 1.5410f, -0.2934f, -2.1788f, 0.5684f, -1.0845f })]
    [TestCase(42ul, new[] { 0.3367f, 0.1288f, 0.2345f, 0.2303f, -1.1229f })]
    [TestCase(1ul, new[] { 0.6614f, 0.2669f, 0.0617f, 0.6213f, -0.4519f })]
    public void FewerThanSixteenNormals_AreTorchs(ulong seed, float[] expected)
    {
        float[] values = new float[expected.Length];
        new TorchRandom(seed).FillNormal(values);
        Assert.That(values, Is.EqualTo(expected).Within(5.1e-5f));
    }

    [TestCase(0ul, new[] { 0.4963f, 0.7682f, 0.0885f, 0.1320f, 0.3074f, 0.6341f })]
    [TestCase(42ul, new[] { 0.8823f, 0.9150f, 0.3829f, 0.9593f, 0.3904f, 0.6009f })]
    public void Uniforms_AreTorchs(ulong seed, float[] expected)
    {
        float[] values = new float[expected.Length];
        new TorchRandom(seed).FillUniform(values);
        Assert.That(values, Is.EqualTo(expected).Within(5.1e-5f));
    }

    [Test]
    public void SixteenNormalsAndMore_AreTorchs()
    {
        float[] zero = new float[4 * 3 * 8 * 8];
        new TorchRandom(0).FillNormal(zero);
        Assert.That(zero[..16], Is.EqualTo(new[]
        {
            -1.1258398f, -1.1523602f, -0.25057858f, -0.43387884f, 0.8487103f, 0.69200915f, -0.31601277f, -2.1152194f, 0.3222749f, -1.2633348f, 0.3499832f,
            0.30813393f, 0.1198415f, 1.237658f, 1.1167772f, -0.24727815f,
        }).Within(2e-6f));

        float[] fortyTwo = new float[4 * 64 * 64];
        new TorchRandom(42).FillNormal(fortyTwo);
        Assert.That(fortyTwo[..8], Is.EqualTo(new[]
        {
            1.9269153f, 1.4872841f, 0.9007172f, -2.1055212f, 0.67841846f, -1.2345449f, -0.04306748f, -1.604667f,
        }).Within(2e-6f));
        Assert.That(fortyTwo.Sum(value => (double)value), Is.EqualTo(149.7647976).Within(1e-4));
    }

    [Test]
    public void SumOfLatents_IsTorchs()
    {
        float[] values = new float[4 * 64 * 64];
        new TorchRandom(0).FillNormal(values);
        Assert.That(values.Sum(value => (double)value), Is.EqualTo(-124.11269616).Within(1e-4));
    }

    [Test]
    public void CountThatIsNoMultipleOfSixteen_DrawsTheLastBlockAnew()
    {
        float[] nineteen = new float[19], more = new float[48];
        new TorchRandom(5).FillNormal(nineteen);
        new TorchRandom(5).FillNormal(more);
        Assert.That(nineteen[..3], Is.EqualTo(more[..3]));
        Assert.That(nineteen[3..16], Is.Not.EqualTo(more[3..16]));
    }

    [Test]
    public void SecondOfAPair_WaitsForTheNextShortRequest()
    {
        float[] together = new float[4], apart = new float[4];
        new TorchRandom(9).FillNormal(together);
        var random = new TorchRandom(9);
        for (int i = 0; i < apart.Length; i++) random.FillNormal(apart.AsSpan(i, 1));
        Assert.That(apart, Is.EqualTo(together));
    }

    [Test]
    public void SeedsEqualInTheLowBits_AreOneSeed()
    {
        float[] low = new float[20], high = new float[20];
        new TorchRandom(7).FillNormal(low);
        new TorchRandom(7 | (1ul << 40)).FillNormal(high);
        Assert.That(high, Is.EqualTo(low));
    }

    [Test]
    public void Reference_MersenneTwisterOf5489()
    {
        // The 10,000th output that the C++ standard demands of std::mt19937 with its default seed.
        var random = new TorchRandom(5489);
        uint value = 0;
        for (int i = 0; i < 10_000; i++) value = random.NextBits();
        Assert.That(value, Is.EqualTo(4_123_659_995u));
    }

    [Test]
    public void PictureOfABatch_IsThePictureOfItsSeed()
    {
        float[] batch = new float[3 * 64], alone = new float[64];
        NoiseSource.ForBatch(11, 3).FillNormal(batch);
        new NoiseSource(13).FillNormal(alone);
        Assert.That(batch[128..], Is.EqualTo(alone));
    }

    [Test]
    public void LengthThatDoesNotDivide_Throws()
        => Assert.That(() => NoiseSource.ForBatch(1, 3).FillNormal(new float[16]), Throws.ArgumentException.With.Message.Contains("16 values"));

    [Test]
    public void FillNormal_AllocatesNothing()
    {
        var noise = NoiseSource.ForBatch(1, 2);
        float[] values = new float[2 * 1024];
        noise.FillNormal(values);
        long before = GC.GetAllocatedBytesForCurrentThread();
        noise.FillNormal(values);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }
}
