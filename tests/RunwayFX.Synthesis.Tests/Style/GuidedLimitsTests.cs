using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Synthesis.Tests.Style;

/// <summary>Memory, cancellation and bad input of guided synthesis.</summary>
public sealed class GuidedLimitsTests
{
    [TestCase(200, 150, 6)]
    [TestCase(400, 300, 6)]
    [TestCase(320, 200, 14)]
    [TestCase(60, 50, 6)]
    public void AllocatedBytes_StayBelowWhatIsStated(int width, int height, int channels)
    {
        GuidedSynthesisInput input = Input(width, height, width, height, channels);
        GuidedSynthesisOptions options = new() { Threads = 1, SearchVoteIterations = 2, PatchMatchPasses = 1 };
        GuidedSynthesis.Run(input, options, null, default);
        long before = GC.GetAllocatedBytesForCurrentThread();
        GuidedSynthesis.Run(input, options, null, default);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before, stated = GuidedSynthesis.MemoryBytes(width * height, width * height, channels);
        TestContext.Out.WriteLine($"{allocated} of {stated} bytes, {(double)allocated / (width * height):F1} a pixel");
        Assert.Multiple(() =>
        {
            Assert.That(allocated, Is.LessThanOrEqualTo(stated));
            if (width >= 200) Assert.That(allocated, Is.GreaterThan(stated / 3), "the statement says something");
        });
    }

    [Test]
    public void MoreIterations_AllocateNoMore()
    {
        GuidedSynthesisInput input = Input(300, 200, 300, 200, 6);
        long few = Allocated(2), many = Allocated(12);
        Assert.That(many - few, Is.LessThan(300 * 200 * 2), "bytes for ten more iterations on each level: far less than one a pixel and iteration");

        long Allocated(int iterations)
        {
            GuidedSynthesisOptions options = new() { Threads = 1, SearchVoteIterations = iterations, PatchMatchPasses = 1 };
            GuidedSynthesis.Run(input, options, null, default);
            long before = GC.GetAllocatedBytesForCurrentThread();
            GuidedSynthesis.Run(input, options, null, default);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    /// <summary>A unit is one patch comparison; a core does at least 10 million a second, so that the limit is 100 ms.</summary>
    [TestCase(1200, 90, 5, 6)]
    [TestCase(90, 700, 5, 3)]
    [TestCase(48, 40, 3, 5)]
    public void Cancellation_IsAskedWithinTheLimit(int width, int height, int patchWidth, int channels)
    {
        PatchWorkMeter meter = new();
        GuidedSynthesisOptions options = new() { PatchWidth = patchWidth, SearchVoteIterations = 1, PatchMatchPasses = 1, FineRadii = 64, Threads = 2, Meter = meter };
        GuidedSynthesis.Run(Input(100, 80, width, height, channels), options, null, default);
        Assert.Multiple(() =>
        {
            Assert.That(meter.UnitsMax, Is.LessThanOrEqualTo(PatchWork.UnitsMax));
            Assert.That(PatchWork.UnitsMax, Is.LessThanOrEqualTo(10_000_000 / 10));
            Assert.That(meter.Checks, Is.GreaterThan(height * 5));
            Assert.That(meter.Units, Is.GreaterThan((long)width * height * 5), "the meter sees the whole work");
        });
    }

    [Test]
    public void WidestRow_StaysWithinTheLimit()
    {
        // One row of the widest target with all radii: what a thread announces at most outside exhaustive levels.
        PatchWorkMeter meter = new();
        GuidedSynthesisOptions options = new() { SearchVoteIterations = 1, PatchMatchPasses = 1, FineRadii = 64, Levels = 1, Threads = 1, Meter = meter };
        GuidedSynthesis.Run(Input(200, 5, MatchField.SideMax, 2, 3), options, null, default);
        Assert.That(meter.UnitsMax, Is.LessThanOrEqualTo(PatchWork.UnitsMax));
    }

    [Test]
    public void AlreadyCancelled_DoesNothing()
    {
        PatchWorkMeter meter = new();
        Assert.That(() => GuidedSynthesis.Run(Input(60, 50, 60, 50, 6), new() { Meter = meter }, null, new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(meter.Checks, Is.LessThanOrEqualTo(Environment.ProcessorCount));
    }

    [Test]
    public void CancelledHalfWay_StopsAtTheNextQuestion([Values(1, 3)] int threads)
    {
        using CancellationTokenSource cancellation = new();
        PatchWorkMeter meter = new();
        long checks = 0;
        Reaction reaction = new(value =>
        {
            if (value < 0.5 || checks > 0) return;
            checks = meter.Checks;
            cancellation.Cancel();
        });
        Assert.That(() => GuidedSynthesis.Run(Input(100, 80, 140, 130, 6), new() { Threads = threads, Meter = meter }, reaction, cancellation.Token),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.Multiple(() =>
        {
            Assert.That(checks, Is.GreaterThan(100));
            Assert.That(meter.Checks, Is.LessThanOrEqualTo(checks + threads));
        });
    }

    [TestCase(1, 1)]
    [TestCase(4, 4)]
    [TestCase(300, 4)]
    [TestCase(4, 300)]
    public void StyleSmallerThanAPatch_IsRefused(int width, int height) => Assert.That(
        () => GuidedSynthesis.Run(Input(width, height, 20, 20, 6), new(), null, default),
        Throws.ArgumentException.With.Message.Contains($"{width}×{height}"));

    [TestCase(1, 1)]
    [TestCase(1, 400)]
    [TestCase(400, 1)]
    [TestCase(5, 5)]
    [TestCase(11, 10)]
    public void AnyTarget_IsPaintedFromInsideTheStyle(int width, int height)
    {
        GuidedSynthesisInput input = Input(31, 23, width, height, 6);
        MatchField field = GuidedSynthesis.Run(input, new(), null, default);
        Assert.That(() => field.CheckInside(new SourceRegion(input.Source, new PatchWeights(5, [.. input.Weights]))), Throws.Nothing);
    }

    [Test]
    public void UnfittingInput_IsRefused()
    {
        GuidedSynthesisInput input = Input(30, 20, 24, 18, 6);
        MatchField initial = new(24, 18), outside = new(24, 18);
        initial.Randomize(30, 20, 2, 1);
        outside.Randomize(31, 20, 2, 1);
        outside[3, 4] = (28, 5);
        Assert.Multiple(() =>
        {
            Refuses(input with { StyleChannels = 0 }, "0 style channels");
            Refuses(input with { StyleChannels = 7 }, "7 style channels");
            Refuses(input with { Target = new ChannelPicture(24, 18, 5) }, "6, 5 and 6");
            Refuses(input with { Weights = [1, 1, 1] }, "6 and 3");
            Refuses(input with { Weights = [1, 1, 1, 1, 1, double.NaN] }, "NaN");
            Refuses(input with { Weights = [1, 1, 1, 1, 1, double.PositiveInfinity] }, "finite");
            Refuses(input with { Weights = [0, 0, 0, 0, 0, 0] }, "0");
            Refuses(input with { Initial = new MatchField(23, 18) }, "23×18");
            Refuses(input with { Initial = outside }, "no patch centre");
            Refuses(input with { Active = new byte[24 * 18] }, "initial");
            Refuses(input with { Initial = initial, Active = new byte[24 * 18 - 1] }, "431");
            Assert.That(() => GuidedSynthesis.Run(input with { Initial = initial, Active = new byte[24 * 18] }, new(), null, default), Throws.Nothing);
        });

        static void Refuses(GuidedSynthesisInput input, string names) => Assert.That(() => GuidedSynthesis.Run(input, new(), null, default),
            Throws.InstanceOf<ArgumentException>().With.Message.Contains(names));
    }

    [Test]
    public void NothingActive_LeavesTheInitialField()
    {
        GuidedSynthesisInput input = Input(30, 20, 24, 18, 6);
        MatchField initial = new(24, 18);
        initial.Randomize(30, 20, 2, 1);
        MatchField field = GuidedSynthesis.Run(input with { Initial = initial, Active = new byte[24 * 18] }, new(), null, default);
        Assert.That(field.Matches, Is.EqualTo(initial.Matches));
    }

    private static GuidedSynthesisInput Input(int styleWidth, int styleHeight, int width, int height, int channels) => new()
    {
        Source = SynthesisPictures.Noise(styleWidth, styleHeight, channels, 1),
        Target = SynthesisPictures.Noise(width, height, channels, 2),
        StyleChannels = 3,
        Weights = [.. Enumerable.Repeat(1.0, channels)],
    };

    private sealed class Reaction(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }
}
