using System.Collections.Concurrent;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>Makes new clips and stills out of the pieces of a reference: the effect <see cref="EffectCatalog.Generate"/>. One instance serves all
/// sessions.</summary>
/// <remarks>
/// <para>With temporal access a frame belongs to a block (<see cref="GenerateBlocks"/>) that is made once from all its reference frames; without, and
/// while the user drags a control, every frame is a still of its own. The arrangement is decided at a small size and lifted to the frame's; every
/// pixel of the result is a pixel of some reference frame, bit for bit, mixed with the source where asked.</para>
/// <para>Thread-safe. Holds at most <see cref="ResultBytesMax"/> + <see cref="GuideBytesMax"/> + <see cref="FrameBytesMax"/> between requests; while it
/// works about 100 bytes per pixel of the frame more, and one host frame.</para>
/// </remarks>
public sealed class GeneratePipeline : IEffectPipeline
{
    /// <summary>Most bytes of finished blocks.</summary>
    public const long ResultBytesMax = 384L << 20;

    /// <summary>Most bytes of guides.</summary>
    public const long GuideBytesMax = 256L << 20;

    /// <summary>Most bytes of host frames.</summary>
    public const long FrameBytesMax = 384L << 20;

    private const int SourceClip = 0;
    private const double TimeMax = int.MaxValue / 2;

    private readonly BoundedCache _guides = new(GuideBytesMax), _frames = new(FrameBytesMax);
    private readonly BlockMaker _blocks = new(new BoundedCache(ResultBytesMax));
    private readonly ConcurrentDictionary<ColourEncoding, PerceptualGuide> _colours = new();

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Generate;

    /// <remarks>The frames of a reference as far as they are kept, their guides at both sizes, the search on the smaller one, the result and what the host's
    /// window shows of it.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 5, ReferenceFrames = 26, SearchBytes = 180;
        ArgumentNullException.ThrowIfNull(job);
        GenerateSettings settings = GenerateSettings.From(job, width, height);
        (int workWidth, int workHeight) = settings.WorkSize;
        (int liftWidth, int liftHeight) = settings.LiftSize;
        long work = (long)workWidth * workHeight, lift = (long)liftWidth * liftHeight;
        return FrameMemory.Of(FramesHeld, width, height) + Math.Min(FrameMemory.Of(ReferenceFrames, width, height), FrameBytesMax)
            + Math.Min(ReferenceFrames * (work + lift) * SpaceTimeVolume.Channels, GuideBytesMax) + ReferenceFrames * work * SearchBytes;
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        cancellation.ThrowIfCancellationRequested();
        if (!frames.TryFetch(SourceClip, job.Time, out HostFrame? source))
            throw new PipelineException(PipelineError.SourceMissing, $"the host gave no {EffectDefinition.SourceClipName} frame at time {job.Time}");
        float mix = (float)job.Number("mix");
        if (mix <= 0) return WindowCrop.Of(source.Picture, source.Window, job.OutputWindow);

        PerceptualGuide guide = _colours.GetOrAdd((ColourEncoding)job.Integer("colourSpace"), encoding => new PerceptualGuide(encoding));
        GenerateRequest request = new(job, source, frames, pictures, (_guides, _frames), guide, cancellation);
        if (request.Settings.Variation == 0 && !request.HasStructure) return WindowCrop.Of(source.Picture, source.Window, job.OutputWindow);
        bool isClip = frames.HasTemporalAccess && !job.IsInteractive && Math.Abs(job.Time) < TimeMax;
        GenerateBlock block = (isClip ? _blocks.Block(request, progress) : null) ?? _blocks.Still(request, progress);
        Frame? made = Compose(request, block, mix);
        if (made is null)
        {
            // A frame has changed since the block was made: what the block rests on is read again.
            throw new PipelineException(PipelineError.SourceMissing, $"the host's frames around time {job.Time} changed while they were being read");
        }

        progress?.Report(1);
        return WindowCrop.Of(made, source.Window, job.OutputWindow);
    }

    /// <summary>Copies each pixel from where the block's map says; null where a reference frame is no longer what it was.</summary>
    private static Frame? Compose(GenerateRequest request, GenerateBlock block, float mix)
    {
        Frame source = request.Source.Picture;
        ReadOnlySpan<int> small = block.MapAt(Math.Floor(request.Job.Time));
        (int width, int height) = block.Lift is null ? request.Settings.WorkSize : request.Settings.LiftSize;
        int[] map = block.Lift is null ? small.ToArray()
            : block.Lift.Lift(small, (ulong)request.Settings.Seed, GenerateSettings.Threads, request.Cancellation);
        bool[] isUsed = new bool[block.References.Length];
        foreach (int at in map) isUsed[at / (width * height)] = true;
        Frame result = new(source.Width, source.Height);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = GenerateSettings.Threads, CancellationToken = request.Cancellation };
        for (int reference = 0; reference < isUsed.Length; reference++)
        {
            if (!isUsed[reference]) continue;
            (double time, UInt128 hash) = block.References[reference];
            if (request.Pixels(time, hash)?.Picture is not { } from) return null;
            int wanted = reference;
            Parallel.For(0, source.Height, parallel, y => CopyRow(map, width, height, wanted, from, result.Row(y), y));
        }

        if (mix < 1) Mix(source, result, mix);
        return result;
    }

    private static void CopyRow(int[] map, int width, int height, int reference, Frame from, Span<float> to, int y)
    {
        int mapY = (int)((long)y * height / from.Height);
        for (int x = 0; x < from.Width; x++)
        {
            int mapX = (int)((long)x * width / from.Width), at = map[mapY * width + mapX];
            if (at / (width * height) != reference) continue;
            int fromY = VariationLift.Moved(y, at / width % height - mapY, from.Height, height);
            int fromX = VariationLift.Moved(x, at % width - mapX, from.Width, width);
            from.Row(fromY).Slice(Frame.Channels * fromX, Frame.Channels).CopyTo(to[(Frame.Channels * x)..]);
        }
    }

    private static void Mix(Frame source, Frame result, float mix)
    {
        float[] from = source.Pixels, to = result.Pixels;
        for (int i = 0; i < to.Length; i++) to[i] = from[i] * (1 - mix) + to[i] * mix;
    }
}
