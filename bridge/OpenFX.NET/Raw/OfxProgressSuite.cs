using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxProgressSuite</c>, version 1 (ofxProgress.h).</summary>
/// <remarks>Field order is the ABI: 3 slots, 24 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxProgressSuiteV1
{
    // progressStart(effectInstance, label)
    public delegate* unmanaged[Cdecl]<void*, byte*, OfxStatus> progressStart;

    // progressUpdate(effectInstance, progress)
    public delegate* unmanaged[Cdecl]<void*, double, OfxStatus> progressUpdate;

    // progressEnd(effectInstance)
    public delegate* unmanaged[Cdecl]<void*, OfxStatus> progressEnd;
}

/// <summary>The host's table behind <c>kOfxProgressSuite</c>, version 2 (ofxProgress.h).</summary>
/// <remarks>Field order is the ABI: 3 slots, 24 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxProgressSuiteV2
{
    // progressStart(effectInstance, message, messageid)
    public delegate* unmanaged[Cdecl]<void*, byte*, byte*, OfxStatus> progressStart;

    // progressUpdate(effectInstance, progress)
    public delegate* unmanaged[Cdecl]<void*, double, OfxStatus> progressUpdate;

    // progressEnd(effectInstance)
    public delegate* unmanaged[Cdecl]<void*, OfxStatus> progressEnd;
}
