using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Raw;

namespace AdobeEffects.Plugins;

/// <summary>What After Effects asks before it renders: which layers and frames will be wanted. The input at the current frame always is.</summary>
public sealed unsafe class RenderPlan : RenderMoment
{
    private readonly PF_PreRenderExtra* _extra;
    private readonly PlanBlock* _block;
    private int _nextId = 1;

    internal RenderPlan(HostCall call, PF_PreRenderExtra* extra, PlanBlock* block)
        : base(call)
    {
        _extra = extra;
        _block = block;
    }

    /// <summary>Whether the plan names every other frame that the render will ask for, so that a frame which is not in it is one that there is not. The effect
    /// finds it again as <see cref="RenderFrame.HasOtherFrames"/>.</summary>
    public bool CoversOtherFrames { get => _block->CoversOtherFrames != 0; set => _block->CoversOtherFrames = value ? 1 : 0; }

    /// <summary>Wants the input some frames from now. A frame that the host has not is passed over here and absent at <see cref="Effect.Render"/>.</summary>
    public void NeedFrame(double frameOffset) => _ = Need(0, frameOffset, out _);

    /// <summary>Wants another layer some frames from now.</summary>
    public void NeedLayer(string key, double frameOffset = 0) => _ = Need(Call.Definition.IndexOf(key), frameOffset, out _);

    /// <summary>Asks the host first how large the layer is, then for all of it: methods here look at whole pictures.</summary>
    internal bool Need(int parameter, double frameOffset, out PF_LRect largest)
    {
        largest = default;
        if (Call.TimeAt(frameOffset) is not { } time || _block->Count == PlanBlock.LayersMax) return false;
        PF_RenderRequest request = _extra->input->output_request;
        request.rect = default;
        PF_CheckoutResult result = default;
        if (!Ask(parameter, time, &request, &result)) return false;
        largest = result.max_result_rect;
        if (IsEmpty(largest)) return false;
        request.rect = largest;
        int id = _nextId;
        if (!Ask(parameter, time, &request, &result)) return false;
        _block->Layers[_block->Count++] = new PlanLayer(parameter, time, id, result.result_rect);
        return true;
    }

    internal static bool IsEmpty(PF_LRect rectangle) => rectangle.left >= rectangle.right || rectangle.top >= rectangle.bottom;

    internal static PF_LRect Intersection(PF_LRect a, PF_LRect b)
    {
        PF_LRect both = new(Math.Max(a.left, b.left), Math.Max(a.top, b.top), Math.Min(a.right, b.right), Math.Min(a.bottom, b.bottom));
        return IsEmpty(both) ? default : both;
    }

    private bool Ask(int parameter, int time, PF_RenderRequest* request, PF_CheckoutResult* result)
    {
        PF_InData* host = Call.In;
        return _extra->cb->checkout_layer(host->effect_ref, parameter, _nextId++, request, time, host->time_step, host->time_scale, result) == PF_Err.PF_Err_NONE;
    }
}

/// <summary>A layer that was asked for.</summary>
/// <param name="Parameter">The host's number of the layer parameter; 0 for the input.</param>
/// <param name="Time">In the host's units.</param>
/// <param name="Id">The number under which its pixels are handed over.</param>
/// <param name="Place">What will come, in downsampled pixels of the layer.</param>
internal readonly record struct PlanLayer(int Parameter, int Time, int Id, PF_LRect Place);

/// <summary>A plan between <c>PF_Cmd_SMART_PRE_RENDER</c> and <c>PF_Cmd_SMART_RENDER</c>: plain memory without anything hanging off it, because the host
/// may delete it at any time, on any thread, without rendering.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PlanBlock
{
    public const int LayersMax = 256;

    private const uint RightMark = 0x4E414C50;

    private static int s_living;

    public uint Mark;
    public int Count;
    public int CoversOtherFrames;
    public PF_LRect Result;
    public PlanLayers Layers;

    /// <summary>Plans that hosts have not deleted yet.</summary>
    public static int Living => Volatile.Read(ref s_living);

    /// <summary>Frees a plan; what hosts call.</summary>
    public static delegate* unmanaged[Cdecl]<void*, void> Deleter => &Delete;

    public static PlanBlock* New()
    {
        PlanBlock* block = (PlanBlock*)NativeMemory.AllocZeroed((nuint)sizeof(PlanBlock));
        block->Mark = RightMark;
        _ = Interlocked.Increment(ref s_living);
        return block;
    }

    /// <summary>The plan a host hands back; null where it is none.</summary>
    public static PlanBlock* Of(void* data) => data != null && ((PlanBlock*)data)->Mark == RightMark && (uint)((PlanBlock*)data)->Count <= LayersMax ? (PlanBlock*)data : null;

    public static void Free(PlanBlock* block)
    {
        block->Mark = 0;
        NativeMemory.Free(block);
        _ = Interlocked.Decrement(ref s_living);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Delete(void* data)
    {
        PlanBlock* block = Of(data);
        if (block != null) Free(block);
    }

    [InlineArray(LayersMax)]
    internal struct PlanLayers
    {
        private PlanLayer _first;
    }
}
