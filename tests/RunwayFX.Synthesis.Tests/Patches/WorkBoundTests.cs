using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Tests.Variation;
using RunwayFX.Synthesis.Variation;
using RunwayFX.Testing;

namespace RunwayFX.Synthesis.Tests.Patches;

/// <summary>How much work lies between two questions for cancellation, counted in comparisons of patches: a clock that a busy machine does not stop.</summary>
public sealed class WorkBoundTests
{
    [TestCase(44, 33, 6, 7)]
    [TestCase(200, 150, 4, 8)]
    [TestCase(1500, 12, 1, 1)]
    [TestCase(12, 600, 3, 3)]
    public void Variation_AsksOftenEnough(int width, int height, int frames, int resultFrames)
    {
        PatchWorkMeter meter = new();
        SpaceTimeVolume clip = ClipVariationTests.Scene(width, height, frames);

        _ = ClipVariation.Run(clip, new ClipVariationOptions { Iterations = 1, Passes = 1, Threads = 2, Frames = resultFrames, Meter = meter });

        AssertOftenEnough(meter);
    }

    [TestCase(160, 120)]
    [TestCase(900, 60)]
    [TestCase(40, 700)]
    public void Completion_AsksOftenEnough(int width, int height)
    {
        PatchWorkMeter meter = new();
        Frame guide = TestPictures.Noise(width, height, 3);
        bool[] holes = [.. Enumerable.Range(0, width * height).Select(at => at % width > width / 4 && at % width < width / 2 && at / width > height / 3)];
        CompletionOptions options = new() { CoarseIterations = 2, FineIterations = 1, Passes = 1, IsPieced = false, ThreadsMax = 2, Meter = meter };

        _ = PatchCompletion.Complete(guide, new HoleMask(width, height, holes), options, null, CancellationToken.None);

        AssertOftenEnough(meter);
    }

    [Test]
    public void Variation_CancelledAtAnyMoment_ThrowsWithoutFurtherWork()
    {
        SpaceTimeVolume clip = ClipVariationTests.Scene(60, 44, 5);
        ClipVariationOptions options = new() { Iterations = 2, Passes = 1, Threads = 2 };
        for (double share = 0.05; share < 1; share += 0.15)
        {
            using CancellationTokenSource cancellation = new();
            PatchWorkMeter meter = new();
            long unitsThen = 0;
            Reaction progress = new(value =>
            {
                if (value < share || cancellation.IsCancellationRequested) return;
                unitsThen = meter.Units;
                cancellation.Cancel();
            });

            Assert.That(() => ClipVariation.Run(clip, options with { Meter = meter }, progress, cancellation.Token), Throws.InstanceOf<OperationCanceledException>(), $"at {share}");
            Assert.That(meter.Units - unitsThen, Is.LessThanOrEqualTo(2 * PatchWork.UnitsMax), $"at {share}");
        }
    }

    private static void AssertOftenEnough(PatchWorkMeter meter)
    {
        Assert.That(meter.Checks, Is.GreaterThan(10));
        Assert.That(meter.UnitsMax, Is.LessThanOrEqualTo(PatchWork.UnitsMax));
    }

    private sealed class Reaction(Action<double> react) : IProgress<double>
    {
        public void Report(double value) => react(value);
    }
}
