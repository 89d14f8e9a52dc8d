using System.Text;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The standard's words for this library's enumerations, both ways.</summary>
internal static class StandardNames
{
    // Argument names that the standard builds from a clip's name have no macro in the headers.
    public const string ClipComponentsPrefix = "OfxImageClipPropComponents_";
    public const string ClipDepthPrefix = "OfxImageClipPropDepth_";
    public const string ClipAspectPrefix = "OfxImageClipPropPAR_";
    public const string ClipColourspacesPrefix = "OfxImageClipPropPreferredColourspaces_";

    /// <summary>In place of a colour space: that of the clip whose name follows.</summary>
    public const string ColourspaceOfPrefix = "OfxColourspace_";
    public const string ClipRegionPrefix = "OfxImageClipPropRoI_";
    public const string ClipFrameRangePrefix = "OfxImageClipPropFrameRange_";

    private static readonly string[] Depths = Texts(
        OfxConstants.kOfxBitDepthNone, OfxConstants.kOfxBitDepthByte, OfxConstants.kOfxBitDepthShort, OfxConstants.kOfxBitDepthHalf,
            OfxConstants.kOfxBitDepthFloat);

    private static readonly string[] Alphas = Texts(
        OfxConstants.kOfxImageOpaque, OfxConstants.kOfxImagePreMultiplied, OfxConstants.kOfxImageUnPreMultiplied);

    private static readonly string[] Fields = Texts(
        OfxConstants.kOfxImageFieldNone, OfxConstants.kOfxImageFieldLower, OfxConstants.kOfxImageFieldUpper, OfxConstants.kOfxImageFieldBoth);

    private static readonly string[] Contexts = Texts(
        OfxConstants.kOfxImageEffectContextGenerator, OfxConstants.kOfxImageEffectContextFilter, OfxConstants.kOfxImageEffectContextTransition,
        OfxConstants.kOfxImageEffectContextPaint, OfxConstants.kOfxImageEffectContextGeneral, OfxConstants.kOfxImageEffectContextRetimer);

    private static readonly string[] Reasons = Texts(
        OfxConstants.kOfxChangeUserEdited, OfxConstants.kOfxChangePluginEdited, OfxConstants.kOfxChangeTime);

    private static readonly string[] Safeties = Texts(
        OfxConstants.kOfxImageEffectRenderUnsafe, OfxConstants.kOfxImageEffectRenderInstanceSafe, OfxConstants.kOfxImageEffectRenderFullySafe);

    public static string Of(PixelDepth depth) => Depths[(int)depth];

    public static string Of(AlphaState alpha) => Alphas[(int)alpha];

    public static string Of(ImageField field) => Fields[(int)field];

    public static string Of(EffectContext context) => Contexts[(int)context];

    public static string Of(ChangeReason reason) => Reasons[(int)reason];

    public static string Of(RenderThreadSafety safety) => Safeties[(int)safety];

    public static string Of(PixelComponents components) => Encoding.UTF8.GetString(components switch
    {
        PixelComponents.Rgba => OfxConstants.kOfxImageComponentRGBA,
        PixelComponents.Rgb => OfxConstants.kOfxImageComponentRGB,
        PixelComponents.Alpha => OfxConstants.kOfxImageComponentAlpha,
        _ => OfxConstants.kOfxImageComponentNone,
    });

    public static PixelDepth? Depth(string text) => Find<PixelDepth>(Depths, text);

    public static AlphaState? Alpha(string text) => Find<AlphaState>(Alphas, text);

    public static ImageField? Field(string text) => Find<ImageField>(Fields, text);

    public static EffectContext? Context(string text) => Find<EffectContext>(Contexts, text);

    public static RenderThreadSafety? Safety(string text) => Find<RenderThreadSafety>(Safeties, text);

    public static PixelComponents? Components(string text)
    {
        foreach (PixelComponents components in (ReadOnlySpan<PixelComponents>)[PixelComponents.Rgba, PixelComponents.Rgb, PixelComponents.Alpha])
        {
            if (string.Equals(text, Of(components), StringComparison.Ordinal)) return components;
        }

        return null;
    }

    public static HostMessageKind MessageKind(string type)
    {
        if (type == OfxText.Of(OfxConstants.kOfxMessageFatal)) return HostMessageKind.Fatal;
        if (type == OfxText.Of(OfxConstants.kOfxMessageError)) return HostMessageKind.Error;
        if (type == OfxText.Of(OfxConstants.kOfxMessageWarning)) return HostMessageKind.Warning;
        if (type == OfxText.Of(OfxConstants.kOfxMessageLog)) return HostMessageKind.Log;
        return type == OfxText.Of(OfxConstants.kOfxMessageQuestion) ? HostMessageKind.Question : HostMessageKind.Message;
    }

    private static T? Find<T>(string[] names, string text)
        where T : struct, Enum
    {
        int index = Array.IndexOf(names, text);
        return index < 0 ? null : (T)(object)index;
    }

    private static string[] Texts(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d = default, ReadOnlySpan<byte> e = default,
            ReadOnlySpan<byte> f = default) =>
        [Encoding.UTF8.GetString(a), Encoding.UTF8.GetString(b), Encoding.UTF8.GetString(c), Encoding.UTF8.GetString(d), Encoding.UTF8.GetString(e),
            Encoding.UTF8.GetString(f)];
}
