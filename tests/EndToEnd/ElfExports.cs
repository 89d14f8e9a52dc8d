using System.Buffers.Binary;
using System.Text;

namespace RunwayFX.EndToEnd;

/// <summary>Reads which symbols a 64-bit little-endian ELF library offers, and whether it was stripped.</summary>
internal static class ElfExports
{
    private const uint SectionSymbols = 2, SectionDynamicSymbols = 11;

    /// <summary>Names of the defined dynamic symbols that others can bind to, sorted; and whether a full symbol table is left.</summary>
    /// <exception cref="InvalidDataException">Not such a file.</exception>
    public static (IReadOnlyList<string> Names, bool HasSymbolTable) Read(ReadOnlySpan<byte> file)
    {
        if (file.Length < 64 || !file[..6].SequenceEqual([(byte)0x7F, (byte)'E', (byte)'L', (byte)'F', (byte)2, (byte)1])) throw new InvalidDataException("no 64-bit little-endian ELF");
        int table = Int(file, 0x28, 8), entry = Short(file, 0x3A), count = Short(file, 0x3C);
        List<string> names = [];
        bool hasSymbolTable = false;
        for (int index = 0; index < count; index++)
        {
            ReadOnlySpan<byte> header = file.Slice(table + index * entry, entry);
            uint type = BinaryPrimitives.ReadUInt32LittleEndian(header[4..]);
            hasSymbolTable |= type == SectionSymbols;
            if (type != SectionDynamicSymbols) continue;
            ReadOnlySpan<byte> symbols = file.Slice(Int(header, 0x18, 8), Int(header, 0x20, 8));
            ReadOnlySpan<byte> strings = file.Slice(table + (int)BinaryPrimitives.ReadUInt32LittleEndian(header[0x28..]) * entry, entry);
            strings = file.Slice(Int(strings, 0x18, 8), Int(strings, 0x20, 8));
            for (; symbols.Length >= 24; symbols = symbols[24..]) Add(symbols, strings, names);
        }

        names.Sort(StringComparer.Ordinal);
        return (names, hasSymbolTable);
    }

    private static void Add(ReadOnlySpan<byte> symbol, ReadOnlySpan<byte> strings, List<string> names)
    {
        int binding = symbol[4] >> 4, visibility = symbol[5] & 3, section = Short(symbol, 6);
        // Section 0 is undefined; 0xFFF1 holds absolute values, such as the name of the version the linker gave the rest.
        bool isExported = binding is 1 or 2 or 10 && visibility is 0 or 3 && section is not (0 or 0xFFF1);
        if (!isExported) return;
        ReadOnlySpan<byte> name = strings[(int)BinaryPrimitives.ReadUInt32LittleEndian(symbol)..];
        names.Add(Encoding.ASCII.GetString(name[..name.IndexOf((byte)0)]));
    }

    private static int Int(ReadOnlySpan<byte> bytes, int offset, int length) =>
        checked((int)(length == 8 ? BinaryPrimitives.ReadInt64LittleEndian(bytes[offset..]) : BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..])));

    private static int Short(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);
}
