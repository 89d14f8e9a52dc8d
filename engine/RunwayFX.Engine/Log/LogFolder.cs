using RunwayFX.Bridge;

namespace RunwayFX.Engine.Log;

/// <summary>Finds a folder for the log on systems with and without a home.</summary>
internal static class LogFolder
{
    /// <summary>The first of <see cref="EngineLogFiles.Folders"/> that exists or can be made and can be written to.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="runtimeFolder">Where the socket lies.</param>
    /// <returns>Null where none can be written to: the engine then runs without a file.</returns>
    public static string? Find(Func<string, string?> environment, string? runtimeFolder) =>
        EngineLogFiles.Folders(environment, runtimeFolder).FirstOrDefault(IsWritable);

    private static bool IsWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // A name that nobody can have put a link at, and no file that is there already.
            string probe = Path.Combine(folder, ".probe-" + Path.GetRandomFileName());
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
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
