using System.CommandLine;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Rendering;
using RunwayFX.Cli.Systems;
using RunwayFX.Effects;
using RunwayFX.Inference.Packages;
using RunwayFX.Media;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx render</c>: the options, and the way from them to a <see cref="RenderRunner"/>.</summary>
internal sealed class RenderCommand
{
    /// <summary>Names of the formats on the command line.</summary>
    private static readonly Dictionary<string, OutputFormat> _codecs = new(StringComparer.OrdinalIgnoreCase)
    {
        ["auto"] = OutputFormat.Auto, ["h264"] = OutputFormat.H264, ["prores"] = OutputFormat.ProRes422, ["prores4444"] = OutputFormat.ProRes4444,
        ["ffv1"] = OutputFormat.Ffv1, ["dnxhr"] = OutputFormat.DnxHr, ["png"] = OutputFormat.Png8, ["png16"] = OutputFormat.Png16,
        ["exr"] = OutputFormat.ExrHalf, ["exr32"] = OutputFormat.ExrFloat, ["dpx"] = OutputFormat.Dpx10, ["dpx12"] = OutputFormat.Dpx12,
        ["tiff"] = OutputFormat.Tiff16,
    };

    private readonly Argument<string> _input = new("IN")
    {
        Description = "Movie, numbered sequence (shot.%04d.exr, shot.####.png, a folder) or still; "
            + $"'{RenderOptions.NoInput}' for effects that make pictures from nothing.",
    };

    private readonly Argument<string> _output = new("OUT") { Description = "Movie, numbered sequence or still; the ending chooses the format." };
    private readonly Option<string?> _effect = new("--effect")
    {
        Description = $"Effect of the suite: {string.Join(", ", EffectCatalog.All.Select(effect => effect.Name))}.",
    };
    private readonly Option<string?> _plugin = new("--plugin")
    {
        Description = "Any OpenFX plug-in instead: BUNDLE:ID, or BUNDLE if it holds only one.",
    };
    private readonly Option<string?> _style = new("--style") { Description = "Style picture; the same as --set stylePath=FILE." };
    private readonly Option<string?> _keyframes = new("--keyframes")
    {
        Description = "Frames of the clip that were painted, \"12=a.png;48=b.png\": the same as --set keyframes=….",
    };
    private readonly Option<string?> _mask = new("--mask")
    {
        Description = $"Mask clip or still for {EffectCatalog.Remove.Name}; the same as --clip {EffectCatalog.MaskClipName}=FILE --set {EffectCatalog.MaskFromClipName}=1.",
    };
    private readonly Option<string[]> _set = new("--set") { Description = "A parameter: name=value. Choices by label or index. May be repeated.",
        AllowMultipleArgumentsPerToken = false };
    private readonly Option<string[]> _clip = new("--clip") { Description = "A further input clip: NAME=PATH. May be repeated." };
    private readonly Option<string?> _frames = new("--frames")
    {
        Description = "Frames by number, a or a-b: sequences count as their files do, movies from 0.",
    };
    private readonly Option<string?> _depth = new("--depth")
    {
        Description = "Storage of the frames the effect gets: byte, short, half, float (the best it has by default).",
    };
    private readonly Option<string?> _codec = new("--codec") { Description = $"What is written: {string.Join(", ", _codecs.Keys)}." };
    private readonly Option<string?> _context = new("--context")
    {
        Description = $"OpenFX context: {string.Join(", ", Enum.GetNames<EffectContext>())}.",
    };
    private readonly Option<string> _scale = new("--scale") { Description = "Proxy scale, for example 1/2.", DefaultValueFactory = _ => "1" };
    private readonly Option<bool> _resume = new("--resume") { Description = "Take up an unfinished run (the default)." };
    private readonly Option<bool> _noResume = new("--no-resume") { Description = "Start afresh." };
    private readonly Option<int?> _threads = new("--threads") { Description = "Frames rendered at once, where the plug-in allows." };
    private readonly Option<bool> _allowLoss = new("--allow-loss")
    {
        Description = "Accept an output that holds less depth, alpha or layers than the source.",
    };
    private readonly Option<string> _size = new("--size") { Description = "Size without an input: WIDTHxHEIGHT.", DefaultValueFactory = _ =>
        "1920x1080" };
    private readonly Option<string> _rate = new("--rate") { Description = "Frames per second of sequences.", DefaultValueFactory = _ => "24" };
    private readonly Option<bool> _json = new("--json") { Description = "Report as JSON, one event per line." };

    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var shape = new RenderCommand();
        var command = new Command("render", "Renders a movie, a sequence or a still through an effect.")
        {
            shape._input, shape._output, shape._effect, shape._plugin, shape._style, shape._keyframes, shape._mask, shape._set, shape._clip, shape._frames,
                shape._depth,
                shape._codec,
            shape._context, shape._scale, shape._resume, shape._noResume, shape._threads, shape._allowLoss, shape._size, shape._rate, shape._json,
        };
        command.SetAction(parsed => shape.Run(parsed, services));
        return command;
    }

    /// <summary>Renders with progress on the terminal, in plain lines or as JSON.</summary>
    public static RenderResult Render(CliServices services, RenderOptions options, bool json)
    {
        using IEffectHost host = services.CreateEffectHost();
        var installation = new Installation(services.System);
        IReadOnlyList<string> engine = options.Effect.PluginId.StartsWith(EffectCatalog.PluginIdPrefix, StringComparison.Ordinal)
            ? installation.FilesOf(installation.RequireEngine(options.Effect.BundlePath))
            : [];
        bool asksModel = engine.Count > 0 && (options.Effect.PluginId == EffectCatalog.Perform.PluginId || options.Values.Any(value => Names(value, EffectCatalog.MethodName)));
        using EngineClient? observer = asksModel ? EngineCommands.Connect(services) : null;
        ResultMakers? makers = observer is null ? null : new ResultMakers(() => observer.QueryStatus(), Environment.ProcessId);
        IReadOnlyList<string> files = asksModel ? [.. engine, .. PackageFiles(options)] : engine;
        RenderResult With(IRenderReporter reporter) =>
            new RenderRunner(host, reporter, services.Clock) { EngineFiles = files, Makers = makers }.Run(options, services.Cancellation);
        if (json) return With(new JsonReporter(services.Output));
        return services.IsTerminal ? BarReporter.Run(services.Error, With) : With(new PlainReporter(services.Error, services.Clock));
    }

    /// <summary>The files of the package that is named, else of all that are installed: the effect takes the first that fits. With other models an
    /// unfinished run is not taken up.</summary>
    private static IEnumerable<string> PackageFiles(RenderOptions options)
    {
        if (PackageStore.DefaultFolder is not { } folder || !Directory.Exists(folder)) return [];
        string named = options.Values.LastOrDefault(value => Names(value, EffectCatalog.ModelName))?.Value.Trim() ?? "";
        IEnumerable<string> packages = new PackageStore(folder).Names().Where(name => named.Length == 0 || name == named);
        return packages.SelectMany(name => Directory.EnumerateFiles(Path.Combine(folder, name), "*", SearchOption.AllDirectories)).Order(StringComparer.Ordinal);
    }

    private static bool Names(ParameterAssignment value, string parameter) => string.Equals(value.Name, parameter, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the options of a parsed command line.</summary>
    /// <exception cref="CliException">They make no sense.</exception>
    internal RenderOptions Read(ParseResult parsed, ISystem system)
    {
        string input = parsed.GetRequiredValue(_input), output = parsed.GetRequiredValue(_output);
        if (parsed.GetValue(_resume) && parsed.GetValue(_noResume)) throw CliException.Usage("--resume and --no-resume contradict each other");
        if (input != RenderOptions.NoInput && Path.GetFullPath(input) == Path.GetFullPath(output)) throw CliException.Usage(
            $"IN and OUT are the same: {input}");
        List<ParameterAssignment> values = [.. (parsed.GetValue(_set) ?? []).Select(text => ParameterAssignment.Parse(text, "--set"))];
        if (parsed.GetValue(_style) is { } style) values.Insert(0, new ParameterAssignment("stylePath", ExistingFile(style, system)));
        if (parsed.GetValue(_keyframes) is { } keyframes) values.Insert(0, new ParameterAssignment(EffectCatalog.KeyframesName, Paintings(keyframes, system)));
        List<ParameterAssignment> clips = [.. (parsed.GetValue(_clip) ?? []).Select(text => ParameterAssignment.Parse(text, "--clip"))];
        if (parsed.GetValue(_mask) is { } mask)
        {
            values.Insert(0, new ParameterAssignment(EffectCatalog.MaskFromClipName, "1"));
            clips.Add(new ParameterAssignment(EffectCatalog.MaskClipName, mask));
        }

        int? threads = parsed.GetValue(_threads);
        if (threads is < 1 or > RenderOptions.ThreadsMax) throw CliException.Usage($"--threads {threads}: write 1 to {RenderOptions.ThreadsMax}");
        var options = new RenderOptions
        {
            Input = input == RenderOptions.NoInput ? null : input,
            Output = output,
            Effect = ReadName(parsed),
            Values = [.. values],
            Clips = [.. clips],
            Frames = parsed.GetValue(_frames) is { } frames ? FrameRange.Parse(frames) : null,
            Depth = parsed.GetValue(_depth) is { } depth ? ReadDepth(depth) : null,
            Format = parsed.GetValue(_codec) is { } codec ? ReadCodec(codec) : OutputFormat.Auto,
            Context = parsed.GetValue(_context) is { } context ? ReadContext(context) : null,
            Scale = RenderOptions.ParseScale(parsed.GetValue(_scale)!),
            Resume = !parsed.GetValue(_noResume),
            Threads = threads,
            AllowLoss = parsed.GetValue(_allowLoss),
            Size = RenderOptions.ParseSize(parsed.GetValue(_size)!),
            Rate = RenderOptions.ParseRate(parsed.GetValue(_rate)!),
        };
        // Looked for last: what is wrong with the command line comes before what is missing on the machine.
        return options.Effect.BundlePath.Length > 0 ? options : options
            with { Effect = options.Effect with { BundlePath = new Installation(system).RequireBundle() } };
    }

    /// <summary>An absolute path of a file that is there: a plug-in sees another current folder than the user.</summary>
    internal static string ExistingFile(string path, ISystem system)
    {
        string full = Path.GetFullPath(path);
        return system.FileExists(full) ? full : throw new CliException(ExitCode.Failed, $"there is no file '{path}'");
    }

    /// <summary>Painted frames with absolute paths of files that are there.</summary>
    private static string Paintings(string text, ISystem system)
    {
        if (StyleKeyframes.Read(text, out StyleKeyframe[] keyframes) is { } wrong)
            throw CliException.Usage($"--keyframes: {wrong}; write 12=a.png;48=b.png in quotes");
        if (keyframes.Length == 0) throw CliException.Usage("--keyframes is empty; write 12=a.png;48=b.png in quotes");
        return StyleKeyframes.Write(keyframes.Select(keyframe => keyframe with { Path = ExistingFile(keyframe.Path, system) }));
    }

    private static PixelDepth ReadDepth(string text) =>
        Enum.TryParse(text, ignoreCase: true, out PixelDepth depth) && depth != PixelDepth.None && !char.IsAsciiDigit(text[0])
            ? depth
            : throw CliException.Usage($"--depth {text}: there are byte, short, half and float");

    private static OutputFormat ReadCodec(string text) =>
        _codecs.TryGetValue(text, out OutputFormat format) ? format : throw CliException.Usage(
            $"--codec {text}: there are {string.Join(", ", _codecs.Keys)}");

    private static EffectContext ReadContext(string text) =>
        Enum.TryParse(text, ignoreCase: true, out EffectContext context) && !char.IsAsciiDigit(text[0])
            ? context
            : throw CliException.Usage($"--context {text}: there are {string.Join(", ", Enum.GetNames<EffectContext>())}");

    private int Run(ParseResult parsed, CliServices services)
    {
        bool json = parsed.GetValue(_json);
        return CommandTree.Guard(
            services,
            () =>
            {
                RenderResult result = Render(services, Read(parsed, services.System), json);
                if (!json)
                {
                    services.Output.WriteLine(result.Output);
                    services.Error.WriteLine(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                        $"{result.Frames} frame{(result.Frames == 1 ? "" : "s")}, {result.Width}×{result.Height}, {result.Seconds:0.0} s"));
                    foreach (string maker in result.MadeBy) services.Error.WriteLine($"made by {maker}");
                }

                return ExitCode.Success;
            },
            json
                ? (failure, code) => JsonLines.WriteLine(services.Output, new
                {
                    Event = code == ExitCode.Interrupted ? "interrupted" : "failed", failure.Message, ExitCode = code,
                })
                : null);
    }

    /// <summary>The effect; of the product's own the bundle is still to be found.</summary>
    private EffectReference ReadName(ParseResult parsed)
    {
        string? name = parsed.GetValue(_effect), plugin = parsed.GetValue(_plugin);
        if ((name is null) == (plugin is null)) throw CliException.Usage("say either --effect NAME or --plugin BUNDLE:ID");
        if (plugin is not null) return RenderOptions.ParsePlugin(plugin);
        EffectDefinition effect = EffectCatalog.FindByName(name!)
            ?? throw CliException.Usage(
                $"there is no effect '{name}'; there are: {string.Join(", ", EffectCatalog.All.Select(known => known.Name))}");
        return new EffectReference("", effect.PluginId);
    }
}
