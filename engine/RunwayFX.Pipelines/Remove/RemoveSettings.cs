using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Remove;

/// <summary>All settings on which a fill depends, beside the pictures.</summary>
/// <param name="MaskFromClip">Whether the mask clip says what goes; else the source's alpha does.</param>
/// <param name="Channel">What of the mask clip counts.</param>
/// <param name="IsInverted">Whether the mask says what stays.</param>
/// <param name="Grow">Pixels at the render scale by which the mask grows.</param>
/// <param name="Feather">Pixels at the render scale over which the fill fades outside the grown mask.</param>
/// <param name="Radius">Frames either way in which background is looked for.</param>
/// <param name="Camera">How the camera moves.</param>
/// <param name="Quality">How long to search.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Encoding">What the numbers mean.</param>
/// <param name="Premultiplied">The source's alpha state.</param>
/// <param name="Window">The source's window.</param>
internal readonly record struct RemoveSettings(bool MaskFromClip, MaskChannel Channel, bool IsInverted, double Grow, double Feather, int Radius,
    CameraMotion Camera, QualityLevel Quality, int Seed, ColourEncoding Encoding, bool Premultiplied, PixelWindow Window)
{
    /// <summary>Pixels at full resolution over which a background's tone is matched to the frame, and over which the tones of a fill's pieces are.</summary>
    private const double ToneWidthFull = 16, PieceToneWidthFull = 3;

    /// <summary>Collects the settings of a job.</summary>
    public static RemoveSettings Create(RenderJob job, HostFrame source)
    {
        double scale = ScaleOf(job);
        return new(job.Flag(EffectCatalog.MaskFromClipName), (MaskChannel)job.Integer("maskChannel"), job.Flag("invertMask"), job.Number("grow") * scale,
            job.Number("feather") * scale, job.IsInteractive ? 0 : job.Integer(EffectCatalog.TemporalRadiusName), (CameraMotion)job.Integer("camera"),
            job.IsInteractive ? QualityLevel.Draft : (QualityLevel)job.Integer("quality"), job.Integer("seed"), (ColourEncoding)job.Integer("colourSpace"),
            source.Premultiplied, source.Window)
        {
            ToneWidth = Math.Clamp(ToneWidthFull * scale, 1, SeamBlend.WidthMax),
            PieceToneWidth = Math.Clamp(PieceToneWidthFull * scale, 1, SeamBlend.WidthMax),
        };
    }

    /// <summary>Pixels at the render scale over which a background's tone is matched to the frame.</summary>
    public double ToneWidth { get; private init; }

    /// <summary>Identity of what fills holes in the place of patches; null for patches.</summary>
    public string? Maker { get; init; }

    /// <summary>Pixels at the render scale over which the tones of a fill's pieces are matched to each other and to the picture: less, because texture hides
    /// most of the difference, and every correction takes a piece away from what it was copied from.</summary>
    public double PieceToneWidth { get; private init; }

    /// <summary>How thoroughly to search.</summary>
    public CompletionOptions Options => Quality switch
    {
        QualityLevel.Draft => CompletionOptions.ForObjects with { Seed = Seed, CoarseIterations = 8, FineIterations = 2, Passes = 2 },
        QualityLevel.High => CompletionOptions.ForObjects with { Seed = Seed, CoarseIterations = 20, FineIterations = 10, Passes = 4 },
        _ => CompletionOptions.ForObjects with { Seed = Seed },
    };

    private static double ScaleOf(RenderJob job)
    {
        double scale = Math.Sqrt(Math.Abs(job.RenderScaleX * job.RenderScaleY));
        return double.IsFinite(scale) && scale > 0 ? scale : 1;
    }
}
