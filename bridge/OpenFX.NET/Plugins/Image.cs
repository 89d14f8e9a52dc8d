using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>A picture that a clip lent: its pixels stay valid until it is disposed, and it must be disposed on every path, because some hosts
/// lock up for ever over one image that never came back.</summary>
/// <remarks>Each image's own depth, components and bounds count, whatever was negotiated before. Coordinates are pixels at the render scale, y up;
/// rows may run either way (<see cref="RowBytes"/> may be negative).</remarks>
public sealed unsafe class Image : IDisposable
{
    /// <summary>Longest side believed, in pixels.</summary>
    public const int SideMax = 1 << 20;

    private HostInfo? _host;
    private OfxPropertySetHandle _handle;

    /// <summary>Makes an object without a picture, for <see cref="Clip.TryGetImage"/>.</summary>
    public Image()
    {
    }

    /// <summary>The image's properties.</summary>
    public PropertySet Properties { get; private set; }

    /// <summary>Address of the pixel at the left of the lowest line (Bounds.x1, Bounds.y1); null where the host handed out an empty image.</summary>
    public nint Data { get; private set; }

    /// <summary>Where the pixels lie, x2 and y2 excluded.</summary>
    public OfxRectI Bounds { get; private set; }

    /// <summary>Bytes from one line to the line above it; negative in hosts that keep pictures top-down.</summary>
    public int RowBytes { get; private set; }

    /// <summary>How a component is stored.</summary>
    public BitDepth Depth { get; private set; }

    /// <summary>Components of a pixel, interleaved.</summary>
    public ImageComponents Components { get; private set; }

    /// <summary>How colour relates to alpha.</summary>
    public ImagePremultiplication Premultiplication { get; private set; }

    /// <summary>Which lines the picture holds.</summary>
    public ImageField Field { get; private set; }

    /// <summary>Width of a pixel divided by its height.</summary>
    public double PixelAspect { get; private set; }

    /// <summary>Changes when the pixels do; empty where the host has none.</summary>
    public string UniqueIdentifier => Properties.GetString(OfxConstants.kOfxImagePropUniqueIdentifier);

    /// <summary>Width in pixels; never negative.</summary>
    public int Width => (int)Math.Clamp((long)Bounds.x2 - Bounds.x1, 0, int.MaxValue);

    /// <summary>Height in pixels; never negative.</summary>
    public int Height => (int)Math.Clamp((long)Bounds.y2 - Bounds.y1, 0, int.MaxValue);

    /// <summary>Bytes of a pixel; 0 where depth or components are unknown.</summary>
    public int PixelBytes => Depth.Bytes() * Components.Count();

    /// <summary>Whether there are pixels that can be addressed: data, known format, sane size, and lines that do not overlap.</summary>
    public bool HasPixels =>
        Data != 0 && PixelBytes > 0 && Width is > 0 and <= SideMax && Height is > 0 and <= SideMax
        && (Height == 1 || Math.Abs((long)RowBytes) >= (long)Width * PixelBytes);

    /// <summary>Address of a pixel.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The pixel lies outside of <see cref="Bounds"/>, or there are none.</exception>
    public nint AddressOf(int x, int y)
    {
        OfxRectI b = Bounds;
        if (!HasPixels || x < b.x1 || x >= b.x2) throw new ArgumentOutOfRangeException(nameof(x), x, $"x is outside {b.x1}..{b.x2}");
        if (y < b.y1 || y >= b.y2) throw new ArgumentOutOfRangeException(nameof(y), y, $"y is outside {b.y1}..{b.y2}");
        return (nint)(Data + ((long)y - Bounds.y1) * RowBytes + ((long)x - Bounds.x1) * PixelBytes);
    }

    /// <summary>Whether there is a picture to give back.</summary>
    internal bool IsHeld => !_handle.IsNull;

    /// <summary>Gives the picture back; a second call does nothing. The object can hold another one then.</summary>
    public void Dispose()
    {
        if (_host is not { } host || _handle.IsNull) return;
        OfxPropertySetHandle handle = _handle;
        _handle = default;
        _host = null;
        Properties = default;
        Data = 0;
        if (host.Effects->clipReleaseImage != null) _ = host.Effects->clipReleaseImage(handle);
    }

    /// <summary>Takes a picture over from the host.</summary>
    internal void Hold(HostInfo host, OfxPropertySetHandle handle)
    {
        _host = host;
        _handle = handle;
        PropertySet properties = new(host, handle);
        Properties = properties;
        Depth = properties.GetDepth(OfxConstants.kOfxImageEffectPropPixelDepth);
        Components = properties.GetComponents(OfxConstants.kOfxImageEffectPropComponents);
        Premultiplication = properties.GetPremultiplication(OfxConstants.kOfxImageEffectPropPreMultiplication);
        Field = properties.GetField(OfxConstants.kOfxImagePropField);
        PixelAspect = properties.GetDouble(OfxConstants.kOfxImagePropPixelAspectRatio, 1);
        _ = properties.TryGetRectI(OfxConstants.kOfxImagePropBounds, out OfxRectI bounds);
        Bounds = bounds;
        RowBytes = properties.GetInt(OfxConstants.kOfxImagePropRowBytes);
        _ = properties.TryGetPointer(OfxConstants.kOfxImagePropData, out nint data);
        Data = data;
    }
}
