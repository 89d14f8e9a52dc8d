using CsCheck;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class NearestKnownTests
{
    [Test]
    public void HolesAroundARectangle_PointToItsNearestPixel()
    {
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 7], Gen.Int[1, 10], Gen.Int[1, 8]).Sample((left, top, width, height) =>
        {
            HoleMask mask = HoleMask.Around(20, 16, left, top, left + width, top + height);
            (short[] x, short[] y) = NearestKnown.Find(20, 16, [.. mask.Holes]);
            for (int p = 0; p < x.Length; p++)
            {
                if (p % 20 + x[p] != Math.Clamp(p % 20, left, left + width - 1)
                    || p / 20 + y[p] != Math.Clamp(p / 20, top, top + height - 1)) return false;
            }

            return true;
        });
    }

    [Test]
    public void AnyHoles_PointToAKnownPixel_NotMuchFurtherThanTheNearest() =>
        Gen.Bool.Array[12 * 10].Where(holes => holes.Contains(false)).Sample(holes =>
    {
        (short[] x, short[] y) = NearestKnown.Find(12, 10, holes);
        for (int p = 0; p < holes.Length; p++)
        {
            if (holes[(p / 12 + y[p]) * 12 + p % 12 + x[p]]) return false;
            double nearest = Enumerable.Range(0, holes.Length).Where(q => !holes[q]).Min(q =>
                Math.Sqrt(Math.Pow(q % 12 - p % 12, 2) + Math.Pow(q / 12 - p / 12, 2)));
            if (Math.Sqrt(x[p] * x[p] + y[p] * y[p]) > nearest + 0.5) return false;
        }

        return true;
    });
}
