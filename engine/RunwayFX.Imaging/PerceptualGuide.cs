namespace RunwayFX.Imaging;

/// <summary>Turns pictures of any encoding into the display-like values on which matching happens: Rec.709 primaries, sRGB-like steps,
/// 0..1.</summary>
/// <remarks>
/// <para>Display encodings with Rec.709 primaries pass as they are, clamped to 0..1. All others are decoded, scaled so that diffuse white is 1 (PQ:
/// 203 cd/m²; HLG:
/// signal 0.75; scene-linear and log: 1.0), brought to Rec.709 primaries, rolled off smoothly above 0.8 so that highlights stay apart, and
/// encoded as sRGB.</para>
/// <para>This is where NaN and infinities end: NaN and −Inf become 0, +Inf becomes 1. Pictures themselves keep them. Same bits on every
/// machine.</para>
/// </remarks>
public sealed class PerceptualGuide
{
    /// <summary>Entries per unit of the table behind the curves; between them values are interpolated.</summary>
    private const int TableSteps = 4096;

    /// <summary>Where the roll-off of highlights begins, in linear light with diffuse white = 1: from there up, 1 stands for infinitely bright.</summary>
    public const double Knee = 0.8;

    private readonly bool _isIdentity;
    private readonly double[] _matrix;
    private readonly ColourEncoding _encoding;
    private readonly double _white;
    private readonly float[] _toLinear;
    private readonly float[] _toSrgb;

    /// <summary>Prepares tables for one encoding.</summary>
    public PerceptualGuide(ColourEncoding encoding)
    {
        _encoding = encoding;
        _isIdentity = encoding is ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec709Camera or ColourEncoding.Srgb;
        _matrix = ColourPrimaries.ToRec709(encoding);
        _white = TransferFunction.DiffuseWhite(encoding);
        _toLinear = new float[TableSteps + 1];
        _toSrgb = new float[TableSteps + 1];
        for (int i = 0; i <= TableSteps; i++)
        {
            double at = (double)i / TableSteps;
            _toLinear[i] = (float)(TransferFunction.ToLinear(encoding, at) / _white);
            // The table is spaced by the square root, where sRGB is nearly straight.
            _toSrgb[i] = (float)TransferFunction.FromLinear(ColourEncoding.Srgb, at * at);
        }
    }

    /// <summary>Display-like red, green and blue of one pixel, each 0..1.</summary>
    /// <param name="red">Straight (not premultiplied) red in the encoding.</param>
    /// <param name="green">Straight green.</param>
    /// <param name="blue">Straight blue.</param>
    public (float Red, float Green, float Blue) Convert(float red, float green, float blue)
    {
        if (_isIdentity) return (Clamp(red), Clamp(green), Clamp(blue));
        double r = Linear(red), g = Linear(green), b = Linear(blue);
        return (Display(_matrix[0] * r + _matrix[1] * g + _matrix[2] * b),
            Display(_matrix[3] * r + _matrix[4] * g + _matrix[5] * b),
            Display(_matrix[6] * r + _matrix[7] * g + _matrix[8] * b));
    }

    /// <summary>Display-like copy of a picture with straight alpha; alpha is clamped to 0..1 and NaN becomes 0.</summary>
    /// <param name="source">The picture.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public Frame Convert(Frame source, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        Frame result = new(source.Width, source.Height);
        for (int y = 0; y < source.Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            Convert(source.Row(y), result.Row(y));
        }

        return result;
    }

    /// <summary>Display-like copy of pixels with straight alpha, in place where both are the same.</summary>
    /// <param name="source">RGBA values.</param>
    /// <param name="display">Receives as many.</param>
    public void Convert(ReadOnlySpan<float> source, Span<float> display)
    {
        for (int i = 0; i < source.Length; i += Frame.Channels)
        {
            (display[i], display[i + 1], display[i + 2]) = Convert(source[i], source[i + 1], source[i + 2]);
            display[i + 3] = Clamp(source[i + 3]);
        }
    }

    private double Linear(float signal)
    {
        // Infinite channels would cancel to NaN in the matrix.
        const double LinearMax = 1e6;
        if (float.IsNaN(signal)) return 0;
        double linear = signal is >= 0 and <= 1 ? Lookup(_toLinear, signal) : TransferFunction.ToLinear(_encoding, signal) / _white;
        return Math.Clamp(linear, -LinearMax, LinearMax);
    }

    private float Display(double linear)
    {
        if (!(linear > 0)) return 0;
        if (linear > Knee)
        {
            double over = (linear - Knee) / (1 - Knee);
            linear = Knee + (1 - Knee) * over / (1 + over);
        }

        return Lookup(_toSrgb, (float)Math.Sqrt(linear));
    }

    private static float Lookup(float[] table, float at)
    {
        float scaled = at * TableSteps;
        int index = Math.Min((int)scaled, TableSteps - 1);
        return table[index] + (table[index + 1] - table[index]) * (scaled - index);
    }

    private static float Clamp(float value) => value > 0 ? value < 1 ? value : 1 : 0;
}
