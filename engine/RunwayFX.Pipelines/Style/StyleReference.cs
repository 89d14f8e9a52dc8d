using RunwayFX.Effects;
using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>A style picture made ready for one setting: scaled, with guides, at the working resolution. Immutable and shared.</summary>
internal sealed class StyleReference
{
    /// <summary>Patch width of the method.</summary>
    public const int PatchWidth = 5;

    /// <summary>Most pixels of a scaled style; a larger one is made smaller, keeping its shape.</summary>
    public const int PixelsMax = 4_000_000;

    /// <summary>Longest side of a scaled style.</summary>
    public const int SideMax = 8192;

    /// <summary>Frames with more pixels are searched at half their resolution (or a quarter, and so on); the result keeps the full one.</summary>
    public const int WorkPixelsMax = 2_400_000;

    private StyleReference(Frame picture, int halvings, ChannelPicture work, LumaPlane tone, StyleAreas? areas, bool isDraft)
    {
        IsDraft = isDraft;
        Picture = picture;
        Halvings = halvings;
        Work = work;
        Tone = tone;
        Areas = areas;
        Palette = MeanColours(work, tone);
    }

    /// <summary>The scaled style at full resolution, display-like, not clamped: what the result's pixels are made of.</summary>
    public Frame Picture { get; }

    /// <summary>How often the resolution is halved for the search.</summary>
    public int Halvings { get; }

    /// <summary>Style and guide channels at the working resolution.</summary>
    public ChannelPicture Work { get; }

    /// <summary>Luma at the working resolution: the style's own, or that of the frame that was painted.</summary>
    public LumaPlane Tone { get; }

    /// <summary>Whether it is a painting of one of the clip's frames, rather than any picture.</summary>
    public bool IsPainting => Areas is null;

    /// <summary>The colours of its areas; null where it is a painting, whose colours are meant as they are.</summary>
    public StyleAreas? Areas { get; }

    /// <summary>Whether it is for a quick look.</summary>
    public bool IsDraft { get; }

    /// <summary>Mean style colour at each of 256 tones, 3 bytes each: the best guess where nothing else is known.</summary>
    public byte[] Palette { get; }

    /// <summary>Memory it holds.</summary>
    public long Bytes => Picture.Pixels.Length * 4L + Work.Bytes.Length + Tone.Values.Length * 4L + (Areas?.Bytes ?? 0);

    /// <summary>Whether a match shows the same tone as it did in another state of a moving style.</summary>
    public bool IsAlike(StyleReference before, int match, int threshold)
    {
        if (before.Work.Width != Work.Width || before.Work.Height != Work.Height) return false;
        int at = Work.Offset(MatchField.X(match), MatchField.Y(match)) + StyleGuides.ToneChannel;
        return Math.Abs(Work.Bytes[at] - before.Work.Bytes[at]) <= threshold;
    }

    /// <summary>Prepares a style picture.</summary>
    /// <param name="style">Display-like pixels with straight alpha.</param>
    /// <param name="settings">Scale and quality.</param>
    /// <param name="width">Width of the frames to paint.</param>
    /// <param name="height">Their height.</param>
    /// <param name="cancellation">Asked between rows.</param>
    /// <exception cref="PipelineException">The style is smaller than a patch.</exception>
    public static StyleReference Create(Frame style, StyleSettings settings, int width, int height, CancellationToken cancellation)
    {
        int smallest = Math.Min(style.Width, style.Height);
        if (smallest < PatchWidth)
        {
            throw new PipelineException(PipelineError.SizeUnsupported,
                $"the style picture is {style.Width}×{style.Height} pixels; both sides must be at least {PatchWidth}");
        }

        Frame clean = StyleMat.Remove(Sanitised(style));
        (int scaledWidth, int scaledHeight) = ScaledSize(clean.Width, clean.Height, settings);
        Frame picture = Resized(clean, scaledWidth, scaledHeight, cancellation);
        int halvings = CountHalvings(settings.Quality, width, height);
        while (halvings > 0 && Math.Min(scaledWidth, scaledHeight) >> halvings < 2 * PatchWidth) halvings--;
        Frame small = Shrunk(picture, halvings, cancellation);
        LumaPlane tone = LumaPlane.From(small);
        ChannelPicture work = StyleChannels(small);
        StyleGuides.WriteTones(tone, work, cancellation);
        StyleHue.Write(small, work, cancellation);
        return new StyleReference(picture, halvings, work, tone, new StyleAreas(small, cancellation), settings.Quality == QualityLevel.Draft);
    }

    /// <summary>Prepares a painting of one of the clip's frames.</summary>
    /// <param name="painting">Display-like pixels; stretched to the frame's size where it has another.</param>
    /// <param name="frame">The frame that was painted, display-like.</param>
    /// <param name="settings">Quality.</param>
    /// <param name="cancellation">Asked between rows.</param>
    /// <exception cref="PipelineException">The frame is smaller than a patch.</exception>
    public static StyleReference FromPainting(Frame painting, DisplayRows frame, StyleSettings settings, CancellationToken cancellation)
    {
        if (Math.Min(frame.Width, frame.Height) < PatchWidth)
        {
            throw new PipelineException(PipelineError.SizeUnsupported,
                $"frames of {frame.Width}×{frame.Height} pixels cannot follow painted frames; both sides must be at least {PatchWidth}");
        }

        Frame picture = Resized(Sanitised(painting), frame.Width, frame.Height, cancellation);
        int halvings = CountHalvings(settings.Quality, frame.Width, frame.Height);
        Frame small = Shrunk(picture, halvings, cancellation), guide = frame.Shrunk(halvings, cancellation);
        LumaPlane tone = LumaPlane.From(guide);
        ChannelPicture work = StyleChannels(small);
        StyleGuides.WriteColours(guide, tone, work, cancellation);
        StyleGuides.WritePositions(StyleGuides.OwnPositions(small.Width, small.Height), work);
        return new StyleReference(picture, halvings, work, tone, null, settings.Quality == QualityLevel.Draft);
    }

    /// <summary>The style's own channels, and the same once more as what the frame before is compared with.</summary>
    private static ChannelPicture StyleChannels(Frame small)
    {
        ChannelPicture work = new(small.Width, small.Height, StyleGuides.Channels);
        for (int y = 0; y < small.Height; y++)
        {
            ReadOnlySpan<float> row = small.Row(y);
            for (int x = 0; x < small.Width; x++)
            {
                int offset = work.Offset(x, y);
                for (int channel = 0; channel < StyleGuides.StyleChannels; channel++)
                {
                    byte value = StyleGuides.Quantise(row[4 * x + channel] * 255);
                    work.Bytes[offset + channel] = work.Bytes[offset + StyleGuides.PreviousChannel + channel] = value;
                }
            }
        }

        return work;
    }

    /// <summary>Mean colours by tone; tones that the style lacks have those of the nearest darker one, else lighter one.</summary>
    private static byte[] MeanColours(ChannelPicture work, LumaPlane tone)
    {
        const int Tones = 256;
        long[] sums = new long[4 * Tones];
        for (int y = 0; y < tone.Height; y++)
        {
            for (int x = 0; x < tone.Width; x++)
            {
                int bin = 4 * StyleGuides.Quantise(tone.Values[y * tone.Width + x] * 255), offset = work.Offset(x, y);
                for (int channel = 0; channel < 3; channel++) sums[bin + channel] += work.Bytes[offset + channel];
                sums[bin + 3]++;
            }
        }

        byte[] palette = new byte[3 * Tones];
        int known = 0;
        while (sums[4 * known + 3] == 0) known++;
        for (int bin = 0; bin < Tones; bin++)
        {
            if (sums[4 * bin + 3] > 0) known = bin;
            for (int channel = 0; channel < 3; channel++) palette[3 * bin + channel] = (byte)(sums[4 * known + channel] / sums[4 * known + 3]);
        }

        return palette;
    }

    private static Frame Resized(Frame frame, int width, int height, CancellationToken cancellation)
    {
        if (frame.Width == width && frame.Height == height) return frame;
        return Resampling.Resize(frame, width, height, width < frame.Width ? ResamplingFilter.Area : ResamplingFilter.Bicubic, cancellation);
    }

    /// <summary>A copy at the working resolution.</summary>
    public static Frame Shrunk(Frame frame, int halvings, CancellationToken cancellation) => halvings == 0
        ? frame
        : Resampling.Resize(frame, Math.Max(frame.Width >> halvings, 1), Math.Max(frame.Height >> halvings, 1), ResamplingFilter.Area, cancellation);

    /// <summary>How often the resolution of frames is halved for the search.</summary>
    public static int CountHalvings(QualityLevel quality, int width, int height)
    {
        long pixels = (long)width * height;
        int halvings = quality == QualityLevel.Draft ? 1 : 0;
        long limit = quality == QualityLevel.High ? 4L * WorkPixelsMax : WorkPixelsMax;
        while (pixels >> (2 * halvings) > limit) halvings++;
        while (halvings > 0 && Math.Min(width, height) >> halvings < 16) halvings--;
        return halvings;
    }

    private static (int Width, int Height) ScaledSize(int width, int height, StyleSettings settings)
    {
        double x = width * settings.ScaleX, y = height * settings.ScaleY;
        double shrink = Math.Min(1, Math.Min(Math.Sqrt(PixelsMax / (x * y)), SideMax / Math.Max(x, y)));

        // Small scales stop where the style would hold too few patches to choose from.
        int floor = Math.Min(Math.Min(width, height), 4 * PatchWidth);
        return (Math.Clamp((int)Math.Round(x * shrink), floor, SideMax), Math.Clamp((int)Math.Round(y * shrink), floor, SideMax));
    }

    /// <summary>NaN becomes 0 and infinities become large, because a vote would spread them.</summary>
    private static Frame Sanitised(Frame style)
    {
        const float LargestMagnitude = 64;
        Frame clean = style.Clone();
        float[] pixels = clean.Pixels;
        for (int index = 0; index < pixels.Length; index++)
        {
            float value = pixels[index];
            pixels[index] = float.IsNaN(value) ? 0 : Math.Clamp(value, -LargestMagnitude, LargestMagnitude);
        }

        return clean;
    }
}
