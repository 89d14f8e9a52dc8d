using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Pipelines.Style;

/// <summary>The channels by which a frame finds its patches. Beside a style picture: tone, tone of the surroundings, edges, orientation, and how unusual the hue is for the tone.
/// Beside a painting of one of the clip's own frames: that frame's colours, edges, and where each pixel's content lay in it. In both cases also the frame
/// before as it was painted, moved along.</summary>
internal static class StyleGuides
{
    /// <summary>Style channels before the guides: red, green, blue.</summary>
    public const int StyleChannels = 3;

    /// <summary>All channels: style and guides. Five pixels of them fit one vector of 64 bytes.</summary>
    public const int Channels = 12;

    /// <summary>Channel of the fine tone beside a style picture.</summary>
    public const int ToneChannel = 3;

    /// <summary>First of the two position channels beside a painting.</summary>
    public const int PositionChannel = 7;

    /// <summary>Channel of <see cref="StyleHue"/> beside a style picture.</summary>
    public const int HueChannel = 8;

    /// <summary>First of the three channels of the frame before.</summary>
    public const int PreviousChannel = 9;

    /// <summary>Width of the surroundings that count, in pixels.</summary>
    public const double CoarseSigma = 5;

    private const double FineSigma = 0.8, EdgeSigma = 1.5, OrientationSigma = 5;
    private const float EdgeGain = 900;

    /// <summary>Width over which slopes are taken, and how far outlines reach, in pixels.</summary>
    private const double OutlineSigma = 1, OutlineReach = 6;

    /// <summary>Variance of tone from which surroundings count as crossed by an outline.</summary>
    private const float OutlineSpread = 0.01f;

    /// <summary>Weight of the frame before against the style's 1.</summary>
    private const double PreviousWeight = 0.5;

    /// <summary>Real weights per channel: the style counts 1, the guides together what fidelity says.</summary>
    /// <param name="fidelity">0 is free, 1 is strict.</param>
    /// <param name="isPainting">Whether the style is a painting of one of the clip's frames.</param>
    /// <param name="follows">Whether there is a frame before.</param>
    public static double[] Weights(double fidelity, bool isPainting, bool follows)
    {
        double previous = follows ? PreviousWeight / 3 : 0;
        if (isPainting)
        {
            double image = (0.5 + 11 * fidelity) / 3, position = follows ? 1 : 0;
            return [1.0 / 3, 1.0 / 3, 1.0 / 3, image, image, image, 1, position, position, previous, previous, previous];
        }

        double guides = 0.35 + 5 * fidelity * fidelity;
        return [1.0 / 3, 1.0 / 3, 1.0 / 3, 0.55 * guides, 0.25 * guides, 0.2 * guides, 0.05, 0.05, 0.5 * guides, previous, previous, previous];
    }

    /// <summary>Writes the guides beside a style picture, but for the frame before.</summary>
    /// <param name="tone">Luma on the style's tone scale.</param>
    /// <param name="picture">Receives channels 3 to 8.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public static void WriteTones(LumaPlane tone, ChannelPicture picture, CancellationToken cancellation)
    {
        LumaPlane fine = tone.Blurred(FineSigma, cancellation), coarse = Surroundings(tone, cancellation);
        (float[] alongX, float[] alongY) = Slopes(tone.Blurred(EdgeSigma, cancellation));
        float[] orientation = Orientation(alongX, alongY, tone.Width, tone.Height, cancellation);
        for (int y = 0; y < tone.Height; y++)
        {
            for (int x = 0; x < tone.Width; x++)
            {
                int at = y * tone.Width + x, offset = picture.Offset(x, y) + StyleChannels;
                picture.Bytes[offset] = Quantise(fine.Values[at] * 255);
                picture.Bytes[offset + 1] = Quantise(coarse.Values[at] * 255);
                picture.Bytes[offset + 2] = Edge(alongX[at], alongY[at]);
                picture.Bytes[offset + 3] = Quantise(127.5f + 127.5f * orientation[2 * at]);
                picture.Bytes[offset + 4] = Quantise(127.5f + 127.5f * orientation[2 * at + 1]);
                picture.Bytes[offset + 5] = StyleHue.Usual;
            }
        }
    }

    /// <summary>Writes the guides beside a painting, but for position and the frame before.</summary>
    /// <param name="display">A frame of the clip at the working resolution, display-like.</param>
    /// <param name="luma">Its luma.</param>
    /// <param name="picture">Receives channels 3 to 6.</param>
    /// <param name="cancellation">Asked between the steps.</param>
    public static void WriteColours(Frame display, LumaPlane luma, ChannelPicture picture, CancellationToken cancellation)
    {
        (float[] alongX, float[] alongY) = Slopes(luma.Blurred(EdgeSigma, cancellation));
        for (int y = 0; y < display.Height; y++)
        {
            ReadOnlySpan<float> row = display.Row(y);
            for (int x = 0; x < display.Width; x++)
            {
                int at = y * display.Width + x, offset = picture.Offset(x, y) + StyleChannels;
                for (int channel = 0; channel < 3; channel++) picture.Bytes[offset + channel] = Quantise(row[4 * x + channel] * 255);
                picture.Bytes[offset + 3] = Edge(alongX[at], alongY[at]);
            }
        }
    }

    /// <summary>Writes positions, 0–65535 of the sides, to channels 7 and 8.</summary>
    public static void WritePositions(ReadOnlySpan<ushort> positions, ChannelPicture picture)
    {
        for (int y = 0; y < picture.Height; y++)
        {
            for (int x = 0; x < picture.Width; x++)
            {
                int at = 2 * (y * picture.Width + x), offset = picture.Offset(x, y) + PositionChannel;
                picture.Bytes[offset] = (byte)((positions[at] + 128) * 255 / 65_535);
                picture.Bytes[offset + 1] = (byte)((positions[at + 1] + 128) * 255 / 65_535);
            }
        }
    }

    /// <summary>Every pixel's own place, as <see cref="WritePositions"/> takes it.</summary>
    public static ushort[] OwnPositions(int width, int height)
    {
        ushort[] positions = new ushort[2 * width * height];
        for (int index = 0; index < width * height; index++)
        {
            positions[2 * index] = (ushort)((index % width + 0.5) * ushort.MaxValue / width);
            positions[2 * index + 1] = (ushort)((index / width + 0.5) * ushort.MaxValue / height);
        }

        return positions;
    }

    /// <summary>How much of outlines there is around each pixel: the mean slope of luma (0–255), in 1/16 a pixel, at most 255. Strokes follow outlines from as far.
    /// It grows with what comes near and falls with what leaves, whether darker or brighter than the ground.</summary>
    public static byte[] Outlines(LumaPlane luma, CancellationToken cancellation)
    {
        const float Unit = 16 * 255 / 2f;
        (float[] alongX, float[] alongY) = Slopes(luma.Blurred(OutlineSigma, cancellation));
        for (int at = 0; at < alongX.Length; at++) alongX[at] = MathF.Sqrt(alongX[at] * alongX[at] + alongY[at] * alongY[at]);
        GaussianBlur.Apply(alongX, luma.Width, luma.Height, 1, OutlineReach, cancellation);
        byte[] outlines = new byte[alongX.Length];
        for (int at = 0; at < outlines.Length; at++) outlines[at] = Quantise(Unit * alongX[at]);
        return outlines;
    }

    /// <summary>Rounds to the nearest of 0 to 255; not a number becomes 0.</summary>
    public static byte Quantise(float value) => (byte)(value > 0 ? value < 255 ? value + 0.5f : 255 : 0);

    /// <summary>The mean tone about each pixel that stops at outlines, so that an even ground has its own tone right beside what stands on it (He et al., "Guided
    /// Image Filtering", 2010, guided by itself).</summary>
    private static LumaPlane Surroundings(LumaPlane tone, CancellationToken cancellation)
    {
        int pixels = tone.Values.Length;
        float[] means = new float[2 * pixels];
        for (int at = 0; at < pixels; at++)
        {
            float value = tone.Values[at];
            means[2 * at] = value;
            means[2 * at + 1] = value * value;
        }

        GaussianBlur.Apply(means, tone.Width, tone.Height, 2, CoarseSigma, cancellation);
        for (int at = 0; at < pixels; at++)
        {
            float mean = means[2 * at], spread = Math.Max(means[2 * at + 1] - mean * mean, 0), share = spread / (spread + OutlineSpread);
            means[2 * at] = share;
            means[2 * at + 1] = mean - share * mean;
        }

        GaussianBlur.Apply(means, tone.Width, tone.Height, 2, CoarseSigma, cancellation);
        float[] values = new float[pixels];
        for (int at = 0; at < pixels; at++) values[at] = means[2 * at] * tone.Values[at] + means[2 * at + 1];
        return new LumaPlane(tone.Width, tone.Height, values);
    }

    private static byte Edge(float acrossX, float acrossY) => Quantise(MathF.Sqrt(acrossX * acrossX + acrossY * acrossY) * EdgeGain);

    private static (float[] X, float[] Y) Slopes(LumaPlane plane)
    {
        float[] alongX = new float[plane.Values.Length], alongY = new float[plane.Values.Length];
        for (int y = 0; y < plane.Height; y++)
        {
            int above = Math.Max(y - 1, 0) * plane.Width, below = Math.Min(y + 1, plane.Height - 1) * plane.Width, row = y * plane.Width;
            for (int x = 0; x < plane.Width; x++)
            {
                alongX[row + x] = plane.Values[row + Math.Min(x + 1, plane.Width - 1)] - plane.Values[row + Math.Max(x - 1, 0)];
                alongY[row + x] = plane.Values[below + x] - plane.Values[above + x];
            }
        }

        return (alongX, alongY);
    }

    /// <summary>Direction of the strongest edges around each pixel as cosine and sine of twice the angle, −1 to 1; 0 where there is none. Even areas take it from
    /// the edges about them, as a painter's strokes do.</summary>
    private static float[] Orientation(float[] alongX, float[] alongY, int width, int height, CancellationToken cancellation)
    {
        float[] doubled = new float[2 * alongX.Length];
        for (int at = 0; at < alongX.Length; at++)
        {
            doubled[2 * at] = alongX[at] * alongX[at] - alongY[at] * alongY[at];
            doubled[2 * at + 1] = 2 * alongX[at] * alongY[at];
        }

        GaussianBlur.Apply(doubled, width, height, 2, OrientationSigma, cancellation);
        for (int at = 0; at < alongX.Length; at++)
        {
            float length = MathF.Sqrt(doubled[2 * at] * doubled[2 * at] + doubled[2 * at + 1] * doubled[2 * at + 1]) + 1e-5f;
            doubled[2 * at] /= length;
            doubled[2 * at + 1] /= length;
        }

        return doubled;
    }
}
