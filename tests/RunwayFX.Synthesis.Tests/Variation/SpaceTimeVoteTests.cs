using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Synthesis.Tests.Variation;

public sealed class SpaceTimeVoteTests
{
    [TestCase(3, 7)]
    [TestCase(1, 5)]
    public void Median_IsTheLowerMedianOfAllCoveringPatches(int patchFrames, int side)
    {
        SpaceTimeVolume source = ClipVariationTests.Scene(31, 24, 4), target = new(29, 22, 4);
        SpaceTimeField field = new(target.Width, target.Height, target.Frames, new PatchShape(patchFrames, side));
        PatchWork work = new(2, CancellationToken.None);
        new SpaceTimeSearch(target, source, field, null, PatchKernelKind.Auto, work).Scatter(3);
        int[] map = new int[target.Voxels];

        new SpaceTimeVote(field, source, target, VoteKind.Median, work).Run(map);

        for (int i = 0; i < target.Voxels; i++)
        {
            int x = i % target.Width, y = i / target.Width % target.Height, t = i / target.Width / target.Height;
            List<int> covering = Covering(field, source, t, y, x);
            byte[] expected = [.. Enumerable.Range(0, 4).Select(c => covering.Select(at => source.Bytes[4 * at + c]).Order().ElementAt((covering.Count - 1) / 2))];
            Assert.That(target.Bytes.AsSpan(4 * i, 4).ToArray(), Is.EqualTo(expected), $"pixel {x}, {y}, {t}");
            int nearest = covering.Min(Difference);
            Assert.That(Difference(map[i]), Is.EqualTo(nearest), $"map of pixel {x}, {y}, {t}");

            int Difference(int at) => Enumerable.Range(0, 4).Sum(c => Math.Abs(source.Bytes[4 * at + c] - expected[c]));
        }
    }

    [Test]
    public void Distance_OfEveryKernel_IsThePlainOne([Values(1, 3)] int frames, [Values(1, 3, 5, 7)] int side)
    {
        SpaceTimeVolume a = ClipVariationTests.Scene(20, 17, 4), b = ClipVariationTests.Scene(23, 15, 5);
        Random random = new(7);
        for (int i = 0; i < 50; i++)
        {
            (int ay, int ax, int by, int bx) = (random.Next(17 - side), random.Next(20 - side), random.Next(15 - side), random.Next(23 - side));
            int expected = 0;
            for (int value = 0; value < frames * side * side * 4; value++)
            {
                int c = value % 4, x = value / 4 % side, y = value / 4 / side % side, t = value / 4 / side / side;
                int difference = a.Bytes[((t * 17 + ay + y) * 20 + ax + x) * 4 + c] - b.Bytes[((t * 15 + by + y) * 23 + bx + x) * 4 + c];
                expected += difference * difference;
            }

            foreach (PatchKernelKind kind in Enum.GetValues<PatchKernelKind>())
            {
                if (kind == PatchKernelKind.Vector256 && !System.Runtime.Intrinsics.X86.Avx2.IsSupported) continue;
                if (kind == PatchKernelKind.Vector512 && !System.Runtime.Intrinsics.X86.Avx512BW.IsSupported) continue;
                Assert.That(Distance(kind, int.MaxValue), Is.EqualTo(expected), $"{kind}");
                Assert.That(Distance(kind, expected), Is.GreaterThanOrEqualTo(expected), $"{kind} at the limit");
                Assert.That(Distance(kind, expected + 1), Is.EqualTo(expected), $"{kind} one below the limit");
            }

            unsafe int Distance(PatchKernelKind kind, int limit)
            {
                fixed (byte* query = a.Bytes, key = b.Bytes)
                {
                    return new PixelPatchDistance(new PatchShape(frames, side), (a.Width, a.Height), (b.Width, b.Height), kind).Of(query + (ay * 20 + ax) * 4, key + (by * 23 + bx) * 4, limit);
                }
            }
        }
    }

    [Test]
    public void Lift_OfAnUntouchedMap_IsUntouched()
    {
        SpaceTimeVolume large = ClipVariationTests.Scene(96, 64, 3);
        VariationLift lift = new(large, 24, 16, 2, CancellationToken.None);
        int[] map = [.. Enumerable.Range(24 * 16, 24 * 16)];

        int[] lifted = lift.Lift(map, 1, 2, CancellationToken.None);

        Assert.That(lifted.Where((at, index) => !large.Bytes.AsSpan(4 * at, 4).SequenceEqual(large.Bytes.AsSpan(4 * (index + 96 * 64), 4))), Is.Empty);
        Assert.That(() => lift.Lift(map.AsSpan(1), 1, 2, CancellationToken.None), Throws.ArgumentException);
    }

    private static List<int> Covering(SpaceTimeField field, SpaceTimeVolume source, int t, int y, int x)
    {
        List<int> found = [];
        for (int dt = 0; dt < field.Patch.Frames; dt++)
        {
            for (int dy = 0; dy < field.Patch.Side; dy++)
            {
                for (int dx = 0; dx < field.Patch.Side; dx++)
                {
                    (int ct, int cy, int cx) = (t - dt, y - dy, x - dx);
                    if (ct < 0 || cy < 0 || cx < 0 || ct >= field.Frames || cy >= field.Height || cx >= field.Width) continue;
                    (int st, int sy, int sx) = SpaceTimeField.Unpack(field.Places[(ct * field.Height + cy) * field.Width + cx]);
                    found.Add(((st + dt) * source.Height + sy + dy) * source.Width + sx + dx);
                }
            }
        }

        return found;
    }
}
