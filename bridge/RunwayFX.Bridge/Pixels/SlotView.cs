namespace RunwayFX.Bridge;

/// <summary>The pixels of one slot: top-down rows in memory that is mapped for as long as the callback or conversation that handed it out
/// lasts.</summary>
/// <remarks>The view does not own the memory. It is checked against the mapping when it is made, so a row never reaches outside of it; the peer
/// can change the bytes at any time, so nothing read here may be trusted as an index or a size.</remarks>
public readonly unsafe struct SlotView
{
    private readonly byte* _pixels;

    internal SlotView(byte* pixels, int width, int height, long rowBytes, PixelFormat format)
    {
        _pixels = pixels;
        Width = width;
        Height = height;
        RowBytes = rowBytes;
        Format = format;
    }

    /// <summary>Address of the top row's first byte.</summary>
    public nint Pointer => (nint)_pixels;

    /// <summary>Width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height in pixels.</summary>
    public int Height { get; }

    /// <summary>Bytes from one row to the next one below; always positive.</summary>
    public long RowBytes { get; }

    /// <summary>Layout of a pixel.</summary>
    public PixelFormat Format { get; }

    /// <summary>Bytes of a row that hold pixels.</summary>
    public int PixelRowBytes => Width * Format.PixelBytes;

    /// <summary>One row, 0 = top.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No such row.</exception>
    public Span<byte> Row(int y)
    {
        if ((uint)y >= (uint)Height) throw new ArgumentOutOfRangeException(nameof(y), y, $"row {y} is outside 0..{Height - 1}");
        return new Span<byte>(_pixels + y * RowBytes, PixelRowBytes);
    }

    /// <summary>Fills the slot from a host's picture as OpenFX hands it out: <paramref name="bottomRow"/> is the lowest row and
    /// <paramref name="rowBytes"/>
    /// leads to the row above, whatever its sign.</summary>
    public void CopyFromHost(void* bottomRow, long rowBytes)
    {
        byte* top = (byte*)bottomRow + (Height - 1) * rowBytes;
        PixelTransfer.CopyRows(top, -rowBytes, _pixels, RowBytes, PixelRowBytes, Height);
    }

    /// <summary>Copies the slot into a host's picture: <paramref name="bottomRow"/> is where the slot's lowest row belongs and
    /// <paramref name="rowBytes"/> leads to the row above, whatever its sign.</summary>
    public void CopyToHost(void* bottomRow, long rowBytes)
    {
        byte* top = (byte*)bottomRow + (Height - 1) * rowBytes;
        PixelTransfer.CopyRows(_pixels, RowBytes, top, -rowBytes, PixelRowBytes, Height);
    }

    /// <summary>As <see cref="CopyFromHost(void*, long)"/>, from pixels of another depth or order: one pass.</summary>
    /// <exception cref="ArgumentException">The layout is none of ours, or has other components than the slot.</exception>
    public void CopyFromHost(void* bottomRow, long rowBytes, HostLayout layout)
    {
        byte* top = (byte*)bottomRow + (Height - 1) * rowBytes;
        new PixelConverter(layout, HostLayout.Of(Format)).Run(top, -rowBytes, _pixels, RowBytes, Width, Height);
    }

    /// <summary>As <see cref="CopyToHost(void*, long)"/>, into pixels of another depth or order: one pass.</summary>
    /// <exception cref="ArgumentException">The layout is none of ours, or has other components than the slot.</exception>
    public void CopyToHost(void* bottomRow, long rowBytes, HostLayout layout)
    {
        byte* top = (byte*)bottomRow + (Height - 1) * rowBytes;
        new PixelConverter(HostLayout.Of(Format), layout).Run(_pixels, RowBytes, top, -rowBytes, Width, Height);
    }

    /// <summary>Sets every pixel byte to 0.</summary>
    public void Clear()
    {
        for (int y = 0; y < Height; y++) Row(y).Clear();
    }
}
