using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>The function every plug-in reaches first: it hands out the suites.</summary>
internal static unsafe class HostEntry
{
    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    public static void* FetchSuite(OfxPropertySetHandle handle, byte* name, int version)
    {
        HostCore? host = HandleTable.Get<PropertySet>(handle.Value)?.Host;
        if (host is null || name is null) return null;
        try
        {
            return host.FetchSuite(NativeText.Read(name)!, version);
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the process.
        catch (Exception e)
#pragma warning restore CA1031
        {
            host.Escaped("fetchSuite", e);
            return null;
        }
    }
}
