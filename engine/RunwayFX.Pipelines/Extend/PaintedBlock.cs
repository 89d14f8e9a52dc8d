using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Imaging.Flow;
using RunwayFX.Synthesis.Completion;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Pipelines.Extend;

/// <summary>The panoramas of one block of frames: one for each shot that it shows.</summary>
internal sealed class PaintedBlock
{
    /// <summary>Most bytes of frames held while a block is worked on; beyond that they are fetched again.</summary>
    private const long PictureBytesMax = 640L << 20;

    /// <summary>Longer side of the reduced frames in which the camera is followed, about.</summary>
    private const int ReducedSide = 480;

    /// <summary>Share of two frames that may fail to match before they count as two shots.</summary>
    private const double CutShare = 0.7;

    private readonly List<PaintedPanorama> _shots = [];
    private readonly Dictionary<double, UInt128> _hashes = [];

    /// <summary>Memory held.</summary>
    public long Bytes => 65_536 + _shots.Sum(shot => shot.Bytes);

    /// <summary>Memory of making a block's panorama: its frames as far as they are held, the panorama with its samples, and copies of it.</summary>
    /// <param name="width">Columns of a frame.</param>
    /// <param name="height">Its rows.</param>
    public static long EstimateMemory(int width, int height)
    {
        const int PanoramaFrames = 16;
        return Math.Min(PictureBytesMax, FrameMemory.Of(TemporalBlocks.FramesMax + TemporalBlocks.OverlapFrames, width, height)) + FrameMemory.Of(PanoramaFrames, width, height);
    }

    /// <summary>Makes a block's panoramas.</summary>
    /// <param name="request">Whose settings count.</param>
    /// <param name="start">First time of the block.</param>
    /// <param name="paint">Fills holes of a picture.</param>
    /// <param name="earlier">The block before, or null; asked for only where no frame shows a place.</param>
    public static PaintedBlock Create(ExtendRequest request, double start, Func<Frame, bool[], Frame> paint, Func<PaintedBlock?> earlier)
    {
        // The frames of the next block that still fade from this one count as its own.
        double end = start + TemporalBlocks.FramesMax - 1 + TemporalBlocks.OverlapFrames;
        PaintedBlock block = new();
        List<ShotFrame> shot = [];
        FlowPicture? last = null;
        long room = PictureBytesMax;
        for (double time = start; time <= end; time++)
        {
            request.Cancellation.ThrowIfCancellationRequested();
            if (TryFetch(request, time) is not { } source) continue;
            Frame? placed = room >= 0 ? request.Canvas.Place(source) : null;
            room -= FrameMemory.Of(1, request.Canvas.Canvas.Width, request.Canvas.Canvas.Height);
            block._hashes[time] = ExtendRecipe.Hash(source.Picture);
            float[] lightness = Reduce(request, source, out int width, out int height);
            FlowPicture picture = FlowPicture.FromLightness(width, height, lightness);
            if (last is not null && !lightness.AsSpan().SequenceEqual(shot[^1].Lightness)
                && SceneCut.UnmatchedShare(last, picture, Environment.ProcessorCount, request.Cancellation) > CutShare)
            {
                block.Add(request, shot, paint, earlier);
                shot = [];
            }

            shot.Add(new(time, placed, lightness));
            last = picture;
        }

        if (shot.Count > 0) block.Add(request, shot, paint, earlier);
        return block;
    }

    /// <summary>The filled canvas of a frame and the holes that the panorama does not reach; null where the frame stands alone or is none of the block.</summary>
    public (Frame Filled, bool[] Left)? TryRender(ExtendRequest request)
    {
        foreach (PaintedPanorama shot in _shots)
        {
            if (shot.TryRender(request) is { } filled) return filled;
        }

        return null;
    }

    /// <summary>Whether the frame is the one that the block was made from.</summary>
    public bool IsStillTrue(ExtendRequest request) =>
        !_hashes.TryGetValue(request.Time, out UInt128 hash) || hash == ExtendRecipe.Hash(request.Source.Picture);

    /// <summary>A frame of the source's size and place; null where the host has none.</summary>
    public static HostFrame? TryFetch(ExtendRequest request, double time) => time == request.Time ? request.Source
        : request.Frames.TryFetch(0, time, out HostFrame? frame) && frame.Window == request.Source.Window && frame.Premultiplied == request.Source.Premultiplied ? frame : null;

    /// <summary>A frame on its canvas; null where the host has none.</summary>
    public static Frame? Place(ExtendRequest request, double time) => TryFetch(request, time) is { } source ? request.Canvas.Place(source) : null;

    private void Add(ExtendRequest request, List<ShotFrame> frames, Func<Frame, bool[], Frame> paint, Func<PaintedBlock?> earlier)
    {
        // A picture that stands alone has nothing to move with.
        if (frames.Count < 2) return;
        int factor = Factor(request), reference = frames.Count / 2, width = request.Canvas.Picture.Width / factor, height = request.Canvas.Picture.Height / factor;
        bool[] none = new bool[width * height];
        CameraTrack track = CameraTrack.Find(width, height, [.. frames.Select(frame => frame.Lightness)], [.. frames.Select(_ => none)], reference, mayBeStill: false,
            Environment.ProcessorCount, request.Cancellation);
        // From the picture's own pixels to the canvas's.
        double left = request.Canvas.Picture.X1 - request.Canvas.Canvas.X1, top = request.Canvas.Canvas.Y2 - request.Canvas.Picture.Y2;
        CameraStep[] steps = [.. frames.Select((_, index) =>
        {
            CameraStep step = Backgrounds.BackgroundCanvas.AtFullSize(track.ToReference(index), factor);
            return step with { X = step.X + left - step.A * left + step.B * top, Y = step.Y + top - step.B * left - step.A * top };
        })];
        _shots.Add(PaintedPanorama.Create(request, frames, steps, reference, paint, () => earlier()?._shots ?? []));
    }

    private static int Factor(ExtendRequest request)
    {
        (int width, int height) = (request.Canvas.Picture.Width, request.Canvas.Picture.Height);
        return Math.Clamp((int)Math.Round(Math.Max(width, height) / (double)ReducedSide), 1, Math.Min(width, height));
    }

    private static float[] Reduce(ExtendRequest request, HostFrame source, out int width, out int height)
    {
        int factor = Factor(request);
        PixelWindow part = request.Canvas.Picture;
        (width, height) = (part.Width / factor, part.Height / factor);
        Frame guide = request.ToGuide(source.Picture);
        (int left, int top) = (part.X1 - source.Window.X1, source.Window.Y2 - part.Y2);
        float[] lightness = new float[width * height];
        for (int y = 0; y < height * factor; y++)
        {
            ReadOnlySpan<float> row = guide.Row(top + y);
            for (int x = 0; x < width * factor; x++)
            {
                ReadOnlySpan<float> pixel = row.Slice(Frame.Channels * (left + x), 3);
                lightness[y / factor * width + x / factor] += Rec709Luma.Of(pixel) / (factor * factor);
            }
        }

        return lightness;
    }
}

/// <summary>One frame of a shot.</summary>
/// <param name="Time">Its time.</param>
/// <param name="Placed">The frame on its canvas, where there is room for it, else null.</param>
/// <param name="Lightness">Lightness of the reduced frame, 0..1.</param>
internal sealed record ShotFrame(double Time, Frame? Placed, float[] Lightness);
