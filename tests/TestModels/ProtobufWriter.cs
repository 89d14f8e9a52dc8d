using System.Buffers.Binary;
using System.Text;

namespace RunwayFX.TestModels;

/// <summary>Writes the few kinds of protobuf fields that ONNX graphs need.</summary>
public sealed class ProtobufWriter
{
    private readonly MemoryStream _bytes = new();

    /// <summary>What was written.</summary>
    public byte[] ToArray() => _bytes.ToArray();

    /// <summary>A whole number.</summary>
    public ProtobufWriter Integer(int field, long value)
    {
        Varint((ulong)(field << 3));
        Varint((ulong)value);
        return this;
    }

    /// <summary>A 32-bit float.</summary>
    public ProtobufWriter Float(int field, float value)
    {
        Varint((ulong)((field << 3) | 5));
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Bytes.</summary>
    public ProtobufWriter Bytes(int field, ReadOnlySpan<byte> value)
    {
        Varint((ulong)((field << 3) | 2));
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Text.</summary>
    public ProtobufWriter Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A message inside this one.</summary>
    public ProtobufWriter Message(int field, ProtobufWriter value) => Bytes(field, value.ToArray());

    private void Varint(ulong value)
    {
        for (; value > 127; value >>= 7) _bytes.WriteByte((byte)(value | 128));
        _bytes.WriteByte((byte)value);
    }
}
