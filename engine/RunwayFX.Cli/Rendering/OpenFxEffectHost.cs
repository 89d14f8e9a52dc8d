using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Imaging;

namespace RunwayFX.Cli.Rendering;

/// <summary>Renders with real OpenFX binaries, loaded into this process as any host would load them.</summary>
internal sealed class OpenFxEffectHost : IEffectHost
{
    private readonly Dictionary<string, PluginLibrary> _libraries = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public EffectDescriptor Describe(EffectReference effect, EffectContext? context, bool hasInput)
    {
        HostedPlugin plugin = Find(effect);
        PluginDescription description = plugin.Describe();
        EffectContext chosen = context
            ?? (!hasInput && description.Contexts.Contains(EffectContext.Generator) ? EffectContext.Generator : plugin.PreferredContext());
        if (!description.Contexts.Contains(chosen))
            throw CliException.Usage($"{plugin.Identifier} has no context {chosen}; it has: {string.Join(", ", description.Contexts)}");
        return new EffectDescriptor(plugin.Library.Bundle.Path, plugin.Library.Bundle.BinaryPath, description, plugin.DescribeInContext(chosen));
    }

    /// <inheritdoc/>
    public IEffectSession Open(EffectDescriptor effect, EffectSetup setup)
    {
        PixelDepth depth = DepthFor(effect.Plugin, setup.Depth);
        HostedPlugin plugin = Find(new EffectReference(effect.BundlePath, effect.Plugin.Identifier));
        var source = new ClipSource(setup.Clips, depth);
        HostedEffect instance = plugin.CreateInstance(effect.Context.Context, setup.Project with { Depth = depth }, source);
        try
        {
            return new Session(instance, setup, source);
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public FrameRange? FindDomain(EffectDescriptor effect, EffectSetup setup)
    {
        // The standard lets an effect have a time of its own in this context only.
        if (setup.MainClip is null || effect.Context.Context != EffectContext.General) return null;
        PixelDepth depth = DepthFor(effect.Plugin, setup.Depth);
        HostedPlugin plugin = Find(new EffectReference(effect.BundlePath, effect.Plugin.Identifier));
        var source = new ClipSource(setup.Clips, depth);
        using HostedEffect instance = plugin.CreateInstance(effect.Context.Context, setup.Project with { Depth = depth }, source);
        SetValues(instance, setup);
        TimeRange domain = instance.GetTimeDomain();
        ClipFormat clip = setup.MainClip.Describe(depth);
        bool isUsual = domain.First == clip.FirstFrame && domain.Last == clip.LastFrame;
        // Below 0 lies only what an effect adds before the clip's own frames.
        bool isLonger = domain.First >= -FrameRange.NumberMax && domain.First <= clip.FirstFrame && domain.Last >= clip.LastFrame;
        bool isUsable = (domain.First >= 0 || isLonger) && domain.Last >= domain.First && domain.Last <= FrameRange.NumberMax;
        return isUsual || !isUsable ? null : new FrameRange((long)Math.Ceiling(domain.First), (long)Math.Floor(domain.Last));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PluginLibrary library in _libraries.Values) library.Dispose();
        _libraries.Clear();
    }

    /// <summary>The storage in which a plug-in gets its frames: the one asked for, else the one that loses least.</summary>
    /// <exception cref="CliException">The plug-in does not have it.</exception>
    internal static PixelDepth DepthFor(PluginDescription plugin, PixelDepth? wanted)
    {
        if (wanted is { } depth)
        {
            return plugin.Depths.Contains(depth) ? depth
                : throw CliException.Usage($"{plugin.Identifier} has no depth {depth}; it has: {string.Join(", ", plugin.Depths)}");
        }

        foreach (PixelDepth best in new[] { PixelDepth.Float, PixelDepth.Short, PixelDepth.Half, PixelDepth.Byte })
        {
            if (plugin.Depths.Contains(best)) return best;
        }

        throw new CliException(ExitCode.Failed, $"{plugin.Identifier} names no pixel depth it can work with");
    }

    private static void SetValues(HostedEffect instance, EffectSetup setup)
    {
        foreach (SettingValue value in setup.Values)
        {
            HostedParameter parameter = instance.Parameters[value.Name];
            if (value.Numbers.IsEmpty) parameter.SetText(value.Text);
            else parameter.SetNumbers(value.Numbers.AsSpan());
        }
    }

    private HostedPlugin Find(EffectReference effect)
    {
        if (!_libraries.TryGetValue(effect.BundlePath, out PluginLibrary? library))
        {
            library = PluginLibrary.Load(effect.BundlePath);
            _libraries.Add(effect.BundlePath, library);
        }

        if (effect.PluginId.Length > 0) return library.Find(effect.PluginId);
        return library.Plugins.Length == 1 ? library.Plugins[0] : throw CliException.Usage(
            $"{effect.BundlePath} holds {library.Plugins.Length} plug-ins; say which, --plugin BUNDLE:ID: "
            + $"{string.Join(", ", library.Plugins.Select(plugin => plugin.Identifier))}");
    }

    /// <summary>Feeds opened clips to the host.</summary>
    private sealed class ClipSource(ImmutableDictionary<string, ClipInput> clips, PixelDepth depth) : IHostFrameSource
    {
        /// <summary>Stops reading; set around each render.</summary>
        public CancellationToken Cancellation { get; set; }

        public ClipFormat? Describe(string clip) => clips.TryGetValue(clip, out ClipInput? input) ? input.Describe(depth) : null;

        public HostImage? GetFrame(FrameQuery query) => clips.TryGetValue(query.Clip, out ClipInput? input) ? input.GetFrame(query, Cancellation)
            : null;
    }

    /// <summary>One instance of a plug-in.</summary>
    private sealed class Session : IEffectSession
    {
        private readonly HostedEffect _instance;
        private readonly EffectSetup _setup;
        private readonly ClipSource _source;
        private readonly ImageField _field;
        private readonly PixelBounds _covered;

        public Session(HostedEffect instance, EffectSetup setup, ClipSource source)
        {
            _instance = instance;
            _setup = setup;
            _source = source;
            SetValues(instance, setup);
            OutputPreferences preferences = instance.GetClipPreferences();
            PixelBounds window = instance.GetRegionOfDefinition(setup.FirstTime, setup.Scale).ToPixels(setup.Scale, preferences.PixelAspectRatio);
            if (window.IsEmpty) throw new CliException(ExitCode.Failed, $"{instance.Plugin.Identifier} makes no picture at frame {setup.FirstTime}");
            if (window.Width > Frame.SideMax || window.Height > Frame.SideMax)
                throw new CliException(ExitCode.Failed,
                    $"{instance.Plugin.Identifier} wants {window.Width}×{window.Height} pixels; {Frame.SideMax} is the limit of a side");
            _covered = window;
            // Without an input the picture has the size that was asked for, and what the effect covers lies in it.
            if (setup.MainClip is null)
            {
                window = setup.Project.Region.ToPixels(setup.Scale, preferences.PixelAspectRatio);
                _covered = _covered.Intersect(window);
                if (_covered.IsEmpty) throw new CliException(ExitCode.Failed,
                    $"{instance.Plugin.Identifier} covers nothing of {window.Width}×{window.Height}");
            }

            bool hasAlpha = preferences.Alpha != AlphaState.Opaque && preferences.Components is PixelComponents.Rgba or PixelComponents.Alpha;
            Output = new EffectOutput(window, preferences.PixelAspectRatio, preferences.Alpha, hasAlpha, preferences.FrameRate, preferences.Depth);
            _field = preferences.FieldOrder == ImageField.None ? ImageField.None : ImageField.Both;
            instance.BeginSequence(setup.FirstTime, setup.LastTime, setup.Scale);
        }

        public EffectOutput Output { get; }

        public Frame Render(double time, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            _source.Cancellation = cancellation;
            try
            {
                using HostImage image = _instance.Render(new RenderRequest
                {
                    Time = time, Scale = _setup.Scale, Window = _covered, Field = _field, Cancellation = cancellation,
                });
                return ToFrame(image);
            }
            catch (HostingException e) when (e.Code == HostingError.Aborted || cancellation.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellation);
            }
            catch (HostingException e) when (_instance.PersistentMessage is { Text.Length: > 0 } said)
            {
                throw new CliException(ExitCode.Failed, $"frame {time}: {said.Text}", e);
            }
            catch (HostingException e)
            {
                throw new CliException(ExitCode.Failed, $"frame {time}: {e.Message}", e);
            }
        }

        private Frame ToFrame(HostImage image)
        {
            using HostImage? padded = image.Bounds == Output.Window ? null
                : HostImageConversion.Convert(image, image.Format with { Bounds = Output.Window });
            HostImage whole = padded ?? image;
            Frame frame = FramePool.Rent(whole.Width, whole.Height);
            HostImageConversion.ToRgbaTopDown(whole, frame.Pixels);
            return frame;
        }

        public void Dispose()
        {
            try
            {
                _instance.EndSequence(_setup.FirstTime, _setup.LastTime, _setup.Scale);
            }
            catch (HostingException)
            {
                // Ending is a courtesy; what counted has been rendered or has failed already.
            }

            _instance.Dispose();
        }
    }
}
