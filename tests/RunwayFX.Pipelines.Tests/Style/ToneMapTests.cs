using CsCheck;
using RunwayFX.Pipelines.Style;

namespace RunwayFX.Pipelines.Tests.Style;

public sealed class ToneMapTests
{
    [Test]
    public void AnyTwoPictures_AreMappedInOrderAndInRange()
    {
        Gen.Select(Gen.Int[0, 1000], Gen.Double[0.05, 1], Gen.Double[0.05, 1]).Sample((seed, clipRange, styleRange) =>
        {
            ToneMap map = new(Plane(seed, clipRange), Plane(seed + 1, styleRange));
            float before = -1;
            for (int step = 0; step <= 300; step++)
            {
                float tone = map.Apply(step / 300f);
                if (tone < before || tone is < 0 or > 1) return false;
                before = tone;
            }

            return true;
        }, iter: 100);
    }

    [Test]
    public void SameRanges_ChangeLittle()
    {
        ToneMap map = new(Plane(1, 1), Plane(2, 1));
        foreach (float tone in new[] { 0.2f, 0.5f, 0.8f }) Assert.That(map.Apply(tone), Is.EqualTo(tone).Within(0.06));
    }

    [Test]
    public void FlatPicture_GivesFiniteTones()
    {
        ToneMap map = new(new LumaPlane(2, 2, [0.4f, 0.4f, 0.4f, 0.4f]), new LumaPlane(2, 1, [0, 0]));
        Assert.That(map.Apply(0.4f), Is.InRange(0, 1));
    }

    private static LumaPlane Plane(int seed, double range)
    {
        Random random = new(seed);
        double floor = (1 - range) * random.NextDouble();
        return new LumaPlane(64, 64, [.. Enumerable.Range(0, 64 * 64).Select(_ => (float)(floor + range * random.NextDouble()))]);
    }
}
