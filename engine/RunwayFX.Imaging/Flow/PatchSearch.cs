using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Imaging.Flow;

/// <summary>Dense inverse search on one level: every patch of a grid slides downhill from where the coarser level, or a neighbour, put it; then every
/// pixel takes the mean of the patches over it, weighted by how well each explains it.</summary>
/// <remarks>Costs are squared differences after the patch's mean difference is taken off, so that a change of brightness does not read as motion. Patches
/// inform their neighbours within stripes of <see cref="StripeRows"/> grid rows only: stripes do not depend on each other. Always eight lanes.</remarks>
internal sealed unsafe class PatchSearch
{
    /// <summary>Side of a patch in pixels.</summary>
    public const int Side = 8;

    /// <summary>Grid rows that inform each other.</summary>
    public const int StripeRows = 8;

    /// <summary>Farthest that a patch may slide over the picture's edge, in pixels.</summary>
    private const int OverEdge = 12;

    /// <summary>Added to both slopes' squares, in steps squared per patch: a patch of mere grain stays where it is.</summary>
    private const float GrainEnergy = 16;

    /// <summary>A step whose square is shorter ends the descent, in pixels squared.</summary>
    private const float StepSquareMin = 0.0004f;

    private readonly PaddedPlane _from;
    private readonly PaddedPlane _to;
    private readonly PaddedPlane _slopeX;
    private readonly PaddedPlane _slopeY;
    private readonly VectorPlane _motion;
    private readonly FlowOptions _options;
    private readonly int _columns;
    private readonly int _rows;
    private readonly Patch[] _patches;

    private PatchSearch(FlowLevel from, PaddedPlane to, VectorPlane motion, FlowOptions options)
    {
        (_slopeX, _slopeY) = from.Slopes();
        (_from, _to, _motion, _options) = (from.Image, to, motion, options);
        (_columns, _rows) = (Count(_from.Width), Count(_from.Height));
        _patches = new Patch[_columns * _rows];
    }

    /// <summary>Searches from the motion given and overwrites it with the result.</summary>
    public static void Run(FlowLevel from, PaddedPlane to, VectorPlane motion, FlowOptions options, CancellationToken cancellation)
    {
        PatchSearch search = new(from, to, motion, options);
        Bands.Run(search._rows, StripeRows, options.Threads, search.SearchStripe, cancellation);
        Bands.Run(from.Image.Height, Bands.RowsDefault, options.Threads, search.Densify, cancellation);
    }

    private int Count(int length) => length <= Side ? 1 : 1 + (length - Side + _options.PatchStride - 1) / _options.PatchStride;

    private int Left(int column) => Math.Min(column * _options.PatchStride, Math.Max(0, _from.Width - Side));

    private int Top(int row) => Math.Min(row * _options.PatchStride, Math.Max(0, _from.Height - Side));

    private void SearchStripe(int firstRow, int endRow)
    {
        fixed (float* from = _from.Values, to = _to.Values, slopeX = _slopeX.Values, slopeY = _slopeY.Values)
        {
            int steps = _options.DescentStepsMax / 2;
            for (int row = firstRow; row < endRow; row++)
            {
                for (int column = 0; column < _columns; column++)
                {
                    Patch patch = Begin(column, row, slopeX, slopeY);
                    Views views = ViewsOf(column, row, from, to, slopeX, slopeY);
                    patch.Cost = Measure(views, ref patch.X, ref patch.Y).Cost;
                    if (column > 0) Take(ref patch, _patches[row * _columns + column - 1], views);
                    if (row > firstRow) Take(ref patch, _patches[(row - 1) * _columns + column], views);
                    Descend(ref patch, views, steps);
                    _patches[row * _columns + column] = patch;
                }
            }

            for (int row = endRow - 1; row >= firstRow; row--)
            {
                for (int column = _columns - 1; column >= 0; column--)
                {
                    Patch patch = _patches[row * _columns + column];
                    Views views = ViewsOf(column, row, from, to, slopeX, slopeY);
                    bool taken = column + 1 < _columns && Take(ref patch, _patches[row * _columns + column + 1], views);
                    taken |= row + 1 < endRow && Take(ref patch, _patches[(row + 1) * _columns + column], views);
                    if (taken || !patch.HasSettled) Descend(ref patch, views, steps);
                    _patches[row * _columns + column] = patch;
                }
            }
        }
    }

    private Patch Begin(int column, int row, float* slopeX, float* slopeY)
    {
        int left = Left(column), top = Top(row), at = _from.IndexOf(left, top);
        Vector256<float> sumX = default, sumY = default, sumXX = default, sumXY = default, sumYY = default;
        for (int y = 0; y < Side; y++)
        {
            Vector256<float> x = Vector256.Load(slopeX + at + y * _from.Stride), alongY = Vector256.Load(slopeY + at + y * _from.Stride);
            sumX += x;
            sumY += alongY;
            sumXX += x * x;
            sumXY += x * alongY;
            sumYY += alongY * alongY;
        }

        const float Mean = 1f / (Side * Side);
        float totalX = Sum(sumX), totalY = Sum(sumY);
        float xx = Sum(sumXX) - totalX * totalX * Mean + GrainEnergy;
        float xy = Sum(sumXY) - totalX * totalY * Mean;
        float yy = Sum(sumYY) - totalY * totalY * Mean + GrainEnergy;
        float scale = 1 / (xx * yy - xy * xy);
        int centre = Math.Min(top + Side / 2, _from.Height - 1) * _from.Width + Math.Min(left + Side / 2, _from.Width - 1);
        return new Patch
        {
            X = _motion.X[centre], Y = _motion.Y[centre],
            TotalX = totalX * Mean, TotalY = totalY * Mean,
            InverseXX = yy * scale, InverseXY = -xy * scale, InverseYY = xx * scale,
        };
    }

    private Views ViewsOf(int column, int row, float* from, float* to, float* slopeX, float* slopeY)
    {
        int left = Left(column), top = Top(row), at = _from.IndexOf(left, top);
        return new Views(from + at, slopeX + at, slopeY + at, to, left, top);
    }

    /// <summary>Takes a neighbour's vector if it fits better.</summary>
    private bool Take(ref Patch patch, in Patch neighbour, in Views views)
    {
        float x = neighbour.X, y = neighbour.Y;
        float cost = Measure(views, ref x, ref y).Cost;
        if (!(cost < patch.Cost)) return false;
        (patch.X, patch.Y, patch.Cost) = (x, y, cost);
        return true;
    }

    private void Descend(ref Patch patch, in Views views, int steps)
    {
        float startX = patch.X, startY = patch.Y, x = startX, y = startY;
        Slopes slopes = Measure(views, ref x, ref y);
        patch.HasSettled = false;
        for (int step = 0; step < steps; step++)
        {
            // The slopes of the mean difference are part of the mean that is taken off.
            float alongX = slopes.X - patch.TotalX * slopes.Total, alongY = slopes.Y - patch.TotalY * slopes.Total;
            float stepX = patch.InverseXX * alongX + patch.InverseXY * alongY, stepY = patch.InverseXY * alongX + patch.InverseYY * alongY;
            x -= stepX;
            y -= stepY;
            slopes = Measure(views, ref x, ref y);
            if (!(slopes.Cost < patch.Cost))
            {
                patch.HasSettled = true;
                break;
            }

            float farX = x - startX, farY = y - startY;
            if (farX * farX + farY * farY > Side * Side) break;
            (patch.X, patch.Y, patch.Cost) = (x, y, slopes.Cost);
            if (stepX * stepX + stepY * stepY < StepSquareMin)
            {
                patch.HasSettled = true;
                break;
            }
        }
    }

    /// <summary>Cost of a vector and where it falls; keeps the vector within reach of the picture.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Slopes Measure(in Views views, ref float x, ref float y)
    {
        float* to = Locate(views.To, views.Left, views.Top, ref x, ref y, out float fractionX, out float fractionY);
        int stride = _to.Stride;
        Vector256<float> weightX = Vector256.Create(fractionX), weightY = Vector256.Create(fractionY);
        Vector256<float> sum = default, sumSquares = default, sumX = default, sumY = default;
        Vector256<float> left = Vector256.Load(to), upper = left + (Vector256.Load(to + 1) - left) * weightX;
        for (int row = 0; row < Side; row++)
        {
            to += stride;
            left = Vector256.Load(to);
            Vector256<float> lower = left + (Vector256.Load(to + 1) - left) * weightX;
            int at = row * stride;
            Vector256<float> difference = upper + (lower - upper) * weightY - Vector256.Load(views.From + at);
            sum += difference;
            sumSquares += difference * difference;
            sumX += difference * Vector256.Load(views.SlopeX + at);
            sumY += difference * Vector256.Load(views.SlopeY + at);
            upper = lower;
        }

        float total = Sum(sum);
        return new Slopes(Sum(sumSquares) - total * total * (1f / (Side * Side)), total, Sum(sumX), Sum(sumY));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float* Locate(float* to, int left, int top, ref float x, ref float y, out float fractionX, out float fractionY)
    {
        float atX = Math.Clamp(left + x, -OverEdge, _to.Width + OverEdge - Side), atY = Math.Clamp(top + y, -OverEdge, _to.Height + OverEdge - Side);
        x = atX - left;
        y = atY - top;
        // Shifted by the border, the numbers are positive and a cast rounds down.
        float shiftedX = atX + PaddedPlane.Border, shiftedY = atY + PaddedPlane.Border;
        int wholeX = (int)shiftedX, wholeY = (int)shiftedY;
        fractionX = shiftedX - wholeX;
        fractionY = shiftedY - wholeY;
        return to + wholeY * _to.Stride + wholeX;
    }

    private void Densify(int firstRow, int endRow)
    {
        int width = _from.Width, padded = Math.Max(width, Side);
        float[] weights = new float[padded], sumsX = new float[padded], sumsY = new float[padded];
        fixed (float* from = _from.Values, to = _to.Values, weight = weights, sumX = sumsX, sumY = sumsY)
        {
            for (int y = firstRow; y < endRow; y++)
            {
                Array.Clear(weights);
                Array.Clear(sumsX);
                Array.Clear(sumsY);
                int firstPatch = Math.Max(0, (y - Side + 1) / _options.PatchStride);
                for (int row = firstPatch; row < _rows && Top(row) <= y; row++)
                {
                    if (Top(row) + Side <= y) continue;
                    Gather(row, y, from + _from.IndexOf(0, y), to, weight, sumX, sumY);
                }

                for (int x = 0; x < width; x++)
                {
                    _motion.X[y * width + x] = sumsX[x] / weights[x];
                    _motion.Y[y * width + x] = sumsY[x] / weights[x];
                }
            }
        }
    }

    /// <summary>Adds what one grid row says about a pixel row.</summary>
    private void Gather(int row, int y, float* from, float* to, float* weights, float* sumsX, float* sumsY)
    {
        Vector256<float> one = Vector256<float>.One;
        for (int column = 0; column < _columns; column++)
        {
            ref Patch patch = ref _patches[row * _columns + column];
            int left = Left(column);
            float x = patch.X, alongY = patch.Y;
            float* there = Locate(to, left, Top(row), ref x, ref alongY, out float fractionX, out float fractionY) + (y - Top(row)) * _to.Stride;
            Vector256<float> weightX = Vector256.Create(fractionX);
            Vector256<float> upper = Vector256.Load(there), lower = Vector256.Load(there + _to.Stride);
            upper += (Vector256.Load(there + 1) - upper) * weightX;
            lower += (Vector256.Load(there + _to.Stride + 1) - lower) * weightX;
            Vector256<float> difference = upper + (lower - upper) * fractionY - Vector256.Load(from + left);
            Vector256<float> weight = one / Vector256.Max(one, Vector256.Abs(difference));
            (Vector256.Load(weights + left) + weight).Store(weights + left);
            (Vector256.Load(sumsX + left) + weight * x).Store(sumsX + left);
            (Vector256.Load(sumsY + left) + weight * alongY).Store(sumsY + left);
        }
    }

    /// <summary>Sums eight lanes in a fixed order.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Sum(Vector256<float> lanes)
    {
        Vector128<float> four = lanes.GetLower() + lanes.GetUpper();
        return four[0] + four[2] + (four[1] + four[3]);
    }

    private struct Patch
    {
        public float X, Y, Cost, TotalX, TotalY, InverseXX, InverseXY, InverseYY;
        public bool HasSettled;
    }

    private readonly struct Slopes(float cost, float total, float x, float y)
    {
        public readonly float Cost = cost, Total = total, X = x, Y = y;
    }

    private readonly struct Views(float* from, float* slopeX, float* slopeY, float* to, int left, int top)
    {
        public readonly float* From = from, SlopeX = slopeX, SlopeY = slopeY, To = to;
        public readonly int Left = left, Top = top;
    }
}
