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

    private const int SweepsMax = 96;

    /// <summary>Pixels around a seam over which its step is averaged.</summary>
    private const int OverlapRadius = 4;

    private const float OverRelaxationMax = 1.94f;

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
        Relaxation relaxation = new(field.Mask, width, threadsMax);
        relaxation.FollowSources(result, field);
        relaxation.Solve(cancellation);
        relaxation.AddTo(result);
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
        Relaxation relaxation = new(mask, width, threadsMax);
        relaxation.StartFrom(filled, edge);
        relaxation.Solve(cancellation);
        relaxation.AddTo(filled);
    }

    private static Frame Copy(Frame canvas, CompletionField field)
    {
        Frame result = canvas.Clone();
        for (int p = 0; p < field.Sources.Length; p++)
        {
            int from = field.Sources[p];
            if (from != p) canvas.Pixels.AsSpan(Frame.Channels * from, Frame.Channels).CopyTo(result.Pixels.AsSpan(Frame.Channels * p, Frame.Channels));
        }

        return result;
    }

    /// <summary>A step that is large against the local values is damped: it is an edge of the picture.</summary>
    private static Vector128<float> Damp(Vector128<float> step, Vector128<float> here, Vector128<float> there)
    {
        Vector128<float> limit = (Vector128.Min(Vector128.Abs(here), Vector128.Abs(there)) + Vector128.Create(0.125f)) * 0.3f;
        Vector128<float> square = step / limit * (step / limit);
        Vector128<float> bounded = step / (Vector128<float>.One + square * square);

        // False for what is not a number, which would spread over the whole fill.
        return Vector128.ConditionalSelect(Vector128.LessThan(Vector128.Abs(bounded), Vector128.Create(float.MaxValue)), bounded,
            Vector128<float>.Zero);
    }

    private static Vector128<float> Load(Frame frame, int p) =>
        Vector128.Create(frame.Pixels[4 * p], frame.Pixels[4 * p + 1], frame.Pixels[4 * p + 2], 0);

    /// <summary>The correction u: minimises Σ (u(q) − u(p) − step(p, q))² + screening · u² over neighbouring pixels, u = 0 where the picture is
    /// known.</summary>
    private sealed class Relaxation
    {
        private readonly int _width;
        private readonly int _height;
        private readonly HoleMask _mask;
        private readonly float _screening;
        private readonly float _overRelaxation;
        private readonly int _sweeps;
        private readonly ParallelOptions _parallel;
        private readonly Vector128<float>[] _correction;
        private readonly Vector128<float>[] _steps;

        public Relaxation(HoleMask mask, double width, int threadsMax)
        {
            (_width, _height, _mask, _screening) = (mask.Width, mask.Height, mask, (float)(1 / (width * width)));
            _sweeps = Math.Clamp((int)(3 * width), 16, SweepsMax);

            // Near the best value for so wide a correction: with a smaller one it would end long before its width.
            _overRelaxation = (float)Math.Min(OverRelaxationMax, 2 / (1 + 1 / width));
            _parallel = new() { MaxDegreeOfParallelism = threadsMax };
            _correction = new Vector128<float>[_width * _height];
            _steps = new Vector128<float>[_width * _height];
        }

        /// <summary>Asks for the gradients of the sources across every seam.</summary>
        public void FollowSources(Frame filled, CompletionField field) => Parallel.For(0, _height, _parallel, y =>
        {
            for (int x = 0; x < _width; x++)
            {
                int p = y * _width + x;
                if (!_mask.Holes[p]) continue;
                Vector128<float> sum = Vector128<float>.Zero;
                if (x > 0) sum += Step(filled, field, p, -1, 0);
                if (x < _width - 1) sum += Step(filled, field, p, 1, 0);
                if (y > 0) sum += Step(filled, field, p, 0, -1);
                if (y < _height - 1) sum += Step(filled, field, p, 0, 1);
                _steps[p] = sum;
            }
        });

        /// <summary>Fixes the correction at known pixels.</summary>
        public void StartFrom(Frame filled, Frame edge)
        {
            for (int p = 0; p < _correction.Length; p++)
            {
                if (_mask.Holes[p]) continue;
                Vector128<float> here = Load(filled, p), change = Load(edge, p);
                _correction[p] = Damp(change, here, here + change);
            }
        }

        public void Solve(CancellationToken cancellation)
        {
            for (int sweep = 0; sweep < 2 * _sweeps; sweep++)
            {
                cancellation.ThrowIfCancellationRequested();
                int odd = sweep & 1;
                Parallel.For(0, _height, _parallel, y => SweepRow(y, odd));
            }
        }

        public void AddTo(Frame filled)
        {
            for (int p = 0; p < _correction.Length; p++)
            {
                if (!_mask.Holes[p]) continue;
                for (int c = 0; c < 3; c++)
                {
                    // A correction from values that are not numbers would spread them.
                    if (float.IsFinite(_correction[p][c])) filled.Pixels[Frame.Channels * p + c] += _correction[p][c];
                }
            }
        }

        private void SweepRow(int y, int odd)
        {
            ReadOnlySpan<bool> holes = _mask.Holes.Slice(y * _width, _width);
            for (int x = (y + odd) & 1; x < _width; x += 2)
            {
                if (!holes[x]) continue;
                int p = y * _width + x;
                Vector128<float> sum = -_steps[p];
                float degree = _screening;
                if (x > 0) (sum, degree) = (sum + _correction[p - 1], degree + 1);
                if (x < _width - 1) (sum, degree) = (sum + _correction[p + 1], degree + 1);
                if (y > 0) (sum, degree) = (sum + _correction[p - _width], degree + 1);
                if (y < _height - 1) (sum, degree) = (sum + _correction[p + _width], degree + 1);
                _correction[p] += (sum / degree - _correction[p]) * _overRelaxation;
            }
        }

        /// <summary>How much the correction has to rise from p to its neighbour, so that the pictures' own gradient stands across the seam.</summary>
        private Vector128<float> Step(Frame filled, CompletionField field, int p, int stepX, int stepY)
        {
            int q = p + stepY * _width + stepX, from = field.Sources[p], to = field.Sources[q];
            int along = field.Mirrored[p] ? -stepX : stepX;
            if (field.Mirrored[p] == field.Mirrored[q] && to - from == stepY * _width + along) return Vector128<float>.Zero;
            Vector128<float> here = Load(filled, p), there = Load(filled, q), sum = Vector128<float>.Zero;
            int count = Overlap(filled, from, to, stepX, stepY, field.Mirrored[p], field.Mirrored[q], ref sum);
            return count == 0 ? Damp(here - there, here, there) : Damp(sum / count, here, there);
        }

        /// <summary>Sums, around a seam, what the piece on one side shows less what the piece on the other side shows of the same place, where both
        /// are known: single pixels of a texture say nothing about tone.</summary>
        private int Overlap(Frame filled, int from, int to, int stepX, int stepY, bool mirrorsP, bool mirrorsQ, ref Vector128<float> sum)
        {
            int count = 0;
            int fromX = from % _width, fromY = from / _width, toX = to % _width, toY = to / _width;
            for (int v = -OverlapRadius; v <= OverlapRadius; v++)
            {
                for (int u = -OverlapRadius; u <= OverlapRadius; u++)
                {
                    // (u, v) from p is (u − stepX, v − stepY) from its neighbour.
                    if (!TryKnown(fromX + (mirrorsP ? -u : u), fromY + v, out int ours)
                        || !TryKnown(toX + (mirrorsQ ? stepX - u : u - stepX), toY + v - stepY, out int theirs)) continue;
                    sum += Load(filled, ours) - Load(filled, theirs);
                    count++;
                }
            }

            return count;
        }

        private bool TryKnown(int x, int y, out int p)
        {
            p = y * _width + x;
            return (uint)x < (uint)_width && (uint)y < (uint)_height && !_mask.Holes[p];
        }
    }
}
