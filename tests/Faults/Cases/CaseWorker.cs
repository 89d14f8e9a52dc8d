using System.Diagnostics;
using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.Faults.Processes;
using RunwayFX.Faults.Raw;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Cases;

/// <summary>Runs one case after another with a host and an engine that live on as long as no case ends them.</summary>
internal sealed partial class CaseWorker : IVictims, IDisposable
{
    /// <summary>What any machine may add to any wait.</summary>
    private const int UsualSlackMs = 4_000;

    private readonly string _folder;
    private readonly int _divisor;
    private readonly string? _plugin;
    private readonly BridgeLimits _limits;
    private readonly List<(Violation, string)> _violations = [];
    private readonly List<int> _codes = [];
    private readonly List<Thread> _resumers = [];
    private double _busy = 1;
    private HostHandle? _host;
    private EngineHandle? _engine;

    /// <param name="divisor">See <see cref="FaultCase.Divisor"/>.</param>
    /// <param name="plugin">Bundle of the plug-in that renders in the host; null for the client alone.</param>
    public CaseWorker(int divisor, string? plugin = null)
    {
        _divisor = divisor;
        _plugin = plugin;
        _limits = TestLimits.DividedBy(divisor);
        _folder = Path.Combine(Path.GetTempPath(), "rfxf-" + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal)[..8]);
        _ = BridgeEndpoint.At(Path.Combine(_folder, "e.sock")); // Makes the folder, closed to others.
    }

    /// <summary>What this machine may add to any wait; the longest of this case.</summary>
    private int SlackMs => (int)(UsualSlackMs * (_busy = Math.Max(_busy, BusyMachine.Factor)));

    /// <summary>How long everything that a case used may take to be given back.</summary>
    private int SettleMs => 2 * SlackMs;

    /// <summary>How long a plain frame may need attempts after a fault: an engine that was suspended must first have noticed.</summary>
    private int RecoveryMs => 5 * SlackMs;

    private string EngineSocket => Path.Combine(_folder, "e.sock");

    /// <summary>Where the host looks for its engine: a client is told, the plug-in has one place for its build.</summary>
    private string ProxySocket => _plugin is null ? Path.Combine(_folder, "p.sock") : PluginSocket(_folder);

    void IVictims.SignalHost(int signal) => _host?.Signal(signal);

    void IVictims.SignalEngine(int signal) => _engine?.Signal(signal);

    void IVictims.Suspend(bool isEngine, int milliseconds)
    {
        (HostHandle? host, EngineHandle? engine) = (_host, _engine);
        bool isStopped = (isEngine ? engine?.Signal(Posix.SIGSTOP) : host?.Signal(Posix.SIGSTOP)) ?? false;
        if (!isStopped) return;
        var thread = new Thread(() =>
        {
            Thread.Sleep(milliseconds); // The fault itself: a process that does nothing for so long.
            _ = isEngine ? engine?.Signal(Posix.SIGCONT) : host?.Signal(Posix.SIGCONT);
        });
        lock (_resumers)
        {
            thread.Start();
            _resumers.Add(thread);
        }
    }

    /// <summary>Runs a case. Never throws: what goes wrong in the suite itself is a violation too.</summary>
    public CaseOutcome Run(FaultCase fault)
    {
        _violations.Clear();
        _codes.Clear();
        _busy = BusyMachine.Factor;
        var clock = Stopwatch.StartNew();
        bool wasTriggered = true;
        try
        {
            _engine = _engine is { IsAlive: true } ? _engine : NewEngine();
            _host = _host is { IsAlive: true } ? _host : NewHost();
            if (IsAboutStarting(fault.Kind)) RunStart(fault);
            else wasTriggered = RunThroughProxy(fault);
        }
        catch (HostLostException lost)
        {
            Add(lost.IsHang ? Violation.Hang : Violation.HostCrash, $"{lost.Message}; {(lost.IsHang ? "" : _host?.Obituary())}");
            Replace();
        }
#pragma warning disable CA1031 // The other cases go on.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Add(Violation.Suite, exception.ToString());
            Replace();
        }

        Thread[] resumers;
        lock (_resumers) resumers = [.. _resumers];
        foreach (Thread thread in resumers) thread.Join();
        _resumers.Clear();
        return new CaseOutcome(fault, wasTriggered, [.. _violations], [.. _codes], clock.ElapsedMilliseconds);
    }

    public void Dispose()
    {
        _host?.Dispose();
        _engine?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static bool IsAboutStarting(FaultKind kind) => kind is FaultKind.StartRace or FaultKind.StaleSocket or FaultKind.DeadlyFrame;

    private bool RunThroughProxy(FaultCase fault)
    {
        var message = new MessageFault(fault, _limits, this);
        using var proxy = new FaultProxy(ProxySocket, EngineSocket, message);
        if (!IsAboutMessages(fault.Kind)) proxy.Disarm();
        bool isTriggered = true;
        bool hostMayDie = fault.Kind is FaultKind.KillHost or FaultKind.KillHostInCopy;
        try
        {
            Connect(ProxySocket, fault);
            List<RenderReport> reports = RenderWithFault(fault);
            isTriggered = !IsAboutMessages(fault.Kind) || proxy.WasTriggered;
            Judge(fault, message, reports);
            bool wasKilled = hostMayDie && (fault.Kind == FaultKind.KillHostInCopy ? !_host!.IsAlive : proxy.WasTriggered);
            if (wasKilled) _ = _host!.Obituary(); // The signal is on its way; the render may have been quicker.
            if (wasKilled) ReplaceHost();
        }
        catch (HostLostException lost) when (hostMayDie && !lost.IsHang)
        {
            _host!.Dispose();
            _host = null;
        }

        proxy.Disarm();
        Thread[] resumers;
        lock (_resumers) resumers = [.. _resumers];
        foreach (Thread thread in resumers) thread.Join();
        CheckEngine(fault, message.IsRequestForged);
        if (_host is not null)
        {
            if (message.IsSessionForged)
            {
                _host.Ask("release");
                Connect(ProxySocket, fault);
            }

            Recover(fault);
            CheckHost();
        }

        CheckEngineLetGo();
        if (fault.Kind is FaultKind.Scarcity or FaultKind.ClockJump) ReplaceHost(); // What was done to it cannot be undone.
        return isTriggered;
    }

    private static bool IsAboutMessages(FaultKind kind) =>
        kind is not (FaultKind.None or FaultKind.KillEngineInCopy or FaultKind.KillHostInCopy or FaultKind.LateWrite or FaultKind.Scarcity or FaultKind.ClockJump);

    private List<RenderReport> RenderWithFault(FaultCase fault)
    {
        int within = BoundMs(fault) + 3 * SlackMs;
        switch (fault.Kind)
        {
            case FaultKind.KillEngineInCopy when fault.Variant % 4 == 0:
                return _host!.Render(fault with { Effect = TestEffects.DieInCopy, AbortAfterMs = -1 }, within);
            case FaultKind.KillEngineInCopy when fault.Variant % 4 == 1:
                List<RenderReport> frozen = _host!.Render(fault with { Effect = TestEffects.FreezeInCopy, Threads = 1, Rounds = 1, AbortAfterMs = -1 }, within);
                _ = _engine!.Signal(Posix.SIGKILL);
                return frozen;
            case FaultKind.KillEngineInCopy:
                HookPlace at = fault.Variant % 4 == 2 ? HookPlace.Copy : HookPlace.Result;
                return _host!.Render(fault, within, at, () => _ = _engine!.Signal(Posix.SIGKILL));
            case FaultKind.KillHostInCopy:
                HookPlace place = fault.Variant % 2 == 0 ? HookPlace.Copy : HookPlace.Result;
                return _host!.Render(fault, within, place, () => _ = _host.Signal(Posix.SIGKILL));
            case FaultKind.LateWrite:
                return RenderLateWrite(fault, within);
            case FaultKind.Scarcity:
                MakeScarce(fault);
                return _host!.Render(fault, within);
            case FaultKind.ClockJump:
                return RenderAcrossLeap(fault, within);
            default:
                return _host!.Render(fault, within);
        }
    }

    /// <summary>Stops a job whose engine goes on writing, and renders into the next slots meanwhile.</summary>
    private List<RenderReport> RenderLateWrite(FaultCase fault, int within)
    {
        int writes = _limits.QuarantineMs * (fault.Variant % 4) / 2;
        FaultCase stopped = fault with { Effect = TestEffects.LateWrite, Number = writes, AbortAfterMs = fault.Variant % 40, Threads = 1, Rounds = 1 };
        List<RenderReport> reports = _host!.Render(stopped, within);
        FaultCase next = fault with { Effect = TestEffects.Xor, AbortAfterMs = -1, Threads = 2 };
        for (int round = 0; round < 3; round++) reports.AddRange(_host.Render(next with { Time = fault.Time + round }, within));
        return reports;
    }

    private List<RenderReport> RenderAcrossLeap(FaultCase fault, int within)
    {
        List<RenderReport> reports = _host!.Render(fault, within);
        int by = (fault.Variant % 3) switch { 0 => _limits.SilenceMs / 2, 1 => 3_600_000, _ => int.MaxValue };
        FaultCase plain = fault with { AbortAfterMs = -1 };
        // Amid a copy, between a question and its answer.
        reports.AddRange(_host.Render(plain with { Threads = 1 }, within));
        _host.Ask(string.Create(CultureInfo.InvariantCulture, $"leap by={by}"));
        reports.AddRange(_host.Render(plain, within));
        return reports;
    }

    /// <summary>Takes something away that a host may lack: memory, disk, the calls themselves, file sizes, descriptors.</summary>
    private void MakeScarce(FaultCase fault)
    {
        // What the runtime itself loads on first use is no part of the client, and would fail for want of descriptors too.
        _host!.Render(fault with { AbortAfterMs = -1 }, BoundMs(fault) + 3 * SlackMs);
        if (_plugin is null)
        {
            _host.NewClient(Path.Combine(_folder, "nobody.sock"), fault, startsEngine: false);
            _host.Render(fault with { AbortAfterMs = -1 }, BoundMs(fault) + 3 * SlackMs);
            _host.NewClient(ProxySocket, fault, startsEngine: false);
        }

        const int noSpace = 28, noMemory = 12, interrupted = 4, tooManyFiles = 24, unknown = 38, forbidden = 13;
        string order = (fault.Variant % 8) switch
        {
            0 => $"refuse call={Posix.SYS_fallocate} error={noSpace}",
            1 => $"refuse call={Posix.SYS_fallocate} error={noMemory}",
            2 => $"refuse call={Posix.SYS_fallocate} error={interrupted}",
            3 => $"refuse call={Posix.SYS_memfd_create} error={tooManyFiles}",
            4 => $"refuse call={Posix.SYS_memfd_create} error={unknown}",
            5 => $"refuse call={Posix.SYS_memfd_create} error={forbidden}",
            6 => $"limit resource={Posix.RLIMIT_FSIZE} value={fault.Variant % 60_000}",
            _ => $"limit resource={Posix.RLIMIT_NOFILE} value={ProcessWatch.HighestDescriptor(_host!.ProcessId) + 1 + fault.Variant / 8 % 12}",
        };
        string answer = _host!.Ask(order);
        if (answer != "ok") throw new InvalidOperationException(answer);
    }

    /// <summary>How long the renders of a case may take by the named limits.</summary>
    private int BoundMs(FaultCase fault)
    {
        bool asksFrames = fault.Effect is TestEffects.Neighbours or TestEffects.Many;
        int bound = _limits.ConnectMs + _limits.SilenceMs + 2_000;
        if (fault.Kind is FaultKind.Drip or FaultKind.SuspendEngine or FaultKind.SuspendHost) bound += 2 * _limits.SilenceMs;
        // A question or an answer that is lost or changed: the engine waits for its frames, beating its heart.
        if (asksFrames) bound += _limits.FrameFetchMs;
        if (!fault.UsesSharedMemory) bound += _limits.PixelsMs;
        // A forged request may ask for any work of the test engine, also for some that has no end: the host's patience has.
        if (fault.Kind is FaultKind.FieldLie or FaultKind.Garbage) bound += Math.Max(fault.AbortAfterMs, _limits.FrameFetchMs);
        return bound;
    }

    private void Add(Violation kind, string text) => _violations.Add((kind, text));

    private EngineHandle NewEngine()
    {
        _engine?.Dispose();
        return new EngineHandle(EngineSocket, _divisor);
    }

    /// <summary>A host whose plug-in, where it has one, looks for its engine in a folder.</summary>
    /// <param name="folder">That folder.</param>
    /// <param name="engine">The program that the plug-in starts where none listens.</param>
    private HostHandle NewHost(string folder, string engine)
    {
        if (_plugin is null) return new HostHandle();
        return new HostHandle((BridgeEndpoint.FolderVariable, folder), (EngineLocator.EngineVariable, engine), (EngineLogFiles.FolderVariable, Path.Combine(folder, "log")));
    }

    /// <summary>A host that starts no engine: one that ended is not to come back unseen.</summary>
    private HostHandle NewHost() => NewHost(_folder, Path.Combine(_folder, "none"));

    private void Connect(string socket, FaultCase fault)
    {
        if (_plugin is null) _host!.NewClient(socket, fault, startsEngine: false);
        else _host!.LoadPlugin(_plugin);
    }

    /// <summary>Where the plug-in's engine listens in a folder.</summary>
    private static string PluginSocket(string folder) =>
        Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{BridgeVersion.Protocol}-{BridgeEndpoint.FileNameOf(BridgeVersion.Build)}.sock"));

    private void ReplaceHost()
    {
        _host?.Dispose();
        _host = null;
    }

    private void Replace()
    {
        ReplaceHost();
        _engine?.Dispose();
        _engine = null;
        EndStrays();
    }
}
