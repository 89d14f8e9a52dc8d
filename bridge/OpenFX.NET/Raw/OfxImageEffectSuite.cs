using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxImageEffectSuite</c>, version 1 (ofxImageEffect.h).</summary>
/// <remarks>Field order is the ABI: 13 slots, 104 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxImageEffectSuiteV1
{
    // getPropertySet(imageEffect, propHandle)
    public delegate* unmanaged[Cdecl]<OfxImageEffectHandle, OfxPropertySetHandle*, OfxStatus> getPropertySet;

    // getParamSet(imageEffect, paramSet)
    public delegate* unmanaged[Cdecl]<OfxImageEffectHandle, OfxParamSetHandle*, OfxStatus> getParamSet;

    // clipDefine(imageEffect, name, propertySet)
    public delegate* unmanaged[Cdecl]<OfxImageEffectHandle, byte*, OfxPropertySetHandle*, OfxStatus> clipDefine;

    // clipGetHandle(imageEffect, name, clip, propertySet)
    public delegate* unmanaged[Cdecl]<OfxImageEffectHandle, byte*, OfxImageClipHandle*, OfxPropertySetHandle*, OfxStatus> clipGetHandle;

    // clipGetPropertySet(clip, propHandle)
    public delegate* unmanaged[Cdecl]<OfxImageClipHandle, OfxPropertySetHandle*, OfxStatus> clipGetPropertySet;

    // clipGetImage(clip, time, region, imageHandle)
    public delegate* unmanaged[Cdecl]<OfxImageClipHandle, double, OfxRectD*, OfxPropertySetHandle*, OfxStatus> clipGetImage;

    // clipReleaseImage(imageHandle)
    public delegate* unmanaged[Cdecl]<OfxPropertySetHandle, OfxStatus> clipReleaseImage;

    // clipGetRegionOfDefinition(clip, time, bounds)
    public delegate* unmanaged[Cdecl]<OfxImageClipHandle, double, OfxRectD*, OfxStatus> clipGetRegionOfDefinition;

    // abort(imageEffect)
    public delegate* unmanaged[Cdecl]<OfxImageEffectHandle, int> abort;

    // imageMemoryAlloc(instanceHandle, nBytes, memoryHandle)
    public delegate* unmanaged[Cdecl]<OfxImageEffectHandle, nuint, OfxImageMemoryHandle*, OfxStatus> imageMemoryAlloc;

    // imageMemoryFree(memoryHandle)
    public delegate* unmanaged[Cdecl]<OfxImageMemoryHandle, OfxStatus> imageMemoryFree;

    // imageMemoryLock(memoryHandle, returnedPtr)
    public delegate* unmanaged[Cdecl]<OfxImageMemoryHandle, void**, OfxStatus> imageMemoryLock;

    // imageMemoryUnlock(memoryHandle)
    public delegate* unmanaged[Cdecl]<OfxImageMemoryHandle, OfxStatus> imageMemoryUnlock;
}
