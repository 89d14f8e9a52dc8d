using OpenFX.Raw;

namespace OpenFX.Plugins;

/// <summary>What is known of a host: its name, version and abilities, and its suites, fetched when first needed.</summary>
/// <remarks>Never made during <c>setHost</c>. Values are read once; a host that answers nothing looks like a modest one. Safe on several threads:
/// two that read a value at once read the same.</remarks>
public sealed unsafe class HostInfo
{
    private readonly OfxPropertySetHandle _handle;
    private readonly delegate* unmanaged[Cdecl]<OfxPropertySetHandle, byte*, int, void*> _fetchSuite;
    private readonly Lazy<nint> _properties;
    private readonly Lazy<nint> _effects;
    private readonly Lazy<nint> _parameters;
    private readonly Lazy<nint> _messages;
    private readonly Lazy<nint> _messagesV2;
    private readonly Lazy<nint> _progress;
    private readonly Lazy<nint> _progressV2;
    private readonly Lazy<nint> _timeLine;
    private bool _isRetired;

    internal HostInfo(OfxHost* host)
    {
        if (host == null || host->fetchSuite == null)
        {
            throw new OfxException(OfxStatus.kOfxStatErrMissingHostFeature, "The host gave no OfxHost with fetchSuite.");
        }

        Pointer = (nint)host;
        _handle = host->host;
        _fetchSuite = host->fetchSuite;
        _properties = Suite(() => Fetch(OfxConstants.kOfxPropertySuite, 1));
        _effects = Suite(() => Fetch(OfxConstants.kOfxImageEffectSuite, 1));
        _parameters = Suite(() => Fetch(OfxConstants.kOfxParameterSuite, 1));
        _messages = Suite(() => Fetch(OfxConstants.kOfxMessageSuite, 1));
        _messagesV2 = Suite(() => HostQuirks.HasMessageSuiteV2(this) ? Fetch(OfxConstants.kOfxMessageSuite, 2) : 0);
        _progress = Suite(() => Fetch(OfxConstants.kOfxProgressSuite, 1));
        _progressV2 = Suite(() => Fetch(OfxConstants.kOfxProgressSuite, 2));
        _timeLine = Suite(() => Fetch(OfxConstants.kOfxTimeLineSuite, 1));
        HostProperties = new PropertySet(this, _handle);
        Name = HostProperties.GetString(OfxConstants.kOfxPropName);
        Label = HostProperties.GetString(OfxConstants.kOfxPropLabel);
        VersionLabel = HostProperties.GetString(OfxConstants.kOfxPropVersionLabel);
        Version = (HostProperties.GetInt(OfxConstants.kOfxPropVersion), HostProperties.GetInt(OfxConstants.kOfxPropVersion, 0, 1));
        // Hosts before 1.2 do not have the property; the standard calls them 1.0.
        ApiVersion = (HostProperties.GetInt(OfxConstants.kOfxPropAPIVersion, 1), HostProperties.GetInt(OfxConstants.kOfxPropAPIVersion, 0, 1));
        SupportsMultiResolution = HostProperties.GetFlag(OfxConstants.kOfxImageEffectPropSupportsMultiResolution);
        SupportsTiles = HostProperties.GetFlag(OfxConstants.kOfxImageEffectPropSupportsTiles);
        SupportsTemporalAccess = HostProperties.GetFlag(OfxConstants.kOfxImageEffectPropTemporalClipAccess);
        SupportsMultipleClipDepths = HostProperties.GetFlag(OfxConstants.kOfxImageEffectPropSupportsMultipleClipDepths);
        IsBackground = HostProperties.GetFlag(OfxConstants.kOfxImageEffectHostPropIsBackground);
        SupportsHalf = HostProperties.Contains(OfxConstants.kOfxImageEffectPropSupportedPixelDepths, OfxConstants.kOfxBitDepthHalf);
        SupportsStrChoice = HostProperties.GetFlag(OfxConstants.kOfxParamHostPropSupportsStrChoice);
        PagesMax = HostProperties.GetInt(OfxConstants.kOfxParamHostPropMaxPages);
        ReadOnlySpan<byte> style = OfxConstants.kOfxImageEffectPropColourManagementStyle;
        IsColourManaged = HostProperties.GetString(style).Length > 0 && !HostProperties.Is(style, OfxConstants.kOfxImageEffectColourManagementNone);
    }

    /// <summary>The host's own properties.</summary>
    public PropertySet HostProperties { get; }

    /// <summary>Reverse-domain name such as <c>uk.co.thefoundry.nuke</c>; empty where the host has none.</summary>
    public string Name { get; }

    /// <summary>Name for people.</summary>
    public string Label { get; }

    /// <summary>Version for people.</summary>
    public string VersionLabel { get; }

    /// <summary>The host's own version.</summary>
    public (int Major, int Minor) Version { get; }

    /// <summary>Version of OpenFX the host speaks.</summary>
    public (int Major, int Minor) ApiVersion { get; }

    /// <summary>Whether images may have sizes and origins of their own.</summary>
    public bool SupportsMultiResolution { get; }

    /// <summary>Whether images may be parts.</summary>
    public bool SupportsTiles { get; }

    /// <summary>Whether clips give images at other times than the one rendered: the host says so, and is not known to give the current frame
    /// instead.</summary>
    public bool HasTemporalAccess => SupportsTemporalAccess && !HostQuirks.TemporalAccessIsFalse(this);

    /// <summary>What the host claims about temporal access.</summary>
    public bool SupportsTemporalAccess { get; }

    /// <summary>Whether clips may differ in depth.</summary>
    public bool SupportsMultipleClipDepths { get; }

    /// <summary>Whether the host runs without a user.</summary>
    public bool IsBackground { get; }

    /// <summary>Whether the host lists half floats among its depths.</summary>
    public bool SupportsHalf { get; }

    /// <summary>Whether the host knows choice parameters by string.</summary>
    public bool SupportsStrChoice { get; }

    /// <summary>How many pages of controls the host shows; 0 for none.</summary>
    public int PagesMax { get; }

    /// <summary>Whether the host announces a style of colour management other than none.</summary>
    public bool IsColourManaged { get; }

    internal nint Pointer { get; }

    /// <summary>Set when the host unloads: what is described next is asked anew. Instances that live on keep it.</summary>
    internal bool IsRetired
    {
        get => Volatile.Read(ref _isRetired);
        set => Volatile.Write(ref _isRetired, value);
    }

    internal OfxPropertySuiteV1* Properties => (OfxPropertySuiteV1*)_properties.Value;

    internal OfxImageEffectSuiteV1* Effects => (OfxImageEffectSuiteV1*)_effects.Value;

    internal OfxParameterSuiteV1* Parameters => (OfxParameterSuiteV1*)_parameters.Value;

    internal OfxMessageSuiteV1* Messages => (OfxMessageSuiteV1*)_messages.Value;

    /// <summary>Null for hosts that are not known to survive being asked.</summary>
    internal OfxMessageSuiteV2* MessagesV2 => (OfxMessageSuiteV2*)_messagesV2.Value;

    internal OfxProgressSuiteV1* Progress => (OfxProgressSuiteV1*)_progress.Value;

    internal OfxProgressSuiteV2* ProgressV2 => (OfxProgressSuiteV2*)_progressV2.Value;

    internal OfxTimeLineSuiteV1* TimeLine => (OfxTimeLineSuiteV1*)_timeLine.Value;

    /// <summary>Fetches any other suite; null where the host has none. Some hosts end the process when asked for what they do not have.</summary>
    public void* FetchSuite(ReadOnlySpan<byte> name, int version) => (void*)Fetch(name, version);

    /// <summary>Throws where a suite is missing without which no effect can be described.</summary>
    /// <exception cref="OfxException">With <see cref="OfxStatus.kOfxStatErrMissingHostFeature"/>.</exception>
    internal void RequireSuites()
    {
        if (Properties == null) throw new OfxException(OfxStatus.kOfxStatErrMissingHostFeature, $"Host \"{Name}\" has no property suite.");
        if (Effects == null) throw new OfxException(OfxStatus.kOfxStatErrMissingHostFeature, $"Host \"{Name}\" has no image effect suite.");
    }

    private static Lazy<nint> Suite(Func<nint> fetch) => new(fetch, LazyThreadSafetyMode.PublicationOnly);

    private nint Fetch(ReadOnlySpan<byte> name, int version)
    {
        fixed (byte* text = name)
        {
            return (nint)_fetchSuite(_handle, text, version);
        }
    }
}
