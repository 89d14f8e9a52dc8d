using System.Runtime.InteropServices;
using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>The plug-ins of one library, behind its two exports.</summary>
/// <remarks>
/// <code>
/// private static readonly PluginLibrary Library = new(() => [new MyEffect()], static line => { });
///
/// [UnmanagedCallersOnly(EntryPoint = "OfxGetNumberOfPlugins")]
/// private static int GetNumberOfPlugins() => Library.Count;
///
/// [UnmanagedCallersOnly(EntryPoint = "OfxGetPlugin")]
/// private static unsafe OfxPlugin* GetPlugin(int nth) => Library.GetPlugin(nth);
/// </code>
/// Nothing is made before the first question. Members never throw: a library that cannot list its plug-ins has none. The C structures live until
/// <see cref="Dispose"/>, which only tests call, for a library is never sure that its host is done with it.
/// </remarks>
public sealed unsafe class PluginLibrary : IDisposable
{
    private readonly Func<IReadOnlyList<EffectPlugin>> _create;
    private readonly Action<string> _log;
    private readonly Lock _lock = new();
    private PluginEntry[]? _entries;

    /// <summary>Declares the library.</summary>
    /// <param name="create">Makes the plug-ins, once, when a host first asks.</param>
    /// <param name="log">Takes lines for a log, on any thread. What it throws is swallowed.</param>
    public PluginLibrary(Func<IReadOnlyList<EffectPlugin>> create, Action<string> log)
    {
        _create = create;
        _log = log;
    }

    /// <summary>For <c>OfxGetNumberOfPlugins</c>.</summary>
    public int Count => Entries.Length;

    private PluginEntry[] Entries
    {
        get
        {
            lock (_lock)
            {
                return _entries ??= Create();
            }
        }
    }

    /// <summary>For <c>OfxGetPlugin</c>; null outside of 0 … Count − 1.</summary>
    public OfxPlugin* GetPlugin(int nth)
    {
        PluginEntry[] entries = Entries;
        return (uint)nth < (uint)entries.Length ? entries[nth].Native : null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach (PluginEntry entry in _entries ?? []) entry.Dispose();
            _entries = [];
        }
    }

    private PluginEntry[] Create()
    {
        List<PluginEntry> entries = [];
        try
        {
            foreach (EffectPlugin plugin in _create()) entries.Add(new PluginEntry(plugin, _log));
        }
#pragma warning disable CA1031 // An exception that leaves an export ends the host process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            PluginEntry.Log(_log, "The list of plug-ins", "ends early", exception);
        }

        return [.. entries];
    }
}

/// <summary>One plug-in's C structure, its slot of entry points, and the host it was last given.</summary>
internal sealed unsafe class PluginEntry : IDisposable
{
    private readonly Action<string> _log;
    private readonly InstanceTable _instances = new();
    private readonly int _slot;
    private nint _hostPointer;
    private HostInfo? _host;

    public PluginEntry(EffectPlugin plugin, Action<string> log)
    {
        Plugin = plugin;
        _log = log;
        _slot = PluginSlots.Take(this);
        Native = (OfxPlugin*)NativeMemory.AllocZeroed((nuint)sizeof(OfxPlugin));
        Native->pluginApi = NativeText.Literal(OfxConstants.kOfxImageEffectPluginApi);
        Native->apiVersion = OfxConstants.kOfxImageEffectPluginApiVersion;
        Native->pluginIdentifier = NativeText.Allocate(plugin.Identifier);
        Native->pluginVersionMajor = (uint)plugin.VersionMajor;
        Native->pluginVersionMinor = (uint)plugin.VersionMinor;
        Native->setHost = PluginSlots.SetHost(_slot);
        Native->mainEntry = PluginSlots.MainEntry(_slot);
    }

    public EffectPlugin Plugin { get; }

    public OfxPlugin* Native { get; private set; }

    /// <summary>Hands a line about a failure to a log. Making the line may fail as well as writing it: an exception's own text may throw, and memory
    /// may be short.</summary>
    public static void Log(Action<string> log, string place, string detail, Exception exception)
    {
        try
        {
            log(exception is OfxException told ? $"{place} {detail}: {told.Status}: {told.Message}" : $"{place} {detail}: {exception}");
        }
#pragma warning disable CA1031 // A log that fails has nowhere to say so.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    /// <summary>Only stores the pointer: the standard forbids calling the host from here.</summary>
    public void SetHost(OfxHost* host)
    {
        Volatile.Write(ref _hostPointer, (nint)host);
        try
        {
            ThreadHosts.Here(_slot) = new ThreadHost(this, (nint)host, null);
        }
        catch (OutOfMemoryException)
        {
            // The host that was set last, on whatever thread, has to do.
        }
    }

    /// <summary>The one boundary: whatever happens inside becomes a status and a line in the log.</summary>
    public OfxStatus MainEntry(byte* action, void* handle, OfxPropertySetHandle inArguments, OfxPropertySetHandle outArguments)
    {
        try
        {
            return Dispatch(NativeText.Bytes(action), new OfxImageEffectHandle((nint)handle), inArguments, outArguments);
        }
        catch (OfxException exception)
        {
            LogFailure(action, exception);
            return exception.Status;
        }
        catch (OutOfMemoryException)
        {
            return OfxStatus.kOfxStatErrMemory; // No log line: writing one allocates.
        }
#pragma warning disable CA1031 // An exception that leaves this frame ends the host process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogFailure(action, exception);
            return OfxStatus.kOfxStatFailed;
        }
    }

    public void Dispose()
    {
        if (Native == null) return;
        PluginSlots.Free(_slot);
        NativeMemory.Free(Native->pluginIdentifier);
        NativeMemory.Free(Native);
        Native = null;
    }

    private OfxStatus Dispatch(
        ReadOnlySpan<byte> action, OfxImageEffectHandle handle, OfxPropertySetHandle inArguments, OfxPropertySetHandle outArguments)
    {
        if (action.SequenceEqual(OfxConstants.kOfxActionLoad))
        {
            Plugin.Load(LoadHost());
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxActionUnload))
        {
            RetireHost();
            Plugin.Unload();
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxActionDescribe))
        {
            Plugin.Describe(new EffectDescriptor(CurrentHost(), Require(handle)));
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxImageEffectActionDescribeInContext))
        {
            HostInfo host = CurrentHost();
            string context = new PropertySet(host, inArguments).GetString(OfxConstants.kOfxImageEffectPropContext);
            Plugin.DescribeInContext(new EffectDescriptor(host, Require(handle)), context);
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxActionCreateInstance))
        {
            HostInfo host = CurrentHost();
            _instances.Add(handle, Plugin.CreateInstance(new InstanceContext(host, Require(handle))));
            return OfxStatus.kOfxStatOK;
        }

        if (action.SequenceEqual(OfxConstants.kOfxActionDestroyInstance))
        {
            _instances.Remove(handle);
            return OfxStatus.kOfxStatOK;
        }

        EffectInstance? instance = _instances.Find(handle);
        if (instance is not null) return InstanceActions.Dispatch(action, instance, inArguments, outArguments);
        // A host that never created the instance, or destroyed it: renders fail, questions get the default.
        return action.SequenceEqual(OfxConstants.kOfxImageEffectActionRender) ? OfxStatus.kOfxStatErrBadHandle : OfxStatus.kOfxStatReplyDefault;
    }

    private static OfxImageEffectHandle Require(OfxImageEffectHandle handle) =>
        handle.IsNull ? throw new OfxException(OfxStatus.kOfxStatErrBadHandle, "The host passed no effect handle.") : handle;

    private void LogFailure(byte* action, Exception exception)
    {
        string name = "";
        try
        {
            name = NativeText.Read(action) ?? "";
        }
        catch (OutOfMemoryException)
        {
            // The line goes without the name.
        }

        Log(_log, Plugin.Identifier, name, exception);
    }

    // Describing what a host is takes a few reads; loading is the moment when a host may have become another one at the same address.
    private HostInfo LoadHost()
    {
        ref ThreadHost mine = ref ThreadHosts.Here(_slot);
        bool isMine = mine.Owner == this && mine.Info is not { IsRetired: true };
        HostInfo host = Learn(isMine ? mine.Pointer : Volatile.Read(ref _hostPointer));
        if (isMine) mine = mine with { Info = host };
        return host;
    }

    private HostInfo CurrentHost()
    {
        if (MyHost() is { } mine) return mine;
        HostInfo? host = Volatile.Read(ref _host);
        nint pointer = Volatile.Read(ref _hostPointer);
        return host is { IsRetired: false } && host.Pointer == pointer ? host : Learn(pointer);
    }

    // Only forgets: the structure of a host that unloads may be gone already.
    private void RetireHost()
    {
        if ((MyHost() ?? Volatile.Read(ref _host)) is { } host) host.IsRetired = true;
    }

    // Hosts that set a structure of their own on several threads at once mean their own by every call; the one set last may be another thread's, and
    // may be gone by now.
    private HostInfo? MyHost()
    {
        ThreadHost mine = ThreadHosts.Here(_slot);
        return mine.Owner == this && mine.Info is { IsRetired: false } host ? host : null;
    }

    private HostInfo Learn(nint pointer)
    {
        HostInfo host = new((OfxHost*)pointer);
        host.RequireSuites();
        Volatile.Write(ref _host, host);
        return host;
    }
}

/// <summary>The host that a thread set for a plug-in; its description from the load action on.</summary>
internal readonly record struct ThreadHost(PluginEntry? Owner, nint Pointer, HostInfo? Info);

/// <summary>What each thread set, by slot.</summary>
internal static class ThreadHosts
{
    [ThreadStatic]
    private static ThreadHost[]? _hosts;

    /// <summary>This thread's entry.</summary>
    public static ref ThreadHost Here(int slot) => ref (_hosts ??= new ThreadHost[PluginSlots.SlotsMax])[slot];
}
