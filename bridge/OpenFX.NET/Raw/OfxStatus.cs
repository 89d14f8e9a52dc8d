namespace OpenFX.Raw;

/// <summary>Status codes of ofxCore.h, ofxImageEffect.h and ofxGPURender.h. A 32-bit <c>int</c> in C.</summary>
public enum OfxStatus
{
    kOfxStatOK = 0,
    kOfxStatFailed = 1,
    kOfxStatErrFatal = 2,
    kOfxStatErrUnknown = 3,
    kOfxStatErrMissingHostFeature = 4,
    kOfxStatErrUnsupported = 5,
    kOfxStatErrExists = 6,
    kOfxStatErrFormat = 7,
    kOfxStatErrMemory = 8,
    kOfxStatErrBadHandle = 9,
    kOfxStatErrBadIndex = 10,
    kOfxStatErrValue = 11,
    kOfxStatReplyYes = 12,
    kOfxStatReplyNo = 13,
    kOfxStatReplyDefault = 14,
    kOfxStatUnlicensed = 15,
    kOfxStatErrImageFormat = 1000,
    kOfxStatGPUOutOfMemory = 1001,
    kOfxStatGLOutOfMemory = 1001,
    kOfxStatGPURenderFailed = 1002,
    kOfxStatGLRenderFailed = 1002,
}
