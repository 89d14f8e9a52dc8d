using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RunwayFX.Media;

/// <summary>Rows of stored samples to floats and back: 8-bit, 16-bit and float words of either byte order, planar or interleaved.</summary>
internal static class SampleRows
{
    /// <summary>Reads <paramref name="count"/> samples that lie <see cref="PixelLayout.Components"/> apart (packed) or side by side
    /// (planar).</summary>
    public static void Read(byte[] raw, long offset, PixelLayout layout, int count, float[] row)
    {
        int step = layout.IsPlanar ? 1 : layout.Components;
        int length = (((count - 1) * step) + 1) * layout.SampleBytes;
        ReadOnlySpan<byte> bytes = raw.AsSpan(checked((int)offset), length);
        bool swap = layout.IsBigEndian == BitConverter.IsLittleEndian;
        switch (layout.SampleBytes)
        {
            case 1:
                for (int i = 0, at = 0; i < count; i++, at += step) row[i] = bytes[at];
                break;
            case 2:
                ReadOnlySpan<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0, at = 0; i < count; i++, at += step) row[i] = swap ? BinaryPrimitives.ReverseEndianness(words[at]) : words[at];
                break;
            default:
                ReadOnlySpan<int> bits = MemoryMarshal.Cast<byte, int>(bytes);
                for (int i = 0, at = 0; i < count; i++, at += step)
                {
                    row[i] = BitConverter.Int32BitsToSingle(swap ? BinaryPrimitives.ReverseEndianness(bits[at]) : bits[at]);
                }

                break;
        }
    }

    /// <summary>Writes samples: integers rounded to nearest and clamped to the layout's codes (NaN to 0), floats as they are.</summary>
    public static void Write(byte[] raw, long offset, PixelLayout layout, int count, float[] row)
    {
        int step = layout.IsPlanar ? 1 : layout.Components;
        int length = (((count - 1) * step) + 1) * layout.SampleBytes;
        Span<byte> bytes = raw.AsSpan(checked((int)offset), length);
        bool swap = layout.IsBigEndian == BitConverter.IsLittleEndian;
        float max = layout.CodeMax;
        switch (layout.SampleBytes)
        {
            case 1:
                for (int i = 0, at = 0; i < count; i++, at += step) bytes[at] = (byte)Code(row[i], max);
                break;
            case 2:
                Span<ushort> words = MemoryMarshal.Cast<byte, ushort>(bytes);
                for (int i = 0, at = 0; i < count; i++, at += step)
                {
                    ushort code = (ushort)Code(row[i], max);
                    words[at] = swap ? BinaryPrimitives.ReverseEndianness(code) : code;
                }

                break;
            default:
                Span<int> bits = MemoryMarshal.Cast<byte, int>(bytes);
                for (int i = 0, at = 0; i < count; i++, at += step)
                {
                    int value = BitConverter.SingleToInt32Bits(row[i]);
                    bits[at] = swap ? BinaryPrimitives.ReverseEndianness(value) : value;
                }

                break;
        }
    }

    private static int Code(float value, float max) => (int)((value > 0 ? (value < max ? value : max) : 0) + 0.5f);
}
