using RunwayFX.Bridge;

namespace RunwayFX.OpenFX;

/// <summary>Lines for those who look for a fault. A plug-in has no console of its own, so they go to the file that an environment variable names, and
/// nowhere without it. Links, pipes and devices are not written to.</summary>
internal static class ShimLog
{
    /// <summary>Names the file; absolute path.</summary>
    public const string FileVariable = "RUNWAYFX_PLUGIN_LOG";

    /// <summary>Largest log, in bytes; nothing is added beyond it.</summary>
    public const long FileBytesMax = 16 << 20;

    private static readonly Lock Gate = new();
    private static readonly string? FilePath = FindPath();

    /// <summary>Writes a line; never throws.</summary>
    public static void Write(string line)
    {
        if (FilePath is null) return;
        try
        {
            string stamp = DateTime.UtcNow.ToString("o", System.Globalization.CultureInfo.InvariantCulture);
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes($"{stamp} {Environment.ProcessId} {line}\n");
            lock (Gate) _ = LogFile.TryAppend(FilePath, bytes, FileBytesMax);
        }
        catch (OutOfMemoryException)
        {
            // The log is for finding faults, it must not make one.
        }
    }

    private static string? FindPath()
    {
        string? path = Environment.GetEnvironmentVariable(FileVariable);
        return string.IsNullOrEmpty(path) || !Path.IsPathFullyQualified(path) ? null : path;
    }
}
