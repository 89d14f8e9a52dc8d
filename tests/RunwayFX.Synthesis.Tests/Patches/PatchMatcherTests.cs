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

    private static IEnumerable<PatchKernelKind> Kernels()
    {
        yield return PatchKernelKind.Scalar;
        yield return PatchKernelKind.Vector128;
        if (System.Runtime.Intrinsics.X86.Avx2.IsSupported) yield return PatchKernelKind.Vector256;
    }

    private static PatchMatcherInput Create(int channels, int patchWidth, int seed, double uniformity)
    {
        Random random = new(seed);
        double[] weights = [.. Enumerable.Range(0, channels).Select(_ => 0.1 + random.NextDouble())];
        MatchField field = new(30, 20);
        field.Randomize(41, 33, patchWidth / 2, (uint)seed);
        return new PatchMatcherInput
        {
            Source = SynthesisPictures.Noise(41, 33, channels, seed),
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
