using System.Runtime.InteropServices;

namespace OpenFX.Raw;

/// <summary>The host's table behind <c>kOfxDialogSuite</c>, version 1 (ofxDialog.h).</summary>
/// <remarks>Field order is the ABI: 2 slots, 16 bytes on every 64-bit target. Any slot may be null in a careless host.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct OfxDialogSuiteV1
{
    // RequestDialog(user_data)
    public delegate* unmanaged[Cdecl]<void*, OfxStatus> RequestDialog;

    // NotifyRedrawPending()
    public delegate* unmanaged[Cdecl]<OfxStatus> NotifyRedrawPending;
}
