using System.Buffers.Binary;
using System.IO.Compression;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Decodes PNG of every colour type, depth (1 to 16 bits) and interlacing at full depth.</summary>
/// <remarks>Sizes are checked before anything is allocated, and the compressed data can never unpack to more than the header's size needs. Checksums
/// must be right. Gamma and profile chunks are not applied: values are the file's own.</remarks>
internal static class PngReader
{
    /// <summary>Most chunks of a file.</summary>
    public const int ChunksMax = 100_000;

    /// <summary>Deflate cannot expand more than this; a header that claims more lies.</summary>
    private const long ExpansionMax = 1_100;

    /// <summary>Whether a file begins like a PNG.</summary>
    public static bool Matches(ReadOnlySpan<byte> start) => start.StartsWith(PngFormat.Signature);

    /// <summary>Decodes a whole file held in memory.</summary>
    /// <exception cref="MediaException">Damaged, too large, or an impossible header.</exception>
    public static StillPicture Read(string path, byte[] file)
    {
        try
        {
            return Decode(path, file);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new MediaException(MediaError.Malformed, $"'{path}' is a damaged PNG: {e.Message}", e);
        }
    }

    private static StillPicture Decode(string path, byte[] file)
    {
        var state = new Header();
        using var data = new MemoryStream();
        int at = PngFormat.Signature.Length;
        for (int count = 0; ; count++)
        {
            if (count > ChunksMax) throw Bad(path, $"more than {ChunksMax} chunks");
            if (at + 12 > file.Length) throw Bad(path, "it ends before its last chunk");
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at));
            if (length > file.Length - at - 12) throw Bad(path, $"a chunk of {length} bytes at {at} goes past the end");
            ReadOnlySpan<byte> type = file.AsSpan(at + 4, 4);
            ReadOnlySpan<byte> body = file.AsSpan(at + 8, (int)length);
            uint crc = ~PngFormat.Crc(PngFormat.CrcStart, file.AsSpan(at + 4, (int)length + 4));
            if (crc != BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(at + 8 + (int)length)))
            {
                throw Bad(path, $"the checksum of the chunk at {at} is wrong");
            }

            if (count == 0 && !type.SequenceEqual("IHDR"u8)) throw Bad(path, "it does not begin with IHDR");
            if (type.SequenceEqual("IHDR"u8)) state.Read(path, body, count == 0);
            else if (type.SequenceEqual("PLTE"u8)) state.Palette = body.ToArray();
            else if (type.SequenceEqual("tRNS"u8)) state.Transparency = body.ToArray();
            else if (type.SequenceEqual("pHYs"u8) && body.Length == 9) state.ReadAspect(body);
            else if (type.SequenceEqual("IDAT"u8)) data.Write(body);
            else if (type.SequenceEqual("IEND"u8)) break;
            else if ((type[0] & 0x20) == 0) throw Bad(path, $"an unknown critical chunk at {at}");
            at += 12 + (int)length;
        }

        state.CheckPalette(path);
        if ((long)state.Width * state.Height * state.Channels * state.Depth / 8 / ExpansionMax > data.Length)
        {
            throw Bad(path, $"{data.Length} bytes cannot hold {state.Width}×{state.Height} pixels");
        }

        data.Position = 0;
        var frame = new Frame(state.Width, state.Height);
        using (var unpacked = new ZLibStream(data, CompressionMode.Decompress)) Unpack(path, unpacked, state, frame);
        return new StillPicture
        {
            Frame = frame,
            Codec = "png",
            BitDepth = Math.Max(8, state.Depth),
            HasAlpha = state.HasAlpha,
            SampleAspect = state.Aspect,
        };
    }

    private static void Unpack(string path, Stream source, Header header, Frame frame)
    {
        int passes = header.Interlaced ? 7 : 1;
        int bitsPerPixel = header.Channels * header.Depth;
        int reach = Math.Max(1, bitsPerPixel / 8);
        int rowBytesMax = (int)((((long)header.Width * bitsPerPixel) + 7) / 8);
        byte[] current = new byte[rowBytesMax + 1];
        byte[] previous = new byte[rowBytesMax + 1];
        for (int pass = 0; pass < passes; pass++)
        {
            (int x0, int y0, int dx, int dy) = header.Interlaced
                ? (PngFormat.PassX[pass], PngFormat.PassY[pass], PngFormat.StepX[pass], PngFormat.StepY[pass]) : (0, 0, 1, 1);
            int columns = (header.Width - x0 + dx - 1) / dx;
            if (columns <= 0 || header.Height <= y0) continue;
            int rowBytes = (int)((((long)columns * bitsPerPixel) + 7) / 8);
            Array.Clear(previous);
            for (int y = y0; y < header.Height; y += dy)
            {
                source.ReadExactly(current, 0, rowBytes + 1);
                Unfilter(path, current.AsSpan(1, rowBytes), previous.AsSpan(1, rowBytes), current[0], reach);
                header.Convert(current.AsSpan(1, rowBytes), columns, frame.Row(y), x0, dx);
                (current, previous) = (previous, current);
            }
        }
    }

    private static void Unfilter(string path, Span<byte> row, ReadOnlySpan<byte> above, byte filter, int reach)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = reach; i < row.Length; i++) row[i] += row[i - reach];
                break;
            case 2:
                for (int i = 0; i < row.Length; i++) row[i] += above[i];
                break;
            case 3:
                for (int i = 0; i < row.Length; i++) row[i] += (byte)(((i < reach ? 0 : row[i - reach]) + above[i]) >> 1);
                break;
            case 4:
                for (int i = 0; i < row.Length; i++) row[i] += i < reach ? above[i] : PngFormat.Paeth(row[i - reach], above[i], above[i - reach]);
                break;
            default:
                throw Bad(path, $"the row filter {filter} does not exist");
        }
    }

    private static MediaException Bad(string path, string what) => new(MediaError.Malformed, $"'{path}' is a damaged PNG: {what}");

    /// <summary>What the chunks before the pixels say.</summary>
    private sealed class Header
    {
        public int Width { get; private set; }

        public int Height { get; private set; }

        public int Depth { get; private set; }

        public int ColorType { get; private set; }

        public bool Interlaced { get; private set; }

        public byte[] Palette { get; set; } = [];

        public byte[] Transparency { get; set; } = [];

        public Rational Aspect { get; private set; } = Rational.One;

        public int Channels => ColorType switch { 2 => 3, 4 => 2, 6 => 4, _ => 1 };

        public bool HasAlpha => ColorType >= 4 || Transparency.Length > 0;

        public void Read(string path, ReadOnlySpan<byte> body, bool isFirst)
        {
            if (!isFirst || body.Length != 13) throw Bad(path, "its IHDR is not one of 13 bytes at the start");
            uint width = BinaryPrimitives.ReadUInt32BigEndian(body);
            uint height = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
            MovieProbe.CheckSize(path, width, height);
            (Width, Height, Depth, ColorType) = ((int)width, (int)height, body[8], body[9]);
            bool valid = ColorType switch
            {
                0 => Depth is 1 or 2 or 4 or 8 or 16,
                3 => Depth is 1 or 2 or 4 or 8,
                2 or 4 or 6 => Depth is 8 or 16,
                _ => false,
            };
            if (!valid || body[10] != 0 || body[11] != 0 || body[12] > 1)
            {
                throw Bad(path, $"colour type {ColorType}, depth {Depth}, compression {body[10]}, filter {body[11]}, interlace {body[12]} is no PNG");
            }

            Interlaced = body[12] == 1;
        }

        public void ReadAspect(ReadOnlySpan<byte> body)
        {
            uint perX = BinaryPrimitives.ReadUInt32BigEndian(body);
            uint perY = BinaryPrimitives.ReadUInt32BigEndian(body[4..]);
            // More pixels per unit across means narrower pixels.
            if (perX is > 0 and <= Rational.TermMax && perY is > 0 and <= Rational.TermMax) Aspect = new Rational((int)perY, (int)perX).Reduced;
        }

        public void CheckPalette(string path)
        {
            if (ColorType == 3 && (Palette.Length is < 3 or > 768 || Palette.Length % 3 != 0))
            {
                throw Bad(path, $"its palette has {Palette.Length} bytes");
            }

            int wanted = ColorType switch { 0 => 2, 2 => 6, 3 => Math.Min(Transparency.Length, Palette.Length / 3), _ => 0 };
            if (Transparency.Length > 0 && Transparency.Length != wanted) throw Bad(path, $"its tRNS has {Transparency.Length} bytes");
        }

        public void Convert(ReadOnlySpan<byte> row, int columns, Span<float> output, int x0, int dx)
        {
            int max = (1 << Depth) - 1;
            Span<int> sample = stackalloc int[4];
            for (int i = 0; i < columns; i++)
            {
                for (int c = 0; c < Channels; c++) sample[c] = Sample(row, (i * Channels) + c);
                Span<float> pixel = output.Slice((x0 + (i * dx)) * Frame.Channels, Frame.Channels);
                switch (ColorType)
                {
                    case 0:
                        pixel.Fill(sample[0] / (float)max);
                        pixel[3] = Transparency.Length == 2 && sample[0] == BinaryPrimitives.ReadUInt16BigEndian(Transparency) ? 0 : 1;
                        break;
                    case 3:
                        int entry = sample[0];
                        if ((entry * 3) + 2 >= Palette.Length) throw new InvalidDataException($"palette entry {entry} is over {Palette.Length / 3}");
                        for (int c = 0; c < 3; c++) pixel[c] = Palette[(entry * 3) + c] / 255f;
                        pixel[3] = entry < Transparency.Length ? Transparency[entry] / 255f : 1;
                        break;
                    case 4:
                        pixel.Fill(sample[0] / (float)max);
                        pixel[3] = sample[1] / (float)max;
                        break;
                    default:
                        for (int c = 0; c < 3; c++) pixel[c] = sample[c] / (float)max;
                        pixel[3] = ColorType == 6 ? sample[3] / (float)max : Transparency.Length == 6 && IsTransparent(sample) ? 0 : 1;
                        break;
                }
            }
        }

        private bool IsTransparent(ReadOnlySpan<int> sample)
        {
            for (int c = 0; c < 3; c++)
            {
                if (sample[c] != BinaryPrimitives.ReadUInt16BigEndian(Transparency.AsSpan(2 * c))) return false;
            }

            return true;
        }

        private int Sample(ReadOnlySpan<byte> row, int index) => Depth switch
        {
            16 => (row[2 * index] << 8) | row[(2 * index) + 1],
            8 => row[index],
            _ => (row[index * Depth / 8] >> (8 - Depth - (index * Depth % 8))) & ((1 << Depth) - 1),
        };
    }
}
