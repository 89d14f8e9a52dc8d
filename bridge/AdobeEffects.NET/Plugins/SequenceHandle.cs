using AdobeEffects.Raw;
using AdobeEffects.Sequences;

namespace AdobeEffects.Plugins;

/// <summary>Sequence data between the host's handle and <see cref="SequenceData"/>. The handle's bytes are flat at all times.</summary>
internal static unsafe class SequenceHandle
{
    /// <summary>Reads an instance's data; fresh ones where the host has none or they cannot be read.</summary>
    /// <param name="call">The command.</param>
    /// <param name="isRender">In a render After Effects hands data over through a suite, because several frames render at once.</param>
    public static SequenceData Read(HostCall call, bool isRender)
    {
        void** handle = isRender && !call.IsPremiere ? Constant(call) : null;
        if (handle == null) handle = call.In->sequence_data;
        return TryRead(call, handle, out SequenceData data) ? data : SequenceData.Empty(call.Definition.SequenceVersion);
    }

    /// <summary>Reads a handle.</summary>
    public static bool TryRead(HostCall call, void** handle, out SequenceData data)
    {
        data = SequenceData.Empty(call.Definition.SequenceVersion);
        if (handle == null) return false;
        bool isRead = SequenceData.TryRead(call.Handles.Bytes(handle), out SequenceData found, out string why);
        if (isRead) data = found;
        else EffectLog.Write($"{call.Definition.Name}: sequence data cannot be read: {why}.");
        return isRead;
    }

    /// <summary>Puts data into a new handle for the host, instead of the one that came.</summary>
    /// <returns>False where the host has no memory; then the old handle stays.</returns>
    public static bool Write(HostCall call, SequenceData data)
    {
        void** made = call.Handles.New(data.ToBytes());
        if (made == null) return false;
        call.Handles.Dispose(call.In->sequence_data);
        call.Out->sequence_data = made;
        return true;
    }

    private static void** Constant(HostCall call)
    {
        PF_EffectSequenceDataSuite1* suite = call.Suite<PF_EffectSequenceDataSuite1>(SuiteNames.EffectSequenceData, SuiteNames.EffectSequenceDataVersion);
        void** handle = null;
        return suite != null && suite->PF_GetConstSequenceData != null && suite->PF_GetConstSequenceData(call.In->effect_ref, &handle) == PF_Err.PF_Err_NONE
            ? handle
            : null;
    }
}
