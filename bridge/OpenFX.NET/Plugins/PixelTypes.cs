using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>How a component is stored (<c>kOfxBitDepth…</c>).</summary>
public enum BitDepth
{
    /// <summary>The host said nothing, or nothing that is known.</summary>
    None = 0,

    /// <summary>8-bit unsigned.</summary>
    Byte = 1,

    /// <summary>16-bit unsigned.</summary>
    Short = 2,

    /// <summary>IEEE binary16; since OpenFX 1.4.</summary>
    Half = 3,

    /// <summary>IEEE binary32.</summary>
    Float = 4,
}

/// <summary>Which components a pixel has (<c>kOfxImageComponent…</c>).</summary>
public enum ImageComponents
{
    /// <summary>The host said nothing, or nothing that is known.</summary>
    None = 0,

    /// <summary>Red, green, blue, alpha.</summary>
    Rgba = 1,

    /// <summary>Red, green, blue.</summary>
    Rgb = 2,

    /// <summary>Alpha alone.</summary>
    Alpha = 3,
}

/// <summary>How colour relates to alpha (<c>kOfxImageEffectPropPreMultiplication</c>).</summary>
public enum ImagePremultiplication
{
    /// <summary>The host said nothing, or nothing that is known.</summary>
    Unknown = 0,

    /// <summary>Alpha is 1 everywhere.</summary>
    Opaque = 1,

    /// <summary>Colour is multiplied by alpha.</summary>
    Premultiplied = 2,

    /// <summary>Colour stands on its own.</summary>
    Unpremultiplied = 3,
}

/// <summary>Which lines of a picture are meant (<c>kOfxImageField…</c>).</summary>
public enum ImageField
{
    /// <summary>Progressive, or the host said nothing.</summary>
    None = 0,

    /// <summary>Both fields, interlaced.</summary>
    Both = 1,

    /// <summary>The lower field.</summary>
    Lower = 2,

    /// <summary>The upper field.</summary>
    Upper = 3,
}

/// <summary>The words of the standard for the enumerations of this library.</summary>
public static class PixelTypes
{
    /// <summary>Bytes of one component; 0 for <see cref="BitDepth.None"/>.</summary>
    public static int Bytes(this BitDepth depth) =>
        depth switch { BitDepth.Byte => 1, BitDepth.Short or BitDepth.Half => 2, BitDepth.Float => 4, _ => 0 };

    /// <summary>Components per pixel; 0 for <see cref="ImageComponents.None"/>.</summary>
    public static int Count(this ImageComponents components) =>
        components switch { ImageComponents.Rgba => 4, ImageComponents.Rgb => 3, ImageComponents.Alpha => 1, _ => 0 };

    /// <summary>The standard's word.</summary>
    public static ReadOnlySpan<byte> Name(this BitDepth depth) => depth switch
    {
        BitDepth.Byte => OfxConstants.kOfxBitDepthByte,
        BitDepth.Short => OfxConstants.kOfxBitDepthShort,
        BitDepth.Half => OfxConstants.kOfxBitDepthHalf,
        BitDepth.Float => OfxConstants.kOfxBitDepthFloat,
        _ => OfxConstants.kOfxBitDepthNone,
    };

    /// <summary>The standard's word.</summary>
    public static ReadOnlySpan<byte> Name(this ImageComponents components) => components switch
    {
        ImageComponents.Rgba => OfxConstants.kOfxImageComponentRGBA,
        ImageComponents.Rgb => OfxConstants.kOfxImageComponentRGB,
        ImageComponents.Alpha => OfxConstants.kOfxImageComponentAlpha,
        _ => OfxConstants.kOfxImageComponentNone,
    };

    /// <summary>The standard's word; opaque for <see cref="ImagePremultiplication.Unknown"/>.</summary>
    public static ReadOnlySpan<byte> Name(this ImagePremultiplication premultiplication) => premultiplication switch
    {
        ImagePremultiplication.Premultiplied => OfxConstants.kOfxImagePreMultiplied,
        ImagePremultiplication.Unpremultiplied => OfxConstants.kOfxImageUnPreMultiplied,
        _ => OfxConstants.kOfxImageOpaque,
    };

    internal static BitDepth ReadDepth(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(OfxConstants.kOfxBitDepthByte)) return BitDepth.Byte;
        if (name.SequenceEqual(OfxConstants.kOfxBitDepthShort)) return BitDepth.Short;
        if (name.SequenceEqual(OfxConstants.kOfxBitDepthHalf)) return BitDepth.Half;
        return name.SequenceEqual(OfxConstants.kOfxBitDepthFloat) ? BitDepth.Float : BitDepth.None;
    }

    internal static ImageComponents ReadComponents(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(OfxConstants.kOfxImageComponentRGBA)) return ImageComponents.Rgba;
        if (name.SequenceEqual(OfxConstants.kOfxImageComponentRGB)) return ImageComponents.Rgb;
        return name.SequenceEqual(OfxConstants.kOfxImageComponentAlpha) ? ImageComponents.Alpha : ImageComponents.None;
    }

    internal static ImagePremultiplication ReadPremultiplication(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(OfxConstants.kOfxImageOpaque)) return ImagePremultiplication.Opaque;
        if (name.SequenceEqual(OfxConstants.kOfxImagePreMultiplied)) return ImagePremultiplication.Premultiplied;
        if (name.SequenceEqual(OfxConstants.kOfxImageUnPreMultiplied)) return ImagePremultiplication.Unpremultiplied;
        return ImagePremultiplication.Unknown;
    }

    internal static ImageField ReadField(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(OfxConstants.kOfxImageFieldBoth)) return ImageField.Both;
        if (name.SequenceEqual(OfxConstants.kOfxImageFieldLower)) return ImageField.Lower;
        return name.SequenceEqual(OfxConstants.kOfxImageFieldUpper) ? ImageField.Upper : ImageField.None;
    }
}
