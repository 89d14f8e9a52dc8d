using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxTimeLineSuite</c>, version 1 (ofxTimeLine.h).</summary>
/// <remarks>Field order is the ABI: 3 slots, 24 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxTimeLineSuiteV1
{
    // getTime(instance, time)
    public delegate* unmanaged[Cdecl]<void*, double*, OfxStatus> getTime;

    // gotoTime(instance, time)
    public delegate* unmanaged[Cdecl]<void*, double, OfxStatus> gotoTime;

    // getTimeBounds(instance, firstTime, lastTime)
    public delegate* unmanaged[Cdecl]<void*, double*, double*, OfxStatus> getTimeBounds;
}
