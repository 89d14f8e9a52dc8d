using System.Diagnostics;
using RunwayFX.Bridge;

namespace RunwayFX.EndToEnd;

/// <summary>A host that was started from a desktop's icon: none of a shell's variables, no search path, not even a home folder.</summary>
public sealed class DesktopStartTests
{
    [Test]
    [CancelAfter(120_000)]
    public async Task HostWithoutAnyVariable_InstalledPluginFindsAndStartsItsEngine(CancellationToken cancellation)
    {
        Product.RequireCommandLine();
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rfx-desk-");
        try
        {
            string installed = await InstallAsync(folder.FullName, cancellation);
            string library = Path.Combine(installed, Path.GetRelativePath(Product.BundlePath, Product.LibraryPath));
            string runtime = Path.Combine(folder.FullName, "run");
            // The two variables keep this run's engine and its log apart from the user's own.
            SmallHost.Outcome outcome = await SmallHost.FinishAsync(
                SmallHost.Start(start =>
                {
                    start.Environment.Clear();
                    start.Environment[BridgeEndpoint.FolderVariable] = runtime;
                    start.Environment["RUNWAYFX_LOG_DIR"] = Path.Combine(folder.FullName, "log");
                }, "frames", "3", library),
                cancellation);
            Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
            using EngineClient client = new(new() { StartsEngine = false, Endpoint = BridgeEndpoint.At(Directory.GetFiles(runtime, "*.sock").Single()) });
            EngineStatus? status = client.QueryStatus();
            string engine = new FileInfo($"/proc/{status?.ProcessId}/exe").LinkTarget ?? "";
            Assert.That(status?.FramesRendered, Is.EqualTo(3));
            Assert.That(engine, Is.EqualTo(Path.Combine(installed, "Contents", "Engine", EngineLocator.ProgramName)));
            string[] variables = File.ReadAllText($"/proc/{status?.ProcessId}/environ").Split('\0');
            Assert.That(variables, Has.Some.EqualTo("DOTNET_ROOT=" + WithoutVariables()?.Root));
            Assert.That(client.StopEngine(), Is.True);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>What the host finds, which sees neither this run's variable nor its home folder.</summary>
    private static DotnetRuntime? WithoutVariables()
    {
        string? named = Environment.GetEnvironmentVariable(DotnetLocator.RootVariable);
        Environment.SetEnvironmentVariable(DotnetLocator.RootVariable, null);
        DotnetRuntime? found = DotnetLocator.Find();
        Environment.SetEnvironmentVariable(DotnetLocator.RootVariable, named);
        return found;
    }

    private static async Task<string> InstallAsync(string folder, CancellationToken cancellation)
    {
        ProcessStartInfo start = new(Product.CommandLinePath, ["install", "--to", folder]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Sandbox.Prepare(start);
        start.Environment[Product.BundleVariable] = Product.BundlePath;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellation);
        string output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero, await errors);
        return output.Trim();
    }
}
