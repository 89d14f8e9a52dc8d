using System.Buffers.Binary;
using System.IO.Compression;
using RunwayFX.Imaging;

namespace RunwayFX.Media;

/// <summary>Encodes PNG with 8 or 16 bits, RGB or RGBA; the same pixels give the same bytes.</summary>
internal static class PngWriter
{
    /// <summary>Encodes to memory. Values round to the nearest code and clamp to 0..1.</summary>
    public static byte[] Encode(Frame frame, bool isDeep, bool hasAlpha, Rational pixelAspect, CancellationToken cancellation)
    {
        using var file = new MemoryStream();
        file.Write(PngFormat.Signature);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, frame.Width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), frame.Height);
        header[8] = (byte)(isDeep ? 16 : 8);
        header[9] = (byte)(hasAlpha ? 6 : 2);
        WriteChunk(file, "IHDR"u8, header);
        if (pixelAspect.IsPositive && pixelAspect.Reduced != Rational.One)
        {
            byte[] aspect = new byte[9];
            BinaryPrimitives.WriteInt32BigEndian(aspect, pixelAspect.Denominator);
            BinaryPrimitives.WriteInt32BigEndian(aspect.AsSpan(4), pixelAspect.Numerator);
            WriteChunk(file, "pHYs"u8, aspect);
        }

        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) WriteRows(zip, frame, isDeep, hasAlpha, cancellation);
        WriteChunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteRows(ZLibStream zip, Frame frame, bool isDeep, bool hasAlpha, CancellationToken cancellation)
    {
        int channels = hasAlpha ? 4 : 3;
        int reach = channels * (isDeep ? 2 : 1);
        byte[] row = new byte[frame.Width * reach];
        byte[] above = new byte[row.Length];
        byte[] filtered = new byte[row.Length + 1];
        filtered[0] = 4; // Paeth is the best single filter for photographs; choosing per row gains little.
        for (int y = 0; y < frame.Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<float> pixels = frame.Row(y);
            int at = 0;
            for (int x = 0; x < frame.Width; x++)
            {
                for (int c = 0; c < channels; c++)
                {
                    float value = pixels[(4 * x) + c];
                    value = value > 0 ? (value < 1 ? value : 1) : 0;
                    if (isDeep)
                    {
                        int code = (int)((value * 65535) + 0.5f);
                        row[at++] = (byte)(code >> 8);
                        row[at++] = (byte)code;
                    }
                    else
                    {
                        row[at++] = (byte)((value * 255) + 0.5f);
                    }
                }
            }

            for (int i = 0; i < row.Length; i++)
            {
                byte guess = i < reach ? above[i] : PngFormat.Paeth(row[i - reach], above[i], above[i - reach]);
                filtered[i + 1] = (byte)(row[i] - guess);
            }

            zip.Write(filtered);
            (row, above) = (above, row);
        }
    }

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> body)
    {
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, body.Length);
        file.Write(word);
        file.Write(type);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(word, ~PngFormat.Crc(PngFormat.Crc(PngFormat.CrcStart, type), body));
        file.Write(word);
    }
}
