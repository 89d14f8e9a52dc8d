using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AdobeEffects.Plugins;
using RunwayFX.Bridge;
using CatalogueEffectDefinition = RunwayFX.Effects.EffectDefinition;
using unsafe PluginDataCallback = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, byte*, int, int, int, int, byte*, int>;

namespace RunwayFX.Premiere;

/// <summary>The two functions of the library that all effects share. Hosts do not call them: each effect's small binary (Stub/stub.c) does, by the effect's
/// name.</summary>
internal static unsafe class Exports
{
    /// <summary>What hosts call in each of those binaries.</summary>
    public const string EntryPoint = "EffectMain";

    private const int NotRegistered = 1;

    private static readonly Lazy<EngineClient> Client = new(static () => new EngineClient(new EngineClientOptions()));
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, (CatalogueEffect Effect, int Slot)> Effects = new(StringComparer.Ordinal);

    /// <summary>The entry point of an effect; null where there is none of that name.</summary>
    [UnmanagedCallersOnly(EntryPoint = "RunwayFX_EntryOf", CallConvs = [typeof(CallConvCdecl)])]
    private static nint EntryOf(byte* name)
    {
        try
        {
            return Find(name) is { } found ? (nint)EffectSlots.EntryOf(found.Slot) : 0;
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the host process; a host that gets no entry point leaves the effect out.
        catch (Exception)
#pragma warning restore CA1031
        {
            return 0;
        }
    }

    /// <summary>Answers the host's <c>PluginDataEntryFunction2</c> for an effect.</summary>
    [UnmanagedCallersOnly(EntryPoint = "RunwayFX_Register", CallConvs = [typeof(CallConvCdecl)])]
    private static int Register(byte* name, void* data, PluginDataCallback callback)
    {
        try
        {
            return Find(name) is { } found ? EffectRegistration.Register(data, callback, found.Effect.Definition, EntryPoint) : NotRegistered;
        }
#pragma warning disable CA1031 // As above.
        catch (Exception)
#pragma warning restore CA1031
        {
            return NotRegistered;
        }
    }

    private static (CatalogueEffect Effect, int Slot)? Find(byte* name)
    {
        string key = Marshal.PtrToStringUTF8((nint)name) ?? "";
        lock (Gate)
        {
            if (Effects.TryGetValue(key, out var made)) return made;
            LoadedLibrary.Keep((nint)(delegate* unmanaged[Cdecl]<byte*, nint>)&EntryOf);
            foreach (CatalogueEffectDefinition definition in CatalogueMapping.Effects)
            {
                if (!string.Equals(definition.Name, key, StringComparison.Ordinal)) continue;
                CatalogueEffect effect = new(definition, static () => Client.Value, SystemPrompt.Ask);
                return Effects[key] = (effect, EffectSlots.Take(effect));
            }

            return null;
        }
    }
}
