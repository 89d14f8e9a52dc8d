using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>The host's movable memory: what lies behind a handle may be elsewhere at the next command, so bytes are copied out and in, never kept.</summary>
internal sealed unsafe class HostHandles(HostCall call)
{
    /// <summary>Makes a handle that holds these bytes; null where the host has no memory or no such function.</summary>
    public void** New(ReadOnlySpan<byte> bytes)
    {
        PF_UtilCallbacks* utilities = call.In->utils;
        if (utilities != null && utilities->host_new_handle != null && utilities->host_lock_handle != null && utilities->host_unlock_handle != null)
        {
            void** made = utilities->host_new_handle((ulong)bytes.Length);
            return Fill(made, bytes, utilities->host_lock_handle, utilities->host_unlock_handle);
        }

        PF_HandleSuite1* suite = Suite();
        if (suite == null || suite->host_new_handle == null || suite->host_lock_handle == null || suite->host_unlock_handle == null) return null;
        return Fill(suite->host_new_handle((ulong)bytes.Length), bytes, suite->host_lock_handle, suite->host_unlock_handle);
    }

    /// <summary>Gives a handle back to the host.</summary>
    public void Dispose(void** handle)
    {
        if (handle == null) return;
        PF_UtilCallbacks* utilities = call.In->utils;
        if (utilities != null && utilities->host_dispose_handle != null)
        {
            utilities->host_dispose_handle(handle);
            return;
        }

        PF_HandleSuite1* suite = Suite();
        if (suite != null && suite->host_dispose_handle != null) suite->host_dispose_handle(handle);
    }

    /// <summary>The bytes of a handle that the host keeps locked during the command; empty where their number cannot be known.</summary>
    public ReadOnlySpan<byte> Bytes(void** handle)
    {
        if (handle == null || *handle == null) return default;
        PF_UtilCallbacks* utilities = call.In->utils;
        ulong size = 0;
        if (utilities != null && utilities->host_get_handle_size != null)
        {
            size = utilities->host_get_handle_size(handle);
        }
        else
        {
            PF_HandleSuite1* suite = Suite();
            if (suite != null && suite->host_get_handle_size != null) size = suite->host_get_handle_size(handle);
        }

        return new ReadOnlySpan<byte>(*handle, (int)Math.Min(size, SequenceData.BytesMax));
    }

    private static void** Fill(void** handle, ReadOnlySpan<byte> bytes, delegate* unmanaged[Cdecl]<void**, void*> hold, delegate* unmanaged[Cdecl]<void**, void> release)
    {
        if (handle == null) return null;
        void* place = hold(handle);
        if (place != null) bytes.CopyTo(new Span<byte>(place, bytes.Length));
        release(handle);
        return handle;
    }

    private PF_HandleSuite1* Suite() => call.Suite<PF_HandleSuite1>(SuiteNames.Handle, SuiteNames.HandleVersion);
}
