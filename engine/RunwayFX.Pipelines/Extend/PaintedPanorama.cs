using RunwayFX.Imaging;
using RunwayFX.Pipelines.Backgrounds;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend;

/// <summary>What lies around the pictures of one shot, on one canvas: the median of what its frames show there, what an earlier panorama of the shot made up, and
/// painting where neither reaches.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class PaintedPanorama
{
    /// <summary>Frames from which a place is sampled, at most.</summary>
    private const int SamplesMax = 5;

    private readonly BackgroundCanvas _canvas;
    private readonly Frame _picture;
    private readonly bool[] _isMissing;
    private readonly Dictionary<double, CameraStep> _toCanvas;

    private PaintedPanorama(BackgroundCanvas canvas, Frame picture, Dictionary<double, CameraStep> toCanvas)
    {
        (_canvas, _picture, _toCanvas) = (canvas, picture, toCanvas);
        _isMissing = new bool[canvas.Width * canvas.Height];
    }

    /// <summary>Memory held.</summary>
    public long Bytes => _picture.Pixels.Length * (long)sizeof(float) + _isMissing.Length;

    /// <summary>Makes the panorama of a shot.</summary>
    /// <param name="request">Whose settings count.</param>
    /// <param name="frames">The shot's frames.</param>
    /// <param name="steps">From each frame's canvas to the reference frame's.</param>
    /// <param name="reference">Which frame that is.</param>
    /// <param name="paint">Fills holes of a picture.</param>
    /// <param name="earlier">Panoramas of the block before; asked for only where no frame shows a place.</param>
    public static PaintedPanorama Create(ExtendRequest request, List<ShotFrame> frames, CameraStep[] steps, int reference, Func<Frame, bool[], Frame> paint,
        Func<IReadOnlyList<PaintedPanorama>> earlier)
    {
        bool[] hole = request.Canvas.CreateMask().Holes.ToArray();
        (int width, int height) = (request.Canvas.Canvas.Width, request.Canvas.Canvas.Height);
        BackgroundCanvas canvas = BackgroundCanvas.Around(width, height, steps.Select(step => (hole, step)));
        BackgroundSamples samples = new(canvas, width, height, SamplesMax);
        foreach (CameraStep step in steps) samples.Want(hole, step, request.Cancellation);
        // The reference first, then frames far apart in time before those between them.
        foreach (int index in Enumerable.Range(0, frames.Count).OrderBy(index => (index - reference) % 7 == 0 ? 0 : (index - reference) % 3 == 0 ? 1 : 2)
            .ThenBy(index => Math.Abs(index - reference)))
        {
            if (samples.IsComplete) break;
            if ((frames[index].Placed ?? PaintedBlock.Place(request, frames[index].Time)) is { } placed) samples.Add(placed, hole, steps[index], request.Cancellation);
        }

        (Frame seen, bool[] open) = samples.ToPicture(request.Cancellation);
        Dictionary<double, CameraStep> byTime = [];
        for (int i = 0; i < frames.Count; i++) byTime[frames[i].Time] = steps[i];
        PaintedPanorama panorama = new(canvas, seen, byTime);
        if (!open.Contains(true)) return panorama;
        foreach (PaintedPanorama other in earlier()) panorama.TakeFrom(other, open, request.Cancellation);
        return open.Contains(true) ? new(canvas, paint(seen, open), byTime) : panorama;
    }

    /// <summary>A frame's canvas with its holes filled, and the holes that the panorama does not reach; null where the frame is none of this shot.</summary>
    public (Frame Filled, bool[] Left)? TryRender(ExtendRequest request)
    {
        if (!_toCanvas.TryGetValue(Math.Floor(request.Time + 0.5), out CameraStep step)) return null;
        Frame filled = request.Canvas.Place(request.Source);
        bool[] left = BackgroundFill.Apply(filled, request.Canvas.CreateMask(), step, _canvas, _picture, _isMissing, request.Recipe.BlendWidth, request.Cancellation);
        return (filled, left);
    }

    /// <summary>Takes what another panorama of the shot shows, where this one has nothing; changes both arrays.</summary>
    private void TakeFrom(PaintedPanorama other, bool[] open, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        foreach ((double time, CameraStep step) in _toCanvas.OrderBy(pair => pair.Key))
        {
            if (!other._toCanvas.TryGetValue(time, out CameraStep there)) continue;
            CameraStep way = there.After(step.Inverse());
            Parallel.For(0, _canvas.Height, row =>
            {
                for (int p = row * _canvas.Width; p < (row + 1) * _canvas.Width; p++)
                {
                    if (!open[p]) continue;
                    (double x, double y) = way.Apply(p % _canvas.Width + _canvas.Left, row + _canvas.Top);
                    open[p] = !BackgroundCanvas.TrySample(other._picture, other._isMissing, x - other._canvas.Left, y - other._canvas.Top, _picture.Pixels.AsSpan(4 * p, 4));
                }
            });
            return;
        }
    }
}
