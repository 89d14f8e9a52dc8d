using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Which implementation of the patch distance runs. All give the same bits.</summary>
public enum PatchKernelKind
{
    /// <summary>The quickest the machine has.</summary>
    Auto = 0,

    /// <summary>Plain C#.</summary>
    Scalar = 1,

    /// <summary>128-bit vectors on any instruction set.</summary>
    Vector128 = 2,

    /// <summary>256-bit vectors (AVX2).</summary>
    Vector256 = 3,

    /// <summary>512-bit vectors (AVX-512BW).</summary>
    Vector512 = 4,
}

/// <summary>The weighted sum of squared differences of two patches. Pointers are to the top-left pixel of the first frame of each.</summary>
internal unsafe interface IPatchKernel
{
    /// <summary>The distance, or some value of at least <paramref name="limit"/> as soon as it is known to reach it.</summary>
    int Distance(byte* target, byte* source, int limit);
}

/// <summary>How a patch lies in the two pictures that are compared.</summary>
/// <param name="RowBytes">Bytes of a patch row.</param>
/// <param name="Rows">Rows of a patch in one frame.</param>
/// <param name="Frames">Frames of a patch.</param>
/// <param name="TargetRow">Bytes from row to row in the target.</param>
/// <param name="SourceRow">Bytes from row to row in the source.</param>
/// <param name="TargetFrame">Bytes from the end of a patch's rows in one target frame to their start in the next.</param>
/// <param name="SourceFrame">The same in the source.</param>
internal readonly record struct PatchLayout(int RowBytes, int Rows, int Frames, int TargetRow, int SourceRow, int TargetFrame, int SourceFrame)
{
    public static PatchLayout Create(ChannelPicture source, ChannelPicture target, PatchWeights weights) => new(
        weights.PatchWidth * source.Channels, weights.PatchWidth, weights.PatchFrames, target.RowBytes, source.RowBytes,
        target.FrameBytes - weights.PatchWidth * target.RowBytes, source.FrameBytes - weights.PatchWidth * source.RowBytes);
}

/// <summary>Channel weights laid out the way the kernels read them: one value per byte of a patch row, zeros behind its end.</summary>
/// <remarks>The buffers do not move in memory and live as long as this object.</remarks>
internal sealed unsafe class PatchKernelWeights
{
    /// <summary>Bytes that the widest kernel reads at once.</summary>
    public const int StepBytes = 64;

    private readonly int[] _perByte;
    private readonly short[] _unpacked;

    public PatchKernelWeights(PatchWeights weights)
    {
        int rowBytes = weights.PatchWidth * weights.Channels.Length;
        int bytes = (rowBytes + StepBytes - 1) / StepBytes * StepBytes;
        _perByte = GC.AllocateArray<int>(bytes, pinned: true);
        _unpacked = GC.AllocateArray<short>(bytes, pinned: true);
        for (int index = 0; index < rowBytes; index++)
        {
            _perByte[index] = weights.Channels[index % weights.Channels.Length];
            int place = index % 32;
            int target = place switch { < 8 => place, < 16 => place + 8, < 24 => place - 8, _ => place };
            _unpacked[index - place + target] = (short)_perByte[index];
        }
    }

    /// <summary>Weight of each byte.</summary>
    public int* PerByte => (int*)Unsafe.AsPointer(ref _perByte[0]);

    /// <summary>16-bit weights in the order in which 32 bytes are unpacked: 0–7 and 16–23, then 8–15 and 24–31.</summary>
    public short* Unpacked => (short*)Unsafe.AsPointer(ref _unpacked[0]);

    /// <summary>The quickest kernel of this machine, or the given one where it exists here.</summary>
    /// <exception cref="PlatformNotSupportedException">The machine lacks what the kernel needs.</exception>
    public static PatchKernelKind Choose(PatchKernelKind wanted)
    {
        if (wanted == PatchKernelKind.Auto)
        {
            if (Avx2.IsSupported) return PatchKernelKind.Vector256;
            return Vector128.IsHardwareAccelerated ? PatchKernelKind.Vector128 : PatchKernelKind.Scalar;
        }

        if ((wanted == PatchKernelKind.Vector256 && !Avx2.IsSupported) || (wanted == PatchKernelKind.Vector512 && !Avx512BW.IsSupported))
        {
            throw new PlatformNotSupportedException($"this processor has no instructions for {wanted}");
        }

        return wanted;
    }
}

/// <summary>Reference kernel.</summary>
internal readonly unsafe struct ScalarKernel(PatchKernelWeights weights, PatchLayout layout) : IPatchKernel
{
    private readonly int* _weights = weights.PerByte;
    private readonly PatchLayout _layout = layout;

    public int Distance(byte* target, byte* source, int limit)
    {
        int sum = 0;
        for (int frame = 0; frame < _layout.Frames; frame++)
        {
            for (int row = 0; row < _layout.Rows; row++, target += _layout.TargetRow, source += _layout.SourceRow)
            {
                for (int index = 0; index < _layout.RowBytes; index++)
                {
                    int difference = target[index] - source[index];
                    sum += _weights[index] * difference * difference;
                }

                if (sum >= limit) return sum;
            }

            target += _layout.TargetFrame;
            source += _layout.SourceFrame;
        }

        return sum;
    }
}

/// <summary>Kernel for machines with 128-bit vectors, without any instruction of one maker.</summary>
internal readonly unsafe struct Vector128Kernel(PatchKernelWeights weights, PatchLayout layout) : IPatchKernel
{
    private readonly uint* _weights = (uint*)weights.PerByte;
    private readonly PatchLayout _layout = layout;

    public int Distance(byte* target, byte* source, int limit)
    {
        Vector128<uint> sum = Vector128<uint>.Zero;
        for (int frame = 0; frame < _layout.Frames; frame++)
        {
            for (int row = 0; row < _layout.Rows; row++, target += _layout.TargetRow, source += _layout.SourceRow)
            {
                for (int index = 0; index < _layout.RowBytes; index += Vector128<byte>.Count)
                {
                    Vector128<byte> a = Vector128.Load(target + index), b = Vector128.Load(source + index);
                    (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Max(a, b) - Vector128.Min(a, b));
                    (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(low * low);
                    (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(high * high);
                    uint* weight = _weights + index;
                    sum += first * Vector128.Load(weight) + second * Vector128.Load(weight + 4) + third * Vector128.Load(weight + 8) + fourth * Vector128.Load(weight + 12);
                }

                if ((row & 1) != 0 && (int)Vector128.Sum(sum) >= limit) return (int)Vector128.Sum(sum);
            }

            target += _layout.TargetFrame;
            source += _layout.SourceFrame;
        }

        return (int)Vector128.Sum(sum);
    }
}

/// <summary>Kernel for AVX2: 32 bytes a step, 16-bit differences times weight, multiply-add of pairs.</summary>
internal readonly unsafe struct Vector256Kernel(PatchKernelWeights weights, PatchLayout layout) : IPatchKernel
{
    private const int Step = 32;

    private readonly short* _weights = weights.Unpacked;
    private readonly PatchLayout _layout = layout;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(byte* target, byte* source, int limit) =>
        _layout.RowBytes <= Step && _layout.Frames == 1 ? Narrow(target, source, limit) : Wide(target, source, limit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Narrow(byte* target, byte* source, int limit)
    {
        Vector256<short> low = Vector256.Load(_weights), high = Vector256.Load(_weights + 16);
        Vector256<int> sum = Add(target, source, low, high);
        target += _layout.TargetRow;
        source += _layout.SourceRow;
        sum += Add(target, source, low, high);
        for (int row = 2; row < _layout.Rows; row++)
        {
            target += _layout.TargetRow;
            source += _layout.SourceRow;
            sum += Add(target, source, low, high);
        }

        return Vector256.Sum(sum);
    }

    private int Wide(byte* target, byte* source, int limit)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        for (int frame = 0; frame < _layout.Frames; frame++)
        {
            for (int row = 0; row < _layout.Rows; row++, target += _layout.TargetRow, source += _layout.SourceRow)
            {
                for (int index = 0; index < _layout.RowBytes; index += Step)
                {
                    short* weight = _weights + index;
                    sum += Add(target + index, source + index, Vector256.Load(weight), Vector256.Load(weight + 16));
                }

                if ((row & 1) != 0 && Vector256.Sum(sum) >= limit) return Vector256.Sum(sum);
            }

            target += _layout.TargetFrame;
            source += _layout.SourceFrame;
        }

        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Add(byte* target, byte* source, Vector256<short> weightLow, Vector256<short> weightHigh)
    {
        Vector256<byte> a = Vector256.Load(target), b = Vector256.Load(source);
        Vector256<byte> difference = Avx2.Subtract(Avx2.Max(a, b), Avx2.Min(a, b));
        Vector256<short> low = Avx2.UnpackLow(difference, Vector256<byte>.Zero).AsInt16();
        Vector256<short> high = Avx2.UnpackHigh(difference, Vector256<byte>.Zero).AsInt16();
        return Avx2.MultiplyAddAdjacent(low, Avx2.MultiplyLow(low, weightLow)) + Avx2.MultiplyAddAdjacent(high, Avx2.MultiplyLow(high, weightHigh));
    }
}

/// <summary>Kernel for AVX-512BW: two narrow rows or 64 bytes of a wide one a step.</summary>
internal readonly unsafe struct Vector512Kernel(PatchKernelWeights weights, PatchLayout layout) : IPatchKernel
{
    private const int Step = 64;
    private const int HalfStep = 32;

    private readonly short* _weights = weights.Unpacked;
    private readonly PatchLayout _layout = layout;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(byte* target, byte* source, int limit) =>
        _layout.RowBytes <= HalfStep && _layout.Frames == 1 ? Narrow(target, source) : Wide(target, source, limit);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Narrow(byte* target, byte* source)
    {
        Vector256<short> halfLow = Vector256.Load(_weights), halfHigh = Vector256.Load(_weights + 16);
        Vector512<short> low = Vector512.Create(halfLow, halfLow), high = Vector512.Create(halfHigh, halfHigh);
        Vector512<int> sum = Vector512<int>.Zero;
        int row = 0;
        for (; row + 1 < _layout.Rows; row += 2, target += 2 * _layout.TargetRow, source += 2 * _layout.SourceRow)
        {
            sum += Add(Vector512.Create(Vector256.Load(target), Vector256.Load(target + _layout.TargetRow)),
                Vector512.Create(Vector256.Load(source), Vector256.Load(source + _layout.SourceRow)), low, high);
        }

        if (row < _layout.Rows)
        {
            sum += Add(Vector512.Create(Vector256.Load(target), Vector256<byte>.Zero), Vector512.Create(Vector256.Load(source), Vector256<byte>.Zero), low, high);
        }

        return Vector512.Sum(sum);
    }

    private int Wide(byte* target, byte* source, int limit)
    {
        Vector512<int> sum = Vector512<int>.Zero;
        for (int frame = 0; frame < _layout.Frames; frame++)
        {
            for (int row = 0; row < _layout.Rows; row++, target += _layout.TargetRow, source += _layout.SourceRow)
            {
                for (int index = 0; index < _layout.RowBytes; index += Step)
                {
                    // Two blocks of 32 bytes in the order of the 256-bit kernel.
                    short* weight = _weights + index;
                    sum += Add(Vector512.Load(target + index), Vector512.Load(source + index),
                        Vector512.Create(Vector256.Load(weight), Vector256.Load(weight + 32)),
                        Vector512.Create(Vector256.Load(weight + 16), Vector256.Load(weight + 48)));
                }

                if ((row & 1) != 0 && Vector512.Sum(sum) >= limit) return Vector512.Sum(sum);
            }

            target += _layout.TargetFrame;
            source += _layout.SourceFrame;
        }

        return Vector512.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Add(Vector512<byte> a, Vector512<byte> b, Vector512<short> weightLow, Vector512<short> weightHigh)
    {
        Vector512<byte> difference = Avx512BW.Subtract(Avx512BW.Max(a, b), Avx512BW.Min(a, b));
        Vector512<short> low = Avx512BW.UnpackLow(difference, Vector512<byte>.Zero).AsInt16();
        Vector512<short> high = Avx512BW.UnpackHigh(difference, Vector512<byte>.Zero).AsInt16();
        return Avx512BW.MultiplyAddAdjacent(low, Avx512BW.MultiplyLow(low, weightLow))
            + Avx512BW.MultiplyAddAdjacent(high, Avx512BW.MultiplyLow(high, weightHigh));
    }
}
