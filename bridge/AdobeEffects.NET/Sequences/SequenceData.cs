using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace AdobeEffects.Sequences;

/// <summary>What an instance keeps in the project besides its parameters: texts (file paths among them), numbers and bytes under keys. Never changes;
/// <see cref="With(string, string)"/> makes another.</summary>
/// <remarks>Its bytes are always flat: what the host holds in memory, writes to disk, copies for a render thread and carries to another system is one and
/// the same little-endian block with a version, a length and a checksum. Keys that this version does not know survive.</remarks>
public sealed class SequenceData
{
    /// <summary>Bytes of one block.</summary>
    public const int BytesMax = 1 << 20;

    /// <summary>Keys of one block.</summary>
    public const int EntriesMax = 256;

    /// <summary>UTF-8 bytes of one key.</summary>
    public const int KeyBytesMax = 255;

    /// <summary>Bytes of the header.</summary>
    internal const int HeaderBytes = 24;

    private const uint Mark = 0x44534541;
    private const ushort Form = 1;

    private readonly ImmutableSortedDictionary<string, Entry> _entries;

    private SequenceData(ushort version, ImmutableSortedDictionary<string, Entry> entries)
    {
        Version = version;
        _entries = entries;
    }

    private enum EntryKind : byte
    {
        Text = 1,
        Number = 2,
        Bytes = 3,
    }

    /// <summary>Version of the effect's own keys.</summary>
    public ushort Version { get; }

    /// <summary>How many keys there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Data without keys.</summary>
    public static SequenceData Empty(ushort version) => new(version, ImmutableSortedDictionary.Create<string, Entry>(StringComparer.Ordinal));

    /// <summary>A text, or null.</summary>
    public string? Text(string key) => _entries.TryGetValue(key, out Entry entry) && entry.Kind == EntryKind.Text ? Encoding.UTF8.GetString(entry.Bytes.AsSpan()) : null;

    /// <summary>A number, or null.</summary>
    public double? Number(string key) =>
        _entries.TryGetValue(key, out Entry entry) && entry.Kind == EntryKind.Number ? BinaryPrimitives.ReadDoubleLittleEndian(entry.Bytes.AsSpan()) : null;

    /// <summary>Bytes; default where there are none.</summary>
    public ImmutableArray<byte> Bytes(string key) => _entries.TryGetValue(key, out Entry entry) && entry.Kind == EntryKind.Bytes ? entry.Bytes : default;

    /// <summary>The same with a text under a key.</summary>
    public SequenceData With(string key, string text) => With(key, new Entry(EntryKind.Text, [.. Encoding.UTF8.GetBytes(text)]));

    /// <summary>The same with a number under a key.</summary>
    public SequenceData With(string key, double number)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, number);
        return With(key, new Entry(EntryKind.Number, [.. bytes]));
    }

    /// <summary>The same with bytes under a key.</summary>
    public SequenceData With(string key, ImmutableArray<byte> bytes) => With(key, new Entry(EntryKind.Bytes, bytes));

    /// <summary>The same without a key.</summary>
    public SequenceData Without(string key) => new(Version, _entries.Remove(key));

    /// <summary>The same keys under another version.</summary>
    public SequenceData WithVersion(ushort version) => new(version, _entries);

    /// <summary>The flat block.</summary>
    public byte[] ToBytes()
    {
        List<byte> body = [];
        foreach ((string key, Entry entry) in _entries)
        {
            byte[] name = Encoding.UTF8.GetBytes(key);
            body.Add((byte)name.Length);
            body.AddRange(name);
            body.Add((byte)entry.Kind);
            AddNumber(body, (uint)entry.Bytes.Length);
            body.AddRange(entry.Bytes);
        }

        byte[] bytes = new byte[HeaderBytes + body.Count];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Mark);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(4), Form);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), Version);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(8), (uint)body.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(12), (uint)_entries.Count);
        body.CopyTo(bytes, HeaderBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(16), Checksum(bytes));
        return bytes;
    }

    /// <summary>Reads a block; nothing in it is trusted. Bytes behind its end are passed over: hosts round sizes up.</summary>
    /// <returns>False, and why, where it is none of ours.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out SequenceData data, out string why)
    {
        data = Empty(0);
        why = "";
        if (bytes.Length < HeaderBytes) why = $"{bytes.Length} bytes are less than a header of {HeaderBytes}";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Mark) why = "the mark is another";
        else if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..]) != Form) why = $"form {BinaryPrimitives.ReadUInt16LittleEndian(bytes[4..])} is not known";
        if (why.Length > 0) return false;

        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]), count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (length > BytesMax - HeaderBytes || length > bytes.Length - HeaderBytes) why = $"{length} bytes are said, {bytes.Length - HeaderBytes} are there";
        else if (count > EntriesMax) why = $"{count} keys are over {EntriesMax}";
        else if (BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) != Checksum(bytes[..(HeaderBytes + (int)length)])) why = "the checksum is another";
        return why.Length == 0 && TryReadEntries(bytes, (int)length, (int)count, out data, out why);
    }

    private static bool TryReadEntries(ReadOnlySpan<byte> bytes, int length, int count, out SequenceData data, out string why)
    {
        data = Empty(BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]));
        why = "an entry does not fit";
        ReadOnlySpan<byte> body = bytes.Slice(HeaderBytes, length);
        ImmutableSortedDictionary<string, Entry>.Builder entries = data._entries.ToBuilder();
        for (int index = 0; index < count; index++)
        {
            if (body.IsEmpty || body.Length - 1 < body[0] + 5) return false;
            string key = Encoding.UTF8.GetString(body.Slice(1, body[0]));
            body = body[(1 + body[0])..];
            EntryKind kind = (EntryKind)body[0];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(body[1..]);
            body = body[5..];
            if (size > body.Length || (kind == EntryKind.Number && size != 8)) return false;
            entries[key] = new Entry(kind, [.. body[..(int)size]]);
            body = body[(int)size..];
        }

        data = new SequenceData(data.Version, entries.ToImmutable());
        why = "";
        return true;
    }

    /// <summary>FNV-1a over everything but the checksum's own place.</summary>
    private static ulong Checksum(ReadOnlySpan<byte> bytes)
    {
        ulong sum = 14695981039346656037;
        for (int index = 0; index < bytes.Length; index++)
        {
            if (index is >= 16 and < HeaderBytes) continue;
            sum = (sum ^ bytes[index]) * 1099511628211;
        }

        return sum;
    }

    private static void AddNumber(List<byte> bytes, uint number)
    {
        for (int shift = 0; shift < 32; shift += 8) bytes.Add((byte)(number >> shift));
    }

    private SequenceData With(string key, Entry entry)
    {
        int nameBytes = Encoding.UTF8.GetByteCount(key);
        if (nameBytes is 0 or > KeyBytesMax) throw new ArgumentException($"Key '{key}' has {nameBytes} bytes; 1 to {KeyBytesMax} are legal.", nameof(key));
        ImmutableSortedDictionary<string, Entry> entries = _entries.SetItem(key, entry);
        if (entries.Count > EntriesMax) throw new ArgumentException($"'{key}' is one over {EntriesMax} keys.", nameof(key));
        long size = HeaderBytes + entries.Sum(one => 6L + Encoding.UTF8.GetByteCount(one.Key) + one.Value.Bytes.Length);
        return size <= BytesMax ? new SequenceData(Version, entries) : throw new ArgumentException($"With '{key}' there are {size} bytes, over {BytesMax}.", nameof(key));
    }

    private readonly record struct Entry(EntryKind Kind, ImmutableArray<byte> Bytes);
}
