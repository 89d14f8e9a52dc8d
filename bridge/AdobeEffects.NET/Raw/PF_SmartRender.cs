using System.Runtime.InteropServices;

namespace AdobeEffects.Raw;

/// <summary><c>PF_RenderRequest</c>: what the host wants of a layer, in its downsampled pixels. 44 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_RenderRequest
{
    public PF_LRect rect;
    public PF_Field field;
    public PF_ChannelMask channel_mask;
    public byte preserve_rgb_of_zero_alpha;
    public fixed byte unused[3];
    public fixed int reserved[4];
}

/// <summary><c>PF_CheckoutResult</c>: what will come of a layer. 76 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_CheckoutResult
{
    public PF_LRect result_rect;
    public PF_LRect max_result_rect;
    public PF_RationalScale par;
    public byte solid;
    public fixed byte reservedB[3];
    public int ref_width;
    public int ref_height;
    public fixed int reserved[6];
}

/// <summary><c>PF_PreRenderInput</c>. 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PreRenderInput
{
    public PF_RenderRequest output_request;
    public short bitdepth;
    public void* gpu_data;
    public int what_gpu;
    public uint device_index;
}

/// <summary><c>PF_PreRenderOutput</c>: the host owns <c>pre_render_data</c> afterwards and gives it to the deleter. 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PreRenderOutput
{
    public PF_LRect result_rect;
    public PF_LRect max_result_rect;
    public byte solid;
    public byte reserved;
    public PF_RenderOutputFlags flags;
    public void* pre_render_data;

    // delete_pre_render_data_func(pre_render_data)
    public delegate* unmanaged[Cdecl]<void*, void> delete_pre_render_data_func;
}

/// <summary><c>PF_PreRenderCallbacks</c>. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PreRenderCallbacks
{
    // checkout_layer(effect_ref, index, checkout_id, request, what_time, time_step, time_scale, result)
    public delegate* unmanaged[Cdecl]<void*, int, int, PF_RenderRequest*, int, int, uint, PF_CheckoutResult*, PF_Err> checkout_layer;

    // GuidMixInPtr(effect_ref, size, bytes): what else the picture depends on.
    public delegate* unmanaged[Cdecl]<void*, uint, void*, PF_Err> GuidMixInPtr;
}

/// <summary><c>PF_PreRenderExtra</c>: the last argument of <c>PF_Cmd_SMART_PRE_RENDER</c>. 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PreRenderExtra
{
    public PF_PreRenderInput* input;
    public PF_PreRenderOutput* output;
    public PF_PreRenderCallbacks* cb;
}

/// <summary><c>PF_SmartRenderInput</c>. 72 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_SmartRenderInput
{
    public PF_RenderRequest output_request;
    public short bitdepth;
    public void* pre_render_data;
    public void* gpu_data;
    public int what_gpu;
    public uint device_index;
}

/// <summary><c>PF_SmartRenderCallbacks</c>. 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_SmartRenderCallbacks
{
    // checkout_layer_pixels(effect_ref, checkout_id, pixels): once for each id.
    public delegate* unmanaged[Cdecl]<void*, int, PF_LayerDef**, PF_Err> checkout_layer_pixels;

    // checkin_layer_pixels(effect_ref, checkout_id)
    public delegate* unmanaged[Cdecl]<void*, int, PF_Err> checkin_layer_pixels;

    // checkout_output(effect_ref, output): after the first input.
    public delegate* unmanaged[Cdecl]<void*, PF_LayerDef**, PF_Err> checkout_output;
}

/// <summary><c>PF_SmartRenderExtra</c>: the last argument of <c>PF_Cmd_SMART_RENDER</c>. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_SmartRenderExtra
{
    public PF_SmartRenderInput* input;
    public PF_SmartRenderCallbacks* cb;
}

/// <summary><c>PF_ExtDependenciesExtra</c>: the last argument of <c>PF_Cmd_GET_EXTERNAL_DEPENDENCIES</c>. 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_ExtDependenciesExtra
{
    // 1: all; 2: those that are missing.
    public int check_type;
    public void** dependencies_strH;
}
