using System.Diagnostics;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.Engine.Tests;

/// <summary>The engine as a process: one serves, it ends when idle or told, and needs neither a home nor a terminal.</summary>
[CancelAfter(60_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EngineProcessTests
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    [TearDown]
    public void EndAll()
    {
        foreach (Process process in _processes)
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        _folder.Dispose();
    }

    private Process Start(params string[] arguments)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "runwayfx-engine" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = "/",
        };
        // …/shared/Microsoft.NETCore.App/<version>/ lies three levels below the root.
        string root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment.Clear();
        start.Environment["DOTNET_ROOT"] = root;
        start.Environment[BridgeEndpoint.FolderVariable] = _folder.FullPath;
        Process process = Process.Start(start)!;
        _processes.Add(process);
        return process;
    }

    private BridgeEndpoint Endpoint => BridgeEndpoint.At(_folder.Combine("e.sock"));

    private EngineClient Client() => new(new() { Endpoint = Endpoint, StartsEngine = false });

    private static async Task<EngineStatus> Status(EngineClient client, CancellationToken cancellation)
    {
        EngineStatus? status;
        while ((status = client.QueryStatus()) is null) await Task.Delay(10, cancellation);
        return status;
    }

    [Test]
    public async Task Version_IsPrinted(CancellationToken cancellation)
    {
        Process process = Start("--version");
        Assert.That(await process.StandardOutput.ReadToEndAsync(cancellation), Does.Match(@"^runwayfx-engine \d+\.\d+\.\d+ \(protocol \d+, build .+\)\n$"));
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero);
    }

    [Test]
    public async Task Option_Unknown_EndsWithUsage(CancellationToken cancellation)
    {
        Process process = Start("--frobnicate");
        Assert.That(await process.StandardError.ReadToEndAsync(cancellation), Does.Contain("unknown option '--frobnicate'").And.Contain("Usage:"));
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.EqualTo(EngineProcess.ExitUsage));
    }

    [Test]
    public async Task Start_WithoutHomeOrXdgFolders_ServesAndLogsBesideItsSocket(CancellationToken cancellation)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Start("serve", "--socket", Endpoint.Address);
        using EngineClient client = Client();
        EngineStatus status = await Status(client, cancellation);
        TestContext.Out.WriteLine($"answered after {watch.ElapsedMilliseconds} ms");
        Assert.That(status.LogPath, Does.StartWith(_folder.Combine("log")));
        Assert.That(status.ProcessId, Is.EqualTo(_processes[0].Id));
        // The log opens beside the first answers.
        while (!File.Exists(status.LogPath) || !(await File.ReadAllTextAsync(status.LogPath, cancellation)).Contains("listens at", StringComparison.Ordinal))
        {
            await Task.Delay(10, cancellation);
        }
    }

    [Test]
    public async Task SecondStart_EndsQuietly_AndTheFirstServesOn(CancellationToken cancellation)
    {
        Process first = Start("--socket", Endpoint.Address);
        using EngineClient client = Client();
        await Status(client, cancellation);
        Process second = Start("--socket", Endpoint.Address);
        string said = await second.StandardError.ReadToEndAsync(cancellation) + await second.StandardOutput.ReadToEndAsync(cancellation);
        await second.WaitForExitAsync(cancellation);
        Assert.That((second.ExitCode, said), Is.EqualTo((0, "")));
        Assert.That((await Status(client, cancellation)).ProcessId, Is.EqualTo(first.Id));
    }

    [Test]
    public async Task ManyStartsAtOnce_OneServes(CancellationToken cancellation)
    {
        for (int index = 0; index < 4; index++) Start("--socket", Endpoint.Address);
        using EngineClient client = Client();
        int serving = (await Status(client, cancellation)).ProcessId;
        foreach (Process process in _processes.Where(process => process.Id != serving))
        {
            await process.WaitForExitAsync(cancellation);
            Assert.That(process.ExitCode, Is.Zero);
        }

        Assert.That((await Status(client, cancellation)).ProcessId, Is.EqualTo(serving));
    }

    [Test]
    public async Task AfterACrash_TheNextStartServes(CancellationToken cancellation)
    {
        Process first = Start("--socket", Endpoint.Address);
        using EngineClient client = Client();
        await Status(client, cancellation);
        first.Kill();
        await first.WaitForExitAsync(cancellation);
        Process second = Start("--socket", Endpoint.Address);
        using EngineClient next = Client();
        Assert.That((await Status(next, cancellation)).ProcessId, Is.EqualTo(second.Id));
    }

    [Test]
    public async Task Idle_ForAsLongAsAsked_Ends(CancellationToken cancellation)
    {
        Process process = Start("--socket", Endpoint.Address, "--idle-seconds", "1");
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(File.Exists(Endpoint.Address), Is.False);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "Signals are a Unix matter.")]
    public async Task Terminate_EndsCleanly([Values("TERM", "INT")] string signal, CancellationToken cancellation)
    {
        if (signal == "INT" && IsInterruptIgnored()) Assert.Ignore("SIGINT is ignored in this process, as shells have it for jobs in the background, and a program inherits that.");
        Process process = Start("--socket", Endpoint.Address);
        using (EngineClient client = Client()) await Status(client, cancellation);
        using (Process kill = Process.Start("kill", [$"-{signal}", $"{process.Id}"])) await kill.WaitForExitAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(File.Exists(Endpoint.Address), Is.False);
        string log = Directory.GetFiles(_folder.Combine("log")).Single();
        Assert.That(await File.ReadAllTextAsync(log, cancellation), Does.Contain("stopped"));
    }

    private static bool IsInterruptIgnored()
    {
        const int SignalInterrupt = 2;
        string? line = OperatingSystem.IsLinux() ? File.ReadLines("/proc/self/status").FirstOrDefault(each => each.StartsWith("SigIgn:", StringComparison.Ordinal)) : null;
        return line is not null && (Convert.ToUInt64(line["SigIgn:".Length..].Trim(), 16) & (1UL << (SignalInterrupt - 1))) != 0;
    }

    [Test]
    public async Task Console_OnDemand_ShowsTheLog(CancellationToken cancellation)
    {
        Process process = Start("--socket", Endpoint.Address, "--idle-seconds", "1", "--console");
        Assert.That(await process.StandardError.ReadToEndAsync(cancellation), Does.Contain("listens at").And.Contain(Endpoint.Address));
    }

    [Test]
    public async Task Socket_WhereNoneCanBe_EndsWithAReason(CancellationToken cancellation)
    {
        Process process = Start("--socket", "relative.sock");
        Assert.That(await process.StandardError.ReadToEndAsync(cancellation), Does.StartWith("runwayfx-engine: ").And.Contain("relative.sock"));
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.EqualTo(EngineProcess.ExitFailed));
    }
}
