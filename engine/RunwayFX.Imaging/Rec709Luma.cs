namespace RunwayFX.Imaging;

/// <summary>Luma of ITU-R BT.709: one number for how light a pixel is, which guides, masks and flow compare.</summary>
public static class Rec709Luma
{
    /// <summary>Share of red.</summary>
    public const float Red = 0.2126f;

    /// <summary>Share of green.</summary>
    public const float Green = 0.7152f;

    /// <summary>Share of blue.</summary>
    public const float Blue = 0.0722f;

    /// <summary>Luma of one pixel, in the unit and range of its channels: of display-encoded RGB luma, of linear light luminance.</summary>
    public static float Of(float red, float green, float blue) => Red * red + Green * green + Blue * blue;

    /// <summary>Luma of a pixel whose first three channels are red, green and blue.</summary>
    public static float Of(ReadOnlySpan<float> pixel) => Of(pixel[0], pixel[1], pixel[2]);
}
