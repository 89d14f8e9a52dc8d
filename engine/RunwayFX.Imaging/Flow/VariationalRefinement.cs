using System.Runtime.Intrinsics;

namespace RunwayFX.Imaging.Flow;

/// <summary>Moves the vectors of one level so that brightness and slopes agree along them while the field stays smooth except where it breaks: the
/// energy of Brox et al. (ECCV 2004) with the normalised data terms of DIS, solved by successive over-relaxation.</summary>
/// <remarks>Pixels of one chequerboard colour depend on those of the other colour only, so every half sweep is element-wise and the rows can go to any
/// number of threads. Vectors that point out of the picture have no data and follow their neighbours.</remarks>
internal sealed unsafe class VariationalRefinement
{
    private const int Solves = 5;
    private const int RowsPerBand = 32;

    /// <summary>Columns before the first: one vector, so that rows begin aligned and column −1 exists.</summary>
    private const int Margin = 8;

    private const float Smoothness = 10f, Brightness = 2.5f, Gradient = 5f, Relaxation = 1.6f;

    /// <summary>Keeps a flat picture from dividing by nothing.</summary>
    private const float FlatSquare = 0.01f;

    /// <summary>Rounds the corner of the absolute value.</summary>
    private const float CornerSquare = 1e-6f;

    private readonly int _width;
    private readonly int _height;
    private readonly int _stride;
    private readonly int _threads;
    private readonly CancellationToken _cancellation;
    private readonly float[][] _planes;

    private VariationalRefinement(int width, int height, FlowOptions options, CancellationToken cancellation)
    {
        (_width, _height, _threads, _cancellation) = (width, height, options.Threads, cancellation);
        _stride = Margin + (width + 7) / 8 * 8 + Margin;
        _planes = new float[(int)Plane.Count][];
        for (int i = 0; i < _planes.Length; i++) _planes[i] = new float[checked(_stride * (height + 2))];
    }

    /// <summary>What is held per pixel.</summary>
    private enum Plane
    {
        Mean, Change, SlopeX, SlopeY, SlopeXX, SlopeXY, SlopeYY, ChangeX, ChangeY, Seen,
        U, V, StepU, StepV, Right, Down, InverseA, InverseB, Cross, RightSideU, RightSideV, Count,
    }

    /// <summary>Refines the motion in place.</summary>
    public static void Run(PaddedPlane from, PaddedPlane to, VectorPlane motion, FlowOptions options, CancellationToken cancellation)
    {
        VariationalRefinement refinement = new(from.Width, from.Height, options, cancellation);
        refinement.Prepare(from, to, motion);
        for (int step = 0; step < options.RefinementSteps; step++)
        {
            refinement.ForBands(refinement.Weigh);
            refinement.ForBands(refinement.Assemble);
            for (int solve = 0; solve < Solves; solve++)
            {
                refinement.ForBands(refinement.RelaxInside);
                refinement.ForBands(refinement.RelaxEdges);
            }
        }

        refinement.ForBands((first, end) =>
        {
            for (int y = first; y < end; y++)
            {
                for (int x = 0; x < refinement._width; x++)
                {
                    int at = refinement.IndexOf(x, y);
                    motion.X[y * refinement._width + x] += refinement._planes[(int)Plane.StepU][at];
                    motion.Y[y * refinement._width + x] += refinement._planes[(int)Plane.StepV][at];
                }
            }
        });
    }

    private float[] this[Plane plane] => _planes[(int)plane];

    private int IndexOf(int x, int y) => (y + 1) * _stride + Margin + x;

    private void ForBands(Action<int, int> work) => Bands.Run(_height, RowsPerBand, _threads, work, _cancellation);

    private void Prepare(PaddedPlane from, PaddedPlane to, VectorPlane motion)
    {
        ForBands((first, end) =>
        {
            for (int y = first; y < end; y++) Sample(from, to, motion, y);
        });
        RepeatRows(Plane.Mean);
        RepeatRows(Plane.Change);
        ForBands((first, end) =>
        {
            Slope(Plane.Mean, Plane.SlopeX, 1, first, end);
            Slope(Plane.Mean, Plane.SlopeY, _stride, first, end);
            Slope(Plane.Change, Plane.ChangeX, 1, first, end);
            Slope(Plane.Change, Plane.ChangeY, _stride, first, end);
        });
        RepeatRows(Plane.SlopeX);
        RepeatRows(Plane.SlopeY);
        ForBands((first, end) =>
        {
            Slope(Plane.SlopeX, Plane.SlopeXX, 1, first, end);
            Slope(Plane.SlopeX, Plane.SlopeXY, _stride, first, end);
            Slope(Plane.SlopeY, Plane.SlopeYY, _stride, first, end);
        });
    }

    /// <summary>Mean and change of a row between the picture and the other one fetched along the vectors.</summary>
    private void Sample(PaddedPlane from, PaddedPlane to, VectorPlane motion, int y)
    {
        int row = IndexOf(0, y);
        float[] mean = this[Plane.Mean], change = this[Plane.Change], seen = this[Plane.Seen], u = this[Plane.U], v = this[Plane.V];
        ReadOnlySpan<float> here = from.Row(y), there = to.Values;
        float maxX = _width - 1, maxY = _height - 1;
        for (int x = 0; x < _width; x++)
        {
            float moveX = motion.X[y * _width + x], moveY = motion.Y[y * _width + x];
            float atX = x + moveX, atY = y + moveY;
            bool isInside = atX >= 0 && atY >= 0 && atX <= maxX && atY <= maxY;
            atX = Math.Clamp(atX, 0, maxX);
            atY = Math.Clamp(atY, 0, maxY);
            int wholeX = (int)atX, wholeY = (int)atY, index = to.IndexOf(wholeX, wholeY);
            float fractionX = atX - wholeX, fractionY = atY - wholeY;
            float upper = there[index] + (there[index + 1] - there[index]) * fractionX;
            float lower = there[index + to.Stride] + (there[index + to.Stride + 1] - there[index + to.Stride]) * fractionX;
            float warped = upper + (lower - upper) * fractionY;
            mean[row + x] = 0.5f * (here[x] + warped);
            change[row + x] = warped - here[x];
            seen[row + x] = isInside ? 1 : 0;
            u[row + x] = moveX;
            v[row + x] = moveY;
        }

        RepeatEnds(mean, row);
        RepeatEnds(change, row);
        RepeatEnds(u, row);
        RepeatEnds(v, row);
    }

    private void RepeatEnds(float[] plane, int row)
    {
        plane.AsSpan(row - Margin, Margin).Fill(plane[row]);
        int behind = row + _width;
        plane.AsSpan(behind, _stride - Margin - _width).Fill(plane[behind - 1]);
    }

    private void RepeatRows(Plane plane)
    {
        float[] values = this[plane];
        values.AsSpan(_stride, _stride).CopyTo(values.AsSpan(0, _stride));
        values.AsSpan(_height * _stride, _stride).CopyTo(values.AsSpan((_height + 1) * _stride, _stride));
    }

    private void Slope(Plane of, Plane result, int distance, int first, int end)
    {
        Vector256<float> half = Vector256.Create(0.5f);
        fixed (float* from = this[of], to = this[result])
        {
            for (int y = first; y < end; y++)
            {
                for (int at = IndexOf(0, y), behind = at + _width; at < behind; at += Vector256<float>.Count)
                    (half * (Vector256.Load(from + at + distance) - Vector256.Load(from + at - distance))).Store(to + at);
                RepeatEnds(this[result], IndexOf(0, y));
            }
        }
    }

    /// <summary>How much neighbours pull at each other: less where the field breaks.</summary>
    private void Weigh(int first, int end)
    {
        Vector256<float> smoothness = Vector256.Create(Smoothness), corner = Vector256.Create(CornerSquare);
        float[] right = this[Plane.Right], down = this[Plane.Down];
        fixed (float* u = this[Plane.U], v = this[Plane.V], stepU = this[Plane.StepU], stepV = this[Plane.StepV], toRight = right, toDown = down)
        {
            for (int y = first; y < end; y++)
            {
                int row = IndexOf(0, y), below = y + 1 < _height ? _stride : 0;
                RepeatEnds(this[Plane.StepU], row);
                RepeatEnds(this[Plane.StepV], row);
                for (int at = row; at < row + _width; at += Vector256<float>.Count)
                {
                    Vector256<float> x = Vector256.Load(u + at) + Vector256.Load(stepU + at), z = Vector256.Load(v + at) + Vector256.Load(stepV + at);
                    Vector256<float> ux = Vector256.Load(u + at + 1) + Vector256.Load(stepU + at + 1) - x;
                    Vector256<float> vx = Vector256.Load(v + at + 1) + Vector256.Load(stepV + at + 1) - z;
                    Vector256<float> uy = Vector256.Load(u + at + below) + Vector256.Load(stepU + at + below) - x;
                    Vector256<float> vy = Vector256.Load(v + at + below) + Vector256.Load(stepV + at + below) - z;
                    Vector256<float> weight = smoothness / Vector256.Sqrt(ux * ux + vx * vx + (uy * uy + vy * vy) + corner);
                    weight.Store(toRight + at);
                    weight.Store(toDown + at);
                }

                // Nothing pulls over the picture's edge.
                right.AsSpan(row + _width - 1, _stride - Margin - _width + 1).Clear();
                if (below == 0) down.AsSpan(row, _width).Clear();
            }
        }
    }

    /// <summary>The linear system of every pixel for the present weights.</summary>
    private void Assemble(int first, int end)
    {
        fixed (float* slopeX = this[Plane.SlopeX], slopeY = this[Plane.SlopeY], slopeXX = this[Plane.SlopeXX], slopeXY = this[Plane.SlopeXY],
            slopeYY = this[Plane.SlopeYY], change = this[Plane.Change], changeX = this[Plane.ChangeX], changeY = this[Plane.ChangeY])
        fixed (float* u = this[Plane.U], v = this[Plane.V], stepU = this[Plane.StepU], stepV = this[Plane.StepV], right = this[Plane.Right],
            down = this[Plane.Down], seen = this[Plane.Seen])
        fixed (float* inverseA = this[Plane.InverseA], inverseB = this[Plane.InverseB], cross = this[Plane.Cross], sideU = this[Plane.RightSideU],
            sideV = this[Plane.RightSideV])
        {
            Vector256<float> flat = Vector256.Create(FlatSquare), corner = Vector256.Create(CornerSquare), one = Vector256<float>.One;
            for (int y = first; y < end; y++)
            {
                int row = IndexOf(0, y);
                for (int at = row; at < row + _width; at += Vector256<float>.Count)
                {
                    Vector256<float> du = Vector256.Load(stepU + at), dv = Vector256.Load(stepV + at), visible = Vector256.Load(seen + at);
                    Vector256<float> ix = Vector256.Load(slopeX + at), iy = Vector256.Load(slopeY + at), iz = Vector256.Load(change + at);
                    Vector256<float> norm = one / (ix * ix + iy * iy + flat);
                    Vector256<float> rest = iz + ix * du + iy * dv;
                    Vector256<float> weight = visible * Brightness * norm / Vector256.Sqrt(rest * rest * norm + corner);
                    Vector256<float> a = weight * ix * ix, b = weight * iy * iy, c = weight * ix * iy, e = weight * ix * iz, f = weight * iy * iz;

                    Vector256<float> ixx = Vector256.Load(slopeXX + at), ixy = Vector256.Load(slopeXY + at), iyy = Vector256.Load(slopeYY + at);
                    Vector256<float> izx = Vector256.Load(changeX + at), izy = Vector256.Load(changeY + at);
                    Vector256<float> normX = one / (ixx * ixx + ixy * ixy + flat), normY = one / (iyy * iyy + ixy * ixy + flat);
                    Vector256<float> restX = izx + ixx * du + ixy * dv, restY = izy + ixy * du + iyy * dv;
                    weight = visible * Gradient / Vector256.Sqrt(restX * restX * normX + restY * restY * normY + corner);
                    Vector256<float> weightX = weight * normX, weightY = weight * normY;
                    a += weightX * ixx * ixx + weightY * ixy * ixy + flat;
                    b += weightX * ixy * ixy + weightY * iyy * iyy + flat;
                    c += weightX * ixx * ixy + weightY * ixy * iyy;
                    e += weightX * ixx * izx + weightY * ixy * izy;
                    f += weightX * ixy * izx + weightY * iyy * izy;

                    Vector256<float> toRight = Vector256.Load(right + at), toLeft = Vector256.Load(right + at - 1);
                    Vector256<float> toDown = Vector256.Load(down + at), toUp = Vector256.Load(down + at - _stride);
                    Vector256<float> pull = toRight + toLeft + (toDown + toUp), here = Vector256.Load(u + at), hereV = Vector256.Load(v + at);
                    Vector256<float> pullU = toRight * Vector256.Load(u + at + 1) + toLeft * Vector256.Load(u + at - 1)
                        + (toDown * Vector256.Load(u + at + _stride) + toUp * Vector256.Load(u + at - _stride)) - pull * here;
                    Vector256<float> pullV = toRight * Vector256.Load(v + at + 1) + toLeft * Vector256.Load(v + at - 1)
                        + (toDown * Vector256.Load(v + at + _stride) + toUp * Vector256.Load(v + at - _stride)) - pull * hereV;
                    (one / (a + pull)).Store(inverseA + at);
                    (one / (b + pull)).Store(inverseB + at);
                    c.Store(cross + at);
                    (pullU - e).Store(sideU + at);
                    (pullV - f).Store(sideV + at);
                }
            }
        }
    }

    /// <summary>A sweep but for the second colour of a band's first and last row, which waits for the neighbouring bands. The second colour follows the first
    /// by a row, while that is still in the cache: large planes come from memory once instead of twice.</summary>
    private void RelaxInside(int first, int end)
    {
        for (int y = first; y < end; y++)
        {
            Relax(y, y + 1, 0);
            if (y - 1 > first) Relax(y - 1, y, 1);
        }
    }

    /// <summary>What <see cref="RelaxInside"/> leaves.</summary>
    private void RelaxEdges(int first, int end)
    {
        Relax(first, first + 1, 1);
        if (end - 1 > first) Relax(end - 1, end, 1);
    }

    /// <summary>Half a sweep: the pixels of one colour, where 0 is that of the top left corner.</summary>
    private void Relax(int first, int end, int colour)
    {
        Vector256<int> even = Vector256.Create(-1, 0, -1, 0, -1, 0, -1, 0), odd = Vector256.Create(0, -1, 0, -1, 0, -1, 0, -1);
        fixed (float* stepU = this[Plane.StepU], stepV = this[Plane.StepV], right = this[Plane.Right], down = this[Plane.Down])
        fixed (float* inverseA = this[Plane.InverseA], inverseB = this[Plane.InverseB], cross = this[Plane.Cross], sideU = this[Plane.RightSideU],
            sideV = this[Plane.RightSideV])
        {
            for (int y = first; y < end; y++)
            {
                int row = IndexOf(0, y);
                Vector256<float> mine = ((y + colour) % 2 == 0 ? even : odd).AsSingle();
                for (int at = row; at < row + _width; at += Vector256<float>.Count)
                {
                    Vector256<float> toRight = Vector256.Load(right + at), toLeft = Vector256.Load(right + at - 1);
                    Vector256<float> toDown = Vector256.Load(down + at), toUp = Vector256.Load(down + at - _stride);
                    Vector256<float> du = Vector256.Load(stepU + at), dv = Vector256.Load(stepV + at), c = Vector256.Load(cross + at);
                    Vector256<float> pullU = toRight * Vector256.Load(stepU + at + 1) + toLeft * Vector256.Load(stepU + at - 1)
                        + (toDown * Vector256.Load(stepU + at + _stride) + toUp * Vector256.Load(stepU + at - _stride));
                    Vector256<float> pullV = toRight * Vector256.Load(stepV + at + 1) + toLeft * Vector256.Load(stepV + at - 1)
                        + (toDown * Vector256.Load(stepV + at + _stride) + toUp * Vector256.Load(stepV + at - _stride));
                    Vector256<float> newU = du + Relaxation * ((Vector256.Load(sideU + at) + pullU - c * dv) * Vector256.Load(inverseA + at) - du);
                    Vector256<float> newV = dv + Relaxation * ((Vector256.Load(sideV + at) + pullV - c * newU) * Vector256.Load(inverseB + at) - dv);
                    Vector256.ConditionalSelect(mine, newU, du).Store(stepU + at);
                    Vector256.ConditionalSelect(mine, newV, dv).Store(stepV + at);
                }
            }
        }
    }
}
