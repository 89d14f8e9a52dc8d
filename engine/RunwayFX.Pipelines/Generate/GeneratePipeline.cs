using System.Collections.Concurrent;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Pipelines.Models;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>Makes new clips and stills out of the pieces of a reference: the effect <see cref="EffectCatalog.Generate"/>. One instance serves all
/// sessions.</summary>
/// <remarks>
/// <para>With temporal access a frame belongs to a block (<see cref="GenerateBlocks"/>) that is made once from all its reference frames; without, and
/// while the user drags a control, every frame is a still of its own. The arrangement is decided at a small size and lifted to the frame's; every
/// pixel of the result is a pixel of some reference frame, bit for bit.</para>
/// <para>Thread-safe. Holds at most <see cref="ResultBytesMax"/> + <see cref="GuideBytesMax"/> + <see cref="FrameBytesMax"/> between requests; while it
/// works about 100 bytes per pixel of the frame more, and one host frame.</para>
/// </remarks>
/// <param name="models">Makes pictures for the method Model; null takes the user's packages.</param>
public sealed class GeneratePipeline(ModelMaker? models = null) : IEffectPipeline
{
    /// <summary>Most bytes of finished blocks.</summary>
    public const long ResultBytesMax = 384L << 20;

    /// <summary>Most bytes of guides.</summary>
    public const long GuideBytesMax = 256L << 20;

    /// <summary>Most bytes of host frames.</summary>
    public const long FrameBytesMax = 384L << 20;

    private const double TimeMax = int.MaxValue / 2;

    private readonly ModelGenerate _model = new(models ?? new ModelMaker());
    private readonly BoundedCache _guides = new(GuideBytesMax), _frames = new(FrameBytesMax);
    private readonly BlockMaker _blocks = new(new BoundedCache(ResultBytesMax));
    private readonly ConcurrentDictionary<ColourEncoding, (PerceptualGuide Guide, DisplayEncoder Encoder)> _colours = new();

    /// <inheritdoc/>
    public EffectDefinition Effect => EffectCatalog.Generate;

    /// <remarks>The frames of a reference as far as they are kept, their guides at both sizes, the search on the smaller one, the result and what the host's
    /// window shows of it.</remarks>
    /// <inheritdoc/>
    public long EstimateMemory(RenderJob job, int width, int height)
    {
        const int FramesHeld = 5, ReferenceFrames = 26, SearchBytes = 180;
        ArgumentNullException.ThrowIfNull(job);
        if (ModelSettings.IsWanted(job)) return _model.EstimateMemory(job, width, height);
        (int Width, int Height) result = GenerateSettings.ResultSize(job, width, height);
        GenerateSettings settings = GenerateSettings.From(job, width, height, result);
        int references = settings.Timing.Stretches ? GenerateTiming.ReferenceFramesMax : ReferenceFrames;
        long work = Pixels(settings.WorkSize) + Pixels(settings.ResultWorkSize), lift = Pixels(settings.LiftSize);
        return FrameMemory.Of(FramesHeld, Math.Max(width, result.Width), Math.Max(height, result.Height))
            + Math.Min(FrameMemory.Of(references, width, height), FrameBytesMax)
            + Math.Min(references * (work + lift) * SpaceTimeVolume.Channels, GuideBytesMax) + references * work * (SearchBytes / 2);

        static long Pixels((int Width, int Height) size) => (long)size.Width * size.Height;
    }

    /// <inheritdoc/>
    public Frame Render(RenderJob job, IHostFrames frames, IPictureReader pictures, IProgress<double> progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(frames);
        cancellation.ThrowIfCancellationRequested();
        if (ModelSettings.Read(job) is { } model) return _model.Render(job, model, (frames, pictures), progress, cancellation);
        ColourEncoding encoding = (ColourEncoding)job.Integer("colourSpace");
        (PerceptualGuide guide, DisplayEncoder encoder) = _colours.GetOrAdd(encoding, static each => (new PerceptualGuide(each), new DisplayEncoder(each)));
        GenerateSource source = GenerateSource.Find(job, frames, pictures, encoder.Encode);

        GenerateRequest request = new(job, source, frames, pictures, (_guides, _frames), guide, cancellation);
        GenerateSettings settings = request.Settings;
        bool isNeutral = settings.Variation == 0 && !request.HasStructure && !settings.Timing.Stretches && settings.ResultWidth == settings.Width
            && settings.ResultHeight == settings.Height;
        // A picture file that stands as it is has still taken the source's place.
        if (!isNeutral || !source.IsClip) job.Matte?.Fill(source.ResultWindow, 1);
        if (isNeutral) return WindowCrop.Of(source.Reference.Picture, source.ResultWindow, job.OutputWindow);
        bool isClip = source.IsClip && frames.HasTemporalAccess && !job.IsInteractive && Math.Abs(job.Time) < TimeMax;
        GenerateBlock block = (isClip ? _blocks.Block(request, progress) : null) ?? _blocks.Still(request, progress);
        Frame? made = Compose(request, block);
        if (made is null)
        {
            // A frame has changed since the block was made: what the block rests on is read again.
            throw new PipelineException(PipelineError.SourceMissing, $"the host's frames around time {job.Time} changed while they were being read");
        }

        progress?.Report(1);
        return WindowCrop.Of(made, source.ResultWindow, job.OutputWindow);
    }

    /// <summary>Copies each pixel from where the block's map says; null where a reference frame is no longer what it was.</summary>
    private static Frame? Compose(GenerateRequest request, GenerateBlock block)
    {
        GenerateSettings settings = request.Settings;
        ReadOnlySpan<int> small = block.MapAt(Math.Floor(request.Job.Time));
        bool isLifted = block.Lift is not null;
        MapGrid grid = new(isLifted ? settings.ResultLiftSize : settings.ResultWorkSize, isLifted ? settings.LiftSize : settings.WorkSize,
            (settings.ResultWidth, settings.ResultHeight), (settings.Width, settings.Height));
        int[] map = block.Lift?.Lift(small, (ulong)settings.Seed, GenerateSettings.Threads, request.Cancellation) ?? small.ToArray();
        bool[] isUsed = new bool[block.References.Length];
        foreach (int at in map) isUsed[at / grid.KeyPixels] = true;
        Frame result = new(settings.ResultWidth, settings.ResultHeight);
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = GenerateSettings.Threads, CancellationToken = request.Cancellation };
        for (int reference = 0; reference < isUsed.Length; reference++)
        {
            if (!isUsed[reference]) continue;
            (double time, UInt128 hash) = block.References[reference];
            if (request.Pixels(time, hash)?.Picture is not { } from) return null;
            int wanted = reference;
            Parallel.For(0, result.Height, parallel, y => CopyRow(map, grid, wanted, from, result.Row(y), y));
        }

        return result;
    }

    private static void CopyRow(int[] map, MapGrid grid, int reference, Frame from, Span<float> to, int y)
    {
        int mapY = (int)((long)y * grid.Map.Height / grid.Result.Height);
        for (int x = 0; x < grid.Result.Width; x++)
        {
            int mapX = (int)((long)x * grid.Map.Width / grid.Result.Width), at = map[mapY * grid.Map.Width + mapX];
            if (at / grid.KeyPixels != reference) continue;
            int fromY = VariationLift.Carried(y, mapY, at / grid.Keys.Width % grid.Keys.Height, (grid.Result.Height, grid.Map.Height), (grid.Source.Height, grid.Keys.Height));
            int fromX = VariationLift.Carried(x, mapX, at % grid.Keys.Width, (grid.Result.Width, grid.Map.Width), (grid.Source.Width, grid.Keys.Width));
            from.Row(fromY).Slice(Frame.Channels * fromX, Frame.Channels).CopyTo(to[(Frame.Channels * x)..]);
        }
    }

    /// <summary>Sizes by which a map is read: its own, that of the keys it points into, and those of result and source pixels.</summary>
    private readonly record struct MapGrid((int Width, int Height) Map, (int Width, int Height) Keys, (int Width, int Height) Result, (int Width, int Height) Source)
    {
        public int KeyPixels => Keys.Width * Keys.Height;
    }
}
