using System.Collections.Concurrent;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Models;

/// <summary>The conversions of a pipeline, one per encoding, made when first needed. Thread-safe.</summary>
internal sealed class DisplayColours
{
    private readonly ConcurrentDictionary<ColourEncoding, DisplayColour> _known = new();

    /// <summary>The conversion of a job's clip.</summary>
    public DisplayColour Of(RenderJob job) => _known.GetOrAdd((ColourEncoding)job.Integer("colourSpace"), static encoding => new DisplayColour(encoding));
}

/// <summary>Between a clip's encoding and the display values, 0–1, in which models see and make pictures.</summary>
/// <remarks>The display encodings with Rec.709 primaries pass as they are. What <see cref="PerceptualGuide"/> does to a source's highlights on the way in is
/// undone on the way out, where the picture was made from that source; a picture made from nothing has diffuse white for its white.</remarks>
internal sealed class DisplayColour
{
    /// <summary>Where the roll-off of <see cref="PerceptualGuide"/> begins, in linear light.</summary>
    private const double Knee = 0.8;

    /// <summary>Brightest linear light that a display value stands for, times diffuse white: 1 would be infinitely bright.</summary>
    private const double LinearMax = 8;

    private readonly ColourEncoding _encoding;
    private readonly PerceptualGuide _guide;
    private readonly DisplayEncoder _encoder;
    private readonly double[] _matrix;
    private readonly double _white;

    public DisplayColour(ColourEncoding encoding)
    {
        _encoding = encoding;
        _guide = new PerceptualGuide(encoding);
        _encoder = new DisplayEncoder(encoding);
        _matrix = Inverse(ColourPrimaries.ToRec709(encoding));
        _white = encoding switch
        {
            ColourEncoding.Rec2100Pq => 203.0 / 10_000,
            ColourEncoding.Rec2100Hlg => TransferFunction.ToLinear(ColourEncoding.Rec2100Hlg, 0.75),
            _ => 1,
        };
    }

    /// <summary>A picture as a model sees it, straight alpha.</summary>
    public Frame ToDisplay(HostFrame source) =>
        _guide.Convert(source.Premultiplied ? Premultiplication.Unpremultiply(source.Picture) : source.Picture);

    /// <summary>A model's picture in the clip's encoding, a copy. Alpha passes.</summary>
    /// <param name="display">The picture.</param>
    /// <param name="isFromSource">Whether it was made from what <see cref="ToDisplay"/> gave.</param>
    /// <param name="cancellation">Stops.</param>
    public Frame FromDisplay(Frame display, bool isFromSource, CancellationToken cancellation)
    {
        if (_encoder.IsIdentity) return display.Clone();
        if (!isFromSource) return _encoder.Encode(display);
        Frame result = new(display.Width, display.Height);
        Parallel.For(0, display.Height, new ParallelOptions { CancellationToken = cancellation }, y =>
        {
            ReadOnlySpan<float> from = display.Row(y);
            Span<float> to = result.Row(y);
            for (int i = 0; i < from.Length; i += Frame.Channels)
            {
                double r = Linear(from[i]), g = Linear(from[i + 1]), b = Linear(from[i + 2]);
                for (int c = 0; c < 3; c++)
                    to[i + c] = (float)TransferFunction.FromLinear(_encoding, (_matrix[3 * c] * r + _matrix[3 * c + 1] * g + _matrix[3 * c + 2] * b) * _white);
                to[i + 3] = from[i + 3];
            }
        });
        return result;
    }

    /// <summary>Linear light behind a display value, diffuse white = 1.</summary>
    private static double Linear(float display)
    {
        double linear = TransferFunction.ToLinear(ColourEncoding.Srgb, display);
        if (linear <= Knee) return linear;
        double rolled = (linear - Knee) / (1 - Knee);
        return rolled >= 1 ? LinearMax : Math.Min(LinearMax, Knee + (1 - Knee) * rolled / (1 - rolled));
    }

    private static double[] Inverse(double[] m)
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
