using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Variation;

/// <summary>Which implementation of the space-time distance runs. All give the same bits.</summary>
public enum SpaceTimeKernelKind
{
    /// <summary>The quickest the machine has.</summary>
    Auto = 0,

    /// <summary>Plain C#.</summary>
    Scalar = 1,

    /// <summary>128-bit vectors on any instruction set.</summary>
    Vector128 = 2,

    /// <summary>256-bit vectors (AVX2).</summary>
    Vector256 = 3,
}

/// <summary>Frames, rows and columns of a patch; all odd.</summary>
/// <param name="Frames">Frames: 1 or 3.</param>
/// <param name="Side">Rows and columns: 1, 3, 5 or 7.</param>
internal readonly record struct PatchShape(int Frames, int Side)
{
    /// <summary>Widest patch: its rows fit one 32-byte load.</summary>
    public const int SideMax = 7;

    /// <summary>Pixels of a patch.</summary>
    public int Voxels => Frames * Side * Side;

    /// <summary>The largest patch up to this one that fits a clip.</summary>
    public PatchShape Within(int width, int height, int frames) =>
        new(Odd(Math.Min(Frames, frames)), Odd(Math.Min(Side, Math.Min(width, height))));

    private static int Odd(int count) => count - 1 + count % 2;
}

/// <summary>Sum of squared byte differences of two patches that lie in clips with rows and frames of the given lengths.</summary>
internal readonly unsafe struct SpaceTimeDistance
{
    private readonly PatchShape _patch;
    private readonly nint _queryRow;
    private readonly nint _queryFrame;
    private readonly nint _keyRow;
    private readonly nint _keyFrame;
    private readonly SpaceTimeKernelKind _kind;
    private readonly Vector256<byte> _mask;

    public SpaceTimeDistance(PatchShape patch, SpaceTimeVolume query, SpaceTimeVolume keys, SpaceTimeKernelKind kind)
    {
        const int Channels = SpaceTimeVolume.Channels;
        _patch = patch;
        _queryRow = query.Width * Channels;
        _queryFrame = _queryRow * query.Height;
        _keyRow = keys.Width * Channels;
        _keyFrame = _keyRow * keys.Height;
        _kind = kind == SpaceTimeKernelKind.Auto ? Avx2.IsSupported ? SpaceTimeKernelKind.Vector256 : SpaceTimeKernelKind.Vector128 : kind;
        if (_kind == SpaceTimeKernelKind.Vector256 && !Avx2.IsSupported) _kind = SpaceTimeKernelKind.Vector128;
        Span<byte> mask = stackalloc byte[32];
        mask[..(patch.Side * Channels)].Fill(0xFF);
        _mask = Vector256.Create<byte>(mask);
    }

    /// <summary>The distance where it is below the limit, else some value of at least the limit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Of(byte* query, byte* key, int limit) => _kind switch
    {
        SpaceTimeKernelKind.Vector256 => Wide(query, key, limit),
        SpaceTimeKernelKind.Vector128 => Narrow(query, key, limit),
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
        int sum = 0, rowBytes = _patch.Side * SpaceTimeVolume.Channels;
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
