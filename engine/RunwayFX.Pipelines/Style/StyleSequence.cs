using System.Buffers.Binary;
using System.IO.Hashing;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>One source frame as the sequence sees it.</summary>
/// <param name="Hash">Content of the host's frame, and of the style's where that moves.</param>
/// <param name="Display">Its display-like pixels with straight alpha.</param>
/// <param name="Style">Makes what it is painted with.</param>
/// <param name="Settings">How it is painted.</param>
internal sealed record SequenceFrame(UInt128 Hash, DisplayRows Display, Func<StyleReference> Style, StyleSettings Settings)
{
    private Frame? _small;
    private StylePainter? _painter;
    private Action? _release;

    /// <summary>Gives the host's frame back; null where others may look at it, too.</summary>
    public Action? Release
    {
        init => _release = value;
    }

    /// <summary>Paints it.</summary>
    public StylePainter Painter => _painter ??= new StylePainter(Style(), Settings);

    /// <summary>Its display-like pixels at the working resolution of its style. The host's frame is not needed any more then.</summary>
    public Frame Small(CancellationToken cancellation)
    {
        if (_small is not null) return _small;
        _small = Display.Shrunk(Painter.Style.Halvings, cancellation);
        End();
        return _small;
    }

    /// <summary>Nobody looks at the host's frame any more. On the render's thread, which fetched it.</summary>
    public void End()
    {
        _release?.Invoke();
        _release = null;
    }
}

/// <summary>What a sequence is asked for.</summary>
/// <param name="Recipe">Identity of settings, style, frame size, keyframe and direction.</param>
/// <param name="Fetch">Source frame at a time of the walk; null where the host has none of the right size.</param>
/// <param name="Time">Time to render.</param>
/// <param name="Frame">The frame at that time.</param>
/// <remarks>Times are those of the walk: a walk backwards from a keyframe counts them with the other sign.</remarks>
internal sealed record SequenceRequest(UInt128 Recipe, Func<double, SequenceFrame?> Fetch, double Time, SequenceFrame Frame)
{
    /// <summary>Time of the painted frame that the walk starts from, not after <see cref="Time"/>; null where it starts from frames painted on their
    /// own.</summary>
    public long? Keyframe { get; init; }
}

/// <summary>The painted frame at a time, and near the start of a block also the previous block's continuation, which it fades from.</summary>
/// <param name="Current">The block's own painting.</param>
/// <param name="Fading">The previous block's; null where there is nothing to fade.</param>
/// <param name="Weight">Share of <paramref name="Current"/>, above 0 and at most 1.</param>
internal sealed record SequencePainting(PaintedFrame Current, PaintedFrame? Fading, float Weight);

/// <summary>Paints clips steadily though hosts ask for single frames in any order.</summary>
/// <remarks>Time is cut into blocks of <see cref="BlockFramesMax"/> frames anchored at time 0. A block starts from an anchor frame that
/// <see cref="AnchorBlocks"/> blocks share (what did not change since keeps its strokes), or from the keyframe before it; goes forward frame by frame, and its
/// first frames fade from the previous block's continuation. A walk from a keyframe backwards is the same with the sign of time changed. Nothing depends on which frame was asked for first: every painting is a function of the frames from
/// its block's start to its time, and is kept under a key made of their hashes. Thread-safe.</remarks>
internal sealed class StyleSequence(BoundedCache cache)
{
    /// <summary>Frames in a block.</summary>
    public const int BlockFramesMax = TemporalBlocks.FramesMax;

    /// <summary>Blocks that start from the same anchor frame.</summary>
    public const int AnchorBlocks = TemporalBlocks.PerAnchor;

    /// <summary>Frames over which a block fades from the one before.</summary>
    public const int OverlapFrames = TemporalBlocks.OverlapFrames;

    private const long TimeMax = int.MaxValue;
    private const long BookBytes = 4096;

    private readonly KeyedGates _gates = new();

    private enum KeyKind
    {
        Still = 1,
        Anchor = 2,
        Frame = 3,
        Skipped = 4,
        Between = 5,
        Chain = 6,
        Book = 7,
        Gate = 8,
    }

    /// <summary>Paints a frame on its own.</summary>
    public PaintedFrame PaintStill(SequenceRequest request, IProgress<double>? progress, CancellationToken cancellation)
    {
        UInt128 key = Key(KeyKind.Still, request.Recipe, request.Frame.Hash);
        using IDisposable gate = _gates.Enter(key, cancellation);
        if (cache.TryGet(key, out PaintedFrame? painted)) return painted;
        painted = request.Frame.Painter.Still(request.Frame.Small(cancellation), request.Frame.Hash, null, progress, cancellation).Painted;
        cache.Put(key, painted, painted.Bytes);
        return painted;
    }

    /// <summary>Paints a frame as part of its clip.</summary>
    public SequencePainting Paint(SequenceRequest request, IProgress<double>? progress, CancellationToken cancellation)
    {
        if (!(Math.Abs(request.Time) < TimeMax)) return new SequencePainting(PaintStill(request, progress, cancellation), null, 1);
        long whole = (long)Math.Floor(request.Time), block = FloorDivide(whole, BlockFramesMax);
        double into = request.Time - block * BlockFramesMax;
        PaintedFrame? fading = null;
        bool hasBefore = request.Keyframe is not { } keyframe || keyframe < block * BlockFramesMax;
        if (into < OverlapFrames && hasBefore) fading = PaintInBlock(request, block - 1, Part(progress, 0, 0.5), cancellation, block * BlockFramesMax - 1);
        PaintedFrame current = PaintInBlock(request, block, fading is null ? progress : Part(progress, 0.5, 0.5), cancellation)!;
        float weight = fading is null ? 1 : (float)((into + 1) / (OverlapFrames + 1));
        return new SequencePainting(current, fading, weight);
    }

    /// <summary>Paints the request's frame as part of a block; null where the clip has no frame at a time that it needs.</summary>
    private PaintedFrame? PaintInBlock(SequenceRequest request, long block, IProgress<double>? progress, CancellationToken cancellation, long? needed = null)
    {
        UInt128 bookKey = Key(KeyKind.Book, request.Recipe, (UInt128)(ulong)block);
        using IDisposable gate = _gates.Enter(Key(KeyKind.Gate, request.Recipe, (UInt128)(ulong)block), cancellation);
        if (!cache.TryGet(bookKey, out FrameBook? book)) book = new FrameBook();
        long start = Start(request, block), whole = (long)Math.Floor(request.Time);
        bool isBetween = whole != request.Time;

        // Whoever goes on beside where the last request ended may trust what it read; after a jump all frames are read and compared again.
        bool isJump = book.LastTime < whole - 1 || book.LastTime > whole + 1;
        bool isEdited = !isBetween && book.Hashes.TryGetValue(whole, out UInt128 known) && known != request.Frame.Hash;
        if (isJump || isEdited) book.Hashes.Clear();
        if (!isBetween) book.Hashes[whole] = request.Frame.Hash;
        book.LastTime = whole;

        Walk walk = new(request, Part(progress, 0, 1), cancellation);
        if (needed is { } other && HashAt(walk, book, other) == 0) return null;
        UInt128[] keys = new UInt128[whole - start + 1];
        UInt128 key = AnchorKey(walk, block, book);
        // The blocks to come start from the anchor, too: looked for by each frame, it is not the one that goes when the memory is full.
        cache.TryGet(key, out PaintChain? _);
        for (long time = start; time <= whole; time++)
        {
            cancellation.ThrowIfCancellationRequested();
            UInt128 hash = HashAt(walk, book, time);
            key = hash == 0 ? Key(KeyKind.Skipped, key, 0) : Key(KeyKind.Frame, key, hash);
            keys[time - start] = key;
        }

        UInt128 wanted = isBetween ? Key(KeyKind.Between, key, request.Frame.Hash) : key;
        if (!cache.TryGet(wanted, out PaintedFrame? painted)) painted = Advance(walk, book, block, keys, wanted);
        walk.End();
        cache.Put(bookKey, book, BookBytes);
        return painted;
    }

    /// <summary>Goes on from the latest state at hand to the wanted frame, keeping each frame on the way.</summary>
    private PaintedFrame Advance(Walk walk, FrameBook book, long block, UInt128[] keys, UInt128 wanted)
    {
        long start = Start(walk.Request, block);
        PaintChain? chain = null;
        int at = keys.Length - 1;
        for (; at >= 0 && chain is null; at--) cache.TryGet(Key(KeyKind.Chain, keys[at], 0), out chain);
        int first = chain is null ? 0 : at + 2;
        UInt128 held = chain is null ? 0 : Key(KeyKind.Chain, keys[first - 1], 0);
        bool isBetween = wanted != keys[^1];
        int steps = keys.Length - first + (isBetween ? 1 : 0) + (chain is null ? 1 : 0), done = 0;
        if (chain is null)
        {
            chain = AnchorChain(walk, block, walk.Step(done++, steps));
            if (chain is not null && AnchorTime(walk.Request, block) == start) first = Keep(chain, keys[0], ref held);
        }

        for (int index = first; index < keys.Length; index++)
        {
            long time = start + index;
            if (book.Hashes.GetValueOrDefault(time) == 0) continue;
            SequenceFrame? frame = walk.Frame(time);
            if (frame is null) continue;
            chain = Step(walk, chain, frame, walk.Step(done++, steps));
            Keep(chain, keys[index], ref held);
        }

        if (!isBetween && chain is not null) return chain.Painted;
        chain = Step(walk, chain, walk.Request.Frame, walk.Step(done, steps));
        cache.Put(wanted, chain.Painted, chain.Painted.Bytes);
        return chain.Painted;
    }

    private static PaintChain Step(Walk walk, PaintChain? chain, SequenceFrame frame, IProgress<double>? progress) => chain is null
        ? frame.Painter.Still(frame.Small(walk.Cancellation), frame.Hash, null, progress, walk.Cancellation)
        : frame.Painter.Next(chain, frame.Small(walk.Cancellation), frame.Hash, progress, walk.Cancellation);

    /// <summary>Keeps a painted frame, and its chain state in place of the one before.</summary>
    private int Keep(PaintChain chain, UInt128 key, ref UInt128 held)
    {
        cache.Put(key, chain.Painted, chain.Painted.Bytes);
        if (held != 0) cache.Remove(held);
        held = Key(KeyKind.Chain, key, 0);
        cache.Put(held, chain, chain.Bytes + chain.Painted.Bytes);
        return 1;
    }

    private PaintChain? AnchorChain(Walk walk, long block, IProgress<double>? progress)
    {
        SequenceFrame? frame = walk.Frame(AnchorTime(walk.Request, block));
        if (frame is null) return null;
        UInt128 key = Key(KeyKind.Anchor, walk.Request.Recipe, frame.Hash);
        using IDisposable gate = _gates.Enter(key, walk.Cancellation);
        if (cache.TryGet(key, out PaintChain? chain)) return chain;
        chain = walk.Request.Keyframe is null
            ? frame.Painter.Still(frame.Small(walk.Cancellation), frame.Hash, null, progress, walk.Cancellation)
            : frame.Painter.Keyframe(frame.Small(walk.Cancellation), frame.Hash, walk.Cancellation);
        cache.Put(key, chain, chain.Bytes + chain.Painted.Bytes);
        return chain;
    }

    private static UInt128 AnchorKey(Walk walk, long block, FrameBook book)
    {
        UInt128 hash = HashAt(walk, book, AnchorTime(walk.Request, block));
        return Key(KeyKind.Anchor, walk.Request.Recipe, hash);
    }

    private static UInt128 HashAt(Walk walk, FrameBook book, long time)
    {
        if (book.Hashes.TryGetValue(time, out UInt128 hash)) return hash;
        return book.Hashes[time] = walk.Frame(time)?.Hash ?? 0;
    }

    /// <summary>First frame of a block; a keyframe within it begins it.</summary>
    private static long Start(SequenceRequest request, long block) => Math.Max(block * BlockFramesMax, request.Keyframe ?? long.MinValue);

    private static long AnchorTime(SequenceRequest request, long block) =>
        request.Keyframe ?? FloorDivide(block, AnchorBlocks) * AnchorBlocks * BlockFramesMax;

    private static long FloorDivide(long value, long divisor) => (value - ((value % divisor + divisor) % divisor)) / divisor;

    private static UInt128 Key(KeyKind kind, UInt128 before, UInt128 hash)
    {
        Span<byte> bytes = stackalloc byte[36];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)kind);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[4..], before);
        BinaryPrimitives.WriteUInt128LittleEndian(bytes[20..], hash);
        return XxHash128.HashToUInt128(bytes);
    }

    private static ProgressPart? Part(IProgress<double>? progress, double from, double share) =>
        progress is null ? null : new ProgressPart(progress, from, share);

    /// <summary>Hashes of the frames a block has read, 0 for a frame the host does not have. Guarded by the block's gate.</summary>
    private sealed class FrameBook
    {
        public Dictionary<long, UInt128> Hashes { get; } = [];

        public long LastTime { get; set; } = long.MinValue;
    }

    /// <summary>One request on its way through a block; remembers the last few frames it fetched.</summary>
    private sealed class Walk(SequenceRequest request, IProgress<double>? progress, CancellationToken cancellation)
    {
        private (long Time, SequenceFrame? Frame)? _last;

        public SequenceRequest Request => request;

        public CancellationToken Cancellation => cancellation;

        public SequenceFrame? Frame(long time)
        {
            if (time == request.Time) return request.Frame;
            if (_last is { } last && last.Time == time) return last.Frame;
            End();
            SequenceFrame? frame = request.Fetch(time);
            _last = (time, frame);
            return frame;
        }

        /// <summary>The frame that was fetched last is not needed any more.</summary>
        public void End()
        {
            _last?.Frame?.End();
            _last = null;
        }

        public ProgressPart? Step(int index, int count) => Part(progress, (double)index / count, 1.0 / count);
    }

    private sealed class ProgressPart(IProgress<double> progress, double from, double share) : IProgress<double>
    {
        public void Report(double value) => progress.Report(from + Math.Clamp(value, 0, 1) * share);
    }
}
