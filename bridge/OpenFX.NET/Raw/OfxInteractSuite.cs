using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxInteractSuite</c>, version 1 (ofxInteract.h).</summary>
/// <remarks>Field order is the ABI: 3 slots, 24 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxInteractSuiteV1
{
    // interactSwapBuffers(interactInstance)
    public delegate* unmanaged[Cdecl]<OfxInteractHandle, OfxStatus> interactSwapBuffers;

    // interactRedraw(interactInstance)
    public delegate* unmanaged[Cdecl]<OfxInteractHandle, OfxStatus> interactRedraw;

    // interactGetPropertySet(interactInstance, property)
    public delegate* unmanaged[Cdecl]<OfxInteractHandle, OfxPropertySetHandle*, OfxStatus> interactGetPropertySet;
}
