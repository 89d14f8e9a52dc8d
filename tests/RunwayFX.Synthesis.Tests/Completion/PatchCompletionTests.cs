using System.Diagnostics;
using CsCheck;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class PatchCompletionTests
{
    private static readonly CompletionOptions Quick = new() { CoarseIterations = 6, FineIterations = 2, Passes = 2 };

    private static readonly CompletionOptions QuickInside = CompletionOptions.ForObjects with { CoarseIterations = 6, FineIterations = 2, Passes = 2 };

    [Test]
    public void PeriodicPicture_WithAHole_IsRestored()
    {
        Frame truth = TestPictures.Draw(96, 80, Tiles);
        HoleMask mask = Box(96, 80, 40, 32, 20, 18);

        Frame filled = Fill(WithoutHoles(truth, mask), mask, new CompletionOptions());

        FrameComparison.AssertClose(filled, truth, worstLimit: 0.02, meanLimit: 0.0005);
    }

    [Test]
    public void PeriodicPicture_Extended_ContinuesItsTiles()
    {
        Frame truth = TestPictures.Draw(128, 72, Tiles);
        HoleMask mask = HoleMask.Around(128, 72, 20, 0, 108, 72);

        Frame filled = Fill(WithoutHoles(truth, mask), mask, new CompletionOptions());

        FrameComparison.AssertClose(filled, truth, worstLimit: 1, meanLimit: 0.01);
    }

    [Test]
    public void AnyHoles_AreFilledFromKnownPixels_AndKnownPixelsStay() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 1 << 20], Gen.Int[1, 5]).Sample((width, height, seed, holes) =>
    {
        bool[] mask = Holes(width, height, new Random(seed), holes);
        CompletionField field = PatchCompletion.Complete(TestPictures.Noise(width, height, seed), new(width, height, mask), Quick, null,
            CancellationToken.None);
        for (int p = 0; p < mask.Length; p++)
        {
            if (mask[p] ? mask[field.Sources[p]] : field.Sources[p] != p) return false;
        }

        return true;
    }, iter: 60);

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(16)]
    public void AnyNumberOfThreads_GivesTheSameField(int threads)
    {
        Frame picture = TestPictures.Draw(150, 90, Landscape);
        HoleMask mask = HoleMask.Around(150, 90, 25, 0, 125, 90);

        CompletionField expected = PatchCompletion.Complete(picture, mask, Quick with { ThreadsMax = 2 }, null, CancellationToken.None);
        CompletionField actual = PatchCompletion.Complete(picture, mask, Quick with { ThreadsMax = threads }, null, CancellationToken.None);

        Assert.That(actual.Sources, Is.EqualTo(expected.Sources));
        Assert.That(actual.Cost, Is.EqualTo(expected.Cost));
    }

    [Test]
    public void PeriodicPicture_WithAHoleInside_IsRestoredFromPieces()
    {
        Frame truth = TestPictures.Draw(96, 80, Tiles);
        HoleMask mask = Box(96, 80, 40, 32, 20, 18);

        Frame filled = Fill(WithoutHoles(truth, mask), mask, CompletionOptions.ForObjects);

        FrameComparison.AssertClose(filled, truth, worstLimit: 0.02, meanLimit: 0.0005);
    }

    [Test]
    public void AnyHolesInside_AreFilledFromKnownPixels_InPiecesAndWhereTheyMix() =>
        Gen.Select(Gen.Int[1, 40], Gen.Int[1, 40], Gen.Int[0, 1 << 20], Gen.Int[1, 5]).Sample((width, height, seed, holes) =>
    {
        bool[] mask = Holes(width, height, new Random(seed), holes);
        CompletionField field = PatchCompletion.Complete(TestPictures.Noise(width, height, seed), new(width, height, mask), QuickInside, null,
            CancellationToken.None);
        for (int p = 0; p < mask.Length; p++)
        {
            if (mask[p] ? mask[field.Sources[p]] : field.Sources[p] != p) return false;
            if (field.Mix?.At(p) is not { Sources.IsEmpty: false } mix) continue;
            if (!mask[p] || Math.Abs(mix.Weights.ToArray().Sum() - 1) > 1e-5 || mix.Sources.ToArray().Any(source => mask[source])) return false;
        }

        return true;
    }, iter: 60);

    [TestCase(1)]
    [TestCase(3)]
    [TestCase(16)]
    public void AnyNumberOfThreads_GivesTheSamePiecesAndTheSamePicture(int threads)
    {
        Frame picture = TestPictures.Draw(150, 90, Landscape);
        HoleMask mask = Box(150, 90, 40, 20, 60, 50);

        CompletionField expected = PatchCompletion.Complete(picture, mask, QuickInside with { ThreadsMax = 2 }, null, CancellationToken.None);
        CompletionField actual = PatchCompletion.Complete(picture, mask, QuickInside with { ThreadsMax = threads }, null, CancellationToken.None);

        Assert.That(actual.Sources, Is.EqualTo(expected.Sources));
        Assert.That(SeamBlend.Apply(picture, actual, 16, threads, CancellationToken.None).Pixels,
            Is.EqualTo(SeamBlend.Apply(picture, expected, 16, 2, CancellationToken.None).Pixels));
    }

    [Test]
    public void WhatIsUnusual_IsNotRepeatedInAHoleInside()
    {
        // Grass with one red thing on it; where both fit, grass is taken.
        Frame picture = TestPictures.Draw(200, 120, (x, y) => x is >= 140 and < 160 && y is >= 50 and < 70
            ? (0.9f, 0.1f, 0.1f)
            : (0.2f, 0.4f + 0.1f * ((x * 7919 + y * 104729) % 97 / 97f), 0.1f));
        HoleMask mask = Box(200, 120, 30, 30, 60, 60);

        Frame filled = Fill(WithoutHoles(picture, mask), mask, CompletionOptions.ForObjects);

        for (int p = 0; p < mask.Holes.Length; p++)
        {
            if (mask.Holes[p]) Assert.That(filled.Pixels[4 * p], Is.LessThan(0.5f), $"red at {p % 200}, {p / 200}");
        }
    }

    [Test]
    public void OfSeveralBeginnings_TheOneThatFitsBestIsTaken()
    {
        List<int> taken = [];
        foreach (Func<int, int, (float, float, float)> picture in (Func<int, int, (float, float, float)>[])[Tiles, Landscape, Facade])
        {
            Frame frame = TestPictures.Draw(120, 90, picture);
            HoleMask mask = Box(120, 90, 35, 20, 50, 50);
            CompletionField all = PatchCompletion.Complete(frame, mask, QuickInside, null, CancellationToken.None);
            CompletionField[] single = [.. QuickInside.Starts.Select(start =>
                PatchCompletion.Complete(frame, mask, QuickInside with { Starts = [start] }, null, CancellationToken.None))];

            taken.Add(Array.FindIndex(single, field => field.Sources.SequenceEqual(all.Sources)));
            Assert.That(all.Cost, Is.EqualTo(single.Min(field => field.Cost)), "patches of a fill that is not the best");
        }

        Assert.That(taken, Has.None.EqualTo(-1), "a fill that none of the beginnings gives");
        Assert.That(taken.Distinct().Count(), Is.GreaterThan(1), "the same beginning for every picture");
    }

    [Test]
    public void AnotherSeed_GivesAnotherField()
    {
        Frame picture = TestPictures.Noise(120, 64, 3);
        HoleMask mask = HoleMask.Around(120, 64, 30, 0, 90, 64);

        int[] one = PatchCompletion.Complete(picture, mask, Quick with { Seed = 1 }, null, CancellationToken.None).Sources;
        int[] two = PatchCompletion.Complete(picture, mask, Quick with { Seed = 2 }, null, CancellationToken.None).Sources;

        Assert.That(one, Is.Not.EqualTo(two));
    }

    [Test]
    public void WhatTheHolesHold_DoesNotMatter()
    {
        Frame picture = TestPictures.Draw(100, 60, Landscape);
        HoleMask mask = HoleMask.Around(100, 60, 20, 10, 80, 60);
        Frame emptied = WithoutHoles(picture, mask);

        Assert.That(PatchCompletion.Complete(picture, mask, Quick, null, CancellationToken.None).Sources,
            Is.EqualTo(PatchCompletion.Complete(emptied, mask, Quick, null, CancellationToken.None).Sources));
    }

    [Test]
    public void NoHole_ChangesNothing()
    {
        HoleMask mask = new(9, 9, new bool[81]);

        Assert.That(PatchCompletion.Complete(TestPictures.Noise(9, 9, 1), mask, Quick, null, CancellationToken.None).Sources,
            Is.EqualTo(Enumerable.Range(0, 81)));
    }

    [Test]
    public void NothingKnown_IsRefused() => Assert.Throws<ArgumentException>(() =>
        PatchCompletion.Complete(new Frame(4, 4), HoleMask.Around(4, 4, 0, 0, 0, 0), Quick, null, CancellationToken.None));

    [Test]
    public void MaskOfAnotherSize_IsRefused() => Assert.Throws<ArgumentException>(() =>
        PatchCompletion.Complete(new Frame(4, 4), HoleMask.Around(4, 5, 0, 0, 2, 2), Quick, null, CancellationToken.None));

    [Test]
    public void Progress_RisesToOne()
    {
        List<double> seen = [];
        PatchCompletion.Complete(TestPictures.Noise(80, 60, 1), HoleMask.Around(80, 60, 20, 0, 60, 60), Quick, new Collector(seen),
            CancellationToken.None);

        Assert.That(seen, Is.Ordered.And.Not.Empty);
        Assert.That(seen[^1], Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void CancelledInTheMiddle_StopsSoon()
    {
        using CancellationTokenSource cancellation = new();
        Stopwatch watch = new();
        Collector stopper = new([], value =>
        {
            if (watch.IsRunning || value < 0.3) return;
            watch.Start();
            cancellation.Cancel();
        });

        Assert.Catch<OperationCanceledException>(() =>
            PatchCompletion.Complete(TestPictures.Noise(400, 300, 1), HoleMask.Around(400, 300, 100, 0, 300, 300), Quick, stopper,
                cancellation.Token));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)), "0.1 s is the aim on an idle machine");
    }

    [TestCase(0)]
    [TestCase(CompletionOptions.IterationsMax + 1)]
    public void Iterations_OutsideTheLimits_AreRefused(int iterations)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new CompletionOptions { CoarseIterations = iterations });
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new CompletionOptions { FineIterations = iterations });
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new CompletionOptions { Passes = iterations });
    }

    [TestCase(1)]
    [TestCase(CompletionOptions.IterationsMax)]
    public void Iterations_AtTheLimits_AreAccepted(int iterations) =>
        Assert.DoesNotThrow(() => _ = new CompletionOptions { CoarseIterations = iterations, FineIterations = iterations, Passes = iterations });

    [Test]
    [Category("Slow")]
    public void RealPicture_Extended_ShowsNoSeam()
    {
        Frame source = TestPictures.OpenCv("home.jpg");
        int width = source.Width + 160;
        Frame canvas = new(width, source.Height);
        for (int y = 0; y < source.Height; y++) source.Row(y).CopyTo(canvas.Row(y)[(4 * 80)..]);
        HoleMask mask = HoleMask.Around(width, source.Height, 80, 0, 80 + source.Width, source.Height);

        CompletionField field = PatchCompletion.Complete(canvas, mask, new CompletionOptions(), null, CancellationToken.None);
        Frame filled = SeamBlend.Apply(canvas, field, 16, 2, CancellationToken.None);

        string saved = TestArtifacts.Save(filled, "extended");
        foreach (int seam in new[] { 80, 80 + source.Width })
        {
            double nearby = Enumerable.Range(-20, 41).Where(offset => offset != 0).Average(offset => StepAcross(filled, seam + offset));
            Assert.That(StepAcross(filled, seam), Is.LessThan(1.8 * nearby + 1 / 255.0), $"column {seam} of {saved}");
        }
    }

    private static (float Red, float Green, float Blue) Tiles(int x, int y) => ((x / 6 + y / 5) % 2, x % 6 / 6f, y % 5 / 5f);

    private static (float Red, float Green, float Blue) Landscape(int x, int y) =>
        y < 40 ? (0.4f + 0.002f * x, 0.6f, 0.9f) : (0.2f, 0.4f + 0.3f * ((x * 7919 + y * 104729) % 97 / 97f), 0.1f);

    /// <summary>Windows of slowly changing size in a wall.</summary>
    private static (float Red, float Green, float Blue) Facade(int x, int y) =>
        x % (17 + y / 30) < 9 && y % 23 < 12 ? (0.2f, 0.2f, 0.3f) : (0.7f + 0.02f * DeterministicRandom.At(3, x, y).NextSingle(), 0.6f, 0.5f);

    private static bool[] Holes(int width, int height, Random random, int count)
    {
        bool[] mask = new bool[width * height];
        for (int i = 0; i < count; i++)
        {
            int x1 = random.Next(width), y1 = random.Next(height), x2 = random.Next(x1, width) + 1, y2 = random.Next(y1, height) + 1;
            for (int y = y1; y < y2; y++) mask.AsSpan(y * width + x1, x2 - x1).Fill(true);
        }

        mask[random.Next(mask.Length)] = false;
        return mask;
    }

    private static HoleMask Box(int width, int height, int left, int top, int boxWidth, int boxHeight)
    {
        bool[] holes = new bool[width * height];
        for (int y = top; y < top + boxHeight; y++) holes.AsSpan(y * width + left, boxWidth).Fill(true);
        return new(width, height, holes);
    }

    private static Frame WithoutHoles(Frame picture, HoleMask mask)
    {
        Frame result = picture.Clone();
        for (int p = 0; p < mask.Holes.Length; p++)
        {
            if (mask.Holes[p]) result.Pixels.AsSpan(4 * p, 4).Clear();
        }

        return result;
    }

    private static Frame Fill(Frame canvas, HoleMask mask, CompletionOptions options) =>
        SeamBlend.Apply(canvas, PatchCompletion.Complete(canvas, mask, options, null, CancellationToken.None), 0, 2, CancellationToken.None);

    private static double StepAcross(Frame frame, int x) =>
        Enumerable.Range(0, frame.Height).Average(y => Math.Abs(frame.Row(y)[4 * x + 1] - frame.Row(y)[4 * x - 3]));

    private sealed class Collector(List<double> seen, Action<double>? also = null) : IProgress<double>
    {
        public void Report(double value)
        {
            seen.Add(value);
            also?.Invoke(value);
        }
    }
}
