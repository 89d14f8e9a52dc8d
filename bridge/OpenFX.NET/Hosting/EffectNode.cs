using System.Collections.Concurrent;
using OpenFX.Raw;

namespace OpenFX.Hosting;

/// <summary>What an <c>OfxImageEffectHandle</c> stands for: a descriptor, a descriptor in a context, or an instance.</summary>
internal sealed class EffectNode : IDisposable
{
    private readonly List<ActionScope> _active = [];
    private bool _dropParameters;

    public EffectNode(HostedPlugin plugin, PropertySet properties, PropertySet parameterProperties, EffectContext? context)
    {
        Plugin = plugin;
        Properties = properties;
        ParameterProperties = parameterProperties;
        Context = context;
        Handle = new OfxImageEffectHandle(HandleTable.Register(this));
        ParameterSet = new ParameterSetNode(this);
    }

    public HostedPlugin Plugin { get; }

    public HostCore Host => Plugin.Library.Host;

    public EffectContext? Context { get; }

    public OfxImageEffectHandle Handle { get; }

    public PropertySet Properties { get; }

    public PropertySet ParameterProperties { get; }

    public ParameterSetNode ParameterSet { get; }

    /// <summary>The instance; null for descriptors.</summary>
    public HostedEffect? Instance { get; set; }

    public List<HostedClip> Clips { get; } = [];

    public List<HostedParameter> Parameters { get; } = [];

    /// <summary>Images handed out and not yet given back, by handle.</summary>
    public ConcurrentDictionary<nint, ImageNode> Images { get; } = new();

    /// <summary>Memory handed out through the image effect suite.</summary>
    public ConcurrentDictionary<nint, ImageMemory> Memories { get; } = new();

    /// <summary>The newest action in progress, for threads that the plug-in started itself.</summary>
    public ActionScope? LatestScope
    {
        get
        {
            lock (_active) return _active.Count > 0 ? _active[^1] : null;
        }
    }

    public void AddScope(ActionScope scope)
    {
        lock (_active) _active.Add(scope);
    }

    public void RemoveScope(ActionScope scope)
    {
        lock (_active) _active.Remove(scope);
    }

    public HostedClip? FindClip(ReadOnlySpan<byte> name)
    {
        string text = OfxText.Of(name);
        return Clips.Find(clip => clip.Name == text);
    }

    public HostedParameter? FindParameter(ReadOnlySpan<byte> name)
    {
        string text = OfxText.Of(name);
        return Parameters.Find(parameter => parameter.Name == text);
    }

    /// <summary>Declares a clip; null where one of the name exists.</summary>
    public HostedClip? DefineClip(string name)
    {
        if (Clips.Exists(clip => clip.Name == name)) return null;
        var clip = new HostedClip(this, name, PropertyTables.ClipDescriptor(Host, name));
        Clips.Add(clip);
        return clip;
    }

    /// <summary>Declares a parameter, as far as the profile takes its type.</summary>
    public OfxStatus DefineParameter(string type, string name, out PropertySet? properties)
    {
        properties = null;
        if (Host.Profile.ForbiddenParameterTypes.Contains(type)) Host.Journal.Violate("parameter-type-forbidden", $"{name}: {type}");
        if (Host.Profile.RefusedParameterTypes.Contains(type))
        {
            _dropParameters |= Host.Profile.RefusalDropsLaterParameters;
            return (OfxStatus)Host.Profile.RefusedParameterStatus;
        }

        if (ParameterKinds.Find(type) is not { } kind) return OfxStatus.kOfxStatErrUnknown;
        if (name.Length == 0) return OfxStatus.kOfxStatErrValue;
        if (Parameters.Exists(parameter => parameter.Name == name))
        {
            Host.Journal.Violate("parameter-name-twice", name);
            return OfxStatus.kOfxStatErrExists;
        }

        var parameter = new HostedParameter(Host, kind, name, ParameterTables.Descriptor(Host, kind, name), this);
        if (kind == HostedParameterKind.Parametric) parameter.Curves = new ParametricCurves();
        parameter.IsDropped = _dropParameters;
        Parameters.Add(parameter);
        properties = parameter.Properties;
        return OfxStatus.kOfxStatOK;
    }

    public void Dispose()
    {
        HandleTable.Release(Handle.Value);
        ParameterSet.Dispose();
        foreach (ImageNode image in Images.Values) image.Dispose();
        Images.Clear();
        foreach (ImageMemory memory in Memories.Values) memory.Dispose();
        Memories.Clear();
        foreach (HostedClip clip in Clips) clip.Release();
        foreach (HostedParameter parameter in Parameters) parameter.Release();
        Properties.Dispose();
        ParameterProperties.Dispose();
    }
}

/// <summary>What an <c>OfxParamSetHandle</c> stands for: the parameters of an effect.</summary>
internal sealed class ParameterSetNode : IDisposable
{
    public ParameterSetNode(EffectNode effect)
    {
        Effect = effect;
        Handle = new OfxParamSetHandle(HandleTable.Register(this));
    }

    public EffectNode Effect { get; }

    public OfxParamSetHandle Handle { get; }

    public void Dispose() => HandleTable.Release(Handle.Value);
}

/// <summary>An image in a plug-in's hands.</summary>
internal sealed class ImageNode(HostedClip clip, PropertySet properties, HostImage? image, bool ownsImage, ActionScope? scope) : IDisposable
{
    private int _disposed;

    public HostedClip Clip { get; } = clip;

    public PropertySet Properties { get; } = properties;

    public HostImage? Image { get; } = image;

    /// <summary>The action in which the plug-in asked for it.</summary>
    public ActionScope? Scope { get; } = scope;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        Properties.Dispose();
        if (ownsImage) Image?.Dispose();
    }
}
