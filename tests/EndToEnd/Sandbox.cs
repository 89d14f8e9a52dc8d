using System.Diagnostics;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.EndToEnd;

/// <summary>Gives this test run an engine of its own: a runtime folder that no user's engine listens in, set before the first plug-in is loaded.</summary>
[SetUpFixture]
public sealed partial class Sandbox
{
    private static DirectoryInfo? _folder;

    /// <summary>Where the run's engine listens and logs.</summary>
    public static string Folder => _folder?.FullName ?? throw new InvalidOperationException("The sandbox is set up before any test.");

    /// <summary>Where this run's model packages lie.</summary>
    public static string ModelsFolder => Path.Combine(Folder, "models");

    /// <summary>Asks this run's engine; never starts one.</summary>
    public static EngineClient Client() => new(new() { StartsEngine = false });

    /// <summary>Frames that the running engine has rendered.</summary>
    public static long FramesRendered()
    {
        using EngineClient client = Client();
        return client.QueryStatus()?.FramesRendered ?? 0;
    }

    /// <summary>Makes sure that an engine serves, so that a test does not count as one of the plug-in's own starts.</summary>
    public static EngineStatus EnsureEngine()
    {
        using EngineClient client = Client();
        if (client.QueryStatus() is { } running) return running;
        ProcessStartInfo start = new(Product.EnginePath, ["serve", "--idle-seconds", "120"]) { RedirectStandardError = true, RedirectStandardInput = true };
        Process engine = Process.Start(start)!;
        for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < TimeSpan.FromSeconds(30);)
        {
            if (client.QueryStatus() is { } status) return status;
            if (engine.HasExited && engine.ExitCode != 0) Assert.Fail($"The engine ended with {engine.ExitCode}: {engine.StandardError.ReadToEnd()}");
            Thread.Sleep(10);
        }

        throw new TimeoutException("The engine did not listen within 30 s.");
    }

    /// <summary>Ends the engine in good order; the next render or <see cref="EnsureEngine"/> starts a new one.</summary>
    public static void StopEngine()
    {
        using EngineClient client = Client();
        if (client.QueryStatus() is not { } status) return;
        client.StopEngine();
        WaitForEnd(status.ProcessId);
    }

    /// <summary>Ends the engine as a crash would.</summary>
    public static void KillEngine(int processId)
    {
        using Process engine = Process.GetProcessById(processId);
        engine.Kill();
        WaitForEnd(processId);
    }

    /// <summary>Environment for child processes: this run's folder, this product.</summary>
    public static void Prepare(ProcessStartInfo start)
    {
        start.Environment[BridgeEndpoint.FolderVariable] = Folder;
        start.Environment[Product.EngineVariable] = Product.EnginePath;
    }

    [OneTimeSetUp]
    public void CreateFolder()
    {
        _folder = Directory.CreateTempSubdirectory("rfx-e2e-");
        Set(BridgeEndpoint.FolderVariable, Folder);
        Set(Product.EngineVariable, Product.EnginePath);
        Set("RUNWAYFX_LOG_DIR", Path.Combine(Folder, "log"));
        Set("RUNWAYFX_MODELS", ModelsFolder);
        Set("RUNWAYFX_PROVIDER", "cpu");
        // The engine runs on the runtime of this test run: …/shared/Microsoft.NETCore.App/<version>/ lies three levels below its root.
        Set("DOTNET_ROOT", Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));
    }

    [OneTimeTearDown]
    public void RemoveFolder()
    {
        StopEngine();
        _folder?.Delete(recursive: true);
    }

    private static void WaitForEnd(int processId)
    {
        try
        {
            using Process engine = Process.GetProcessById(processId);
            engine.WaitForExit(TimeSpan.FromSeconds(30));
        }
        catch (ArgumentException)
        {
            // It has ended already.
            return;
        }
    }

    /// <summary>Sets a variable for this runtime and for native code: the plug-in is a runtime of its own and reads the C library's.</summary>
    private static void Set(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows() && SetEnvironment(name, value, 1) != 0) throw new InvalidOperationException($"setenv {name}");
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
