using System.Diagnostics.CodeAnalysis;
using RunwayFX.Effects;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Extend.Time;

/// <summary>The host's frames with those replaced that extension in time makes up: the rest of the effect sees the longer or mended clip.</summary>
/// <remarks>Frames that are good come from the host as they are, to the bit. Belongs to one render; what is shared lies in
/// <see cref="TimeExtension"/>.</remarks>
internal sealed class TimedFrames : IHostFrames
{
    /// <summary>Longer gaps are continued from both sides: motion cannot be followed across them.</summary>
    private const int InterpolatedMax = FrameFaults.HoldMax;

    /// <summary>Longer side of the small frames on which faults are looked for.</summary>
    private const int SmallSide = 96;

    /// <summary>Seconds over which two continuations that meet are mixed.</summary>
    private const double MeetSeconds = 0.5;

    private readonly TimeExtension _extension;
    private readonly TimeSettings _settings;
    private readonly RenderJob _job;
    private readonly IHostFrames _frames;
    private readonly IProgress<double> _progress;
    private readonly CancellationToken _cancellation;
    private readonly PerceptualGuide _guide;
    private readonly FrameFaults _faults;
    private readonly Dictionary<double, Frame?> _small = [];
    private readonly Dictionary<double, HostFrame?> _made = [];

    public TimedFrames(TimeExtension extension, TimeSettings settings, RenderJob job, IHostFrames frames, IProgress<double> progress,
        CancellationToken cancellation)
    {
        (_extension, _settings, _job, _frames, _progress, _cancellation) = (extension, settings, job, frames, progress, cancellation);
        _guide = new PerceptualGuide((ColourEncoding)job.Integer("colourSpace"));
        _faults = new FrameFaults(settings.RepairList, settings.Detects, settings.Threshold, Small);
    }

    /// <inheritdoc/>
    public bool HasTemporalAccess => _frames.HasTemporalAccess;

    /// <inheritdoc/>
    public bool TryFetch(int clip, double time, [NotNullWhen(true)] out HostFrame? frame)
    {
        if (clip != 0 || !_frames.HasTemporalAccess) return _frames.TryFetch(clip, time, out frame);
        if (!_made.TryGetValue(time, out frame))
        {
            frame = _settings.IsGood(time) ? Good(time) : Beyond(time);
            if (_made.Count > 3) _made.Clear();
            _made[time] = frame;
        }

        return frame is not null;
    }

    private HostFrame? Good(double time)
    {
        if (!_settings.Repairs || _job.IsInteractive || _faults.Find(time) is not { } gap) return Fetch(time);
        bool hasBefore = Holds(gap.Before), hasAfter = Holds(gap.After);
        if (!hasBefore && !hasAfter) return Fetch(time);
        if (hasBefore && hasAfter && gap.After - gap.Before - 1 <= InterpolatedMax) return Between(gap, time);
        return Meet(time, hasBefore ? gap.Before : null, hasAfter ? gap.After : null, (int)(gap.After - gap.Before - 1));
    }

    private HostFrame? Beyond(double time)
    {
        if (_job.IsInteractive) return Fetch(time > _settings.Last ? _settings.Last : _settings.First);
        if (time < _settings.First) return Meet(time, null, _settings.First, _settings.Before);
        // In a circle the first good frame comes again after the last made-up one.
        double? again = _settings.Loops ? _settings.Last + _settings.After + 1 : null;
        return Meet(time, _settings.Last, again, _settings.After);
    }

    /// <summary>A frame that goes on from a join before it, leads up to one after it, or both, mixed around the middle.</summary>
    private HostFrame? Meet(double time, double? before, double? after, int steps)
    {
        if (before is { } left && after is { } right)
        {
            double half = Math.Min((right - left) / 2, MeetSeconds * _job.FrameRate) / 2;
            double part = Math.Clamp((time - (left + right) / 2 + half) / (2 * half), 0, 1);
            if (part <= 0) return Continue(left, time - left, 1, steps);
            double shown = _settings.Loops && !_settings.IsGood(time) ? _settings.First : right;
            HostFrame? later = Continue(shown, right - time, -1, steps);
            if (part >= 1 || later is null) return later;
            return Continue(left, time - left, 1, steps) is { } earlier && earlier.Window == later.Window ? Mix(earlier, later, (float)part) : later;
        }

        return before is { } join ? Continue(join, time - join, 1, steps) : Continue(after!.Value, after.Value - time, -1, steps);
    }

    private HostFrame? Continue(double join, double distance, int direction, int steps)
    {
        if (Fetch(join) is not { } good) return null;
        // Between frames the nearest one is shown: made-up frames stand at whole distances from the join.
        int step = (int)Math.Clamp(Math.Floor(distance + 0.5), 0, steps);
        if (step == 0) return good;
        double reach = _settings.Continues ? direction > 0 ? join - _settings.First + 1 : _settings.Last - join + 1 : TimeReach.GoodFramesMax;
        ContinuationKey key = new(join, direction, (int)Math.Clamp(reach, 1, TimeReach.GoodFramesMax), steps, _job.FrameRate, _job.Integer("seed"),
            (ColourEncoding)_job.Integer("colourSpace"), good.Window, good.Premultiplied, ExtendRecipe.Hash(good.Picture));
        Continuation continuation = _extension.Get(key, _frames, _progress, _cancellation);
        GoodFrameSource source = new(key, continuation.Plan.Layer.Clip.Count, _frames, _progress, _cancellation);
        return good with { Picture = new ContinuationRenderer(continuation, source).Render(step) };
    }

    private HostFrame? Between(FrameGap gap, double time)
    {
        if (Fetch(gap.Before) is not { } before || Fetch(gap.After) is not { } after) return Fetch(time);
        if (before.Window != after.Window || before.Premultiplied != after.Premultiplied) return Fetch(time);
        float part = (float)((time - gap.Before) / (gap.After - gap.Before));
        return before with { Picture = GapFill.Between(before.Picture, after.Picture, part, ToGuide(before.Premultiplied), _cancellation) };
    }

    private HostFrame? Fetch(double time)
    {
        _cancellation.ThrowIfCancellationRequested();
        return _frames.TryFetch(0, time, out HostFrame? frame) ? frame : null;
    }

    private bool Holds(double time) => _settings.IsGood(time) && Fetch(time) is not null;

    private Func<Frame, Frame> ToGuide(bool premultiplied) => picture => _guide.Convert(premultiplied ? Premultiplication.Unpremultiply(picture) : picture, _cancellation);

    /// <summary>A small frame with its lightness in the first channel.</summary>
    private Frame? Small(double time)
    {
        if (_small.TryGetValue(time, out Frame? small)) return small;
        if (_settings.IsGood(time) && Fetch(time) is { } frame)
        {
            double scale = Math.Min(1, (double)SmallSide / Math.Max(frame.Picture.Width, frame.Picture.Height));
            small = Resampling.Resize(ToGuide(frame.Premultiplied)(frame.Picture), Math.Max(1, (int)(frame.Picture.Width * scale)),
                Math.Max(1, (int)(frame.Picture.Height * scale)), ResamplingFilter.Area, _cancellation);
            for (int at = 0; at < small.Pixels.Length; at += Frame.Channels)
                small.Pixels[at] = Rec709Luma.Of(small.Pixels[at], small.Pixels[at + 1], small.Pixels[at + 2]);
        }

        return _small[time] = small;
    }

    private static HostFrame Mix(HostFrame earlier, HostFrame later, float part)
    {
        Frame mixed = earlier.Picture.Clone();
        for (int at = 0; at < mixed.Pixels.Length; at++) mixed.Pixels[at] += (later.Picture.Pixels[at] - mixed.Pixels[at]) * part;
        return earlier with { Picture = mixed };
    }
}
