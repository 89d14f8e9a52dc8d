namespace RunwayFX.Bridge;

/// <summary>How one component of a pixel is stored. The numbers travel on the wire.</summary>
public enum PixelDepth
{
    /// <summary>8-bit unsigned, 255 = 1.</summary>
    Byte = 1,

    /// <summary>16-bit unsigned, 65535 = 1.</summary>
    Short = 2,

    /// <summary>IEEE 754 binary16.</summary>
    Half = 3,

    /// <summary>IEEE 754 binary32.</summary>
    Float = 4,
}

/// <summary>Which components a pixel has, interleaved in this order. The numbers travel on the wire.</summary>
public enum PixelComponents
{
    /// <summary>Red, green, blue, alpha.</summary>
    Rgba = 1,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>Coverage alone.</summary>
    Alpha = 3,
}

/// <summary>How colour relates to alpha. The numbers travel on the wire.</summary>
public enum Premultiplication
{
    /// <summary>Alpha is 1 everywhere or absent.</summary>
    Opaque = 1,

    /// <summary>Colour is multiplied by alpha.</summary>
    Premultiplied = 2,

    /// <summary>Colour stands on its own.</summary>
    Unpremultiplied = 3,
}

/// <summary>Which lines of a picture are meant. The numbers travel on the wire.</summary>
public enum FieldKind
{
    /// <summary>Progressive.</summary>
    None = 0,

    /// <summary>Both fields, interlaced.</summary>
    Both = 1,

    /// <summary>The lower field.</summary>
    Lower = 2,

    /// <summary>The upper field.</summary>
    Upper = 3,
}

/// <summary>The layout of a pixel. Slots keep the host's own; the engine converts.</summary>
public readonly record struct PixelFormat(PixelDepth Depth, PixelComponents Components)
{
    /// <summary>Components per pixel; 0 where <see cref="Components"/> is none of ours.</summary>
    public int ComponentCount => Components switch { PixelComponents.Rgba => 4, PixelComponents.Rgb => 3, PixelComponents.Alpha => 1, _ => 0 };

    /// <summary>Bytes per component; 0 where <see cref="Depth"/> is none of ours.</summary>
    public int ComponentBytes => Depth switch { PixelDepth.Byte => 1, PixelDepth.Short or PixelDepth.Half => 2, PixelDepth.Float => 4, _ => 0 };

    /// <summary>Bytes per pixel; 0 where the format is none of ours.</summary>
    public int PixelBytes => ComponentCount * ComponentBytes;
}

/// <summary>What a picture is and where it lies, without the pixels.</summary>
/// <param name="X1">Left edge in OpenFX pixel coordinates at the render scale; may be negative.</param>
/// <param name="Y1">Bottom edge (y up).</param>
/// <param name="Width">Pixels, 1 to <see cref="FrameSlot.SideMax"/>.</param>
/// <param name="Height">Pixels, 1 to <see cref="FrameSlot.SideMax"/>.</param>
/// <param name="Format">Layout of a pixel.</param>
/// <param name="Premultiplication">How colour relates to alpha.</param>
/// <param name="PixelAspect">Width of a pixel divided by its height.</param>
/// <param name="Field">Which lines the picture holds.</param>
public readonly record struct FrameDescription(
    int X1,
    int Y1,
    int Width,
    int Height,
    PixelFormat Format,
    Premultiplication Premultiplication,
    double PixelAspect = 1,
    FieldKind Field = FieldKind.None);
