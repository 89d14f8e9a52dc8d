namespace RunwayFX.Imaging;

/// <summary>How one channel of a pixel is stored outside the engine. The numbers never change.</summary>
public enum PixelDepth
{
    /// <summary>Unsigned 8 bit, 255 = 1.0.</summary>
    Byte = 1,

    /// <summary>Unsigned 16 bit, 65535 = 1.0.</summary>
    Short = 2,

    /// <summary>IEEE 754 binary16.</summary>
    Half = 3,

    /// <summary>IEEE 754 binary32.</summary>
    Float = 4,
}

/// <summary>Which channels a pixel outside the engine has, interleaved in this order. The numbers never change.</summary>
public enum PixelComponents
{
    /// <summary>Red, green, blue, alpha.</summary>
    Rgba = 1,

    /// <summary>Red, green, blue; alpha counts as 1.</summary>
    Rgb = 2,

    /// <summary>Alpha alone; colour counts as 0.</summary>
    Alpha = 3,
}

/// <summary>A pixel layout outside the engine: what hosts, files and shared memory hold. Inside the engine every picture is a
/// <see cref="Frame"/>.</summary>
/// <param name="Depth">How one channel is stored, in the machine's byte order.</param>
/// <param name="Components">Which channels a pixel has.</param>
public readonly record struct PixelFormat(PixelDepth Depth, PixelComponents Components)
{
    /// <summary>The engine's own layout.</summary>
    public static PixelFormat FloatRgba => new(PixelDepth.Float, PixelComponents.Rgba);

    /// <summary>Whether both parts are known values. Formats that come from outside are checked with it before anything else is asked of
    /// them.</summary>
    public bool IsValid => Depth is >= PixelDepth.Byte and <= PixelDepth.Float && Components is >= PixelComponents.Rgba and <= PixelComponents.Alpha;

    /// <summary>Bytes of one channel: 1, 2 or 4.</summary>
    /// <exception cref="InvalidOperationException">The format is not valid.</exception>
    public int BytesPerChannel => Depth switch
    {
        PixelDepth.Byte => 1,
        PixelDepth.Short or PixelDepth.Half => 2,
        PixelDepth.Float => 4,
        _ => throw new InvalidOperationException($"pixel depth {(int)Depth} is unknown"),
    };

    /// <summary>Channels of one pixel: 4, 3 or 1.</summary>
    /// <exception cref="InvalidOperationException">The format is not valid.</exception>
    public int ChannelCount => Components switch
    {
        PixelComponents.Rgba => 4,
        PixelComponents.Rgb => 3,
        PixelComponents.Alpha => 1,
        _ => throw new InvalidOperationException($"pixel components {(int)Components} are unknown"),
    };

    /// <summary>Bytes of one pixel.</summary>
    /// <exception cref="InvalidOperationException">The format is not valid.</exception>
    public int BytesPerPixel => BytesPerChannel * ChannelCount;

    /// <summary>For messages, e.g. <c>Half Rgba</c>; safe for formats that are not valid.</summary>
    public override string ToString() => $"{Depth} {Components}";
}
