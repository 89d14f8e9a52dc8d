using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;

namespace RunwayFX.Pipelines.Remove;

/// <summary>Fills the hole of a frame from the clip around it.</summary>
/// <remarks>Time is cut into blocks of <see cref="TemporalBlocks.FramesMax"/> frames anchored at time 0. All frames of a block, and as many on either side
/// as asked for, give one background a shot, which every frame of the block shows; the first frames of a block fade from the background of the block
/// before. So a picture never depends on the order of requests. Frames are verified by their content: all of a block's after a jump, the frame itself
/// always.</remarks>
internal sealed class ClipRemoval
{
    private const long CacheBytesMax = 512L << 20;

    /// <summary>Frames over which a camera that stands still has one fill for what is never seen; a moving one hands it on from block to block.</summary>
    private const double EpochFrames = TemporalBlocks.FramesMax * 8;

    /// <summary>Share of two frames that may fail to match before they count as two shots.</summary>
    private const double CutShare = 0.7;

    /// <summary>Requests no further apart than this trust what the last one verified.</summary>
    private const double TrustedFrames = 8;

    private readonly SharedResults<(RemoveSettings Settings, double Block), BlockBackground> _blocks = new(CacheBytesMax);

    /// <summary>The frame with its hole filled, and the hole pixels that no background reaches; null where the clip says nothing about the frame.</summary>
    public (Frame Filled, bool[] Left)? TryFill(RemoveRequest request)
    {
        double start = TemporalBlocks.Start(request.Time), into = request.Time - start;
        if (!(Math.Abs(start) < int.MaxValue)) return null;
        (Frame Filled, bool[] Left)? current = Background(request, start).TryRender(request);
        if (current is null || into >= TemporalBlocks.OverlapFrames || !ClipStretch.TryFetch(request, start - 1, out _, out _)) return current;
        (Frame Filled, bool[] Left)? before = Background(request, start - TemporalBlocks.FramesMax).TryRender(request);
        if (before is null) return current;
        float weight = (float)((into + 1) / (TemporalBlocks.OverlapFrames + 1));
        float[] to = current.Value.Filled.Pixels, from = before.Value.Filled.Pixels;
        for (int p = 0; p < current.Value.Left.Length; p++)
        {
            if (request.Mask.Weights[p] <= 0 || before.Value.Left[p] || current.Value.Left[p]) continue;
            for (int i = 4 * p; i < 4 * p + 4; i++) to[i] = from[i] + (to[i] - from[i]) * weight;
        }

        return current;
    }

    /// <summary>Backgrounds from which a block takes what no frame shows: the first block of its epoch that the host has, where the camera stands still,
    /// else the block before; none for the first block of an epoch.</summary>
    private IEnumerable<ShotBackground> Earlier(RemoveRequest request, double start, bool isStill)
    {
        double epoch = Math.Floor(start / EpochFrames) * EpochFrames, before = start - TemporalBlocks.FramesMax;
        if (before < epoch) yield break;
        if (isStill)
        {
            double anchor = epoch;
            while (anchor < before && !ClipStretch.TryFetch(request, anchor, out _, out _)) anchor += TemporalBlocks.FramesMax;
            foreach (ShotBackground shot in Background(request, anchor).Shots) yield return shot;
            yield break;
        }

        foreach (ShotBackground shot in Background(request, before).Shots) yield return shot;
    }

    private BlockBackground Background(RemoveRequest request, double start)
    {
        (RemoveSettings, double) key = (request.Settings, start);
        while (true)
        {
            bool isNew = false;
            BlockBackground block = _blocks.GetOrCompute(key, () =>
            {
                isNew = true;
                BlockBackground made = BlockBackground.Create(request, start, isStill => Earlier(request, start, isStill));
                return (made, made.Bytes);
            }, request.Cancellation);
            if (isNew || block.IsStillTrue(request)) return block;
            _blocks.Forget(key, block);
        }
    }

    /// <summary>The backgrounds of one block: one for each shot that it shows.</summary>
    private sealed class BlockBackground
    {
        private readonly double _first;
        private readonly double _last;
        private readonly Dictionary<double, UInt128> _hashes = [];
        private double _verified;

        private BlockBackground(double first, double last, double verified)
        {
            (_first, _last, _verified) = (first, last, verified);
        }

        public List<ShotBackground> Shots { get; } = [];

        public long Bytes => 65_536 + Shots.Sum(shot => shot.Bytes);

        public static BlockBackground Create(RemoveRequest request, double start, Func<bool, IEnumerable<ShotBackground>> earlier)
        {
            double end = start + TemporalBlocks.FramesMax - 1, fadeEnd = end + TemporalBlocks.OverlapFrames;
            ClipStretch stretch = ClipStretch.Read(request, start - request.Settings.Radius, Math.Max(end + request.Settings.Radius, fadeEnd));
            BlockBackground block = new(start - request.Settings.Radius, Math.Max(end + request.Settings.Radius, fadeEnd), request.Time);
            foreach (StretchFrame frame in stretch.Frames) block._hashes[frame.Time] = frame.Hash;
            foreach (List<StretchFrame> shot in ShotsOf(stretch, request.Cancellation))
            {
                // The frames of the next block that still show this one's background count as its own.
                if (shot[0].Time <= fadeEnd && shot[^1].Time >= start) block.Shots.Add(ShotBackground.Create(request, stretch, shot, start, fadeEnd, earlier));
            }

            return block;
        }

        public (Frame Filled, bool[] Left)? TryRender(RemoveRequest request)
        {
            foreach (ShotBackground shot in Shots)
            {
                if (shot.TryRender(request) is { } filled) return filled;
            }

            return null;
        }

        /// <summary>Whether the frames are those that the background was made from.</summary>
        public bool IsStillTrue(RemoveRequest request)
        {
            bool isJump = Math.Abs(request.Time - Volatile.Read(ref _verified)) > TrustedFrames;
            Volatile.Write(ref _verified, request.Time);
            if (!isJump) return IsSame(request, request.Time);
            for (double time = _first; time <= _last; time++)
            {
                request.Cancellation.ThrowIfCancellationRequested();
                if (!IsSame(request, time)) return false;
            }

            return true;
        }

        private bool IsSame(RemoveRequest request, double time)
        {
            if (Math.Floor(time) != time) return true;
            UInt128 now = ClipStretch.TryFetch(request, time, out Frame? picture, out RemovalMask? mask) ? StretchFrame.HashOf(picture, mask) : 0;
            return now == _hashes.GetValueOrDefault(time);
        }

        /// <summary>Cuts a stretch where the picture changes altogether.</summary>
        private static IEnumerable<List<StretchFrame>> ShotsOf(ClipStretch stretch, CancellationToken cancellation)
        {
            List<StretchFrame> shot = [];
            FlowPicture? last = null;
            foreach (StretchFrame frame in stretch.Frames)
            {
                // A held frame, or a still that the host shows at every time.
                if (last is not null && frame.Lightness.AsSpan().SequenceEqual(shot[^1].Lightness))
                {
                    shot.Add(frame);
                    continue;
                }

                FlowPicture picture = FlowPicture.FromLightness(stretch.Width, stretch.Height, frame.Lightness);
                if (last is not null && SceneCut.UnmatchedShare(last, picture, Environment.ProcessorCount, cancellation) > CutShare)
                {
                    yield return shot;
                    shot = [];
                }

                shot.Add(frame);
                last = picture;
            }

            if (shot.Count > 0) yield return shot;
        }
    }
}
