using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Variation;

namespace RunwayFX.Pipelines.Generate;

/// <summary>Makes blocks and stills once and keeps them under a key made of all they depend on. Thread-safe.</summary>
internal sealed class BlockMaker(BoundedCache results)
{
    /// <summary>Fewer reference frames than this make a still.</summary>
    public const int ClipFramesMin = ClipVariation.PatchFrames;

    private const int BookBytes = 4096;

    private readonly KeyedGates _gates = new();

    private enum Part
    {
        Still = 1,
        Block = 2,
        Boundary = 3,
        Book = 4,
    }

    /// <summary>The still of the frame that is asked for.</summary>
    public GenerateBlock Still(GenerateRequest request, IProgress<double>? progress)
    {
        (SpaceTimeVolume[] Frames, UInt128 Hash)? structure = request.Structure(request.Job.Time, request.Job.Time);
        UInt128 key = Key(request, Part.Still, 0, [request.SourceHash], structure?.Hash);
        using IDisposable gate = _gates.Enter(key, request.Cancellation);
        if (results.TryGet(key, out GenerateBlock? block)) return block;
        GuideFrame guide = request.Guide(request.Source, request.SourceHash);
        ulong seed = DeterministicRandom.Hash((ulong)request.Settings.Seed, (int)Part.Still);
        (int width, int height) = request.Settings.ResultWorkSize;
        ClipVariationOptions options = request.Settings.Options(seed, isStill: true) with { Width = width, Height = height, Structure = structure?.Frames[0] };
        ClipVariationResult made = ClipVariation.Run(guide.Work, options, progress, request.Cancellation);
        block = new GenerateBlock([(request.SourceTime, request.SourceHash)], request.Job.Time, made.Map, made.Picture, Lifting([guide], request));
        results.Put(key, block, block.Bytes);
        return block;
    }

    /// <summary>The block that holds the time asked for; null where the host has too few frames for a clip.</summary>
    public GenerateBlock? Block(GenerateRequest request, IProgress<double>? progress)
    {
        double number = GenerateBlocks.Block(request.Job.Time);
        UInt128 bookKey = Key(request, Part.Book, number, [], null);
        // The book knows the reference alone: with a structure everything is read and compared again.
        if (!request.HasStructure && results.TryGet(bookKey, out GenerateBook? book) && Trusts(book, request)
            && results.TryGet(book.BlockKey, out GenerateBlock? known))
        {
            results.Put(bookKey, book with { LastTime = request.Job.Time }, BookBytes);
            return known;
        }

        (double first, double last) = request.Settings.Timing.Reference(request.Job.Time);
        List<(double Time, GuideFrame Guide)> references = [];
        for (double time = first; time <= last; time++)
        {
            if (request.Fetch(time) is { } fetched) references.Add((time, request.Guide(fetched.Frame, fetched.Hash)));
        }

        if (references.Count < ClipFramesMin) return null;
        (first, last) = GenerateBlocks.Made(request.Job.Time);
        (SpaceTimeVolume[] Frames, UInt128 Hash)? structure = request.Structure(first, last);
        UInt128 key = FramesKey(request, Part.Block, number, references, structure?.Hash);
        GenerateBlock block;
        using (_gates.Enter(key, request.Cancellation))
        {
            block = results.TryGet(key, out GenerateBlock? made) ? made : Make(request, number, references, structure, progress);
            results.Put(key, block, block.Bytes);
        }

        if (request.HasStructure) return block;
        Dictionary<double, UInt128> hashes = references.ToDictionary(each => each.Time, each => each.Guide.Hash);
        results.Put(bookKey, new GenerateBook(key, request.Job.Time, hashes), BookBytes);
        return block;
    }

    /// <summary>Whoever goes on where the last request ended may trust what it read; after a jump all frames are read and compared again.</summary>
    private static bool Trusts(GenerateBook book, GenerateRequest request)
    {
        double time = request.Job.Time;
        bool goesOn = time == book.LastTime || time == book.LastTime + 1;
        return goesOn && book.Hashes.TryGetValue(request.SourceTime, out UInt128 hash) && hash == request.SourceHash;
    }

    private GenerateBlock Make(
        GenerateRequest request, double number, List<(double Time, GuideFrame Guide)> references, (SpaceTimeVolume[] Frames, UInt128 Hash)? structure,
        IProgress<double>? progress)
    {
        const double BoundaryShare = 0.1;
        (double first, double last) = GenerateBlocks.Made(number * GenerateBlocks.FramesMax);
        int count = (int)(last - first) + 1, ends = 2 * GenerateBlocks.BoundaryReach + 1;
        SpaceTimeVolume? before = Boundary(request, number, references, structure?.Frames[..ends], new GenerateProgress(progress, 0, BoundaryShare));
        SpaceTimeVolume? after = Boundary(request, number + 1, references, structure?.Frames[^ends..],
            new GenerateProgress(progress, BoundaryShare, BoundaryShare));

        (int width, int height) = request.Settings.ResultWorkSize;
        SpaceTimeVolume wanted = new(width, height, count);
        List<int> kept = [];
        for (int index = 0; index < ends; index++)
        {
            Keep(before, index, index);
            Keep(after, index, count - ends + index);
        }

        GuideFrame[] guides = [.. references.Select(each => each.Guide)];
        ulong seed = DeterministicRandom.Hash((ulong)request.Settings.Seed, (int)Part.Block, (int)number);
        ClipVariationOptions options = request.Settings.Options(seed, isStill: false) with
        {
            Width = width, Height = height, Frames = count, Structure = structure is null ? null : GuideFrame.Join(structure.Value.Frames), Fixed = wanted, FixedFrames = [.. kept],
        };
        ClipVariationResult made = ClipVariation.Run(GuideFrame.Join([.. guides.Select(guide => guide.Work)]), options,
            new GenerateProgress(progress, 2 * BoundaryShare, 1 - 3 * BoundaryShare), request.Cancellation);
        return new GenerateBlock([.. references.Select(each => (each.Time, each.Guide.Hash))], first, made.Map, made.Picture, Lifting(guides, request));

        void Keep(SpaceTimeVolume? boundary, int index, int at)
        {
            if (boundary is null) return;
            boundary.Frame(index).CopyTo(wanted.Frame(at));
            kept.Add(at);
        }
    }

    /// <summary>The few frames around the start of a block, made from what lies around them alone: both blocks beside it find the same ones.</summary>
    private SpaceTimeVolume? Boundary(
        GenerateRequest request, double number, List<(double Time, GuideFrame Guide)> references, SpaceTimeVolume[]? structure, IProgress<double> progress)
    {
        double middle = Math.Floor(request.Settings.Timing.ToReference(number * GenerateBlocks.FramesMax));
        List<(double Time, GuideFrame Guide)> near = references.FindAll(each => Math.Abs(each.Time - middle) <= GenerateBlocks.ReferenceReach);
        if (near.Count < ClipFramesMin) return null;
        SpaceTimeVolume? shape = structure is null ? null : GuideFrame.Join(structure);
        UInt128? shapeHash = shape is null ? null : System.IO.Hashing.XxHash128.HashToUInt128(shape.Frame(0)) ^ System.IO.Hashing.XxHash128.HashToUInt128(shape.Frame(shape.Frames - 1));
        UInt128 key = FramesKey(request, Part.Boundary, number, near, shapeHash);
        using IDisposable gate = _gates.Enter(key, request.Cancellation);
        if (results.TryGet(key, out SpaceTimeVolume? made)) return made;
        ulong seed = DeterministicRandom.Hash((ulong)request.Settings.Seed, (int)Part.Boundary, (int)number);
        (int width, int height) = request.Settings.ResultWorkSize;
        ClipVariationOptions options = request.Settings.Options(seed, isStill: false) with
        {
            Width = width, Height = height, Frames = 2 * GenerateBlocks.BoundaryReach + 1, Structure = shape,
        };
        made = ClipVariation.Run(GuideFrame.Join([.. near.Select(each => each.Guide.Work)]), options, progress, request.Cancellation).Picture;
        results.Put(key, made, made.Voxels * (long)SpaceTimeVolume.Channels);
        return made;
    }

    private static VariationLift? Lifting(GuideFrame[] guides, GenerateRequest request)
    {
        GenerateSettings settings = request.Settings;
        if (settings.LiftSize == settings.WorkSize && settings.ResultLiftSize == settings.ResultWorkSize) return null;
        SpaceTimeVolume keys = GuideFrame.Join([.. guides.Select(guide => guide.Lift)]);
        return new VariationLift(keys, settings.WorkSize, settings.ResultWorkSize, settings.ResultLiftSize, GenerateSettings.Threads, request.Cancellation);
    }

    private static UInt128 FramesKey(
        GenerateRequest request, Part part, double number, IEnumerable<(double Time, GuideFrame Guide)> frames, UInt128? structure) =>
        Key(request, part, number, frames.SelectMany(each => new[] { (UInt128)BitConverter.DoubleToUInt64Bits(each.Time), each.Guide.Hash }), structure);

    private static UInt128 Key(GenerateRequest request, Part part, double number, IEnumerable<UInt128> frames, UInt128? structure) =>
        GenerateSettings.Join(request.Key, [(UInt128)(int)part, BitConverter.DoubleToUInt64Bits(number), structure ?? 0, .. frames]);
}
