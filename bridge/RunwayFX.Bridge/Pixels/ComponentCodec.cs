using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RunwayFX.Bridge;

/// <summary>Runs of components between a host's depth and float, with the rounding that <see cref="HostLayout"/> states. Vector and scalar path give the
/// same bits.</summary>
internal static unsafe class ComponentCodec
{
    private const uint HalfToFloatBias = (127 - 15) << 23;
    private const uint HalfExponent = 0x7C00u << 13;
    private const int Lanes = 4;

    /// <summary>Reads components of a depth other than float.</summary>
    public static void Decode(byte* from, HostDepth depth, float* to, int count)
    {
        switch (depth)
        {
            case HostDepth.Byte:
                DecodeBytes(from, to, count);
                break;
            case HostDepth.Half:
                DecodeHalves((ushort*)from, to, count);
                break;
            case HostDepth.Float:
                Buffer.MemoryCopy(from, to, count * (long)sizeof(float), count * (long)sizeof(float));
                break;
            default:
                DecodeShorts((ushort*)from, to, count, depth == HostDepth.Short15 ? 32768f : 65535f);
                break;
        }
    }

    /// <summary>Writes components.</summary>
    public static void Encode(float* from, byte* to, HostDepth depth, int count)
    {
        switch (depth)
        {
            case HostDepth.Byte:
                EncodeBytes(from, to, count);
                break;
            case HostDepth.Half:
                EncodeHalves((uint*)from, (ushort*)to, count);
                break;
            case HostDepth.Float:
                Buffer.MemoryCopy(from, to, count * (long)sizeof(float), count * (long)sizeof(float));
                break;
            default:
                EncodeShorts(from, (ushort*)to, count, depth == HostDepth.Short15 ? 32768f : 65535f);
                break;
        }
    }

    private static void DecodeBytes(byte* from, float* to, int count)
    {
        int index = 0;
        Vector128<float> scale = Vector128.Create(255f);
        for (; index <= count - 4 * Lanes; index += 4 * Lanes)
        {
            (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(from + index));
            Store(low, to + index, scale);
            Store(high, to + index + 2 * Lanes, scale);
        }

        for (; index < count; index++) to[index] = from[index] / 255f;
    }

    private static void DecodeShorts(ushort* from, float* to, int count, float white)
    {
        int index = 0;
        Vector128<float> scale = Vector128.Create(white);
        for (; index <= count - 2 * Lanes; index += 2 * Lanes) Store(Vector128.Load(from + index), to + index, scale);
        for (; index < count; index++) to[index] = from[index] / white;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(Vector128<ushort> values, float* to, Vector128<float> scale)
    {
        (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(values);
        (Vector128.ConvertToSingle(low.AsInt32()) / scale).Store(to);
        (Vector128.ConvertToSingle(high.AsInt32()) / scale).Store(to + Lanes);
    }

    private static void DecodeHalves(ushort* from, float* to, int count)
    {
        int index = 0;
        for (; index <= count - 2 * Lanes; index += 2 * Lanes)
        {
            (Vector128<uint> low, Vector128<uint> high) = Vector128.Widen(Vector128.Load(from + index));
            FromHalf(low).Store((uint*)to + index);
            FromHalf(high).Store((uint*)to + index + Lanes);
        }

        for (; index < count; index++) ((uint*)to)[index] = FromHalf(Vector128.CreateScalar((uint)from[index])).ToScalar();
    }

    /// <summary>By integers, because the processor's own instruction makes signalling NaNs quiet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> FromHalf(Vector128<uint> half)
    {
        Vector128<uint> bias = Vector128.Create(HalfToFloatBias);
        Vector128<uint> bits = Vector128.ShiftLeft(half & Vector128.Create(0x7FFFu), 13);
        Vector128<uint> exponent = bits & Vector128.Create(HalfExponent);
        Vector128<uint> isSpecial = Vector128.Equals(exponent, Vector128.Create(HalfExponent));
        Vector128<uint> isSubnormal = Vector128.Equals(exponent, Vector128<uint>.Zero);
        bits += bias;
        Vector128<uint> normalised = ((bits + Vector128.Create(1u << 23)).AsSingle() - Vector128.Create(113u << 23).AsSingle()).AsUInt32();
        bits = Vector128.ConditionalSelect(isSubnormal, normalised, bits + (bias & isSpecial));
        return bits | Vector128.ShiftLeft(half & Vector128.Create(0x8000u), 16);
    }

    private static void EncodeBytes(float* from, byte* to, int count)
    {
        int index = 0;
        for (; index <= count - 4 * Lanes; index += 4 * Lanes)
        {
            float* four = from + index;
            Vector128<ushort> low = Vector128.Narrow(Quantize(four, 255f).AsUInt32(), Quantize(four + Lanes, 255f).AsUInt32());
            Vector128<ushort> high = Vector128.Narrow(Quantize(four + 2 * Lanes, 255f).AsUInt32(), Quantize(four + 3 * Lanes, 255f).AsUInt32());
            Vector128.Narrow(low, high).Store(to + index);
        }

        for (; index < count; index++) to[index] = (byte)Quantize(from[index], 255f);
    }

    private static void EncodeShorts(float* from, ushort* to, int count, float white)
    {
        int index = 0;
        for (; index <= count - 2 * Lanes; index += 2 * Lanes)
        {
            Vector128.Narrow(Quantize(from + index, white).AsUInt32(), Quantize(from + index + Lanes, white).AsUInt32()).Store(to + index);
        }

        for (; index < count; index++) to[index] = (ushort)Quantize(from[index], white);
    }

    /// <summary>The comparisons are false for NaN, which therefore becomes 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Quantize(float* from, float white)
    {
        Vector128<float> value = Vector128.Load(from);
        value = Vector128.ConditionalSelect(Vector128.GreaterThan(value, Vector128<float>.Zero), value, Vector128<float>.Zero);
        value = Vector128.ConditionalSelect(Vector128.LessThan(value, Vector128<float>.One), value, Vector128<float>.One);
        return Vector128.ConvertToInt32(value * Vector128.Create(white) + Vector128.Create(0.5f));
    }

    private static int Quantize(float value, float white)
    {
        float positive = value > 0 ? value : 0;
        return (int)((positive < 1 ? positive : 1) * white + 0.5f);
    }

    private static void EncodeHalves(uint* from, ushort* to, int count)
    {
        int index = 0;
        for (; index <= count - 2 * Lanes; index += 2 * Lanes)
        {
            Vector128.Narrow(ToHalf(Vector128.Load(from + index)), ToHalf(Vector128.Load(from + index + Lanes))).Store(to + index);
        }

        for (; index < count; index++) to[index] = (ushort)ToHalf(Vector128.CreateScalar(from[index])).ToScalar();
    }

    /// <summary>Nearest, ties to even; NaN keeps the upper ten bits of its payload and stays NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> ToHalf(Vector128<uint> bits)
    {
        Vector128<uint> sign = Vector128.ShiftRightLogical(bits, 16) & Vector128.Create(0x8000u);
        bits &= Vector128.Create(0x7FFF_FFFFu);
        Vector128<uint> odd = Vector128.ShiftRightLogical(bits, 13) & Vector128<uint>.One;
        Vector128<uint> half = Vector128.ShiftRightLogical(bits - Vector128.Create(HalfToFloatBias) + Vector128.Create(0xFFFu) + odd, 13);
        // Adding 0.5 leaves a float whose last place is that of a subnormal half.
        Vector128<float> aligned = bits.AsSingle() + Vector128.Create(0.5f);
        Vector128<uint> isSubnormal = Vector128.LessThan(bits, Vector128.Create(113u << 23));
        half = Vector128.ConditionalSelect(isSubnormal, aligned.AsUInt32() - Vector128.Create(0.5f).AsUInt32(), half);
        Vector128<uint> isTooLarge = Vector128.GreaterThanOrEqual(bits, Vector128.Create(0x4780_0000u));
        half = Vector128.ConditionalSelect(isTooLarge, Vector128.Create(0x7C00u), half);
        Vector128<uint> payload = Vector128.ShiftRightLogical(bits, 13) & Vector128.Create(0x3FFu);
        payload = Vector128.ConditionalSelect(Vector128.Equals(payload, Vector128<uint>.Zero), Vector128.Create(0x200u), payload);
        Vector128<uint> isNaN = Vector128.GreaterThan(bits, Vector128.Create(0x7F80_0000u));
        return sign | Vector128.ConditionalSelect(isNaN, payload | Vector128.Create(0x7C00u), half);
    }
}
