using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>How unusual the hue of a place of the style is for its tone. Guides of tone alone leave the hue open where a style paints one tone in two: pieces of
/// either then lie side by side on an even ground, and their border shows.</summary>
/// <remarks>Hue is measured over the same surroundings as the coarse tone, so that single strokes keep theirs: what chroma there has beyond the mean at that tone, along
/// the direction in which it differs most.</remarks>
internal static class StyleHue
{
    /// <summary>What the channel says where the hue is the tone's usual one; this is what a target asks for.</summary>
    public const byte Usual = 128;

    private const int Tones = 256;

    /// <summary>Width over which mean hues of neighbouring tones are mixed, in tones of 256.</summary>
    private const double ToneSigma = 8;

    /// <summary>Measures a style.</summary>
    /// <param name="small">The style at the working resolution, display-like.</param>
    /// <param name="picture">Receives <see cref="StyleGuides.HueChannel"/>.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public static void Write(Frame small, ChannelPicture picture, CancellationToken cancellation)
    {
        Frame coarse = GaussianBlur.Apply(small, StyleGuides.CoarseSigma, cancellation);
        int pixels = small.Width * small.Height;
        float[] chroma = new float[2 * pixels], means = new float[3 * Tones];
        byte[] tones = new byte[pixels];
        for (int at = 0; at < pixels; at++)
        {
            ReadOnlySpan<float> pixel = coarse.Pixels.AsSpan(Frame.Channels * at, 3);
            float luma = Rec709Luma.Of(pixel[0], pixel[1], pixel[2]);
            tones[at] = StyleGuides.Quantise(luma * 255);
            chroma[2 * at] = Math.Clamp(pixel[0] - luma, -1, 1);
            chroma[2 * at + 1] = Math.Clamp(pixel[2] - luma, -1, 1);
        }

        SumByTone(chroma, tones, means);
        GaussianBlur.Apply(means, Tones, 1, 3, ToneSigma, cancellation);
        double spreadRed = 0, spreadBlue = 0, common = 0;
        for (int at = 0; at < pixels; at++)
        {
            int mean = 3 * tones[at];
            chroma[2 * at] -= means[mean] / means[mean + 2];
            chroma[2 * at + 1] -= means[mean + 1] / means[mean + 2];
            double red = chroma[2 * at], blue = chroma[2 * at + 1];
            (spreadRed, spreadBlue, common) = (spreadRed + red * red, spreadBlue + blue * blue, common + red * blue);
        }

        cancellation.ThrowIfCancellationRequested();
        (float alongRed, float alongBlue) = Axis(spreadRed, spreadBlue, common);
        for (int at = 0; at < pixels; at++)
        {
            float beyond = chroma[2 * at] * alongRed + chroma[2 * at + 1] * alongBlue;
            picture.Bytes[picture.Offset(at % small.Width, at / small.Width) + StyleGuides.HueChannel] = StyleGuides.Quantise(Usual + 255 * beyond);
        }
    }

    private static void SumByTone(float[] chroma, byte[] tones, float[] sums)
    {
        for (int at = 0; at < tones.Length; at++)
        {
            int tone = 3 * tones[at];
            sums[tone] += chroma[2 * at];
            sums[tone + 1] += chroma[2 * at + 1];
            sums[tone + 2]++;
        }
    }

    /// <summary>Direction of the largest spread.</summary>
    private static (float Red, float Blue) Axis(double red, double blue, double common)
    {
        double half = (red - blue) / 2, root = Math.Sqrt(half * half + common * common), x = half + root, y = common;
        double length = Math.Sqrt(x * x + y * y);
        return length > 1e-9 ? ((float)(x / length), (float)(y / length)) : red >= blue ? (1, 0) : (0, 1);
    }
}
