using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace AdobeEffects.Pipl;

/// <summary>A PiPL resource: what hosts read of a plug-in before they load it. Writes and reads the bytes; <see cref="EffectProperties"/> knows what
/// they mean for an effect.</summary>
public static class PropertyList
{
    /// <summary>Bytes of one list.</summary>
    public const int BytesMax = 64 * 1024;

    /// <summary>Entries of one list.</summary>
    public const int PropertiesMax = 256;

    private const int EntryBytes = 16;

    /// <summary>Writes a list.</summary>
    /// <exception cref="ArgumentException">Too many entries, a code that is not four ASCII characters, data that are not padded as Windows asks.</exception>
    public static byte[] Write(IReadOnlyList<PiplProperty> properties, PiplSystem system)
    {
        if (properties.Count > PropertiesMax) throw new ArgumentException($"{properties.Count} properties are over {PropertiesMax}.", nameof(properties));
        List<byte> bytes = [];
        if (system == PiplSystem.Windows) bytes.AddRange([1, 0]);
        AddNumber(bytes, 0, system);
        AddNumber(bytes, properties.Count, system);
        foreach (PiplProperty property in properties)
        {
            int length = property.Data.Length;
            if (system == PiplSystem.Windows && length % 4 != 0)
                throw new ArgumentException($"{property.Key}: {length} bytes are no multiple of 4, as Windows asks.", nameof(properties));
            AddCode(bytes, property.Vendor, system);
            AddCode(bytes, property.Key, system);
            AddNumber(bytes, property.Id, system);
            AddNumber(bytes, length, system);
            bytes.AddRange(property.Data);
            for (int pad = Padding(length); pad > 0; pad--) bytes.Add(0);
        }

        return bytes.Count <= BytesMax ? [.. bytes] : throw new ArgumentException($"{bytes.Count} bytes are over {BytesMax}.", nameof(properties));
    }

    /// <summary>Reads a list; nothing in it is trusted. Bytes behind the last entry are passed over, as resource compilers pad.</summary>
    /// <exception cref="PiplException">The bytes are no property list.</exception>
    public static ImmutableArray<PiplProperty> Read(ReadOnlySpan<byte> bytes, PiplSystem system)
    {
        if (bytes.Length > BytesMax) throw new PiplException(PiplFault.TooLarge, $"{bytes.Length} bytes are over {BytesMax}.");
        int place = system == PiplSystem.Windows ? 2 : 0;
        if (bytes.Length < place + 8) throw new PiplException(PiplFault.Truncated, $"{bytes.Length} bytes are less than a header of {place + 8}.");
        if (system == PiplSystem.Windows && (bytes[0] != 1 || bytes[1] != 0))
            throw new PiplException(PiplFault.NoPropertyList, $"The mark is {bytes[0]} {bytes[1]}, not 1 0.");
        int version = Number(bytes, place, system), count = Number(bytes, place + 4, system);
        if (version != 0) throw new PiplException(PiplFault.NoPropertyList, $"Version {version} of property lists is not known.");
        if ((uint)count > PropertiesMax) throw new PiplException(PiplFault.TooLarge, $"{(uint)count} properties are over {PropertiesMax}.");
        place += 8;
        ImmutableArray<PiplProperty>.Builder properties = ImmutableArray.CreateBuilder<PiplProperty>(count);
        for (int index = 0; index < count; index++) properties.Add(ReadOne(bytes, ref place, index, system));
        return properties.MoveToImmutable();
    }

    /// <summary>Bytes that fill up to the next multiple of 4.</summary>
    internal static int Padding(int length) => -length & 3;

    /// <summary>A number in a system's byte order.</summary>
    internal static int Number(ReadOnlySpan<byte> bytes, int place, PiplSystem system) =>
        system == PiplSystem.Windows ? BinaryPrimitives.ReadInt32LittleEndian(bytes[place..]) : BinaryPrimitives.ReadInt32BigEndian(bytes[place..]);

    /// <summary>Bytes of a number in a system's order.</summary>
    internal static ImmutableArray<byte> NumberBytes(uint number, PiplSystem system)
    {
        byte[] bytes = new byte[4];
        if (system == PiplSystem.Windows) BinaryPrimitives.WriteUInt32LittleEndian(bytes, number);
        else BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return [.. bytes];
    }

    /// <summary>Bytes of a four-character code, last character first on Windows.</summary>
    internal static ImmutableArray<byte> CodeBytes(string code, PiplSystem system)
    {
        if (code.Length != 4 || !Ascii.IsValid(code)) throw new ArgumentException($"'{code}' is no code of four ASCII characters.", nameof(code));
        byte[] bytes = Encoding.ASCII.GetBytes(code);
        if (system == PiplSystem.Windows) Array.Reverse(bytes);
        return [.. bytes];
    }

    /// <summary>Reads a four-character code.</summary>
    internal static string Code(ReadOnlySpan<byte> four, PiplSystem system)
    {
        Span<char> text = stackalloc char[4];
        for (int index = 0; index < 4; index++) text[index] = (char)four[system == PiplSystem.Windows ? 3 - index : index];
        return new string(text);
    }

    private static PiplProperty ReadOne(ReadOnlySpan<byte> bytes, ref int place, int index, PiplSystem system)
    {
        if (bytes.Length - place < EntryBytes)
            throw new PiplException(PiplFault.Truncated, $"Property {index} at {place} of {bytes.Length} bytes has no room for its header.");
        string vendor = Code(bytes.Slice(place, 4), system), key = Code(bytes.Slice(place + 4, 4), system);
        int id = Number(bytes, place + 8, system), length = Number(bytes, place + 12, system);
        place += EntryBytes;
        if (!Ascii.IsValid(vendor) || !Ascii.IsValid(key)) throw new PiplException(PiplFault.BadValue, $"Property {index} has a key that is not ASCII.");
        if ((uint)length > (uint)(bytes.Length - place))
            throw new PiplException(PiplFault.Truncated, $"Property {index} ({key}) says {(uint)length} bytes, {bytes.Length - place} are left.");
        ImmutableArray<byte> data = [.. bytes.Slice(place, length)];
        // The last entry's padding may be cut off.
        place = Math.Min(bytes.Length, place + length + Padding(length));
        return new PiplProperty(vendor, key, id, data);
    }

    private static void AddNumber(List<byte> bytes, int number, PiplSystem system) => bytes.AddRange(NumberBytes((uint)number, system));

    private static void AddCode(List<byte> bytes, string code, PiplSystem system) => bytes.AddRange(CodeBytes(code, system));
}
