using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.Conformance;

/// <summary>Gives this test run an engine of its own: a runtime folder that no user's engine listens in, set before the first plug-in is
/// loaded.</summary>
[SetUpFixture]
public sealed partial class Sandbox
{
    private static DirectoryInfo? _folder;

    /// <summary>Where the run's engine listens.</summary>
    public static string Folder => _folder?.FullName ?? throw new InvalidOperationException("The sandbox is set up before any test.");

    /// <summary>Sets a variable for this runtime and for native code: the plug-in is a runtime of its own and reads the C library's.</summary>
    public static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows() && SetEnvironment(name, value, 1) != 0) throw new InvalidOperationException($"setenv {name}");
    }

    [OneTimeSetUp]
    public void CreateFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-conf-");
        Set(BridgeEndpoint.FolderVariable, Folder);
        Set(Product.EngineVariable, Product.EnginePath);
        Set("RUNWAYFX_LOG_DIR", Path.Combine(Folder, "log"));
        if (Environment.GetEnvironmentVariable("DOTNET_ROOT") is null && Path.GetDirectoryName(Environment.ProcessPath) is { } root
            && File.Exists(Path.Combine(root, "dotnet")))
        {
            Set("DOTNET_ROOT", root);
        }
    }

    [OneTimeTearDown]
    public void RemoveFolder()
    {
        using (EngineClient client = new(new() { StartsEngine = false }))
        {
            if (Product.HasEngine && client.QueryStatus() is not null) client.StopEngine();
        }

        _folder?.Delete(recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
