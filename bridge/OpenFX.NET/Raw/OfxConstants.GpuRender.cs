namespace OpenFX.Raw;

// ofxGPURender.h: OpenGL, CUDA, Metal and OpenCL rendering.
public static partial class OfxConstants
{
    public static ReadOnlySpan<byte> kOfxOpenGLRenderSuite => "OfxImageEffectOpenGLRenderSuite"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenGLRenderSupported => "OfxImageEffectPropOpenGLRenderSupported"u8;
    public static ReadOnlySpan<byte> kOfxOpenGLPropPixelDepth => "OfxOpenGLPropPixelDepth"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenGLEnabled => "OfxImageEffectPropOpenGLEnabled"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenGLTextureIndex => "OfxImageEffectPropOpenGLTextureIndex"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenGLTextureTarget => "OfxImageEffectPropOpenGLTextureTarget"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropCPURenderSupported => "OfxImageEffectPropCPURenderSupported"u8;
    public static ReadOnlySpan<byte> kOfxActionOpenGLContextAttached => "OfxActionOpenGLContextAttached"u8;
    public static ReadOnlySpan<byte> kOfxActionOpenGLContextDetached => "kOfxActionOpenGLContextDetached"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropCudaRenderSupported => "OfxImageEffectPropCudaRenderSupported"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropCudaEnabled => "OfxImageEffectPropCudaEnabled"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropCudaStreamSupported => "OfxImageEffectPropCudaStreamSupported"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropCudaStream => "OfxImageEffectPropCudaStream"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropMetalRenderSupported => "OfxImageEffectPropMetalRenderSupported"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropMetalEnabled => "OfxImageEffectPropMetalEnabled"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropMetalCommandQueue => "OfxImageEffectPropMetalCommandQueue"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenCLRenderSupported => "OfxImageEffectPropOpenCLRenderSupported"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenCLSupported => "OfxImageEffectPropOpenCLSupported"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenCLEnabled => "OfxImageEffectPropOpenCLEnabled"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenCLCommandQueue => "OfxImageEffectPropOpenCLCommandQueue"u8;
    public static ReadOnlySpan<byte> kOfxImageEffectPropOpenCLImage => "OfxImageEffectPropOpenCLImage"u8;
    public static ReadOnlySpan<byte> kOfxOpenCLProgramSuite => "OfxOpenCLProgramSuite"u8;
}
