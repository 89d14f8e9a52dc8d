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
        _matrix = ColourPrimaries.FromRec709(encoding);
        _white = TransferFunction.DiffuseWhite(encoding);
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
        if (linear <= PerceptualGuide.Knee) return linear;
        double rolled = (linear - PerceptualGuide.Knee) / (1 - PerceptualGuide.Knee);
        return rolled >= 1 ? LinearMax : Math.Min(LinearMax, PerceptualGuide.Knee + (1 - PerceptualGuide.Knee) * rolled / (1 - rolled));
    }
}
