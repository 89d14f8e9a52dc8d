using RunwayFX.Imaging;
using M = RunwayFX.Imaging.DeterministicMath;

namespace RunwayFX.Synthesis.Completion;

/// <summary>How a picture's tone falls off towards borders beyond which it is to go on: a lens's vignette, a camera's edges. What is copied is evened
/// out first and takes on the tone of the border next to it, which goes on into the fill; so neither a step nor a dark band stands at the join.</summary>
/// <remarks>Immutable; safe to use from several threads. Same bits for any number of threads.</remarks>
public sealed class EdgeTone
{
    /// <summary>What is finer than this, pixels, and differs by less than this from what is around it, is detail; the rest is edges.</summary>
    private const double DetailSigma = 2.5;
    private const float DetailMax = 0.08f;

    /// <summary>How much of its contrast is given back for each step of tone, and at most.</summary>
    private const double DetailGain = 0.4, DetailGainMax = 0.5;

    private readonly (int X1, int Y1, int X2, int Y2) _known;
    private readonly BorderTone?[] _sides;

    private EdgeTone((int, int, int, int) known, BorderTone?[] sides) => (_known, _sides) = (known, sides);

    /// <summary>Whether nothing falls off.</summary>
    public bool IsFlat => _sides.All(side => side is null);

    /// <summary>Measures the borders of the known picture; flat where that is no rectangle.</summary>
    /// <param name="guide">The canvas in display-like values 0..1 (<see cref="PerceptualGuide"/>).</param>
    /// <param name="mask">The holes, of the same size.</param>
    /// <param name="cancellation">Asked once per side.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public static EdgeTone Measure(Frame guide, HoleMask mask, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(guide);
        ArgumentNullException.ThrowIfNull(mask);
        if (guide.Width != mask.Width || guide.Height != mask.Height)
            throw new ArgumentException($"a mask of {mask.Width}×{mask.Height} does not lie on a guide of {guide.Width}×{guide.Height}", nameof(mask));
        BorderTone?[] sides = new BorderTone?[4];
        (int x1, int y1, int x2, int y2) = Bounds(mask);
        if ((x2 - x1) * (y2 - y1) == mask.Holes.Length - mask.HoleCount && mask.HoleCount > 0)
        {
            int width = x2 - x1, height = y2 - y1, smaller = Math.Min(width, height);
            if (x1 > 0) sides[0] = BorderTone.Measure(width, height, smaller, (depth, along) => Luma(guide, x1 + depth, y1 + along));
            cancellation.ThrowIfCancellationRequested();
            if (x2 < mask.Width) sides[1] = BorderTone.Measure(width, height, smaller, (depth, along) => Luma(guide, x2 - 1 - depth, y1 + along));
            cancellation.ThrowIfCancellationRequested();
            if (y1 > 0) sides[2] = BorderTone.Measure(height, width, smaller, (depth, along) => Luma(guide, x1 + along, y1 + depth));
            cancellation.ThrowIfCancellationRequested();
            if (y2 < mask.Height) sides[3] = BorderTone.Measure(height, width, smaller, (depth, along) => Luma(guide, x1 + along, y2 - 1 - depth));
        }

        return new((x1, y1, x2, y2), sides);
    }

    /// <summary>The tone of a pixel against that of the picture's inside, as natural logarithm of its odds; in holes that of the nearest border.</summary>
    public double At(int x, int y) => (_sides[0]?.At(x - _known.X1, y - _known.Y1) ?? 0) + (_sides[1]?.At(_known.X2 - 1 - x, y - _known.Y1) ?? 0)
        + (_sides[2]?.At(y - _known.Y1, x - _known.X1) ?? 0) + (_sides[3]?.At(_known.Y2 - 1 - y, x - _known.X1) ?? 0);

    /// <summary>A copy of a canvas as it would be without the fall-off.</summary>
    /// <param name="canvas">Of the measured size.</param>
    /// <param name="encoding">What its numbers mean.</param>
    /// <param name="premultiplied">Its alpha state.</param>
    /// <param name="threadsMax">Most threads used.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public Frame Flatten(Frame canvas, ColourEncoding encoding, bool premultiplied, int threadsMax, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        Frame result = canvas.Clone();
        if (!IsFlat) Change(result, -1, encoding, premultiplied, threadsMax, cancellation);
        return result;
    }

    /// <summary>As <see cref="SeamBlend.Apply"/>, on the even picture; the fill then takes on the tone of its borders.</summary>
    /// <param name="canvas">Picture of the field's size. Its known pixels keep their bits.</param>
    /// <param name="field">Where hole pixels come from.</param>
    /// <param name="width">Blend width in pixels; 0 gives plain copies.</param>
    /// <param name="encoding">What the canvas's numbers mean.</param>
    /// <param name="premultiplied">Its alpha state.</param>
    /// <param name="threadsMax">Most threads used.</param>
    /// <param name="cancellation">Asked in every sweep.</param>
    public Frame Blend(Frame canvas, CompletionField field, double width, ColourEncoding encoding, bool premultiplied, int threadsMax,
        CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ArgumentNullException.ThrowIfNull(field);
        if (IsFlat || width < 0.5) return SeamBlend.Apply(canvas, field, width, threadsMax, cancellation);
        Frame filled = SeamBlend.Apply(Flatten(canvas, encoding, premultiplied, threadsMax, cancellation), field, width, threadsMax, cancellation);
        Change(filled, 1, encoding, premultiplied, threadsMax, cancellation);
        for (int p = 0; p < field.Sources.Length; p++)
        {
            if (!field.Mask.Holes[p]) canvas.Pixels.AsSpan(Frame.Channels * p, Frame.Channels).CopyTo(filled.Pixels.AsSpan(Frame.Channels * p));
        }

        RaiseDetail(filled, field, threadsMax, cancellation);
        return filled;
    }

    /// <summary>Gives copies that became darker some of their contrast back: tone takes it away in the dark, a camera's own curve hardly does.</summary>
    private void RaiseDetail(Frame filled, CompletionField field, int threadsMax, CancellationToken cancellation)
    {
        Frame smooth = GaussianBlur.Apply(filled, DetailSigma, cancellation);
        Parallel.For(0, filled.Height, new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation }, y =>
        {
            for (int x = 0; x < filled.Width; x++)
            {
                int p = y * filled.Width + x, from = field.Sources[p];
                if (from == p) continue;
                double darker = At(from % filled.Width, from / filled.Width) - At(x, y);
                if (darker <= 0) continue;
                float gain = (float)Math.Min(DetailGainMax, darker * DetailGain);
                for (int i = Frame.Channels * p; i < Frame.Channels * p + 3; i++)
                {
                    float detail = filled.Pixels[i] - smooth.Pixels[i], ratio = detail / DetailMax, square = ratio * ratio;
                    float raised = gain * detail / (1 + square * square);
                    if (float.IsFinite(raised)) filled.Pixels[i] += raised;
                }
            }
        });
    }

    private static (int X1, int Y1, int X2, int Y2) Bounds(HoleMask mask)
    {
        int x1 = mask.Width, y1 = mask.Height, x2 = 0, y2 = 0;
        for (int p = 0; p < mask.Holes.Length; p++)
        {
            if (mask.Holes[p]) continue;
            int x = p % mask.Width, y = p / mask.Width;
            (x1, y1, x2, y2) = (Math.Min(x1, x), Math.Min(y1, y), Math.Max(x2, x + 1), Math.Max(y2, y + 1));
        }

        return (x1, y1, x2, y2);
    }

    private static float Luma(Frame guide, int x, int y)
    {
        ReadOnlySpan<float> pixel = guide.Row(y).Slice(Frame.Channels * x, 3);
        return 0.25f * pixel[0] + 0.625f * pixel[1] + 0.125f * pixel[2];
    }

    private void Change(Frame frame, int sign, ColourEncoding encoding, bool premultiplied, int threadsMax, CancellationToken cancellation)
    {
        bool isDisplay = encoding is ColourEncoding.Rec709Bt1886 or ColourEncoding.Rec709Camera or ColourEncoding.Srgb;
        double white = TransferFunction.DiffuseWhite(encoding);
        Parallel.For(0, frame.Height, new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation }, y =>
        {
            Span<float> row = frame.Row(y);
            for (int x = 0; x < frame.Width; x++)
            {
                double tone = sign * At(x, y);
                if (tone == 0) continue;
                double factor = M.Exp(tone);
                Span<float> pixel = row.Slice(Frame.Channels * x, Frame.Channels);
                float alpha = premultiplied && pixel[3] is > 0 and < 1 ? pixel[3] : 1;
                for (int c = 0; c < 3; c++)
                {
                    double value = pixel[c] / alpha;
                    if (!double.IsFinite(value)) continue;
                    pixel[c] = alpha * (float)(isDisplay ? Scale(value, factor) : Encoded(value, factor));
                }
            }
        });

        double Encoded(double value, double factor)
        {
            double linear = TransferFunction.ToLinear(encoding, value) / white, display = TransferFunction.FromLinear(ColourEncoding.Srgb, linear);
            double changed = TransferFunction.ToLinear(ColourEncoding.Srgb, Scale(display, factor));
            return display is > 0 and < 1 ? TransferFunction.FromLinear(encoding, changed * white) : value;
        }
    }

    /// <summary>Multiplies odds: 0 and 1 stay, what lies beyond them is left alone.</summary>
    private static double Scale(double value, double factor) => value is > 0 and < 1 ? value * factor / (1 + value * (factor - 1)) : value;
}
