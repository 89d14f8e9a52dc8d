using RunwayFX.Bridge.Raw;

namespace RunwayFX.Bridge;

/// <summary>Finds the engine program. Never looks into the current folder or along PATH.</summary>
public static class EngineLocator
{
    /// <summary>Names the engine program by absolute path; relative values are ignored.</summary>
    public const string EngineVariable = "RUNWAYFX_ENGINE";

    /// <summary>File name of the engine program.</summary>
    public static string ProgramName => OperatingSystem.IsWindows() ? "runwayfx-engine.exe" : "runwayfx-engine";

    /// <summary>All places in the order in which they are tried: <see cref="EngineVariable"/>, <c>Contents/Engine</c> in the bundle,
    /// <c>RunwayFX.engine</c>
    /// beside the bundle, on Windows the user's own folder for programs, and the system's folder.</summary>
    public static IReadOnlyList<string> Candidates(string? bundlePath)
    {
        var places = new List<string>(5);
        string? named = Environment.GetEnvironmentVariable(EngineVariable);
        if (!string.IsNullOrEmpty(named) && Path.IsPathFullyQualified(named)) places.Add(named);
        if (!string.IsNullOrEmpty(bundlePath) && Path.IsPathFullyQualified(bundlePath))
        {
            string bundle = Path.TrimEndingDirectorySeparator(bundlePath);
            places.Add(Path.Combine(bundle, "Contents", "Engine", ProgramName));
            if (Path.GetDirectoryName(bundle) is string folder) places.Add(Path.Combine(folder, "RunwayFX.engine", ProgramName));
        }

        if (OperatingSystem.IsWindows())
        {
            // What a user installed for himself goes before what is there for all.
            string own = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            if (Path.IsPathFullyQualified(own)) places.Add(Path.Combine(own, "Programs", "RunwayFX", ProgramName));
            places.Add(Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "RunwayFX", ProgramName));
        }
        else
        {
            places.Add("/usr/lib/runwayfx/" + ProgramName);
        }

        return places;
    }

    /// <summary>The first candidate that is a regular executable file which not everybody may replace; null where there is none.</summary>
    public static string? Find(string? bundlePath)
    {
        foreach (string place in Candidates(bundlePath))
        {
            if (IsProgram(place) && Danger(place) is null) return place;
        }

        return null;
    }

    /// <summary>Why a program must not be started: everybody may write to it, or to a folder above it whose entries everybody may then exchange. Null
    /// where nothing is wrong.</summary>
    internal static unsafe string? Danger(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        const int othersWrite = 0b010, sticky = 0x200;
        bool isFile = true;
        for (string? place = path; place is not null; place = Path.GetDirectoryName(place))
        {
            LibC.statx_t stat;
            if (LibC.statx(LibC.AT_FDCWD, place, 0, LibC.STATX_BASIC_STATS, &stat) != 0) return SystemCall.Failed($"looking at {place}").Message;
            bool isOpen = (stat.stx_mode & othersWrite) != 0 && (isFile || (stat.stx_mode & sticky) == 0);
            if (isOpen) return $"{path} is not started: everybody may write to {place}";
            isFile = false;
        }

        return null;
    }

    /// <summary>Whether a path names a regular file that this user may execute.</summary>
    internal static unsafe bool IsProgram(string path)
    {
        if (!Path.IsPathFullyQualified(path)) return false;
        if (!OperatingSystem.IsLinux()) return File.Exists(path);
        LibC.statx_t stat;
        return LibC.statx(LibC.AT_FDCWD, path, 0, LibC.STATX_BASIC_STATS, &stat) == 0
            && (stat.stx_mode & LibC.S_IFMT) == LibC.S_IFREG
            && LibC.access(path, LibC.X_OK) == 0;
    }
}
