namespace RunwayFX.Windows.Tests;

/// <summary>The product built for Windows on this system, its counterpart for Linux, and where both lie.</summary>
internal static class WindowsProduct
{
    /// <summary>With 1, missing binaries fail the tests instead of skipping them; the launcher sets it where it has built them.</summary>
    public const string RequireVariable = "RUNWAYFX_REQUIRE_WINDOWS";

    /// <summary>The source tree.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>The bundle for Windows.</summary>
    public static string Bundle => InArtifacts("win-x64", "RunwayFX.ofx.bundle");

    /// <summary>The library in it.</summary>
    public static string Library => Path.Combine(Bundle, "Contents", "Win64", "RunwayFX.ofx");

    /// <summary>An effect's binary for Premiere on Windows.</summary>
    public static string Aex(string effect) => InArtifacts("win-x64", "RunwayFX", effect + ".aex");

    /// <summary>The library that those share.</summary>
    public static string PremiereLibrary => InArtifacts("win-x64", "RunwayFX", "RunwayFX.Premiere.dll");

    /// <summary>An effect's binary for the emulated Premiere on this system.</summary>
    public static string NativeAex(string effect) => InArtifacts("premiere", effect + ".aex");

    /// <summary>The engine for Windows, with its runtime.</summary>
    public static string Engine => InArtifacts("win-x64", "engine", "runwayfx-engine.exe");

    /// <summary>The test host for Windows, with its runtime.</summary>
    public static string HostProgram => InArtifacts("win-x64", "hostprogram", "hostprogram.exe");

    /// <summary>The bundle for this system.</summary>
    public static string NativeBundle => Environment.GetEnvironmentVariable("RUNWAYFX_OFX_BUNDLE") ?? InArtifacts("RunwayFX.ofx.bundle");

    /// <summary>The engine for this system.</summary>
    public static string NativeEngine => Environment.GetEnvironmentVariable("RUNWAYFX_ENGINE") ?? InArtifacts("engine", "runwayfx-engine");

    /// <summary>Skips the running test, or fails it where binaries are required, with what is missing and how to make it.</summary>
    public static void Require(params string[] paths)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("The Windows build is tested on Linux.");
        foreach (string path in paths)
        {
            if (File.Exists(path)) continue;
            string reason = $"{path} is missing; './rfx package --rid win-x64' makes it where lld, clang and mingw-w64 are installed.";
            if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail(reason);
            Assert.Ignore(reason);
        }
    }

    private static string InArtifacts(params string[] parts) => Path.Combine([Repository, "artifacts", .. parts]);

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
