using RunwayFX.Imaging;

namespace RunwayFX.Pipelines;

/// <summary>Brings display-like values (Rec.709 primaries, sRGB steps), such as those of a picture file, into a clip's own encoding: the way back from
/// <see cref="PerceptualGuide"/>, but for its highlights' roll-off.</summary>
internal sealed class DisplayEncoder
{
    private const int TableSteps = 4096;

    private readonly ColourEncoding _encoding;
    private readonly double _white;
    private readonly double[] _matrix;
    private readonly double[] _toLinear = new double[TableSteps + 1];

    /// <summary>Prepares the way to an encoding.</summary>
    public DisplayEncoder(ColourEncoding encoding)
    {
        _encoding = encoding;
        IsIdentity = encoding is ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec709Camera or ColourEncoding.Srgb;
        _white = encoding switch
        {
            ColourEncoding.Rec2100Pq => 203.0 / 10_000,
            ColourEncoding.Rec2100Hlg => TransferFunction.ToLinear(ColourEncoding.Rec2100Hlg, 0.75),
            _ => 1,
        };
        _matrix = Invert(ColourPrimaries.ToRec709(encoding));
        for (int index = 0; index <= TableSteps; index++)
        {
            _toLinear[index] = TransferFunction.ToLinear(ColourEncoding.Srgb, (double)index / TableSteps);
        }
    }

    /// <summary>Whether values stay as they are.</summary>
    public bool IsIdentity { get; }

    /// <summary>One pixel in the encoding.</summary>
    public (float Red, float Green, float Blue) Encode(float red, float green, float blue)
    {
        if (IsIdentity) return (red, green, blue);
        double r = Linear(red), g = Linear(green), b = Linear(blue);
        return (Signal(_matrix[0] * r + _matrix[1] * g + _matrix[2] * b),
            Signal(_matrix[3] * r + _matrix[4] * g + _matrix[5] * b),
            Signal(_matrix[6] * r + _matrix[7] * g + _matrix[8] * b));
    }

    /// <summary>A picture in the encoding; alpha stays.</summary>
    public Frame Encode(Frame display)
    {
        if (IsIdentity) return display;
        Frame result = display.Clone();
        float[] pixels = result.Pixels;
        for (int i = 0; i < pixels.Length; i += Frame.Channels)
            (pixels[i], pixels[i + 1], pixels[i + 2]) = Encode(pixels[i], pixels[i + 1], pixels[i + 2]);
        return result;
    }

    private double Linear(float display)
    {
        if (!(display is >= 0 and <= 1)) return TransferFunction.ToLinear(ColourEncoding.Srgb, display);
        double at = display * (double)TableSteps;
        int index = Math.Min((int)at, TableSteps - 1);
        return _toLinear[index] + (_toLinear[index + 1] - _toLinear[index]) * (at - index);
    }

    private float Signal(double linear) => (float)TransferFunction.FromLinear(_encoding, linear * _white);

    private static double[] Invert(double[] m)
    {
        double a = m[4] * m[8] - m[5] * m[7], b = m[5] * m[6] - m[3] * m[8], c = m[3] * m[7] - m[4] * m[6];
        double determinant = m[0] * a + m[1] * b + m[2] * c;
        return
        [
            a / determinant, (m[2] * m[7] - m[1] * m[8]) / determinant, (m[1] * m[5] - m[2] * m[4]) / determinant,
            b / determinant, (m[0] * m[8] - m[2] * m[6]) / determinant, (m[2] * m[3] - m[0] * m[5]) / determinant,
            c / determinant, (m[1] * m[6] - m[0] * m[7]) / determinant, (m[0] * m[4] - m[1] * m[3]) / determinant,
        ];
    }
}
