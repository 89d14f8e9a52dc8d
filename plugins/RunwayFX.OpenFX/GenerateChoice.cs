using OpenFX.Raw;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>What Generate's size and length mean for a clip that the host knows and the engine does not.</summary>
internal static class GenerateChoice
{
    /// <summary>Which reference frames make which frames of the result.</summary>
    public static GenerateTiming Timing(InstanceParameters parameters, OfxRangeD? clip)
    {
        int frames = (int)parameters.Number(EffectCatalog.FramesName);
        if ((ReferenceRange)parameters.Number("referenceRange") == ReferenceRange.WholeClip)
            return TimeChoice.Known(clip) is { } range ? new GenerateTiming(range.min, range.max, frames) : GenerateTiming.Endless;
        double first = parameters.Number("firstReferenceFrame"), last = parameters.Number("lastReferenceFrame");
        return new GenerateTiming(Math.Min(first, last), Math.Max(first, last), frames);
    }

    /// <summary>First and last frame of the result; null where the host's own rule holds.</summary>
    public static OfxRangeD? Domain(InstanceParameters parameters, OfxRangeD? clip)
    {
        bool isNamed = (ReferenceRange)parameters.Number("referenceRange") == ReferenceRange.FirstToLast;
        int frames = (int)parameters.Number(EffectCatalog.FramesName);
        if (frames == 0 && !isNamed) return null;
        GenerateTiming timing = Timing(parameters, clip);
        if (timing == GenerateTiming.Endless) return clip is null ? new OfxRangeD(0, frames - 1) : null;
        (double first, double last) = timing.Domain;
        return new OfxRangeD(first, last);
    }

    /// <summary>Writes the clip's own frame numbers into the parameters, and takes a size back that the host's output does not have.</summary>
    public static void Resolve(EffectDefinition effect, InstanceParameters parameters, OfxRangeD? clip, in FrameShape shape)
    {
        GenerateTiming timing = Timing(parameters, clip);
        if (timing != GenerateTiming.Endless)
        {
            TimeChoice.Set(effect, parameters, "referenceRange", (double)ReferenceRange.FirstToLast);
            TimeChoice.Set(effect, parameters, "firstReferenceFrame", timing.First);
            TimeChoice.Set(effect, parameters, "lastReferenceFrame", timing.Last);
        }

        int width = GenerateCanvas.Side((int)parameters.Number("targetWidth"), shape.ScaleX, shape.Width);
        int height = GenerateCanvas.Side((int)parameters.Number("targetHeight"), shape.ScaleY, shape.Height);
        // A host whose pictures all have one size gets the result in that size; rounding of a region may take or add a pixel on either side.
        if (Math.Abs(width - shape.Width) <= 2 && Math.Abs(height - shape.Height) <= 2) return;
        TimeChoice.Set(effect, parameters, "targetWidth", 0);
        TimeChoice.Set(effect, parameters, "targetHeight", 0);
    }

    /// <summary>The canonical region of a result that begins where a region does; null where no size is wanted and there is no such region.</summary>
    public static OfxRectD? Region(InstanceParameters parameters, OfxRectD? source, double pixelAspect)
    {
        double width = parameters.Number("targetWidth") * pixelAspect, height = parameters.Number("targetHeight");
        if (source is not { } region) return width > 0 && height > 0 ? new OfxRectD(0, 0, width, height) : null;
        return new OfxRectD(region.x1, region.y1, width > 0 ? region.x1 + width : region.x2, height > 0 ? region.y1 + height : region.y2);
    }
}
