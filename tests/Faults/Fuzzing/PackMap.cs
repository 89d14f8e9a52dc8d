using System.Buffers.Binary;

namespace RunwayFX.Faults.Fuzzing;

/// <summary>Where the values of a valid body lie, so that bodies near it are made by exchanging a few bytes: knows the structure of MessagePack and
/// nothing of the messages. Allocates nothing after it was made.</summary>
internal sealed class PackMap
{
    private const int NodesMax = 1_024;
    private const int DepthMax = 16;
    private const int ChangesMax = 3;

    private static readonly long[] WholeEdges =
    [
        0, 1, -1, 2, 3, 16, 17, 64, 65, 127, 128, 255, 256, 257, 16_384, 16_385, 65_535, 65_536, 262_144, 262_145, 1 << 24, (1 << 24) + 1,
        int.MaxValue, int.MinValue, (long)int.MaxValue + 1, uint.MaxValue, 1L << 32, 1L << 34, 4L << 30, (1L << 52) + 1, long.MaxValue, long.MinValue,
    ];

    private static readonly double[] RealEdges =
    [
        0, -0.0, 1, -1, 0.5, 1.0 / 1024, 1.0 / 1025, 64, 65, 1e5, 1e9, 1.1e9, -1e9, -1.1e9, double.NaN, double.PositiveInfinity,
        double.NegativeInfinity, double.MaxValue, double.Epsilon,
    ];

    private enum Kind : byte
    {
        Nil,
        Boolean,
        Whole,
        Real,
        Text,
        List,
    }

    /// <summary>A value: its first byte, the first byte after its header, the first byte after it, and what its header says.</summary>
    private struct Node
    {
        public int Start, Body, End;
        public Kind Kind;
        public long Value;
    }

    private readonly Node[] _nodes = new Node[NodesMax];
    private readonly byte[] _parent;
    private readonly byte[] _piece;
    private int _count;
    private int _length;

    /// <param name="lengthMax">Longest body that is made.</param>
    public PackMap(int lengthMax)
    {
        _parent = new byte[lengthMax];
        _piece = new byte[lengthMax];
    }

    /// <summary>Takes a body as the one to vary; false where it has anything that no message writes, or is too large.</summary>
    public bool Read(ReadOnlySpan<byte> body)
    {
        _count = 0;
        if (body.Length > _parent.Length) return false;
        body.CopyTo(_parent);
        _length = body.Length;
        int position = 0;
        return Read(ref position, 0) && position == _length;
    }

    /// <summary>Makes a body with one to three values changed.</summary>
    /// <returns>Its length.</returns>
    public int Vary(byte[] input, ref FuzzRandom random)
    {
        _parent.AsSpan(0, _length).CopyTo(input);
        int length = _length;
        // From the last to the first, so that what lies before a change stays where it was.
        int until = _count;
        for (int changes = 1 + random.Below(ChangesMax), reach = length; changes > 0 && until > 0; changes--)
        {
            int index = random.Below(until);
            until = index;
            ref Node node = ref _nodes[index];
            if (node.End > reach) continue; // It holds what was changed already.
            int piece = Write(index, ref random);
            int tail = Math.Min(length - node.End, input.Length - node.Start - piece);
            if (tail < 0) continue;
            input.AsSpan(node.End, tail).CopyTo(input.AsSpan(node.Start + piece));
            _piece.AsSpan(0, piece).CopyTo(input.AsSpan(node.Start));
            length = node.Start + piece + tail;
            reach = node.Start;
        }

        return length;
    }

    private bool Read(ref int position, int depth)
    {
        if (_count == NodesMax || depth > DepthMax || position >= _length) return false;
        int index = _count++;
        int start = position;
        byte code = _parent[position++];
        int more = code switch
        {
            0xcc or 0xd0 or 0xd9 => 1,
            0xcd or 0xd1 or 0xda or 0xdc => 2,
            0xca or 0xce or 0xd2 or 0xdb or 0xdd => 4,
            0xcb or 0xcf or 0xd3 => 8,
            0xc0 or 0xc2 or 0xc3 or <= 0x7f or (>= 0x90 and <= 0xbf) or >= 0xe0 => 0,
            _ => -1,
        };
        if (more < 0 || _length - position < more) return false;
        ulong number = 0;
        for (int at = 0; at < more; at++) number = number << 8 | _parent[position + at];
        position += more;
        (Kind kind, long value) = code switch
        {
            0xc0 => (Kind.Nil, 0L),
            0xc2 or 0xc3 => (Kind.Boolean, code & 1),
            0xca or 0xcb => (Kind.Real, (long)number),
            0xd9 or 0xda or 0xdb => (Kind.Text, (long)number),
            >= 0xa0 and <= 0xbf => (Kind.Text, code & 0x1f),
            0xdc or 0xdd => (Kind.List, (long)number),
            >= 0x90 and <= 0x9f => (Kind.List, code & 0x0f),
            <= 0x7f => (Kind.Whole, code),
            >= 0xe0 => (Kind.Whole, (sbyte)code),
            0xd0 => (Kind.Whole, (sbyte)number),
            0xd1 => (Kind.Whole, (short)number),
            0xd2 => (Kind.Whole, (int)number),
            _ => (Kind.Whole, (long)number),
        };
        int body = position;
        if (kind == Kind.Text)
        {
            if (value > _length - position) return false;
            position += (int)value;
        }

        for (long item = 0; kind == Kind.List && item < value; item++)
        {
            if (!Read(ref position, depth + 1)) return false;
        }

        _nodes[index] = new Node { Start = start, Body = body, End = position, Kind = kind, Value = value };
        return true;
    }

    /// <summary>Writes what stands in a value's place.</summary>
    private int Write(int index, ref FuzzRandom random)
    {
        ref Node node = ref _nodes[index];
        bool isOfItsKind = random.Below(4) != 0;
        if (!isOfItsKind) return WriteOther(ref random);
        switch (node.Kind)
        {
            case Kind.Boolean:
                _piece[0] = (byte)(0xc3 - node.Value);
                return 1;
            case Kind.Whole:
                long value = random.Below(4) switch
                {
                    0 => unchecked(node.Value + random.Below(7) - 3),
                    1 => unchecked(node.Value * (2 + random.Below(3))),
                    2 => node.Value ^ (1L << random.Below(64)),
                    _ => WholeEdges[random.Below(WholeEdges.Length)],
                };
                return WriteWhole(value, ref random);
            case Kind.Real:
                double real = BitConverter.Int64BitsToDouble(node.Value);
                return WriteReal(random.Below(3) == 0 ? real * -3 * random.Below(1_000) / 1_000 : RealEdges[random.Below(RealEdges.Length)]);
            case Kind.Text:
                int length = random.Below(8) == 0 ? random.Below(_piece.Length / 2) : random.Below(40);
                return WriteText(length, ref random);
            case Kind.List:
                return WriteList(index, ref random);
            default:
                return WriteOther(ref random);
        }
    }

    /// <summary>The list with an item less, with an item several times, or with a count that is not its own.</summary>
    private int WriteList(int index, ref FuzzRandom random)
    {
        ref Node list = ref _nodes[index];
        int change = list.Value == 0 ? 0 : random.Below(4);
        int chosen = index + 1;
        for (int skip = list.Value == 0 ? 0 : random.Below((int)list.Value); skip > 0; skip--) chosen = NextSibling(chosen);
        ReadOnlySpan<byte> items = _parent.AsSpan(list.Body, list.End - list.Body);
        if (change < 2)
        {
            long claimed = change == 0 ? WholeEdges[random.Below(WholeEdges.Length)] : list.Value + 1 - 2 * random.Below(2);
            return Append(WriteCount(claimed), items);
        }

        ref Node item = ref _nodes[chosen];
        ReadOnlySpan<byte> bytes = _parent.AsSpan(item.Start, item.End - item.Start);
        int before = item.Start - list.Body;
        if (change == 2) return Append(Append(WriteCount(list.Value - 1), items[..before]), items[(item.End - list.Body)..]);
        int times = random.Below(8) == 0 ? 1 + random.Below(300) : 1 + random.Below(4);
        times = Math.Min(times, (_piece.Length - 8 - items.Length) / Math.Max(bytes.Length, 1));
        if (times < 1) return Append(WriteCount(list.Value), items);
        int length = Append(WriteCount(list.Value + times), items[..before]);
        for (int time = 0; time < times; time++) length = Append(length, bytes);
        return Append(length, items[before..]);
    }

    private int NextSibling(int index)
    {
        int end = _nodes[index].End;
        int next = index + 1;
        while (next < _count && _nodes[next].Start < end) next++;
        return next;
    }

    private int Append(int length, ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, _piece.Length - length);
        bytes[..count].CopyTo(_piece.AsSpan(length));
        return length + count;
    }

    private int WriteCount(long count)
    {
        if (count is >= 0 and < 16)
        {
            _piece[0] = (byte)(0x90 | count);
            return 1;
        }

        _piece[0] = 0xdd;
        BinaryPrimitives.WriteUInt32BigEndian(_piece.AsSpan(1), (uint)count);
        return 5;
    }

    /// <summary>A number in one of the forms it may have: the shortest, or eight bytes with or without a sign.</summary>
    private int WriteWhole(long value, ref FuzzRandom random)
    {
        int form = random.Below(4);
        if (form != 0 && value is >= -32 and <= 127)
        {
            _piece[0] = (byte)value;
            return 1;
        }

        if (form > 1 && value is >= int.MinValue and <= int.MaxValue)
        {
            _piece[0] = 0xd2;
            BinaryPrimitives.WriteInt32BigEndian(_piece.AsSpan(1), (int)value);
            return 5;
        }

        _piece[0] = form == 0 && value > 0 ? (byte)0xcf : (byte)0xd3;
        BinaryPrimitives.WriteInt64BigEndian(_piece.AsSpan(1), value);
        return 9;
    }

    private int WriteReal(double value)
    {
        _piece[0] = 0xcb;
        BinaryPrimitives.WriteDoubleBigEndian(_piece.AsSpan(1), value);
        return 9;
    }

    private int WriteText(int length, ref FuzzRandom random)
    {
        _piece[0] = 0xdb;
        BinaryPrimitives.WriteInt32BigEndian(_piece.AsSpan(1), length);
        Span<byte> text = _piece.AsSpan(5, length);
        if (random.Below(4) == 0) random.Fill(text); // Hardly ever UTF-8.
        else text.Fill((byte)('a' + random.Below(26)));
        return 5 + length;
    }

    /// <summary>A value of any kind, or bytes that are none.</summary>
    private int WriteOther(ref FuzzRandom random)
    {
        switch (random.Below(8))
        {
            case 0:
                _piece[0] = 0xc0;
                return 1;
            case 1:
                _piece[0] = (byte)(0xc2 + random.Below(2));
                return 1;
            case 2 or 3:
                return WriteWhole(WholeEdges[random.Below(WholeEdges.Length)], ref random);
            case 4:
                return WriteReal(RealEdges[random.Below(RealEdges.Length)]);
            case 5:
                return WriteText(random.Below(12), ref random);
            case 6:
                // A list within a list within a list: decoders that recurse have an end.
                int depth = 1 + random.Below(40);
                _piece.AsSpan(0, depth).Fill(0x91);
                _piece[depth] = 0x90;
                return depth + 1;
            default:
                int count = 1 + random.Below(12);
                random.Fill(_piece.AsSpan(0, count));
                return count;
        }
    }
}
