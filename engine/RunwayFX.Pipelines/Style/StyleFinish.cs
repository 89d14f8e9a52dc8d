using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>What of a painted frame reaches the result.</summary>
internal readonly record struct FinishOptions
{
    /// <summary>Whether the source's colour is multiplied by alpha.</summary>
    public required bool Premultiplied { get; init; }

    /// <summary>0 takes the style's colour, 1 the clip's.</summary>
    public float KeepColour { get; init; }

    /// <summary>0 takes the result's luma, 1 the clip's.</summary>
    public float KeepLuma { get; init; }
}

/// <summary>Brings display-like painted pixels into the clip's own encoding and alpha state, with as much of the clip's colour
/// as the user wants.</summary>
internal sealed class StyleFinish
{
    private readonly DisplayEncoder _encoder;

    /// <summary>Prepares the way back to an encoding.</summary>
    public StyleFinish(ColourEncoding encoding) => _encoder = new DisplayEncoder(encoding);

    /// <summary>Turns a painted frame into the result, in place.</summary>
    /// <param name="painted">Display-like result; overwritten by the one in the source's encoding.</param>
    /// <param name="display">Display-like source.</param>
    /// <param name="source">The source as it came; its alpha stays, and its pixels under alpha 0.</param>
    /// <param name="options">What of the result counts.</param>
    /// <param name="cancellation">Asked once a row.</param>
    public void Apply(Frame painted, DisplayRows display, Frame source, FinishOptions options, CancellationToken cancellation)
    {
        float[]? shown = options.KeepColour > 0 || options.KeepLuma > 0 ? new float[Frame.Channels * source.Width] : null;
        for (int y = 0; y < source.Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            Span<float> to = painted.Row(y), from = source.Row(y);
            if (shown is not null)
            {
                display.Write(y, shown);
                Keep(to, shown, options.KeepColour, options.KeepLuma);
            }

            for (int x = 0; x < to.Length; x += Frame.Channels)
            {
                float alpha = from[x + 3];
                if (alpha == 0)
                {
                    from.Slice(x, Frame.Channels).CopyTo(to[x..]);
                    continue;
                }

                (float red, float green, float blue) = _encoder.Encode(to[x], to[x + 1], to[x + 2]);
                float factor = options.Premultiplied && float.IsFinite(alpha) ? alpha : 1;
                (to[x], to[x + 1], to[x + 2], to[x + 3]) = (red * factor, green * factor, blue * factor, alpha);
            }
        }
    }

    /// <summary>Fades between two display-like pictures into the first.</summary>
    public static void Fade(Frame current, Frame fading, float weight)
    {
        float[] to = current.Pixels, from = fading.Pixels;
        for (int index = 0; index < to.Length; index++) to[index] = from[index] + (to[index] - from[index]) * weight;
    }

    /// <summary>Takes a share of the clip's colour differences, and of its luma; writes to the painting.</summary>
    internal static void Keep(Frame painted, DisplayRows display, float colourShare, float lumaShare, CancellationToken cancellation)
    {
        float[] shown = new float[Frame.Channels * painted.Width];
        for (int y = 0; y < painted.Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            display.Write(y, shown);
            Keep(painted.Row(y), shown, colourShare, lumaShare);
        }
    }

    private static void Keep(Span<float> to, ReadOnlySpan<float> from, float colourShare, float lumaShare)
    {
        for (int index = 0; index < to.Length; index += Frame.Channels)
        {
            float luma = Rec709Luma.Of(to[index], to[index + 1], to[index + 2]);
            float clipLuma = Rec709Luma.Of(from[index], from[index + 1], from[index + 2]), kept = luma + (clipLuma - luma) * lumaShare;
            for (int channel = 0; channel < 3; channel++)
            {
                float own = to[index + channel] - luma, clip = from[index + channel] - clipLuma;
                to[index + channel] = Math.Clamp(kept + own + (clip - own) * colourShare, 0, 1);
            }
        }
    }
}
