using System.Collections.Immutable;
using OpenFX.Raw;
using static OpenFX.Raw.OfxConstants;

namespace OpenFX.Hosting;

/// <summary>An instance of a plug-in: set its parameters, connect pictures, render.</summary>
/// <remarks>Rendering is safe from several threads; the plug-in's declared safety decides what really runs side by side. Everything else belongs to
/// one thread at a time. Dispose destroys the instance.</remarks>
public sealed partial class HostedEffect : IDisposable
{
    private readonly EffectNode _node;
    private readonly Lock _renderGate = new();
    private readonly Lock _stateGate = new();
    private IHostFrameSource _source;
    private OutputPreferences? _preferences;
    private State _state;

    internal HostedEffect(HostedPlugin plugin, EffectNode descriptor, EffectContext context, ProjectSettings project, IHostFrameSource source)
    {
        Plugin = plugin;
        Context = context;
        Project = project;
        _source = source;
        HostCore host = plugin.Library.Host;
        PropertySet parameterProperties = PropertyTables.ParameterSet(host, plugin.Identifier);
        parameterProperties.CopyFrom(descriptor.ParameterProperties);
        _node = new EffectNode(
            plugin, PropertyTables.EffectInstance(host, plugin.Identifier, descriptor.Properties, context, project), parameterProperties,
                context) { Instance = this };
        foreach (HostedClip clip in descriptor.Clips) AddClip(host, clip);
        foreach (HostedParameter parameter in descriptor.Parameters) AddParameter(host, parameter);
        Clips = new HostedClipList([.. _node.Clips]);
        Parameters = new HostedParameterList([.. _node.Parameters]);
    }

    private enum State
    {
        New,
        Live,
        Closed,
    }

    /// <summary>The plug-in.</summary>
    public HostedPlugin Plugin { get; }

    /// <summary>Role of the instance.</summary>
    public EffectContext Context { get; }

    /// <summary>Its surroundings.</summary>
    public ProjectSettings Project { get; }

    /// <summary>Its clips, <c>Output</c> among them.</summary>
    public HostedClipList Clips { get; }

    /// <summary>Its parameters, groups and pages included.</summary>
    public HostedParameterList Parameters { get; }

    /// <summary>The message that stands on the instance until the plug-in clears it; null for none.</summary>
    public HostMessage? PersistentMessage { get; internal set; }

    /// <summary>Images the plug-in holds at this moment.</summary>
    public int ImagesHeld => _node.Images.Count;

    /// <summary>Handle the plug-in knows the instance by, for <see cref="HostedPlugin.CallRaw"/>.</summary>
    public nint Handle => _node.Handle.Value;

    internal EffectNode Node => _node;

    /// <summary>What the plug-in says it is busy with.</summary>
    internal string ProgressLabel { get; set; } = "";

    /// <summary>Whether the plug-in began to show progress and has not ended it.</summary>
    internal bool IsShowingProgress { get; set; }

    private HostCore Host => Plugin.Library.Host;

    private HostCallPattern Calls => Host.Profile.Calls;

    /// <summary>Connects all clips to a source. Connections that change are told to the plug-in.</summary>
    public void Connect(IHostFrameSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        List<HostedClip> changed = [];
        lock (_stateGate)
        {
            _source = source;
            foreach (HostedClip clip in _node.Clips)
            {
                if (clip.IsOutput) continue;
                ClipFormat? format = source.Describe(clip.Name);
                if (format == clip.Source) continue;
                clip.Source = format;
                ApplySource(clip);
                changed.Add(clip);
            }

            if (changed.Count > 0) _preferences = null;
        }

        if (_state != State.Live || !Calls.InstanceChanged) return;
        foreach (HostedClip clip in changed) NotifyChanged(clip, ChangeReason.UserEdited, Host.Time);
    }

    /// <summary>Asks the plug-in to bring its private data into its parameters, as before saving.</summary>
    public void SyncPrivateData() => Run(kOfxActionSyncPrivateData);

    /// <summary>Asks the plug-in to drop what it can recompute.</summary>
    public void PurgeCaches() => Run(kOfxActionPurgeCaches);

    /// <summary>Tells the plug-in that a person opens its controls.</summary>
    public void BeginEdit() => Run(kOfxActionBeginInstanceEdit);

    /// <summary>Tells the plug-in that a person closes its controls.</summary>
    public void EndEdit() => Run(kOfxActionEndInstanceEdit);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_state == State.Closed) return;
        bool live = _state == State.Live;
        _state = State.Closed;
        Plugin.Remove(this);
        if (live)
        {
            OfxStatus status = CallScoped(kOfxActionDestroyInstance, null, null, Host.Time);
            if (!HostedPlugin.Accepted(status)) Host.Journal.Violate("destroy-refused", $"'{Plugin.Identifier}' answered {status}");
        }

        if (_node.Memories.Count is var blocks and > 0) Host.Journal.Violate("memory-not-freed",
            $"'{Plugin.Identifier}' left {blocks} blocks of image memory");
        _node.Dispose();
    }

    /// <summary>Creates the instance on the plug-in's side.</summary>
    internal void Start()
    {
        if (!Calls.ConnectsAfterCreate) Connect(_source);
        OfxStatus status = CallScoped(kOfxActionCreateInstance, null, null, Host.Time);
        if (!HostedPlugin.Accepted(status))
        {
            _state = State.Closed;
            Plugin.Remove(this);
            _node.Dispose();
            Plugin.Require(status, kOfxActionCreateInstance);
        }

        if (Calls.RegionOfDefinitionBeforePreferences) AskRegionOfDefinition(Project.FirstFrame, RenderScale.One);
        if (Calls.ConnectsAfterCreate)
        {
            foreach (HostedClip clip in _node.Clips) PropertyTables.MakeClipInstance(Host, clip.Properties);
            Connect(_source);
        }

        _state = State.Live;
    }

    /// <summary>Forgets the instance without destroying it on the plug-in's side.</summary>
    internal void Abandon()
    {
        _state = State.Closed;
        _node.Dispose();
    }

    private void AddClip(HostCore host, HostedClip descriptor)
    {
        PropertySet properties = new(host, PropertySetKind.Clip, $"clip '{descriptor.Name}'");
        properties.CopyFrom(descriptor.Properties);
        if (!Calls.ConnectsAfterCreate) PropertyTables.MakeClipInstance(host, properties);
        _node.Clips.Add(new HostedClip(_node, descriptor.Name, properties));
    }

    private void AddParameter(HostCore host, HostedParameter descriptor)
    {
        if (descriptor.IsDropped) return;
        PropertySet properties = ParameterTables.Instance(host, descriptor);
        var parameter = new HostedParameter(host, descriptor.Kind, descriptor.Name, properties, _node);
        if (descriptor.Curves is { } curves)
        {
            parameter.Curves = new ParametricCurves();
            parameter.Curves.CopyFrom(curves);
        }

        parameter.Initialise();
        properties.Reading = _ => properties.Put(kOfxParamPropIsAnimating, parameter.IsAnimating ? 1 : 0);
        _node.Parameters.Add(parameter);
    }

    private void ApplySource(HostedClip clip)
    {
        PropertySet set = clip.Properties;
        ClipFormat format = clip.Source ?? new ClipFormat { Depth = PixelDepth.None, Components = PixelComponents.None };
        set.PutTexts(kOfxImageClipPropUnmappedPixelDepth, StandardNames.Of(format.Depth));
        set.PutTexts(kOfxImageClipPropUnmappedComponents, StandardNames.Of(format.Components));
        set.PutTexts(kOfxImageEffectPropPreMultiplication, StandardNames.Of(Host.Profile.AlphaOverride ?? format.Alpha));
        set.Put(kOfxImagePropPixelAspectRatio, format.PixelAspectRatio);
        set.Put(kOfxImageEffectPropFrameRate, format.FrameRate);
        set.Put(kOfxImageEffectPropUnmappedFrameRate, format.FrameRate);
        set.Put(kOfxImageEffectPropFrameRange, format.FirstFrame, format.LastFrame);
        set.Put(kOfxImageEffectPropUnmappedFrameRange, format.FirstFrame, format.LastFrame);
        set.PutTexts(kOfxImageClipPropFieldOrder, StandardNames.Of(Host.Profile.SupportsFields ? format.FieldOrder : ImageField.None));
        set.Put(kOfxImageClipPropContinuousSamples, format.IsContinuous ? 1 : 0);
        set.Put(kOfxImageClipPropConnected, clip.Source is not null || Host.Profile.ClipsClaimConnected ? 1 : 0);
        set.PutTexts(kOfxImageClipPropColourspace, format.ColourSpace);
    }

    private void Run(ReadOnlySpan<byte> action)
    {
        RequireLive();
        Plugin.Require(CallScoped(action, null, null, Host.Time), action);
    }

    /// <summary>Calls an action and sees to it that no image stays behind.</summary>
    private OfxStatus CallScoped(ReadOnlySpan<byte> action, PropertySet? input, PropertySet? output, double time)
    {
        var scope = new ActionScope(Host, OfxText.Of(action), _node, ActionScope.Current, default) { Time = time };
        OfxStatus status = Plugin.Call(action, _node, input, output, scope);
        CheckImages(scope);
        CheckOpenEnds(scope);
        return status;
    }

    private void RequireLive()
    {
        if (_state != State.Live) throw new HostingException(HostingError.BadState, $"the instance of '{Plugin.Identifier}' is closed");
    }
}

/// <summary>The clips of an instance, by name and in order.</summary>
public sealed class HostedClipList(ImmutableArray<HostedClip> all)
{
    /// <summary>All clips in the order of declaration.</summary>
    public ImmutableArray<HostedClip> All { get; } = all;

    /// <summary>A clip by name.</summary>
    /// <exception cref="HostingException">There is none.</exception>
    public HostedClip this[string name] => Find(name) ?? throw new HostingException(HostingError.UnknownName,
        $"there is no clip '{name}'; there are {string.Join(", ", All.Select(clip => clip.Name))}");

    /// <summary>A clip by name; null where there is none.</summary>
    public HostedClip? Find(string name) => All.FirstOrDefault(clip => string.Equals(clip.Name, name, StringComparison.Ordinal));
}

/// <summary>The parameters of an instance, by name and in order.</summary>
public sealed class HostedParameterList(ImmutableArray<HostedParameter> all)
{
    /// <summary>All parameters in the order of declaration.</summary>
    public ImmutableArray<HostedParameter> All { get; } = all;

    /// <summary>A parameter by name.</summary>
    /// <exception cref="HostingException">There is none.</exception>
    public HostedParameter this[string name] => Find(name) ?? throw new HostingException(HostingError.UnknownName,
        $"there is no parameter '{name}'; there are {string.Join(", ", All.Select(parameter => parameter.Name))}");

    /// <summary>A parameter by name; null where there is none.</summary>
    public HostedParameter? Find(string name) => All.FirstOrDefault(parameter => string.Equals(parameter.Name, name, StringComparison.Ordinal));
}
