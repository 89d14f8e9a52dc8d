using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;
using RunwayFX.Imaging;

namespace RunwayFX.Engine.Results;

/// <summary>The form in which a result lies on disk: bit for bit what was computed, checked from the first byte to the last.</summary>
/// <remarks>
/// <para>Little-endian. Head: magic <c>RFXR</c>, version, length of the head's body; the body (name, size, layout, inputs, maker); XxHash128 of all that. Then
/// the pixels row by row, alpha and shares only where they are not one value everywhere; XxHash128 of them.</para>
/// <para>Whatever a file holds, reading it ends in a result, in "damaged" or in an <see cref="IOException"/>: every length is checked against the limits and the
/// length of the file before anything is allocated for it.</para>
/// </remarks>
internal static class ResultFile
{
    /// <summary>Grows with every change of the form; part of the folder's name and of every result's.</summary>
    public const int Version = 1;

    /// <summary>Most inputs of a result; one with more is not kept.</summary>
    public const int InputsMax = 2048;

    /// <summary>Longest text, in UTF-8 bytes.</summary>
    public const int TextBytesMax = 16 * 1024;

    /// <summary>Longest body of the head.</summary>
    public const int HeadBytesMax = 1 << 22;

    private const int ClipsMax = 255;
    private const double TimeMax = 1e9;
    private const uint Magic = 0x52584652;
    private const int PreludeBytes = 12, HashBytes = 16;

    /// <summary>Writes a result; false where it is more than a file may hold.</summary>
    public static bool TryWrite(Stream stream, UInt128 name, KeptResult result)
    {
        if (Head(name, result, out bool hasAlpha, out bool hasShares) is not { } head) return false;
        stream.Write(head);
        XxHash128 hash = new();
        Frame picture = result.Picture;
        byte[] row = new byte[picture.Width * RowPixelBytes(hasAlpha)];
        for (int y = 0; y < picture.Height; y++)
        {
            ReadOnlySpan<byte> bytes = hasAlpha ? MemoryMarshal.AsBytes(picture.Row(y)) : WithoutAlpha(picture.Row(y), row);
            hash.Append(bytes);
            stream.Write(bytes);
        }

        if (hasShares)
        {
            ReadOnlySpan<byte> shares = MemoryMarshal.AsBytes(result.Shares.AsSpan());
            hash.Append(shares);
            stream.Write(shares);
        }

        stream.Write(hash.GetCurrentHash());
        return true;
    }

    /// <summary>Reads what stands before the pixels; null where it is damaged, of another form, or another result's.</summary>
    public static ResultHead? ReadHead(Stream stream, UInt128 name)
    {
        Span<byte> prelude = stackalloc byte[PreludeBytes];
        if (!TryFill(stream, prelude)) return null;
        int length = BinaryPrimitives.ReadInt32LittleEndian(prelude[8..]);
        bool isOurs = BinaryPrimitives.ReadUInt32LittleEndian(prelude) == Magic && BinaryPrimitives.ReadInt32LittleEndian(prelude[4..]) == Version;
        if (!isOurs || length is < 0 or > HeadBytesMax || length > stream.Length - stream.Position - HashBytes) return null;
        byte[] body = new byte[length + HashBytes];
        if (!TryFill(stream, body)) return null;
        XxHash128 hash = new();
        hash.Append(prelude);
        hash.Append(body.AsSpan(0, length));
        if (!hash.GetCurrentHash().AsSpan().SequenceEqual(body.AsSpan(length))) return null;
        ResultHead? head = ReadBody(body, length);
        if (head is null || head.Name != name) return null;
        return stream.Length - stream.Position == head.PixelBytes + HashBytes ? head : null;
    }

    /// <summary>Reads the pixels; null where they are damaged.</summary>
    public static KeptResult? ReadPixels(Stream stream, ResultHead head)
    {
        XxHash128 hash = new();
        Frame picture = FramePool.Rent(head.Width, head.Height);
        byte[] row = new byte[head.Width * RowPixelBytes(head.HasAlpha)];
        for (int y = 0; y < head.Height; y++)
        {
            Span<byte> bytes = head.HasAlpha ? MemoryMarshal.AsBytes(picture.Row(y)) : row;
            if (!TryFill(stream, bytes)) return null;
            hash.Append(bytes);
            if (!head.HasAlpha) WithAlpha(row, head.Alpha, picture.Row(y));
        }

        float[] shares = new float[head.Width * head.Height];
        if (head.HasShares)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(shares.AsSpan());
            if (!TryFill(stream, bytes)) return null;
            hash.Append(bytes);
        }
        else
        {
            shares.AsSpan().Fill(head.Share);
        }

        Span<byte> expected = stackalloc byte[HashBytes];
        if (!TryFill(stream, expected) || !hash.GetCurrentHash().AsSpan().SequenceEqual(expected)) return null;
        return new KeptResult(picture, shares, head.Inputs, head.MadeBy);
    }

    private static int RowPixelBytes(bool hasAlpha) => (hasAlpha ? Frame.Channels : Frame.Channels - 1) * sizeof(float);

    private static byte[]? Head(UInt128 name, KeptResult result, out bool hasAlpha, out bool hasShares)
    {
        Frame picture = result.Picture;
        uint alpha = BitConverter.SingleToUInt32Bits(picture.Pixels[Frame.Channels - 1]), share = BitConverter.SingleToUInt32Bits(result.Shares[0]);
        hasAlpha = hasShares = false;
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(picture.Pixels);
        for (int at = Frame.Channels - 1; at < bits.Length && !hasAlpha; at += Frame.Channels) hasAlpha = bits[at] != alpha;
        hasShares = MemoryMarshal.Cast<float, uint>(result.Shares.AsSpan()).ContainsAnyExcept(share);
        if (result.Inputs.Count > InputsMax) return null;
        using MemoryStream memory = new();
        using BinaryWriter writer = new(memory, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(Version);
        writer.Write(0);
        Write(writer, name);
        writer.Write(picture.Width);
        writer.Write(picture.Height);
        writer.Write(hasAlpha);
        writer.Write(alpha);
        writer.Write(hasShares);
        writer.Write(share);
        if (!TryWrite(writer, result.MadeBy)) return null;
        writer.Write(result.Inputs.Count);
        foreach (ResultInput input in result.Inputs)
        {
            writer.Write(input.Clip);
            writer.Write(input.Time);
            if (!TryWrite(writer, input.Path)) return null;
            Write(writer, input.Hash);
        }

        writer.Flush();
        int length = (int)memory.Length - PreludeBytes;
        if (length > HeadBytesMax) return null;
        memory.Position = 8;
        writer.Write(length);
        memory.Position = memory.Length;
        byte[] head = memory.ToArray();
        return [.. head, .. XxHash128.Hash(head)];
    }

    private static ResultHead? ReadBody(byte[] body, int length)
    {
        BodyCursor cursor = new(body.AsSpan(0, length));
        if (!cursor.TryName(out UInt128 name) || !cursor.TryInt32(out int width) || !cursor.TryInt32(out int height)) return null;
        if (width is < 1 or > Frame.SideMax || height is < 1 or > Frame.SideMax || (long)width * height * Frame.Channels > int.MaxValue) return null;
        if (!cursor.TryFlag(out bool hasAlpha) || !cursor.TrySingle(out float alpha) || !cursor.TryFlag(out bool hasShares) || !cursor.TrySingle(out float share)) return null;
        if (!cursor.TryText(out string madeBy) || !cursor.TryInt32(out int count) || count is < 0 or > InputsMax) return null;
        ResultInput[] inputs = new ResultInput[count];
        for (int index = 0; index < count; index++)
        {
            if (!cursor.TryInt32(out int clip) || !cursor.TryDouble(out double time) || !cursor.TryText(out string path) || !cursor.TryName(out UInt128 hash)) return null;
            if (clip is < ResultInput.File or > ClipsMax || !(Math.Abs(time) <= TimeMax)) return null;
            inputs[index] = new ResultInput(clip, time, path, hash);
        }

        return !cursor.IsAtEnd ? null : new ResultHead(name, width, height, inputs, madeBy)
        {
            HasAlpha = hasAlpha, Alpha = alpha, HasShares = hasShares, Share = share,
            PixelBytes = (long)width * height * (RowPixelBytes(hasAlpha) + (hasShares ? sizeof(float) : 0)),
        };
    }

    private static void Write(BinaryWriter writer, UInt128 value)
    {
        writer.Write((ulong)(value >> 64));
        writer.Write((ulong)value);
    }

    private static bool TryWrite(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        if (bytes.Length > TextBytesMax) return false;
        writer.Write(bytes.Length);
        writer.Write(bytes);
        return true;
    }

    private static byte[] WithoutAlpha(ReadOnlySpan<float> pixels, byte[] row)
    {
        Span<float> to = MemoryMarshal.Cast<byte, float>(row.AsSpan());
        for (int x = 0, at = 0; at < to.Length; x += Frame.Channels, at += 3) pixels.Slice(x, 3).CopyTo(to[at..]);
        return row;
    }

    private static void WithAlpha(byte[] row, float alpha, Span<float> pixels)
    {
        ReadOnlySpan<float> from = MemoryMarshal.Cast<byte, float>(row.AsSpan());
        for (int x = 0, at = 0; at < from.Length; x += Frame.Channels, at += 3)
        {
            from.Slice(at, 3).CopyTo(pixels[x..]);
            pixels[x + 3] = alpha;
        }
    }

    private static bool TryFill(Stream stream, Span<byte> bytes) => stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;

    /// <summary>Reads a head's body; every step says whether there was as much.</summary>
    private ref struct BodyCursor(ReadOnlySpan<byte> rest)
    {
        private ReadOnlySpan<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public bool TryInt32(out int value)
        {
            value = _rest.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(_rest) : 0;
            return TrySkip(sizeof(int));
        }

        public bool TrySingle(out float value)
        {
            value = _rest.Length >= sizeof(float) ? BinaryPrimitives.ReadSingleLittleEndian(_rest) : 0;
            return TrySkip(sizeof(float));
        }

        public bool TryDouble(out double value)
        {
            value = _rest.Length >= sizeof(double) ? BinaryPrimitives.ReadDoubleLittleEndian(_rest) : 0;
            return TrySkip(sizeof(double));
        }

        public bool TryFlag(out bool value)
        {
            value = _rest.Length > 0 && _rest[0] == 1;
            return _rest.Length > 0 && _rest[0] <= 1 && TrySkip(1);
        }

        public bool TryName(out UInt128 value)
        {
            bool isThere = _rest.Length >= HashBytes;
            value = isThere ? new UInt128(BinaryPrimitives.ReadUInt64LittleEndian(_rest), BinaryPrimitives.ReadUInt64LittleEndian(_rest[8..])) : 0;
            return TrySkip(HashBytes);
        }

        public bool TryText(out string text)
        {
            text = "";
            if (!TryInt32(out int length) || length is < 0 or > TextBytesMax || length > _rest.Length) return false;
            text = Encoding.UTF8.GetString(_rest[..length]);
            return TrySkip(length);
        }

        private bool TrySkip(int count)
        {
            if (_rest.Length < count) return false;
            _rest = _rest[count..];
            return true;
        }
    }
}

/// <summary>What stands before a kept result's pixels.</summary>
/// <param name="Name">The result's name.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Inputs">What it was made from.</param>
/// <param name="MadeBy">By whom.</param>
internal sealed record ResultHead(UInt128 Name, int Width, int Height, IReadOnlyList<ResultInput> Inputs, string MadeBy)
{
    /// <summary>Whether each pixel has an alpha of its own; else <see cref="Alpha"/> holds everywhere.</summary>
    public required bool HasAlpha { get; init; }

    public required float Alpha { get; init; }

    /// <summary>Whether each pixel has a share of its own; else <see cref="Share"/> holds everywhere.</summary>
    public required bool HasShares { get; init; }

    public required float Share { get; init; }

    /// <summary>Bytes of the pixels.</summary>
    public required long PixelBytes { get; init; }
}
