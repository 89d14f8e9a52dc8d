using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Plugins;
using RunwayFX.Cli.Systems;
using RunwayFX.Effects;
using RunwayFX.Media;

namespace RunwayFX.Cli.Doctor;

/// <summary>Looks at the product's parts and the machine, and says what to do about what is missing.</summary>
internal sealed class Doctor(ISystem system, IProductProbe product)
{
    /// <summary>Encoders that output formats need, and what is lost without each.</summary>
    private static readonly (string Encoder, string Use)[] _encoders =
    [
        ("libx264", "H.264 (.mp4)"), ("prores_ks", "ProRes (.mov)"), ("ffv1", "FFV1 (.mkv)"), ("dnxhd", "DNxHR (.mxf)"), ("dpx", "DPX"),
            ("tiff", "TIFF"),
    ];

    private readonly Installation _installation = new(system);

    /// <summary>Looks at everything.</summary>
    public DoctorReport Examine()
    {
        var checks = new List<DoctorCheck> { Program(), Dotnet() };
        checks.AddRange(FFmpeg());
        checks.AddRange(BundleAndEngine());
        checks.AddRange(Hosts());
        checks.AddRange(PluginPath());
        checks.AddRange(new DeviceFacts(system).Checks());
        checks.AddRange(product.Models());
        return new DoctorReport(checks);
    }

    private DoctorCheck Program() => new("rfx", CheckStatus.Ok, $"{EffectCatalog.ProductName} build {product.Build} in {system.ProgramFolder}");

    private static DoctorCheck Dotnet() => new("dotnet", CheckStatus.Ok,
        $".NET {Environment.Version} ({System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier})");

    private IEnumerable<DoctorCheck> FFmpeg()
    {
        if (!product.TryFFmpeg(out FFmpegFacts? facts, out string problem))
        {
            yield return new DoctorCheck("ffmpeg", CheckStatus.Problem, problem,
                $"install ffmpeg ({FFmpegTools.InstallCommand}); picture sequences work without it");
            yield break;
        }

        yield return new DoctorCheck("ffmpeg", CheckStatus.Ok, $"{facts.Version} at {facts.Path}");
        (string Encoder, string Use)[] missing = [.. _encoders.Where(each => !facts.HasEncoder(each.Encoder))];
        yield return missing.Length == 0
            ? new DoctorCheck("encoders", CheckStatus.Ok, string.Join(", ", _encoders.Select(each => each.Encoder)))
            : new DoctorCheck("encoders", CheckStatus.Warning, $"missing: {string.Join(", ", missing.Select(each => each.Encoder))}",
                $"{string.Join(", ", missing.Select(each => each.Use))} cannot be written; install an ffmpeg with these encoders");
    }

    private IEnumerable<DoctorCheck> BundleAndEngine()
    {
        string? bundle = _installation.FindBundle();
        if (bundle is null)
        {
            yield return new DoctorCheck("bundle", CheckStatus.Problem,
                $"no {Installation.BundleName}; looked at {string.Join(", ", _installation.BundleCandidates())}",
                "build it with ./rfx build, or name it by " + Installation.BundleVariable);
        }
        else
        {
            yield return Bundle(bundle);
        }

        string? engine = _installation.FindEngine(bundle);
        if (engine is null)
        {
            yield return new DoctorCheck("engine", CheckStatus.Problem,
                $"no {EngineLocator.ProgramName}; looked at {string.Join(", ", EngineLocator.Candidates(bundle))}",
                $"build it with ./rfx build, install it with rfx install, or name it by {EngineLocator.EngineVariable}");
            yield break;
        }

        yield return new DoctorCheck("engine", CheckStatus.Ok, engine);
        yield return EngineRuntime(engine);
        foreach (DoctorCheck check in Answer()) yield return check;
    }

    /// <summary>What hosts will start the engine on: they are often started without the variables of this shell.</summary>
    private DoctorCheck EngineRuntime(string engine)
    {
        const string Name = "engine runtime";
        try
        {
            return new DoctorCheck(Name, CheckStatus.Ok,
                product.RuntimeFor(engine) is { } runtime ? $".NET {runtime.Version} in {runtime.Root}" : "comes with the engine");
        }
        catch (BridgeException e)
        {
            return new DoctorCheck(Name, CheckStatus.Problem, e.Message,
                $"install the .NET {DotnetLocator.Major} runtime, or set {DotnetLocator.RootVariable} where the host program is started");
        }
    }

    private DoctorCheck Bundle(string bundle)
    {
        BundleReport report = product.Describe(bundle);
        if (report.Error is not null) return new DoctorCheck("bundle", CheckStatus.Problem, $"{bundle}: {report.Error}",
            "build it again with ./rfx build");
        string[] broken = [.. report.Plugins.Where(plugin => plugin.Error is not null).Select(plugin => $"{plugin.Id}: {plugin.Error}")];
        string[] lacking = [.. EffectCatalog.All.Select(effect => effect.PluginId).Except(report.Plugins.Select(plugin => plugin.Id))];
        if (broken.Length > 0 || lacking.Length > 0)
        {
            string[] faults = [.. broken, .. lacking.Select(id => $"{id} is missing")];
            return new DoctorCheck("bundle", CheckStatus.Problem, $"{bundle}: {string.Join("; ", faults)}", "build it again with ./rfx build");
        }

        return new DoctorCheck("bundle", CheckStatus.Ok, $"{bundle}: {string.Join(", ", report.Plugins.Select(plugin => plugin.Id))}");
    }

    private IEnumerable<DoctorCheck> Answer()
    {
        const string Name = "engine answers";
        try
        {
            EngineStatus status = product.AskEngine();
            if (status.Build != product.Build)
            {
                return [new DoctorCheck(Name, CheckStatus.Problem, $"the engine is build {status.Build}, this program {product.Build}",
                    "install plug-in, engine and rfx from one build")];
            }

            DoctorCheck answers = new(Name, CheckStatus.Ok, $"process {status.ProcessId}, version {status.Version}, build {status.Build}");
            return product.CountResults() is { } results ? [answers, Results(status, results.BytesMax)] : [answers];
        }
        catch (BridgeException e)
        {
            return [new DoctorCheck(Name, CheckStatus.Problem, e.Message, "see rfx log; try rfx engine stop")];
        }
    }

    private static DoctorCheck Results(EngineStatus status, long bytesMax) => new("kept results", bytesMax > 0 ? CheckStatus.Ok : CheckStatus.Note,
        CacheText.Of(status, bytesMax), status.CacheEntries > 0 ? "rfx cache clear empties it" : null);

    private IEnumerable<DoctorCheck> Hosts()
    {
        IReadOnlyList<FoundHost> hosts = new HostFinder(system).Find();
        if (hosts.Count == 0)
        {
            yield return new DoctorCheck("hosts", CheckStatus.Note, "no OpenFX host found in the usual folders", "rfx render needs none");
            yield break;
        }

        foreach (FoundHost host in hosts) yield return new DoctorCheck("host", CheckStatus.Ok, $"{host.Name} at {host.Path}", host.Advice);
    }

    private IEnumerable<DoctorCheck> PluginPath()
    {
        string? installed = _installation.SearchFolders().Select(folder => Path.Combine(folder, Installation.BundleName))
            .FirstOrDefault(system.FolderExists);
        yield return installed is null
            ? new DoctorCheck("installed", CheckStatus.Note, "the plug-in is in no folder where hosts look", "rfx install puts it there")
            : new DoctorCheck("installed", CheckStatus.Ok, installed);
        if (system.Variable(PluginScanner.PathVariable) is not { } value)
        {
            bool needsPath = installed is not null && installed.StartsWith(_installation.UserFolder, StringComparison.Ordinal);
            yield return new DoctorCheck(PluginScanner.PathVariable, needsPath ? CheckStatus.Warning : CheckStatus.Note, "not set",
                needsPath ? $"hosts find the plug-in after: export {PluginScanner.PathVariable}={_installation.UserFolder}" : null);
            yield break;
        }

        string[] folders = value.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string[] faults = [.. folders.Where(folder => !Path.IsPathFullyQualified(folder) || !system.FolderExists(folder))];
        yield return faults.Length == 0
            ? new DoctorCheck(PluginScanner.PathVariable, CheckStatus.Ok, value)
            : new DoctorCheck(PluginScanner.PathVariable, CheckStatus.Warning, value, $"these are no folders: {string.Join(", ", faults)}");
    }
}
