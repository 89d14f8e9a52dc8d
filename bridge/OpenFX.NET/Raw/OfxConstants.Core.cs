namespace OpenFX.Raw;

// ofxCore.h: actions and properties of every plug-in type.
/// <summary>Every name of the OpenFX 1.5 headers, spelled as in C; one file per header. The strings are UTF-8 literals with a terminating zero
/// behind them: <see cref="NativeText.Literal"/> turns one into the pointer that the C functions take.</summary>
public static partial class OfxConstants
{
    public static ReadOnlySpan<byte> kOfxActionLoad => "OfxActionLoad"u8;
    public static ReadOnlySpan<byte> kOfxActionDescribe => "OfxActionDescribe"u8;
    public static ReadOnlySpan<byte> kOfxActionUnload => "OfxActionUnload"u8;
    public static ReadOnlySpan<byte> kOfxActionPurgeCaches => "OfxActionPurgeCaches"u8;
    public static ReadOnlySpan<byte> kOfxActionSyncPrivateData => "OfxActionSyncPrivateData"u8;
    public static ReadOnlySpan<byte> kOfxActionCreateInstance => "OfxActionCreateInstance"u8;
    public static ReadOnlySpan<byte> kOfxActionDestroyInstance => "OfxActionDestroyInstance"u8;
    public static ReadOnlySpan<byte> kOfxActionInstanceChanged => "OfxActionInstanceChanged"u8;
    public static ReadOnlySpan<byte> kOfxActionBeginInstanceChanged => "OfxActionBeginInstanceChanged"u8;
    public static ReadOnlySpan<byte> kOfxActionEndInstanceChanged => "OfxActionEndInstanceChanged"u8;
    public static ReadOnlySpan<byte> kOfxActionBeginInstanceEdit => "OfxActionBeginInstanceEdit"u8;
    public static ReadOnlySpan<byte> kOfxActionEndInstanceEdit => "OfxActionEndInstanceEdit"u8;
    public static ReadOnlySpan<byte> kOfxPropAPIVersion => "OfxPropAPIVersion"u8;
    public static ReadOnlySpan<byte> kOfxPropTime => "OfxPropTime"u8;
    public static ReadOnlySpan<byte> kOfxPropIsInteractive => "OfxPropIsInteractive"u8;
    public static ReadOnlySpan<byte> kOfxPluginPropFilePath => "OfxPluginPropFilePath"u8;
    public static ReadOnlySpan<byte> kOfxPropInstanceData => "OfxPropInstanceData"u8;
    public static ReadOnlySpan<byte> kOfxPropType => "OfxPropType"u8;
    public static ReadOnlySpan<byte> kOfxPropName => "OfxPropName"u8;
    public static ReadOnlySpan<byte> kOfxPropVersion => "OfxPropVersion"u8;
    public static ReadOnlySpan<byte> kOfxPropVersionLabel => "OfxPropVersionLabel"u8;
    public static ReadOnlySpan<byte> kOfxPropPluginDescription => "OfxPropPluginDescription"u8;
    public static ReadOnlySpan<byte> kOfxPropLabel => "OfxPropLabel"u8;
    public static ReadOnlySpan<byte> kOfxPropIcon => "OfxPropIcon"u8;
    public static ReadOnlySpan<byte> kOfxPropShortLabel => "OfxPropShortLabel"u8;
    public static ReadOnlySpan<byte> kOfxPropLongLabel => "OfxPropLongLabel"u8;
    public static ReadOnlySpan<byte> kOfxPropChangeReason => "OfxPropChangeReason"u8;
    public static ReadOnlySpan<byte> kOfxPropEffectInstance => "OfxPropEffectInstance"u8;
    public static ReadOnlySpan<byte> kOfxPropHostOSHandle => "OfxPropHostOSHandle"u8;
    public static ReadOnlySpan<byte> kOfxChangeUserEdited => "OfxChangeUserEdited"u8;
    public static ReadOnlySpan<byte> kOfxChangePluginEdited => "OfxChangePluginEdited"u8;
    public static ReadOnlySpan<byte> kOfxChangeTime => "OfxChangeTime"u8;
    public const int kOfxFlagInfiniteMax = int.MaxValue;
    public const int kOfxFlagInfiniteMin = int.MinValue;
    public static ReadOnlySpan<byte> kOfxBitDepthNone => "OfxBitDepthNone"u8;
    public static ReadOnlySpan<byte> kOfxBitDepthByte => "OfxBitDepthByte"u8;
    public static ReadOnlySpan<byte> kOfxBitDepthShort => "OfxBitDepthShort"u8;
    public static ReadOnlySpan<byte> kOfxBitDepthHalf => "OfxBitDepthHalf"u8;
    public static ReadOnlySpan<byte> kOfxBitDepthFloat => "OfxBitDepthFloat"u8;
}
