using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.Bridge.Raw;
using RunwayFX.Faults.Processes;
using RunwayFX.Faults.Raw;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Cases;

internal sealed partial class CaseWorker
{
    private int _starts;

    /// <summary>Cases in which the client starts the engine itself, in a folder of their own.</summary>
    private void RunStart(FaultCase fault)
    {
        string folder = Path.Combine(_folder, "s" + (_starts++).ToString(CultureInfo.InvariantCulture));
        string socket = BridgeEndpoint.At(_plugin is null ? Path.Combine(folder, "e.sock") : PluginSocket(folder)).Address;
        List<HostHandle> hosts = [];
        try
        {
            // Of its own, so that nothing a start leaves behind meets another case.
            int count = fault.Kind == FaultKind.StartRace ? 2 + fault.Variant % 2 : 1;
            if (_plugin is null) hosts.Add(_host!);
            while (hosts.Count < count) hosts.Add(NewHost(folder, Programs.Engine));
            foreach (HostHandle host in hosts)
            {
                if (_plugin is not null)
                {
                    host.LoadPlugin(_plugin);
                    continue;
                }

                host.Ask($"variable name={TestLimits.DivisorVariable} value={fault.Divisor.ToString(CultureInfo.InvariantCulture)}");
                host.Ask($"variable name=DOTNET_ROOT value={Programs.Runtime}");
                host.NewClient(socket, fault, startsEngine: true, deaths: fault.Kind == FaultKind.DeadlyFrame && fault.Variant % 2 == 1 ? 100 : null);
            }

            switch (fault.Kind)
            {
                case FaultKind.StartRace:
                    Race(fault, hosts, socket);
                    break;
                case FaultKind.StaleSocket:
                    StartOverLeftovers(fault, socket, hosts[0]);
                    break;
                default:
                    RenderDeadlyFrame(fault, hosts[0]);
                    break;
            }

            foreach (HostHandle host in hosts) host.Ask("release");
            foreach (HostHandle host in hosts)
            {
                if (!ProcessWatch.Await(() => ProcessWatch.Look(host.ProcessId) is { Slots: 0, Sockets: 0, Children: 0 }, SettleMs))
                {
                    Add(Violation.Leak, $"a host still holds {ProcessWatch.Look(host.ProcessId)}");
                }
            }
        }
        finally
        {
            foreach (HostHandle host in hosts.Where(host => host != _host)) host.Dispose();
            foreach (int engine in ProcessWatch.Naming(folder)) _ = Posix.kill(engine, Posix.SIGKILL);
            ProcessWatch.Await(() => ProcessWatch.Naming(folder).Count == 0, SettleMs);
            Directory.Delete(folder, recursive: true);
        }
    }

    private int StartBoundMs => _limits.EngineStartMs + 2 * _limits.ConnectMs + _limits.SilenceMs + 2_000 + SlackMs;

    private void Race(FaultCase fault, List<HostHandle> hosts, string socket)
    {
        FaultCase frame = fault with { Effect = TestEffects.Xor, Number = fault.Variant % 256, AbortAfterMs = -1, Threads = 3 };
        var reports = new List<RenderReport>[hosts.Count];
        Parallel.For(0, hosts.Count, index => reports[index] = hosts[index].Render(frame, StartBoundMs + 3 * SlackMs));
        JudgeStarts([.. reports.SelectMany(static list => list)]);
        List<RenderReport> again = [];
        bool isWell = ProcessWatch.Await(
            () =>
            {
                again.Clear();
                frame = frame with { Number = (frame.Number + 1) % 256 };
                foreach (HostHandle host in hosts) again.AddRange(host.Render(frame, StartBoundMs + 3 * SlackMs));
                return again.TrueForAll(static report => report.Code == 0);
            },
            RecoveryMs);
        JudgeStarts(again);
        if (!isWell) Add(Violation.NoRecovery, $"no frame after the race: {again.First(static report => report.Code != 0).Text}");
        else if (again.Select(static report => report.Engine).Distinct().Count() != 1) Add(Violation.NoRecovery, "two engines serve at once");
        // Those that lost the race end by themselves.
        if (!ProcessWatch.Await(() => ProcessWatch.Naming(socket).Count == 1, SettleMs))
        {
            Add(Violation.Leak, $"{ProcessWatch.Naming(socket).Count} engines are left where one serves");
        }
    }

    private void StartOverLeftovers(FaultCase fault, string socket, HostHandle host)
    {
        bool isHopeless = false;
        switch (fault.Variant % 5)
        {
            case 0: // The socket of an engine that was killed.
                LeaveSocket(socket);
                break;
            case 1: // And its lock file, with something in it.
                LeaveSocket(socket);
                File.WriteAllText(socket + ".lock", "12345");
                break;
            case 2: // A file that is no socket: nothing may be deleted that nobody knows.
                File.WriteAllText(socket, "mine");
                isHopeless = true;
                break;
            case 3: // A link to a file of the user.
                File.WriteAllText(socket + ".precious", "mine");
                File.CreateSymbolicLink(socket, socket + ".precious");
                isHopeless = true;
                break;
            default: // A link in place of the lock.
                File.WriteAllText(socket + ".precious", "mine");
                File.CreateSymbolicLink(socket + ".lock", socket + ".precious");
                isHopeless = true;
                break;
        }

        FaultCase frame = fault with { Effect = TestEffects.Xor, AbortAfterMs = -1 };
        List<RenderReport> reports = [];
        bool isWell = ProcessWatch.Await(
            () =>
            {
                frame = frame with { Number = (frame.Number + 1) % 256 };
                reports = host.Render(frame, StartBoundMs + 3 * SlackMs);
                JudgeStarts(reports);
                return isHopeless || reports.TrueForAll(static report => report.Code == 0);
            },
            RecoveryMs);
        if (!isWell) Add(Violation.NoRecovery, $"an old socket keeps the engine from starting: {reports.First(static report => report.Code != 0).Text}");
        if (isHopeless && reports.Exists(static report => report.Code == 0)) Add(Violation.NoRecovery, "an engine took a path that is not its own");
        foreach (string path in new[] { socket, socket + ".precious" })
        {
            if (isHopeless && File.Exists(path) && File.ReadAllText(path) != "mine") Add(Violation.NoRecovery, $"{path} was changed");
        }
    }

    /// <summary>A frame that ends every engine is refused in the end, and engines are not started without end for it.</summary>
    private void RenderDeadlyFrame(FaultCase fault, HostHandle host)
    {
        FaultCase deadly = fault with { Effect = TestEffects.Die, Threads = 1, Rounds = 1, AbortAfterMs = -1 };
        List<int> codes = [];
        for (int attempt = 0; attempt < 40; attempt++)
        {
            // Other frames that end engines are not refused, but engines are not started for them without end.
            if (_plugin is not null && fault.Variant % 2 == 1) deadly = deadly with { Time = fault.Time + attempt };
            List<RenderReport> reports = host.Render(deadly, StartBoundMs + 3 * SlackMs);
            JudgeStarts(reports);
            codes.Add(reports[0].Code);
            if ((BridgeError)reports[0].Code is BridgeError.RequestRefused or BridgeError.RestartLimit)
            {
                if (!reports[0].Text.Contains("RunwayFX engine", StringComparison.Ordinal)) Add(Violation.NoRecovery, $"no reason: {reports[0].Text}");
                break;
            }
        }

        if ((BridgeError)codes[^1] is not (BridgeError.RequestRefused or BridgeError.RestartLimit))
        {
            Add(Violation.NoRecovery, $"a frame that ends every engine was tried {codes.Count} times: {string.Join(' ', codes)}");
        }

        int lost = codes.Count(static code => (BridgeError)code == BridgeError.EngineLost);
        if (lost > _limits.RestartsPerMinuteMax) Add(Violation.NoRecovery, $"{lost} engines were started for it");
    }

    private void JudgeStarts(List<RenderReport> reports)
    {
        foreach (RenderReport report in reports)
        {
            _codes.Add(report.Code);
            if (report.Code == -1) Add(Violation.HostCrash, $"this came out of the client: {report.Text}");
            if (report.Wrong > 0) Add(Violation.WrongPixels, $"{report.Wrong} wrong bytes");
            if (report.TookMs > StartBoundMs) Add(Violation.Hang, $"a render took {report.TookMs} ms, the limits add up to {StartBoundMs} ms: {report.Text}");
            if (report.GapMs > _limits.AbortPollMs + SlackMs) Add(Violation.Hang, $"the host was not asked for {report.GapMs} ms whether it wants to stop");
        }
    }

    /// <summary>Leaves a bound socket that nobody listens at, as a killed engine does.</summary>
    private static unsafe void LeaveSocket(string path)
    {
        LibC.sockaddr_un address = UnixChannel.Address(path);
        using Descriptor socket = UnixChannel.NewSocket();
        if (LibC.bind(socket, &address, (uint)sizeof(LibC.sockaddr_un)) != 0) throw new InvalidOperationException("bind failed");
    }

    private void EndStrays()
    {
        foreach (int stray in ProcessWatch.Naming(_folder)) _ = Posix.kill(stray, Posix.SIGKILL);
    }
}
