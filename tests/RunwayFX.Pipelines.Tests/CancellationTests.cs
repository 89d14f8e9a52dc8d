using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;

namespace RunwayFX.Pipelines.Tests;

/// <summary>A render that its host gives up goes no further, whatever it is at. Steps are counted (frames asked for, progress told), not milliseconds, which a busy
/// machine would stretch; <c>rfx bench cancel</c> has those.</summary>
public sealed class CancellationTests
{
    /// <summary>Moments of a render at which it is given up.</summary>
    private const int Moments = 6;

    [TestCaseSource(nameof(Cases))]
    public void GivenUpAtAnyStep_TakesNoOther(Case given)
    {
        PanningClip whole = new(0, null);
        _ = Render(given, whole, CancellationToken.None);
        Assert.That(whole.Steps, Is.GreaterThan(0), "steps of a whole render");

        for (int moment = 0; moment < Moments; moment++)
        {
            using CancellationTokenSource cancellation = new();
            int step = 1 + moment * whole.Steps / Moments;
            PanningClip clip = new(step, cancellation);
            bool isWhole = Render(given, clip, cancellation.Token);

            // The frame that is asked for next, in vain; or what the other of two threads is in the middle of telling.
            Assert.That(clip.Steps, Is.LessThanOrEqualTo(step + 1), $"{given}: steps in all, given up at {step} of {whole.Steps}");
            Assert.That(isWhole, Is.False.Or.EqualTo(step >= whole.Steps - 1), $"{given}: came to its end, given up at {step} of {whole.Steps}");
        }
    }

    private static IEnumerable<Case> Cases()
    {
        yield return new("style", () => new StylePipeline(), 5, [], [("stylePath", "style")]);
        yield return new("style after paintings", () => new StylePipeline(), 6, [], [(EffectCatalog.KeyframesName, "3=first;9=last")]);
        yield return new("extend", () => new ExtendPipeline(), 2, [("canvas", 1), ("targetAspect", 7)], []);
        yield return new("extend in time", () => new ExtendPipeline(), 30,
            [("targetAspect", 0), (EffectCatalog.TimeModeName, (int)TimeMode.Continue), ("goodRange", (int)GoodFrames.FirstToLast), ("lastGoodFrame", 23), ("framesAfter", 24)], []);
        yield return new("remove", () => new RemovePipeline(), 3, [(EffectCatalog.MaskFromClipName, 1)], []);
        yield return new("generate", () => new GeneratePipeline(), 3, [], []);
        yield return new("retime", () => new RetimePipeline(), 3, [("timing", (int)RetimeTiming.SourceFrame), ("sourceFrame", 3.5), ("quality", 2)], []);
    }

    /// <summary>Whether it came to its end.</summary>
    private static bool Render(Case given, PanningClip clip, CancellationToken cancellation)
    {
        IEffectPipeline pipeline = given.Create();
        EffectDefinition effect = pipeline.Effect;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        foreach ((string name, double value) in given.Numbers) numbers[effect.IndexOf(name)] = value;
        foreach ((string name, string value) in given.Texts) texts[effect.IndexOf(name)] = value;
        int beside = given.Name == "extend" ? 21 : 0;
        RenderJob job = new()
        {
            Effect = effect, Numbers = numbers, Texts = texts, Time = given.Time,
            OutputWindow = new(-beside, 0, PanningClip.Width + beside, PanningClip.Height),
        };
        try
        {
            _ = pipeline.Render(job, clip, clip, clip, cancellation);
            return true;
        }
        catch (Exception exception) when (IsCancellation(exception))
        {
            return false;
        }
    }

    private static bool IsCancellation(Exception exception) => exception is OperationCanceledException
        || exception is AggregateException many && many.Flatten().InnerExceptions.All(inner => inner is OperationCanceledException);

    /// <summary>A way to render.</summary>
    public sealed record Case(
        string Name, Func<IEffectPipeline> Create, double Time, (string Name, double Value)[] Numbers, (string Name, string Value)[] Texts)
    {
        public override string ToString() => Name;
    }

    /// <summary>A textured ground over which a camera pans, with a disc that walks and is to be removed; gives the render up at a step.</summary>
    private sealed class PanningClip(int lastStep, CancellationTokenSource? cancellation) : IHostFrames, IPictureReader, IProgress<double>
    {
        public const int Width = 128, Height = 72;

        private const int FramesMax = 24, Walker = 8;

        private int _steps;

        public int Steps => _steps;

        public bool HasTemporalAccess => true;

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            bool isGivenUp = cancellation is { IsCancellationRequested: true };
            Step();
            if (isGivenUp) cancellation!.Token.ThrowIfCancellationRequested(); // As the engine's frames do.
            int index = (int)Math.Floor(time);
            frame = index is >= 0 and < FramesMax ? new HostFrame(Draw(index, clip != 0), new(0, 0, Width, Height), false) : null;
            return frame is not null;
        }

        public Frame Read(string path)
        {
            Step();
            return Draw(path == "last" ? 9 : 3, false);
        }

        public void Report(double value) => Step();

        private void Step()
        {
            if (Interlocked.Increment(ref _steps) == lastStep) cancellation?.Cancel();
        }

        private static Frame Draw(int index, bool isMask)
        {
            Frame frame = new(Width, Height);
            (int middleX, int middleY) = (14 + 3 * index, Height / 2);
            for (int y = 0; y < Height; y++)
            {
                Span<float> row = frame.Row(y);
                for (int x = 0; x < Width; x++)
                {
                    bool isWalker = (x - middleX) * (x - middleX) + (y - middleY) * (y - middleY) < Walker * Walker;
                    int u = x + index, hash = (int)(((uint)u * 73_856_093u ^ (uint)y * 19_349_663u) >> 24);
                    float ground = 0.3f + 0.3f * (u / 10 % 2 ^ y / 10 % 2) + 0.2f * y / Height + hash / 2000f, value = isMask ? isWalker ? 1 : 0 : isWalker ? 0.05f : ground;
                    (row[4 * x], row[4 * x + 1], row[4 * x + 2], row[4 * x + 3]) = (value, isMask ? value : value * 0.9f, isMask ? value : 0.8f - value, 1);
                }
            }

            return frame;
        }
    }
}
