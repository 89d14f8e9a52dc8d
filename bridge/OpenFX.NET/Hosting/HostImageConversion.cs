using System.Buffers;
using System.Runtime.InteropServices;

namespace OpenFX.Hosting;

/// <summary>Changes the stored form of host images: depth, components, row order, window and render scale.</summary>
/// <remarks>Byte, short and half values survive a trip through 32-bit float bit for bit. Integers are rounded to nearest (ties to even) and clamped;
/// NaN becomes 0 there. Colour values are never touched otherwise: no premultiplication, no transfer function.</remarks>
public static class HostImageConversion
{
    /// <summary>Makes an image from top-down RGBA float rows, the form in which most programs hold a picture.</summary>
    /// <param name="pixels">Width × height × 4 values, top row first.</param>
    /// <param name="format">Wanted form; its bounds give width and height.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the bounds.</exception>
    public static HostImage FromRgbaTopDown(ReadOnlySpan<float> pixels, HostImageFormat format)
    {
        var image = new HostImage(format);
        int rowLength = image.Width * 4;
        if (pixels.Length != (long)rowLength * image.Height)
        {
            image.Dispose();
            throw new ArgumentException($"{pixels.Length} values do not fill {format.Bounds.Width}×{format.Bounds.Height} RGBA pixels",
                nameof(pixels));
        }

        for (int row = 0; row < image.Height; row++)
            EncodeRow(pixels.Slice(row * rowLength, rowLength), image.Row(image.Bounds.Y2 - 1 - row), format.Depth, format.Components);
        return image;
    }

    /// <summary>Reads an image into top-down RGBA float rows. RGB gets alpha 1, alpha-only images get it in all four channels.</summary>
    /// <param name="image">What to read.</param>
    /// <param name="pixels">Width × height × 4 values, overwritten.</param>
    /// <exception cref="ArgumentException">The number of values does not fit the bounds.</exception>
    public static void ToRgbaTopDown(HostImage image, Span<float> pixels)
    {
        ArgumentNullException.ThrowIfNull(image);
        int rowLength = image.Width * 4;
        if (pixels.Length != (long)rowLength * image.Height)
            throw new ArgumentException($"{pixels.Length} values do not hold {image.Width}×{image.Height} RGBA pixels", nameof(pixels));
        for (int row = 0; row < image.Height; row++)
            DecodeRow(image.Row(image.Bounds.Y2 - 1 - row), pixels.Slice(row * rowLength, rowLength), image.Format.Depth, image.Format.Components);
    }

    /// <summary>A new image with another form. Pixels outside the original's bounds are transparent black; another render scale resamples
    /// (box average when shrinking, nearest when growing).</summary>
    public static HostImage Convert(HostImage image, HostImageFormat format)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(format);
        var result = new HostImage(format) { UniqueIdentifier = image.UniqueIdentifier, RegionOfDefinition = image.RegionOfDefinition };
        if (format.Scale != image.Format.Scale) HostImageScaling.Resample(image, result);
        else CopyRows(image, result);
        return result;
    }

    /// <summary>Turns stored values into RGBA floats.</summary>
    internal static void DecodeRow(ReadOnlySpan<byte> source, Span<float> rgba, PixelDepth depth, PixelComponents components)
    {
        int count = (int)components, width = rgba.Length / 4;
        for (int x = 0; x < width; x++)
        {
            Span<float> pixel = rgba.Slice(x * 4, 4);
            for (int c = 0; c < count; c++) pixel[c] = Decode(source, x * count + c, depth);
            if (components == PixelComponents.Alpha) pixel.Fill(pixel[0]);
            else if (components == PixelComponents.Rgb) pixel[3] = 1;
        }
    }

    /// <summary>Stores RGBA floats. Alpha-only images take the alpha channel.</summary>
    internal static void EncodeRow(ReadOnlySpan<float> rgba, Span<byte> target, PixelDepth depth, PixelComponents components)
    {
        int count = (int)components, width = rgba.Length / 4;
        for (int x = 0; x < width; x++)
        {
            if (components == PixelComponents.Alpha) Encode(target, x, depth, rgba[x * 4 + 3]);
            else for (int c = 0; c < count; c++) Encode(target, x * count + c, depth, rgba[x * 4 + c]);
        }
    }

    private static void CopyRows(HostImage source, HostImage target)
    {
        PixelBounds common = source.Bounds.Intersect(target.Bounds);
        if (common.IsEmpty) return;
        HostImageFormat from = source.Format, to = target.Format;
        bool sameStorage = from.Depth == to.Depth && from.Components == to.Components;
        float[]? row = sameStorage ? null : ArrayPool<float>.Shared.Rent(common.Width * 4);
        for (int y = common.Y1; y < common.Y2; y++)
        {
            Span<byte> read = source.Row(y).Slice((common.X1 - source.Bounds.X1) * from.PixelBytes, common.Width * from.PixelBytes);
            Span<byte> write = target.Row(y).Slice((common.X1 - target.Bounds.X1) * to.PixelBytes, common.Width * to.PixelBytes);
            if (row is null)
            {
                read.CopyTo(write);
                continue;
            }

            Span<float> rgba = row.AsSpan(0, common.Width * 4);
            DecodeRow(read, rgba, from.Depth, from.Components);
            EncodeRow(rgba, write, to.Depth, to.Components);
        }

        if (row is not null) ArrayPool<float>.Shared.Return(row);
    }

    private static float Decode(ReadOnlySpan<byte> source, int index, PixelDepth depth) => depth switch
    {
        PixelDepth.Byte => source[index] / 255f,
        PixelDepth.Short => MemoryMarshal.Read<ushort>(source[(index * 2)..]) / 65535f,
        PixelDepth.Half => (float)MemoryMarshal.Read<Half>(source[(index * 2)..]),
        _ => MemoryMarshal.Read<float>(source[(index * 4)..]),
    };

    private static void Encode(Span<byte> target, int index, PixelDepth depth, float value)
    {
        switch (depth)
        {
            case PixelDepth.Byte:
                target[index] = (byte)ToInteger(value, 255);
                break;
            case PixelDepth.Short:
                MemoryMarshal.Write(target[(index * 2)..], (ushort)ToInteger(value, 65535));
                break;
            case PixelDepth.Half:
                MemoryMarshal.Write(target[(index * 2)..], (Half)value);
                break;
            default:
                MemoryMarshal.Write(target[(index * 4)..], value);
                break;
        }
    }

    private static int ToInteger(float value, int white) =>
        float.IsNaN(value) ? 0 : (int)Math.Round(Math.Clamp((double)value, 0, 1) * white, MidpointRounding.ToEven);
}
