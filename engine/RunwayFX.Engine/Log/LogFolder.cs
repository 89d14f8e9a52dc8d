namespace RunwayFX.Engine.Log;

/// <summary>Finds a folder for the log on systems with and without a home.</summary>
internal static class LogFolder
{
    /// <summary>Folder under the user's state folder.</summary>
    private static readonly string Relative = Path.Combine("runwayfx", "log");

    /// <summary>The first of: <c>$RUNWAYFX_LOG_DIR</c>, <c>$XDG_STATE_HOME/runwayfx/log</c>, <c>~/.local/state/runwayfx/log</c> (on Windows the local
    /// application data), a <c>log</c> folder in the runtime folder, that exists or can be made and can be written to.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="runtimeFolder">Where the socket lies.</param>
    /// <returns>Null where none can be written to: the engine then runs without a file.</returns>
    public static string? Find(Func<string, string?> environment, string? runtimeFolder)
    {
        foreach (string? candidate in Candidates(environment, runtimeFolder))
        {
            if (candidate is not null && IsWritable(candidate)) return candidate;
        }

        return null;
    }

    private static IEnumerable<string?> Candidates(Func<string, string?> environment, string? runtimeFolder)
    {
        yield return Absolute(environment("RUNWAYFX_LOG_DIR"));
        if (OperatingSystem.IsWindows())
        {
            yield return Below(environment("LOCALAPPDATA"), Relative);
        }
        else
        {
            yield return Below(environment("XDG_STATE_HOME"), Relative);
            yield return Below(environment("HOME"), Path.Combine(".local", "state", Relative));
        }

        yield return Below(runtimeFolder, "log");
    }

    private static string? Absolute(string? folder) => !string.IsNullOrEmpty(folder) && Path.IsPathFullyQualified(folder) ? folder : null;

    private static string? Below(string? root, string relative) => Absolute(root) is { } folder ? Path.Combine(folder, relative) : null;

    private static bool IsWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            string probe = Path.Combine(folder, $".probe-{Environment.ProcessId}");
            using (File.Create(probe, 1, FileOptions.DeleteOnClose))
            {
                return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }
}
