using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxMemorySuite</c>, version 1 (ofxMemory.h).</summary>
/// <remarks>Field order is the ABI: 2 slots, 16 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxMemorySuiteV1
{
    // memoryAlloc(handle, nBytes, allocatedData)
    public delegate* unmanaged[Cdecl]<void*, nuint, void**, OfxStatus> memoryAlloc;

    // memoryFree(allocatedData)
    public delegate* unmanaged[Cdecl]<void*, OfxStatus> memoryFree;
}
