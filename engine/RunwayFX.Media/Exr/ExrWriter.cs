using System.Buffers.Binary;
using System.Text;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Writes scan-line EXR with ZIP compression: RGBA in half or float, and channels, windows and attributes that were carried along, byte for
/// byte.</summary>
internal static class ExrWriter
{
    private const int ChunkLines = 16;

    /// <summary>Encodes to memory.</summary>
    /// <exception cref="MediaException">The extras do not belong to a frame of this size.</exception>
    public static byte[] Encode(
        string path, Frame frame, ExrPixelType type, bool hasAlpha, ExrExtras? extras, Rational pixelAspect, CancellationToken cancellation)
    {
        ExrBox data = extras?.DataWindow ?? new ExrBox(0, 0, frame.Width - 1, frame.Height - 1);
        ExrBox display = extras?.DisplayWindow ?? data;
        if (data.Width != frame.Width || data.Height != frame.Height)
        {
            throw new MediaException(MediaError.SizeChanged,
                $"'{path}': a frame of {frame.Width}×{frame.Height} does not fill the data window {data}");
        }

        List<Source> channels = Channels(path, frame, type, hasAlpha, extras);
        using var file = new MemoryStream();
        file.Write([0x76, 0x2F, 0x31, 0x01]);
        bool longNames = channels.Exists(channel => channel.Name.Length > 31)
            || (extras?.Attributes.Any(entry => entry.Name.Length > 31 || entry.Type.Length > 31) ?? false);
        WriteInt(file, longNames ? 0x402 : 2);
        WriteHeader(file, channels, data, display, extras, pixelAspect);
        WriteChunks(file, channels, data, frame, cancellation);
        return file.ToArray();
    }

    private static List<Source> Channels(string path, Frame frame, ExrPixelType type, bool hasAlpha, ExrExtras? extras)
    {
        List<Source> channels = [new("R", type, false, 0, null), new("G", type, false, 1, null), new("B", type, false, 2, null)];
        if (hasAlpha) channels.Add(new("A", type, false, 3, null));
        foreach (ExrChannelData extra in extras?.Channels ?? [])
        {
            if (channels.Exists(channel => channel.Name == extra.Name)) continue;
            var source = new Source(extra.Name, extra.Type, extra.IsPerceptuallyLinear, -1, extra.Data);
            if (extra.Data.Length != (long)frame.Width * frame.Height * source.Bytes)
            {
                throw new MediaException(MediaError.SizeChanged,
                    $"'{path}': channel '{extra.Name}' has {extra.Data.Length} bytes for {frame.Width}×{frame.Height}");
            }

            channels.Add(source);
        }

        channels.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return channels;
    }

    private static void WriteHeader(MemoryStream file, List<Source> channels, ExrBox data, ExrBox display, ExrExtras? extras, Rational pixelAspect)
    {
        using var list = new MemoryStream();
        foreach (Source channel in channels)
        {
            WriteName(list, channel.Name);
            WriteInt(list, (int)channel.Type);
            WriteInt(list, channel.IsLinear ? 1 : 0);
            WriteInt(list, 1);
            WriteInt(list, 1);
        }

        list.WriteByte(0);
        WriteEntry(file, "channels", "chlist", list.ToArray());
        WriteEntry(file, "compression", "compression", [(byte)ExrCompression.Zip]);
        WriteEntry(file, "dataWindow", "box2i", Box(data));
        WriteEntry(file, "displayWindow", "box2i", Box(display));
        WriteEntry(file, "lineOrder", "lineOrder", [0]);
        var carried = new HashSet<string>(StringComparer.Ordinal);
        foreach (ExrHeaderEntry entry in extras?.Attributes ?? [])
        {
            if (carried.Add(entry.Name)) WriteEntry(file, entry.Name, entry.Type, entry.Value);
        }

        byte[] number = new byte[4];
        if (!carried.Contains("pixelAspectRatio"))
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, pixelAspect.IsPositive ? (float)pixelAspect.Value : 1);
            WriteEntry(file, "pixelAspectRatio", "float", number);
        }

        if (!carried.Contains("screenWindowCenter")) WriteEntry(file, "screenWindowCenter", "v2f", new byte[8]);
        if (!carried.Contains("screenWindowWidth"))
        {
            BinaryPrimitives.WriteSingleLittleEndian(number, 1);
            WriteEntry(file, "screenWindowWidth", "float", number);
        }

        file.WriteByte(0);
    }

    private static void WriteChunks(MemoryStream file, List<Source> channels, ExrBox data, Frame frame, CancellationToken cancellation)
    {
        int chunks = (frame.Height + ChunkLines - 1) / ChunkLines;
        byte[][] packed = new byte[chunks][];
        int lineBytes = checked(frame.Width * channels.Sum(channel => channel.Bytes));
        Parallel.For(0, chunks, new ParallelOptions { CancellationToken = cancellation }, i =>
        {
            int first = i * ChunkLines;
            int count = Math.Min(ChunkLines, frame.Height - first);
            byte[] raw = new byte[lineBytes * count];
            for (int line = 0; line < count; line++) Gather(channels, frame, first + line, raw.AsSpan(line * lineBytes, lineBytes));
            packed[i] = ExrPacking.PackZip(raw);
        });
        long offset = file.Length + (8L * chunks);
        Span<byte> word = stackalloc byte[8];
        foreach (byte[] chunk in packed)
        {
            BinaryPrimitives.WriteInt64LittleEndian(word, offset);
            file.Write(word);
            offset += 8 + chunk.Length;
        }

        for (int i = 0; i < chunks; i++)
        {
            WriteInt(file, data.MinY + (i * ChunkLines));
            WriteInt(file, packed[i].Length);
            file.Write(packed[i]);
        }
    }

    private static void Gather(List<Source> channels, Frame frame, int y, Span<byte> line)
    {
        ReadOnlySpan<float> row = frame.Row(y);
        foreach (Source channel in channels)
        {
            Span<byte> values = line[..(frame.Width * channel.Bytes)];
            line = line[values.Length..];
            if (channel.Data is not null)
            {
                channel.Data.AsSpan(y * values.Length, values.Length).CopyTo(values);
                continue;
            }

            for (int x = 0; x < frame.Width; x++)
            {
                float value = row[(4 * x) + channel.Slot];
                if (channel.Type == ExrPixelType.Half) BinaryPrimitives.WriteHalfLittleEndian(values[(2 * x)..], (Half)value);
                else BinaryPrimitives.WriteSingleLittleEndian(values[(4 * x)..], value);
            }
        }
    }

    private static byte[] Box(ExrBox box)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, box.MinX);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), box.MinY);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), box.MaxX);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), box.MaxY);
        return bytes;
    }

    private static void WriteEntry(MemoryStream file, string name, string type, byte[] value)
    {
        WriteName(file, name);
        WriteName(file, type);
        WriteInt(file, value.Length);
        file.Write(value);
    }

    private static void WriteName(MemoryStream file, string name)
    {
        file.Write(Encoding.UTF8.GetBytes(name));
        file.WriteByte(0);
    }

    private static void WriteInt(MemoryStream file, int value)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(word, value);
        file.Write(word);
    }

    /// <summary>Where a channel's values come from: a slot of the frame, or bytes carried along.</summary>
    private sealed record Source(string Name, ExrPixelType Type, bool IsLinear, int Slot, byte[]? Data)
    {
        public int Bytes => Type == ExrPixelType.Half ? 2 : 4;
    }
}
