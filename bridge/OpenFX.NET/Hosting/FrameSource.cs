namespace OpenFX.Hosting;

/// <summary>What a clip's frames are like before the plug-in states its preferences.</summary>
public sealed record ClipFormat
{
    /// <summary>Storage of a channel.</summary>
    public PixelDepth Depth { get; init; } = PixelDepth.Float;

    /// <summary>Channels per pixel.</summary>
    public PixelComponents Components { get; init; } = PixelComponents.Rgba;

    /// <summary>What colour says about alpha.</summary>
    public AlphaState Alpha { get; init; } = AlphaState.Premultiplied;

    /// <summary>Width of a pixel divided by its height.</summary>
    public double PixelAspectRatio { get; init; } = 1;

    /// <summary>Frames a second.</summary>
    public double FrameRate { get; init; } = 24;

    /// <summary>First frame available.</summary>
    public double FirstFrame { get; init; }

    /// <summary>Last frame available, included.</summary>
    public double LastFrame { get; init; } = 99;

    /// <summary>Fields of the frames: none, or which field comes first.</summary>
    public ImageField FieldOrder { get; init; }

    /// <summary>Whether frames exist between whole times.</summary>
    public bool IsContinuous { get; init; }

    /// <summary>Region the frames cover, canonical.</summary>
    public CanonicalRegion Region { get; init; }

    /// <summary>Name of the colour space (OpenFX 1.5), empty where unknown.</summary>
    public string ColourSpace { get; init; } = "";
}

/// <summary>Which frame is wanted, and in which form the plug-in will see it.</summary>
/// <param name="Clip">Clip name as the plug-in declared it.</param>
/// <param name="Time">Frame number; may be fractional or negative.</param>
/// <param name="Scale">Wanted render scale.</param>
/// <param name="Depth">Storage the plug-in sees; a source may answer any, the host converts.</param>
/// <param name="Components">Channels the plug-in sees; a source may answer any, the host converts.</param>
/// <param name="Field">Field the plug-in asks for.</param>
public readonly record struct FrameQuery(string Clip, double Time, RenderScale Scale, PixelDepth Depth, PixelComponents Components, ImageField Field);

/// <summary>Where a hosted effect's input pictures come from.</summary>
/// <remarks>Called on whatever thread the plug-in asks from, several at once if the plug-in renders on several threads.</remarks>
public interface IHostFrameSource
{
    /// <summary>Format of a clip; null where nothing is connected to it.</summary>
    ClipFormat? Describe(string clip);

    /// <summary>The frame for a clip at a time. A source that answers full size at a smaller wanted scale has its frame reduced by the
    /// host.</summary>
    /// <returns>A frame that the host disposes after use; null where there is none at that time.</returns>
    HostImage? GetFrame(FrameQuery query);

    /// <summary>Region a clip covers at a time, canonical.</summary>
    CanonicalRegion GetRegionOfDefinition(string clip, double time) => Describe(clip)?.Region ?? default;
}

/// <summary>A source without any clip: for generators, and for instances that are only described.</summary>
public sealed class EmptyFrameSource : IHostFrameSource
{
    /// <summary>The one instance.</summary>
    public static EmptyFrameSource Instance { get; } = new();

    /// <inheritdoc/>
    public ClipFormat? Describe(string clip) => null;

    /// <inheritdoc/>
    public HostImage? GetFrame(FrameQuery query) => null;
}

/// <summary>A source made of functions, one clip each: enough for most tools and tests.</summary>
public sealed class DelegateFrameSource : IHostFrameSource
{
    private readonly Dictionary<string, (ClipFormat Format, Func<FrameQuery, HostImage?> GetFrame)> _clips = new(StringComparer.Ordinal);

    /// <summary>Adds or replaces a clip.</summary>
    /// <param name="clip">Clip name as the plug-in declared it, for example <c>Source</c>.</param>
    /// <param name="format">What its frames are like.</param>
    /// <param name="getFrame">Makes the frame for a query; a new image each time, since the host disposes it.</param>
    public DelegateFrameSource Add(string clip, ClipFormat format, Func<FrameQuery, HostImage?> getFrame)
    {
        _clips[clip] = (format, getFrame);
        return this;
    }

    /// <inheritdoc/>
    public ClipFormat? Describe(string clip) => _clips.TryGetValue(clip, out var entry) ? entry.Format : null;

    /// <inheritdoc/>
    public HostImage? GetFrame(FrameQuery query) => _clips.TryGetValue(query.Clip, out var entry) ? entry.GetFrame(query) : null;
}
