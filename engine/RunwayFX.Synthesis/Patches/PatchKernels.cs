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
}

/// <summary>The weighted sum of squared differences of two patches. Pointers are to the top-left pixel of each.</summary>
internal unsafe interface IPatchKernel
{
    /// <summary>The distance, or some value of at least <paramref name="limit"/> as soon as it is known to reach it.</summary>
    int Distance(byte* target, byte* source, int limit);
}

/// <summary>Lays weights out the way the kernels read them: one value per byte of a patch row, zeros behind its end.</summary>
internal static class PatchKernelWeights
{
    /// <summary>Bytes per step of the widest kernel.</summary>
    public const int StepBytes = 32;

    public static int Steps(int rowBytes) => (rowBytes + StepBytes - 1) / StepBytes;

    public static int[] PerByte(PatchWeights weights)
    {
        int rowBytes = weights.PatchWidth * weights.Channels.Length;
        int[] perByte = new int[Steps(rowBytes) * StepBytes];
        for (int index = 0; index < rowBytes; index++) perByte[index] = weights.Channels[index % weights.Channels.Length];
        return perByte;
    }

    /// <summary>16-bit weights in the order in which AVX2 unpacks 32 bytes: 0–7 and 16–23, then 8–15 and 24–31.</summary>
    public static short[] Unpacked(PatchWeights weights)
    {
        int[] perByte = PerByte(weights);
        short[] unpacked = new short[perByte.Length];
        for (int index = 0; index < perByte.Length; index++)
        {
            int place = index % StepBytes;
            int target = place switch { < 8 => place, < 16 => place + 8, < 24 => place - 8, _ => place };
            unpacked[index - place + target] = (short)perByte[index];
        }

        return unpacked;
    }
}

/// <summary>Reference kernel.</summary>
internal readonly unsafe struct ScalarKernel(int* weights, int rowBytes, int rows, int targetStride, int sourceStride) : IPatchKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(byte* target, byte* source, int limit)
    {
        int sum = 0;
        for (int row = 0; row < rows; row++, target += targetStride, source += sourceStride)
        {
            for (int index = 0; index < rowBytes; index++)
            {
                int difference = target[index] - source[index];
                sum += weights[index] * difference * difference;
            }

            if (sum >= limit) return sum;
        }

        return sum;
    }
}

/// <summary>Kernel for machines with 128-bit vectors, without any instruction of one maker.</summary>
internal readonly unsafe struct Vector128Kernel(int* weights, int steps, int rows, int targetStride, int sourceStride) : IPatchKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(byte* target, byte* source, int limit)
    {
        Vector128<uint> sum = Vector128<uint>.Zero;
        for (int row = 0; row < rows; row++, target += targetStride, source += sourceStride)
        {
            for (int index = 0; index < steps * PatchKernelWeights.StepBytes; index += Vector128<byte>.Count)
            {
                Vector128<byte> a = Vector128.Load(target + index), b = Vector128.Load(source + index);
                (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Max(a, b) - Vector128.Min(a, b));
                (Vector128<uint> first, Vector128<uint> second) = Vector128.Widen(low * low);
                (Vector128<uint> third, Vector128<uint> fourth) = Vector128.Widen(high * high);
                uint* weight = (uint*)weights + index;
                sum += first * Vector128.Load(weight) + second * Vector128.Load(weight + 4) + third * Vector128.Load(weight + 8) + fourth * Vector128.Load(weight + 12);
            }

            if ((int)Vector128.Sum(sum) >= limit) break;
        }

        return (int)Vector128.Sum(sum);
    }
}

/// <summary>Kernel for AVX2: 32 bytes a step, 16-bit differences times weight, multiply-add of pairs.</summary>
internal readonly unsafe struct Vector256Kernel(short* weights, int steps, int rows, int targetStride, int sourceStride) : IPatchKernel
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Distance(byte* target, byte* source, int limit)
    {
        Vector256<int> sum = Vector256<int>.Zero;
        if (steps == 1)
        {
            Vector256<short> weightLow = Vector256.Load(weights), weightHigh = Vector256.Load(weights + 16);
            for (int row = 0; row < rows; row++, target += targetStride, source += sourceStride)
            {
                sum += Step(target, source, weightLow, weightHigh);
            }

            return Vector256.Sum(sum);
        }

        for (int row = 0; row < rows; row++, target += targetStride, source += sourceStride)
        {
            for (int step = 0; step < steps; step++)
            {
                short* weight = weights + step * PatchKernelWeights.StepBytes;
                sum += Step(target + step * PatchKernelWeights.StepBytes, source + step * PatchKernelWeights.StepBytes, Vector256.Load(weight),
                    Vector256.Load(weight + 16));
            }

            if (row == 1 && Vector256.Sum(sum) >= limit) break;
        }

        return Vector256.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Step(byte* target, byte* source, Vector256<short> weightLow, Vector256<short> weightHigh)
    {
        Vector256<byte> a = Vector256.Load(target), b = Vector256.Load(source);
        Vector256<byte> difference = Avx2.Subtract(Avx2.Max(a, b), Avx2.Min(a, b));
        Vector256<short> low = Avx2.UnpackLow(difference, Vector256<byte>.Zero).AsInt16();
        Vector256<short> high = Avx2.UnpackHigh(difference, Vector256<byte>.Zero).AsInt16();
        return Avx2.MultiplyAddAdjacent(low, Avx2.MultiplyLow(low, weightLow)) + Avx2.MultiplyAddAdjacent(high, Avx2.MultiplyLow(high, weightHigh));
    }
}
