using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace AdobeEffects.Pipl;

/// <summary>One resource of a Windows binary.</summary>
/// <param name="Type">The type's name. Windows looks names up in capitals, so it is written in capitals.</param>
/// <param name="Id">The resource's number, 1 to 65535.</param>
/// <param name="Data">The bytes.</param>
public sealed record WindowsResource(string Type, ushort Id, ImmutableArray<byte> Data);

/// <summary>Writes and reads compiled resource files (<c>.res</c>), so that a linker takes a PiPL in without a resource compiler.</summary>
public static class ResourceFile
{
    /// <summary>Type of a PiPL.</summary>
    public const string PiplType = "PIPL";

    /// <summary>Number of a PiPL that hosts look for.</summary>
    public const ushort PiplId = 16000;

    /// <summary>Bytes of one file.</summary>
    public const int BytesMax = 1 << 20;

    private const int TypeMax = 63;

    // Movable, pure and discardable: what the statement DISCARDABLE compiles to.
    private const ushort MemoryFlags = 0x1030;
    private const ushort LanguageEnglishUs = 0x0409;

    /// <summary>Writes a file: an empty entry, then the resources.</summary>
    /// <exception cref="ArgumentException">A name or number Windows does not take, or too many bytes.</exception>
    public static byte[] Write(IReadOnlyList<WindowsResource> resources)
    {
        List<byte> bytes = [];
        AddHeader(bytes, 0, [0xFF, 0xFF, 0, 0], [0xFF, 0xFF, 0, 0], 0, 0);
        foreach (WindowsResource resource in resources)
        {
            string type = resource.Type.ToUpperInvariant();
            if (type.Length is 0 or > TypeMax || !type.All(char.IsAsciiLetterOrDigit))
                throw new ArgumentException($"'{resource.Type}' is no name of 1 to {TypeMax} ASCII letters and digits.", nameof(resources));
            if (resource.Id == 0) throw new ArgumentException("Number 0 is not a resource's.", nameof(resources));
            byte[] name = [0xFF, 0xFF, (byte)resource.Id, (byte)(resource.Id >> 8)];
            AddHeader(bytes, resource.Data.Length, [.. Encoding.Unicode.GetBytes(type), 0, 0], name, MemoryFlags, LanguageEnglishUs);
            bytes.AddRange(resource.Data);
            Align(bytes);
        }

        return bytes.Count <= BytesMax ? [.. bytes] : throw new ArgumentException($"{bytes.Count} bytes are over {BytesMax}.", nameof(resources));
    }

    /// <summary>Reads a file; nothing in it is trusted. Resources whose type or name is of the other kind are passed over.</summary>
    /// <exception cref="PiplException">It is no resource file.</exception>
    public static ImmutableArray<WindowsResource> Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > BytesMax) throw new PiplException(PiplFault.TooLarge, $"{bytes.Length} bytes are over {BytesMax}.");
        List<WindowsResource> found = [];
        int place = 0;
        while (bytes.Length - place >= 8)
        {
            uint dataBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[place..]), headerBytes = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(place + 4)..]);
            int left = bytes.Length - place;
            if (headerBytes < 32 || headerBytes > left || headerBytes % 4 != 0)
                throw new PiplException(PiplFault.BadValue, $"The header at {place} says {headerBytes} bytes of {left}.");
            if (dataBytes > left - headerBytes)
                throw new PiplException(PiplFault.Truncated, $"The resource at {place} says {dataBytes} bytes, {left - headerBytes} are left.");
            WindowsResource? resource = ReadOne(bytes.Slice(place + 8, (int)headerBytes - 8), bytes.Slice(place + (int)headerBytes, (int)dataBytes));
            if (resource != null) found.Add(resource);
            place += (int)headerBytes + (int)dataBytes;
            place += -place & 3;
        }

        return place >= bytes.Length ? [.. found] : throw new PiplException(PiplFault.Truncated, $"{bytes.Length - place} bytes at {place} are no header.");
    }

    private static WindowsResource? ReadOne(ReadOnlySpan<byte> names, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> type = Name(ref names), name = Name(ref names);
        return type.Length > 0 && type[0] != 0xFF && name.Length == 4 && name[0] == 0xFF && name[1] == 0xFF
            ? new WindowsResource(Encoding.Unicode.GetString(type), BinaryPrimitives.ReadUInt16LittleEndian(name[2..]), [.. data])
            : null;
    }

    /// <summary>Takes a name off the front: four bytes for a number, else UTF-16 without its end.</summary>
    private static ReadOnlySpan<byte> Name(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 4) throw new PiplException(PiplFault.Truncated, "A header ends within a name.");
        ReadOnlySpan<byte> name;
        if (bytes[0] == 0xFF && bytes[1] == 0xFF)
        {
            name = bytes[..4];
            bytes = bytes[4..];
            return name;
        }

        int end = 0;
        while (bytes[end] != 0 || bytes[end + 1] != 0)
        {
            end += 2;
            if (bytes.Length - end < 2) throw new PiplException(PiplFault.Truncated, "A name in a header has no end.");
        }

        name = bytes[..end];
        bytes = bytes[(end + 2)..];
        return name;
    }

    private static void AddHeader(List<byte> bytes, int dataBytes, byte[] type, byte[] name, ushort flags, ushort language)
    {
        int namesBytes = type.Length + name.Length;
        namesBytes += -namesBytes & 3;
        AddNumber(bytes, (uint)dataBytes);
        AddNumber(bytes, (uint)(8 + namesBytes + 16));
        bytes.AddRange(type);
        bytes.AddRange(name);
        Align(bytes);
        AddNumber(bytes, 0);
        AddNumber(bytes, flags | ((uint)language << 16));
        AddNumber(bytes, 0);
        AddNumber(bytes, 0);
    }

    private static void AddNumber(List<byte> bytes, uint number)
    {
        for (int shift = 0; shift < 32; shift += 8) bytes.Add((byte)(number >> shift));
    }

    private static void Align(List<byte> bytes)
    {
        while (bytes.Count % 4 != 0) bytes.Add(0);
    }
}
