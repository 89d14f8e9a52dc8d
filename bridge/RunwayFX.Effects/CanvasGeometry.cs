namespace RunwayFX.Effects;

/// <summary>Where the extended canvas lies around the source: used by the plug-ins for the region of definition and by the engine for the fill,
/// so that both always agree.</summary>
public static class CanvasGeometry
{
    /// <summary>Aspects of the <c>targetAspect</c> choice by index; 0 stands for "as source", the last for custom.</summary>
    private static readonly double[] TargetAspects = [0, 16.0 / 9, 9.0 / 16, 1, 4.0 / 3, 4.0 / 5, 1.85, 2.39, 0];

    /// <summary>Aspect as displayed for a <c>targetAspect</c> index.</summary>
    /// <returns>Width divided by height; 0 means "as source".</returns>
    public static double AspectOf(int targetAspect, double customAspect)
    {
        if (targetAspect == TargetAspects.Length - 1) return customAspect;
        return targetAspect > 0 && targetAspect < TargetAspects.Length ? TargetAspects[targetAspect] : 0;
    }

    /// <summary>Aspect for a <c>pictureAspect</c> index; 0 means "detect".</summary>
    public static double PictureAspectOf(int pictureAspect) => pictureAspect > 0 && pictureAspect < TargetAspects.Length - 1 ? TargetAspects[pictureAspect] : 0;

    /// <summary>Smallest canvas of the wanted aspect that contains the source, in the source's own (canonical or pixel) coordinates, y up as in OpenFX.</summary>
    /// <param name="x1">Left edge.</param>
    /// <param name="y1">Bottom edge.</param>
    /// <param name="x2">Right edge.</param>
    /// <param name="y2">Top edge.</param>
    /// <param name="aspect">Wanted width divided by height in these coordinates; 0 or less keeps the source.</param>
    /// <param name="anchor">Index of the <c>anchor</c> choice.</param>
    public static (double X1, double Y1, double X2, double Y2) Grow(double x1, double y1, double x2, double y2, double aspect, int anchor)
    {
        double width = x2 - x1, height = y2 - y1;
        if (!(aspect > 0) || !(width > 0) || !(height > 0)) return (x1, y1, x2, y2);
        double newWidth = Math.Max(width, height * aspect), newHeight = Math.Max(height, width / aspect);
        (double left, double bottom) = anchor switch
        {
            1 => (0, 0.5),
            2 => (1, 0.5),
            3 => (0.5, 1),
            4 => (0.5, 0),
            5 => (0, 1),
            6 => (1, 1),
            7 => (0, 0),
            8 => (1, 0),
            _ => (0.5, 0.5),
        };
        double addX = newWidth - width, addY = newHeight - height;
        double newX1 = x1 - addX * left, newY1 = y1 - addY * bottom;
        return (newX1, newY1, newX1 + newWidth, newY1 + newHeight);
    }
}
