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
        _white = TransferFunction.DiffuseWhite(encoding);
        _matrix = ColourPrimaries.FromRec709(encoding);
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
}
