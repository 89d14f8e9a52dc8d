using System.Runtime.InteropServices;

namespace AdobeEffects.Raw;

/// <summary><c>PF_InData</c>: what the host tells with every command. 408 bytes.</summary>
/// <remarks>Times are numerators over <c>time_scale</c>. Handles may move between two commands: no pointer into one is kept.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_InData
{
    public PF_InteractCallbacks inter;
    public PF_UtilCallbacks* utils;
    public void* effect_ref;
    public PF_Quality quality;
    public PF_SpecVersion version;
    public int serial_num;
    public uint appl_id;
    public int num_params;
    public int reserved;
    public int what_cpu;
    public int what_fpu;
    public int current_time;
    public int time_step;
    public int total_time;
    public int local_time_step;
    public uint time_scale;
    public PF_Field field;
    public int shutter_angle;
    public int width;
    public int height;
    public PF_LRect extent_hint;
    public int output_origin_x;
    public int output_origin_y;
    public PF_RationalScale downsample_x;
    public PF_RationalScale downsample_y;
    public PF_RationalScale pixel_aspect_ratio;
    public int in_flags;
    public void** global_data;
    public void** sequence_data;
    public void** frame_data;
    public int start_sampL;
    public int dur_sampL;
    public int total_sampL;
    public PF_SoundWorld src_snd;
    public SPBasicSuite* pica_basicP;
    public int pre_effect_source_origin_x;
    public int pre_effect_source_origin_y;
    public int shutter_phase;
}

/// <summary><c>PF_OutData</c>: what an effect answers. 408 bytes, zeroed by the host before each command.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_OutData
{
    public uint my_version;
    public fixed byte name[32];
    public void** global_data;
    public int num_params;
    public void** sequence_data;
    public int flat_sdata_size;
    public void** frame_data;
    public int width;
    public int height;
    public PF_Point origin;
    public PF_OutFlags out_flags;
    public fixed byte return_msg[256];
    public int start_sampL;
    public int dur_sampL;
    public PF_SoundWorld dest_snd;
    public PF_OutFlags2 out_flags2;
}

/// <summary>Creator codes in <c>appl_id</c>, first letter in the highest byte.</summary>
public static class PF_ApplicationId
{
    // 'FXTC'
    public const uint AfterEffects = 0x46585443;

    // 'PrMr'
    public const uint Premiere = 0x50724D72;
}
