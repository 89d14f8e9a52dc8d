using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxMessageSuite</c>, version 1 (ofxMessage.h).</summary>
/// <remarks>Field order is the ABI: 1 slots, 8 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxMessageSuiteV1
{
    // message(handle, messageType, messageId, format, ...): variadic, called only through VariadicCaller.
    public void* message;
}

/// <summary>The host's table behind <c>kOfxMessageSuite</c>, version 2 (ofxMessage.h).</summary>
/// <remarks>Field order is the ABI: 3 slots, 24 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxMessageSuiteV2
{
    // message(handle, messageType, messageId, format, ...): variadic, called only through VariadicCaller.
    public void* message;

    // setPersistentMessage(handle, messageType, messageId, format, ...): variadic, called only through VariadicCaller.
    public void* setPersistentMessage;

    // clearPersistentMessage(handle)
    public delegate* unmanaged[Cdecl]<void*, OfxStatus> clearPersistentMessage;
}
