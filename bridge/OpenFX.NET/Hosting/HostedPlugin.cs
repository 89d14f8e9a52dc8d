using System.Collections.Immutable;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>One plug-in of a library: describe it, make instances.</summary>
/// <remarks>setHost and the load action happen on first use; dispose sends unload. Thread-safe.</remarks>
public sealed unsafe class HostedPlugin : IDisposable
{
    private readonly OfxPlugin* _raw;
    private readonly Lock _gate = new();
    private readonly Dictionary<EffectContext, EffectNode> _contexts = [];
    private readonly HashSet<HostedEffect> _instances = [];
    private EffectNode? _descriptor;
    private bool _loaded;
    private bool _disposed;

    internal HostedPlugin(PluginLibrary library, OfxPlugin* raw)
    {
        Library = library;
        _raw = raw;
        Identifier = NativeText.Read(raw->pluginIdentifier) ?? "";
        MajorVersion = (int)Math.Min(raw->pluginVersionMajor, int.MaxValue);
        MinorVersion = (int)Math.Min(raw->pluginVersionMinor, int.MaxValue);
        ApiVersion = raw->apiVersion;
    }

    /// <summary>The library it belongs to.</summary>
    public PluginLibrary Library { get; }

    /// <summary>Identifier, unique in the world.</summary>
    public string Identifier { get; }

    /// <summary>Major version.</summary>
    public int MajorVersion { get; }

    /// <summary>Minor version.</summary>
    public int MinorVersion { get; }

    /// <summary>Version of the image effect API it was built for.</summary>
    public int ApiVersion { get; }

    /// <summary>What the plug-in did to the host.</summary>
    public HostJournal Journal => Library.Journal;

    internal Lock RenderGate { get; } = new();

    /// <summary>Loads and describes the plug-in.</summary>
    /// <exception cref="HostingException">It refuses to load or describe itself.</exception>
    public PluginDescription Describe()
    {
        PropertySet properties = Descriptor().Properties;
        string label = properties.Text(kOfxPropLabel);
        return new PluginDescription
        {
            Identifier = Identifier,
            Label = label.Length > 0 ? label : Identifier,
            Grouping = properties.Text(kOfxImageEffectPluginPropGrouping),
            Description = properties.Text(kOfxPropPluginDescription),
            Version = [MajorVersion, MinorVersion],
            Contexts = [.. Known(properties.Texts(kOfxImageEffectPropSupportedContexts), StandardNames.Context)],
            Depths = [.. Known(properties.Texts(kOfxImageEffectPropSupportedPixelDepths), StandardNames.Depth)],
            ThreadSafety = StandardNames.Safety(properties.Text(kOfxImageEffectPluginRenderThreadSafety)) ?? RenderThreadSafety.InstanceSafe,
            HostFrameThreading = properties.Integer(kOfxImageEffectPluginPropHostFrameThreading) != 0,
            SupportsTiles = properties.Integer(kOfxImageEffectPropSupportsTiles) != 0,
            SupportsMultiResolution = properties.Integer(kOfxImageEffectPropSupportsMultiResolution) != 0,
            TemporalClipAccess = properties.Integer(kOfxImageEffectPropTemporalClipAccess) != 0,
            SupportsMultipleClipDepths = properties.Integer(kOfxImageEffectPropSupportsMultipleClipDepths) != 0,
        };
    }

    /// <summary>Describes the plug-in in one context.</summary>
    /// <exception cref="HostingException">It does not offer the context, or refuses to describe itself.</exception>
    public ContextDescription DescribeInContext(EffectContext context)
    {
        EffectNode node = ContextDescriptor(context);
        return new ContextDescription(
            context, [.. node.Clips.Select(clip => clip.Describe())], [.. node.Parameters.Select(parameter => parameter.Describe())]);
    }

    /// <summary>The context a host prefers among those that the plug-in offers, by the profile's order.</summary>
    /// <exception cref="HostingException">Plug-in and host have none in common.</exception>
    public EffectContext PreferredContext()
    {
        ImmutableArray<EffectContext> offered = Describe().Contexts;
        foreach (EffectContext context in Library.Profile.Contexts)
        {
            if (offered.Contains(context)) return context;
        }

        throw new HostingException(HostingError.UnsupportedContext,
            $"'{Identifier}' offers {string.Join(", ", offered)}; host '{Library.Profile.Name}' has {string.Join(", ", Library.Profile.Contexts)}");
    }

    /// <summary>Makes an instance.</summary>
    /// <param name="context">Role of the instance.</param>
    /// <param name="project">Its surroundings; null is a default project.</param>
    /// <param name="source">Where its pictures come from; null connects nothing yet.</param>
    /// <exception cref="HostingException">The context is not offered, or the plug-in refuses.</exception>
    public HostedEffect CreateInstance(EffectContext context, ProjectSettings? project = null, IHostFrameSource? source = null)
    {
        EffectNode descriptor = ContextDescriptor(context);
        var effect = new HostedEffect(this, descriptor, context, project ?? new ProjectSettings(), source ?? EmptyFrameSource.Instance);
        lock (_gate) _instances.Add(effect);
        effect.Start();
        return effect;
    }

    /// <summary>Tells the plug-in to unload, after destroying its instances. The next use loads it again.</summary>
    public void Unload()
    {
        HostedEffect[] instances;
        lock (_gate) instances = [.. _instances];
        foreach (HostedEffect instance in instances) instance.Dispose();
        lock (_gate)
        {
            if (_loaded) Call(kOfxActionUnload, null, null, null, null);
            _loaded = false;
            ReleaseDescriptors();
        }
    }

    /// <summary>Forgets descriptors, and on request instances, without telling the plug-in: the next use does setHost, load and describe again.
    /// Careless hosts do this for every frame, or on exit.</summary>
    public void Forget(bool instancesToo = false)
    {
        lock (_gate)
        {
            _loaded = false;
            foreach (HostedEffect instance in instancesToo ? _instances.ToArray() : []) instance.Abandon();
            if (instancesToo) _instances.Clear();
            ReleaseDescriptors();
        }
    }

    /// <summary>Calls the main entry point as it is, for tests of plug-ins with odd hosts.</summary>
    /// <param name="action">Name of the action.</param>
    /// <param name="handle">Handle to pass, 0 for none.</param>
    /// <returns>The status number.</returns>
    public int CallRaw(string action, nint handle = 0)
    {
        SetHost();
        byte* text = NativeText.Allocate(action);
        try
        {
            return (int)_raw->mainEntry(text, (void*)handle, default, default);
        }
        finally
        {
            System.Runtime.InteropServices.NativeMemory.Free(text);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        Unload();
        _disposed = true;
    }

    internal void Remove(HostedEffect effect)
    {
        lock (_gate) _instances.Remove(effect);
    }

    /// <summary>Calls an action within a scope, so that host functions know what the plug-in is doing.</summary>
    internal OfxStatus Call(ReadOnlySpan<byte> action, EffectNode? node, PropertySet? input, PropertySet? output, ActionScope? scope)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ActionScope? outer = ActionScope.Current;
        scope ??= new ActionScope(Library.Host, OfxText.Of(action), node, outer, default) { Time = Library.Host.Time };
        Journal.CountAction(scope.Action);
        ActionScope.Current = scope;
        node?.AddScope(scope);
        try
        {
            OfxStatus status = _raw->mainEntry(
                NativeText.Literal(action), (void*)(node?.Handle.Value ?? 0), input?.Handle ?? default, output?.Handle ?? default);
            Journal.AddStatus(scope.Action, (int)status);
            return status;
        }
        finally
        {
            ActionScope.Current = outer;
            node?.RemoveScope(scope);
        }
    }

    private static IEnumerable<T> Known<T>(string[] texts, Func<string, T?> find)
        where T : struct =>
        texts.Select(find).Where(found => found is not null).Select(found => found!.Value);

    private void ReleaseDescriptors()
    {
        foreach (EffectNode node in _contexts.Values) node.Dispose();
        _contexts.Clear();
        _descriptor?.Dispose();
        _descriptor = null;
    }

    private void SetHost()
    {
        HostCore host = Library.Host;
        host.IsSettingHost = true;
        try
        {
            _raw->setHost(host.Native);
        }
        finally
        {
            host.IsSettingHost = false;
        }
    }

    private EffectNode Descriptor()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_descriptor is not null) return _descriptor;
            if (ApiVersion != kOfxImageEffectPluginApiVersion)
                throw new HostingException(HostingError.UnsupportedApi,
                    $"'{Identifier}' was built for image effect API {ApiVersion}; this host has {kOfxImageEffectPluginApiVersion}");
            SetHost();
            Require(Call(kOfxActionLoad, null, null, null, null), kOfxActionLoad);
            _loaded = true;
            EffectNode node = NewDescriptor(null);
            OfxStatus status = Call(kOfxActionDescribe, node, null, null, null);
            if (!Accepted(status)) node.Dispose();
            Require(status, kOfxActionDescribe);
            return _descriptor = node;
        }
    }

    private EffectNode ContextDescriptor(EffectContext context)
    {
        lock (_gate)
        {
            EffectNode descriptor = Descriptor();
            if (_contexts.TryGetValue(context, out EffectNode? known)) return known;
            string name = StandardNames.Of(context);
            string[] offered = descriptor.Properties.Texts(kOfxImageEffectPropSupportedContexts);
            if (!offered.Contains(name, StringComparer.Ordinal) || !Library.Profile.Contexts.Contains(context))
                throw new HostingException(HostingError.UnsupportedContext,
                    $"'{Identifier}' in '{Library.Profile.Name}' does not offer {name}; it offers {string.Join(", ", offered)}");
            EffectNode node = NewDescriptor(context);
            node.Properties.CopyFrom(descriptor.Properties);
            using PropertySet input = PropertyTables.Arguments(Library.Host, kOfxImageEffectActionDescribeInContext);
            PropertyTables.Fixed(input, kOfxImageEffectPropContext, name);
            OfxStatus status = Call(kOfxImageEffectActionDescribeInContext, node, input, null, null);
            if (!Accepted(status)) node.Dispose();
            Require(status, kOfxImageEffectActionDescribeInContext);
            return _contexts[context] = node;
        }
    }

    private EffectNode NewDescriptor(EffectContext? context) => new(
        this, PropertyTables.EffectDescriptor(Library.Host, Identifier, Library.Bundle.Path), PropertyTables.ParameterSet(Library.Host, Identifier),
            context);

    internal static bool Accepted(OfxStatus status) => status is OfxStatus.kOfxStatOK or OfxStatus.kOfxStatReplyDefault;

    /// <summary>Throws unless an action was accepted, with the plug-in's own last message.</summary>
    internal void Require(OfxStatus status, ReadOnlySpan<byte> action)
    {
        if (Accepted(status)) return;
        ImmutableArray<HostMessage> messages = Journal.Messages;
        string said = messages.IsEmpty ? "" : $": {messages[^1].Text}";
        throw new HostingException(HostingError.ActionFailed, $"'{Identifier}' answered {OfxText.Of(action)} with {status} ({(int)status}){said}",
            (int)status);
    }
}
