namespace RunwayFX.Bridge;

/// <summary>How a host stores one component of a pixel.</summary>
public enum HostDepth
{
    /// <summary>8-bit unsigned, 255 = 1.</summary>
    Byte = 1,

    /// <summary>16-bit unsigned, 65535 = 1.</summary>
    Short = 2,

    /// <summary>IEEE 754 binary16.</summary>
    Half = 3,

    /// <summary>IEEE 754 binary32.</summary>
    Float = 4,

    /// <summary>16-bit unsigned, 32768 = 1, as After Effects has it.</summary>
    Short15 = 5,
}

/// <summary>In which order a host stores the components of a pixel. A picture without alpha is <see cref="Rgba"/> or <see cref="Bgra"/> less the
/// alpha; of alpha alone there is one order.</summary>
public enum ComponentOrder
{
    /// <summary>Red, green, blue, alpha: a slot's own.</summary>
    Rgba = 0,

    /// <summary>Blue, green, red, alpha: Premiere.</summary>
    Bgra = 1,

    /// <summary>Alpha, red, green, blue: After Effects.</summary>
    Argb = 2,

    /// <summary>Alpha, blue, green, red.</summary>
    Abgr = 3,
}

/// <summary>The layout of a host's pixels, where it is not the slot's.</summary>
/// <remarks>Byte, short and 15-bit values are value ÷ 255, 65535 and 32768; the way back clamps to 0..1 (NaN becomes 0) and rounds to nearest, halves up.
/// Floats become halves rounded to nearest even. Where depths are equal the bits are. Every value of a smaller depth survives the way to a larger one and
/// back, 15-bit values up to 32768 in short included.</remarks>
/// <param name="Depth">How a component is stored.</param>
/// <param name="Components">Which components there are; the same as the slot's.</param>
/// <param name="Order">In which order.</param>
public readonly record struct HostLayout(HostDepth Depth, PixelComponents Components, ComponentOrder Order = ComponentOrder.Rgba)
{
    /// <summary>Bytes per component; 0 where <see cref="Depth"/> is none of ours.</summary>
    public int ComponentBytes => Depth switch { HostDepth.Byte => 1, HostDepth.Short or HostDepth.Half or HostDepth.Short15 => 2, HostDepth.Float => 4, _ => 0 };

    /// <summary>Bytes per pixel; 0 where the layout is none of ours.</summary>
    public int PixelBytes => IsKnown ? ComponentBytes * new PixelFormat(PixelDepth.Byte, Components).ComponentCount : 0;

    /// <summary>Whether depth, components and order are ours and go together.</summary>
    public bool IsKnown => ComponentBytes > 0 && Components switch
    {
        PixelComponents.Rgba => Order is >= ComponentOrder.Rgba and <= ComponentOrder.Abgr,
        PixelComponents.Rgb => Order is ComponentOrder.Rgba or ComponentOrder.Bgra,
        PixelComponents.Alpha => Order == ComponentOrder.Rgba,
        _ => false,
    };

    /// <summary>A slot's format as a layout.</summary>
    public static HostLayout Of(PixelFormat format) => new((HostDepth)format.Depth, format.Components);

    /// <summary>Where a component of the slot's order (0 = red, or alpha alone) stands within the pixel.</summary>
    internal int PositionOf(int component) => Order switch
    {
        ComponentOrder.Bgra => component == 3 ? 3 : 2 - component,
        ComponentOrder.Argb => component == 3 ? 0 : component + 1,
        ComponentOrder.Abgr => component == 3 ? 0 : 3 - component,
        _ => component,
    };
}
