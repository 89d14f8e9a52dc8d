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

    private StyleReference(Frame picture, int halvings, ChannelPicture work, LumaPlane tone)
    {
        Picture = picture;
        Halvings = halvings;
        Work = work;
        Tone = tone;
    }

    /// <summary>The scaled style at full resolution, display-like, not clamped: what the result's pixels are made of.</summary>
    public Frame Picture { get; }

    /// <summary>How often the resolution is halved for the search.</summary>
    public int Halvings { get; }

    /// <summary>Style and guide channels at the working resolution.</summary>
    public ChannelPicture Work { get; }

    /// <summary>Luma at the working resolution.</summary>
    public LumaPlane Tone { get; }

    /// <summary>Memory it holds.</summary>
    public long Bytes => Picture.Pixels.Length * 4L + Work.Bytes.Length + Tone.Values.Length * 4L;

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

        Frame clean = Sanitised(style);
        (int scaledWidth, int scaledHeight) = ScaledSize(style.Width, style.Height, settings);
        ResamplingFilter filter = scaledWidth < style.Width ? ResamplingFilter.Area : ResamplingFilter.Bicubic;
        Frame picture = scaledWidth == style.Width && scaledHeight == style.Height
            ? clean
            : Resampling.Resize(clean, scaledWidth, scaledHeight, filter, cancellation);
        int halvings = CountHalvings(settings.Quality, width, height);
        while (halvings > 0 && Math.Min(scaledWidth, scaledHeight) >> halvings < 2 * PatchWidth) halvings--;
        Frame small = Shrunk(picture, halvings, cancellation);
        LumaPlane tone = LumaPlane.From(small);
        ChannelPicture work = new(small.Width, small.Height, StyleGuides.Channels);
        for (int y = 0; y < small.Height; y++)
        {
            ReadOnlySpan<float> row = small.Row(y);
            for (int x = 0; x < small.Width; x++)
            {
                int offset = work.Offset(x, y);
                for (int channel = 0; channel < StyleGuides.StyleChannels; channel++) work.Bytes[offset + channel] = StyleGuides.Quantise(row[4 * x + channel] * 255);
            }
        }

        StyleGuides.Write(tone, work, cancellation);
        return new StyleReference(picture, halvings, work, tone);
    }

    /// <summary>A copy at the working resolution.</summary>
    public static Frame Shrunk(Frame frame, int halvings, CancellationToken cancellation) => halvings == 0
        ? frame
        : Resampling.Resize(frame, Math.Max(frame.Width >> halvings, 1), Math.Max(frame.Height >> halvings, 1), ResamplingFilter.Area, cancellation);

    private static int CountHalvings(QualityLevel quality, int width, int height)
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
