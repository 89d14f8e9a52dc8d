using System.Numerics;
using System.Runtime.InteropServices;
using RunwayFX.Imaging;

namespace RunwayFX.Pipelines.Style;

/// <summary>Lets the borders between places that show one painting and places that show another be short and lie where both look alike: what stands across a border is
/// in neither painting.</summary>
/// <remarks>Total variation of the choice, weighted by how far the paintings differ, against its distance from what it was: the places above every threshold are those of a
/// smallest cut (Chambolle, "Total Variation Minimization and a Class of Binary MRF Models", 2005). Solved coarse to fine by projected gradients of the dual (Beck and
/// Teboulle, 2009). Every value is computed on its own in a fixed order: the same bits for any number of threads and any vector width.</remarks>
internal static class PlaceBorders
{
    /// <summary>Price of a pixel of border, in units of the choice, where the paintings differ by 1.</summary>
    private const float Price = 2.5f;

    /// <summary>What even alike places cost, so that nothing is divided by zero.</summary>
    private const float WeightMin = 1e-5f;

    /// <summary>Width over which the paintings are compared, in pixels.</summary>
    private const double CompareSigma = 0.75;

    /// <summary>Steps at each resolution.</summary>
    private const int Rounds = 30;

    /// <summary>Shorter side from which a resolution begins with what half of it gave.</summary>
    private const int HalvedSideMin = 32;

    /// <summary>Longest step of the dual that converges.</summary>
    private const float Step = 0.125f;

    private const int RowsPerBand = 16;

    /// <summary>Moves the borders.</summary>
    /// <param name="choice">By how much one painting is wanted at each pixel; a border is where it changes its sign. Overwritten.</param>
    /// <param name="one">A painting, display-like, of the choice's size.</param>
    /// <param name="other">Another.</param>
    /// <param name="threads">Most threads used.</param>
    /// <param name="cancellation">Asked in every round.</param>
    public static void Settle(float[] choice, Frame one, Frame other, int threads, CancellationToken cancellation)
    {
        float[] differences = new float[choice.Length];
        for (int at = 0; at < differences.Length; at++)
        {
            float red = one.Pixels[4 * at] - other.Pixels[4 * at], green = one.Pixels[4 * at + 1] - other.Pixels[4 * at + 1],
                blue = one.Pixels[4 * at + 2] - other.Pixels[4 * at + 2];
            differences[at] = (red * red + green * green + blue * blue) / 3;
        }

        GaussianBlur.Apply(differences, one.Width, one.Height, 1, CompareSigma, cancellation);
        for (int at = 0; at < differences.Length; at++) differences[at] = Price * MathF.Sqrt(MathF.Max(differences[at], 0));
        Level finest = new(one.Width, one.Height);
        finest.Fill(choice, differences);
        Solve(finest, threads, cancellation);
        for (int y = 0; y < finest.Height; y++) finest.Row(finest.Result, y).CopyTo(choice.AsSpan(y * finest.Width));
    }

    private static void Solve(Level level, int threads, CancellationToken cancellation)
    {
        if (Math.Min(level.Width, level.Height) >= HalvedSideMin)
        {
            Level coarse = level.Halved();
            Solve(coarse, threads, cancellation);
            level.Start(coarse);
        }

        ParallelOptions options = new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellation };
        int bands = (level.Height + RowsPerBand - 1) / RowsPerBand;
        float pace = 1;
        for (int round = 0; round < Rounds; round++)
        {
            float next = (1 + MathF.Sqrt(1 + 4 * pace * pace)) / 2, momentum = (pace - 1) / next;
            pace = next;
            ForRows(level.Value);
            ForRows(y => level.Climb(y, momentum));
        }

        // Without what momentum adds.
        level.StartFromFlow();
        ForRows(level.Value);

        void ForRows(Action<int> row) => Parallel.For(0, bands, options, band =>
        {
            for (int y = band * RowsPerBand; y < Math.Min(level.Height, (band + 1) * RowsPerBand); y++) row(y);
        });
    }

    /// <summary>The problem at one resolution. Rows have a column more than the picture, and there is a row above, so that no step asks for borders.</summary>
    private sealed class Level
    {
        private readonly int _stride;
        private readonly float[] _wanted, _weights, _flowX, _flowY, _aheadX, _aheadY;

        public Level(int width, int height)
        {
            (Width, Height, _stride) = (width, height, width + 1);
            int length = _stride * (height + 1) + 1;
            _wanted = new float[length];
            _weights = new float[length];
            Result = new float[length];
            (_flowX, _flowY, _aheadX, _aheadY) = (new float[length], new float[length], new float[length], new float[length]);
        }

        public int Width { get; }

        public int Height { get; }

        /// <summary>The choice as it is now, in rows as the level has them.</summary>
        public float[] Result { get; }

        /// <summary>A row without the column behind it.</summary>
        public Span<float> Row(float[] plane, int y, int columns = 0) => plane.AsSpan(1 + (y + 1) * _stride, Width + columns);

        /// <summary>Takes the choice that is wanted, and the price of a border at each pixel.</summary>
        public void Fill(ReadOnlySpan<float> wanted, ReadOnlySpan<float> weights)
        {
            for (int y = 0; y < Height; y++)
            {
                wanted.Slice(y * Width, Width).CopyTo(Row(_wanted, y));
                weights.Slice(y * Width, Width).CopyTo(Row(_weights, y));
            }
        }

        /// <summary>Half as large; a border of it is twice as wide, and so costs half.</summary>
        public Level Halved()
        {
            Level half = new((Width + 1) / 2, (Height + 1) / 2);
            for (int y = 0; y < half.Height; y++)
            {
                Mean(_wanted, y, half.Row(half._wanted, y), 0.25f);
                Mean(_weights, y, half.Row(half._weights, y), 0.125f);
            }

            return half;

            void Mean(float[] plane, int y, Span<float> to, float share)
            {
                Span<float> above = Row(plane, 2 * y), below = Row(plane, Math.Min(2 * y + 1, Height - 1));
                for (int x = 0; x < to.Length; x++)
                {
                    int right = Math.Min(2 * x + 1, Width - 1);
                    to[x] = (above[2 * x] + above[right] + below[2 * x] + below[right]) * share;
                }
            }
        }

        /// <summary>Begins with what half the resolution gave; its steps are twice as long.</summary>
        public void Start(Level coarse)
        {
            for (int y = 0; y < Height; y++)
            {
                Span<float> toX = Row(_flowX, y), toY = Row(_flowY, y);
                ReadOnlySpan<float> fromX = coarse.Row(coarse._flowX, y / 2), fromY = coarse.Row(coarse._flowY, y / 2);
                for (int x = 0; x < Width - 1; x++) toX[x] = 2 * fromX[x / 2];
                if (y == Height - 1) continue;
                for (int x = 0; x < Width; x++) toY[x] = 2 * fromY[x / 2];
            }

            StartFromFlow();
        }

        /// <summary>Forgets the momentum.</summary>
        public void StartFromFlow()
        {
            Array.Copy(_flowX, _aheadX, _flowX.Length);
            Array.Copy(_flowY, _aheadY, _flowY.Length);
        }

        /// <summary>The choice that the dual gives in a row.</summary>
        public void Value(int y)
        {
            Span<float> to = Row(Result, y, 1);
            ReadOnlySpan<float> wanted = Row(_wanted, y), x = Row(_aheadX, y), left = _aheadX.AsSpan((y + 1) * _stride, Width), down = Row(_aheadY, y), up = Row(_aheadY, y - 1);
            ReadOnlySpan<Vector<float>> wantedV = V(wanted), xV = V(x), leftV = V(left), downV = V(down), upV = V(up);
            Span<Vector<float>> toV = MemoryMarshal.Cast<float, Vector<float>>(to[..Width]);
            for (int i = 0; i < toV.Length; i++) toV[i] = wantedV[i] + (xV[i] - leftV[i]) + (downV[i] - upV[i]);
            for (int i = toV.Length * Vector<float>.Count; i < Width; i++) to[i] = wanted[i] + (x[i] - left[i]) + (down[i] - up[i]);
            to[Width] = to[Width - 1];
        }

        /// <summary>One step of the dual in a row: along the slopes of the choice, at most as far as the border's price.</summary>
        public void Climb(int y, float momentum)
        {
            ReadOnlySpan<float> here = Row(Result, y), right = Result.AsSpan(2 + (y + 1) * _stride, Width), below = Row(Result, Math.Min(y + 1, Height - 1)), weights = Row(_weights, y);
            Span<float> flowX = Row(_flowX, y), flowY = Row(_flowY, y), aheadX = Row(_aheadX, y), aheadY = Row(_aheadY, y);
            ReadOnlySpan<Vector<float>> hereV = V(here), rightV = V(right), belowV = V(below), weightsV = V(weights);
            Span<Vector<float>> flowXV = MemoryMarshal.Cast<float, Vector<float>>(flowX), flowYV = MemoryMarshal.Cast<float, Vector<float>>(flowY),
                aheadXV = MemoryMarshal.Cast<float, Vector<float>>(aheadX), aheadYV = MemoryMarshal.Cast<float, Vector<float>>(aheadY);
            Vector<float> least = new(WeightMin);
            for (int i = 0; i < hereV.Length; i++)
            {
                Vector<float> newX = aheadXV[i] + (rightV[i] - hereV[i]) * Step, newY = aheadYV[i] + (belowV[i] - hereV[i]) * Step, weight = Vector.Max(weightsV[i], least);
                Vector<float> share = weight / Vector.Max(Vector.SquareRoot(newX * newX + newY * newY), weight);
                (newX, newY) = (newX * share, newY * share);
                aheadXV[i] = newX + (newX - flowXV[i]) * momentum;
                aheadYV[i] = newY + (newY - flowYV[i]) * momentum;
                (flowXV[i], flowYV[i]) = (newX, newY);
            }

            for (int i = hereV.Length * Vector<float>.Count; i < Width; i++)
            {
                float newX = aheadX[i] + (right[i] - here[i]) * Step, newY = aheadY[i] + (below[i] - here[i]) * Step, weight = MathF.Max(weights[i], WeightMin);
                float share = weight / MathF.Max(MathF.Sqrt(newX * newX + newY * newY), weight);
                (newX, newY) = (newX * share, newY * share);
                aheadX[i] = newX + (newX - flowX[i]) * momentum;
                aheadY[i] = newY + (newY - flowY[i]) * momentum;
                (flowX[i], flowY[i]) = (newX, newY);
            }
        }

        private static ReadOnlySpan<Vector<float>> V(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, Vector<float>>(values);
    }
}
