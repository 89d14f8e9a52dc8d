using System.Buffers.Binary;
using System.Text;

namespace AdobeEffects.Tests.Pipl;

/// <summary>A Windows binary made by hand: headers and one section with one resource.</summary>
internal static class SmallBinary
{
    private const int Address = 0x1000;
    private const int Place = 0x200;

    public static byte[] WithResource(string type, ushort id, byte[] data)
    {
        byte[] file = new byte[0x400];
        file[0] = (byte)'M';
        file[1] = (byte)'Z';
        Set32(file, 0x3C, 0x40);
        "PE\0\0"u8.CopyTo(file.AsSpan(0x40));
        Set16(file, 0x44, 0x8664);
        Set16(file, 0x46, 1);
        Set16(file, 0x54, 240);
        Set16(file, 0x58, 0x20B);
        Set32(file, 0x58 + 108, 16);
        Set32(file, 0x58 + 112 + 16, Address);
        Set32(file, 0x58 + 112 + 20, 0x200);
        int section = 0x58 + 240;
        ".rsrc"u8.CopyTo(file.AsSpan(section));
        Set32(file, section + 8, 0x200);
        Set32(file, section + 12, Address);
        Set32(file, section + 16, 0x200);
        Set32(file, section + 20, Place);

        Span<byte> tree = file.AsSpan(Place);
        SetDirectory(tree, 0, 1, 0, 0x80000000 | 0x80, 0x80000000 | 0x18);
        SetDirectory(tree, 0x18, 0, 1, id, 0x80000000 | 0x30);
        SetDirectory(tree, 0x30, 0, 1, 0x409, 0x48);
        Set32(tree, 0x48, Address + 0xA0);
        Set32(tree, 0x4C, (uint)data.Length);
        Set16(tree, 0x80, (ushort)type.Length);
        Encoding.Unicode.GetBytes(type).CopyTo(tree[0x82..]);
        data.CopyTo(tree[0xA0..]);
        return file;
    }

    private static void SetDirectory(Span<byte> tree, int place, ushort named, ushort numbered, uint name, uint target)
    {
        Set16(tree, place + 12, named);
        Set16(tree, place + 14, numbered);
        Set32(tree, place + 16, name);
        Set32(tree, place + 20, target);
    }

    private static void Set16(Span<byte> bytes, int place, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(bytes[place..], value);

    private static void Set32(Span<byte> bytes, int place, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[place..], value);
}
