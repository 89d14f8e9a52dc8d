using System.Text;
using AdobeEffects.Raw;
using unsafe PluginDataCallback = delegate* unmanaged[Cdecl]<void*, byte*, byte*, byte*, byte*, int, int, int, int, byte*, int>;

namespace AdobeEffects.Plugins;

/// <summary>Answers <c>PluginDataEntryFunction2</c>: tells a host of an effect without its reading the PiPL.</summary>
public static unsafe class EffectRegistration
{
    // 'eFKT'
    private const int EffectKind = 0x65464B54;
    private const int ReservedInfo = 8;

    /// <summary>Tells the host of one effect.</summary>
    /// <param name="data">What the host gave; goes back to it.</param>
    /// <param name="callback">The host's function; null is survived.</param>
    /// <param name="definition">The effect.</param>
    /// <param name="entryPoint">Name of its exported function.</param>
    /// <returns>0; the host does not look at it.</returns>
    public static int Register(void* data, PluginDataCallback callback, EffectDefinition definition, string entryPoint)
    {
        if (callback == null) return (int)PF_Err.PF_Err_INVALID_CALLBACK;
        fixed (byte* name = Ended(definition.Name), match = Ended(definition.MatchName), category = Ended(definition.Category), entry = Ended(entryPoint), url = Ended(definition.SupportUrl))
        {
            return callback(data, name, match, category, entry, EffectKind, PF_Version.PF_PLUG_IN_VERSION, PF_Version.PF_PLUG_IN_SUBVERS, ReservedInfo, url);
        }
    }

    private static byte[] Ended(string text) => [.. Encoding.ASCII.GetBytes(text), 0];
}
