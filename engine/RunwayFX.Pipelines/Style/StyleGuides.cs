using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>The guides that tie a clip to a style picture when the user gives nothing but the two: tone, tone of the surroundings, and
/// edges.</summary>
internal static class StyleGuides
{
    /// <summary>Style channels before the guides: red, green, blue.</summary>
    public const int StyleChannels = 3;

    /// <summary>All channels: style and guides.</summary>
    public const int Channels = 6;

    private const double FineSigma = 0.8, CoarseSigma = 5, EdgeSigma = 1.5;
    private const float EdgeGain = 900;

    /// <summary>Real weights per channel: the style counts 1, the guides together what fidelity says.</summary>
    /// <param name="fidelity">0 is free, 1 is strict.</param>
    public static double[] Weights(double fidelity)
    {
        double guides = 0.35 + 5 * fidelity * fidelity;
        return [1.0 / 3, 1.0 / 3, 1.0 / 3, 0.55 * guides, 0.25 * guides, 0.2 * guides];
    }

    /// <summary>Writes the three guides of a picture behind its style channels.</summary>
    /// <param name="tone">Luma on the style's tone scale.</param>
    /// <param name="picture">Receives channels 3 to 5.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public static void Write(LumaPlane tone, ChannelPicture picture, CancellationToken cancellation)
    {
        LumaPlane fine = tone.Blurred(FineSigma, cancellation);
        LumaPlane edge = tone.Blurred(EdgeSigma, cancellation);
        LumaPlane coarse = tone.Blurred(CoarseSigma, cancellation);
        for (int y = 0; y < tone.Height; y++)
        {
            int above = Math.Max(y - 1, 0) * tone.Width, below = Math.Min(y + 1, tone.Height - 1) * tone.Width, row = y * tone.Width;
            for (int x = 0; x < tone.Width; x++)
            {
                float acrossX = edge.Values[row + Math.Min(x + 1, tone.Width - 1)] - edge.Values[row + Math.Max(x - 1, 0)];
                float acrossY = edge.Values[below + x] - edge.Values[above + x];
                int offset = picture.Offset(x, y) + StyleChannels;
                picture.Bytes[offset] = Quantise(fine.Values[row + x] * 255);
                picture.Bytes[offset + 1] = Quantise(coarse.Values[row + x] * 255);
                picture.Bytes[offset + 2] = Quantise(MathF.Sqrt(acrossX * acrossX + acrossY * acrossY) * EdgeGain);
            }
        }
    }

    /// <summary>Rounds to the nearest of 0 to 255.</summary>
    public static byte Quantise(float value) => (byte)(value > 0 ? value < 255 ? value + 0.5f : 255 : 0);
}
