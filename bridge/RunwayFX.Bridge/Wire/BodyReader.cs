using System.Buffers;
using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Reads the fields of a body in order. Counts are checked before anything is allocated for them.</summary>
/// <remarks>The fields are read by hand rather than through generated shapes: those cost the plug-in about 150 KB of code for each message.
/// What the library throws on bad bytes, <see cref="MessageCodec"/> turns into the bridge's exception.</remarks>
internal ref struct BodyReader(ReadOnlyMemory<byte> body, Scratch? scratch = null)
{
    private static readonly SerializationContext SkipLimits = new() { MaxDepth = 8 };

    private readonly Scratch? _scratch = scratch;
    private MessagePackReader _reader = new(body);

    /// <summary>Whether every byte was read.</summary>
    public bool IsAtEnd => _reader.End;

    /// <summary>Begins a record of exactly so many fields.</summary>
    public void Begin(int fields, string place)
    {
        int count = _reader.ReadArrayHeader();
        if (count != fields) throw new BridgeException(BridgeError.Malformed, $"{place} has {count} fields, expected are {fields}");
    }

    /// <summary>Begins a record that a later protocol may have made longer.</summary>
    /// <returns>The fields to hand to <see cref="Skip"/> after those that are known.</returns>
    public int BeginExtensible(int fields, string place)
    {
        int count = _reader.ReadArrayHeader();
        return count >= fields
            ? count - fields
            : throw new BridgeException(BridgeError.Malformed, $"{place} has {count} fields, expected are at least {fields}");
    }

    /// <summary>Passes over fields of a later protocol.</summary>
    public void Skip(int fields)
    {
        for (; fields > 0; fields--) _reader.Skip(SkipLimits);
    }

    /// <summary>Begins a list.</summary>
    public int BeginList(int maximum, string place)
    {
        int count = _reader.ReadArrayHeader();
        Check.Range(count, 0, maximum, place);
        return count;
    }

    /// <summary>Whether a nil stands here; it is passed over.</summary>
    public bool TryNil() => _reader.TryReadNil();

    public int Int32() => _reader.ReadInt32();

    public uint UInt32() => _reader.ReadUInt32();

    public long Int64() => _reader.ReadInt64();

    public double Double() => _reader.ReadDouble();

    public bool Boolean() => _reader.ReadBoolean();

    public string Text(string place) => _reader.ReadString() ?? throw new BridgeException(BridgeError.Malformed, $"{place} is missing");

    public double[] Doubles(int maximum, string place)
    {
        int count = BeginList(maximum, place);
        double[] values = _scratch is null ? new double[count] : _scratch.Doubles(count);
        for (int index = 0; index < values.Length; index++) values[index] = _reader.ReadDouble();
        return values;
    }

    /// <summary>Bytes of any meaning.</summary>
    public byte[] Bytes(int maximum, string place)
    {
        ReadOnlySequence<byte> bytes = _reader.ReadBytes() ?? throw new BridgeException(BridgeError.Malformed, $"{place} is missing");
        Check.Range(bytes.Length, 0, maximum, place);
        return bytes.ToArray();
    }

    /// <summary>A record that stands by itself.</summary>
    public T Record<T>()
        where T : struct, IBridgeRecord<T> => T.Read(ref this);

    /// <summary>A list of frames, in the same array for one message after another.</summary>
    public ClipFrame[] Frames(int maximum, string place)
    {
        int count = BeginList(maximum, place);
        return Fill(_scratch is null ? new ClipFrame[count] : _scratch.Frames(count));
    }

    /// <summary>A list of records.</summary>
    public T[] Records<T>(int maximum, string place)
        where T : struct, IBridgeRecord<T> => Fill(new T[BeginList(maximum, place)]);

    public string[] Texts(int maximum, string place)
    {
        string[] texts = new string[BeginList(maximum, place)];
        for (int index = 0; index < texts.Length; index++) texts[index] = Text(place);
        return texts;
    }

    private T[] Fill<T>(T[] records)
        where T : struct, IBridgeRecord<T>
    {
        for (int index = 0; index < records.Length; index++) records[index] = T.Read(ref this);
        return records;
    }
}
