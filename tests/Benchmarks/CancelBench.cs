using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Extend;
using RunwayFX.Pipelines.Generate;
using RunwayFX.Pipelines.Remove;
using RunwayFX.Pipelines.Retime;
using RunwayFX.Pipelines.Style;

namespace RunwayFX.Benchmarks;

/// <summary>How long does a render go on after its host gave it up? Each pipeline renders a frame of 960×540 from nothing and is cancelled at moments spread over
/// the whole of it. Budget: 100 ms at the worst.</summary>
internal sealed class CancelBench : IBench
{
    private const int Width = 960, Height = 540, Trials = 12;
    private const double WorstMs = 100;

    /// <inheritdoc/>
    public string Name => "cancel";

    /// <inheritdoc/>
    public string Question => "how long each pipeline goes on after it was cancelled, at the worst";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        MovingClip clip = new();
        List<BenchRow> rows = [];
        Measure(rows, "style", clip, 5, () => new StylePipeline(), new() { ["colourSpace"] = 2 }, new() { ["stylePath"] = "style" });
        Measure(rows, "style-keyframes", clip, 6, () => new StylePipeline(), new() { ["colourSpace"] = 2 }, new() { [EffectCatalog.KeyframesName] = "3=first;9=last" });
        Measure(rows, "extend", clip, 2, () => new ExtendPipeline(), new() { ["canvas"] = 1, ["targetAspect"] = 7 }, []);
        Measure(rows, "extend-time", clip, 75, () => new ExtendPipeline(), new()
        {
            ["targetAspect"] = 0, [EffectCatalog.TimeModeName] = (int)TimeMode.Continue, ["goodRange"] = (int)GoodFrames.FirstToLast, ["lastGoodFrame"] = 47, ["framesAfter"] = 48,
        }, []);
        Measure(rows, "remove", clip, 3, () => new RemovePipeline(), new() { [EffectCatalog.MaskFromClipName] = 1 }, []);
        Measure(rows, "generate", clip, 3, () => new GeneratePipeline(), [], []);
        Measure(rows, "generate-still", clip, 3, () => new GeneratePipeline(), [], new() { [EffectCatalog.ReferencePathName] = "style" });
        Measure(rows, "retime", clip, 3, () => new RetimePipeline(), new() { ["timing"] = (int)RetimeTiming.SourceFrame, ["sourceFrame"] = 3.5, ["quality"] = 2 }, []);
        return rows;
    }

    private static void Measure(
        List<BenchRow> rows, string name, MovingClip clip, double time, Func<IEffectPipeline> create, Dictionary<string, double> numbers, Dictionary<string, string> texts)
    {
        RenderJob job = MovingClip.Job(create().Effect, time, numbers, texts);
        _ = Render(create(), job, clip, CancellationToken.None);
        long start = Stopwatch.GetTimestamp();
        _ = Render(create(), job, clip, CancellationToken.None);
        TimeSpan whole = Stopwatch.GetElapsedTime(start);
        double worst = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            using CancellationTokenSource cancellation = new();
            long asked = 0;
            using Timer timer = new(_ =>
            {
                Volatile.Write(ref asked, Stopwatch.GetTimestamp());
                cancellation.Cancel();
            }, null, whole * ((trial + 0.5) / Trials), Timeout.InfiniteTimeSpan);
            if (Render(create(), job, clip, cancellation.Token)) continue;
            worst = Math.Max(worst, Stopwatch.GetElapsedTime(Volatile.Read(ref asked)).TotalMilliseconds);
        }

        rows.Add(new BenchRow($"cancel.{name}", worst, "ms", WorstMs));
        rows.Add(new BenchRow($"cancel.{name}.whole", whole.TotalSeconds, "s"));
    }

    /// <summary>Whether the render came to its end.</summary>
    private static bool Render(IEffectPipeline pipeline, RenderJob job, MovingClip clip, CancellationToken cancellation)
    {
        try
        {
            _ = pipeline.Render(job, clip, clip, clip, cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (AggregateException exception) when (exception.Flatten().InnerExceptions.All(inner => inner is OperationCanceledException))
        {
            return false;
        }
    }

    /// <summary>A textured ground over which a camera pans a little, with a disc that walks across and is to be removed.</summary>
    private sealed class MovingClip : IHostFrames, IPictureReader, IProgress<double>
    {
        private const int FramesMax = 48, Walker = 60;

        private readonly Frame[] _frames = [.. Enumerable.Range(0, FramesMax).Select(index => Draw(index, false))];
        private readonly Frame[] _masks = [.. Enumerable.Range(0, FramesMax).Select(index => Draw(index, true))];

        public bool HasTemporalAccess => true;

        public static RenderJob Job(EffectDefinition effect, double time, Dictionary<string, double> numbers, Dictionary<string, string> texts)
        {
            double[] values = [.. effect.Parameters.Select(parameter => parameter.Default)];
            string[] words = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
            foreach ((string name, double value) in numbers) values[effect.IndexOf(name)] = value;
            foreach ((string name, string value) in texts) words[effect.IndexOf(name)] = value;
            int wide = effect.WireId == EffectCatalog.Extend.WireId && numbers.ContainsKey("canvas") ? Height * 239 / 100 - Width : 0;
            return new RenderJob { Effect = effect, Numbers = values, Texts = words, Time = time, OutputWindow = new(-wide / 2, 0, Width + wide - wide / 2, Height) };
        }

        public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
        {
            int index = (int)Math.Floor(time);
            frame = index is >= 0 and < FramesMax ? new HostFrame((clip == 0 ? _frames : _masks)[index], new(0, 0, Width, Height), false) : null;
            return frame is not null;
        }

        public Frame Read(string path) => _frames[path == "last" ? 9 : 3];

        public void Report(double value)
        {
        }

        private static Frame Draw(int index, bool isMask)
        {
            Frame frame = new(Width, Height);
            (int middleX, int middleY) = (100 + 12 * index, Height / 2);
            for (int y = 0; y < Height; y++)
            {
                Span<float> row = frame.Row(y);
                for (int x = 0; x < Width; x++)
                {
                    bool isWalker = (x - middleX) * (x - middleX) + (y - middleY) * (y - middleY) < Walker * Walker;
                    int u = x + index, hash = (int)(((uint)u * 73_856_093u ^ (uint)y * 19_349_663u) >> 24);
                    float ground = 0.3f + 0.3f * (u / 40 % 2 ^ y / 40 % 2) + 0.2f * y / Height + hash / 2000f, value = isMask ? isWalker ? 1 : 0 : isWalker ? 0.05f : ground;
                    (row[4 * x], row[4 * x + 1], row[4 * x + 2], row[4 * x + 3]) = (value, isMask ? value : value * 0.9f, isMask ? value : 0.8f - value, 1);
                }
            }

            return frame;
        }
    }
}
