namespace OpenFX.Raw;

// ofxOld.h: names that 1.4 withdrew and that old plug-ins and hosts still use.
public static partial class OfxConstants
{
    public static ReadOnlySpan<byte> kOfxImageComponentYUVA => "OfxImageComponentYUVA"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropInAnalysis => "OfxImageEffectPropInAnalysis"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropViewportSize => "OfxInteractPropViewport"u8;
    public static ReadOnlySpan<byte> kOfxParamDoubleTypeNormalisedX => "OfxParamDoubleTypeNormalisedX"u8;
    public static ReadOnlySpan<byte> kOfxParamDoubleTypeNormalisedY => "OfxParamDoubleTypeNormalisedY"u8;
    public static ReadOnlySpan<byte> kOfxParamDoubleTypeNormalisedXAbsolute => "OfxParamDoubleTypeNormalisedXAbsolute"u8;
    public static ReadOnlySpan<byte> kOfxParamDoubleTypeNormalisedYAbsolute => "OfxParamDoubleTypeNormalisedYAbsolute"u8;
    public static ReadOnlySpan<byte> kOfxParamDoubleTypeNormalisedXY => "OfxParamDoubleTypeNormalisedXY"u8;
    public static ReadOnlySpan<byte> kOfxParamDoubleTypeNormalisedXYAbsolute => "OfxParamDoubleTypeNormalisedXYAbsolute"u8;
}
