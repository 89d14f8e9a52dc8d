using System.Globalization;
using RunwayFX.Bridge;

namespace RunwayFX.Engine.Results;

/// <summary>Where results are kept on disk, and how much of it they may take.</summary>
/// <param name="Folder">The folder, verified to be ours and closed to others; null where none is to be had, and nothing is kept.</param>
/// <param name="BytesMax">What all results may take together.</param>
/// <param name="Complaint">Why there is none although one was looked for; null where there is one or it was switched off.</param>
internal sealed record ResultFolder(string? Folder, long BytesMax, string? Complaint)
{
    /// <summary>Names the folder (absolute path), or switches keeping off with <c>off</c>.</summary>
    public const string FolderVariable = "RUNWAYFX_CACHE_DIR";

    /// <summary>What results may take, in MB; 0 keeps none.</summary>
    public const string MegabytesVariable = "RUNWAYFX_CACHE_MB";

    /// <summary>What results may take unless told otherwise: some 500 frames of HD.</summary>
    public const long BytesDefault = 16L << 30;

    /// <summary>Most megabytes that can be asked for.</summary>
    public const int MegabytesMax = 1 << 26;

    private const string Off = "off", Leaf = "results";

    /// <summary>Looks in <see cref="FolderVariable"/>, <c>$XDG_CACHE_HOME/runwayfx</c>, <c>~/.cache/runwayfx</c> (on Windows the local application data); the
    /// first that is named counts. Without any, nothing is kept: other folders may lie in memory.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    public static ResultFolder Find(Func<string, string?> environment)
    {
        string? named = environment(FolderVariable);
        if (string.Equals(named, Off, StringComparison.OrdinalIgnoreCase)) return new ResultFolder(null, 0, null);
        (long bytes, string? wrong) = Limit(environment(MegabytesVariable));
        if (wrong is not null) return new ResultFolder(null, 0, wrong);
        if (bytes == 0) return new ResultFolder(null, 0, null);
        if (!string.IsNullOrEmpty(named) && !Path.IsPathFullyQualified(named)) return new ResultFolder(null, 0, $"{FolderVariable} '{named}' is not absolute");
        string? root = !string.IsNullOrEmpty(named) ? named
            : OperatingSystem.IsWindows() ? Below(environment("LOCALAPPDATA"), Path.Combine("runwayfx", "cache"))
            : Below(environment("XDG_CACHE_HOME"), "runwayfx") ?? Below(environment("HOME"), Path.Combine(".cache", "runwayfx"));
        if (root is null) return new ResultFolder(null, 0, $"there is no folder for results; set {FolderVariable}");
        string folder = Path.Combine(root, Leaf);
        string? complaint = TryMake(root, folder);
        return complaint is null ? new ResultFolder(folder, bytes, null) : new ResultFolder(null, 0, complaint);
    }

    private static string? TryMake(string root, string folder)
    {
        try
        {
            Directory.CreateDirectory(root);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return e.Message;
        }

        return BridgeEndpoint.TryMakePrivate(folder);
    }

    private static (long Bytes, string? Wrong) Limit(string? text)
    {
        if (string.IsNullOrEmpty(text)) return (BytesDefault, null);
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int megabytes) && megabytes <= MegabytesMax;
        return isNumber ? ((long)megabytes << 20, null) : (0, $"{MegabytesVariable} '{text}' is not a whole number in 0..{MegabytesMax}");
    }

    private static string? Below(string? root, string relative) =>
        !string.IsNullOrEmpty(root) && Path.IsPathFullyQualified(root) ? Path.Combine(root, relative) : null;
}
