using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AdobeEffects.Raw;

/// <summary><c>PF_InteractCallbacks</c>: the start of <see cref="PF_InData"/>. 176 bytes; any slot may be null in a careless host.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_InteractCallbacks
{
    // checkout_param(effect_ref, index, what_time, time_step, time_scale, param)
    public delegate* unmanaged[Cdecl]<void*, int, int, int, uint, PF_ParamDef*, PF_Err> checkout_param;

    // checkin_param(effect_ref, param)
    public delegate* unmanaged[Cdecl]<void*, PF_ParamDef*, PF_Err> checkin_param;

    // add_param(effect_ref, index, def): index -1 is the end.
    public delegate* unmanaged[Cdecl]<void*, int, PF_ParamDef*, PF_Err> add_param;

    // abort(effect_ref): not 0 when the user wants to stop.
    public delegate* unmanaged[Cdecl]<void*, PF_Err> abort;

    // progress(effect_ref, current, total): not 0 when the user wants to stop.
    public delegate* unmanaged[Cdecl]<void*, int, int, PF_Err> progress;

    public void* register_ui;
    public void* checkout_layer_audio;
    public void* checkin_layer_audio;
    public void* get_audio_data;
    public ReservedText reserved_str;
    public Reserved reserved;

    [InlineArray(3)]
    public struct ReservedText
    {
        private nint _first;
    }

    [InlineArray(10)]
    public struct Reserved
    {
        private nint _first;
    }
}

/// <summary><c>PF_UtilCallbacks</c>: the functions behind <c>utils</c>. 552 bytes; what this library does not call keeps its place only.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_UtilCallbacks
{
    public void* begin_sampling;
    public void* subpixel_sample;
    public void* area_sample;
    public void* get_batch_func_is_deprecated;
    public void* end_sampling;
    public void* composite_rect;
    public void* blend;
    public void* convolve;

    // copy(effect_ref, src, dst, src_rect, dst_rect)
    public delegate* unmanaged[Cdecl]<void*, PF_LayerDef*, PF_LayerDef*, PF_LRect*, PF_LRect*, PF_Err> copy;

    public void* fill;
    public void* gaussian_kernel;
    public void* iterate;
    public void* premultiply;
    public void* premultiply_color;

    // new_world(effect_ref, width, height, flags, world)
    public delegate* unmanaged[Cdecl]<void*, int, int, PF_NewWorldFlags, PF_LayerDef*, PF_Err> new_world;

    // dispose_world(effect_ref, world)
    public delegate* unmanaged[Cdecl]<void*, PF_LayerDef*, PF_Err> dispose_world;

    public void* iterate_origin;
    public void* iterate_lut;
    public void* transfer_rect;
    public void* transform_world;

    // host_new_handle(size)
    public delegate* unmanaged[Cdecl]<ulong, void**> host_new_handle;

    // host_lock_handle(handle)
    public delegate* unmanaged[Cdecl]<void**, void*> host_lock_handle;

    // host_unlock_handle(handle)
    public delegate* unmanaged[Cdecl]<void**, void> host_unlock_handle;

    // host_dispose_handle(handle)
    public delegate* unmanaged[Cdecl]<void**, void> host_dispose_handle;

    public void* get_callback_addr;
    public void* app;
    public PF_ANSICallbacks ansi;
    public PF_ColorCallbacks colorCB;
    public void* get_platform_data;

    // host_get_handle_size(handle)
    public delegate* unmanaged[Cdecl]<void**, ulong> host_get_handle_size;

    public void* iterate_origin_non_clip_src;
    public void* iterate_generic;

    // host_resize_handle(size, handle)
    public delegate* unmanaged[Cdecl]<ulong, void***, PF_Err> host_resize_handle;

    public void* subpixel_sample16;
    public void* area_sample16;
    public void* fill16;
    public void* premultiply_color16;
    public void* iterate16;
    public void* iterate_origin16;
    public void* iterate_origin_non_clip_src16;
    public void* get_pixel_data8;
    public void* get_pixel_data16;
    public int reserved;
}

/// <summary>Place of the 19 C functions in <see cref="PF_UtilCallbacks"/>. 160 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct PF_ANSICallbacks
{
    public Slots functions;
    public int unused_longA;

    [InlineArray(19)]
    public struct Slots
    {
        private nint _first;
    }
}

/// <summary>Place of the 8 colour functions in <see cref="PF_UtilCallbacks"/>. 64 bytes.</summary>
[InlineArray(8)]
public struct PF_ColorCallbacks
{
    private nint _first;
}
