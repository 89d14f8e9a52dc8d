using System.Buffers.Binary;
using System.Text;

namespace RunwayFX.Media;

/// <summary>Compression of an EXR file; numbers are the file format's.</summary>
internal enum ExrCompression
{
    None = 0,
    Rle = 1,
    Zips = 2,
    Zip = 3,
    Piz = 4,
    Pxr24 = 5,
    B44 = 6,
    B44A = 7,
    Dwaa = 8,
    Dwab = 9,
}

/// <summary>A channel as the header lists it.</summary>
internal sealed record ExrChannel(string Name, ExrPixelType Type, bool IsPerceptuallyLinear, int SamplingX, int SamplingY)
{
    /// <summary>Bytes per value.</summary>
    public int Bytes => Type == ExrPixelType.Half ? 2 : 4;
}

/// <summary>The header of an OpenEXR 2 file, read with every length bounded: nothing is believed before it is checked.</summary>
internal sealed class ExrHeader
{
    /// <summary>Most header attributes.</summary>
    public const int AttributesMax = 4_096;

    /// <summary>Most channels.</summary>
    public const int ChannelsMax = 1_024;

    /// <summary>Longest name of an attribute, type or channel, in bytes.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Longest attribute value, in bytes.</summary>
    public const int ValueBytesMax = 64 << 20;

    /// <summary>Windows lie within ± this coordinate.</summary>
    public const int CoordinateMax = 1 << 24;

    private static readonly string[] _storage =
        ["channels", "compression", "dataWindow", "displayWindow", "lineOrder", "tiles", "chunkCount", "version", "type", "name"];

    private readonly string _path;

    private ExrHeader(string path) => _path = path;

    /// <summary>Channels in file order.</summary>
    public List<ExrChannel> Channels { get; } = [];

    /// <summary>Attributes besides those that describe the storage.</summary>
    public List<ExrHeaderEntry> Entries { get; } = [];

    /// <summary>Compression.</summary>
    public ExrCompression Compression { get; private set; }

    /// <summary>Stored pixels.</summary>
    public ExrBox DataWindow { get; private set; }

    /// <summary>Picture area.</summary>
    public ExrBox DisplayWindow { get; private set; }

    /// <summary>Pixel aspect.</summary>
    public Rational PixelAspect { get; private set; } = Rational.One;

    /// <summary>Whether pixels are stored in tiles.</summary>
    public bool IsTiled { get; private set; }

    /// <summary>First byte after the header.</summary>
    public int EndOffset { get; private set; }

    /// <summary>Scan lines per chunk.</summary>
    public int ChunkLines => Compression switch
    {
        ExrCompression.None or ExrCompression.Rle or ExrCompression.Zips => 1,
        ExrCompression.Zip or ExrCompression.Pxr24 => 16,
        ExrCompression.Dwab => 256,
        _ => 32,
    };

    /// <summary>Whether a file begins like an EXR.</summary>
    public static bool Matches(ReadOnlySpan<byte> start) => start is [0x76, 0x2F, 0x31, 0x01, ..];

    /// <summary>Reads the header of a single-part image.</summary>
    /// <exception cref="MediaException">Damaged, too large; or multi-part or deep, which is refused because parts would be lost.</exception>
    public static ExrHeader Read(string path, ReadOnlySpan<byte> file)
    {
        var header = new ExrHeader(path);
        if (!Matches(file) || file.Length < 8) throw header.Bad("it does not begin like one");
        int version = BinaryPrimitives.ReadInt32LittleEndian(file[4..]);
        if ((version & 0xFF) != 2) throw new MediaException(MediaError.Unsupported, $"'{path}': EXR version {version & 0xFF} is not 2");
        if ((version & 0x800) != 0)
        {
            throw new MediaException(MediaError.WouldLose, $"'{path}' is a deep EXR; its samples would be lost, so it is not read");
        }

        if ((version & 0x1000) != 0)
        {
            throw new MediaException(MediaError.WouldLose, $"'{path}' is a multi-part EXR; all parts but one would be lost, so it is not read");
        }

        header.IsTiled = (version & 0x200) != 0;
        header.ReadEntries(file);
        return header;
    }

    /// <summary>The exception for a damaged file.</summary>
    public MediaException Bad(string what) => new(MediaError.Malformed, $"'{_path}' is a damaged EXR: {what}");

    private void ReadEntries(ReadOnlySpan<byte> file)
    {
        int at = 8;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            string name = ReadName(file, ref at);
            if (name.Length == 0) break;
            string type = ReadName(file, ref at);
            int length = ReadInt(file, ref at);
            if (length < 0 || length > ValueBytesMax || length > file.Length - at) throw Bad($"attribute '{name}' claims {length} bytes");
            if (!seen.Add(name)) throw Bad($"attribute '{name}' occurs twice");
            if (seen.Count > AttributesMax) throw Bad($"more than {AttributesMax} attributes");
            ReadValue(name, type, file.Slice(at, length));
            at += length;
        }

        EndOffset = at;
        foreach (string needed in (string[])["channels", "compression", "dataWindow", "displayWindow"])
        {
            if (!seen.Contains(needed)) throw Bad($"attribute '{needed}' is missing");
        }

        if (Channels.Count == 0) throw Bad("it lists no channels");
        MovieProbe.CheckSize(_path, DataWindow.Width, DataWindow.Height);
    }

    private void ReadValue(string name, string type, ReadOnlySpan<byte> value)
    {
        switch (name)
        {
            case "channels":
                ReadChannels(value);
                break;
            case "compression":
                if (value.Length != 1 || value[0] > (int)ExrCompression.Dwab) throw Bad("its compression is unknown");
                Compression = (ExrCompression)value[0];
                break;
            case "dataWindow":
                DataWindow = ReadBox(name, value);
                break;
            case "displayWindow":
                DisplayWindow = ReadBox(name, value);
                break;
            case "pixelAspectRatio":
                if (value.Length != 4) throw Bad("its pixelAspectRatio is not a float");
                float aspect = BinaryPrimitives.ReadSingleLittleEndian(value);
                if (aspect is > 0.01f and < 100) PixelAspect = Ratio(aspect);
                break;
        }

        if (!_storage.Contains(name)) Entries.Add(new ExrHeaderEntry(name, type, value.ToArray()));
    }

    /// <summary>The simplest fraction within float precision.</summary>
    private static Rational Ratio(float value)
    {
        for (int bottom = 1; bottom <= 4096; bottom++)
        {
            int top = (int)Math.Round(value * (double)bottom);
            if (Math.Abs((top / (double)bottom) - value) <= value * 1e-6) return new Rational(top, bottom);
        }

        return new Rational((int)Math.Round(value * 100_000d), 100_000).Reduced;
    }

    private void ReadChannels(ReadOnlySpan<byte> value)
    {
        int at = 0;
        while (true)
        {
            string name = ReadName(value, ref at);
            if (name.Length == 0) break;
            int type = ReadInt(value, ref at);
            if (at + 4 > value.Length) throw Bad("its channel list ends early");
            bool linear = value[at] != 0;
            at += 4;
            int x = ReadInt(value, ref at);
            int y = ReadInt(value, ref at);
            if (type is < 0 or > 2) throw Bad($"channel '{name}' has the unknown type {type}");
            if (x is < 1 or > 64 || y is < 1 or > 64) throw Bad($"channel '{name}' has the sampling {x}×{y}");
            if (Channels.Exists(other => other.Name == name)) throw Bad($"channel '{name}' occurs twice");
            Channels.Add(new ExrChannel(name, (ExrPixelType)type, linear, x, y));
            if (Channels.Count > ChannelsMax) throw Bad($"more than {ChannelsMax} channels");
        }
    }

    private ExrBox ReadBox(string name, ReadOnlySpan<byte> value)
    {
        if (value.Length != 16) throw Bad($"its {name} has {value.Length} bytes");
        var box = new ExrBox(
            BinaryPrimitives.ReadInt32LittleEndian(value), BinaryPrimitives.ReadInt32LittleEndian(value[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(value[8..]), BinaryPrimitives.ReadInt32LittleEndian(value[12..]));
        foreach (int edge in (int[])[box.MinX, box.MinY, box.MaxX, box.MaxY])
        {
            if (edge is < -CoordinateMax or > CoordinateMax) throw Bad($"its {name} has the coordinate {edge}, outside ±{CoordinateMax}");
        }

        if (box.MaxX < box.MinX || box.MaxY < box.MinY) throw Bad($"its {name} is empty");
        return box;
    }

    private string ReadName(ReadOnlySpan<byte> bytes, ref int at)
    {
        int length = bytes[Math.Min(at, bytes.Length)..].IndexOf((byte)0);
        if (length < 0 || length > NameBytesMax) throw Bad($"a name at {at} has no end within {NameBytesMax} bytes");
        string name = Encoding.UTF8.GetString(bytes.Slice(at, length));
        at += length + 1;
        return name;
    }

    private int ReadInt(ReadOnlySpan<byte> bytes, ref int at)
    {
        if (at + 4 > bytes.Length) throw Bad($"it ends at {at} inside a number");
        int value = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        at += 4;
        return value;
    }
}
