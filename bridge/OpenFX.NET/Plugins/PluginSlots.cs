using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Raw;
using PropertyHandle = OpenFX.Raw.OfxPropertySetHandle;
using unsafe MainEntryPointer =
    delegate* unmanaged[Cdecl]<byte*, void*, OpenFX.Raw.OfxPropertySetHandle, OpenFX.Raw.OfxPropertySetHandle, OpenFX.Raw.OfxStatus>;
using unsafe SetHostPointer = delegate* unmanaged[Cdecl]<OpenFX.Raw.OfxHost*, void>;

namespace OpenFX.Plugins;

/// <summary>A fixed table of C entry points. A plug-in's functions get nothing that tells which plug-in is meant, and functions for C cannot be
/// generic: so each plug-in takes a slot with functions of its own.</summary>
internal static unsafe class PluginSlots
{
    /// <summary>Plug-ins that one library may hold.</summary>
    public const int SlotsMax = 32;

    private static readonly PluginEntry?[] Entries = new PluginEntry?[SlotsMax];
    private static readonly Lock Gate = new();

    /// <summary>Takes a free slot.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public static int Take(PluginEntry entry)
    {
        lock (Gate)
        {
            int slot = Array.IndexOf(Entries, null);
            if (slot < 0) throw new InvalidOperationException($"No more than {SlotsMax} plug-ins fit one library.");
            Volatile.Write(ref Entries[slot], entry);
            return slot;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public static void Free(int slot) => Volatile.Write(ref Entries[slot], null);

    /// <summary>The slot's <c>setHost</c>.</summary>
    public static SetHostPointer SetHost(int slot) => slot switch
    {
        0 => &SetHost0,
        1 => &SetHost1,
        2 => &SetHost2,
        3 => &SetHost3,
        4 => &SetHost4,
        5 => &SetHost5,
        6 => &SetHost6,
        7 => &SetHost7,
        8 => &SetHost8,
        9 => &SetHost9,
        10 => &SetHost10,
        11 => &SetHost11,
        12 => &SetHost12,
        13 => &SetHost13,
        14 => &SetHost14,
        15 => &SetHost15,
        16 => &SetHost16,
        17 => &SetHost17,
        18 => &SetHost18,
        19 => &SetHost19,
        20 => &SetHost20,
        21 => &SetHost21,
        22 => &SetHost22,
        23 => &SetHost23,
        24 => &SetHost24,
        25 => &SetHost25,
        26 => &SetHost26,
        27 => &SetHost27,
        28 => &SetHost28,
        29 => &SetHost29,
        30 => &SetHost30,
        31 => &SetHost31,
        _ => null,
    };

    /// <summary>The slot's <c>mainEntry</c>.</summary>
    public static MainEntryPointer MainEntry(int slot) => slot switch
    {
        0 => &Main0,
        1 => &Main1,
        2 => &Main2,
        3 => &Main3,
        4 => &Main4,
        5 => &Main5,
        6 => &Main6,
        7 => &Main7,
        8 => &Main8,
        9 => &Main9,
        10 => &Main10,
        11 => &Main11,
        12 => &Main12,
        13 => &Main13,
        14 => &Main14,
        15 => &Main15,
        16 => &Main16,
        17 => &Main17,
        18 => &Main18,
        19 => &Main19,
        20 => &Main20,
        21 => &Main21,
        22 => &Main22,
        23 => &Main23,
        24 => &Main24,
        25 => &Main25,
        26 => &Main26,
        27 => &Main27,
        28 => &Main28,
        29 => &Main29,
        30 => &Main30,
        31 => &Main31,
        _ => null,
    };

    private static void Set(int slot, OfxHost* host) => Volatile.Read(ref Entries[slot])?.SetHost(host);

    private static OfxStatus Main(int slot, byte* action, void* handle, PropertyHandle inArguments, PropertyHandle outArguments) =>
        Volatile.Read(ref Entries[slot])?.MainEntry(action, handle, inArguments, outArguments) ?? OfxStatus.kOfxStatErrFatal;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost0(OfxHost* host) => Set(0, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main0(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(0, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost1(OfxHost* host) => Set(1, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main1(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(1, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost2(OfxHost* host) => Set(2, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main2(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(2, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost3(OfxHost* host) => Set(3, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main3(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(3, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost4(OfxHost* host) => Set(4, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main4(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(4, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost5(OfxHost* host) => Set(5, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main5(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(5, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost6(OfxHost* host) => Set(6, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main6(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(6, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost7(OfxHost* host) => Set(7, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main7(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(7, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost8(OfxHost* host) => Set(8, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main8(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(8, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost9(OfxHost* host) => Set(9, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main9(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(9, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost10(OfxHost* host) => Set(10, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main10(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(10, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost11(OfxHost* host) => Set(11, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main11(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(11, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost12(OfxHost* host) => Set(12, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main12(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(12, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost13(OfxHost* host) => Set(13, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main13(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(13, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost14(OfxHost* host) => Set(14, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main14(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(14, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost15(OfxHost* host) => Set(15, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main15(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(15, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost16(OfxHost* host) => Set(16, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main16(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(16, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost17(OfxHost* host) => Set(17, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main17(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(17, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost18(OfxHost* host) => Set(18, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main18(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(18, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost19(OfxHost* host) => Set(19, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main19(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(19, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost20(OfxHost* host) => Set(20, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main20(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(20, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost21(OfxHost* host) => Set(21, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main21(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(21, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost22(OfxHost* host) => Set(22, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main22(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(22, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost23(OfxHost* host) => Set(23, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main23(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(23, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost24(OfxHost* host) => Set(24, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main24(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(24, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost25(OfxHost* host) => Set(25, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main25(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(25, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost26(OfxHost* host) => Set(26, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main26(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(26, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost27(OfxHost* host) => Set(27, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main27(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(27, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost28(OfxHost* host) => Set(28, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main28(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(28, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost29(OfxHost* host) => Set(29, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main29(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(29, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost30(OfxHost* host) => Set(30, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main30(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(30, action, handle, ins, outs);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void SetHost31(OfxHost* host) => Set(31, host);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static OfxStatus Main31(byte* action, void* handle, PropertyHandle ins, PropertyHandle outs) => Main(31, action, handle, ins, outs);
}
