using System.Runtime.Intrinsics;
using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Applies a <see cref="CompletionField"/> to a picture and evens out the steps between the copied pieces, and between them and the known
/// picture.</summary>
/// <remarks>
/// <para>A correction is added to the holes only: it follows the gradients of the sources across every seam, is 0 at known pixels and fades over the
/// blend width
/// (a screened Poisson equation, solved by red-black relaxation in a fixed order: same bits for any number of threads). A step that is large against
/// the local
/// values is an edge of the picture and is left alone. Values are those of the picture's own encoding; nothing is clamped.</para>
/// <para>Alpha is copied without correction.</para>
/// </remarks>
public static class SeamBlend
{
    /// <summary>Largest blend width, in pixels.</summary>
    public const double WidthMax = 4096;

    /// <summary>Pixels to both sides over which a seam's step is averaged, along it and across.</summary>
    private const int OverlapAlong = 8, OverlapAcross = 1;

    /// <summary>A copy of the canvas with its holes filled. Known pixels keep their bits.</summary>
    /// <param name="canvas">Picture of the field's size.</param>
    /// <param name="field">Where hole pixels come from.</param>
    /// <param name="width">Blend width in pixels, 0 (plain copies) to <see cref="WidthMax"/>.</param>
    /// <param name="threadsMax">Most threads used.</param>
    /// <param name="cancellation">Asked in every sweep.</param>
    /// <exception cref="ArgumentException">The sizes differ or the width is out of range.</exception>
    public static Frame Apply(Frame canvas, CompletionField field, double width, int threadsMax, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ArgumentNullException.ThrowIfNull(field);
        if (!(width is >= 0 and <= WidthMax)) throw new ArgumentOutOfRangeException(nameof(width), width,
            $"blend width {width} is outside 0..{WidthMax}");
        if (canvas.Width != field.Mask.Width || canvas.Height != field.Mask.Height)
            throw new ArgumentException($"a field of {field.Mask.Width}×{field.Mask.Height} does not lie on a canvas of {canvas.Width}×{canvas.Height}", nameof(field));
        Frame result = Copy(canvas, field);
        if (width < 0.5 || field.Mask.HoleCount == 0) return result;
        Membrane membrane = new(field.Mask, width, threadsMax);
        SeamSteps steps = new(result, field);
        Parallel.For(0, result.Height, new() { MaxDegreeOfParallelism = threadsMax, CancellationToken = cancellation }, y =>
        {
            for (int x = 0; x < result.Width; x++)
            {
                if (field.Mask[x, y]) membrane.Steps[y * result.Width + x] = steps.At(x, y);
            }
        });
        membrane.Solve(cancellation);
        if (field.Mix is not null) membrane.Soften(PatchGuide.Radius, cancellation);
        AddTo(result, field.Mask, membrane);
        return result;
    }

    /// <summary>Carries differences at the edge of the known picture softly into the holes: what the known picture does that the fill does not know
    /// of, such as a shadow
    /// that crosses the edge.</summary>
    /// <param name="filled">Its hole pixels are changed, alpha excepted.</param>
    /// <param name="mask">The holes, of the same size.</param>
    /// <param name="edge">The wanted change at known pixels, of the same size; only those beside a hole count, and large ones are damped as edges of
    /// the picture are.</param>
    /// <param name="width">Distance over which the change fades, in pixels, 0 (no change) to <see cref="WidthMax"/>.</param>
    /// <param name="threadsMax">Most threads used.</param>
    /// <param name="cancellation">Asked in every sweep.</param>
    /// <exception cref="ArgumentException">The sizes differ or the width is out of range.</exception>
    public static void AddMembrane(Frame filled, HoleMask mask, Frame edge, double width, int threadsMax, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(filled);
        ArgumentNullException.ThrowIfNull(mask);
        ArgumentNullException.ThrowIfNull(edge);
        if (!(width is >= 0 and <= WidthMax)) throw new ArgumentOutOfRangeException(nameof(width), width,
            $"blend width {width} is outside 0..{WidthMax}");
        if ((filled.Width, filled.Height) != (mask.Width, mask.Height) || (edge.Width, edge.Height) != (mask.Width, mask.Height))
            throw new ArgumentException($"a mask of {mask.Width}×{mask.Height} does not lie on a picture of {filled.Width}×{filled.Height}",
                nameof(mask));
        if (width < 0.5 || mask.HoleCount == 0) return;
        Membrane membrane = new(mask, width, threadsMax);
        for (int p = 0; p < membrane.Correction.Length; p++)
        {
            if (mask.Holes[p]) continue;
            Vector128<float> here = Load(filled, p), change = Load(edge, p);
            membrane.Correction[p] = Damp(change, here, here + change);
        }

        membrane.Solve(cancellation);
        AddTo(filled, mask, membrane);
    }

    private static Frame Copy(Frame canvas, CompletionField field)
    {
        Frame result = canvas.Clone();
        for (int p = 0; p < field.Sources.Length; p++)
        {
            int from = field.Sources[p];
            if (from != p) canvas.Pixels.AsSpan(Frame.Channels * from, Frame.Channels).CopyTo(result.Pixels.AsSpan(Frame.Channels * p, Frame.Channels));
        }

        if (field.Mix is not { } mix) return result;
        for (int p = 0; p < field.Sources.Length; p++)
        {
            (ReadOnlyMemory<int> sources, ReadOnlyMemory<float> weights) = mix.At(p);
            if (sources.IsEmpty) continue;
            Vector128<float> sum = Vector128<float>.Zero, first = Vector128.Create(canvas.Pixels.AsSpan(Frame.Channels * sources.Span[0], Frame.Channels));
            bool isOneAlpha = true;
            for (int i = 0; i < sources.Length; i++)
            {
                Vector128<float> pixel = Vector128.Create(canvas.Pixels.AsSpan(Frame.Channels * sources.Span[i], Frame.Channels));
                isOneAlpha &= pixel[3] == first[3];
                sum += weights.Span[i] * pixel;
            }

            // Weights sum to 1 but for rounding; an opaque picture stays exactly opaque.
            if (isOneAlpha) sum = sum.WithElement(3, first[3]);
            sum.CopyTo(result.Pixels.AsSpan(Frame.Channels * p, Frame.Channels));
        }

        return result;
    }

    /// <summary>A step that is large against the local values is damped: it is an edge of the picture.</summary>
    private static Vector128<float> Damp(Vector128<float> step, Vector128<float> here, Vector128<float> there)
    {
        Vector128<float> ratio = step / Limit(here, there), square = ratio * ratio;
        Vector128<float> bounded = step / (Vector128<float>.One + square * square);

        // False for what is not a number, which would spread over the whole fill.
        return Vector128.ConditionalSelect(Vector128.LessThan(Vector128.Abs(bounded), Vector128.Create(float.MaxValue)), bounded,
            Vector128<float>.Zero);
    }

    /// <summary>The step, per channel, from which on it is an edge: a part of the darker side's brightest channel, because a dark channel of a
    /// bright pixel says nothing about how much the pixel may differ.</summary>
    private static Vector128<float> Limit(Vector128<float> here, Vector128<float> there) =>
        Vector128.Create((Math.Min(Brightest(here), Brightest(there)) + 0.125f) * 0.3f);

    private static float Brightest(Vector128<float> pixel)
    {
        Vector128<float> size = Vector128.Abs(pixel);
        return Math.Max(size[0], Math.Max(size[1], size[2]));
    }

    private static Vector128<float> Load(Frame frame, int p) =>
        Vector128.Create(frame.Pixels[4 * p], frame.Pixels[4 * p + 1], frame.Pixels[4 * p + 2], 0);

    private static void AddTo(Frame filled, HoleMask mask, Membrane membrane)
    {
        for (int p = 0; p < membrane.Correction.Length; p++)
        {
            if (!mask.Holes[p]) continue;
            for (int c = 0; c < 3; c++)
            {
                // A correction from values that are not numbers would spread them.
                if (float.IsFinite(membrane.Correction[p][c])) filled.Pixels[Frame.Channels * p + c] += membrane.Correction[p][c];
            }
        }
    }

    /// <summary>The steps between the pieces of a filled picture, and between them and the known picture.</summary>
    private sealed class SeamSteps(Frame filled, CompletionField field)
    {
        /// <summary>Sources that lie at most this far from where the neighbour's continues belong to the same piece, bent.</summary>
        private const int BendMax = 2;

        /// <summary>Of the mean squared difference of two textures, the part up to which the square of a step between them is hidden.</summary>
        private const float HiddenShare = 0.5f;

        private readonly int _width = filled.Width;

        /// <summary>Sum over a pixel's neighbours.</summary>
        public Vector128<float> At(int x, int y)
        {
            int p = y * _width + x;
            Vector128<float> sum = Vector128<float>.Zero;
            if (x > 0) sum += Step(p, -1, 0);
            if (x < _width - 1) sum += Step(p, 1, 0);
            if (y > 0) sum += Step(p, 0, -1);
            if (y < filled.Height - 1) sum += Step(p, 0, 1);
            return sum;
        }

        /// <summary>How much the correction has to rise from p to its neighbour, so that the pictures' own gradient stands across the seam.</summary>
        private Vector128<float> Step(int p, int stepX, int stepY)
        {
            int q = p + stepY * _width + stepX, from = field.Sources[p], to = field.Sources[q];
            if (field.Mirrored[p] == field.Mirrored[q])
            {
                int bendX = to % _width - from % _width - (field.Mirrored[p] ? -stepX : stepX), bendY = to / _width - from / _width - stepY;
                bool isBent = field.Mask.Holes[q] && Math.Abs(bendX) <= BendMax && Math.Abs(bendY) <= BendMax;
                if ((bendX | bendY) == 0 || isBent) return Vector128<float>.Zero;
            }

            Vector128<float> here = Load(filled, p), there = Load(filled, q);
            Span<Vector128<float>> samples = stackalloc Vector128<float>[(2 * OverlapAlong + 1) * (2 * OverlapAcross + 2)];
            samples = samples[..Overlap(from, to, stepX, stepY, field.Mirrored[p], field.Mirrored[q], samples)];
            Vector128<float> step = samples.IsEmpty ? here - there : Centre(samples, Limit(here, there));
            return Damp(field.Mix is null || samples.IsEmpty ? step : step * Visibility(samples, step), here, there);
        }

        /// <summary>How much of a step shows, 0..1: texture hides one that is small against its own differences, and pieces that fade into each other need no
        /// more.</summary>
        private static Vector128<float> Visibility(ReadOnlySpan<Vector128<float>> samples, Vector128<float> step)
        {
            Vector128<float> spread = Vector128<float>.Zero;
            foreach (Vector128<float> sample in samples) spread += (sample - step) * (sample - step);
            Vector128<float> square = step * step;
            return square / (square + spread * (HiddenShare / samples.Length) + Vector128.Create(1e-12f));
        }

        /// <summary>The mean of samples; those far from it count less, because they are edges of the picture that the two sides show in different
        /// places.</summary>
        private static Vector128<float> Centre(ReadOnlySpan<Vector128<float>> samples, Vector128<float> limit)
        {
            Vector128<float> sum = Vector128<float>.Zero, weights = Vector128<float>.Zero;
            foreach (Vector128<float> sample in samples) sum += sample;
            Vector128<float> mean = sum / samples.Length;
            sum = Vector128<float>.Zero;
            foreach (Vector128<float> sample in samples)
            {
                Vector128<float> off = (sample - mean) / limit, square = off * off;
                Vector128<float> weight = Vector128<float>.One / (Vector128<float>.One + square * square);
                (sum, weights) = (sum + weight * sample, weights + weight);
            }

            return sum / weights;
        }

        /// <summary>Collects, along a seam, what the piece on one side shows less what the piece on the other side shows of the same place, where
        /// both are
        /// known: single pixels of a texture say nothing about tone.</summary>
        private int Overlap(int from, int to, int stepX, int stepY, bool mirrorsP, bool mirrorsQ, Span<Vector128<float>> samples)
        {
            int count = 0;
            int fromX = from % _width, fromY = from / _width, toX = to % _width, toY = to / _width;
            for (int across = -OverlapAcross; across <= OverlapAcross + 1; across++)
            {
                for (int along = -OverlapAlong; along <= OverlapAlong; along++)
                {
                    // (u, v) from p is (u − stepX, v − stepY) from its neighbour.
                    int u = across * stepX + along * stepY, v = across * stepY + along * stepX;
                    if (!TryKnown(fromX + (mirrorsP ? -u : u), fromY + v, out int ours)
                        || !TryKnown(toX + (mirrorsQ ? stepX - u : u - stepX), toY + v - stepY, out int theirs)) continue;
                    samples[count++] = Load(filled, ours) - Load(filled, theirs);
                }
            }

            return count;
        }

        private bool TryKnown(int x, int y, out int p)
        {
            p = y * _width + x;
            return (uint)x < (uint)_width && (uint)y < (uint)filled.Height && !field.Mask.Holes[p];
        }
    }
}
