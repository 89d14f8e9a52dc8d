using System.IO.Hashing;
using System.Runtime.InteropServices;
using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Extend;

/// <summary>All settings on which a fill depends, beside the pictures.</summary>
/// <param name="Canvas">The finished picture's window.</param>
/// <param name="Picture">The source's own part of it.</param>
/// <param name="Source">The source's window.</param>
/// <param name="Premultiplied">The source's alpha state.</param>
/// <param name="Encoding">What the numbers mean.</param>
/// <param name="Quality">How long to search.</param>
/// <param name="Seed">The seed.</param>
/// <param name="BlendWidth">In pixels at the render scale.</param>
internal readonly record struct ExtendRecipe(PixelWindow Canvas, PixelWindow Picture, PixelWindow Source, bool Premultiplied, ColourEncoding Encoding,
    QualityLevel Quality, int Seed, double BlendWidth)
{
    /// <summary>Collects the settings of a job.</summary>
    public static ExtendRecipe Create(RenderJob job, ExtendCanvas canvas, HostFrame source)
    {
        double scale = Math.Sqrt(Math.Abs(job.RenderScaleX * job.RenderScaleY));
        return new(canvas.Canvas, canvas.Picture, source.Window, source.Premultiplied, (ColourEncoding)job.Integer("colourSpace"),
            job.IsInteractive ? QualityLevel.Draft : (QualityLevel)job.Integer("quality"), job.Integer("seed"),
            Math.Clamp(job.Number("blend") * (double.IsFinite(scale) && scale > 0 ? scale : 1), 0, SeamBlend.WidthMax));
    }

    /// <summary>128 bits of a frame's content.</summary>
    public static UInt128 Hash(Frame frame) => XxHash128.HashToUInt128(MemoryMarshal.AsBytes(frame.Pixels.AsSpan()));

    /// <summary>Over how many pixels the fill's tone is matched to the picture: further than single edges are, because a change of tone shows
    /// further.</summary>
    public double ToneWidth => Math.Min(6 * BlendWidth, SeamBlend.WidthMax);

    /// <summary>How thoroughly to search.</summary>
    public CompletionOptions Options => Quality switch
    {
        QualityLevel.Draft => new() { Seed = Seed, IsPieced = true, CoarseIterations = 8, FineIterations = 2, Passes = 2 },
        QualityLevel.High => new() { Seed = Seed, IsPieced = true, CoarseIterations = 20, FineIterations = 10, Passes = 4 },
        _ => new() { Seed = Seed, IsPieced = true },
    };
}
