using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Sum of squared differences of two patches of pixels of four bytes that all count alike: what completion and variation compare. Weighted patches with
/// any number of channels have an <see cref="IPatchKernel"/>.</summary>
/// <remarks>A row of up to seven pixels is one masked load, and nothing is multiplied by weights.
/// Rows are read as 32 bytes: pictures are that much longer than their last row.</remarks>
internal readonly unsafe struct PixelPatchDistance
{
    /// <summary>Bytes of a pixel.</summary>
    public const int Channels = 4;

    /// <summary>Bytes that are read of a row.</summary>
    public const int RowBytesRead = 32;

    private readonly PatchShape _patch;
    private readonly nint _queryRow;
    private readonly nint _queryFrame;
    private readonly nint _keyRow;
    private readonly nint _keyFrame;
    private readonly PatchKernelKind _kind;
    private readonly Vector256<byte> _mask;

    /// <param name="patch">Size of the patches.</param>
    /// <param name="query">Pixels of a row and rows of a frame of the clip that the first patch lies in.</param>
    /// <param name="keys">The same of the second patch's.</param>
    /// <param name="kind">Implementation; the result does not depend on it. The widest has 256 bits.</param>
    public PixelPatchDistance(PatchShape patch, (int Width, int Height) query, (int Width, int Height) keys, PatchKernelKind kind)
    {
        _patch = patch;
        _queryRow = query.Width * Channels;
        _queryFrame = _queryRow * query.Height;
        _keyRow = keys.Width * Channels;
        _keyFrame = _keyRow * keys.Height;
        _kind = PatchKernelWeights.Choose(kind);
        Span<byte> mask = stackalloc byte[RowBytesRead];
        mask[..(patch.Side * Channels)].Fill(0xFF);
        _mask = Vector256.Create<byte>(mask);
    }

    /// <summary>The distance where it is below the limit, else some value of at least the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(byte* query, byte* key, int limit) => _kind switch
    {
        PatchKernelKind.Vector256 or PatchKernelKind.Vector512 => Wide(query, key, limit),
        PatchKernelKind.Vector128 => Narrow(query, key, limit),
        _ => Plain(query, key, limit),
    };

    private int Wide(byte* query, byte* key, int limit)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        Vector256<byte> mask = _mask, zero = Vector256<byte>.Zero;
        int side = _patch.Side;
        for (int frame = _patch.Frames; frame > 0; frame--)
        {
            byte* q = query, k = key;
            for (int row = side; row > 0; row--)
            {
                Vector256<byte> a = Vector256.Load(q), b = Vector256.Load(k);
                Vector256<byte> difference = Avx2.And(Avx2.Subtract(Avx2.Max(a, b), Avx2.Min(a, b)), mask);
                Vector256<short> low = Avx2.UnpackLow(difference, zero).AsInt16(), high = Avx2.UnpackHigh(difference, zero).AsInt16();
                sum += Avx2.MultiplyAddAdjacent(low, low);
                sum += Avx2.MultiplyAddAdjacent(high, high);
                q += _queryRow;
                k += _keyRow;
                if (row == 4 && Vector256.Sum(sum) >= limit) return int.MaxValue;
            }

            if (frame > 1 && Vector256.Sum(sum) >= limit) return int.MaxValue;
            query += _queryFrame;
            key += _keyFrame;
        }

        return Vector256.Sum(sum);
    }

    private int Narrow(byte* query, byte* key, int limit)
    {
        Vector128<uint> sum = Vector128<uint>.Zero;
        Vector128<byte> maskLow = _mask.GetLower(), maskHigh = _mask.GetUpper();
        for (int frame = _patch.Frames; frame > 0; frame--)
        {
            byte* q = query, k = key;
            for (int row = _patch.Side; row > 0; row--)
            {
                sum += Squares(Vector128.Load(q), Vector128.Load(k), maskLow) + Squares(Vector128.Load(q + 16), Vector128.Load(k + 16), maskHigh);
                q += _queryRow;
                k += _keyRow;
            }

            if (frame > 1 && (int)Vector128.Sum(sum) >= limit) return int.MaxValue;
            query += _queryFrame;
            key += _keyFrame;
        }

        return (int)Vector128.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Squares(Vector128<byte> a, Vector128<byte> b, Vector128<byte> mask)
    {
        Vector128<byte> difference = (Vector128.Max(a, b) - Vector128.Min(a, b)) & mask;
        Vector128<ushort> low = Vector128.WidenLower(difference), high = Vector128.WidenUpper(difference);
        low *= low;
        high *= high;
        return Vector128.WidenLower(low) + Vector128.WidenUpper(low) + Vector128.WidenLower(high) + Vector128.WidenUpper(high);
    }

    private int Plain(byte* query, byte* key, int limit)
    {
        int sum = 0, rowBytes = _patch.Side * Channels;
        for (int frame = 0; frame < _patch.Frames; frame++)
        {
            for (int row = 0; row < _patch.Side; row++)
            {
                byte* q = query + frame * _queryFrame + row * _queryRow, k = key + frame * _keyFrame + row * _keyRow;
                for (int i = 0; i < rowBytes; i++)
                {
                    int difference = q[i] - k[i];
                    sum += difference * difference;
                }
            }

            if (sum >= limit) return int.MaxValue;
        }

        return sum;
    }
}
