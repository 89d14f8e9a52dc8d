using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace RunwayFX.Inference.Sessions;

/// <summary>Moves numbers between C# and tensors of any element type. Allocates nothing; 16-bit types round to nearest even.</summary>
public static class ElementConversion
{
    /// <summary>Whether elements of a type are numbers that can be written and read here.</summary>
    public static bool Holds(ElementType type) =>
        type is ElementType.Float32 or ElementType.Float16 or ElementType.BFloat16 or ElementType.Float64 or ElementType.Int32 or ElementType.Int64;

    /// <summary>Writes floats as elements of a type.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void FromFloat(ReadOnlySpan<float> from, Span<byte> to, ElementType type)
    {
        if (to.Length != (long)from.Length * type.Bytes()) throw new ArgumentException($"{from.Length} elements of {type} do not fill {to.Length} bytes.", nameof(to));
        switch (type)
        {
            case ElementType.Float32: from.CopyTo(MemoryMarshal.Cast<byte, float>(to)); break;
            case ElementType.Float16: TensorPrimitives.ConvertToHalf(from, MemoryMarshal.Cast<byte, Half>(to)); break;
            case ElementType.BFloat16: ToBFloat16(from, MemoryMarshal.Cast<byte, ushort>(to)); break;
            case ElementType.Float64: TensorPrimitives.ConvertChecked(from, MemoryMarshal.Cast<byte, double>(to)); break;
            case ElementType.Int32: TensorPrimitives.ConvertSaturating(from, MemoryMarshal.Cast<byte, int>(to)); break;
            case ElementType.Int64: TensorPrimitives.ConvertSaturating(from, MemoryMarshal.Cast<byte, long>(to)); break;
            default: throw new InferenceException(InferenceError.ModelMismatch, $"numbers are not written as {type}");
        }
    }

    /// <summary>Reads elements of a type as floats.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ToFloat(ReadOnlySpan<byte> from, Span<float> to, ElementType type)
    {
        if (from.Length != (long)to.Length * type.Bytes()) throw new ArgumentException($"{from.Length} bytes are not {to.Length} elements of {type}.", nameof(from));
        switch (type)
        {
            case ElementType.Float32: MemoryMarshal.Cast<byte, float>(from).CopyTo(to); break;
            case ElementType.Float16: TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<byte, Half>(from), to); break;
            case ElementType.BFloat16: FromBFloat16(MemoryMarshal.Cast<byte, ushort>(from), to); break;
            case ElementType.Float64: TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, double>(from), to); break;
            case ElementType.Int32: TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, int>(from), to); break;
            case ElementType.Int64: TensorPrimitives.ConvertSaturating(MemoryMarshal.Cast<byte, long>(from), to); break;
            default: throw new InferenceException(InferenceError.ModelMismatch, $"numbers are not read from {type}");
        }
    }

    private static void ToBFloat16(ReadOnlySpan<float> from, Span<ushort> to)
    {
        for (int index = 0; index < from.Length; index++)
        {
            uint bits = BitConverter.SingleToUInt32Bits(from[index]);
            // A NaN stays one; everything else rounds to nearest, ties to even.
            to[index] = float.IsNaN(from[index]) ? (ushort)((bits >> 16) | 0x40) : (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
        }
    }

    private static void FromBFloat16(ReadOnlySpan<ushort> from, Span<float> to)
    {
        for (int index = 0; index < from.Length; index++) to[index] = BitConverter.UInt32BitsToSingle((uint)from[index] << 16);
    }
}
