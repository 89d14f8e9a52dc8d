using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;
using RunwayFX.Pipelines.Tests.Extend;
using RunwayFX.Testing;

namespace RunwayFX.Pipelines.Tests;

/// <summary>What a pipeline says it needs before a render, against what is alive at the most during it: at least four fifths of it, at most three
/// times as much.</summary>
[NonParallelizable]
public sealed class MemoryEstimateTests
{
    private const double Least = 0.8, Most = 3;

    private static readonly Func<IEffectPipeline>[] Pipelines =
        [static () => new StylePipeline(), static () => new ExtendPipeline(), static () => new RetimePipeline(), static () => new GeneratePipeline(), static () => new RemovePipeline()];

    [TestCase(0, 960, 540)]
    [TestCase(1, 480, 270)]
    [TestCase(2, 960, 540)]
    [TestCase(3, 320, 180)]
    [TestCase(3, 960, 540)]
    [TestCase(4, 320, 180)]
    [TestCase(4, 960, 540)]
    public void Estimate_IsNearTheMeasuredPeak(int index, int width, int height)
    {
        IEffectPipeline pipeline = Pipelines[index]();
        bool isRemoval = pipeline.Effect == EffectCatalog.Remove;
        FakeClip clip = new(time => time is >= 0 and < 40 ? FakeClip.At(Scene(width, height, time, isRemoval)) : null);
        RenderJob job = Job(pipeline.Effect, width, height);
        double estimate = pipeline.EstimateMemory(job, width, height);
        double measured = PeakOf(() => pipeline.Render(job, clip, new OnePicture(), new ExtendPipelineTests.NoProgress(), CancellationToken.None));
        TestContext.Out.WriteLine($"{pipeline.Effect.Name}: measured {measured / 1e6:0} MB ({measured / width / height:0} B/px), stated {estimate / 1e6:0} MB");
        Assert.That(estimate / measured, Is.InRange(Least, Most));
    }

    private static RenderJob Job(EffectDefinition effect, int width, int height)
    {
        double[] numbers = [.. effect.Parameters.Select(static parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(static parameter => parameter.DefaultText)];
        if (effect.IndexOf("stylePath") is var style and >= 0) texts[style] = "style.png";
        if (effect.IndexOf("quality") is var quality and >= 0) numbers[quality] = (double)QualityLevel.Draft;
        if (effect.IsRetimer) numbers[effect.IndexOf("speed")] = 37;
        PixelWindow window = new(0, 0, width, height);
        if (effect.Canvas == CanvasRule.MayGrow) window = new(-width / 6, 0, width + width / 6, height);
        return new RenderJob { Effect = effect, Numbers = numbers, Texts = texts, Time = 5, OutputWindow = window };
    }

    /// <summary>A textured ground with a disc that moves; the disc is transparent where it is to be removed.</summary>
    private static Frame Scene(int width, int height, double time, bool isRemoval)
    {
        Frame scene = TestPictures.Draw(width, height, (x, y) =>
        {
            float ground = (x * 31 + y * 17) % 23 / 46f + y / (2f * height);
            return IsDisc(x, y) ? (0.9f, ground, 0.2f) : (0.3f + ground / 2, 0.5f * ground, 0.4f);
        });
        for (int p = 0; isRemoval && p < width * height; p++)
        {
            if (IsDisc(p % width, p / width)) scene.Pixels[Frame.Channels * p + 3] = 0;
        }

        return scene;

        bool IsDisc(double x, double y)
        {
            double dx = x - width * (0.2 + time / 80), dy = y - height / 2.0;
            return dx * dx + dy * dy < height * height / 25.0;
        }
    }

    /// <summary>Most bytes of objects alive while something runs, above those before it.</summary>
    private static double PeakOf(Action work)
    {
        long before = GC.GetTotalMemory(forceFullCollection: true), most = before;
        using ManualResetEventSlim isDone = new();
        Thread watcher = new(() =>
        {
            do
            {
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: false);
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            }
            while (!isDone.Wait(5));
        });
        watcher.Start();
        try
        {
            work();
        }
        finally
        {
            isDone.Set();
            watcher.Join();
        }

        return most - before;
    }

    /// <summary>A style picture as large as it is used.</summary>
    private sealed class OnePicture : IPictureReader
    {
        private readonly Frame _picture = TestPictures.Noise(2000, 1500, 5);

        public Frame Read(string path) => _picture;
    }
}
