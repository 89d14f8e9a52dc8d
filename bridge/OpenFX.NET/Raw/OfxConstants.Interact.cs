namespace OpenFX.Raw;

// ofxInteract.h: overlay and parameter interacts.
public static partial class OfxConstants
{
    public static ReadOnlySpan<byte> kOfxInteractSuite => "OfxInteractSuite"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropSlaveToParam => "OfxInteractPropSlaveToParam"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropPixelScale => "OfxInteractPropPixelScale"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropBackgroundColour => "OfxInteractPropBackgroundColour"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropSuggestedColour => "OfxInteractPropSuggestedColour"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropPenPosition => "OfxInteractPropPenPosition"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropPenViewportPosition => "OfxInteractPropPenViewportPosition"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropPenPressure => "OfxInteractPropPenPressure"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropBitDepth => "OfxInteractPropBitDepth"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropHasAlpha => "OfxInteractPropHasAlpha"u8;
    public static ReadOnlySpan<byte> kOfxActionDescribeInteract => kOfxActionDescribe;
    public static ReadOnlySpan<byte> kOfxActionCreateInstanceInteract => kOfxActionCreateInstance;
    public static ReadOnlySpan<byte> kOfxActionDestroyInstanceInteract => kOfxActionDestroyInstance;
    public static ReadOnlySpan<byte> kOfxInteractActionDraw => "OfxInteractActionDraw"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionPenMotion => "OfxInteractActionPenMotion"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionPenDown => "OfxInteractActionPenDown"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionPenUp => "OfxInteractActionPenUp"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionKeyDown => "OfxInteractActionKeyDown"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionKeyUp => "OfxInteractActionKeyUp"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionKeyRepeat => "OfxInteractActionKeyRepeat"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionGainFocus => "OfxInteractActionGainFocus"u8;
    public static ReadOnlySpan<byte> kOfxInteractActionLoseFocus => "OfxInteractActionLoseFocus"u8;
}
