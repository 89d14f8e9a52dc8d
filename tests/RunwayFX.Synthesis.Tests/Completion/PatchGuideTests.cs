using CsCheck;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class PatchGuideTests
{
    private const int Width = 24, Height = 20;

    [Test]
    public void Distance_OfAnyPatches_IsTheSumOfSquares_WithAndWithoutVectors() =>
        Gen.Select(Gen.Int, Gen.Int[3, Width - 4], Gen.Int[3, Height - 4], Gen.Int[3, Width - 4],
            Gen.Int[3, Height - 4]).Sample((seed, ax, ay, bx, by) =>
        {
            PatchGuide guide = RandomGuide(seed);
            int expected = 0;
            for (int v = -3; v <= 3; v++)
            {
                for (int i = -12; i < 16; i++)
                {
                    int difference = guide.Values[((ay + v) * Width + ax) * 4 + i] - guide.Values[((by + v) * Width + bx) * 4 + i];
                    expected += difference * difference;
                }
            }

            return new[] { PatchKernelKind.Auto, PatchKernelKind.Scalar, PatchKernelKind.Vector128 }.All(kernel =>
                RandomGuide(seed, kernel).Distance(ay * Width + ax, by * Width + bx, int.MaxValue) == expected);
        });

    [Test]
    public void Distance_OverTheLimit_IsAtLeastTheLimit() => Gen.Select(Gen.Int, Gen.Int[0, 2_000_000]).Sample((seed, limit) =>
    {
        PatchGuide guide = RandomGuide(seed);
        int a = 5 * Width + 6, b = 12 * Width + 15, exact = guide.Distance(a, b, int.MaxValue), limited = guide.Distance(a, b, limit);
        return exact < limit ? limited == exact : limited >= limit;
    });

    private static PatchGuide RandomGuide(int seed, PatchKernelKind kernel = PatchKernelKind.Auto)
    {
        PatchGuide guide = new(Width, Height, kernel);
        TestPictures.RandomBytes(seed, guide.Values.Length).CopyTo(guide.Values, 0);
        return guide;
    }
}
