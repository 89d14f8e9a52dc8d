using System.Collections.Immutable;

namespace OpenFX.Hosting;

/// <summary>What a host answers when asked for an image of a clip that has none.</summary>
public enum MissingImageAnswer
{
    /// <summary>A failure status, as the standard says.</summary>
    Failure = 0,

    /// <summary>OK and a null handle.</summary>
    NullHandle = 1,

    /// <summary>OK and an image whose data pointer is null.</summary>
    ImageWithoutData = 2,
}

/// <summary>How a host answers for frames at other times than the rendered one.</summary>
public enum TemporalAccess
{
    /// <summary>As asked.</summary>
    Honoured = 0,

    /// <summary>A failure status.</summary>
    Refused = 1,

    /// <summary>The current frame with OK.</summary>
    CurrentFrameInstead = 2,
}

/// <summary>Which actions a host calls around a render, and in which order. The default is the standard's full sequence.</summary>
public sealed record HostCallPattern
{
    /// <summary>Whether the host asks for clip preferences before rendering.</summary>
    public bool ClipPreferences { get; init; } = true;

    /// <summary>Whether clips have no instance properties and no connections until the instance exists.</summary>
    public bool ConnectsAfterCreate { get; init; }

    /// <summary>Whether the region of definition is asked right after creation, before preferences and before anything is connected.</summary>
    public bool RegionOfDefinitionBeforePreferences { get; init; }

    /// <summary>Whether the host asks for the region of definition at all; without it the output is project-sized.</summary>
    public bool RegionOfDefinition { get; init; } = true;

    /// <summary>Whether the host asks for regions of interest.</summary>
    public bool RegionsOfInterest { get; init; } = true;

    /// <summary>Whether the host asks for the frames needed.</summary>
    public bool FramesNeeded { get; init; } = true;

    /// <summary>Whether the host asks if the frame is an identity.</summary>
    public bool IsIdentity { get; init; } = true;

    /// <summary>Whether renders are put between the sequence actions.</summary>
    public bool Sequence { get; init; } = true;

    /// <summary>Whether the plug-in hears about changed values.</summary>
    public bool InstanceChanged { get; init; } = true;

    /// <summary>Whether every frame does setHost, Load, Describe, DescribeInContext, Create, Render and Destroy anew.</summary>
    public bool RecreatePerFrame { get; init; }

    /// <summary>Whether the host describes, unloads and describes again without unloading the binary.</summary>
    public bool DescribesTwice { get; init; }

    /// <summary>Whether several threads render one instance at once whatever its declared safety.</summary>
    public bool IgnoresThreadSafety { get; init; }
}

/// <summary>A host as data: what it offers and how it behaves. The default is this library's own host with everything; emulated hosts are other
/// values.</summary>
/// <remarks>Names of suites, functions, properties and types are spelled as in the C headers. A suite entry is <c>Name/Version</c>. A property entry
/// is its name, or <c>Kind/Name</c> to mean one kind of property set: <c>Host</c>, <c>Effect</c>, <c>Instance</c>, <c>Clip</c>, <c>Image</c>, <c>Param</c>,
/// <c>ParamSet</c>, <c>Args</c>.</remarks>
public sealed record HostProfile
{
    /// <summary>This library's own host.</summary>
    public static HostProfile Default { get; } = new();

    /// <summary>Name the plug-in sees.</summary>
    public string Name { get; init; } = "org.runwayfx.host";

    /// <summary>Label the plug-in sees.</summary>
    public string Label { get; init; } = "RunwayFX";

    /// <summary>Version numbers the plug-in sees.</summary>
    public ImmutableArray<int> Version { get; init; } = [1, 0, 0];

    /// <summary>Version of the OpenFX API claimed, major and minor.</summary>
    public (int Major, int Minor) ApiVersion { get; init; } = (1, 5);

    /// <summary>Suites the host does not have.</summary>
    public ImmutableHashSet<string> MissingSuites { get; init; } = [];

    /// <summary>Functions whose slot in the suite is null.</summary>
    public ImmutableHashSet<string> NullSlots { get; init; } = [];

    /// <summary>Suites that must not even be fetched: fetching one is a violation (in the real host, a crash).</summary>
    public ImmutableHashSet<string> ForbiddenSuites { get; init; } = [];

    /// <summary>Functions that must not be called: calling one is a violation and fails.</summary>
    public ImmutableHashSet<string> ForbiddenCalls { get; init; } = [];

    /// <summary>Functions that must not be called during an action; the key is the action.</summary>
    public ImmutableDictionary<string, ImmutableHashSet<string>> ForbiddenCallsByAction { get; init; } =
        ImmutableDictionary<string, ImmutableHashSet<string>>.Empty;

    /// <summary>Properties that do not exist in this host: reading or writing answers unknown.</summary>
    public ImmutableHashSet<string> MissingProperties { get; init; } = [];

    /// <summary>Properties that must not be written: doing so is a violation.</summary>
    public ImmutableHashSet<string> ForbiddenProperties { get; init; } = [];

    /// <summary>Whether reading a property that nobody has set answers unknown instead of a default.</summary>
    public bool UnsetPropertiesUnknown { get; init; }

    /// <summary>Depths the host can carry.</summary>
    public ImmutableArray<PixelDepth> Depths { get; init; } = [PixelDepth.Byte, PixelDepth.Short, PixelDepth.Half, PixelDepth.Float];

    /// <summary>Components the host can carry.</summary>
    public ImmutableArray<PixelComponents> Components { get; init; } = [PixelComponents.Rgba, PixelComponents.Rgb, PixelComponents.Alpha];

    /// <summary>Contexts the host can instantiate, most wanted first.</summary>
    public ImmutableArray<EffectContext> Contexts { get; init; } =
        [EffectContext.General, EffectContext.Filter, EffectContext.Generator, EffectContext.Transition, EffectContext.Paint, EffectContext.Retimer];

    /// <summary>Whether partial windows are rendered.</summary>
    public bool SupportsTiles { get; init; } = true;

    /// <summary>Whether clips may differ in size and origin.</summary>
    public bool SupportsMultiResolution { get; init; } = true;

    /// <summary>Whether the host claims temporal access, and how it answers.</summary>
    public TemporalAccess TemporalAccess { get; init; }

    /// <summary>Whether the host claims temporal access; null follows <see cref="TemporalAccess"/>.</summary>
    public bool? ClaimsTemporalAccess { get; init; }

    /// <summary>Whether images of clips are there while a frame renders and at no other time.</summary>
    public bool ImagesOnlyWhileRendering { get; init; }

    /// <summary>Whether clips may differ in depth.</summary>
    public bool SupportsMultipleClipDepths { get; init; } = true;

    /// <summary>Whether a plug-in may set the output's frame rate.</summary>
    public bool SettableFrameRate { get; init; } = true;

    /// <summary>Whether the host knows fields; without it every field property reads none.</summary>
    public bool SupportsFields { get; init; } = true;

    /// <summary>Whether string parameters animate.</summary>
    public bool StringAnimation { get; init; } = true;

    /// <summary>Whether boolean and choice parameters animate.</summary>
    public bool ChoiceAnimation { get; init; } = true;

    /// <summary>Parameter types that are refused.</summary>
    public ImmutableHashSet<string> RefusedParameterTypes { get; init; } = [];

    /// <summary>Parameter types that must not be defined: doing so is a violation (in the real host, a crash).</summary>
    public ImmutableHashSet<string> ForbiddenParameterTypes { get; init; } = [];

    /// <summary>Status answered for a refused parameter type; kOfxStatErrMissingHostFeature by default.</summary>
    public int RefusedParameterStatus { get; init; } = 4;

    /// <summary>Whether the first refused parameter silently drops every later one from instances.</summary>
    public bool RefusalDropsLaterParameters { get; init; }

    /// <summary>Whether numbers without a declared range clamp to ±1 (doubles) or 0 (integers).</summary>
    public bool UndeclaredRangesClamp { get; init; }

    /// <summary>Whether copying a parameter does nothing.</summary>
    public bool ParamCopyDoesNothing { get; init; }

    /// <summary>Whether every input claims to be connected.</summary>
    public bool ClipsClaimConnected { get; init; }

    /// <summary>What is answered for an image that does not exist.</summary>
    public MissingImageAnswer MissingImage { get; init; }

    /// <summary>Whether clips state no depth at proxy scales; images still do.</summary>
    public bool ProxyClipsHideDepth { get; init; }

    /// <summary>Order of rows in host buffers.</summary>
    public RowOrder RowOrder { get; init; }

    /// <summary>Bytes behind each row of host buffers.</summary>
    public int RowPadding { get; init; } = 32;

    /// <summary>Alpha state told for every clip, where the host does not follow the clip's own.</summary>
    public AlphaState? AlphaOverride { get; init; }

    /// <summary>Whether results are clamped to 0..1.</summary>
    public bool ClampsOutput { get; init; }

    /// <summary>Colour management style (OpenFX 1.5); null hides the properties.</summary>
    public string? ColourManagementStyle { get; init; } = "OfxImageEffectColourManagementNone";

    /// <summary>Colour spaces in which the host would like the output, best first; used where it manages colour.</summary>
    public ImmutableArray<string> PreferredColourspaces { get; init; } = [];

    /// <summary>Aborts the render when this many host functions were called; 0 never.</summary>
    public int AbortAtCall { get; init; }

    /// <summary>Makes the n-th host function that can fail answer a failure; 0 never.</summary>
    public int FailAtCall { get; init; }

    /// <summary>Which actions the host calls.</summary>
    public HostCallPattern Calls { get; init; } = new();
}
