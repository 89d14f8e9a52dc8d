using System.Runtime.InteropServices;
using OpenFX.Hosting;

namespace RunwayFX.Conformance;

/// <summary>The published bundle under test, and the engine that renders for it where there is one.</summary>
internal static class Product
{
    /// <summary>Names the bundle; without it, <c>artifacts/RunwayFX.ofx.bundle</c> of the repository is taken.</summary>
    public const string BundleVariable = "RUNWAYFX_OFX_BUNDLE";

    /// <summary>Names the engine program; without it, <c>artifacts/engine/runwayfx-engine</c> of the repository is taken.</summary>
    public const string EngineVariable = "RUNWAYFX_ENGINE";

    /// <summary>With 1, missing binaries fail the tests instead of skipping them.</summary>
    public const string RequireVariable = "RUNWAYFX_REQUIRE_BUNDLE";

    public static string BundlePath { get; } = Environment.GetEnvironmentVariable(BundleVariable) ?? InArtifacts("RunwayFX.ofx.bundle");

    public static string EnginePath { get; } = Environment
        .GetEnvironmentVariable(EngineVariable) ?? InArtifacts(Path.Combine("engine", "runwayfx-engine"));

    public static string LibraryPath => Path.Combine(BundlePath, "Contents", PluginScanner.ArchitectureFolders[0], "RunwayFX.ofx");

    public static bool HasEngine => File.Exists(EnginePath);

    /// <summary>Skips the running test, or fails it where binaries are required.</summary>
    public static void Require() => Require(LibraryPath);

    /// <summary>The same for tests that need rendered pictures.</summary>
    public static void RequireEngine()
    {
        Require();
        Require(EnginePath);
    }

    private static void Require(string path)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux)) Assert.Ignore("The published binaries are tested on Linux.");
        if (File.Exists(path)) return;
        string reason = $"{path} is missing; './rfx build' makes it, {BundleVariable} and {EngineVariable} name other places.";
        if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail(reason);
        Assert.Ignore(reason);
    }

    private static string InArtifacts(string relative)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        return Path.GetFullPath(Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "artifacts", relative));
    }
}
