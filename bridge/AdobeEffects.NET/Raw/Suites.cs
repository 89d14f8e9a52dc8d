using System.Runtime.InteropServices;

namespace AdobeEffects.Raw;

/// <summary><c>SPBasicSuite</c>: where every other suite comes from. 56 bytes; answers 0 for good.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SPBasicSuite
{
    // AcquireSuite(name, version, suite)
    public delegate* unmanaged[Cdecl]<byte*, int, void**, int> AcquireSuite;

    // ReleaseSuite(name, version)
    public delegate* unmanaged[Cdecl]<byte*, int, int> ReleaseSuite;

    // IsEqual(token1, token2)
    public delegate* unmanaged[Cdecl]<byte*, byte*, int> IsEqual;

    // AllocateBlock(size, block)
    public delegate* unmanaged[Cdecl]<nuint, void**, int> AllocateBlock;

    // FreeBlock(block)
    public delegate* unmanaged[Cdecl]<void*, int> FreeBlock;

    // ReallocateBlock(block, size, new_block)
    public delegate* unmanaged[Cdecl]<void*, nuint, void**, int> ReallocateBlock;

    // Undefined()
    public delegate* unmanaged[Cdecl]<int> Undefined;
}

/// <summary>"PF Pixel Format Suite", version 1, as Premiere has it. 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_PixelFormatSuite1
{
    // AddSupportedPixelFormat(effect_ref, format)
    public delegate* unmanaged[Cdecl]<void*, PF_PixelFormat, PF_Err> AddSupportedPixelFormat;

    // ClearSupportedPixelFormats(effect_ref)
    public delegate* unmanaged[Cdecl]<void*, PF_Err> ClearSupportedPixelFormats;

    // NewWorldOfPixelFormat(effect_ref, width, height, flags, format, world)
    public delegate* unmanaged[Cdecl]<void*, uint, uint, PF_NewWorldFlags, PF_PixelFormat, PF_LayerDef*, PF_Err> NewWorldOfPixelFormat;

    // DisposeWorld(effect_ref, world)
    public delegate* unmanaged[Cdecl]<void*, PF_LayerDef*, PF_Err> DisposeWorld;

    // GetPixelFormat(world, format)
    public delegate* unmanaged[Cdecl]<PF_LayerDef*, PF_PixelFormat*, PF_Err> GetPixelFormat;

    // GetBlackForPixelFormat(format, pixel)
    public delegate* unmanaged[Cdecl]<PF_PixelFormat, void*, PF_Err> GetBlackForPixelFormat;

    // GetWhiteForPixelFormat(format, pixel)
    public delegate* unmanaged[Cdecl]<PF_PixelFormat, void*, PF_Err> GetWhiteForPixelFormat;

    // ConvertColorToPixelFormattedData(format, alpha, red, green, blue, pixel)
    public delegate* unmanaged[Cdecl]<PF_PixelFormat, float, float, float, float, void*, PF_Err> ConvertColorToPixelFormattedData;
}

/// <summary>The start of "PF Utility Suite", versions 5 to 9, as Premiere has it: the 13 slots up to the one that is called. 104 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_UtilitySuite
{
    public void* GetFilterInstanceID;
    public void* GetMediaTimecode;
    public void* GetClipSpeed;
    public void* GetClipDuration;
    public void* GetClipStart;
    public void* GetUnscaledClipDuration;
    public void* GetUnscaledClipStart;
    public void* GetTrackItemStart;
    public void* GetMediaFieldType;
    public void* GetMediaFrameRate;
    public void* GetContainingTimelineID;
    public void* GetClipName;

    // EffectWantsCheckedOutFramesToMatchRenderPixelFormat(effect_ref): else checked-out layers come in 8-bit ARGB.
    public delegate* unmanaged[Cdecl]<void*, PF_Err> EffectWantsCheckedOutFramesToMatchRenderPixelFormat;
}

/// <summary>"PF World Suite", version 2, as After Effects has it. 24 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_WorldSuite2
{
    // PF_NewWorld(effect_ref, width, height, clear, format, world)
    public delegate* unmanaged[Cdecl]<void*, int, int, byte, PF_PixelFormat, PF_LayerDef*, PF_Err> PF_NewWorld;

    // PF_DisposeWorld(effect_ref, world)
    public delegate* unmanaged[Cdecl]<void*, PF_LayerDef*, PF_Err> PF_DisposeWorld;

    // PF_GetPixelFormat(world, format)
    public delegate* unmanaged[Cdecl]<PF_LayerDef*, PF_PixelFormat*, PF_Err> PF_GetPixelFormat;
}

/// <summary>"PF Handle Suite", version 2 on the wire. 48 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_HandleSuite1
{
    // host_new_handle(size)
    public delegate* unmanaged[Cdecl]<ulong, void**> host_new_handle;

    // host_lock_handle(handle)
    public delegate* unmanaged[Cdecl]<void**, void*> host_lock_handle;

    // host_unlock_handle(handle)
    public delegate* unmanaged[Cdecl]<void**, void> host_unlock_handle;

    // host_dispose_handle(handle)
    public delegate* unmanaged[Cdecl]<void**, void> host_dispose_handle;

    // host_get_handle_size(handle)
    public delegate* unmanaged[Cdecl]<void**, ulong> host_get_handle_size;

    // host_resize_handle(size, handle)
    public delegate* unmanaged[Cdecl]<ulong, void***, PF_Err> host_resize_handle;
}

/// <summary>"PF Effect Sequence Data Suite", version 1: sequence data while several frames render at once. 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_EffectSequenceDataSuite1
{
    // PF_GetConstSequenceData(effect_ref, sequence_data)
    public delegate* unmanaged[Cdecl]<void*, void***, PF_Err> PF_GetConstSequenceData;
}

/// <summary>"PF Param Utils Suite", version 3. 72 bytes; what this library does not call keeps its place only.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct PF_ParamUtilsSuite3
{
    // PF_UpdateParamUI(effect_ref, param_index, def): def is a copy, never parameter 0.
    public delegate* unmanaged[Cdecl]<void*, int, PF_ParamDef*, PF_Err> PF_UpdateParamUI;

    public void* PF_GetCurrentState;
    public void* PF_AreStatesIdentical;
    public void* PF_IsIdenticalCheckout;
    public void* PF_FindKeyframeTime;
    public void* PF_GetKeyframeCount;
    public void* PF_CheckoutKeyframe;
    public void* PF_CheckinKeyframe;
    public void* PF_KeyIndexToTime;
}

/// <summary>Names and versions of the suites.</summary>
public static class SuiteNames
{
    public static ReadOnlySpan<byte> PixelFormat => "PF Pixel Format Suite"u8;

    public static ReadOnlySpan<byte> Utility => "PF Utility Suite"u8;

    public static ReadOnlySpan<byte> World => "PF World Suite"u8;

    public static ReadOnlySpan<byte> Handle => "PF Handle Suite"u8;

    public static ReadOnlySpan<byte> EffectSequenceData => "PF Effect Sequence Data Suite"u8;

    public static ReadOnlySpan<byte> ParamUtils => "PF Param Utils Suite"u8;

    public const int PixelFormatVersion = 1;
    public const int UtilityVersionMin = 5;
    public const int UtilityVersionMax = 9;
    public const int WorldVersion = 2;
    public const int HandleVersion = 2;
    public const int EffectSequenceDataVersion = 1;
    public const int ParamUtilsVersion = 3;
}
