using System.Runtime.Intrinsics.X86;
using CsCheck;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

public sealed class PatchMatcherTests
{
    [Test]
    public void Kernels_GiveTheSameDistances()
    {
        Gen.Select(Gen.Int[1, ChannelPicture.ChannelsMax], Gen.Int[1, 4].Select(half => 2 * half + 1),
            Gen.Int[0, 10_000]).Sample((channels, patchWidth, seed) =>
        {
            PatchMatcherInput input = Create(channels, patchWidth, seed, 0);
            int[] expected = Expected(input);
            foreach (PatchKernelKind kernel in Kernels())
            {
                PatchMatcher matcher = new(input with { Kernel = kernel });
                matcher.Refresh(default);
                Assert.That(matcher.Distances.ToArray(), Is.EqualTo(expected), $"{kernel}, {channels} channels, patch {patchWidth}, seed {seed}");
            }
        }, iter: 30);
    }

    [Test]
    public void Kernels_MoveTheSameMatches()
    {
        foreach (int channels in new[] { 3, 6, 11 })
        {
            int[]? expected = null;
            foreach (PatchKernelKind kernel in Kernels())
            {
                PatchMatcherInput input = Create(channels, 5, 7, 3500) with { Kernel = kernel };
                PatchMatcher matcher = new(input);
                matcher.Refresh(default);
                for (int pass = 0; pass < 4; pass++) matcher.Improve(pass, 64, 1, default);
                expected ??= input.Field.Matches;
                Assert.That(input.Field.Matches, Is.EqualTo(expected), $"{kernel}, {channels} channels");
            }
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public void FetchingAhead_MovesTheSameMatches(bool isMasked)
    {
        int[]? expected = null;
        foreach (bool fetches in new[] { false, true })
        {
            PatchMatcherInput input = Create(6, 5, 7, 3500);
            byte[] active = [.. Enumerable.Range(0, input.Field.Matches.Length).Select(index => (byte)(index % 3 == 0 ? 0 : 1))];
            PatchMatcher matcher = new(input with { FetchesAhead = fetches, Active = isMasked ? active : null });
            matcher.Refresh(default);
            for (int pass = 0; pass < 4; pass++) matcher.Improve(pass, 4, 1, default);
            expected ??= input.Field.Matches;
            Assert.That(input.Field.Matches, Is.EqualTo(expected), $"fetches ahead: {fetches}");
        }
    }

    [Test]
    public void AllChannelsFarthestApart_DoNotOverflow()
    {
        double[] weights = [.. Enumerable.Repeat(1.0, ChannelPicture.ChannelsMax)];
        ChannelPicture source = new(15, 15, weights.Length), target = new(1, 1, weights.Length, 7);
        Array.Fill(source.Bytes, byte.MaxValue);
        MatchField field = new(1, 1) { [0, 0] = (7, 7) };
        PatchWeights patch = new(PatchWeights.PatchWidthMax, weights);
        foreach (PatchKernelKind kernel in Kernels())
        {
            PatchMatcher matcher = new(new PatchMatcherInput { Source = source, Target = target, Weights = patch, Field = field, Kernel = kernel });
            matcher.Refresh(default);
            long expected = 0;
            foreach (int weight in patch.Channels) expected += 255L * 255 * 15 * 15 * weight;
            Assert.That((long)matcher.Distances[0], Is.EqualTo(expected), kernel.ToString());
        }
    }

    [Test]
    public void ManyPasses_KeepOccurrenceAndDistancesAsARecountGivesThem()
    {
        PatchMatcherInput input = Create(6, 5, 3, 3500);
        PatchMatcher matcher = new(input);
        matcher.Refresh(default);
        int moved = 0;
        for (int pass = 0; pass < 6; pass++) moved += matcher.Improve(pass, 64, 5, default);

        OccurrenceMap recount = new(input.Source.Width, input.Source.Height, input.Field.Matches.Length, input.Weights, 3500);
        recount.Rebuild(input.Field);
        Assert.Multiple(() =>
        {
            Assert.That(moved, Is.GreaterThan(100));
            foreach (int match in input.Field.Matches) Assert.That(matcher.Occurrence.PatchSum(match), Is.EqualTo(recount.PatchSum(match)));
            Assert.That(matcher.Distances.ToArray(), Is.EqualTo(Expected(input)));
        });
    }

    [Test]
    public void Passes_LowerDistancePlusOccurrence()
    {
        PatchMatcherInput input = Create(6, 5, 11, 0);
        PatchMatcher matcher = new(input);
        matcher.Refresh(default);
        long before = Sum(matcher.Distances);
        for (int pass = 0; pass < 5; pass++)
        {
            matcher.Improve(pass, 64, 9, default);
            long after = Sum(matcher.Distances);
            Assert.That(after, Is.LessThan(before), $"pass {pass}");
            before = after;
        }
    }

    [Test]
    public void InactivePixels_KeepTheirMatch()
    {
        PatchMatcherInput input = Create(6, 5, 3, 3500);
        byte[] active = new byte[input.Field.Matches.Length];
        for (int index = 0; index < active.Length; index++) active[index] = (byte)(index % 3 == 0 ? 1 : 0);
        int[] before = (int[])input.Field.Matches.Clone();
        PatchMatcher matcher = new(input with { Active = active });
        matcher.Refresh(default);
        matcher.Improve(0, 64, 5, default);

        int changed = 0;
        for (int index = 0; index < active.Length; index++)
        {
            if (active[index] == 0) Assert.That(input.Field.Matches[index], Is.EqualTo(before[index]));
            else if (input.Field.Matches[index] != before[index]) changed++;
        }

        Assert.That(changed, Is.GreaterThan(50));
    }

    [Test]
    public void ForbiddenSource_IsNeverMatched()
    {
        PatchMatcherInput input = Create(3, 5, 3, 0);
        byte[] allowed = new byte[input.Source.Width * input.Source.Height];
        for (int y = 0; y < input.Source.Height; y++) allowed.AsSpan(y * input.Source.Width, input.Source.Width / 2).Fill(1);
        for (int index = 0; index < input.Field.Matches.Length; index++) input.Field.Matches[index] = MatchField.Pack(3, 3);
        PatchMatcher matcher = new(input with { SourceAllowed = allowed });
        matcher.Refresh(default);
        for (int pass = 0; pass < 3; pass++) matcher.Improve(pass, 64, 5, default);

        Assert.That(input.Field.Matches.Select(MatchField.X), Is.All.LessThan(input.Source.Width / 2));
    }

    [Test]
    public void UnfittingInput_IsRefused()
    {
        PatchMatcherInput input = Create(3, 5, 3, 0);
        Assert.Multiple(() =>
        {
            Assert.That(() => new PatchMatcher(input with { Source = new ChannelPicture(40, 4, 3) }),
                Throws.ArgumentException.With.Message.Contains("40×4"));
            Assert.That(() => new PatchMatcher(input with { Source = new ChannelPicture(40, 40, 4) }), Throws.ArgumentException);
            Assert.That(() => new PatchMatcher(input with { Target = new ChannelPicture(30, 20, 3, 1) }),
                Throws.ArgumentException.With.Message.Contains("border 1"));
            Assert.That(() => new PatchMatcher(input with { Active = new byte[3] }), Throws.ArgumentException);
            Assert.That(() => new PatchMatcher(input with { SourceAllowed = new byte[3] }), Throws.ArgumentException);
            Assert.That(() => new PatchMatcher(input with { Field = new MatchField(2, 2) }), Throws.ArgumentException);
        });
    }

    [Test]
    public void SourceOfExactlyOnePatch_IsEnough()
    {
        MatchField field = new(6, 4);
        field.Randomize(5, 5, 2, 1);
        ChannelPicture source = SynthesisPictures.Noise(5, 5, 3, 1), target = SynthesisPictures.Noise(6, 4, 3, 2, 2);
        PatchMatcher matcher = new(new PatchMatcherInput { Source = source, Target = target, Weights = new PatchWeights(5, [1, 1, 1]),
            Field = field, Uniformity = 3500 });
        matcher.Refresh(default);
        matcher.Improve(0, 64, 1, default);

        Assert.That(field.Matches, Is.All.EqualTo(MatchField.Pack(2, 2)));
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(8)]
    [TestCase(16)]
    public void Threads_DoNotChangeABit(int threads)
    {
        (int[] Matches, int[] Distances) one = Search(1), many = Search(threads);
        Assert.That(many, Is.EqualTo(one));

        (int[] Matches, int[] Distances) Search(int count)
        {
            MatchField field = new(40, 300);
            field.Randomize(61, 47, 2, 3);
            PatchMatcherInput input = Create(3, 5, 3, 3500) with { Field = field, Target = SynthesisPictures.Noise(40, 300, 3, 8, 2), Threads = count };
            PatchMatcher matcher = new(input);
            matcher.Refresh(default);
            int moved = 0;
            for (int pass = 0; pass < 4; pass++) moved += matcher.Improve(pass, 64, 5, default);
            Assert.That(moved, Is.GreaterThan(10_000));
            OccurrenceMap recount = new(61, 47, field.Matches.Length, input.Weights, 3500);
            recount.Rebuild(field);
            foreach (int match in field.Matches) Assert.That(matcher.Occurrence.PatchSum(match), Is.EqualTo(recount.PatchSum(match)));
            Assert.That(matcher.Distances.ToArray(), Is.EqualTo(Expected(input)));
            return (field.Matches, matcher.Distances.ToArray());
        }
    }

    [Test]
    public void SmallLevel_FindsTheBestOfAllPatches()
    {
        ChannelPicture source = SynthesisPictures.Noise(24, 19, 3, 1), target = SynthesisPictures.Noise(17, 12, 3, 2, 2);
        PatchWeights weights = new(5, [1, 2, 1]);
        MatchField field = new(17, 12);
        field.Randomize(24, 19, 2, 1);
        PatchMatcherInput input = new() { Source = source, Target = target, Weights = weights, Field = field };
        PatchMatcher matcher = new(input);
        matcher.Refresh(default);
        matcher.Improve(0, 0, 1, default);
        Assert.That(matcher.IsExhaustive);
        SourceRegion region = new(source, weights);
        int[] best = [.. Enumerable.Repeat(int.MaxValue, field.Matches.Length)];
        for (int centre = 0; centre < region.Count; centre++)
        {
            MatchField all = new(17, 12);
            Array.Fill(all.Matches, region[centre]);
            int[] distances = Expected(input with { Field = all });
            for (int index = 0; index < best.Length; index++) best[index] = Math.Min(best[index], distances[index]);
        }

        Assert.That(matcher.Distances.ToArray(), Is.EqualTo(best));
    }

    [Test]
    public void DearCandidate_IsTurnedDownBeforeItsDistanceIsMeasured()
    {
        // A limit of 0 stands for "the occurrence alone is dearer": the kernel is told nothing, and the field stands.
        PatchMatcherInput input = Create(3, 5, 3, 0);
        int[] before = (int[])input.Field.Matches.Clone();
        PatchMatcher matcher = new(input);
        matcher.Refresh(default);
        int[] distances = matcher.Distances.ToArray();
        AskedRule rule = new([0]);
        int moved = matcher.Improve(rule, 0, 64, 1, default);
        Assert.Multiple(() =>
        {
            Assert.That(moved, Is.Zero);
            Assert.That(rule.Asked[0], Is.GreaterThan(before.Length * 5));
            Assert.That(input.Field.Matches, Is.EqualTo(before));
            Assert.That(matcher.Distances.ToArray(), Is.EqualTo(distances));
        });
    }

    [Test]
    public void Kernels_StopEarlyWithNoLessThanTheLimit()
    {
        ChannelPicture source = new(9, 9, 14), target = new(9, 9, 14);
        Array.Fill(source.Bytes, byte.MaxValue);
        PatchWeights weights = new(9, [.. Enumerable.Repeat(1.0, 14)]);
        PatchKernelWeights laidOut = new(weights);
        PatchLayout layout = PatchLayout.Create(source, target, weights);
        int whole = 9 * 9 * 14 * 255 * 255 * weights.Channels[0];
        Assert.Multiple(() =>
        {
            Check(new ScalarKernel(laidOut, layout));
            Check(new Vector128Kernel(laidOut, layout));
            if (Avx2.IsSupported) Check(new Vector256Kernel(laidOut, layout));
            if (Avx512BW.IsSupported) Check(new Vector512Kernel(laidOut, layout));
        });

        unsafe void Check(IPatchKernel kernel)
        {
            fixed (byte* from = source.Bytes)
            fixed (byte* to = target.Bytes)
            {
                Assert.That(kernel.Distance(to, from, int.MaxValue), Is.EqualTo(whole));
                Assert.That(kernel.Distance(to, from, 1000), Is.GreaterThanOrEqualTo(1000).And.LessThan(whole));
            }
        }
    }

    /// <summary>Turns everything down and counts.</summary>
    private readonly struct AskedRule(int[] asked) : IMatchRule
    {
        public int[] Asked => asked;

        public long Limit(int target, int match, int distance, int candidate)
        {
            asked[0]++;
            return 0;
        }
    }

    private static IEnumerable<PatchKernelKind> Kernels()
    {
        yield return PatchKernelKind.Scalar;
        yield return PatchKernelKind.Vector128;
        if (Avx2.IsSupported) yield return PatchKernelKind.Vector256;
        if (Avx512BW.IsSupported) yield return PatchKernelKind.Vector512;
    }

    private static PatchMatcherInput Create(int channels, int patchWidth, int seed, double uniformity)
    {
        Random random = new(seed);
        double[] weights = [.. Enumerable.Range(0, channels).Select(_ => 0.1 + random.NextDouble())];
        MatchField field = new(30, 20);
        field.Randomize(61, 47, patchWidth / 2, (uint)seed);
        return new PatchMatcherInput
        {
            Source = SynthesisPictures.Noise(61, 47, channels, seed),
            Target = SynthesisPictures.Noise(30, 20, channels, seed + 1, patchWidth / 2),
            Weights = new PatchWeights(patchWidth, weights),
            Field = field,
            Uniformity = uniformity,
        };
    }

    private static int[] Expected(PatchMatcherInput input)
    {
        int radius = input.Weights.Radius;
        int[] distances = new int[input.Field.Matches.Length];
        for (int index = 0; index < distances.Length; index++)
        {
            int x = index % input.Field.Width, y = index / input.Field.Width;
            (int matchX, int matchY) = input.Field[x, y];
            for (int row = -radius; row <= radius; row++)
            {
                for (int column = -radius; column <= radius; column++)
                {
                    for (int channel = 0; channel < input.Source.Channels; channel++)
                    {
                        int difference = input.Source.Bytes[input.Source.Offset(matchX + column, matchY + row) + channel]
                            - input.Target.Bytes[input.Target.Offset(x + column, y + row) + channel];
                        distances[index] += input.Weights.Channels[channel] * difference * difference;
                    }
                }
            }
        }

        return distances;
    }

    private static long Sum(ReadOnlySpan<int> values)
    {
        long sum = 0;
        foreach (int value in values) sum += value;
        return sum;
    }
}
