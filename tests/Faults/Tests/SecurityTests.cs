using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Text.RegularExpressions;
using RunwayFX.Bridge;
using RunwayFX.Faults.Cases;
using RunwayFX.Faults.Processes;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Tests;

/// <summary>What the processes do not do: listen to the network, leave files behind, leave children to the host, read the time of day.</summary>
[SupportedOSPlatform("linux"), Platform("Linux"), CancelAfter(120_000)]
public sealed partial class SecurityTests
{
    private static readonly FaultCase Frame = FaultCase.Of(3, 1, FaultKind.None) with
    {
        Effect = TestEffects.Xor, AbortAfterMs = -1, Threads = 2, Rounds = 2, UsesSharedMemory = true,
    };

    private string _folder = "";
    private string _temporary = "";

    [SetUp]
    public void MakeFolders()
    {
        _folder = Path.Combine(Path.GetTempPath(), "rfxs-" + Path.GetRandomFileName()[..8]);
        _ = BridgeEndpoint.At(Path.Combine(_folder, "e.sock"));
        _temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
    }

    [TearDown]
    public void EndEverything()
    {
        foreach (int process in ProcessWatch.Naming(_folder)) Raw.Posix.kill(process, Raw.Posix.SIGKILL);
        ProcessWatch.Await(() => ProcessWatch.Naming(_folder).Count == 0, 10_000);
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public void StartedEngine_HasNoSocketOfANetworkAndLeavesNothingInTheTemporaryFolder()
    {
        using var host = new HostHandle();
        int engine = Start(host);
        HashSet<string> network = [.. new[] { "tcp", "tcp6", "udp", "udp6", "udplite", "udplite6", "raw", "raw6", "icmp", "icmp6", "packet" }
            .Select(static name => "/proc/net/" + name).Where(File.Exists).SelectMany(static path => File.ReadLines(path).Skip(1)).SelectMany(Words)];
        string[] sockets = [.. Targets(engine).Where(static target => target.StartsWith("socket:[", StringComparison.Ordinal))];
        Assert.That(sockets, Is.Not.Empty, "it listens for the host");
        Assert.That(sockets.Select(static target => target[8..^1]).Where(network.Contains), Is.Empty);
        Assert.That(Directory.GetFileSystemEntries(_temporary), Is.Empty);
        Assert.That(Targets(engine).Where(target => target.StartsWith(_temporary, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void StartedEngine_IsNoChildOfTheHostAndLeavesNoZombie()
    {
        using var host = new HostHandle();
        int engine = Start(host);
        Assert.That(ProcessWatch.Look(host.ProcessId).Children, Is.Zero);
        Assert.That(ProcessWatch.IsAlive(engine), Is.True);
        string[] stat = File.ReadAllText($"/proc/{engine}/stat").Split(") ")[^1].Split(' ');
        Assert.That(int.Parse(stat[1], CultureInfo.InvariantCulture), Is.Not.EqualTo(host.ProcessId), "parent");
        Assert.That(int.Parse(stat[3], CultureInfo.InvariantCulture), Is.Not.EqualTo(host.ProcessId), "session");
    }

    [Test]
    public void HostWithoutHomeOrRuntimeFolders_StartsItsEngine()
    {
        using var host = new HostHandle();
        foreach (string name in new[] { "HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "USER", "LOGNAME", "PATH" })
        {
            Assert.That(host.Ask($"variable name={name} value="), Is.EqualTo("ok"));
        }

        Assert.That(Start(host), Is.Positive);
    }

    [Test]
    public void Socket_IsTheUsersAloneInAFolderThatIsTheUsersAlone()
    {
        using var engine = new EngineHandle(Path.Combine(_folder, "e.sock"), 1);
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        foreach (string path in new[] { _folder, engine.Socket, engine.Socket + ".lock" })
        {
            Assert.That(File.GetUnixFileMode(path) & others, Is.EqualTo(UnixFileMode.None), path);
        }
    }

    [Test]
    public void OtherUser_IsTurnedAwayByBothEnds()
    {
        using var engine = new EngineHandle(Path.Combine(_folder, "e.sock"), 1);
        ProcessStartInfo start = new("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "true"]) { RedirectStandardError = true };
        try
        {
            using Process trial = Process.Start(start)!;
            trial.WaitForExit();
            if (trial.ExitCode != 0) Assert.Ignore("only the superuser can be somebody else");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("setpriv is not installed");
        }

        // Even where the folder has been opened by mistake, the credentials of the connection decide.
        UnixFileMode everybody = (UnixFileMode)0b111_111_111;
        File.SetUnixFileMode(_folder, everybody);
        File.SetUnixFileMode(engine.Socket, everybody);
        const string script = "use IO::Socket::UNIX; my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or exit 9; exit(sysread($s, my $byte, 1) ? 8 : 7)";
        try
        {
            using Process other = Process.Start(
                new ProcessStartInfo("setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "perl", "-e", script, engine.Socket]))!;
            other.WaitForExit();
            if (other.ExitCode is 126 or 127) Assert.Ignore("perl is not installed for everybody");
            Assert.That(other.ExitCode, Is.EqualTo(7), "the connection is closed without a word");
        }
        finally
        {
            File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Waits are on the monotonic clock alone, so that setting the time of day changes none of them.</summary>
    [Test]
    public void SourcesOfTheBridgeAndThePlugin_NeverAskForTheTimeOfDay()
    {
        DirectoryInfo? root = new(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "RunwayFX.sln"))) root = root.Parent;
        if (root is null) Assert.Ignore("the sources are not here");
        string[] files =
        [
            .. new[] { "bridge/RunwayFX.Bridge", "plugins/RunwayFX.OpenFX" }
                .SelectMany(room => Directory.EnumerateFiles(Path.Combine(root!.FullName, room), "*.cs", SearchOption.AllDirectories))
                .Where(static path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)),
        ];
        Assert.That(files, Has.Length.GreaterThan(40));
        string[] asking = [.. files.Where(static path => TimeOfDay().IsMatch(File.ReadAllText(path))).Select(Path.GetFileName).Select(static name => name!)];
        Assert.That(asking, Is.EqualTo(new[] { "ShimLog.cs" }), "a line of a log bears the time; nothing else may");
        string[] unclocked =
        [
            .. files.Where(static path => path.Contains("RunwayFX.Bridge", StringComparison.Ordinal) && File.ReadAllText(path).Contains("TickCount64", StringComparison.Ordinal))
                .Select(Path.GetFileName).Select(static name => name!),
        ];
        Assert.That(unclocked, Is.EqualTo(new[] { "MonotonicClock.cs" }), "the bridge has one clock");
    }

    [GeneratedRegex(@"DateTime(Offset)?\.(Utc)?Now|DateTime\.Today|TimeProvider\.System|clock_gettime|gettimeofday")]
    private static partial Regex TimeOfDay();

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Targets(int process) =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Select(static path => new FileInfo(path).LinkTarget ?? "")];

    /// <summary>Has a host start an engine by rendering, and gives the engine's process.</summary>
    private int Start(HostHandle host)
    {
        host.Ask($"variable name=DOTNET_ROOT value={Programs.Runtime}");
        host.Ask($"variable name=TMPDIR value={_temporary}");
        host.NewClient(Path.Combine(_folder, "e.sock"), Frame, startsEngine: true);
        List<RenderReport> reports = host.Render(Frame, 60_000);
        Assert.That(reports.Select(static report => report.Code), Is.All.Zero, reports[0].Text);
        Assert.That(reports.Select(static report => report.Wrong), Is.All.Zero);
        return reports[0].Engine;
    }
}
