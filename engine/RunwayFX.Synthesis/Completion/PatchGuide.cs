using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Completion;

/// <summary>The picture on which patches are compared: four 8-bit channels per pixel (red, green, blue as displayed, and how textured the place
/// is).</summary>
/// <remarks>Shape (H, W, 4). Patches are 7×7; sums are integers, so the same bits come out with and without vector instructions.</remarks>
internal sealed class PatchGuide
{
    public const int Channels = 4;
    public const int Radius = 3;
    public const int Side = 2 * Radius + 1;

    /// <summary>Values a patch distance sums over.</summary>
    public const int PatchValues = Side * Side * Channels;

    /// <summary>One row of a patch is 28 bytes and is read as 32: the last bytes are masked away, and the buffer is that much longer.</summary>
    private const int ReadAhead = 32;

    private static readonly Vector256<byte> RowMask = Vector256.Create(0xFFFF_FFFFu, ~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0u).AsByte();

    public PatchGuide(int width, int height)
    {
        (Width, Height) = (width, height);
        Values = new byte[checked(width * height * Channels + ReadAhead)];
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Interleaved values, with a few unused bytes at the end.</summary>
    public byte[] Values { get; }

    /// <summary>Sum of squared differences between the patches around two centres, both at least <see cref="Radius"/> from every edge. Stops early
    /// once
    /// <paramref name="limit"/> is reached; the result is then some number at or above it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(int a, int b, int limit)
    {
        int stride = Width * Channels;
        ref byte first = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Values), a * Channels - Radius * stride - Radius * Channels);
        ref byte second = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Values), b * Channels - Radius * stride - Radius * Channels);
        return Avx2.IsSupported ? DistanceAvx2(ref first, ref second, stride, limit) : DistancePortable(ref first, ref second, stride, limit);
    }

    /// <summary>Sum of absolute differences between two pixels.</summary>
    public int Step(int a, int b)
    {
        int sum = 0;
        for (int c = 0; c < Channels; c++) sum += Math.Abs(Values[Channels * a + c] - Values[Channels * b + c]);
        return sum;
    }

    internal static int DistancePortable(ref byte first, ref byte second, int stride, int limit)
    {
        int sum = 0;
        for (int row = 0; row < Side && sum < limit; row++)
        {
            for (int i = 0; i < Side * Channels; i++)
            {
                int difference = Unsafe.Add(ref first, i) - Unsafe.Add(ref second, i);
                sum += difference * difference;
            }

            first = ref Unsafe.Add(ref first, stride);
            second = ref Unsafe.Add(ref second, stride);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DistanceAvx2(ref byte first, ref byte second, int stride, int limit)
    {
        Vector256<int> sum = Rows(ref first, ref second, stride, 4);
        int early = Vector256.Sum(sum);
        if (early >= limit) return early;
        first = ref Unsafe.Add(ref first, 4 * stride);
        second = ref Unsafe.Add(ref second, 4 * stride);
        return early + Vector256.Sum(Rows(ref first, ref second, stride, 3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Rows(ref byte first, ref byte second, int stride, int count)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        for (int row = 0; row < count; row++)
        {
            Vector256<byte> a = Vector256.LoadUnsafe(ref first, (nuint)(row * stride)), b = Vector256.LoadUnsafe(ref second, (nuint)(row * stride));
            Vector256<byte> difference = Vector256.Max(a, b) - Vector256.Min(a, b) & RowMask;
            Vector256<short> low = Avx2.UnpackLow(difference, Vector256<byte>.Zero).AsInt16(),
                high = Avx2.UnpackHigh(difference, Vector256<byte>.Zero).AsInt16();
            sum += Avx2.MultiplyAddAdjacent(low, low) + Avx2.MultiplyAddAdjacent(high, high);
        }

        return sum;
    }
}
