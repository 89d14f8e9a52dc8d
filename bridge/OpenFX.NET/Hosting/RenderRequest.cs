using System.Collections.Immutable;

namespace OpenFX.Hosting;

/// <summary>One frame to render.</summary>
public sealed record RenderRequest
{
    /// <summary>Frame number; may be fractional or negative.</summary>
    public double Time { get; init; }

    /// <summary>Size relative to full.</summary>
    public RenderScale Scale { get; init; } = RenderScale.One;

    /// <summary>Pixels to render; null renders the whole region of definition.</summary>
    public PixelBounds? Window { get; init; }

    /// <summary>Bounds of the output buffer where they differ from <see cref="Window"/>; must contain it.</summary>
    public PixelBounds? BufferBounds { get; init; }

    /// <summary>Whether <see cref="Window"/> is passed on as it is, tiles or no tiles, empty and reversed ones included: what a host with a fault does. Needs
    /// <see cref="BufferBounds"/>.</summary>
    public bool ForcesWindow { get; init; }

    /// <summary>Field to render.</summary>
    public ImageField Field { get; init; }

    /// <summary>Order of rows in the output; null takes the profile's.</summary>
    public RowOrder? RowOrder { get; init; }

    /// <summary>Whether a person waits for this frame.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether a quick look is enough.</summary>
    public bool IsDraft { get; init; }

    /// <summary>Whether the frame is only a thumbnail (OpenFX 1.5.1).</summary>
    public bool IsThumbnail { get; init; }

    /// <summary>Whether frames are asked in order.</summary>
    public bool IsSequential { get; init; }

    /// <summary>Whether to ask the plug-in first if the frame is one of its inputs, and return that input unrendered.</summary>
    public bool UseIdentity { get; init; } = true;

    /// <summary>Set to abort: the plug-in sees it through <c>abort()</c>.</summary>
    public CancellationToken Cancellation { get; init; }
}

/// <summary>An input frame that stands for the output, as answered by the plug-in's identity action.</summary>
/// <param name="Clip">Clip whose frame it is; empty where the plug-in says the output equals itself at another time.</param>
/// <param name="Time">Time of that frame.</param>
public readonly record struct IdentityAnswer(string Clip, double Time);

/// <summary>First and last time, both included.</summary>
/// <param name="First">First time.</param>
/// <param name="Last">Last time.</param>
public readonly record struct TimeRange(double First, double Last);

/// <summary>What the plug-in wants its clips and output to be like.</summary>
public sealed record OutputPreferences
{
    /// <summary>Storage of the output.</summary>
    public required PixelDepth Depth { get; init; }

    /// <summary>Channels of the output.</summary>
    public required PixelComponents Components { get; init; }

    /// <summary>Alpha state of the output.</summary>
    public required AlphaState Alpha { get; init; }

    /// <summary>Pixel aspect ratio of the output.</summary>
    public required double PixelAspectRatio { get; init; }

    /// <summary>Frame rate of the output.</summary>
    public required double FrameRate { get; init; }

    /// <summary>Fields of the output.</summary>
    public ImageField FieldOrder { get; init; }

    /// <summary>Whether the output exists between whole times.</summary>
    public bool IsContinuous { get; init; }

    /// <summary>Whether the output changes over time although no input and no parameter does.</summary>
    public bool IsFrameVarying { get; init; }
}

/// <summary>Input frames a render will ask for, per clip.</summary>
/// <param name="Ranges">Time ranges by clip name.</param>
public sealed record FramesNeeded(ImmutableDictionary<string, ImmutableArray<TimeRange>> Ranges);
