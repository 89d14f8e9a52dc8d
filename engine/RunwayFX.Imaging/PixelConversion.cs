using System.Buffers;
using System.Runtime.InteropServices;

namespace RunwayFX.Imaging;

/// <summary>The one place where pixels of other layouts become a <see cref="Frame"/> and go back.</summary>
/// <remarks>
/// <para>Rows: <c>rowBytes</c> is the distance from a row of the picture to the row below it. Positive: the buffer starts with the top row.
/// Negative: the buffer starts with the bottom row (an OpenFX image, whose data pointer and positive row bytes run upwards, is read with its row
/// bytes
/// negated). The buffer always starts at the lowest address. Rows may be padded; padding is neither read nor written.</para>
/// <para>Every byte, short, half (subnormals, −0, infinities and NaN payloads included) and float value survives format → Frame → format as the bits
/// it was.
/// Byte and short are value ÷ 255 and value ÷ 65535; the way back clamps to 0..1 (NaN becomes 0) and rounds to nearest, halves up. Floats become
/// halves rounded to nearest even; what is too large becomes infinite. Rgb gets alpha 1 and drops alpha on the way back; Alpha gets colour 0 and
/// drops
/// colour. Thread-safe; the caller decides how rows are spread over threads.</para>
/// </remarks>
public static class PixelConversion
{
    /// <summary>Bytes a picture takes in a buffer: from the first byte of the first row in memory to the last byte of the last.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="Frame.SideMax"/> or a row does not fit into
    /// <paramref name="rowBytes"/>.</exception>
    public static long RequiredBytes(int width, int height, PixelFormat format, int rowBytes)
    {
        if (width is < 1 or > Frame.SideMax) throw new ArgumentOutOfRangeException(nameof(width), width,
            $"width {width} is outside 1..{Frame.SideMax}");
        if (height is < 1 or > Frame.SideMax) throw new ArgumentOutOfRangeException(nameof(height), height,
            $"height {height} is outside 1..{Frame.SideMax}");
        if (!format.IsValid) throw new ArgumentOutOfRangeException(nameof(format), format, $"pixel format {format} is unknown");
        long used = (long)width * format.BytesPerPixel;
        long stride = Math.Abs((long)rowBytes);
        if (height > 1 && stride < used) throw new ArgumentOutOfRangeException(nameof(rowBytes), rowBytes,
            $"row bytes {rowBytes} do not hold a row of {used} bytes");
        return (height - 1) * stride + used;
    }

    /// <summary>Reads a picture into a frame of its size.</summary>
    /// <param name="source">At least <see cref="RequiredBytes"/> long.</param>
    /// <param name="format">Layout of <paramref name="source"/>.</param>
    /// <param name="rowBytes">See the type's remarks.</param>
    /// <param name="destination">Overwritten.</param>
    /// <exception cref="ArgumentException">The buffer is too short, or as <see cref="RequiredBytes"/>.</exception>
    public static void ToFrame(ReadOnlySpan<byte> source, PixelFormat format, int rowBytes, Frame destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        ToRows(source, format, rowBytes, destination, 0, destination.Height);
    }

    /// <summary>Reads some rows of a picture, so that several threads can share the work.</summary>
    /// <param name="source">The whole picture.</param>
    /// <param name="format">Layout of <paramref name="source"/>.</param>
    /// <param name="rowBytes">See the type's remarks.</param>
    /// <param name="destination">Its rows in the range are overwritten.</param>
    /// <param name="firstRow">First row, 0 = top.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <exception cref="ArgumentException">The buffer is too short, the range leaves the frame, or as <see cref="RequiredBytes"/>.</exception>
    public static void ToRows(ReadOnlySpan<byte> source, PixelFormat format, int rowBytes, Frame destination, int firstRow, int rowCount)
    {
        ArgumentNullException.ThrowIfNull(destination);
        CheckBuffer(source.Length, format, rowBytes, destination, firstRow, rowCount, nameof(source));
        int used = destination.Width * format.BytesPerPixel;
        float[]? rented = format.Components == PixelComponents.Rgba ? null : ArrayPool<float>.Shared.Rent(destination.Width * format.ChannelCount);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            ReadOnlySpan<byte> packed = source.Slice(RowOffset(y, destination.Height, rowBytes), used);
            Span<float> row = destination.Row(y);
            if (rented is null)
            {
                ChannelConversion.ToFloat(packed, format.Depth, row);
                continue;
            }

            Span<float> channels = rented.AsSpan(0, destination.Width * format.ChannelCount);
            ChannelConversion.ToFloat(packed, format.Depth, channels);
            if (format.Components == PixelComponents.Rgb) ExpandRgb(channels, row);
            else ExpandAlpha(channels, row);
        }

        if (rented is not null) ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Writes a frame into a buffer.</summary>
    /// <param name="source">The frame.</param>
    /// <param name="destination">At least <see cref="RequiredBytes"/> long.</param>
    /// <param name="format">Layout of <paramref name="destination"/>.</param>
    /// <param name="rowBytes">See the type's remarks.</param>
    /// <exception cref="ArgumentException">The buffer is too short, or as <see cref="RequiredBytes"/>.</exception>
    public static void FromFrame(Frame source, Span<byte> destination, PixelFormat format, int rowBytes)
    {
        ArgumentNullException.ThrowIfNull(source);
        FromRows(source, destination, format, rowBytes, 0, source.Height);
    }

    /// <summary>Writes some rows of a frame, so that several threads can share the work.</summary>
    /// <param name="source">The frame.</param>
    /// <param name="destination">Buffer of the whole picture; only the rows in the range are written.</param>
    /// <param name="format">Layout of <paramref name="destination"/>.</param>
    /// <param name="rowBytes">See the type's remarks.</param>
    /// <param name="firstRow">First row, 0 = top.</param>
    /// <param name="rowCount">How many rows.</param>
    /// <exception cref="ArgumentException">The buffer is too short, the range leaves the frame, or as <see cref="RequiredBytes"/>.</exception>
    public static void FromRows(Frame source, Span<byte> destination, PixelFormat format, int rowBytes, int firstRow, int rowCount)
    {
        ArgumentNullException.ThrowIfNull(source);
        CheckBuffer(destination.Length, format, rowBytes, source, firstRow, rowCount, nameof(destination));
        int used = source.Width * format.BytesPerPixel;
        float[]? rented = format.Components == PixelComponents.Rgba ? null : ArrayPool<float>.Shared.Rent(source.Width * format.ChannelCount);
        for (int y = firstRow; y < firstRow + rowCount; y++)
        {
            Span<byte> packed = destination.Slice(RowOffset(y, source.Height, rowBytes), used);
            ReadOnlySpan<float> row = source.Row(y);
            if (rented is null)
            {
                ChannelConversion.FromFloat(row, format.Depth, packed);
                continue;
            }

            Span<float> channels = rented.AsSpan(0, source.Width * format.ChannelCount);
            if (format.Components == PixelComponents.Rgb) PickRgb(row, channels);
            else PickAlpha(row, channels);
            ChannelConversion.FromFloat(channels, format.Depth, packed);
        }

        if (rented is not null) ArrayPool<float>.Shared.Return(rented);
    }

    private static void CheckBuffer(int length, PixelFormat format, int rowBytes, Frame frame, int firstRow, int rowCount, string name)
    {
        long required = RequiredBytes(frame.Width, frame.Height, format, rowBytes);
        if (length < required) throw new ArgumentException($"{length} bytes do not hold {frame.Width}×{frame.Height} pixels of {format}, which take {required}.", name);
        if (firstRow < 0 || rowCount < 0 || firstRow > frame.Height - rowCount)
            throw new ArgumentOutOfRangeException(nameof(firstRow), firstRow,
                $"rows {firstRow}..{(long)firstRow + rowCount} leave a frame of {frame.Height} rows");
    }

    private static int RowOffset(int y, int height, int rowBytes) =>
        checked((int)(rowBytes >= 0 ? (long)y * rowBytes : (long)(height - 1 - y) * -(long)rowBytes));

    private static void ExpandRgb(ReadOnlySpan<float> rgb, Span<float> rgba)
    {
        // Bits, not floats, are moved: a signalling NaN stays what it is.
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<float, uint>(rgb);
        Span<uint> to = MemoryMarshal.Cast<float, uint>(rgba);
        uint one = BitConverter.SingleToUInt32Bits(1f);
        for (int x = 0, i = 0; x + 4 <= to.Length; x += 4, i += 3)
        {
            to[x] = from[i];
            to[x + 1] = from[i + 1];
            to[x + 2] = from[i + 2];
            to[x + 3] = one;
        }
    }

    private static void ExpandAlpha(ReadOnlySpan<float> alpha, Span<float> rgba)
    {
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<float, uint>(alpha);
        Span<uint> to = MemoryMarshal.Cast<float, uint>(rgba);
        to.Clear();
        for (int x = 0; x < from.Length; x++) to[4 * x + 3] = from[x];
    }

    private static void PickRgb(ReadOnlySpan<float> rgba, Span<float> rgb)
    {
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<float, uint>(rgba);
        Span<uint> to = MemoryMarshal.Cast<float, uint>(rgb);
        for (int x = 0, i = 0; x + 4 <= from.Length; x += 4, i += 3)
        {
            to[i] = from[x];
            to[i + 1] = from[x + 1];
            to[i + 2] = from[x + 2];
        }
    }

    private static void PickAlpha(ReadOnlySpan<float> rgba, Span<float> alpha)
    {
        ReadOnlySpan<uint> from = MemoryMarshal.Cast<float, uint>(rgba);
        Span<uint> to = MemoryMarshal.Cast<float, uint>(alpha);
        for (int x = 0; x < to.Length; x++) to[x] = from[4 * x + 3];
    }
}
