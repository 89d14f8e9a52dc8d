using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace AdobeEffects.Pipl;

/// <summary>Reads the resources of a linked Windows binary, so that a package check sees the PiPL that hosts will see.</summary>
public static class BinaryResources
{
    /// <summary>Resources that are listed; a binary with more is refused.</summary>
    public const int ResourcesMax = 1024;

    private const int EntriesMax = 4096;
    private const uint IsDirectory = 0x80000000;

    /// <summary>Lists resources whose type is a name and whose own name is a number; nothing in the file is trusted.</summary>
    /// <exception cref="PiplException">It is no 64-bit Windows binary, or its resource tree lies.</exception>
    public static ImmutableArray<WindowsResource> Read(ReadOnlySpan<byte> file)
    {
        if (Get16(file, 0) != 0x5A4D) throw new PiplException(PiplFault.BadValue, "There is no MZ at the start.");
        long header = Get32(file, 0x3C);
        if (Get32(file, header) != 0x4550) throw new PiplException(PiplFault.BadValue, $"There is no PE at {header}.");
        long sections = Get16(file, header + 6), optionalBytes = Get16(file, header + 20), optional = header + 24;
        if (Get16(file, optional) != 0x20B) throw new PiplException(PiplFault.BadValue, "It is no 64-bit binary.");
        if (Get32(file, optional + 108) < 3) return [];
        uint address = Get32(file, optional + 112 + 16);
        if (address == 0) return [];
        for (long index = 0; index < sections; index++)
        {
            long section = optional + optionalBytes + index * 40;
            uint start = Get32(file, section + 12), bytes = Get32(file, section + 16), place = Get32(file, section + 20);
            if (address < start || address - start >= bytes) continue;
            if (place > file.Length || bytes > file.Length - place)
                throw new PiplException(PiplFault.Truncated, $"A section of {bytes} bytes at {place} does not fit {file.Length}.");
            return ReadTree(file.Slice((int)place, (int)bytes)[(int)(address - start)..], address);
        }

        throw new PiplException(PiplFault.BadValue, $"No section holds the resources at address {address}.");
    }

    private static ImmutableArray<WindowsResource> ReadTree(ReadOnlySpan<byte> tree, uint address)
    {
        List<WindowsResource> found = [];
        int left = EntriesMax;
        foreach ((uint name, uint target) in Entries(tree, 0, ref left))
        {
            if ((name & IsDirectory) == 0 || (target & IsDirectory) == 0) continue;
            string type = Name(tree, name & ~IsDirectory);
            foreach ((uint id, uint languages) in Entries(tree, target & ~IsDirectory, ref left))
            {
                if (id is 0 or > ushort.MaxValue || (languages & IsDirectory) == 0) continue;
                foreach ((_, uint leaf) in Entries(tree, languages & ~IsDirectory, ref left))
                {
                    if ((leaf & IsDirectory) != 0) throw new PiplException(PiplFault.BadValue, "The resource tree is deeper than three.");
                    if (found.Count == ResourcesMax) throw new PiplException(PiplFault.TooLarge, $"There are over {ResourcesMax} resources.");
                    found.Add(new WindowsResource(type, (ushort)id, Data(tree, leaf, address)));
                }
            }
        }

        return [.. found];
    }

    private static List<(uint Name, uint Target)> Entries(ReadOnlySpan<byte> tree, long place, ref int left)
    {
        int count = Get16(tree, place + 12) + Get16(tree, place + 14);
        left -= count;
        if (left < 0) throw new PiplException(PiplFault.TooLarge, $"The resource tree has over {EntriesMax} entries.");
        List<(uint, uint)> entries = new(count);
        for (uint index = 0; index < count; index++) entries.Add((Get32(tree, place + 16 + index * 8), Get32(tree, place + 20 + index * 8)));
        return entries;
    }

    private static string Name(ReadOnlySpan<byte> tree, long place)
    {
        int bytes = Get16(tree, place) * 2;
        return bytes <= tree.Length - place - 2
            ? Encoding.Unicode.GetString(tree.Slice((int)place + 2, bytes))
            : throw new PiplException(PiplFault.Truncated, $"A name of {bytes} bytes at {place} does not fit.");
    }

    private static ImmutableArray<byte> Data(ReadOnlySpan<byte> tree, long leaf, uint address)
    {
        uint start = Get32(tree, leaf), bytes = Get32(tree, leaf + 4);
        if (start < address || start - address > tree.Length || bytes > tree.Length - (start - address))
            throw new PiplException(PiplFault.Truncated, $"A resource of {bytes} bytes at address {start} does not lie in the section.");
        return [.. tree.Slice((int)(start - address), (int)bytes)];
    }

    private static ushort Get16(ReadOnlySpan<byte> bytes, long place) => BinaryPrimitives.ReadUInt16LittleEndian(Part(bytes, place, 2));

    private static uint Get32(ReadOnlySpan<byte> bytes, long place) => BinaryPrimitives.ReadUInt32LittleEndian(Part(bytes, place, 4));

    private static ReadOnlySpan<byte> Part(ReadOnlySpan<byte> bytes, long place, int count) =>
        place <= bytes.Length - count
            ? bytes.Slice((int)place, count)
            : throw new PiplException(PiplFault.Truncated, $"{count} bytes at {place} are past the end, {bytes.Length}.");
}
