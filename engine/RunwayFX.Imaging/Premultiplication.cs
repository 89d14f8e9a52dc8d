namespace RunwayFX.Imaging;

/// <summary>Moves working copies between alpha states.</summary>
/// <remarks>There and back is not exact and loses colour under alpha 0; pixels that an effect does not touch are therefore taken from the source,
/// never
/// from a working copy.</remarks>
public static class Premultiplication
{
    /// <summary>A copy with colour multiplied by alpha. Alpha 1 keeps the colour's bits.</summary>
    public static Frame Premultiply(Frame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Frame result = source.Clone();
        float[] pixels = result.Pixels;
        for (int i = 0; i < pixels.Length; i += Frame.Channels)
        {
            float alpha = pixels[i + 3];
            if (alpha == 1) continue;
            pixels[i] *= alpha;
            pixels[i + 1] *= alpha;
            pixels[i + 2] *= alpha;
        }

        return result;
    }

    /// <summary>A copy with colour divided by alpha. Alpha 1 keeps the colour's bits; colour under alpha 0 (or an alpha that is not a number) stays
    /// as it is.</summary>
    public static Frame Unpremultiply(Frame source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Frame result = source.Clone();
        Unpremultiply(result.Pixels);
        return result;
    }

    /// <summary>The same in place, for some pixels.</summary>
    public static void Unpremultiply(Span<float> pixels)
    {
        for (int i = 0; i < pixels.Length; i += Frame.Channels)
        {
            float alpha = pixels[i + 3];
            if (alpha == 1 || alpha == 0 || float.IsNaN(alpha)) continue;
            pixels[i] /= alpha;
            pixels[i + 1] /= alpha;
            pixels[i + 2] /= alpha;
        }
    }
}
