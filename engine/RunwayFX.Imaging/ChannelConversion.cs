using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Imaging;

/// <summary>Converts runs of channel values between the four depths and float, with the rounding that <see cref="PixelConversion"/> states.</summary>
/// <remarks>The vector and the scalar path give the same bits. Halves are converted by integer operations, because the processor's own
/// instruction turns signalling NaNs into quiet ones.</remarks>
public static class ChannelConversion
{
    private const uint HalfToFloatBias = (127 - 15) << 23;
    private const uint HalfExponentShifted = 0x7C00u << 13;

    /// <summary>Reads as many channels as <paramref name="destination"/> holds.</summary>
    /// <param name="source">Packed channels; no alignment is needed.</param>
    /// <param name="depth">How <paramref name="source"/> stores a channel.</param>
    /// <param name="destination">Overwritten.</param>
    public static void ToFloat(ReadOnlySpan<byte> source, PixelDepth depth, Span<float> destination)
    {
        switch (depth)
        {
            case PixelDepth.Byte:
                ByteToFloat(source[..destination.Length], destination);
                break;
            case PixelDepth.Short:
                ShortToFloat(MemoryMarshal.Cast<byte, ushort>(source)[..destination.Length], destination);
                break;
            case PixelDepth.Half:
                HalfToFloat(MemoryMarshal.Cast<byte, ushort>(source)[..destination.Length], destination);
                break;
            case PixelDepth.Float:
                source[..(destination.Length * sizeof(float))].CopyTo(MemoryMarshal.AsBytes(destination));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(depth), depth, $"pixel depth {(int)depth} is unknown");
        }
    }

    /// <summary>Writes all channels of <paramref name="source"/>.</summary>
    /// <param name="source">Channel values of any kind.</param>
    /// <param name="depth">How <paramref name="destination"/> stores a channel.</param>
    /// <param name="destination">Its first channels are overwritten; no alignment is needed.</param>
    public static void FromFloat(ReadOnlySpan<float> source, PixelDepth depth, Span<byte> destination)
    {
        switch (depth)
        {
            case PixelDepth.Byte:
                FloatToByte(source, destination[..source.Length]);
                break;
            case PixelDepth.Short:
                FloatToShort(source, MemoryMarshal.Cast<byte, ushort>(destination)[..source.Length]);
                break;
            case PixelDepth.Half:
                FloatToHalf(source, MemoryMarshal.Cast<byte, ushort>(destination)[..source.Length]);
                break;
            case PixelDepth.Float:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(depth), depth, $"pixel depth {(int)depth} is unknown");
        }
    }

    /// <summary>The float with the value of a half; NaN keeps its payload and its signalling bit.</summary>
    public static uint HalfBitsToFloatBits(ushort half)
    {
        uint bits = (uint)(half & 0x7FFF) << 13;
        uint exponent = bits & HalfExponentShifted;
        bits += HalfToFloatBias;
        if (exponent == HalfExponentShifted)
        {
            bits += HalfToFloatBias;
        }
        else if (exponent == 0)
        {
            // A subnormal half is a normal float: let the subtraction normalise it.
            bits += 1u << 23;
            bits = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(bits) - BitConverter.UInt32BitsToSingle(113u << 23));
        }

        return bits | (uint)(half & 0x8000) << 16;
    }

    /// <summary>The half nearest to a float, ties to even; NaN keeps the upper ten bits of its payload and stays NaN.</summary>
    public static ushort FloatBitsToHalfBits(uint bits)
    {
        uint sign = bits >> 16 & 0x8000;
        bits &= 0x7FFF_FFFF;
        if (bits > 0x7F80_0000)
        {
            uint payload = bits >> 13 & 0x3FF;
            return (ushort)(sign | 0x7C00 | (payload == 0 ? 0x200u : payload));
        }

        if (bits >= 0x4780_0000) return (ushort)(sign | 0x7C00);
        if (bits < 113u << 23)
        {
            // Adding 0.5 leaves a float whose last place is the last place of a subnormal half, rounded to even by the addition.
            float aligned = BitConverter.UInt32BitsToSingle(bits) + 0.5f;
            return (ushort)(sign | (BitConverter.SingleToUInt32Bits(aligned) - BitConverter.SingleToUInt32Bits(0.5f)));
        }

        // The carry out of the mantissa may turn the largest values into infinity, as rounding asks for.
        uint odd = bits >> 13 & 1;
        return (ushort)(sign | (bits - HalfToFloatBias + 0xFFF + odd) >> 13);
    }

    private static void ByteToFloat(ReadOnlySpan<byte> source, Span<float> destination)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> scale = Vector256.Create(255f);
            for (; i <= source.Length - 16; i += 16)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(in source[i]);
                Vector256<ushort> shorts = Vector256.WidenLower(bytes.ToVector256());
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(shorts);
                (Vector256.ConvertToSingle(low.AsInt32()) / scale).StoreUnsafe(ref destination[i]);
                (Vector256.ConvertToSingle(high.AsInt32()) / scale).StoreUnsafe(ref destination[i + 8]);
            }
        }

        for (; i < source.Length; i++) destination[i] = source[i] / 255f;
    }

    private static void ShortToFloat(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<float> scale = Vector256.Create(65535f);
            for (; i <= source.Length - 16; i += 16)
            {
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.LoadUnsafe(in source[i]));
                (Vector256.ConvertToSingle(low.AsInt32()) / scale).StoreUnsafe(ref destination[i]);
                (Vector256.ConvertToSingle(high.AsInt32()) / scale).StoreUnsafe(ref destination[i + 8]);
            }
        }

        for (; i < source.Length; i++) destination[i] = source[i] / 65535f;
    }

    private static void HalfToFloat(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(destination);
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= source.Length - 16; i += 16)
            {
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.LoadUnsafe(in source[i]));
                HalfToFloat(low).StoreUnsafe(ref bits[i]);
                HalfToFloat(high).StoreUnsafe(ref bits[i + 8]);
            }
        }

        for (; i < source.Length; i++) bits[i] = HalfBitsToFloatBits(source[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> HalfToFloat(Vector256<uint> half)
    {
        Vector256<uint> bias = Vector256.Create(HalfToFloatBias);
        Vector256<uint> bits = Vector256.ShiftLeft(half & Vector256.Create(0x7FFFu), 13);
        Vector256<uint> exponent = bits & Vector256.Create(HalfExponentShifted);
        Vector256<uint> special = Vector256.Equals(exponent, Vector256.Create(HalfExponentShifted));
        Vector256<uint> subnormal = Vector256.Equals(exponent, Vector256<uint>.Zero);
        bits += bias;
        Vector256<uint> normalised = ((bits + Vector256.Create(1u << 23)).AsSingle() - Vector256.Create(113u << 23).AsSingle()).AsUInt32();
        bits = Vector256.ConditionalSelect(subnormal, normalised, bits + (bias & special));
        return bits | Vector256.ShiftLeft(half & Vector256.Create(0x8000u), 16);
    }

    private static void FloatToByte(ReadOnlySpan<float> source, Span<byte> destination)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= source.Length - 16; i += 16)
            {
                Vector256<int> low = Quantize(Vector256.LoadUnsafe(in source[i]), 255f);
                Vector256<int> high = Quantize(Vector256.LoadUnsafe(in source[i + 8]), 255f);
                Vector256<ushort> shorts = Vector256.Narrow(low.AsUInt32(), high.AsUInt32());
                Vector128.Narrow(shorts.GetLower(), shorts.GetUpper()).StoreUnsafe(ref destination[i]);
            }
        }

        for (; i < source.Length; i++) destination[i] = (byte)Quantize(source[i], 255f);
    }

    private static void FloatToShort(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= source.Length - 16; i += 16)
            {
                Vector256<int> low = Quantize(Vector256.LoadUnsafe(in source[i]), 65535f);
                Vector256<int> high = Quantize(Vector256.LoadUnsafe(in source[i + 8]), 65535f);
                Vector256.Narrow(low.AsUInt32(), high.AsUInt32()).StoreUnsafe(ref destination[i]);
            }
        }

        for (; i < source.Length; i++) destination[i] = (ushort)Quantize(source[i], 65535f);
    }

    private static void FloatToHalf(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(source);
        for (int i = 0; i < bits.Length; i++) destination[i] = FloatBitsToHalfBits(bits[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quantize(Vector256<float> value, float scale)
    {
        // The comparison is false for NaN, which therefore becomes 0.
        Vector256<float> positive = Vector256.ConditionalSelect(Vector256.GreaterThan(value, Vector256<float>.Zero), value, Vector256<float>.Zero);
        Vector256<float> clamped = Vector256.ConditionalSelect(Vector256.LessThan(positive, Vector256<float>.One), positive, Vector256<float>.One);
        return Vector256.ConvertToInt32(clamped * Vector256.Create(scale) + Vector256.Create(0.5f));
    }

    private static int Quantize(float value, float scale)
    {
        float positive = value > 0 ? value : 0;
        return (int)((positive < 1 ? positive : 1) * scale + 0.5f);
    }
}
