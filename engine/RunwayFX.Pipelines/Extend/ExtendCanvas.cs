using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Extend;

/// <summary>Where everything lies: the canvas, the picture on it, and what is to be filled.</summary>
/// <param name="Canvas">The finished picture in the host's pixel coordinates (y up).</param>
/// <param name="Picture">The part of the canvas that the source's own picture covers, in the same coordinates.</param>
internal sealed record ExtendCanvas(PixelWindow Canvas, PixelWindow Picture)
{
    /// <summary>Most pixels of a canvas; 64 megapixels are 1 GiB as a frame.</summary>
    public const long PixelsMax = 64L << 20;

    /// <summary>Host windows that stick out by less than this are rounding, not wishes.</summary>
    private const double RoundingSlack = 1e-3;

    private const int CanvasGrow = 1, CanvasFillBars = 2;

    /// <summary>Whether nothing is to be filled.</summary>
    public bool IsComplete => Picture == Canvas;

    /// <summary>Whether the picture's bars are to be found by looking.</summary>
    public static bool NeedsBars(RenderJob job, PixelWindow source) => FillsBars(job, source)
        && CanvasGeometry.PictureAspectOf(job.Integer("pictureAspect")) == 0;

    /// <summary>Derives the canvas from the job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="source">The source's window.</param>
    /// <param name="detected">The picture inside the bars where <see cref="NeedsBars"/>, else anything.</param>
    /// <exception cref="PipelineException">The canvas is too large.</exception>
    public static ExtendCanvas Create(RenderJob job, PixelWindow source, PixelWindow detected)
    {
        double shape = PixelShape(job);
        if (FillsBars(job, source))
        {
            double pictureAspect = CanvasGeometry.PictureAspectOf(job.Integer("pictureAspect"));
            return new(source, pictureAspect == 0 ? detected : Fit(source, pictureAspect * shape, job.Integer("anchor")));
        }

        double aspect = CanvasGeometry.AspectOf(job.Integer("targetAspect"), job.Number("customAspect")) * shape;
        (double x1, double y1, double x2, double y2) = CanvasGeometry.Grow(source.X1, source.Y1, source.X2, source.Y2, aspect, job.Integer("anchor"));
        if (!(x2 - x1 <= Frame.SideMax) || !(y2 - y1 <= Frame.SideMax) || (x2 - x1) * (y2 - y1) > PixelsMax)
        {
            throw new PipelineException(PipelineError.SizeUnsupported,
                $"a canvas of {x2 - x1:F0}×{y2 - y1:F0} pixels is over {Frame.SideMax} on a side or {PixelsMax} in all");
        }

        PixelWindow canvas = new((int)Math.Floor(x1 + RoundingSlack), (int)Math.Floor(y1 + RoundingSlack), (int)Math.Ceiling(x2 - RoundingSlack),
            (int)Math.Ceiling(y2 - RoundingSlack));
        return new(canvas, source);
    }

    /// <summary>The holes, top-down.</summary>
    public HoleMask CreateMask() => HoleMask.Around(Canvas.Width, Canvas.Height, Picture.X1 - Canvas.X1, Canvas.Y2 - Picture.Y2,
        Picture.X2 - Canvas.X1, Canvas.Y2 - Picture.Y1);

    /// <summary>Lays a source onto an empty canvas.</summary>
    public Frame Place(HostFrame source)
    {
        Frame canvas = new(Canvas.Width, Canvas.Height);
        Copy(source.Picture, source.Window, canvas, Canvas, Picture);
        return canvas;
    }

    /// <summary>Copies the part of one picture that lies in a window onto another.</summary>
    public static void Copy(Frame from, PixelWindow fromWindow, Frame to, PixelWindow toWindow, PixelWindow part)
    {
        int x1 = Math.Max(Math.Max(fromWindow.X1, toWindow.X1), part.X1), x2 = Math.Min(Math.Min(fromWindow.X2, toWindow.X2), part.X2);
        int y1 = Math.Max(Math.Max(fromWindow.Y1, toWindow.Y1), part.Y1), y2 = Math.Min(Math.Min(fromWindow.Y2, toWindow.Y2), part.Y2);
        for (int y = y1; y < y2 && x1 < x2; y++)
        {
            from.Row(fromWindow.Y2 - 1 - y).Slice(Frame.Channels * (x1 - fromWindow.X1), Frame.Channels * (x2 - x1))
                .CopyTo(to.Row(toWindow.Y2 - 1 - y).Slice(Frame.Channels * (x1 - toWindow.X1)));
        }
    }

    /// <summary>Width in pixels over height in pixels of a square as displayed.</summary>
    private static double PixelShape(RenderJob job)
    {
        double scale = job.RenderScaleX > 0 && job.RenderScaleY > 0 ? job.RenderScaleX / job.RenderScaleY : 1;
        double shape = scale / (job.PixelAspect > 0 ? job.PixelAspect : 1);
        return double.IsFinite(shape) && shape > 0 ? shape : 1;
    }

    private static bool FillsBars(RenderJob job, PixelWindow source)
    {
        int canvas = job.Integer("canvas");
        if (canvas is CanvasGrow or CanvasFillBars) return canvas == CanvasFillBars;
        PixelWindow output = job.OutputWindow;
        bool growsHere = output.X1 < source.X1 || output.Y1 < source.Y1 || output.X2 > source.X2 || output.Y2 > source.Y2;
        return !growsHere;
    }

    /// <summary>The largest window of an aspect inside a frame.</summary>
    private static PixelWindow Fit(PixelWindow frame, double aspect, int anchor)
    {
        // The frame is what the picture grows to: the picture is as much smaller than the frame as the frame is smaller than the grown frame.
        double width = Math.Min(frame.Width, frame.Height * aspect), height = Math.Min(frame.Height, frame.Width / aspect);
        (double x1, double y1, double x2, double y2) = CanvasGeometry.Grow(0, 0, width, height, (double)frame.Width / frame.Height, anchor);
        double left = frame.X1 - x1 * frame.Width / (x2 - x1), bottom = frame.Y1 - y1 * frame.Height / (y2 - y1);
        PixelWindow fitted = new((int)Math.Ceiling(left - RoundingSlack), (int)Math.Ceiling(bottom - RoundingSlack),
            (int)Math.Floor(left + width + RoundingSlack), (int)Math.Floor(bottom + height + RoundingSlack));
        return fitted.IsEmpty ? frame : fitted;
    }
}
