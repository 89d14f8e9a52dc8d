using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Bridge;

/// <summary>Moves pixels between a host's picture and a slot, in one pass whatever has to change on the way.</summary>
internal static unsafe class PixelTransfer
{
    /// <summary>Pictures of at least so many bytes are written past the caches.</summary>
    public const long StreamBytesMin = 4 << 20;

    private const int BlockBytes = 256;
    private const int LineBytes = 64;

    /// <summary>Copies the pixels of a slot into another one of the same size and format.</summary>
    public static void CopyRows(SlotView from, SlotView to) =>
        CopyRows((byte*)from.Pointer, from.RowBytes, (byte*)to.Pointer, to.RowBytes, from.PixelRowBytes, from.Height);

    /// <summary>Copies rows of bytes. Either picture may run upwards (negative row bytes).</summary>
    /// <param name="from">First row to read.</param>
    /// <param name="fromRowBytes">Leads to the next one.</param>
    /// <param name="to">First row to write.</param>
    /// <param name="toRowBytes">Leads to the next one.</param>
    /// <param name="bytes">Bytes of a row that hold pixels; only these are touched.</param>
    /// <param name="rows">How many rows.</param>
    public static void CopyRows(byte* from, long fromRowBytes, byte* to, long toRowBytes, long bytes, int rows)
    {
        bool isStreamed = bytes * rows >= StreamBytesMin && Vector128.IsHardwareAccelerated;
        if (fromRowBytes == bytes && toRowBytes == bytes)
        {
            bytes *= rows;
            rows = 1;
        }

        if (fromRowBytes < 0)
        {
            // What is read runs upwards in memory, for the processor fetches ahead in that direction.
            from += (rows - 1) * fromRowBytes;
            to += (rows - 1) * toRowBytes;
            fromRowBytes = -fromRowBytes;
            toRowBytes = -toRowBytes;
        }

        for (int y = 0; y < rows; y++, from += fromRowBytes, to += toRowBytes)
        {
            if (isStreamed) Stream(from, to, bytes);
            else Buffer.MemoryCopy(from, to, bytes, bytes);
        }

        // Streamed stores are not ordered with the message that tells the peer of them.
        if (isStreamed) Fence();
    }

    /// <summary>Makes streamed stores visible before whatever is written next.</summary>
    public static void Fence()
    {
        if (Sse.IsSupported) Sse.StoreFence();
        else Thread.MemoryBarrier();
    }

    private static void Stream(byte* from, byte* to, long bytes)
    {
        long head = Math.Min(bytes, -(nint)to & (LineBytes - 1));
        Buffer.MemoryCopy(from, to, head, head);
        from += head;
        to += head;
        bytes -= head;
        long streamed = bytes & ~(long)(BlockBytes - 1);
        if (Vector256.IsHardwareAccelerated) Stream256(from, to, streamed);
        else Stream128(from, to, streamed);
        Buffer.MemoryCopy(from + streamed, to + streamed, bytes - streamed, bytes - streamed);
    }

    private static void Stream256(byte* from, byte* to, long bytes)
    {
        for (byte* end = to + bytes; to < end; from += BlockBytes, to += BlockBytes)
        {
            Stream256(from, to);
            Stream256(from + BlockBytes / 2, to + BlockBytes / 2);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Stream256(byte* from, byte* to)
    {
        Vector256<byte> a = Vector256.Load(from), b = Vector256.Load(from + 32), c = Vector256.Load(from + 64), d = Vector256.Load(from + 96);
        a.StoreAlignedNonTemporal(to);
        b.StoreAlignedNonTemporal(to + 32);
        c.StoreAlignedNonTemporal(to + 64);
        d.StoreAlignedNonTemporal(to + 96);
    }

    private static void Stream128(byte* from, byte* to, long bytes)
    {
        for (byte* end = to + bytes; to < end; from += LineBytes, to += LineBytes)
        {
            Vector128<byte> a = Vector128.Load(from), b = Vector128.Load(from + 16), c = Vector128.Load(from + 32), d = Vector128.Load(from + 48);
            a.StoreAlignedNonTemporal(to);
            b.StoreAlignedNonTemporal(to + 16);
            c.StoreAlignedNonTemporal(to + 32);
            d.StoreAlignedNonTemporal(to + 48);
        }
    }
}
