using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Pipelines;
using RunwayFX.Pipelines.Generate;

namespace RunwayFX.Benchmarks;

/// <summary>What a variation costs at full size: the effect Generate on frames of 1920×1080, its first frame (for which a whole block is made) and the next
/// ones. Budget: a minute for the block, a second for each frame after it, 1.5 GB.</summary>
internal sealed class LargeVariation : IHostFrames, IProgress<double>
{
    private const int Width = 1920, Height = 1080, FramesMax = 25, NextFrames = 4;

    private readonly FrameReader _reader;

    private LargeVariation(FrameReader reader) => _reader = reader;

    /// <inheritdoc/>
    public bool HasTemporalAccess => true;

    /// <summary>Measures.</summary>
    /// <param name="movie">A movie, enlarged.</param>
    /// <param name="folder">Where a frame is written; null for nowhere.</param>
    public static IReadOnlyList<BenchRow> Run(string movie, string? folder)
    {
        using FrameReader reader = FrameReader.Open(movie);
        LargeVariation clip = new(reader);
        GeneratePipeline pipeline = new();
        Frame first = clip.Render(pipeline, 0, out double block);
        double most = 0;
        for (int time = 1; time <= NextFrames; time++)
        {
            _ = clip.Render(pipeline, time, out double seconds);
            most = Math.Max(most, seconds);
        }

        if (folder is not null) StillWriter.Write(Path.Combine(folder, "variation-1080p.png"), first, StillFormat.Png8, hasAlpha: false);
        return
        [
            new BenchRow("variation.1080p.seconds-first-of-a-block", block, "s", 60),
            new BenchRow("variation.1080p.seconds-next", most, "s", 1),
            new BenchRow("variation.1080p.stated-memory", pipeline.EstimateMemory(Job(0), Width, Height) / 1e6, "MB", 1500),
            new BenchRow("variation.1080p.peak-of-process", Process.GetCurrentProcess().PeakWorkingSet64 / 1e6, "MB"),
        ];
    }

    /// <inheritdoc/>
    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        frame = clip == 0 && time is >= 0 and < FramesMax
            ? new HostFrame(Resampling.Resize(_reader.Read((long)time), Width, Height, ResamplingFilter.Bicubic), new(0, 0, Width, Height), false) : null;
        return frame is not null;
    }

    /// <inheritdoc/>
    public void Report(double value)
    {
    }

    private static RenderJob Job(double time)
    {
        EffectDefinition effect = EffectCatalog.Generate;
        return new RenderJob
        {
            Effect = effect, Numbers = [.. effect.Parameters.Select(parameter => parameter.Default)], Texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)],
            Time = time, OutputWindow = new(0, 0, Width, Height),
        };
    }

    private Frame Render(GeneratePipeline pipeline, double time, out double seconds)
    {
        long start = Stopwatch.GetTimestamp();
        Frame result = pipeline.Render(Job(time), this, null!, this, CancellationToken.None);
        seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return result;
    }
}
