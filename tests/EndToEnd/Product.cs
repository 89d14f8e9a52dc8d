using System.Runtime.InteropServices;

namespace RunwayFX.EndToEnd;

/// <summary>The published plug-in and engine that these tests are about.</summary>
internal static class Product
{
    /// <summary>Names the bundle; without it, <c>artifacts/RunwayFX.ofx.bundle</c> of the repository is taken.</summary>
    public const string BundleVariable = "RUNWAYFX_OFX_BUNDLE";

    /// <summary>Names the engine program; without it, <c>artifacts/engine/runwayfx-engine</c> of the repository is taken.</summary>
    public const string EngineVariable = "RUNWAYFX_ENGINE";

    /// <summary>With 1, missing binaries fail the tests instead of skipping them.</summary>
    public const string RequireVariable = "RUNWAYFX_REQUIRE_BUNDLE";

    /// <summary>The bundle's folder.</summary>
    public static string BundlePath { get; } = Environment.GetEnvironmentVariable(BundleVariable) ?? InArtifacts("RunwayFX.ofx.bundle");

    /// <summary>The engine program.</summary>
    public static string EnginePath { get; } = Environment.GetEnvironmentVariable(EngineVariable) ?? InArtifacts(Path.Combine("engine", "runwayfx-engine"));

    /// <summary>The command line program, published beside bundle and engine.</summary>
    public static string CommandLinePath { get; } = InArtifacts(Path.Combine("cli", "rfx"));

    /// <summary>The library inside the bundle.</summary>
    public static string LibraryPath => Path.Combine(
        BundlePath, "Contents", RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "Linux-aarch64" : "Linux-x86-64", "RunwayFX.ofx");

    /// <summary>Skips the running test, or fails it where binaries are required, with what is missing and how to make it.</summary>
    public static void Require() => Require(LibraryPath, EnginePath);

    /// <summary>As <see cref="Require()"/>, with the command line and ffmpeg.</summary>
    public static void RequireCommandLine()
    {
        Require(LibraryPath, EnginePath, CommandLinePath);
        if (FFmpeg is null) Assert.Ignore("needs ffmpeg on the PATH");
    }

    /// <summary>ffmpeg on the PATH; null where there is none.</summary>
    public static string? FFmpeg { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, "ffmpeg")).FirstOrDefault(File.Exists);

    private static void Require(params string[] paths)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("The published binaries are tested on Linux.");
        foreach (string path in paths)
        {
            if (File.Exists(path)) continue;
            string reason = $"{path} is missing; './rfx build' makes it, {BundleVariable} and {EngineVariable} name other places.";
            if (Environment.GetEnvironmentVariable(RequireVariable) is "1") Assert.Fail(reason);
            Assert.Ignore(reason);
        }
    }

    private static string InArtifacts(string relative)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        return Path.GetFullPath(Path.Combine(folder?.FullName ?? AppContext.BaseDirectory, "artifacts", relative));
    }
}
