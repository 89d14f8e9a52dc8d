using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxOpenGLRenderSuite</c>, version 1 (ofxGPURender.h).</summary>
/// <remarks>Field order is the ABI: 3 slots, 24 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxImageEffectOpenGLRenderSuiteV1
{
    // clipLoadTexture(clip, time, format, region, textureHandle)
    public delegate* unmanaged[Cdecl]<OfxImageClipHandle, double, byte*, OfxRectD*, OfxPropertySetHandle*, OfxStatus> clipLoadTexture;

    // clipFreeTexture(textureHandle)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, OfxStatus> clipFreeTexture;

    // flushResources()
    public delegate* unmanaged[Cdecl]<OfxStatus> flushResources;
}

/// <summary>The host's table behind <c>kOfxOpenCLProgramSuite</c>, version 1 (ofxGPURender.h).</summary>
/// <remarks>Field order is the ABI: 1 slot, 8 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxOpenCLProgramSuiteV1
{
    // compileProgram(pszProgramSource, fOptional, pResult)
    public delegate* unmanaged[Cdecl]<byte*, int, void*, OfxStatus> compileProgram;
}
