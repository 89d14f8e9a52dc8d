using System.Runtime.CompilerServices;
using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>How a pixel lies in memory.</summary>
public enum PixelLayout
{
    /// <summary>Blue, green, red, alpha in 8 bits: Premiere.</summary>
    Bgra8,

    /// <summary>The same in 32-bit floats, in the sequence's own curve.</summary>
    BgraFloat,

    /// <summary>The same in 32-bit floats, linear light.</summary>
    BgraFloatLinear,

    /// <summary>Alpha, red, green, blue in 8 bits: After Effects, and layers that Premiere hands over in its plain form.</summary>
    Argb8,

    /// <summary>The same from 0 to 32768.</summary>
    Argb16,

    /// <summary>The same in 32-bit floats.</summary>
    ArgbFloat,
}

/// <summary>A picture that the host lent for one command: rows from the top, as the host has them. Not valid after the command.</summary>
/// <remarks>In a field of a frame the picture has every other line: half the height, twice the step. Made only where sizes and step make sense.</remarks>
public sealed unsafe class Picture
{
    private readonly byte* _data;
    private bool _isReturned;

    private Picture(PF_LayerDef* world, PixelLayout layout, int left, int top)
    {
        _data = (byte*)world->data;
        Layout = layout;
        Width = world->width;
        Height = world->height;
        RowBytes = world->rowbytes;
        Left = left;
        Top = top;
    }

    /// <summary>How a pixel lies in memory.</summary>
    public PixelLayout Layout { get; }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Bytes from one row to the next; negative where the host's memory runs upwards.</summary>
    public int RowBytes { get; }

    /// <summary>Place of the first column within the layer, in downsampled pixels.</summary>
    public int Left { get; }

    /// <summary>Place of the first row within the layer, in downsampled pixels.</summary>
    public int Top { get; }

    /// <summary>Bytes of one pixel.</summary>
    public int PixelBytes => BytesOf(Layout);

    /// <summary>The bytes of a row, without the padding behind it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    /// <exception cref="ObjectDisposedException">The host has the picture back.</exception>
    public Span<byte> Row(int y)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)y, (uint)Height);
        ObjectDisposedException.ThrowIf(_isReturned, this);
        return new Span<byte>(_data + (nint)RowBytes * y, Width * PixelBytes);
    }

    /// <summary>Where the first row begins, for code that copies whole pictures.</summary>
    public byte* Data => _isReturned ? null : _data;

    /// <summary>Bytes of one pixel of a layout.</summary>
    public static int BytesOf(PixelLayout layout) => layout switch
    {
        PixelLayout.Bgra8 or PixelLayout.Argb8 => 4,
        PixelLayout.Argb16 => 8,
        _ => 16,
    };

    /// <summary>Wraps a host's picture if its sizes make sense.</summary>
    /// <returns>Null, and why, where they do not.</returns>
    internal static Picture? Wrap(PF_LayerDef* world, PixelLayout layout, int left, int top, out string why)
    {
        why = "";
        if (world == null || world->data == null) why = "the host gave no picture";
        else if (world->width is < 1 or > PF_Version.PF_MAX_WORLD_WIDTH || world->height is < 1 or > PF_Version.PF_MAX_WORLD_HEIGHT)
            why = $"{world->width}x{world->height} is no size from 1x1 to {PF_Version.PF_MAX_WORLD_WIDTH}x{PF_Version.PF_MAX_WORLD_HEIGHT}";
        else if (Math.Abs((long)world->rowbytes) < (long)world->width * BytesOf(layout))
            why = $"a step of {world->rowbytes} bytes is less than {world->width} pixels of {BytesOf(layout)} bytes";
        return why.Length == 0 ? new Picture(world, layout, left, top) : null;
    }

    /// <summary>The host has it back.</summary>
    internal void Return() => _isReturned = true;

    /// <summary>The layout a format names; null for formats that effects here do not take.</summary>
    internal static PixelLayout? LayoutOf(PF_PixelFormat format) => format switch
    {
        PF_PixelFormat.PrPixelFormat_BGRA_4444_8u => PixelLayout.Bgra8,
        PF_PixelFormat.PrPixelFormat_BGRA_4444_32f => PixelLayout.BgraFloat,
        PF_PixelFormat.PrPixelFormat_BGRA_4444_32f_Linear => PixelLayout.BgraFloatLinear,
        PF_PixelFormat.PF_PixelFormat_ARGB32 => PixelLayout.Argb8,
        PF_PixelFormat.PF_PixelFormat_ARGB64 => PixelLayout.Argb16,
        PF_PixelFormat.PF_PixelFormat_ARGB128 => PixelLayout.ArgbFloat,
        _ => null,
    };

    /// <summary>Reads a pixel as red, green, blue, alpha, 1 being white; for tests and tools, not for inner loops.</summary>
    public (float Red, float Green, float Blue, float Alpha) GetPixel(int x, int y)
    {
        ReadOnlySpan<byte> pixel = Row(y).Slice(x * PixelBytes, PixelBytes);
        (float a, float b, float c, float d) = PixelBytes switch
        {
            4 => (pixel[0] / 255f, pixel[1] / 255f, pixel[2] / 255f, pixel[3] / 255f),
            8 => (Deep(pixel, 0), Deep(pixel, 1), Deep(pixel, 2), Deep(pixel, 3)),
            _ => (BitConverter.ToSingle(pixel), BitConverter.ToSingle(pixel[4..]), BitConverter.ToSingle(pixel[8..]), BitConverter.ToSingle(pixel[12..])),
        };
        return Layout is PixelLayout.Bgra8 or PixelLayout.BgraFloat or PixelLayout.BgraFloatLinear ? (c, b, a, d) : (b, c, d, a);
    }

    private static float Deep(ReadOnlySpan<byte> pixel, int channel) =>
        Unsafe.ReadUnaligned<ushort>(in pixel[channel * 2]) / (float)PF_Version.PF_MAX_CHAN16;
}
