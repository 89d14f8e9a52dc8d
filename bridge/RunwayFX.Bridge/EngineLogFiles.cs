using System.Globalization;

namespace RunwayFX.Bridge;

/// <summary>Where the engine logs, so that those who read the log find it without an engine. The file in use keeps its name; full ones are set aside beside
/// it as <c>engine-0.1.0_00.log</c>, <c>_01</c> and so on, of which the engine keeps the last few.</summary>
public static class EngineLogFiles
{
    /// <summary>Overrides the folder; absolute path.</summary>
    public const string FolderVariable = "RUNWAYFX_LOG_DIR";

    private const string Prefix = "engine-", Ending = ".log";

    private static readonly string Relative = Path.Combine("runwayfx", "log");

    /// <summary>Name of the file in use.</summary>
    /// <param name="version">The engine's version as people write it.</param>
    public static string FileName(string version) => Prefix + version + Ending;

    /// <summary>Folders in the order in which the engine tries them: <see cref="FolderVariable"/>, <c>$XDG_STATE_HOME/runwayfx/log</c>,
    /// <c>~/.local/state/runwayfx/log</c> (on Windows the local application data), a <c>log</c> folder in the runtime folder.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="runtimeFolder">Where the socket lies; null where there is none.</param>
    public static IEnumerable<string> Folders(Func<string, string?> environment, string? runtimeFolder)
    {
        string?[] places =
        [
            Absolute(environment(FolderVariable)),
            OperatingSystem.IsWindows() ? Below(environment("LOCALAPPDATA"), Relative) : Below(environment("XDG_STATE_HOME"), Relative),
            OperatingSystem.IsWindows() ? null : Below(environment("HOME"), Path.Combine(".local", "state", Relative)),
            Below(runtimeFolder, "log"),
        ];
        return places.OfType<string>();
    }

    /// <summary>The log in the folders that was written to last, the file in use; null where there is none.</summary>
    public static string? FindLatest(IEnumerable<string> folders)
    {
        FileInfo? latest = null;
        foreach (string folder in folders)
        {
            foreach (FileInfo file in Files(folder, Prefix + "*" + Ending))
            {
                if (Number(file.Name) is null && (latest is null || file.LastWriteTimeUtc > latest.LastWriteTimeUtc)) latest = file;
            }
        }

        return latest?.FullName;
    }

    /// <summary>All files of a log, the oldest first and the one in use last.</summary>
    /// <param name="path">The file in use; it need not be there.</param>
    public static IReadOnlyList<string> Sequence(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? "", stem = Path.GetFileNameWithoutExtension(path);
        IEnumerable<string> setAside = Files(folder, stem + "_*" + Path.GetExtension(path))
            .Where(file => Number(file.Name) is not null)
            .OrderBy(file => Number(file.Name))
            .Select(file => file.FullName);
        return [.. setAside, path];
    }

    /// <summary>The number of a file set aside; null for the file in use.</summary>
    private static int? Number(string name)
    {
        ReadOnlySpan<char> stem = Path.GetFileNameWithoutExtension(name.AsSpan());
        int at = stem.LastIndexOf('_');
        return at >= 0 && int.TryParse(stem[(at + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;
    }

    private static FileInfo[] Files(string folder, string pattern)
    {
        try
        {
            return new DirectoryInfo(folder).GetFiles(pattern);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return [];
        }
    }

    private static string? Absolute(string? folder) => !string.IsNullOrEmpty(folder) && Path.IsPathFullyQualified(folder) ? folder : null;

    private static string? Below(string? root, string relative) => Absolute(root) is { } folder ? Path.Combine(folder, relative) : null;
}
