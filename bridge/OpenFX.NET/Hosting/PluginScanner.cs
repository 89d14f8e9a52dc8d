using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace OpenFX.Hosting;

/// <summary>Finds OpenFX bundles: the folders of <c>OFX_PLUGIN_PATH</c> first, then the standard's own.</summary>
/// <remarks>Nothing is loaded. Folders are searched to a bounded depth, links that lead in a circle end the search there, and whatever cannot be
/// read is
/// reported instead of thrown.</remarks>
public static class PluginScanner
{
    /// <summary>Levels of folders searched below a search folder.</summary>
    public const int DepthMax = 8;

    /// <summary>Folders looked at in one scan.</summary>
    public const int FoldersMax = 20_000;

    /// <summary>Name of the environment variable that lists search folders.</summary>
    public const string PathVariable = "OFX_PLUGIN_PATH";

    internal const string BundleSuffix = ".ofx.bundle";

    /// <summary>Folder names under <c>Contents</c> that may hold this system's binary, best first.</summary>
    public static ImmutableArray<string> ArchitectureFolders { get; } = ArchitectureFoldersOf();

    /// <summary>Folders searched when none are given: <c>OFX_PLUGIN_PATH</c>, then the standard's.</summary>
    public static ImmutableArray<string> DefaultFolders()
    {
        string? listed = Environment.GetEnvironmentVariable(PathVariable);
        string[] own = listed is null ? [] : listed.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string standard = OperatingSystem.IsWindows()
            ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.CommonProgramFiles), "OFX", "Plugins")
            : OperatingSystem.IsMacOS() ? "/Library/OFX/Plugins" : "/usr/OFX/Plugins";
        return [.. own, standard];
    }

    /// <summary>Looks for bundles.</summary>
    /// <param name="folders">Where to look; null takes <see cref="DefaultFolders"/>. A bundle folder itself may be named too. Folders that do not
    /// exist are passed over.</param>
    public static PluginScanResult Scan(IEnumerable<string>? folders = null)
    {
        var scan = new Search();
        foreach (string folder in folders ?? DefaultFolders())
        {
            if (Directory.Exists(folder)) scan.Visit(Path.GetFullPath(folder), 0);
        }

        return scan.Result();
    }

    private static ImmutableArray<string> ArchitectureFoldersOf()
    {
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        if (OperatingSystem.IsWindows()) return arm ? ["Win-arm64", "Win64"] : ["Win64"];
        if (OperatingSystem.IsMacOS()) return ["MacOS", arm ? "MacOS-arm-64" : "MacOS-x86-64"];
        // "Linux-" and what uname -m says, as the standard's packaging page has it for processors other than Intel's.
        return [arm ? "Linux-aarch64" : "Linux-x86-64"];
    }

    private sealed class Search
    {
        private readonly List<PluginBundle> _bundles = [];
        private readonly List<PluginScanProblem> _problems = [];
        private readonly HashSet<string> _visited = new(StringComparer.Ordinal);
        private readonly HashSet<string> _names = new(StringComparer.Ordinal);
        private bool _full;

        public void Visit(string folder, int depth)
        {
            if (!_visited.Add(RealPath(folder)) || _full) return;
            if (_visited.Count > FoldersMax)
            {
                _full = true;
                _problems.Add(new(folder, $"more than {FoldersMax} folders; the rest was not searched"));
                return;
            }

            if (folder.EndsWith(BundleSuffix, StringComparison.OrdinalIgnoreCase))
            {
                AddBundle(folder);
                return;
            }

            if (depth > DepthMax)
            {
                _problems.Add(new(folder, $"folders nest deeper than {DepthMax}; not searched"));
                return;
            }

            foreach (string child in Children(folder)) Visit(child, depth + 1);
        }

        public PluginScanResult Result() => new([.. _bundles], [.. _problems]);

        private void AddBundle(string folder)
        {
            if (PluginBundle.TryOpen(folder) is not { } bundle) _problems.Add(new(folder, "no binary for this system"));
            else if (_names.Add(Path.GetFileName(folder))) _bundles.Add(bundle);
        }

        private string[] Children(string folder)
        {
            try
            {
                string[] children = Directory.GetDirectories(folder);
                Array.Sort(children, StringComparer.Ordinal);
                return children;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _problems.Add(new(folder, e.Message));
                return [];
            }
        }

        private static string RealPath(string folder)
        {
            try
            {
                return Directory.ResolveLinkTarget(folder, returnFinalTarget: true)?.FullName ?? folder;
            }
            catch (IOException)
            {
                return folder; // A circle of links: the path itself is unique, and listing it will fail.
            }
        }
    }
}
