using System.Diagnostics;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Style;

public sealed class GuidedSynthesisTests
{
    private static readonly GuidedSynthesisOptions Quick = new() { SearchVoteIterations = 3, PatchMatchPasses = 2 };

    [TestCase(0, 1, 7, 7)]
    [TestCase(1, GuidedSynthesis.FinePixelsMin - 1, 7, int.MaxValue)]
    [TestCase(1, GuidedSynthesis.FinePixelsMin, 7, 7)]
    [TestCase(2, 4L * GuidedSynthesis.FinePixelsMin, 64, 64)]
    public void LargeLevels_AreSearchedAsTheFinestIs(int level, long sourcePixels, int fineRadii, int radii) =>
        Assert.That(GuidedSynthesis.CountRadii(level, sourcePixels, fineRadii), Is.EqualTo(radii));

    [TestCase(false, GuidedSynthesis.LargePixelsMin - 1, 4, 4)]
    [TestCase(false, GuidedSynthesis.LargePixelsMin, 4, 2)]
    [TestCase(false, GuidedSynthesis.LargePixelsMin, 3, 2)]
    [TestCase(false, GuidedSynthesis.LargePixelsMin, 1, 1)]
    [TestCase(true, GuidedSynthesis.LargePixelsMin, 4, 4)]
    public void LargestLevels_AreSearchedHalfAsOften(bool isCoarsest, long sourcePixels, int iterations, int expected) =>
        Assert.That(GuidedSynthesis.CountIterations(isCoarsest, sourcePixels, iterations), Is.EqualTo(expected));

    [Test]
    public void MoreIterations_LowerTheEnergy()
    {
        double before = double.PositiveInfinity;
        foreach (int iterations in new[] { 1, 3, 8 })
        {
            double energy = Energy(Quick with { SearchVoteIterations = iterations }).Total;
            Assert.That(energy, Is.LessThan(before), $"{iterations} iterations");
            before = energy;
        }
    }

    [Test]
    public void Uniformity_RaisesCoverage()
    {
        GuidedEnergy free = Energy(Quick with { Uniformity = 0 }), even = Energy(Quick);
        Assert.Multiple(() =>
        {
            Assert.That(even.Coverage, Is.GreaterThan(free.Coverage + 0.05));
            Assert.That(free.Style + free.Guide, Is.LessThan(even.Style + even.Guide));
        });
    }

    [Test]
    public void SameGuides_ReproduceTheStyle()
    {
        // The hill and the slope tell every place apart, so the way back is known.
        ChannelPicture style = SynthesisPictures.Style(72, 60);
        GuidedSynthesisInput input = Input(style, style);
        MatchField field = GuidedSynthesis.Run(input, new GuidedSynthesisOptions(), null, default);
        Frame result = Vote(style, field);

        FrameComparison difference = FrameComparison.Between(result, SynthesisPictures.ToFrame(style));
        Assert.That(difference.Mean * 255, Is.LessThan(6), "mean difference in 8-bit steps");
    }

    [Test]
    public void IdentityStart_StaysTheStyleBitForBit()
    {
        ChannelPicture style = SynthesisPictures.Style(40, 30);
        MatchField identity = new(36, 26);
        ChannelPicture target = new(36, 26, style.Channels);
        for (int y = 0; y < 26; y++)
        {
            for (int x = 0; x < 36; x++)
            {
                identity[x, y] = (x + 2, y + 2);
                style.Bytes.AsSpan(style.Offset(x + 2, y + 2), style.Channels).CopyTo(target.Bytes.AsSpan(target.Offset(x, y)));
            }
        }

        GuidedSynthesisInput input = Input(style, target) with { Initial = identity };
        MatchField field = GuidedSynthesis.Run(input, Quick with { Levels = 1, Uniformity = 0 }, null, default);

        // The rim may move, because there the target's repeated edge meets a source that goes on, and its votes reach a little inwards.
        for (int y = 9; y < 17; y++)
        {
            for (int x = 9; x < 27; x++) Assert.That(field[x, y], Is.EqualTo((x + 2, y + 2)));
        }
    }

    [TestCase(2)]
    [TestCase(5)]
    public void Threads_DoNotChangeABit(int threads)
    {
        int[] one = Run(Quick with { Threads = 1 }).Matches, many = Run(Quick with { Threads = threads }).Matches;
        Assert.That(many, Is.EqualTo(one));
    }

    [TestCase(PatchKernelKind.Scalar)]
    [TestCase(PatchKernelKind.Vector128)]
    public void InstructionSets_DoNotChangeABit(PatchKernelKind kernel) =>
        Assert.That(Run(Quick with { Kernel = kernel }).Matches, Is.EqualTo(Run(Quick).Matches));

    [Test]
    public void Seeds_GiveOtherResultsOfTheSameQuality()
    {
        GuidedEnergy first = Energy(Quick), second = Energy(Quick with { Seed = 2 });
        Assert.Multiple(() =>
        {
            Assert.That(Run(Quick).Matches, Is.Not.EqualTo(Run(Quick with { Seed = 2 }).Matches));
            Assert.That(second.Total, Is.EqualTo(first.Total).Within(10).Percent);
        });
    }

    [Test]
    public void InactivePixels_KeepTheirInitialMatch()
    {
        ChannelPicture style = SynthesisPictures.Style(64, 48), guides = SynthesisPictures.Guides(60, 44);
        MatchField initial = GuidedSynthesis.Run(Input(style, guides), Quick, null, default);
        byte[] active = new byte[60 * 44];
        for (int y = 10; y < 20; y++) active.AsSpan(y * 60 + 12, 15).Fill(1);
        ChannelPicture other = SynthesisPictures.Style(60, 44);
        MatchField field = GuidedSynthesis.Run(Input(style, other) with { Initial = initial, Active = active }, Quick with { Levels = 2 }, null,
            default);

        int moved = 0;
        for (int index = 0; index < active.Length; index++)
        {
            if (active[index] == 0) Assert.That(field.Matches[index], Is.EqualTo(initial.Matches[index]));
            else if (field.Matches[index] != initial.Matches[index]) moved++;
        }

        Assert.That(moved, Is.GreaterThan(50));
    }

    [Test]
    public void Cancelled_StopsSoon()
    {
        using CancellationTokenSource cancellation = new();
        Stopwatch since = new();
        Reaction reaction = new(value =>
        {
            if (value < 0.05 || since.IsRunning) return;
            since.Start();
            cancellation.Cancel();
        });
        ChannelPicture style = SynthesisPictures.Style(140, 140);
        Assert.That(
            () => GuidedSynthesis.Run(Input(style, SynthesisPictures.Guides(140, 140)), new GuidedSynthesisOptions { SearchVoteIterations = 64 },
                reaction, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());

        // The promise is 100 ms on a free machine; the rest is for a busy one. The whole run would take many seconds.
        Assert.That(since.ElapsedMilliseconds, Is.LessThan(1000));
    }

    [Test]
    public void Progress_RisesToOne()
    {
        List<double> values = [];
        GuidedSynthesis.Run(Input(SynthesisPictures.Style(64, 48), SynthesisPictures.Guides(50, 40)), Quick, new Reaction(values.Add), default);
        Assert.Multiple(() =>
        {
            Assert.That(values, Is.Ordered.Ascending);
            Assert.That(values[0], Is.GreaterThan(0));
            Assert.That(values[^1], Is.EqualTo(1).Within(1e-9));
        });
    }

    [TestCase(1, 1)]
    [TestCase(3, 200)]
    [TestCase(5, 5)]
    public void TinyTarget_IsPainted(int width, int height)
    {
        MatchField field = GuidedSynthesis.Run(Input(SynthesisPictures.Style(64, 48), SynthesisPictures.Guides(width, height)), Quick, null, default);
        Assert.That((field.Width, field.Height), Is.EqualTo((width, height)));
        Assert.That(field.Matches.Select(MatchField.X), Is.All.InRange(2, 61));
    }

    [Test]
    public void StyleSmallerThanAPatch_IsRefused()
    {
        ChannelPicture guides = SynthesisPictures.Guides(20, 20);
        Assert.Multiple(() =>
        {
            Assert.That(() => GuidedSynthesis.Run(Input(SynthesisPictures.Style(5, 5), guides), Quick, null, default), Throws.Nothing);
            Assert.That(() => GuidedSynthesis.Run(Input(SynthesisPictures.Style(5, 4), guides), Quick, null, default),
                Throws.ArgumentException.With.Message.Contains("5×4"));
        });
    }

    [Test]
    public void OptionsPastTheirLimits_AreRefused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(new GuidedSynthesisOptions { SearchVoteIterations = GuidedSynthesisOptions.SearchVoteIterationsMax }, Is.Not.Null);
            Assert.That(() => new GuidedSynthesisOptions { SearchVoteIterations = GuidedSynthesisOptions.SearchVoteIterationsMax + 1 },
                Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new GuidedSynthesisOptions { PatchMatchPasses = 0 }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new GuidedSynthesisOptions { Uniformity = double.NaN }, Throws.InstanceOf<ArgumentOutOfRangeException>());
            Assert.That(() => new GuidedSynthesisOptions { Levels = GuidedSynthesisOptions.LevelsMax + 1 },
                Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void SmallPicture_LooksAsAccepted()
    {
        ChannelPicture style = SynthesisPictures.Style(96, 80);
        MatchField field = GuidedSynthesis.Run(Input(style, SynthesisPictures.Guides(80, 64)), new GuidedSynthesisOptions(), null, default);
        GoldenPicture.AssertMatches(Vote(style, field), "guided-80x64", 1.01 / 255, 0.3 / 255);
    }

    [Test]
    public void StyleClip_PaintsAClipWithSpaceTimePatches()
    {
        ChannelPicture style = Clip(40, 36, 7), target = Clip(33, 28, 5);
        for (int row = 0; row < target.Rows; row++)
        {
            for (int x = 0; x < 33; x++) target.Bytes.AsSpan(target.Offset(x, row % 28, row / 28), 3).Clear();
        }

        GuidedSynthesisInput input = new() { Source = style, Target = target, StyleChannels = 3, Weights = [1, 1, 1, 3] };
        GuidedSynthesisOptions options = Quick with { PatchFrames = 3, Uniformity = 100, Threads = 2 };
        MatchField field = GuidedSynthesis.Run(input, options, null, default), again = GuidedSynthesis.Run(input, options with { Threads = 1 }, null, default);
        PatchVote.Channels(style, target, field, new(5, 3, null, 1) { PatchFrames = 3 }, default);
        double error = 0;
        for (int index = 0; index < field.Matches.Length; index++)
        {
            int at = target.Offset(index % 33, index / 33 % 28, index / 33 / 28);
            error += Math.Abs(target.Bytes[at] - (255 - target.Bytes[at + 3]));
        }

        Assert.Multiple(() =>
        {
            Assert.That(field.Frames, Is.EqualTo(5));
            Assert.That(again.Matches, Is.EqualTo(field.Matches));
            Assert.That(error / field.Matches.Length, Is.LessThan(12), "the style's red is the guide turned round");
        });

        // A blob that moves a pixel a frame; the guide shows it, the style its negative.
        static ChannelPicture Clip(int width, int height, int frames)
        {
            ChannelPicture clip = new(width, height, frames, 4, 0, 0);
            for (int index = 0; index < width * height * frames; index++)
            {
                int x = index % width, y = index / width % height, frame = index / width / height;
                int blob = Math.Max(0, 255 - 2 * ((x - 12 - frame) * (x - 12 - frame) + (y - 14) * (y - 14)));
                (clip.Bytes[4 * index], clip.Bytes[4 * index + 1], clip.Bytes[4 * index + 2], clip.Bytes[4 * index + 3]) =
                    ((byte)(255 - blob), (byte)(x * 3), (byte)(y * 3), (byte)blob);
            }

            return clip;
        }
    }

    /// <summary>The reference figures of EbSynth on its public-domain example: 7442 at coverage 0.92.</summary>
    [Test]
    [Category("Slow")]
    public void StylitExample_ReachesTheReferenceEnergy()
    {
        Frame styleFrame = TestPictures.Load(TestPictures.DataFile("stylit/src_style_512x512.png"));
        ChannelPicture style = new(512, 512, 6), target = new(512, 512, 6);
        Put(styleFrame, style, 0);
        Put(TestPictures.Load(TestPictures.DataFile("stylit/src_fullgi_512x512.png")), style, 3);
        Put(TestPictures.Load(TestPictures.DataFile("stylit/tgt_fullgi_512x512.png")), target, 3);
        double[] weights = [.. Enumerable.Repeat(1.0 / 3, 6)];
        GuidedSynthesisInput input = new() { Source = style, Target = target, StyleChannels = 3, Weights = weights };
        MatchField field = GuidedSynthesis.Run(input, new GuidedSynthesisOptions(), null, default);
        PatchVote.Channels(style, target, field, new(5, 3, null, 1), default);

        GuidedEnergy energy = GuidedEnergy.Measure(style, target, 3, weights, field, 5, 3500);
        TestContext.Out.WriteLine($"E {energy.Total:F0} style {energy.Style:F0} guide {energy.Guide:F0} uniformity {energy.Uniformity:F0} coverage {energy.Coverage:F3}");
        Assert.Multiple(() =>
        {
            Assert.That(energy.Total, Is.LessThanOrEqualTo(7400));
            Assert.That(energy.Coverage, Is.GreaterThanOrEqualTo(0.9));
        });
    }

    private static GuidedSynthesisInput Input(ChannelPicture style, ChannelPicture guides) =>
        new() { Source = style, Target = guides, StyleChannels = 3, Weights = SynthesisPictures.Weights };

    private static MatchField Run(GuidedSynthesisOptions options) =>
        GuidedSynthesis.Run(Input(SynthesisPictures.Style(96, 80), SynthesisPictures.Guides(80, 64)), options, null, default);

    private static GuidedEnergy Energy(GuidedSynthesisOptions options)
    {
        ChannelPicture style = SynthesisPictures.Style(96, 80), target = SynthesisPictures.Guides(80, 64);
        MatchField field = GuidedSynthesis.Run(Input(style, target), options, null, default);
        PatchVote.Channels(style, target, field, new(5, 3, null, 1), default);
        return GuidedEnergy.Measure(style, target, 3, SynthesisPictures.Weights, field, 5, 3500);
    }

    private static Frame Vote(ChannelPicture style, MatchField field)
    {
        Frame source = SynthesisPictures.ToFrame(style), result = new(field.Width, field.Height);
        PixelVote.Run(source.Pixels, result.Pixels, field, new() { SourceWidth = source.Width, SourceHeight = source.Height, PatchWidth = 5 }, default);
        return result;
    }

    private static void Put(Frame frame, ChannelPicture picture, int channel)
    {
        for (int index = 0; index < frame.Width * frame.Height; index++)
        {
            int to = picture.Offset(index % frame.Width, index / frame.Width) + channel;
            for (int rgb = 0; rgb < 3; rgb++) picture.Bytes[to + rgb] = (byte)MathF.Round(frame.Pixels[4 * index + rgb] * 255);
        }
    }

    private sealed class Reaction(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
