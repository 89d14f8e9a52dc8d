using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>A loaded OpenFX binary and the host it sees.</summary>
/// <remarks>Loading the same bundle twice gives two hosts over one binary, as two programs in one process would have. Dispose destroys what is left
/// of its
/// instances, unloads its plug-ins and the binary; whether the system really unmaps it is the binary's own choice.</remarks>
public sealed unsafe class PluginLibrary : IDisposable
{
    /// <summary>Plug-ins one binary may hold.</summary>
    public const int PluginsMax = 4096;

    private nint _module;

    private PluginLibrary(PluginBundle bundle, nint module, HostCore host)
    {
        Bundle = bundle;
        _module = module;
        Host = host;
    }

    /// <summary>Where it came from.</summary>
    public PluginBundle Bundle { get; }

    /// <summary>The image effect plug-ins it holds, in the binary's order.</summary>
    public ImmutableArray<HostedPlugin> Plugins { get; private set; } = [];

    /// <summary>What the plug-ins did to the host.</summary>
    public HostJournal Journal => Host.Journal;

    /// <summary>How the surrounding program reacts to messages and progress.</summary>
    public HostEvents Events => Host.Events;

    /// <summary>The host the plug-ins see.</summary>
    public HostProfile Profile => Host.Profile;

    internal HostCore Host { get; }

    /// <summary>Loads a bundle folder or a bare <c>.ofx</c> file.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="profile">The host to be; null is this library's own.</param>
    /// <param name="events">How to react to messages and progress; null ignores them (they stand in the journal all the same).</param>
    /// <exception cref="HostingException">It is not there, cannot be loaded, or exports no OpenFX functions.</exception>
    public static PluginLibrary Load(string path, HostProfile? profile = null, HostEvents? events = null) =>
        Load(PluginBundle.Open(path), profile, events);

    /// <summary>Loads a bundle that a scan found.</summary>
    public static PluginLibrary Load(PluginBundle bundle, HostProfile? profile = null, HostEvents? events = null)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        VariadicSuites.Install();
        nint module;
        try
        {
            module = NativeLibrary.Load(bundle.BinaryPath);
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
        {
            throw new HostingException(HostingError.NotLoadable, $"'{bundle.BinaryPath}' cannot be loaded: {e.Message}", null, e);
        }

        var host = new HostCore(profile ?? HostProfile.Default, events ?? new HostEvents());
        var library = new PluginLibrary(bundle, module, host);
        try
        {
            library.Plugins = library.ReadPlugins();
            return library;
        }
        catch
        {
            library.Dispose();
            throw;
        }
    }

    /// <summary>Finds a plug-in by its identifier; of several versions the newest.</summary>
    /// <exception cref="HostingException">There is none.</exception>
    public HostedPlugin Find(string identifier)
    {
        HostedPlugin? best = null;
        foreach (HostedPlugin plugin in Plugins)
        {
            if (!string.Equals(plugin.Identifier, identifier, StringComparison.Ordinal)) continue;
            if (best is null || (plugin.MajorVersion, plugin.MinorVersion).CompareTo((best.MajorVersion, best.MinorVersion)) > 0) best = plugin;
        }

        return best ?? throw new HostingException(HostingError.UnknownName,
            $"'{Bundle.Name}' has no plug-in '{identifier}'; it has {string.Join(", ", Plugins.Select(plugin => plugin.Identifier))}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_module == 0) return;
        foreach (HostedPlugin plugin in Plugins) plugin.Dispose();
        NativeLibrary.Free(_module);
        _module = 0;
        Host.Dispose();
    }

    private ImmutableArray<HostedPlugin> ReadPlugins()
    {
        if (!NativeLibrary.TryGetExport(_module, "OfxGetNumberOfPlugins", out nint countExport)
            || !NativeLibrary.TryGetExport(_module, "OfxGetPlugin", out nint getExport))
            throw new HostingException(HostingError.NotLoadable, $"'{Bundle.BinaryPath}' exports no OfxGetNumberOfPlugins and OfxGetPlugin");
        OfferHost();
        int count = ((delegate* unmanaged[Cdecl]<int>)countExport)();
        if (count is < 0 or > PluginsMax)
            throw new HostingException(HostingError.TooLarge, $"'{Bundle.Name}' claims {count} plug-ins; the limit is {PluginsMax}");
        var plugins = ImmutableArray.CreateBuilder<HostedPlugin>(count);
        for (int i = 0; i < count; i++)
        {
            var raw = ((delegate* unmanaged[Cdecl]<int, OfxPlugin*>)getExport)(i);
            if (raw is null || raw->setHost is null || raw->mainEntry is null) continue;
            if (!NativeText.Equals(raw->pluginApi, OfxConstants.kOfxImageEffectPluginApi)) continue;
            plugins.Add(new HostedPlugin(this, raw));
        }

        return plugins.ToImmutable();
    }

    /// <summary>OpenFX 1.4 lets a binary look at the host before it lists its plug-ins; refusing means that it has none for this host.</summary>
    private void OfferHost()
    {
        if (!NativeLibrary.TryGetExport(_module, "OfxSetHost", out nint export)) return;
        var status = ((delegate* unmanaged[Cdecl]<OfxHost*, OfxStatus>)export)(Host.Native);
        if (status is OfxStatus.kOfxStatOK or OfxStatus.kOfxStatReplyDefault) return;
        throw new HostingException(HostingError.UnsupportedApi, $"'{Bundle.Name}' does not work with host '{Profile.Name}' ({status})", (int)status);
    }
}
