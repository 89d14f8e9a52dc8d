using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>Decides what the automatic setting of the <c>canvas</c> parameter means in a host: a larger picture where the host takes one, filled bars
/// where every picture has the size of the timeline.</summary>
internal static class CanvasChoice
{
    /// <summary>Index of "Automatic".</summary>
    public const int Automatic = 0;

    /// <summary>Index of "Grow".</summary>
    public const int Grow = 1;

    /// <summary>Index of "Fill Bars".</summary>
    public const int FillBars = 2;

    /// <summary>Largest canonical coordinate believed; hosts mark endless regions with larger ones.</summary>
    private const double CoordinateMax = 1 << 20;

    /// <summary>The canvas that Grow makes of a source region, in canonical coordinates (square pixels, so that an aspect is one as
    /// displayed).</summary>
    public static OfxRectD GrownRegion(InstanceParameters parameters, OfxRectD source)
    {
        double aspect = CanvasGeometry.AspectOf((int)parameters.Number("targetAspect"), parameters.Number("customAspect"));
        (double x1, double y1, double x2, double y2) =
            CanvasGeometry.Grow(source.x1, source.y1, source.x2, source.y2, aspect, (int)parameters.Number("anchor"));
        return new OfxRectD(x1, y1, x2, y2);
    }

    /// <summary>Whether a region is one that can be grown: finite and not endless.</summary>
    public static bool IsBounded(OfxRectD region) =>
        Math.Max(Math.Abs(region.x1), Math.Abs(region.x2)) <= CoordinateMax && Math.Max(Math.Abs(region.y1), Math.Abs(region.y2)) <= CoordinateMax;

    /// <summary>What the parameter asks for where the host says what it can.</summary>
    public static int Resolve(InstanceParameters parameters, HostInfo host)
    {
        int canvas = (int)parameters.Number("canvas");
        if (canvas != Automatic) return canvas;
        return host.SupportsMultiResolution ? Grow : FillBars;
    }

    /// <summary>What automatic means once the output is there: a host that said it takes larger pictures and then hands out one of the source's size
    /// gets its bars filled.</summary>
    public static int ResolveForOutput(InstanceParameters parameters, HostInfo host, OfxRectD? source, in FrameShape shape)
    {
        int canvas = Resolve(parameters, host);
        if ((int)parameters.Number("canvas") != Automatic || canvas != Grow || source is not { } region) return canvas;
        OfxRectD grown = GrownRegion(parameters, region);
        if (grown == region) return canvas;
        double pixelAspect = shape.PixelAspect > 0 ? shape.PixelAspect : 1;
        double growthX = (grown.x2 - grown.x1 - (region.x2 - region.x1)) * shape.ScaleX / pixelAspect;
        double growthY = (grown.y2 - grown.y1 - (region.y2 - region.y1)) * shape.ScaleY;
        double spareX = shape.Width - (region.x2 - region.x1) * shape.ScaleX / pixelAspect;
        double spareY = shape.Height - (region.y2 - region.y1) * shape.ScaleY;
        // Rounding to whole pixels may take one on each side; half of the growth is more than rounding.
        return spareX >= growthX / 2 - 1 && spareY >= growthY / 2 - 1 && (spareX > 1 || spareY > 1) ? Grow : FillBars;
    }
}
