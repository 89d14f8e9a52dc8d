using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.Cli.Systems;

/// <summary>Where the product's parts lie: the plug-in bundle and the engine.</summary>
internal sealed class Installation(ISystem system)
{
    /// <summary>Names the plug-in bundle to use.</summary>
    public const string BundleVariable = "RUNWAYFX_OFX_BUNDLE";

    /// <summary>Folder name of the product's bundle.</summary>
    public const string BundleName = "RunwayFX.ofx.bundle";

    /// <summary>Folder for the engine beside an installed bundle.</summary>
    public const string EngineFolderName = "RunwayFX.engine";

    /// <summary>The system's own plug-in folder.</summary>
    public static string SystemFolder => OperatingSystem.IsWindows() ? @"C:\Program Files\Common Files\OFX\Plugins"
        : OperatingSystem.IsMacOS() ? "/Library/OFX/Plugins" : "/usr/OFX/Plugins";

    /// <summary>The plug-in folder for one user; hosts find it through <c>OFX_PLUGIN_PATH</c>.</summary>
    public string UserFolder =>
        Path.Combine(system.Variable("XDG_DATA_HOME") is { } data && Path.IsPathFullyQualified(data) ? data
            : Path.Combine(system.Home, ".local", "share"), "OFX", "Plugins");

    /// <summary>Places where the bundle is looked for, in order.</summary>
    public IReadOnlyList<string> BundleCandidates()
    {
        var places = new List<string>();
        if (system.Variable(BundleVariable) is { } named) places.Add(Path.GetFullPath(named));
        places.Add(Path.GetFullPath(Path.Combine(system.ProgramFolder, "..", BundleName)));
        foreach (string folder in SearchFolders()) places.Add(Path.Combine(folder, BundleName));
        return places;
    }

    /// <summary>Folders in which hosts on this machine find plug-ins, and the user's own.</summary>
    public IEnumerable<string> SearchFolders()
    {
        string[] listed = (system.Variable(PluginScanner.PathVariable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. listed.Where(Path.IsPathFullyQualified), SystemFolder, UserFolder];
    }

    /// <summary>The bundle; null where there is none.</summary>
    public string? FindBundle() => system.Variable(BundleVariable) is { } named
        ? system.FolderExists(named) ? Path.GetFullPath(named) : null
        : BundleCandidates().FirstOrDefault(system.FolderExists);

    /// <summary>The bundle.</summary>
    /// <exception cref="CliException">There is none; the message says where it was looked for.</exception>
    public string RequireBundle() => FindBundle()
        ?? throw CliException.Missing(
            $"the plug-in bundle {BundleName} is missing; looked at {string.Join(", ", BundleCandidates())}. Build it with ./rfx build");

    /// <summary>The engine that the plug-in of a bundle will start; null where there is none.</summary>
    public string? FindEngine(string? bundle)
    {
        if (system.Variable(EngineLocator.EngineVariable) is { } named && Path.IsPathFullyQualified(named) && system.FileExists(named)) return named;
        // The locator reads the variable of this process; here only the machine that was handed in counts.
        string? own = Environment.GetEnvironmentVariable(EngineLocator.EngineVariable);
        return EngineLocator.Candidates(bundle).FirstOrDefault(place => place != own && system.FileExists(place)) ?? BesideProgram();
    }

    /// <summary>Makes sure that the plug-in, loaded into this process, finds its engine.</summary>
    /// <exception cref="CliException">There is no engine.</exception>
    public string RequireEngine(string bundle)
    {
        string engine = FindEngine(bundle) ?? throw CliException.Missing(
            $"the engine program {EngineLocator.ProgramName} is missing; "
            + $"looked at {string.Join(", ", EngineLocator.Candidates(bundle))}. Build it with ./rfx build");
        LocalSystem.SetNativeVariable(EngineLocator.EngineVariable, engine);
        return engine;
    }

    /// <summary>The engine program and the libraries of this product beside it: what decides the pixels.</summary>
    public IReadOnlyList<string> FilesOf(string engine) =>
        [engine, .. system.Children(Path.GetDirectoryName(engine)!).Where(file => Path.GetFileName(file) is var name
            && name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
                && name.StartsWith(EffectCatalog.ProductName, StringComparison.OrdinalIgnoreCase))];

    private string? BesideProgram()
    {
        string candidate = Path.GetFullPath(Path.Combine(system.ProgramFolder, "..", "engine", EngineLocator.ProgramName));
        return system.FileExists(candidate) ? candidate : null;
    }
}
