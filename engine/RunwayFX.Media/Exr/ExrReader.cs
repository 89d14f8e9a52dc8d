using System.Buffers.Binary;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Reads scan-line EXR, uncompressed, RLE, ZIPS or ZIP, with all its channels and windows; hands other compressions and tiles to ffmpeg
/// where nothing besides RGBA would be lost.</summary>
internal static class ExrReader
{
    /// <summary>Most bytes of pixel data of one file, all channels together.</summary>
    public const long PixelBytesMax = 2L << 30;

    /// <summary>Deflate cannot expand more than this; a header that claims more lies.</summary>
    private const long ExpansionMax = 1_100;

    /// <summary>Decodes a whole file held in memory. The frame is the data window.</summary>
    /// <exception cref="MediaException">Damaged, too large; or something would be lost.</exception>
    public static StillPicture Read(string path, byte[] file, CancellationToken cancellation)
    {
        ExrHeader header = ExrHeader.Read(path, file);
        int[] slots = ColorSlots(path, header);
        if (header.IsTiled || header.Compression > ExrCompression.Zip) return ThroughFFmpeg(path, file, header, cancellation);
        long pixelBytes = header.Channels.Sum(channel => (long)header.DataWindow.Width * header.DataWindow.Height * channel.Bytes);
        if (pixelBytes > PixelBytesMax)
        {
            throw new MediaException(MediaError.TooLarge, $"'{path}' holds {pixelBytes} bytes of pixels, the limit is {PixelBytesMax}");
        }

        if (pixelBytes / ExpansionMax > file.Length) throw header.Bad($"{file.Length} bytes cannot hold its {pixelBytes} bytes of pixels");
        var decoder = new Decoder(header, slots);
        try
        {
            decoder.Run(file, cancellation);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new MediaException(MediaError.Malformed, $"'{path}' is a damaged EXR: {e.Message}", e);
        }

        return Describe(header, decoder.Frame, decoder.Extras());
    }

    /// <summary>For each channel its place in RGBA, 4 for grey (all three), or −1 for one that is carried along.</summary>
    private static int[] ColorSlots(string path, ExrHeader header)
    {
        bool isGray = !header.Channels.Exists(channel => channel.Name is "R" or "G" or "B");
        int[] slots = new int[header.Channels.Count];
        for (int i = 0; i < slots.Length; i++)
        {
            ExrChannel channel = header.Channels[i];
            slots[i] = channel.Name switch { "R" => 0, "G" => 1, "B" => 2, "A" => 3, "Y" when isGray => 4, _ => -1 };
            if (slots[i] >= 0 && channel.Type == ExrPixelType.UInt)
            {
                throw new MediaException(MediaError.Unsupported,
                    $"'{path}': channel '{channel.Name}' holds whole numbers, which is not supported for colour");
            }

            if (channel.SamplingX != 1 || channel.SamplingY != 1)
            {
                throw new MediaException(
                    MediaError.Unsupported,
                    $"'{path}': channel '{channel.Name}' is subsampled {channel.SamplingX}×{channel.SamplingY}, which is not supported");
            }
        }

        if (!slots.Any(slot => slot is 0 or 1 or 2 or 4))
        {
            string names = string.Join(", ", header.Channels.Take(8).Select(channel => channel.Name));
            throw new MediaException(MediaError.Unsupported, $"'{path}' has no R, G, B or Y channel of its own, only: {names}");
        }

        return slots;
    }

    private static StillPicture ThroughFFmpeg(string path, byte[] file, ExrHeader header, CancellationToken cancellation)
    {
        string kind = header.IsTiled ? $"tiled {header.Compression}" : header.Compression.ToString();
        string[] extra = [.. header.Channels.Where(channel => channel.Name is not ("R" or "G" or "B" or "A" or "Y")).Select(channel => channel.Name)];
        if (extra.Length > 0)
        {
            throw new MediaException(
                MediaError.WouldLose,
                $"'{path}': the channels {string.Join(", ", extra.Take(6))} of this {kind} EXR would be lost; "
                + "save it as scan-line ZIP to keep them");
        }

        if (header.DataWindow != header.DisplayWindow)
        {
            throw new MediaException(
                MediaError.WouldLose,
                $"'{path}': the data window {header.DataWindow} of this {kind} EXR, other than its display window {header.DisplayWindow}, "
                + "would be lost; save it as scan-line ZIP to keep it");
        }

        StillPicture picture = FFmpegPictures.Read(path, file, "exr_pipe", cancellation);
        if (picture.Frame.Width != header.DataWindow.Width || picture.Frame.Height != header.DataWindow.Height)
        {
            throw new MediaException(MediaError.ToolFailed,
                $"'{path}': ffmpeg read {picture.Frame.Width}×{picture.Frame.Height} pixels of {header.DataWindow}");
        }

        return Describe(header, picture.Frame, []);
    }

    private static StillPicture Describe(ExrHeader header, Frame frame, List<ExrChannelData> extras)
    {
        bool isFloat = header.Channels.Exists(channel => channel.Name is "R" or "G" or "B" or "A" or "Y" && channel.Type == ExrPixelType.Float);
        bool hasAlpha = header.Channels.Exists(channel => channel.Name == "A");
        return new StillPicture
        {
            Frame = frame,
            Codec = "exr",
            BitDepth = isFloat ? 32 : 16,
            IsFloat = true,
            HasAlpha = hasAlpha,
            IsPremultiplied = hasAlpha,
            SampleAspect = header.PixelAspect,
            Exr = new ExrExtras
            {
                DataWindow = header.DataWindow,
                DisplayWindow = header.DisplayWindow,
                Channels = extras,
                Attributes = header.Entries,
                ColorType = isFloat ? ExrPixelType.Float : ExrPixelType.Half,
            },
        };
    }

    /// <summary>Unpacks the chunks of one file.</summary>
    private sealed class Decoder
    {
        private readonly ExrHeader _header;
        private readonly int[] _slots;
        private readonly byte[]?[] _carried;
        private readonly int _width;
        private readonly int _height;
        private readonly int _lineBytes;

        public Decoder(ExrHeader header, int[] slots)
        {
            _header = header;
            _slots = slots;
            (_width, _height) = (header.DataWindow.Width, header.DataWindow.Height);
            _lineBytes = checked(_width * header.Channels.Sum(channel => channel.Bytes));
            Frame = new Frame(_width, _height);
            _carried = new byte[]?[slots.Length];
            for (int i = 0; i < slots.Length; i++)
            {
                if (slots[i] < 0) _carried[i] = new byte[_width * _height * header.Channels[i].Bytes];
            }

            if (slots.Contains(3)) return;
            Span<float> pixels = Frame.Pixels;
            for (int i = 3; i < pixels.Length; i += Frame.Channels) pixels[i] = 1;
        }

        public Frame Frame { get; }

        public List<ExrChannelData> Extras()
        {
            var extras = new List<ExrChannelData>();
            for (int i = 0; i < _slots.Length; i++)
            {
                ExrChannel channel = _header.Channels[i];
                if (_carried[i] is byte[] data) extras.Add(new ExrChannelData(channel.Name, channel.Type, channel.IsPerceptuallyLinear, data));
            }

            return extras;
        }

        public void Run(byte[] file, CancellationToken cancellation)
        {
            int lines = _header.ChunkLines;
            int chunks = (_height + lines - 1) / lines;
            long tableEnd = _header.EndOffset + (8L * chunks);
            if (tableEnd > file.Length) throw _header.Bad("it ends inside its offset table");
            bool[] done = new bool[chunks];
            byte[] unpacked = new byte[_lineBytes * Math.Min(lines, _height)];
            byte[] scratch = new byte[unpacked.Length];
            for (int i = 0; i < chunks; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                long offset = BinaryPrimitives.ReadInt64LittleEndian(file.AsSpan(_header.EndOffset + (8 * i)));
                if (offset < tableEnd || offset > file.Length - 8) throw _header.Bad($"chunk {i} lies at {offset}, outside of the file");
                int y = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan((int)offset)) - _header.DataWindow.MinY;
                int size = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan((int)offset + 4));
                if (y < 0 || y >= _height || y % lines != 0 || done[y / lines]) throw _header.Bad($"chunk {i} claims line {y}");
                if (size < 0 || size > file.Length - offset - 8) throw _header.Bad($"chunk {i} claims {size} bytes");
                done[y / lines] = true;
                int count = Math.Min(lines, _height - y);
                Span<byte> raw = unpacked.AsSpan(0, _lineBytes * count);
                ExrPacking.Unpack(_header, file.AsSpan((int)offset + 8, size), raw, scratch);
                for (int line = 0; line < count; line++) Spread(raw.Slice(line * _lineBytes, _lineBytes), y + line);
            }
        }

        private void Spread(ReadOnlySpan<byte> line, int y)
        {
            Span<float> row = Frame.Row(y);
            for (int i = 0; i < _slots.Length; i++)
            {
                ExrChannel channel = _header.Channels[i];
                ReadOnlySpan<byte> values = line[..(_width * channel.Bytes)];
                line = line[values.Length..];
                if (_carried[i] is byte[] carried)
                {
                    values.CopyTo(carried.AsSpan(y * values.Length));
                    continue;
                }

                int slot = _slots[i] == 4 ? 0 : _slots[i];
                for (int x = 0; x < _width; x++)
                {
                    row[(4 * x) + slot] = channel.Type == ExrPixelType.Half
                        ? (float)BinaryPrimitives.ReadHalfLittleEndian(values[(2 * x)..])
                            : BinaryPrimitives.ReadSingleLittleEndian(values[(4 * x)..]);
                }

                if (_slots[i] != 4) continue;
                for (int x = 0; x < _width; x++) row[(4 * x) + 1] = row[(4 * x) + 2] = row[4 * x];
            }
        }
    }
}
