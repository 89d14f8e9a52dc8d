using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using OpenFX.Plugins;
using OpenFX.Raw;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.OpenFX;

/// <summary>The two functions of <c>RunwayFX.ofx</c>: one plug-in for every effect of the catalogue.</summary>
internal static unsafe class Exports
{
    private static readonly PluginLibrary Library = new(CreatePlugins, ShimLog.Write);

    /// <summary>An address inside this library, for finding the file it came from.</summary>
    public static nint Address => (nint)(delegate* unmanaged[Cdecl]<int>)&GetNumberOfPlugins;

    [UnmanagedCallersOnly(EntryPoint = "OfxGetNumberOfPlugins", CallConvs = [typeof(CallConvCdecl)])]
    private static int GetNumberOfPlugins() => Library.Count;

    [UnmanagedCallersOnly(EntryPoint = "OfxGetPlugin", CallConvs = [typeof(CallConvCdecl)])]
    private static OfxPlugin* GetPlugin(int nth) => Library.GetPlugin(nth);

    private static List<EffectPlugin> CreatePlugins()
    {
        LoadedLibrary.Keep(Address);
        List<EffectPlugin> plugins = [];
        foreach (EffectDefinition effect in EffectCatalog.All) plugins.Add(new CataloguePlugin(effect));
        return plugins;
    }
}
