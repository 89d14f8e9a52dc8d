using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Fields;

namespace RunwayFX.Pipelines.Fields;

/// <summary>An interlaced clip as the clip of its fields: every picture whole and of one moment. Where nothing moves between the fields of a frame, its pictures
/// are the frame, to the bit.</summary>
/// <remarks>Source and masks are taken apart; other clips, which give a look rather than a moment, show the frame for both fields. Belongs to one render.</remarks>
internal sealed class FieldFrames(IHostFrames frames, RenderJob job, CancellationToken cancellation) : IHostFrames
{
    /// <summary>Frames and pictures held at a time, each.</summary>
    private const int HeldMax = 4;

    private readonly PerceptualGuide _guide = new((ColourEncoding)job.Integer("colourSpace"));
    private readonly bool _isUpperFirst = (FieldOrder)job.Integer(EffectCatalog.FieldOrderName) == FieldOrder.UpperFirst;
    private readonly List<FrameFields> _frames = [];
    private readonly List<Frame> _made = [];

    /// <inheritdoc/>
    public bool HasTemporalAccess => frames.HasTemporalAccess;

    /// <inheritdoc/>
    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        cancellation.ThrowIfCancellationRequested();
        double first = 2 * job.Time, whole = time == first || time == first + 1 ? job.Time : Math.Floor(time / 2);
        bool isLate = time != first && (time == first + 1 || time - 2 * whole >= 1);
        frame = Get(clip, whole) is { } fields ? fields.Picture(isLate) : null;
        return frame is not null;
    }

    /// <summary>Gives the memory of pictures back, when nobody looks at them any more.</summary>
    public void Return()
    {
        foreach (Frame picture in _made) FramePool.Return(picture);
        _made.Clear();
        _frames.Clear();
    }

    private FrameFields? Get(int clip, double time)
    {
        int index = _frames.FindIndex(held => held.Clip == clip && held.Time.Equals(time));
        if (index >= 0)
        {
            FrameFields known = _frames[index];
            _frames.RemoveAt(index);
            _frames.Add(known);
            return known;
        }

        if (!frames.TryFetch(clip, time, out HostFrame? frame)) return null;
        if (_frames.Count == HeldMax) _frames.RemoveAt(0);
        FrameFields made = new(this, clip, time, frame);
        _frames.Add(made);
        return made;
    }

    private bool IsSplit(int clip, HostFrame frame) => !frame.IsOneField && (clip == 0 || job.Effect.Clips[clip].IsMask);

    /// <summary>One frame of a clip and what was found out about it.</summary>
    private sealed class FrameFields(FieldFrames owner, int clip, double time, HostFrame frame)
    {
        private readonly HostFrame?[] _pictures = new HostFrame?[2];
        private FieldPlane? _plane;
        private MovedRegion? _moved;
        private bool _isLookedAt;

        public int Clip => clip;

        public double Time => time;

        private FieldPlane Plane => _plane ??= FieldPlane.Of(frame.Picture, owner._guide, owner.Token);

        public HostFrame Picture(bool isLate)
        {
            if (!owner.IsSplit(clip, frame)) return frame;
            if (!_isLookedAt)
            {
                _moved = MovedRegion.Find(Plane, () => Beside(-1), () => Beside(1), owner.Token);
                _isLookedAt = true;
            }

            return _moved is null ? frame : _pictures[isLate ? 1 : 0] ??= Complete(_moved, isLate);
        }

        private HostFrame Complete(MovedRegion moved, bool isLate)
        {
            Frame whole = FieldLines.Complete(frame.Picture, frame.Window, owner._isUpperFirst != isLate, moved, Plane, owner.Token);
            owner._made.Add(whole);
            return frame with { Picture = whole };
        }

        private FieldPlane? Beside(int step) => owner.HasTemporalAccess && owner.Get(clip, time + step) is { } other && other.Window == frame.Window ? other.Plane : null;

        private PixelWindow Window => frame.Window;
    }

    private CancellationToken Token => cancellation;
}
