namespace OpenFX.Raw;

// ofxColour.h: colour management (1.5).
public static partial class OfxConstants
{
    public static ReadOnlySpan<byte> kOfxImageEffectPropColourManagementStyle => "OfxImageEffectPropColourManagementStyle"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectColourManagementNone => "OfxImageEffectColourManagementNone"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectColourManagementBasic => "OfxImageEffectColourManagementBasic"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectColourManagementCore => "OfxImageEffectColourManagementCore"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectColourManagementFull => "OfxImageEffectColourManagementFull"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectColourManagementOCIO => "OfxImageEffectColourManagementOCIO"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropColourManagementAvailableConfigs => "OfxImageEffectPropColourManagementAvailableConfigs"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropColourManagementConfig => "OfxImageEffectPropColourManagementConfig"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOCIOConfig => "OfxImageEffectPropOCIOConfig"u8;
    public static ReadOnlySpan<byte> kOfxImageClipPropColourspace => "OfxImageClipPropColourspace"u8;
    public static ReadOnlySpan<byte> kOfxImageClipPropPreferredColourspaces => "OfxImageClipPropPreferredColourspaces"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropDisplayColourspace => "OfxImageEffectPropDisplayColourspace"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOCIODisplay => "OfxImageEffectPropOCIODisplay"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOCIOView => "OfxImageEffectPropOCIOView"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectActionGetOutputColourspace => "OfxImageEffectActionGetOutputColourspace"u8;
}
