using RunwayFX.Imaging;
using RunwayFX.Pipelines.Backgrounds;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Remove;

/// <summary>What lies behind the removed object over a stretch of one shot, on one canvas: the median of what other frames show there and where something
/// passes by, one frame elsewhere, and patches of the canvas where no frame shows anything. All frames of the stretch look at it through their camera, so
/// that it holds still.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class ShotBackground
{
    /// <summary>Frames from which a place is sampled, at most.</summary>
    private const int SamplesMax = 5;

    /// <summary>Frames are asked in strides of these, so that the first samples lie far apart in time.</summary>
    private static readonly int[] Strides = [7, 3, 1];

    /// <summary>Every so many pixels are compared to tell a scene; values that differ by so much have changed; so many of them may.</summary>
    private const int SceneStep = 37;
    private const float SceneDifferenceMin = 0.08f;
    private const double SceneShareMax = 0.2;

    private readonly BackgroundCanvas _canvas;
    private readonly Frame _picture;
    private readonly bool[] _isMissing;
    private readonly Dictionary<double, CameraStep> _toCanvas;

    private ShotBackground(BackgroundCanvas canvas, Frame picture, bool[] isMissing, bool isStill, Dictionary<double, CameraStep> toCanvas)
    {
        (_canvas, _picture, _isMissing, IsStill, _toCanvas) = (canvas, picture, isMissing, isStill, toCanvas);
    }

    /// <summary>Whether the camera stands still.</summary>
    public bool IsStill { get; }

    /// <summary>Memory held.</summary>
    public long Bytes => _picture.Pixels.Length * (long)sizeof(float) + _isMissing.Length;

    /// <summary>Makes the background of a stretch.</summary>
    /// <param name="request">Whose settings count.</param>
    /// <param name="stretch">Frames of one shot, those before and after the block included.</param>
    /// <param name="frames">The shot's frames.</param>
    /// <param name="first">First time of the block.</param>
    /// <param name="last">Last time of the block.</param>
    /// <param name="earlier">Backgrounds of blocks before, where no frame shows a place; asked for only then. Its argument says whether the camera stands
    /// still.</param>
    public static ShotBackground Create(
        RemoveRequest request, ClipStretch stretch, IReadOnlyList<StretchFrame> frames, double first, double last, Func<bool, IEnumerable<ShotBackground>> earlier)
    {
        int[] own = [.. Enumerable.Range(0, frames.Count).Where(i => frames[i].Time >= first && frames[i].Time <= last)];
        int reference = own[own.Length / 2];
        CameraTrack track = request.Settings.Camera == Effects.CameraMotion.Static
            ? CameraTrack.Still(frames.Count)
            : CameraTrack.Find(stretch.Width, stretch.Height, [.. frames.Select(frame => frame.Lightness)], [.. frames.Select(frame => frame.Skipped)], reference,
                request.Settings.Camera == Effects.CameraMotion.Automatic, Environment.ProcessorCount, request.Cancellation);
        CameraStep[] steps = [.. Enumerable.Range(0, frames.Count).Select(i => BackgroundCanvas.AtFullSize(track.ToReference(i), stretch.Factor))];
        Frame size = request.Source.Picture;
        BackgroundCanvas canvas = BackgroundCanvas.Around(size.Width, size.Height, own.Select(i => (frames[i].Hole, steps[i])));
        request.Progress.Report(0.5);

        BackgroundSamples samples = new(canvas, size.Width, size.Height, SamplesMax);
        foreach (int i in own) samples.Want(frames[i].Hole, steps[i], request.Cancellation);
        HashSet<int> order = SpreadOrder(frames.Count, reference);
        samples.Want(PassersBy.Find(stretch, frames, track, order, size.Width, size.Height, request.Cancellation), steps[reference], request.Cancellation);
        foreach (int i in order)
        {
            if (samples.IsComplete) break;
            if (stretch.Picture(frames[i]) is { } picture) samples.Add(picture, frames[i].Hole, steps[i], request.Cancellation);
        }

        (Frame seen, bool[] unseen) = samples.ToPicture(request.Cancellation);
        request.Progress.Report(0.6);
        Dictionary<double, CameraStep> byTime = [];
        for (int i = 0; i < frames.Count; i++) byTime[frames[i].Time] = steps[i];
        bool isEmpty = unseen.All(value => value);
        ShotBackground background = new(canvas, seen, isEmpty ? unseen : new bool[unseen.Length], track.IsStill, byTime);
        if (isEmpty || !unseen.Contains(true)) return background;
        bool[] open = (bool[])unseen.Clone();
        foreach (ShotBackground other in earlier(track.IsStill)) background.TakeFrom(other, unseen, open, request.Cancellation);
        return new(canvas, Complete(request, seen, open), background._isMissing, track.IsStill, byTime);
    }

    /// <summary>Takes what another block made up for places that no frame shows, where both show the same scene: what is made up stays the same over the
    /// blocks.</summary>
    /// <param name="other">The other block's background.</param>
    /// <param name="unseen">Places that no frame of this block shows.</param>
    /// <param name="open">Those of them that are not taken yet; changed.</param>
    /// <param name="cancellation">Asked once.</param>
    private void TakeFrom(ShotBackground other, bool[] unseen, bool[] open, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (!TryWayTo(other, out CameraStep way)) return;
        Frame taken = _picture.Clone();
        Span<float> value = stackalloc float[4];
        List<int> filled = [];
        int compared = 0, changed = 0;
        for (int p = 0; p < open.Length; p++)
        {
            if (!open[p] && (unseen[p] || p % SceneStep != 0)) continue;
            (double x, double y) = way.Apply(p % _canvas.Width + _canvas.Left, p / _canvas.Width + _canvas.Top);
            if (!BackgroundCanvas.TrySample(other._picture, other._isMissing, x - other._canvas.Left, y - other._canvas.Top, value)) continue;
            if (open[p])
            {
                value.CopyTo(taken.Pixels.AsSpan(4 * p));
                filled.Add(p);
                continue;
            }

            compared++;
            float difference = 0;
            for (int c = 0; c < 3; c++) difference = Math.Max(difference, Math.Abs(value[c] - _picture.Pixels[4 * p + c]));
            if (difference > SceneDifferenceMin) changed++;
        }

        if (changed > SceneShareMax * compared) return;
        foreach (int p in filled)
        {
            open[p] = false;
            taken.Pixels.AsSpan(4 * p, 4).CopyTo(_picture.Pixels.AsSpan(4 * p));
        }
    }

    /// <summary>From this canvas to another block's, by a frame that both know; a camera that stands still in both needs none.</summary>
    private bool TryWayTo(ShotBackground other, out CameraStep way)
    {
        way = CameraStep.Still;
        if (IsStill && other.IsStill) return true;
        foreach ((double time, CameraStep step) in _toCanvas.OrderBy(pair => pair.Key))
        {
            if (!other._toCanvas.TryGetValue(time, out CameraStep there)) continue;
            way = there.After(step.Inverse());
            return true;
        }

        return false;
    }

    /// <summary>The frame with as much of its hole filled as the background reaches.</summary>
    /// <param name="request">The frame.</param>
    /// <returns>The filled frame and the hole pixels that the background does not reach; null where the frame is none of this stretch.</returns>
    public (Frame Filled, bool[] Left)? TryRender(RemoveRequest request)
    {
        if (!_toCanvas.TryGetValue(Math.Floor(request.Time + 0.5), out CameraStep step)) return null;
        Frame filled = request.Source.Picture.Clone();
        HoleMask mask = new(filled.Width, filled.Height, request.Mask.ToHoles());
        bool[] rest = BackgroundFill.Apply(filled, mask, step, _canvas, _picture, _isMissing, request.Settings.ToneWidth, request.Cancellation);
        return (filled, rest);
    }

    private static Frame Complete(RemoveRequest request, Frame seen, bool[] unseen)
    {
        HoleMask mask = new(seen.Width, seen.Height, unseen);
        if (mask.HoleCount == 0 || mask.HoleCount == unseen.Length) return seen;
        if (request.Fill is { } fill) return fill(seen, unseen);
        CompletionField field = PatchCompletion.Complete(request.ToGuide(seen), mask, request.Settings.Options, null, request.Cancellation);
        return SeamBlend.Apply(seen, field, request.Settings.PieceToneWidth, Environment.ProcessorCount, request.Cancellation);
    }

    /// <summary>The reference first, then frames far apart, then what lies between.</summary>
    private static HashSet<int> SpreadOrder(int count, int reference)
    {
        HashSet<int> given = [];
        foreach (int stride in Strides)
        {
            for (int distance = 0; distance < count; distance += stride)
            {
                foreach (int i in (ReadOnlySpan<int>)[reference - distance, reference + distance])
                {
                    if (i >= 0 && i < count) given.Add(i);
                }
            }
        }

        return given;
    }
}
