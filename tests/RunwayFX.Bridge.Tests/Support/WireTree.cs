using System.Buffers.Binary;
using System.Text;

namespace RunwayFX.Bridge.Tests;

/// <summary>A MessagePack body as a tree of long, ulong, double, bool, string, bytes, null and lists of these: a second reader and writer that shares no code with
/// the product's.</summary>
internal static class WireTree
{
    /// <summary>Reads a body.</summary>
    public static object? Read(byte[] body)
    {
        int at = 0;
        object? value = Read(body, ref at);
        Assert.That(at, Is.EqualTo(body.Length), "bytes after the end");
        return value;
    }

    /// <summary>Writes a body.</summary>
    public static byte[] Write(object? value)
    {
        List<byte> bytes = [];
        Write(bytes, value);
        return [.. bytes];
    }

    private static object? Read(byte[] body, ref int at)
    {
        byte head = body[at++];
        switch (head)
        {
            case <= 0x7f: return (long)head;
            case >= 0xe0: return (long)(sbyte)head;
            case >= 0x90 and <= 0x9f: return ReadList(body, ref at, head & 0xf);
            case >= 0xa0 and <= 0xbf: return ReadText(body, ref at, head & 0x1f);
            case 0xc0: return null;
            case 0xc2: return false;
            case 0xc3: return true;
            case 0xc4: return Take(body, ref at, body[at++]).ToArray();
            case 0xc5: return Take(body, ref at, BinaryPrimitives.ReadUInt16BigEndian(Take(body, ref at, 2))).ToArray();
            case 0xcb: return BinaryPrimitives.ReadDoubleBigEndian(Take(body, ref at, 8));
            case 0xcc: return (long)body[at++];
            case 0xcd: return (long)BinaryPrimitives.ReadUInt16BigEndian(Take(body, ref at, 2));
            case 0xce: return (long)BinaryPrimitives.ReadUInt32BigEndian(Take(body, ref at, 4));
            case 0xcf: return (long)BinaryPrimitives.ReadUInt64BigEndian(Take(body, ref at, 8));
            case 0xd0: return (long)(sbyte)body[at++];
            case 0xd1: return (long)BinaryPrimitives.ReadInt16BigEndian(Take(body, ref at, 2));
            case 0xd2: return (long)BinaryPrimitives.ReadInt32BigEndian(Take(body, ref at, 4));
            case 0xd9: return ReadText(body, ref at, body[at++]);
            case 0xdc: return ReadList(body, ref at, BinaryPrimitives.ReadUInt16BigEndian(Take(body, ref at, 2)));
            default: throw new FormatException($"byte 0x{head:x2} at {at - 1}");
        }
    }

    private static List<object?> ReadList(byte[] body, ref int at, int count)
    {
        List<object?> list = [];
        while (list.Count < count) list.Add(Read(body, ref at));
        return list;
    }

    private static string ReadText(byte[] body, ref int at, int bytes) => Encoding.UTF8.GetString(Take(body, ref at, bytes));

    private static ReadOnlySpan<byte> Take(byte[] body, ref int at, int bytes)
    {
        at += bytes;
        return body.AsSpan(at - bytes, bytes);
    }

    private static void Write(List<byte> bytes, object? value)
    {
        Span<byte> number = stackalloc byte[8];
        switch (value)
        {
            case null: bytes.Add(0xc0); break;
            case bool flag: bytes.Add(flag ? (byte)0xc3 : (byte)0xc2); break;
            case long and >= 0 and <= 0x7f or long and >= -32 and < 0: bytes.Add((byte)(long)value); break;
            case long and > 0 and <= ushort.MaxValue:
                BinaryPrimitives.WriteUInt16BigEndian(number, (ushort)(long)value);
                bytes.AddRange([0xcd, .. number[..2]]);
                break;
            case long and > 0 and <= uint.MaxValue:
                BinaryPrimitives.WriteUInt32BigEndian(number, (uint)(long)value);
                bytes.AddRange([0xce, .. number[..4]]);
                break;
            case long whole:
                BinaryPrimitives.WriteInt64BigEndian(number, whole);
                bytes.AddRange([0xd3, .. number]);
                break;
            case ulong whole:
                BinaryPrimitives.WriteUInt64BigEndian(number, whole);
                bytes.AddRange([0xcf, .. number]);
                break;
            case double real:
                BinaryPrimitives.WriteDoubleBigEndian(number, real);
                bytes.AddRange([0xcb, .. number]);
                break;
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                bytes.AddRange([0xda, (byte)(utf8.Length >> 8), (byte)utf8.Length, .. utf8]);
                break;
            case byte[] raw:
                bytes.AddRange([0xc5, (byte)(raw.Length >> 8), (byte)raw.Length, .. raw]);
                break;
            case List<object?> list:
                bytes.AddRange([0xdc, (byte)(list.Count >> 8), (byte)list.Count]);
                foreach (object? item in list) Write(bytes, item);
                break;
            default: throw new ArgumentException(value.GetType().Name);
        }
    }
}
