using System.Buffers.Binary;

namespace RunwayFX.Inference.Weights;

/// <summary>Walks the fields of a protobuf message. Every length is checked against what is there.</summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> data, int origin = 0)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    /// <summary>Number of the field read last.</summary>
    public int Field { get; private set; }

    /// <summary>Its value, of fields that are numbers.</summary>
    public ulong Number { get; private set; }

    /// <summary>Its bytes, of fields that have a length.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Where <see cref="Bytes"/> start, counted as the reader's own data starts at its origin.</summary>
    public int Position { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <exception cref="FormatException">The message is damaged.</exception>
    public bool Next()
    {
        if (_at >= _data.Length) return false;
        ulong tag = Varint();
        Field = (int)Math.Min(tag >> 3, int.MaxValue);
        Bytes = default;
        switch (tag & 7)
        {
            case 0: Number = Varint(); break;
            case 1: Number = BinaryPrimitives.ReadUInt64LittleEndian(Take(8)); break;
            case 2: Bytes = Take(Varint()); break;
            case 5: Number = BinaryPrimitives.ReadUInt32LittleEndian(Take(4)); break;
            default: throw new FormatException($"a field of wire type {tag & 7} at byte {origin + _at}");
        }

        return true;
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_data.Length - _at)) throw new FormatException($"{count} bytes at byte {origin + _at} go beyond the end");
        Position = origin + _at;
        ReadOnlySpan<byte> taken = _data.Slice(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            if (_at >= _data.Length) throw new FormatException("the end comes within a number");
            byte next = _data[_at++];
            value |= (ulong)(next & 127) << shift;
            if (next < 128) return value;
        }

        throw new FormatException($"a number of more than ten bytes at byte {origin + _at}");
    }
}
