using System.Runtime.InteropServices;

namespace OpenFX.Hosting;

/// <summary>Form of a <see cref="HostImage"/>: where it lies, how its pixels are stored and what they mean.</summary>
public sealed record HostImageFormat
{
    /// <summary>Pixel window, y up; origins may be negative.</summary>
    public required PixelBounds Bounds { get; init; }

    /// <summary>Storage of a channel.</summary>
    public required PixelDepth Depth { get; init; }

    /// <summary>Channels per pixel.</summary>
    public required PixelComponents Components { get; init; }

    /// <summary>Order of rows in memory.</summary>
    public RowOrder RowOrder { get; init; }

    /// <summary>What colour says about alpha.</summary>
    public AlphaState Alpha { get; init; } = AlphaState.Premultiplied;

    /// <summary>Width of a pixel divided by its height.</summary>
    public double PixelAspectRatio { get; init; } = 1;

    /// <summary>Scale the pixels were rendered at.</summary>
    public RenderScale Scale { get; init; } = RenderScale.One;

    /// <summary>Field the image holds.</summary>
    public ImageField Field { get; init; }

    /// <summary>Bytes added behind each row, 0 to <see cref="HostImage.RowPaddingMax"/>; they are watched for stray writes.</summary>
    public int RowPadding { get; init; }

    /// <summary>Bytes of one pixel.</summary>
    public int PixelBytes => HostImage.ChannelBytes(Depth) * (int)Components;
}

/// <summary>A picture in the form in which an OpenFX plug-in reads or writes it: any depth, components, origin, row order and padding.</summary>
/// <remarks>Rows are addressed by their OpenFX y coordinate (up), whatever their order in memory. The image owns unmanaged memory with guard
/// bytes around it and behind each row, so that a plug-in that writes outside is found (<see cref="GuardsIntact"/>). Dispose releases the memory;
/// an image that is forgotten is released by the finaliser. Not thread-safe for writing.</remarks>
public sealed unsafe class HostImage : IDisposable
{
    /// <summary>Longest side accepted, in pixels.</summary>
    public const int SideMax = 65_536;

    /// <summary>Largest image accepted, in bytes.</summary>
    public const long BytesMax = 16L << 30;

    /// <summary>Largest padding behind a row, in bytes.</summary>
    public const int RowPaddingMax = 4096;

    private const int GuardBytes = 64;
    private const byte GuardValue = 0xC5;
    private byte* _memory;

    /// <summary>Creates an image of zeros.</summary>
    /// <exception cref="HostingException">A side, the depth or the padding is outside its limits.</exception>
    public HostImage(HostImageFormat format)
    {
        ArgumentNullException.ThrowIfNull(format);
        Format = format;
        int width = format.Bounds.Width, height = format.Bounds.Height;
        if (width is < 1 or > SideMax || height is < 1 or > SideMax)
            throw new HostingException(HostingError.TooLarge, $"an image of {width}×{height} is outside 1..{SideMax} pixels a side");
        if (format.PixelBytes == 0) throw new HostingException(HostingError.BadFrame,
            $"an image of {format.Depth} {format.Components} holds no pixels");
        if (format.RowPadding is < 0 or > RowPaddingMax)
            throw new HostingException(HostingError.BadValue, $"row padding {format.RowPadding} is outside 0..{RowPaddingMax}");
        Stride = checked(width * format.PixelBytes + format.RowPadding);
        long bytes = (long)Stride * height;
        if (bytes > BytesMax) throw new HostingException(HostingError.TooLarge, $"an image of {bytes} bytes is over {BytesMax}");
        ByteLength = bytes;
        _memory = (byte*)NativeMemory.AlignedAlloc((nuint)(bytes + 2 * GuardBytes), GuardBytes);
        NativeMemory.Fill(_memory, GuardBytes, GuardValue);
        NativeMemory.Fill(_memory + GuardBytes + bytes, GuardBytes, GuardValue);
        NativeMemory.Clear(_memory + GuardBytes, (nuint)bytes);
        if (format.RowPadding > 0) FillPadding();
        GC.AddMemoryPressure(bytes);
    }

    /// <summary>Releases the memory of a forgotten image.</summary>
    ~HostImage() => Release();

    /// <summary>Where the image lies and how it is stored.</summary>
    public HostImageFormat Format { get; }

    /// <summary>Pixel window, y up.</summary>
    public PixelBounds Bounds => Format.Bounds;

    /// <summary>Columns.</summary>
    public int Width => Format.Bounds.Width;

    /// <summary>Rows.</summary>
    public int Height => Format.Bounds.Height;

    /// <summary>Distance in bytes between rows that follow each other in memory; always positive.</summary>
    public int Stride { get; }

    /// <summary>Size of all rows in bytes, padding included.</summary>
    public long ByteLength { get; }

    /// <summary>Text that changes when the pixels do; empty where the source cannot say.</summary>
    public string UniqueIdentifier { get; init; } = "";

    /// <summary>Region the whole picture covers, where this image is only a part of it.</summary>
    public PixelBounds? RegionOfDefinition { get; init; }

    /// <summary>Row bytes as OpenFX counts them: negative for top-down storage.</summary>
    internal int RowBytes => Format.RowOrder == RowOrder.BottomUp ? Stride : -Stride;

    /// <summary>Address of the pixel at the lower left.</summary>
    internal nint Data => (nint)RowAddress(Format.Bounds.Y1);

    /// <summary>Bytes of one channel value.</summary>
    public static int ChannelBytes(PixelDepth depth) => depth switch
    {
        PixelDepth.Byte => 1,
        PixelDepth.Short or PixelDepth.Half => 2,
        PixelDepth.Float => 4,
        _ => 0,
    };

    /// <summary>The pixels of one row as bytes, without padding.</summary>
    /// <param name="y">OpenFX row: <c>Bounds.Y1</c> is the bottom one.</param>
    /// <exception cref="ArgumentOutOfRangeException">The row is outside the bounds.</exception>
    /// <exception cref="ObjectDisposedException">The image has been disposed.</exception>
    public Span<byte> Row(int y) => new(RowAddress(y), Width * Format.PixelBytes);

    /// <summary>The channel values of one row.</summary>
    /// <typeparam name="T"><see cref="byte"/>, <see cref="ushort"/>, <see cref="Half"/> or <see cref="float"/>, as the depth says.</typeparam>
    /// <param name="y">OpenFX row: <c>Bounds.Y1</c> is the bottom one.</param>
    public Span<T> Row<T>(int y)
        where T : unmanaged
    {
        if (sizeof(T) != ChannelBytes(Format.Depth))
            throw new InvalidOperationException($"{typeof(T).Name} is not the storage of {Format.Depth} pixels");
        return MemoryMarshal.Cast<byte, T>(Row(y));
    }

    /// <summary>Whether no byte before, behind or between the rows was overwritten.</summary>
    public bool GuardsIntact()
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        bool intact = IsGuard(new(_memory, GuardBytes)) && IsGuard(new(_memory + GuardBytes + ByteLength, GuardBytes));
        for (int row = 0; intact && Format.RowPadding > 0 && row < Height; row++) intact = IsGuard(Padding(row));
        return intact;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Release();
        GC.SuppressFinalize(this);
    }

    private static bool IsGuard(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept(GuardValue) < 0;

    private Span<byte> Padding(int storedRow) =>
        new(_memory + GuardBytes + (long)storedRow * Stride + Width * Format.PixelBytes, Format.RowPadding);

    private void FillPadding()
    {
        for (int row = 0; row < Height; row++) Padding(row).Fill(GuardValue);
    }

    private byte* RowAddress(int y)
    {
        ObjectDisposedException.ThrowIf(_memory is null, this);
        if (y < Bounds.Y1 || y >= Bounds.Y2) throw new ArgumentOutOfRangeException(nameof(y), y, $"row {y} is outside {Bounds.Y1}..{Bounds.Y2 - 1}");
        long stored = Format.RowOrder == RowOrder.BottomUp ? (long)y - Bounds.Y1 : (long)Bounds.Y2 - 1 - y;
        return _memory + GuardBytes + stored * Stride;
    }

    private void Release()
    {
        byte* memory = _memory;
        if (memory is null) return;
        _memory = null;
        NativeMemory.AlignedFree(memory);
        GC.RemoveMemoryPressure(ByteLength);
    }
}
