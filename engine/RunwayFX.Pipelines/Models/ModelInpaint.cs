using RunwayFX.Imaging;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Pipelines.Models;

/// <summary>What a model's fill of some holes depends on besides the picture.</summary>
/// <param name="Settings">What the user says.</param>
/// <param name="References">Pictures whose look or subject is taken over, display values.</param>
/// <param name="ToneWidth">Pixels over which the fill's tone is matched to the picture; 0 for none.</param>
/// <param name="IsWhole">Whether the model sees the whole picture, rather than the surroundings of the holes.</param>
internal sealed record InpaintOptions(ModelSettings Settings, IReadOnlyList<Frame> References, double ToneWidth, bool IsWhole);

/// <summary>Fills holes of a picture with a model. Pixels outside keep their bits. Thread-safe.</summary>
internal sealed class ModelInpaint(ModelMaker models)
{
    /// <summary>Surroundings of the holes that the model sees on each side: as a share of the holes' longer extent, and in pixels at least.</summary>
    private const double ContextShare = 0.5;
    private const int ContextMin = 64;

    /// <summary>Shortest side that the model sees, in pixels, where the picture has so many.</summary>
    private const int SideMin = 512;

    /// <summary>Identity of what such fills are made with.</summary>
    /// <exception cref="PipelineException">No package fits; the message says what to do.</exception>
    public UInt128 Fingerprint(InpaintOptions options)
    {
        Frame any = new(1, 1);
        return models.Fingerprint(new ModelTask { Settings = options.Settings, Width = 1, Height = 1, Start = any, Mask = any, References = options.References });
    }

    /// <summary>The picture with its holes filled, opaque there.</summary>
    /// <param name="picture">The picture as it came.</param>
    /// <param name="holes">Shape (H, W).</param>
    /// <param name="begin">The same with holes filled by other means, from which the model starts; null where it starts from noise.</param>
    /// <param name="colour">The clip's encoding.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Told the share that is done.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="PipelineException">No package fits, or the one that does cannot be used.</exception>
    public Frame Fill(HostFrame picture, bool[] holes, Frame? begin, DisplayColour colour, InpaintOptions options, IProgress<double>? progress, CancellationToken cancellation)
    {
        (int width, int height) = (picture.Picture.Width, picture.Picture.Height);
        (int left, int top, int right, int bottom) = options.IsWhole ? (0, 0, width, height) : Around(holes, width, height);
        if (right <= left) return picture.Picture.Clone();
        bool[] part = new bool[(right - left) * (bottom - top)];
        for (int y = top; y < bottom; y++) holes.AsSpan(y * width + left, right - left).CopyTo(part.AsSpan((y - top) * (right - left)));
        Frame known = colour.ToDisplay(picture with { Picture = Cut(picture.Picture, left, top, right, bottom) });
        Frame start = begin is null ? SmoothFill.Apply(known, part) : colour.ToDisplay(picture with { Picture = Cut(begin, left, top, right, bottom) });
        Frame made = models.Make(new ModelTask
        {
            Settings = options.Settings, Width = known.Width, Height = known.Height, Start = start, Mask = MaskOf(part, known.Width, known.Height), References = options.References,
        }, progress, cancellation);
        Frame filled = ModelBlend.Filled(known, made, part);
        MatchTone(filled, known, made, part, options.ToneWidth, cancellation);
        Frame encoded = colour.FromDisplay(filled, isFromSource: true, cancellation), result = picture.Picture.Clone();
        for (int p = 0; p < part.Length; p++)
        {
            if (part[p]) encoded.Pixels.AsSpan(4 * p, 4).CopyTo(result.Pixels.AsSpan(4 * ((top + p / known.Width) * width + left + p % known.Width)));
        }

        return result;
    }

    /// <summary>What decoding and encoding change beside the holes is taken back within them.</summary>
    private static void MatchTone(Frame filled, Frame known, Frame made, bool[] holes, double width, CancellationToken cancellation)
    {
        if (width <= 0) return;
        Frame edge = new(known.Width, known.Height);
        for (int i = 0; i < edge.Pixels.Length; i++) edge.Pixels[i] = holes[i / 4] || i % 4 == 3 ? 0 : known.Pixels[i] - made.Pixels[i];
        SeamBlend.AddMembrane(filled, new HoleMask(known.Width, known.Height, holes), edge, width, Environment.ProcessorCount, cancellation);
    }

    /// <summary>The window that the model sees.</summary>
    private static (int Left, int Top, int Right, int Bottom) Around(bool[] holes, int width, int height)
    {
        int left = width, top = height, right = 0, bottom = 0;
        for (int p = 0; p < holes.Length; p++)
        {
            if (!holes[p]) continue;
            (left, right) = (Math.Min(left, p % width), Math.Max(right, p % width + 1));
            (top, bottom) = (Math.Min(top, p / width), p / width + 1);
        }

        if (right <= left) return (0, 0, 0, 0);
        int context = (int)Math.Max(ContextMin, ContextShare * Math.Max(right - left, bottom - top));
        (left, right) = Grown(left - context, right + context, width);
        (top, bottom) = Grown(top - context, bottom + context, height);
        return (left, top, right, bottom);
    }

    private static (int From, int To) Grown(int from, int to, int length)
    {
        int missing = Math.Max(0, SideMin - (to - from));
        (from, to) = (from - missing / 2, to + missing - missing / 2);
        // What sticks out on one side is added on the other.
        if (from < 0) (from, to) = (0, to - from);
        if (to > length) (from, to) = (Math.Max(0, from - (to - length)), length);
        return (from, to);
    }

    private static Frame Cut(Frame picture, int left, int top, int right, int bottom)
    {
        if (right - left == picture.Width && bottom - top == picture.Height) return picture;
        Frame part = new(right - left, bottom - top);
        for (int y = 0; y < part.Height; y++) picture.Row(top + y).Slice(Frame.Channels * left, Frame.Channels * part.Width).CopyTo(part.Row(y));
        return part;
    }

    private static Frame MaskOf(bool[] holes, int width, int height)
    {
        Frame mask = new(width, height);
        for (int p = 0; p < holes.Length; p++) mask.Pixels[4 * p] = holes[p] ? 1 : 0;
        return mask;
    }
}
