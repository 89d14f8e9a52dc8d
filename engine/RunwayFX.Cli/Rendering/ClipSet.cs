using System.Collections.Immutable;
using OpenFX.Hosting;
using RunwayFX.Media;

namespace RunwayFX.Cli.Rendering;

/// <summary>The input clips of a render, opened and matched with the clips that the effect has.</summary>
internal sealed class ClipSet : IDisposable
{
    private const string OutputClip = "Output";

    private readonly List<ClipInput> _opened = [];

    /// <summary>Opens the inputs.</summary>
    /// <exception cref="CliException">The effect lacks a clip that was named, or needs one that was not.</exception>
    /// <exception cref="MediaException">A clip cannot be read.</exception>
    public ClipSet(EffectDescriptor effect, RenderOptions options, CancellationToken cancellation)
    {
        try
        {
            ByName = Open(effect, options, cancellation);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Clips by the effect's names.</summary>
    public ImmutableDictionary<string, ClipInput> ByName { get; }

    /// <summary>The clip given as IN; null for generators.</summary>
    public ClipInput? Main { get; private set; }

    /// <summary>Time of the first frame there is.</summary>
    public long FirstTime => Main?.FirstTime ?? 0;

    /// <summary>Paths of all inputs.</summary>
    public IEnumerable<string> Paths => _opened.Select(clip => clip.Info.Path);

    /// <summary>What the readers want the user to know.</summary>
    public IEnumerable<string> Warnings => _opened.SelectMany(clip => clip.Info.Warnings);

    /// <summary>The frames wanted, counted from the clip's first; for a generator, as times.</summary>
    /// <param name="options">Which frames are wanted.</param>
    /// <param name="domain">Frames of the result by number, where the effect has a time of its own; null for the clip's.</param>
    /// <exception cref="CliException">Frames that do not exist.</exception>
    public FrameRange IndicesOf(RenderOptions options, FrameRange? domain)
    {
        if (domain is { } own)
        {
            FrameRange wanted = options.Frames ?? own;
            if (wanted.First < own.First || wanted.Last > own.Last) throw CliException.Usage($"--frames {wanted}: the result has the frames {own}");
            return new FrameRange(wanted.First - FirstTime, wanted.Last - FirstTime);
        }

        if (Main is null) return options.Frames ?? new FrameRange(0, 0);
        long count = Main.Info.FrameCount;
        if (count < 1) throw new CliException(ExitCode.Failed, $"{Main.Info.Path} holds no frames");
        return options.Frames?.ToIndices(Main.FirstTime, count) ?? new FrameRange(0, count - 1);
    }

    /// <summary>The project around the effect: the main clip's picture area, or what the options say.</summary>
    public ProjectSettings Project(RenderOptions options)
    {
        if (Main is null)
        {
            FrameRange range = options.Frames ?? new FrameRange(0, 0);
            return new ProjectSettings
            {
                Width = options.Size.Width, Height = options.Size.Height, FrameRate = options.Rate.Value,
                FirstFrame = range.First, LastFrame = range.Last, Depth = options.Depth ?? PixelDepth.Float,
            };
        }

        ClipFormat format = Main.Describe(options.Depth ?? PixelDepth.Float);
        return new ProjectSettings
        {
            Width = Main.DisplayWidth * Main.PixelAspectRatio,
            Height = Main.DisplayHeight,
            PixelAspectRatio = Main.PixelAspectRatio,
            FrameRate = format.FrameRate,
            FirstFrame = format.FirstFrame,
            LastFrame = format.LastFrame,
            Depth = format.Depth,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ClipInput clip in _opened) clip.Dispose();
        _opened.Clear();
    }

    private ImmutableDictionary<string, ClipInput> Open(EffectDescriptor effect, RenderOptions options, CancellationToken cancellation)
    {
        ClipDescription[] inputs = [.. effect.Context.Clips.Where(clip => clip.Name != OutputClip)];
        var byName = ImmutableDictionary.CreateBuilder<string, ClipInput>(StringComparer.Ordinal);
        if (options.Input is { } path)
        {
            ClipDescription? main = inputs.FirstOrDefault(clip => !clip.IsOptional) ?? inputs.FirstOrDefault();
            if (main is null)
                throw CliException.Usage(
                    $"{effect.Plugin.Identifier} has no input in the context {effect.Context.Context}; write '{RenderOptions.NoInput}' for IN");
            Main = Add(path, options, cancellation);
            byName.Add(main.Name, Main);
        }

        foreach (ParameterAssignment extra in options.Clips)
        {
            if (!inputs.Any(clip => clip.Name == extra.Name))
                throw CliException.Usage($"there is no clip '{extra.Name}'; the effect has: {string.Join(", ", inputs.Select(clip => clip.Name))}");
            if (byName.ContainsKey(extra.Name)) throw CliException.Usage($"clip '{extra.Name}' is given twice");
            byName.Add(extra.Name, Add(extra.Value, options, cancellation));
        }

        if (inputs.FirstOrDefault(clip => !clip.IsOptional && !byName.ContainsKey(clip.Name)) is { } missing)
            throw CliException.Usage(
                $"{effect.Plugin.Identifier} needs the clip '{missing.Name}' in the context {effect.Context.Context}; "
                + $"give it with --clip {missing.Name}=PATH");
        return byName.ToImmutable();
    }

    private ClipInput Add(string path, RenderOptions options, CancellationToken cancellation)
    {
        ClipInput clip = ClipInput.Open(path, options.Rate, cancellation);
        _opened.Add(clip);
        return clip;
    }
}
