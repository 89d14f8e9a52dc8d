using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Display-like sRGB to CIE Lab (white D65) and back, where equal steps look alike. Own arithmetic: the same bits on every machine.</summary>
internal static class LabColour
{
    private const float Epsilon = 216f / 24389, Kappa = 24389f / 27;
    private const float WhiteX = 0.95047f, WhiteZ = 1.08883f;
    private const int TableSteps = 4096, RowsPerBand = 16;

    /// <summary>Linear light over the sRGB signal.</summary>
    private static readonly float[] _toLinear = Table(at => TransferFunction.ToLinear(ColourEncoding.Srgb, at));

    /// <summary>The sRGB signal over the square root of linear light.</summary>
    private static readonly float[] _toSignal = Table(at => TransferFunction.FromLinear(ColourEncoding.Srgb, at * at));

    /// <summary>Lab as the first three channels: L 0 to 100. Values outside 0 to 1 are clamped.</summary>
    public static Frame From(Frame display, int threads, CancellationToken cancellation) => Map(display, (red, green, blue) =>
    {
        (float r, float g, float b) = (Lookup(_toLinear, red), Lookup(_toLinear, green), Lookup(_toLinear, blue));
        float x = Compress((0.4124564f * r + 0.3575761f * g + 0.1804375f * b) / WhiteX);
        float y = Compress(0.2126729f * r + 0.7151522f * g + 0.0721750f * b);
        float z = Compress((0.0193339f * r + 0.1191920f * g + 0.9503041f * b) / WhiteZ);
        return (116 * y - 16, 500 * (x - y), 200 * (y - z));
    }, threads, cancellation);

    /// <summary>The way back; what no display shows is clamped to 0 to 1.</summary>
    public static Frame ToDisplay(Frame lab, int threads, CancellationToken cancellation) => Map(lab, (lightness, a, b) =>
    {
        float middle = (lightness + 16) / 116;
        float x = Expand(middle + a / 500) * WhiteX, y = Expand(middle), z = Expand(middle - b / 200) * WhiteZ;
        return (Signal(3.2404542f * x - 1.5371385f * y - 0.4985314f * z), Signal(-0.9692660f * x + 1.8760108f * y + 0.0415560f * z),
            Signal(0.0556434f * x - 0.2040259f * y + 1.0572252f * z));
    }, threads, cancellation);

    private static Frame Map(Frame source, Func<float, float, float, (float, float, float)> convert, int threads, CancellationToken cancellation)
    {
        Frame result = new(source.Width, source.Height);
        int bands = (source.Height + RowsPerBand - 1) / RowsPerBand, length = source.Width * RowsPerBand;
        Parallel.For(0, bands, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, band =>
        {
            int end = Frame.Channels * Math.Min((band + 1) * length, source.Width * source.Height);
            for (int index = Frame.Channels * band * length; index < end; index += Frame.Channels)
            {
                (result.Pixels[index], result.Pixels[index + 1], result.Pixels[index + 2]) =
                    convert(source.Pixels[index], source.Pixels[index + 1], source.Pixels[index + 2]);
                result.Pixels[index + 3] = 1;
            }
        });
        return result;
    }

    private static float Signal(float linear) => Lookup(_toSignal, MathF.Sqrt(Math.Clamp(linear, 0, 1)));

    private static float Compress(float value) => value > Epsilon ? CubeRoot(value) : (Kappa * value + 16) / 116;

    private static float Expand(float value)
    {
        float cube = value * value * value;
        return cube > Epsilon ? cube : (116 * value - 16) / Kappa;
    }

    /// <summary>Cube root of a positive number: a guess from its bits, then Newton's steps.</summary>
    private static float CubeRoot(float value)
    {
        float root = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) / 3 + 709_921_077);
        for (int step = 0; step < 3; step++) root -= (root * root * root - value) / (3 * root * root);
        return root;
    }

    private static float Lookup(float[] table, float at)
    {
        float scaled = (at > 0 ? Math.Min(at, 1) : 0) * TableSteps;
        int index = Math.Min((int)scaled, TableSteps - 1);
        return table[index] + (table[index + 1] - table[index]) * (scaled - index);
    }

    private static float[] Table(Func<double, double> function)
    {
        float[] table = new float[TableSteps + 1];
        for (int index = 0; index <= TableSteps; index++) table[index] = (float)function((double)index / TableSteps);
        return table;
    }
}
