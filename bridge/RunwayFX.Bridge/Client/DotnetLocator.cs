using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>A .NET installation that the engine can run on.</summary>
/// <param name="Root">Its folder, the one that holds <c>host</c> and <c>shared</c>.</param>
/// <param name="Version">The newest runtime in it of the major version that is needed.</param>
public sealed record DotnetRuntime(string Root, Version Version);

/// <summary>Finds the .NET runtime for the engine. A host that was started from a desktop has none of the shell's variables, and the engine's own start
/// looks at fewer places than .NET is commonly installed in.</summary>
/// <remarks>Never looks along PATH or into the current folder, and takes no installation whose host library everybody may exchange.</remarks>
public static class DotnetLocator
{
    /// <summary>Names the installation.</summary>
    public const string RootVariable = "DOTNET_ROOT";

    private const string Framework = "Microsoft.NETCore.App";

    /// <summary>The major version that the engine needs: the one that this program was built for.</summary>
    public static int Major => Environment.Version.Major;

    /// <summary>All places in the order in which they are tried: the variables, what the installer wrote down, the usual folders.</summary>
    public static IReadOnlyList<string> Candidates() => Candidates(
        Environment.GetEnvironmentVariable, "/etc/dotnet", Environment.GetFolderPath(Environment.SpecialFolder.UserProfile));

    /// <summary>The first of them that holds the runtime; null where none does.</summary>
    public static DotnetRuntime? Find() => Find(Candidates());

    /// <summary>The runtime that a program of ours will run on.</summary>
    /// <param name="program">Absolute path of the engine program.</param>
    /// <returns>Null where the program carries its own, or is no .NET program at all.</returns>
    /// <exception cref="BridgeException">It needs one and there is none; the message names the places.</exception>
    public static DotnetRuntime? RuntimeFor(string program) => RuntimeFor(program, Candidates());

    /// <summary>As <see cref="RuntimeFor(string)"/>, at given places.</summary>
    internal static DotnetRuntime? RuntimeFor(string program, IReadOnlyList<string> places)
    {
        if (!NeedsRuntime(program)) return null;
        return Find(places) ?? throw new BridgeException(
            BridgeError.EngineStartFailed,
            $"the RunwayFX engine needs the .NET {Major} runtime, which is in none of {string.Join(", ", places)}; "
            + $"install it (https://dotnet.microsoft.com/download/dotnet/{Major}.0), or set {RootVariable} to its folder");
    }

    /// <summary>Whether a program is one of .NET's that brings no runtime along.</summary>
    internal static bool NeedsRuntime(string program)
    {
        if (Path.GetDirectoryName(program) is not { } folder) return false;
        string name = OperatingSystem.IsWindows() ? Path.GetFileNameWithoutExtension(program) : Path.GetFileName(program);
        return File.Exists(Path.Combine(folder, name + ".runtimeconfig.json")) && !File.Exists(Path.Combine(folder, HostLibrary));
    }

    /// <summary>The places for given surroundings.</summary>
    /// <param name="variable">Reads the environment.</param>
    /// <param name="etc">The folder where installers on Unix write down where they installed.</param>
    /// <param name="home">The user's folder; may be empty.</param>
    internal static IReadOnlyList<string> Candidates(Func<string, string?> variable, string etc, string home)
    {
        string architecture = RuntimeInformation.ProcessArchitecture.ToString();
        var places = new List<string?> { variable($"{RootVariable}_{architecture.ToUpperInvariant()}"), variable(RootVariable) };
        if (OperatingSystem.IsWindows())
        {
            places.Add(Under(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "dotnet"));
            places.Add(Under(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "Microsoft", "dotnet"));
        }
        else
        {
#pragma warning disable CA1308 // The installers' file names are in lower case.
            places.Add(WrittenDown(Path.Combine(etc, "install_location_" + architecture.ToLowerInvariant())));
#pragma warning restore CA1308
            places.Add(WrittenDown(Path.Combine(etc, "install_location")));
            places.AddRange("/usr/share/dotnet", "/usr/lib/dotnet", "/usr/lib64/dotnet", "/usr/local/share/dotnet", "/opt/dotnet", "/snap/dotnet/current");
        }

        places.Add(Under(home, ".dotnet"));
        return [.. places.OfType<string>().Where(Path.IsPathFullyQualified).Select(Path.TrimEndingDirectorySeparator).Distinct()];
    }

    /// <summary>The first of some folders that holds the runtime.</summary>
    internal static DotnetRuntime? Find(IEnumerable<string> places)
    {
        foreach (string place in places)
        {
            if (NewestIn(place) is { } version) return new DotnetRuntime(place, version);
        }

        return null;
    }

    private static string HostLibrary =>
        OperatingSystem.IsWindows() ? "hostfxr.dll" : OperatingSystem.IsMacOS() ? "libhostfxr.dylib" : "libhostfxr.so";

    /// <summary>The newest runtime of the major version in an installation that can start one; null where there is none.</summary>
    private static Version? NewestIn(string root)
    {
        Version? newest = null;
        foreach (Version version in VersionsIn(Path.Combine(root, "shared", Framework)))
        {
            if (version.Major == Major && (newest is null || version > newest)) newest = version;
        }

        bool canStart = VersionsIn(Path.Combine(root, "host", "fxr"))
            .Select(version => Path.Combine(root, "host", "fxr", version.ToString(), HostLibrary))
            .Any(static library => File.Exists(library) && EngineLocator.Danger(library) is null);
        return canStart ? newest : null;
    }

    /// <summary>The versions that folders are named after. Previews have other names and do not count.</summary>
    private static List<Version> VersionsIn(string folder)
    {
        var versions = new List<Version>();
        try
        {
            foreach (string path in Directory.EnumerateDirectories(folder))
            {
                if (Version.TryParse(Path.GetFileName(path), out Version? version)) versions.Add(version);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there, or not for us.
        }

        return versions;
    }

    private static string? WrittenDown(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadLines(file).FirstOrDefault()?.Trim() : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static string? Under(string folder, params ReadOnlySpan<string> parts) =>
        Path.IsPathFullyQualified(folder) ? Path.Combine([folder, .. parts]) : null;
}
