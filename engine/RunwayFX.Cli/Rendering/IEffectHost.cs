using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Imaging;

namespace RunwayFX.Cli.Rendering;

/// <summary>Which effect is meant: a plug-in in a bundle.</summary>
/// <param name="BundlePath">Path of the bundle, absolute.</param>
/// <param name="PluginId">Identifier of the plug-in; empty takes the only one there is.</param>
internal sealed record EffectReference(string BundlePath, string PluginId);

/// <summary>An effect as it describes itself in the context in which it will be used.</summary>
/// <param name="BundlePath">Where it comes from.</param>
/// <param name="BinaryPath">The library itself.</param>
/// <param name="Plugin">What the plug-in says of itself.</param>
/// <param name="Context">Its clips and parameters in that context.</param>
internal sealed record EffectDescriptor(string BundlePath, string BinaryPath, PluginDescription Plugin, ContextDescription Context);

/// <summary>Everything an effect instance is set up with.</summary>
internal sealed record EffectSetup
{
    /// <summary>Input clips by name.</summary>
    public required ImmutableDictionary<string, ClipInput> Clips { get; init; }

    /// <summary>The clip that the project follows; null for generators.</summary>
    public required ClipInput? MainClip { get; init; }

    /// <summary>Values that differ from the defaults.</summary>
    public ImmutableArray<SettingValue> Values { get; init; } = [];

    /// <summary>Storage in which frames are handed over; null takes the best that the plug-in has.</summary>
    public PixelDepth? Depth { get; init; }

    /// <summary>Proxy scale.</summary>
    public RenderScale Scale { get; init; } = RenderScale.One;

    /// <summary>Size, rate and range for effects without an input.</summary>
    public required ProjectSettings Project { get; init; }

    /// <summary>Time of the first frame that will be rendered.</summary>
    public double FirstTime { get; init; }

    /// <summary>Time of the last frame that will be rendered.</summary>
    public double LastTime { get; init; }
}

/// <summary>What the frames of a session are like.</summary>
/// <param name="Window">Pixels of every frame, y up, at the render scale.</param>
/// <param name="PixelAspectRatio">Width of a pixel divided by its height.</param>
/// <param name="Alpha">What colour says about alpha.</param>
/// <param name="HasAlpha">Whether alpha says anything.</param>
/// <param name="FrameRate">Frames a second.</param>
/// <param name="Depth">Storage in which the plug-in hands frames over.</param>
internal sealed record EffectOutput(PixelBounds Window, double PixelAspectRatio, AlphaState Alpha, bool HasAlpha, double FrameRate, PixelDepth Depth);

/// <summary>An effect set up on its clips, ready to render. One thread at a time.</summary>
internal interface IEffectSession : IDisposable
{
    /// <summary>What every frame will be like.</summary>
    EffectOutput Output { get; }

    /// <summary>Renders a frame of exactly the output window, top-down.</summary>
    /// <exception cref="CliException">The effect failed; the message is the effect's own where it gave one.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    Frame Render(double time, CancellationToken cancellation);
}

/// <summary>Loads effects and sets them up: the plug-in host behind an interface, so that rendering can be tested without a plug-in.</summary>
internal interface IEffectHost : IDisposable
{
    /// <summary>Loads and describes an effect.</summary>
    /// <param name="effect">Which.</param>
    /// <param name="context">The context wanted; null takes the one that gives most.</param>
    /// <param name="hasInput">Whether there is a clip to work on; without one a generator is preferred.</param>
    /// <exception cref="CliException">Several plug-ins to choose from, or the context is not offered.</exception>
    /// <exception cref="HostingException">The bundle or the plug-in does not exist or cannot be described.</exception>
    EffectDescriptor Describe(EffectReference effect, EffectContext? context, bool hasInput);

    /// <summary>The frames over which the result exists, by number; null where those are the main clip's own, as they nearly always are.</summary>
    /// <exception cref="HostingException">The plug-in fails.</exception>
    FrameRange? FindDomain(EffectDescriptor effect, EffectSetup setup);

    /// <summary>Sets an instance up. Sessions of one effect may render at the same time where its thread safety allows.</summary>
    IEffectSession Open(EffectDescriptor effect, EffectSetup setup);
}
