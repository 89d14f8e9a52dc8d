using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>How a picture's tone falls off towards borders beyond which it is to go on: a lens's vignette, a camera's edges. What is copied is evened
/// out first and takes on the tone of the border next to it, which goes on into the fill; so neither a step nor a dark band stands at the join.</summary>
/// <remarks>Immutable; safe to use from several threads. Same bits for any number of threads.</remarks>
public sealed class EdgeTone
{
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

    /// <summary>A copy of a canvas as it would be without the fall-off, for patches to be compared on.</summary>
    /// <param name="canvas">Of the measured size.</param>
    /// <param name="encoding">What its numbers mean.</param>
    /// <param name="premultiplied">Its alpha state.</param>
    /// <param name="threadsMax">Most threads used.</param>
    /// <param name="cancellation">Asked once per row.</param>
    public Frame Flatten(Frame canvas, ColourEncoding encoding, bool premultiplied, int threadsMax, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        Frame result = canvas.Clone();
        if (!IsFlat) new ToneShift(encoding, premultiplied, keepsDetail: false).Apply(result, (x, y) => -At(x, y), IsKnown, threadsMax, cancellation);
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
        ToneShift shift = new(encoding, premultiplied, keepsDetail: true);
        Frame even = canvas.Clone();
        shift.Apply(even, (x, y) => -At(x, y), IsKnown, threadsMax, cancellation);
        Frame filled = SeamBlend.Apply(even, field, width, threadsMax, cancellation);
        shift.Apply(filled, At, (_, _) => true, threadsMax, cancellation);
        for (int p = 0; p < field.Sources.Length; p++)
        {
            if (!field.Mask.Holes[p]) canvas.Pixels.AsSpan(Frame.Channels * p, Frame.Channels).CopyTo(filled.Pixels.AsSpan(Frame.Channels * p));
        }

        return filled;
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

    private bool IsKnown(int x, int y) => x >= _known.X1 && x < _known.X2 && y >= _known.Y1 && y < _known.Y2;

    private static float Luma(Frame guide, int x, int y)
    {
        ReadOnlySpan<float> pixel = guide.Row(y).Slice(Frame.Channels * x, 3);
        return 0.25f * pixel[0] + 0.625f * pixel[1] + 0.125f * pixel[2];
    }
}
