using System.IO.Compression;

namespace RunwayFX.Media;

/// <summary>The lossless chunk codings of EXR: none, run lengths, zlib; the latter two over bytes that are split and differenced.</summary>
internal static class ExrPacking
{
    /// <summary>Unpacks a chunk into exactly <paramref name="raw"/>.</summary>
    /// <exception cref="MediaException">The chunk is damaged.</exception>
    public static void Unpack(ExrHeader header, ReadOnlySpan<byte> packed, Span<byte> raw, byte[] scratch)
    {
        // A chunk that packing would not make smaller is stored as it is.
        if (packed.Length == raw.Length || header.Compression == ExrCompression.None)
        {
            if (packed.Length != raw.Length) throw header.Bad($"a chunk has {packed.Length} bytes instead of {raw.Length}");
            packed.CopyTo(raw);
            return;
        }

        if (packed.IsEmpty) throw header.Bad("a chunk is empty");
        Span<byte> joined = scratch.AsSpan(0, raw.Length);
        if (header.Compression == ExrCompression.Rle) UnpackRuns(header, packed, joined);
        else UnpackZip(packed, joined);
        for (int i = 1; i < joined.Length; i++) joined[i] = (byte)(joined[i - 1] + joined[i] - 128);
        int half = (raw.Length + 1) / 2;
        for (int i = 0; i < raw.Length; i++) raw[i] = (i & 1) == 0 ? joined[i / 2] : joined[half + (i / 2)];
    }

    /// <summary>Packs a chunk with zlib; the raw bytes themselves where that is no smaller.</summary>
    public static byte[] PackZip(ReadOnlySpan<byte> raw)
    {
        byte[] split = new byte[raw.Length];
        int half = (raw.Length + 1) / 2;
        for (int i = 0; i < raw.Length; i++) split[(i & 1) == 0 ? i / 2 : half + (i / 2)] = raw[i];
        for (int i = split.Length - 1; i > 0; i--) split[i] = (byte)(split[i] - split[i - 1] + 128);
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(split);
        return packed.Length < raw.Length ? packed.ToArray() : raw.ToArray();
    }

    private static unsafe void UnpackZip(ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        fixed (byte* start = packed)
        {
            using var memory = new UnmanagedMemoryStream(start, packed.Length);
            using var zip = new ZLibStream(memory, CompressionMode.Decompress);
            zip.ReadExactly(raw);
        }
    }

    private static void UnpackRuns(ExrHeader header, ReadOnlySpan<byte> packed, Span<byte> raw)
    {
        int to = 0;
        int from = 0;
        while (from < packed.Length)
        {
            int count = (sbyte)packed[from++];
            if (count < 0)
            {
                count = -count;
                if (count > packed.Length - from || count > raw.Length - to) throw header.Bad("a run goes past its chunk");
                packed.Slice(from, count).CopyTo(raw[to..]);
                from += count;
            }
            else
            {
                count++;
                if (from >= packed.Length || count > raw.Length - to) throw header.Bad("a run goes past its chunk");
                raw.Slice(to, count).Fill(packed[from++]);
            }

            to += count;
        }

        if (to != raw.Length) throw header.Bad($"a chunk unpacks to {to} bytes instead of {raw.Length}");
    }
}
