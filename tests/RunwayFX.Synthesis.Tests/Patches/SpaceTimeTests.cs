using System.Runtime.Intrinsics.X86;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Tests.Patches;

/// <summary>Matching of clips with space-time patches.</summary>
public sealed class SpaceTimeTests
{
    private const int SourceWidth = 22;
    private const int SourceHeight = 17;
    private const int SourceFrames = 9;
    private const int Width = 19;
    private const int Height = 140;
    private const int Frames = 5;

    [Test]
    public void Kernels_GiveTheDistanceOverAllFrames([Values(3, 11)] int channels, [Values(1, 3, 5)] int patchFrames)
    {
        PatchMatcherInput input = Create(channels, 5, patchFrames, 0);
        int[] expected = Expected(input);
        foreach (PatchKernelKind kernel in Kernels())
        {
            PatchMatcher matcher = new(input with { Kernel = kernel });
            matcher.Refresh(default);
            Assert.That(matcher.Distances.ToArray(), Is.EqualTo(expected), $"{kernel}");
        }
    }

    [Test]
    public void AnyThreadsAndKernel_MoveTheSameMatches()
    {
        int[]? expected = null;
        foreach (PatchKernelKind kernel in Kernels())
        {
            foreach (int threads in new[] { 1, 2, 3, 8, 16 })
            {
                PatchMatcherInput input = Create(3, 3, 3, 2000) with { Kernel = kernel, Threads = threads };
                PatchMatcher matcher = new(input);
                matcher.Refresh(default);
                for (int pass = 0; pass < 3; pass++) matcher.Improve(pass, 64, 1, default);
                expected ??= input.Field.Matches;
                Assert.That(input.Field.Matches, Is.EqualTo(expected), $"{kernel}, {threads} threads");
            }
        }
    }

    [Test]
    public void ManyPasses_KeepOccurrenceAndDistancesAsARecountGivesThem()
    {
        PatchMatcherInput input = Create(3, 3, 3, 2000);
        PatchMatcher matcher = new(input);
        matcher.Refresh(default);
        long before = Sum(matcher.Distances);
        for (int pass = 0; pass < 4; pass++) matcher.Improve(pass, 64, 5, default);
        Assert.Multiple(() =>
        {
            Assert.That(Sum(matcher.Distances), Is.LessThan(before));
            Assert.That(matcher.Distances.ToArray(), Is.EqualTo(Expected(input)));
            int[] sums = PatchSums(input.Field, 3, 3);
            foreach (int match in input.Field.Matches)
            {
                Assert.That(matcher.Occurrence.PatchSum(match), Is.EqualTo(sums[MatchField.Y(match) * SourceWidth + MatchField.X(match)]));
            }

            Assert.That(() => input.Field.CheckInside(matcher.Region), Throws.Nothing);
        });
    }

    [Test]
    public void PieceOfTheSource_IsFoundInItsFrames()
    {
        // The target is the source from frame 2 on, shifted by (3, 1): propagation in space and time finds all of it.
        ChannelPicture source = SynthesisPictures.NoiseClip(60, 50, 12, 3, 4), target = new(40, 30, 6, 3, 2, 1);
        for (int row = 0; row < target.Rows; row++)
        {
            source.Bytes.AsSpan(source.Offset(3, row % 30 + 1, row / 30 + 2), 40 * 3).CopyTo(target.Bytes.AsSpan(target.Offset(0, row % 30, row / 30)));
        }

        target.ExtendBorder();
        PatchWeights weights = new(5, [1, 1, 1], 3);
        SourceRegion region = new(source, weights);
        MatchField field = new(40, 30, 6);
        field.Randomize(region, 3);
        PatchMatcher matcher = new(new PatchMatcherInput { Source = source, Target = target, Weights = weights, Field = field, Threads = 2 });
        matcher.Refresh(default);
        for (int pass = 0; pass < 8; pass++) matcher.Improve(pass, 64, 1, default);
        int found = 0, inner = 0;
        for (int index = 0; index < field.Matches.Length; index++)
        {
            int x = index % 40, y = index / 40 % 30, frame = index / 1200;
            if (x is < 2 or > 37 || y is < 2 or > 27 || frame is 0 or 5) continue;
            inner++;
            if (field.Matches[index] == MatchField.Pack(x + 3, (frame + 2) * 50 + y + 1)) found++;
        }

        Assert.That(found, Is.EqualTo(inner));
    }

    [Test]
    public void Mask_KeepsMatchesOut()
    {
        PatchMatcherInput input = Create(3, 3, 3, 0);
        byte[] allowed = new byte[SourceWidth * SourceHeight * SourceFrames];
        allowed.AsSpan(0, SourceWidth * SourceHeight * 4).Fill(1);
        input.Field.Randomize(new SourceRegion(input.Source, input.Weights, allowed), 2);
        PatchMatcher matcher = new(input with { SourceAllowed = allowed });
        matcher.Refresh(default);
        for (int pass = 0; pass < 3; pass++) matcher.Improve(pass, 64, 1, default);
        Assert.That(input.Field.Matches.Select(match => MatchField.Y(match) / SourceHeight), Is.All.InRange(1, 3));
    }

    [Test]
    public void Region_ListsTheCentresInScanOrder()
    {
        ChannelPicture source = new(7, 6, 5, 1, 0, 0);
        SourceRegion region = new(source, new PatchWeights(5, [1], 3));
        int[] centres = [.. Enumerable.Range(0, region.Count).Select(index => region[index])];
        Assert.Multiple(() =>
        {
            Assert.That(centres, Has.Length.EqualTo(3 * 2 * 3).And.Ordered.Ascending);
            Assert.That(centres.All(region.Contains));
            Assert.That(centres[0], Is.EqualTo(MatchField.Pack(2, 1 * 6 + 2)));
            Assert.That(region.Contains(MatchField.Pack(2, 2)), Is.False);
            Assert.That(region.Contains(MatchField.Pack(2, 6 + 4)), Is.False);
        });
    }

    [Test]
    public void UnfittingClip_IsRefused()
    {
        PatchMatcherInput input = Create(3, 3, 3, 0);
        Assert.Multiple(() =>
        {
            Assert.That(() => new PatchMatcher(input with { Source = new ChannelPicture(SourceWidth, SourceHeight, 2, 3, 0, 0) }),
                Throws.ArgumentException.With.Message.Contains("2 frames"));
            Assert.That(() => new PatchMatcher(input with { Source = new ChannelPicture(SourceWidth, SourceHeight, 9, 3, 1, 0) }),
                Throws.ArgumentException.With.Message.Contains("borders 1"));
            Assert.That(() => new PatchMatcher(input with { Target = new ChannelPicture(Width, Height, Frames, 3, 1, 0) }),
                Throws.ArgumentException.With.Message.Contains("time border 0"));
            Assert.That(() => new PatchMatcher(input with { Field = new MatchField(Width, Height) }), Throws.ArgumentException);
            Assert.That(() => new SourceRegion(input.Source, input.Weights, new byte[SourceWidth * SourceHeight * SourceFrames]),
                Throws.ArgumentException.With.Message.Contains("every patch"));
            Assert.That(() => new MatchField(4, 16_384, 4), Throws.Nothing);
            Assert.That(() => new MatchField(4, 16_384, 5), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    private static IEnumerable<PatchKernelKind> Kernels()
    {
        yield return PatchKernelKind.Scalar;
        yield return PatchKernelKind.Vector128;
        if (Avx2.IsSupported) yield return PatchKernelKind.Vector256;
        if (Avx512BW.IsSupported) yield return PatchKernelKind.Vector512;
    }

    private static PatchMatcherInput Create(int channels, int patchWidth, int patchFrames, double uniformity)
    {
        ChannelPicture source = SynthesisPictures.NoiseClip(SourceWidth, SourceHeight, SourceFrames, channels, 1);
        PatchWeights weights = new(patchWidth, [.. Enumerable.Range(1, channels).Select(channel => channel / 3.0)], patchFrames);
        MatchField field = new(Width, Height, Frames);
        field.Randomize(new SourceRegion(source, weights), 5);
        return new PatchMatcherInput
        {
            Source = source,
            Target = SynthesisPictures.NoiseClip(Width, Height, Frames, channels, 2, patchWidth / 2, patchFrames / 2),
            Weights = weights,
            Field = field,
            Uniformity = uniformity,
        };
    }

    private static int[] Expected(PatchMatcherInput input)
    {
        int radius = input.Weights.Radius, timeRadius = input.Weights.TimeRadius;
        int[] distances = new int[input.Field.Matches.Length];
        for (int index = 0; index < distances.Length; index++)
        {
            int x = index % Width, y = index / Width % Height, frame = index / Width / Height, match = input.Field.Matches[index];
            (int matchFrame, int matchY) = Math.DivRem(MatchField.Y(match), SourceHeight);
            for (int time = -timeRadius; time <= timeRadius; time++)
            {
                for (int row = -radius; row <= radius; row++)
                {
                    for (int column = -radius; column <= radius; column++)
                    {
                        int from = input.Source.Offset(MatchField.X(match) + column, matchY + row, matchFrame + time);
                        int to = input.Target.Offset(x + column, y + row, frame + time);
                        for (int channel = 0; channel < input.Source.Channels; channel++)
                        {
                            int difference = input.Source.Bytes[from + channel] - input.Target.Bytes[to + channel];
                            distances[index] += input.Weights.Channels[channel] * difference * difference;
                        }
                    }
                }
            }
        }

        return distances;
    }

    /// <summary>Σ Ω over the patch at each place, counted plainly.</summary>
    private static int[] PatchSums(MatchField field, int patchWidth, int patchFrames)
    {
        int radius = patchWidth / 2, timeRadius = patchFrames / 2;
        int[] covered = new int[SourceWidth * SourceHeight * SourceFrames], sums = new int[covered.Length];
        foreach (int match in field.Matches) ForPatch(match, index => covered[index]++);
        foreach (int match in field.Matches.Distinct())
        {
            int at = MatchField.Y(match) * SourceWidth + MatchField.X(match);
            ForPatch(match, index => sums[at] += covered[index]);
        }

        return sums;

        void ForPatch(int match, Action<int> visit)
        {
            for (int time = -timeRadius; time <= timeRadius; time++)
            {
                for (int row = -radius; row <= radius; row++)
                {
                    for (int column = -radius; column <= radius; column++)
                    {
                        visit((MatchField.Y(match) + time * SourceHeight + row) * SourceWidth + MatchField.X(match) + column);
                    }
                }
            }
        }
    }

    private static long Sum(ReadOnlySpan<int> values)
    {
        long sum = 0;
        foreach (int value in values) sum += value;
        return sum;
    }
}
