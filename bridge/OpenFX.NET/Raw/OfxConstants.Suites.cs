namespace OpenFX.Raw;

// The headers that define only a few names, one block per header.
public static partial class OfxConstants
{
    // ofxProperty.h: the property suite.
    public static ReadOnlySpan<byte> kOfxPropertySuite => "OfxPropertySuite"u8;

    // ofxMemory.h: the memory suite.
    public static ReadOnlySpan<byte> kOfxMemorySuite => "OfxMemorySuite"u8;

    // ofxMultiThread.h: the thread suite.
    public static ReadOnlySpan<byte> kOfxMultiThreadSuite => "OfxMultiThreadSuite"u8;

    // ofxMessage.h: messages.
    public static ReadOnlySpan<byte> kOfxMessageSuite => "OfxMessageSuite"u8;
    public static ReadOnlySpan<byte> kOfxMessageFatal => "OfxMessageFatal"u8;
    public static ReadOnlySpan<byte> kOfxMessageError => "OfxMessageError"u8;
    public static ReadOnlySpan<byte> kOfxMessageWarning => "OfxMessageWarning"u8;
    public static ReadOnlySpan<byte> kOfxMessageMessage => "OfxMessageMessage"u8;
    public static ReadOnlySpan<byte> kOfxMessageLog => "OfxMessageLog"u8;
    public static ReadOnlySpan<byte> kOfxMessageQuestion => "OfxMessageQuestion"u8;

    // ofxProgress.h: progress.
    public static ReadOnlySpan<byte> kOfxProgressSuite => "OfxProgressSuite"u8;

    // ofxTimeLine.h: the time line.
    public static ReadOnlySpan<byte> kOfxTimeLineSuite => "OfxTimeLineSuite"u8;

    // ofxParametricParam.h: parametric parameters.
    public static ReadOnlySpan<byte> kOfxParametricParameterSuite => "OfxParametricParameterSuite"u8;
    public static ReadOnlySpan<byte> kOfxParamTypeParametric => "OfxParamTypeParametric"u8;
    public static ReadOnlySpan<byte> kOfxParamPropParametricDimension => "OfxParamPropParametricDimension"u8;
    public static ReadOnlySpan<byte> kOfxParamPropParametricUIColour => "OfxParamPropParametricUIColour"u8;
    public static ReadOnlySpan<byte> kOfxParamPropParametricInteractBackground => "OfxParamPropParametricInteractBackground"u8;
    public static ReadOnlySpan<byte> kOfxParamHostPropSupportsParametricAnimation => "OfxParamHostPropSupportsParametricAnimation"u8;
    public static ReadOnlySpan<byte> kOfxParamPropParametricRange => "OfxParamPropParametricRange"u8;

    // ofxDialog.h: dialogs.
    public static ReadOnlySpan<byte> kOfxDialogSuite => "OfxDialogSuite"u8;
    public static ReadOnlySpan<byte> kOfxActionDialog => "OfxActionDialog"u8;

    // ofxDrawSuite.h: drawing in interacts.
    public static ReadOnlySpan<byte> kOfxDrawSuite => "OfxDrawSuite"u8;
    public static ReadOnlySpan<byte> kOfxInteractPropDrawContext => "OfxInteractPropDrawContext"u8;
}
