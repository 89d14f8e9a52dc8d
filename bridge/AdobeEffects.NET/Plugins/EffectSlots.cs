using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Raw;
using unsafe EntryPoint = delegate* unmanaged[Cdecl]<AdobeEffects.Raw.PF_Cmd, AdobeEffects.Raw.PF_InData*, AdobeEffects.Raw.PF_OutData*,
    AdobeEffects.Raw.PF_ParamDef**, AdobeEffects.Raw.PF_LayerDef*, void*, AdobeEffects.Raw.PF_Err>;

namespace AdobeEffects.Plugins;

/// <summary>A fixed table of C entry points. A host's call says nothing of which effect is meant, and functions for C cannot be generic: so each effect
/// takes a slot with a function of its own. A library's exports pass their calls on to it.</summary>
public static unsafe class EffectSlots
{
    /// <summary>Effects that one library may hold.</summary>
    public const int SlotsMax = 16;

    private static readonly Effect?[] Effects = new Effect?[SlotsMax];
    private static readonly Lock Gate = new();

    /// <summary>Takes a free slot.</summary>
    /// <exception cref="InvalidOperationException">All are taken.</exception>
    public static int Take(Effect effect)
    {
        lock (Gate)
        {
            int slot = Array.IndexOf(Effects, null);
            if (slot < 0) throw new InvalidOperationException($"No more than {SlotsMax} effects fit one library.");
            Volatile.Write(ref Effects[slot], effect);
            return slot;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public static void Free(int slot) => Volatile.Write(ref Effects[slot], null);

    /// <summary>Runs a command on a slot's effect; nothing thrown leaves it. For exports that pass a host's call on.</summary>
    public static PF_Err Run(int slot, PF_Cmd command, PF_InData* inData, PF_OutData* outData, PF_ParamDef** parameters, PF_LayerDef* output, void* extra)
    {
        Effect? effect = (uint)slot < SlotsMax ? Volatile.Read(ref Effects[slot]) : null;
        return effect == null ? PF_Err.PF_Err_INVALID_INDEX : EffectEntry.Main(effect, command, inData, outData, parameters, output, extra);
    }

    /// <summary>A slot's entry point.</summary>
    public static EntryPoint EntryOf(int slot) => slot switch
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
        _ => null,
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main0(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(0, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main1(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(1, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main2(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(2, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main3(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(3, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main4(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(4, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main5(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(5, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main6(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(6, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main7(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(7, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main8(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(8, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main9(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(9, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main10(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(10, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main11(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(11, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main12(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(12, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main13(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(13, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main14(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(14, command, ins, outs, parameters, output, extra);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static PF_Err Main15(PF_Cmd command, PF_InData* ins, PF_OutData* outs, PF_ParamDef** parameters, PF_LayerDef* output, void* extra) =>
        Run(15, command, ins, outs, parameters, output, extra);
}
