using OpenFX.Plugins;
using RunwayFX.Bridge;

namespace RunwayFX.OpenFX;

/// <summary>Says of a host's picture what the bridge wants to know. Pixels keep their depth and order; only rows are turned, in the copy.</summary>
internal static class HostPictures
{
    /// <summary>The picture as a slot shall hold it.</summary>
    /// <param name="image">What the host lent.</param>
    /// <param name="clip">Where it came from; knows the alpha state where the image does not.</param>
    public static FrameDescription Describe(Image image, Clip clip) => new(
        image.Bounds.x1,
        image.Bounds.y1,
        image.Width,
        image.Height,
        FormatOf(image),
        PremultiplicationOf(image, clip),
        PixelAspectOf(image, clip),
        FieldOf(image.Field));

    /// <summary>The layout of a picture's pixels.</summary>
    public static PixelFormat FormatOf(Image image) => new(
        image.Depth switch
        {
            BitDepth.Byte => PixelDepth.Byte,
            BitDepth.Short => PixelDepth.Short,
            BitDepth.Half => PixelDepth.Half,
            _ => PixelDepth.Float,
        },
        image.Components switch
        {
            ImageComponents.Rgb => PixelComponents.Rgb,
            ImageComponents.Alpha => PixelComponents.Alpha,
            _ => PixelComponents.Rgba,
        });

    /// <summary>The alpha state of the image, else of its clip, else unpremultiplied.</summary>
    public static Premultiplication PremultiplicationOf(Image image, Clip clip)
    {
        if (image.Components == ImageComponents.Rgb) return Premultiplication.Opaque;
        ImagePremultiplication state = image.Premultiplication;
        if (state == ImagePremultiplication.Unknown) state = clip.Premultiplication;
        return state switch
        {
            ImagePremultiplication.Opaque => Premultiplication.Opaque,
            ImagePremultiplication.Premultiplied => Premultiplication.Premultiplied,
            _ => Premultiplication.Unpremultiplied,
        };
    }

    /// <summary>The pixel aspect of the image, else of its clip, within what the bridge takes.</summary>
    public static double PixelAspectOf(Image image, Clip clip)
    {
        double aspect = image.PixelAspect > 0 && double.IsFinite(image.PixelAspect) ? image.PixelAspect : clip.PixelAspect;
        return Math.Clamp(aspect, RenderRequest.PixelAspectMin, RenderRequest.PixelAspectMax);
    }

    /// <summary>Which lines are meant.</summary>
    public static FieldKind FieldOf(ImageField field) => field switch
    {
        ImageField.Both => FieldKind.Both,
        ImageField.Lower => FieldKind.Lower,
        ImageField.Upper => FieldKind.Upper,
        _ => FieldKind.None,
    };
}
