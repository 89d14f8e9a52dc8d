using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace RunwayFX.Faults.Wire;

/// <summary>What a piece of MessagePack is.</summary>
internal enum PackKind
{
    /// <summary>Nothing.</summary>
    Nil,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A whole number, in <see cref="PackNode.Whole"/>; written as unsigned where <see cref="PackNode.IsUnsigned"/>.</summary>
    Whole,

    /// <summary>A 64-bit floating point number.</summary>
    Real,

    /// <summary>Text, as bytes that need not be UTF-8.</summary>
    Text,

    /// <summary>A list.</summary>
    List,

    /// <summary>Bytes that are written as they are.</summary>
    Raw,
}

/// <summary>A body as a tree that can be changed and written again: knows the structure of MessagePack and nothing of the messages, so that what it
/// writes may be any lie.</summary>
internal sealed class PackNode
{
    private const int DepthMax = 32;

    public PackKind Kind { get; set; }

    public long Whole { get; set; }

    public bool IsUnsigned { get; set; }

    public double Real { get; set; }

    public byte[] Bytes { get; set; } = [];

    public List<PackNode> Items { get; private init; } = [];

    /// <summary>What the list's header claims beyond its items.</summary>
    public int ClaimedMore { get; set; }

    /// <summary>Reads a body; what is not understood becomes raw bytes.</summary>
    public static PackNode Parse(ReadOnlySpan<byte> body)
    {
        int position = 0;
        PackNode root = Parse(body, ref position, 0);
        if (position == body.Length) return root;
        return new PackNode { Kind = PackKind.Raw, Bytes = body.ToArray() };
    }

    /// <summary>A copy that shares nothing.</summary>
    public PackNode Clone() => new()
    {
        Kind = Kind, Whole = Whole, IsUnsigned = IsUnsigned, Real = Real, Bytes = Bytes, ClaimedMore = ClaimedMore,
        Items = [.. Items.Select(static item => item.Clone())],
    };

    /// <summary>Every node below and this one.</summary>
    public IEnumerable<PackNode> All()
    {
        yield return this;
        foreach (PackNode item in Items)
        {
            foreach (PackNode node in item.All()) yield return node;
        }
    }

    /// <summary>The bytes.</summary>
    public byte[] Write()
    {
        var writer = new ArrayBufferWriter<byte>();
        Write(writer);
        return writer.WrittenSpan.ToArray();
    }

    private static PackNode Parse(ReadOnlySpan<byte> body, ref int position, int depth)
    {
        byte code = position < body.Length ? body[position] : (byte)0xc1;
        int start = position;
        (int header, long value) = Header(body[Math.Min(position, body.Length)..], code);
        if (header == 0 || depth > DepthMax) return Rest(body, ref position, start);
        position += header;
        switch (code)
        {
            case 0xc0:
                return new PackNode { Kind = PackKind.Nil };
            case 0xc2 or 0xc3:
                return new PackNode { Kind = PackKind.Boolean, Whole = code & 1 };
            case 0xca:
                return new PackNode { Kind = PackKind.Real, Real = BitConverter.Int32BitsToSingle((int)value) };
            case 0xcb:
                return new PackNode { Kind = PackKind.Real, Real = BitConverter.Int64BitsToDouble(value) };
            case <= 0x7f or >= 0xe0 or (>= 0xcc and <= 0xd3):
                return new PackNode { Kind = PackKind.Whole, Whole = value, IsUnsigned = code == 0xcf };
            case (>= 0xa0 and <= 0xbf) or (>= 0xd9 and <= 0xdb):
                if (value > body.Length - position) return Rest(body, ref position, start);
                position += (int)value;
                return new PackNode { Kind = PackKind.Text, Bytes = body[(position - (int)value)..position].ToArray() };
            default:
                var list = new PackNode { Kind = PackKind.List };
                for (long index = 0; index < value && position < body.Length; index++) list.Items.Add(Parse(body, ref position, depth + 1));
                list.ClaimedMore = (int)Math.Min(value - list.Items.Count, int.MaxValue);
                return list;
        }
    }

    /// <summary>Length of a header and the number in it; 0 where it is none that the messages use.</summary>
    private static (int Length, long Value) Header(ReadOnlySpan<byte> bytes, byte code)
    {
        int more = code switch
        {
            0xc0 or 0xc2 or 0xc3 => 0,
            <= 0x7f or >= 0xe0 or (>= 0x90 and <= 0xbf) => 0,
            0xcc or 0xd0 or 0xd9 => 1,
            0xcd or 0xd1 or 0xda or 0xdc => 2,
            0xca or 0xce or 0xd2 or 0xdb or 0xdd => 4,
            0xcb or 0xcf or 0xd3 => 8,
            _ => -1,
        };
        if (more < 0 || bytes.Length < 1 + more) return (0, 0);
        ReadOnlySpan<byte> number = bytes.Slice(1, more);
        long value = (more, code) switch
        {
            (0, <= 0x7f) => code,
            (0, >= 0xe0) => (sbyte)code,
            (0, >= 0xa0 and <= 0xbf) => code & 0x1f,
            (0, >= 0x90 and <= 0x9f) => code & 0x0f,
            (0, _) => 0,
            (1, 0xd0) => (sbyte)number[0],
            (1, _) => number[0],
            (2, 0xd1) => BinaryPrimitives.ReadInt16BigEndian(number),
            (2, _) => BinaryPrimitives.ReadUInt16BigEndian(number),
            (4, 0xd2) => BinaryPrimitives.ReadInt32BigEndian(number),
            (4, _) => BinaryPrimitives.ReadUInt32BigEndian(number),
            _ => BinaryPrimitives.ReadInt64BigEndian(number),
        };
        return (1 + more, value);
    }

    private static PackNode Rest(ReadOnlySpan<byte> body, ref int position, int start)
    {
        position = body.Length;
        return new PackNode { Kind = PackKind.Raw, Bytes = body[Math.Min(start, body.Length)..].ToArray() };
    }

    private void Write(ArrayBufferWriter<byte> writer)
    {
        switch (Kind)
        {
            case PackKind.Nil:
                writer.Write([(byte)0xc0]);
                break;
            case PackKind.Boolean:
                writer.Write([(byte)(0xc2 | (Whole & 1))]);
                break;
            case PackKind.Whole when Whole is >= 0 and <= 0x7f && !IsUnsigned:
                writer.Write([(byte)Whole]);
                break;
            case PackKind.Whole:
                Number(writer, IsUnsigned ? (byte)0xcf : (byte)0xd3, Whole);
                break;
            case PackKind.Real:
                Number(writer, 0xcb, BitConverter.DoubleToInt64Bits(Real));
                break;
            case PackKind.Text:
                Count(writer, 0xdb, Bytes.Length);
                writer.Write(Bytes);
                break;
            case PackKind.List:
                long count = (long)Items.Count + ClaimedMore;
                if (count is >= 0 and < 16) writer.Write([(byte)(0x90 | count)]);
                else Count(writer, 0xdd, (int)Math.Clamp(count, 0, int.MaxValue));
                foreach (PackNode item in Items) item.Write(writer);
                break;
            default:
                writer.Write(Bytes);
                break;
        }
    }

    private static void Number(ArrayBufferWriter<byte> writer, byte code, long value)
    {
        Span<byte> bytes = stackalloc byte[9];
        bytes[0] = code;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], value);
        writer.Write(bytes);
    }

    private static void Count(ArrayBufferWriter<byte> writer, byte code, int value)
    {
        Span<byte> bytes = stackalloc byte[5];
        bytes[0] = code;
        BinaryPrimitives.WriteInt32BigEndian(bytes[1..], value);
        writer.Write(bytes);
    }

    public override string ToString() => Kind switch
    {
        PackKind.Text => $"'{Encoding.UTF8.GetString(Bytes)}'",
        PackKind.Real => $"{Real:R}",
        PackKind.List => $"[{string.Join(' ', Items)}]",
        PackKind.Raw => Convert.ToHexString(Bytes),
        _ => $"{Kind}:{Whole}",
    };
}
