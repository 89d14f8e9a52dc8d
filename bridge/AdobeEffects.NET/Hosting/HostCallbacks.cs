using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Raw;

namespace AdobeEffects.Hosting;

/// <summary>The C functions of emulated hosts; each finds its host by <c>effect_ref</c> or, for handles and suites, by the thread.</summary>
internal static unsafe class HostCallbacks
{
    public static PF_InteractCallbacks Interaction(bool isWhole)
    {
        PF_InteractCallbacks table = default;
        table.add_param = &AddParameter;
        if (!isWhole) return table;
        table.checkout_param = &Checkout;
        table.checkin_param = &Checkin;
        table.abort = &Abort;
        table.progress = &Report;
        return table;
    }

    public static void FillUtilities(PF_UtilCallbacks* table)
    {
        table->host_new_handle = &NewHandle;
        table->host_lock_handle = &HoldHandle;
        table->host_unlock_handle = &ReleaseHandle;
        table->host_dispose_handle = &EndHandle;
        table->host_get_handle_size = &HandleSize;
        table->host_resize_handle = &ResizeHandle;
    }

    public static void Fill(PF_HandleSuite1* table)
    {
        table->host_new_handle = &NewHandle;
        table->host_lock_handle = &HoldHandle;
        table->host_unlock_handle = &ReleaseHandle;
        table->host_dispose_handle = &EndHandle;
        table->host_get_handle_size = &HandleSize;
        table->host_resize_handle = &ResizeHandle;
    }

    public static void Fill(PF_PixelFormatSuite1* table)
    {
        table->AddSupportedPixelFormat = &AddFormat;
        table->ClearSupportedPixelFormats = &ClearFormats;
        table->GetPixelFormat = &FormatOf;
    }

    public static void Fill(PF_WorldSuite2* table) => table->PF_GetPixelFormat = &FormatOf;

    public static void Fill(PF_UtilitySuite* table) => table->EffectWantsCheckedOutFramesToMatchRenderPixelFormat = &WantMatch;

    public static void Fill(PF_EffectSequenceDataSuite1* table) => table->PF_GetConstSequenceData = &ConstantSequence;

    public static void Fill(PF_ParamUtilsSuite3* table) => table->PF_UpdateParamUI = &UpdateParameter;

    public static void Fill(SPBasicSuite* table)
    {
        table->AcquireSuite = &Acquire;
        table->ReleaseSuite = &Release;
    }

    public static void Fill(PF_PreRenderCallbacks* table) => table->checkout_layer = &PlanLayer;

    public static void Fill(PF_SmartRenderCallbacks* table)
    {
        table->checkout_layer_pixels = &HandOver;
        table->checkin_layer_pixels = &TakeBack;
        table->checkout_output = &HandOverOutput;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err AddParameter(void* reference, int index, PF_ParamDef* parameter)
    {
        if (HostSession.Of(reference) is not { } session || parameter == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        session.Host.AddParameter(in *parameter);
        return PF_Err.PF_Err_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Checkout(void* reference, int index, int time, int step, uint scale, PF_ParamDef* parameter) =>
        HostSession.Of(reference)?.Checkout(index, time, parameter) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Checkin(void* reference, PF_ParamDef* parameter) =>
        HostSession.Of(reference)?.Checkin(parameter) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Abort(void* reference) => HostSession.Of(reference)?.Abort() ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Report(void* reference, int current, int total) =>
        HostSession.Of(reference)?.Report(current, total) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err PlanLayer(void* reference, int index, int id, PF_RenderRequest* request, int time, int step, uint scale, PF_CheckoutResult* result) =>
        HostSession.Of(reference)?.PlanLayer(index, id, request, time, result) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err HandOver(void* reference, int id, PF_LayerDef** pixels) =>
        HostSession.Of(reference)?.HandOver(id, pixels) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err TakeBack(void* reference, int id) => HostSession.Of(reference)?.TakeBack(id) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err HandOverOutput(void* reference, PF_LayerDef** output) =>
        HostSession.Of(reference)?.HandOverOutput(output) ?? PF_Err.PF_Err_BAD_CALLBACK_PARAM;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void** NewHandle(ulong bytes) =>
        HostMemory.Current == null || EmulatedHost.Current?.Has(HostFaults.NoMemory) != false ? null : HostMemory.Current.New(bytes);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void* HoldHandle(void** handle) => HostMemory.Current == null ? null : HostMemory.Current.Hold(handle);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseHandle(void** handle) => HostMemory.Current?.Release(handle);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void EndHandle(void** handle) => HostMemory.Current?.End(handle);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static ulong HandleSize(void** handle) => HostMemory.Current?.Size(handle) ?? 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err ResizeHandle(ulong bytes, void*** handle) =>
        handle != null && HostMemory.Current?.Resize(bytes, *handle) == true ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_OUT_OF_MEMORY;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Acquire(byte* name, int version, void** suite) => EmulatedHost.Current?.Acquire(name, version, suite) ?? 1;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Release(byte* name, int version)
    {
        EmulatedHost.Current?.Counters.Add(HostCounters.Count.SuitesReleased);
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err AddFormat(void* reference, PF_PixelFormat format)
    {
        EmulatedHost.Current?.AddFormat(format);
        return PF_Err.PF_Err_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err ClearFormats(void* reference)
    {
        EmulatedHost.Current?.ClearFormats();
        return PF_Err.PF_Err_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err FormatOf(PF_LayerDef* world, PF_PixelFormat* format)
    {
        if (world == null || format == null || EmulatedHost.Current?.FormatAt((nint)world->data) is not { } known) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        *format = known;
        return PF_Err.PF_Err_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err WantMatch(void* reference)
    {
        if (EmulatedHost.Current is { } host) host.WantsMatch = true;
        return PF_Err.PF_Err_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err ConstantSequence(void* reference, void*** sequence)
    {
        if (HostSession.Of(reference)?.Instance is not { } instance || sequence == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        *sequence = instance.Sequence;
        return PF_Err.PF_Err_NONE;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err UpdateParameter(void* reference, int index, PF_ParamDef* parameter)
    {
        if (HostSession.Of(reference)?.Instance is not { } instance || parameter == null) return PF_Err.PF_Err_BAD_CALLBACK_PARAM;
        return instance.Show(index, in *parameter) ? PF_Err.PF_Err_NONE : PF_Err.PF_Err_INVALID_INDEX;
    }
}
