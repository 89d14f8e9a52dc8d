using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Benchmarks;

/// <summary>How well a filled hole belongs to its picture. Independent of what filled it: it sees an 8-bit RGB picture and the hole, so peers are measured
/// by the same code.</summary>
/// <remarks>
/// <para>A patch is 7 × 7 × 3 values; only patches wholly inside the picture count. <b>Coherence</b> = mean over patches wholly inside the hole of min
/// over wholly known patches of (Σ (a − b)² / 147), squared 8-bit steps. <b>Boundary coherence</b> = the same over the patches that hold known and
/// filled pixels. The minimum is exact: sources are sorted by the sum of their values, and a search from the patch's own sum outwards ends where
/// (difference of sums)² / 147 reaches the best. A fixed sample of at most <see cref="SamplesMax"/> patches each.</para>
/// <para><b>Texture</b> = mean |4-neighbour Laplacian of Rec.709 luma| in the hole ÷ the same over the known pixels within 32 pixels around it.</para>
/// </remarks>
internal sealed unsafe class FillMeasures
{
    public const int SamplesMax = 3000;

    private const int Side = 7, Radius = Side / 2, Values = Side * Side * 3, RowBytes = Side * 3, RingWidth = 32;

    private readonly byte[] _rgb;
    private readonly int _width;
    private readonly int _height;
    private readonly int[] _sums;
    private readonly int[] _sources;
    private readonly int[] _sortedSums;
    private readonly Vector256<byte> _mask;

    /// <summary>Prepares the measures of one picture.</summary>
    /// <param name="rgb">Interleaved 8-bit RGB.</param>
    /// <param name="hole">Which pixels were filled.</param>
    /// <param name="width">Columns.</param>
    public FillMeasures(byte[] rgb, bool[] hole, int width)
    {
        (_width, _height) = (width, hole.Length / width);
        // Wide loads read past the last patch.
        _rgb = [.. rgb, .. new byte[32]];
        Span<byte> mask = stackalloc byte[32];
        mask[..RowBytes].Fill(0xFF);
        _mask = Vector256.Create<byte>(mask);
        _sums = new int[hole.Length];
        int[] holes = new int[hole.Length];
        List<int> sources = [], inside = [], straddling = [];
        for (int y = Radius; y < _height - Radius; y++)
        {
            for (int x = Radius; x < width - Radius; x++)
            {
                int p = y * width + x;
                for (int v = -Radius; v <= Radius; v++)
                {
                    for (int u = -Radius; u <= Radius; u++)
                    {
                        int q = p + v * width + u;
                        _sums[p] += rgb[3 * q] + rgb[3 * q + 1] + rgb[3 * q + 2];
                        holes[p] += hole[q] ? 1 : 0;
                    }
                }

                (holes[p] == 0 ? sources : holes[p] == Side * Side ? inside : straddling).Add(p);
            }
        }

        _sources = [.. sources];
        _sortedSums = [.. sources.Select(p => _sums[p])];
        Array.Sort(_sortedSums, _sources);
        Coherence = MeanDistance(inside);
        BoundaryCoherence = MeanDistance(straddling);
        Texture = TextureOf(rgb, hole, width);
    }

    public double Coherence { get; }

    public double BoundaryCoherence { get; }

    public double Texture { get; }

    private double MeanDistance(List<int> patches)
    {
        int count = Math.Min(SamplesMax, patches.Count);
        long[] distances = new long[count];
        Parallel.For(0, count, i => distances[i] = Nearest(patches[(int)((2L * i + 1) * patches.Count / (2 * count))]));
        return distances.Sum() / ((double)Values * count);
    }

    private long Nearest(int p)
    {
        int sum = _sums[p], up = Array.BinarySearch(_sortedSums, sum);
        if (up < 0) up = ~up;
        int down = up - 1;
        long best = long.MaxValue;
        while (true)
        {
            long above = up < _sources.Length ? _sortedSums[up] - sum : long.MaxValue, below = down >= 0 ? sum - _sortedSums[down] : long.MaxValue;
            long least = Math.Min(above, below);
            if (least == long.MaxValue || (best != long.MaxValue && least * least >= best * Values)) return best;
            int source = above <= below ? _sources[up++] : _sources[down--];
            best = Math.Min(best, Distance(p, source, best));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Distance(int a, int b, long limit)
    {
        int offset = 3 * (Radius * _width + Radius);
        ref byte first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rgb), 3 * a - offset);
        ref byte second = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_rgb), 3 * b - offset);
        long sum = 0;
        for (int row = 0; row < Side && sum < limit; row++)
        {
            nuint at = (nuint)(row * 3 * _width);
            Vector256<byte> x = Vector256.LoadUnsafe(ref first, at), y = Vector256.LoadUnsafe(ref second, at);
            Vector256<byte> difference = (Vector256.Max(x, y) - Vector256.Min(x, y)) & _mask;
            (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(difference);
            (Vector256<uint> lowA, Vector256<uint> lowB) = Vector256.Widen(low * low);
            (Vector256<uint> highA, Vector256<uint> highB) = Vector256.Widen(high * high);
            sum += Vector256.Sum(lowA + lowB + highA + highB);
        }

        return sum;
    }

    /// <summary>Texture of the hole ÷ texture around it.</summary>
    public static double TextureOf(byte[] rgb, bool[] hole, int width)
    {
        bool[] ring = Ring(hole, width);
        return Laplacian(rgb, hole, width) / Laplacian(rgb, ring, width);
    }

    /// <summary>Known pixels at most <see cref="RingWidth"/> columns and rows from the hole.</summary>
    private static bool[] Ring(bool[] hole, int width)
    {
        int height = hole.Length / width;
        bool[] across = new bool[hole.Length], near = new bool[hole.Length];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (!hole[y * width + x]) continue;
                across.AsSpan(y * width + Math.Max(0, x - RingWidth), Math.Min(width - 1, x + RingWidth) - Math.Max(0, x - RingWidth) + 1).Fill(true);
            }
        }

        for (int p = 0; p < hole.Length; p++)
        {
            if (!across[p]) continue;
            for (int v = Math.Max(0, p / width - RingWidth); v <= Math.Min(height - 1, p / width + RingWidth); v++)
            {
                int q = v * width + p % width;
                near[q] = !hole[q];
            }
        }

        return near;
    }

    private static double Laplacian(byte[] rgb, bool[] wanted, int width)
    {
        double sum = 0;
        long count = 0;
        int height = wanted.Length / width;
        for (int y = 1; y < height - 1; y++)
        {
            for (int x = 1; x < width - 1; x++)
            {
                int p = y * width + x;
                if (!wanted[p] || !wanted[p - 1] || !wanted[p + 1] || !wanted[p - width] || !wanted[p + width]) continue;
                sum += Math.Abs(4 * Luma(rgb, p) - Luma(rgb, p - 1) - Luma(rgb, p + 1) - Luma(rgb, p - width) - Luma(rgb, p + width));
                count++;
            }
        }

        return sum / Math.Max(1, count);
    }

    private static double Luma(byte[] rgb, int p) => 0.2126 * rgb[3 * p] + 0.7152 * rgb[3 * p + 1] + 0.0722 * rgb[3 * p + 2];
}
