using RunwayFX.Bridge;
using RunwayFX.Imaging;
using ImagingDepth = RunwayFX.Imaging.PixelDepth;
using ImagingFormat = RunwayFX.Imaging.PixelFormat;
using ImagingComponents = RunwayFX.Imaging.PixelComponents;

namespace RunwayFX.Engine.Rendering;

/// <summary>Moves pixels between slots, which hold the host's own layout, and frames.</summary>
/// <remarks>Values that the layout can hold come back as the bits they were. The host may scribble on a slot at any time: bytes are read once and mean
/// nothing but colour.</remarks>
internal static class SlotPixels
{
    /// <summary>Largest picture in a slot, in bytes.</summary>
    public const long SlotBytesMax = int.MaxValue;

    /// <summary>Frames of fewer pixels are converted by one thread.</summary>
    private const int ParallelPixelsMin = 1 << 18;

    /// <summary>Reads a slot into a frame of <see cref="FramePool"/>.</summary>
    /// <exception cref="EngineException">The picture takes more than <see cref="SlotBytesMax"/> bytes.</exception>
    public static Frame Read(SlotView slot)
    {
        ImagingFormat format = FormatOf(slot);
        int length = LengthOf(slot);
        Frame frame = FramePool.Rent(slot.Width, slot.Height);
        InBands(slot.Width, slot.Height, (first, count) => PixelConversion.ToRows(BytesOf(slot, length), format, (int)slot.RowBytes, frame, first, count));
        return frame;
    }

    /// <summary>Writes a frame into a slot of its size.</summary>
    /// <exception cref="EngineException">The picture takes more than <see cref="SlotBytesMax"/> bytes.</exception>
    public static void Write(Frame frame, SlotView slot)
    {
        ImagingFormat format = FormatOf(slot);
        int length = LengthOf(slot);
        InBands(slot.Width, slot.Height, (first, count) => PixelConversion.FromRows(frame, BytesOf(slot, length), format, (int)slot.RowBytes, first, count));
    }

    private static unsafe Span<byte> BytesOf(SlotView slot, int length) => new((void*)slot.Pointer, length);

    private static ImagingFormat FormatOf(SlotView slot) => new(
        slot.Format.Depth switch
        {
            Bridge.PixelDepth.Byte => ImagingDepth.Byte,
            Bridge.PixelDepth.Short => ImagingDepth.Short,
            Bridge.PixelDepth.Half => ImagingDepth.Half,
            Bridge.PixelDepth.Float => ImagingDepth.Float,
            _ => throw new ArgumentOutOfRangeException(nameof(slot), slot.Format, "unknown depth"),
        },
        slot.Format.Components switch
        {
            Bridge.PixelComponents.Rgba => ImagingComponents.Rgba,
            Bridge.PixelComponents.Rgb => ImagingComponents.Rgb,
            Bridge.PixelComponents.Alpha => ImagingComponents.Alpha,
            _ => throw new ArgumentOutOfRangeException(nameof(slot), slot.Format, "unknown components"),
        });

    private static int LengthOf(SlotView slot)
    {
        long length = (slot.Height - 1) * slot.RowBytes + slot.PixelRowBytes;
        if (length <= SlotBytesMax) return (int)length;
        throw new EngineException(EngineError.FrameTooLarge, $"A frame of {slot.Width}×{slot.Height} pixels takes {length} bytes, over {SlotBytesMax}.");
    }

    private static void InBands(int width, int height, Action<int, int> convert)
    {
        int bands = (long)width * height < ParallelPixelsMin ? 1 : Math.Min(Environment.ProcessorCount, height);
        if (bands == 1)
        {
            convert(0, height);
            return;
        }

        Parallel.For(0, bands, band =>
        {
            int first = (int)((long)height * band / bands), next = (int)((long)height * (band + 1) / bands);
            convert(first, next - first);
        });
    }
}
