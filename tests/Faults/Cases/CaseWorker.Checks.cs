using RunwayFX.Bridge;
using RunwayFX.Faults.Processes;
using RunwayFX.Faults.Raw;
using RunwayFX.TestEngine;

namespace RunwayFX.Faults.Cases;

internal sealed partial class CaseWorker
{
    /// <summary>Codes that a host may get for a fault of the pipe or of its engine.</summary>
    private static readonly HashSet<BridgeError> PlainFailures =
    [
        BridgeError.None, BridgeError.Cancelled, BridgeError.Malformed, BridgeError.OutOfRange, BridgeError.OutOfOrder, BridgeError.PeerGone,
        BridgeError.EngineLost, BridgeError.EngineSilent, BridgeError.EngineNotFound, BridgeError.TimedOut, BridgeError.ProtocolMismatch,
        BridgeError.BuildMismatch, BridgeError.SlotMemoryExhausted, BridgeError.SlotMemoryUnsafe, BridgeError.EngineFault, BridgeError.RenderRefused,
        BridgeError.EffectUnknown, BridgeError.SystemCall, BridgeError.GoingAway, BridgeError.ConnectionLimit,
    ];

    /// <summary>Looks at what the renders of a case said.</summary>
    private void Judge(FaultCase fault, MessageFault message, List<RenderReport> reports)
    {
        int bound = BoundMs(fault) + SlackMs;
        bool mayDiffer = message.IsRequestForged || message.ArePixelsForged;
        foreach (RenderReport report in reports)
        {
            _codes.Add(report.Code);
            if (report.Code == -1) Add(Violation.HostCrash, $"this came out of the client: {report.Text}");
            else if (report.Wrong > 0 && !mayDiffer) Add(Violation.WrongPixels, $"{report.Wrong} wrong bytes");
            else if (!PlainFailures.Contains((BridgeError)report.Code) && !mayDiffer && fault.Kind != FaultKind.FieldLie) Add(Violation.NoRecovery, $"code {report.Code}: {report.Text}");
            if (report.TookMs > bound) Add(Violation.Hang, $"a render took {report.TookMs} ms, the limits add up to {bound} ms; code {report.Code}: {report.Text}");
            if (fault.Kind == FaultKind.SuspendHost) continue; // Its own sleep counts as a gap.
            int patience = _limits.AbortPollMs + SlackMs;
            if (report.LateMs > patience) Add(Violation.Hang, $"the host waited {report.LateMs} ms after it wanted to stop");
            if (report.GapMs > patience) Add(Violation.Hang, $"the host was not asked for {report.GapMs} ms whether it wants to stop");
        }

        bool mustSucceed = fault.Kind == FaultKind.None || (fault.Kind == FaultKind.Scarcity && fault.Variant % 8 != 7);
        if (mustSucceed && fault.AbortAfterMs < 0 && reports.Exists(static report => report.Code != 0) && !IsLate(reports))
        {
            Add(Violation.NoRecovery, "a frame that nothing stands in the way of failed: " + reports.First(static report => report.Code != 0).Text);
        }

        if (fault.Kind == FaultKind.OtherVersion && message.Case.Variant % 4 < 3)
        {
            if (fault.Threads == 1 && fault.Message == 1 && reports.TrueForAll(static report => report.Code == 0))
            {
                Add(Violation.NoRecovery, "ends of two versions talked to each other");
            }
        }
    }

    /// <summary>Whether a short limit was passed for no other reason than that the machine was busy.</summary>
    private bool IsLate(List<RenderReport> reports) =>
        _divisor > 1 && reports.Where(static report => report.Code != 0).All(static report =>
            (BridgeError)report.Code is BridgeError.EngineSilent or BridgeError.TimedOut or BridgeError.EngineNotFound); // The last: closed amid a handshake.

    /// <summary>An engine that nobody ended must live.</summary>
    private void CheckEngine(FaultCase fault, bool isRequestForged)
    {
        // The test engine has effects that end or stop it, and a forged request may name one.
        if (isRequestForged) _ = _engine!.Signal(Posix.SIGCONT);
        bool wasHarmed = isRequestForged || fault.Kind is FaultKind.KillEngine or FaultKind.KillEngineInCopy;
        if (_engine!.IsAlive && (isRequestForged || !wasHarmed)) return;
        if (!wasHarmed) Add(Violation.EngineCrash, "the engine ended");
        _engine = NewEngine();
    }

    /// <summary>A plain frame must come out right, soon.</summary>
    private void Recover(FaultCase fault)
    {
        FaultCase plain = fault with
        {
            Effect = TestEffects.Xor, Number = 0x3C, Width = 40, Height = 30, Threads = 1, Rounds = 1, AbortAfterMs = -1, Time = fault.Time + 1000,
        };
        List<RenderReport> last = [];
        bool isWell = ProcessWatch.Await(
            () =>
            {
                // Another frame each time: one that met a busy machine twice is refused, as it should be.
                plain = plain with { Time = plain.Time + 1 };
                last = _host!.Render(plain, BoundMs(plain) + 3 * SlackMs);
                return last.TrueForAll(static report => report.Code == 0);
            },
            RecoveryMs);
        foreach (RenderReport report in last)
        {
            if (report.Wrong > 0) Add(Violation.WrongPixels, $"{report.Wrong} wrong bytes in the frame after the fault");
        }

        bool mayFail = fault.Kind == FaultKind.Scarcity && fault.Variant % 8 == 7; // Without descriptors there is no connection.
        if (!isWell && !mayFail) Add(Violation.NoRecovery, $"no frame after the fault: code {last[^1].Code}: {last[^1].Text}");
    }

    /// <summary>Nothing of the bridge may stay in a host that gave its client up.</summary>
    private void CheckHost()
    {
        string held = _host!.Ask("release");
        if (held.StartsWith("released slots=0 files=0 sockets=0 ", StringComparison.Ordinal)) return;
        bool isFree = ProcessWatch.Await(
            () => ProcessWatch.Look(_host.ProcessId) is { Slots: 0, SlotFiles: 0, Sockets: 0, Children: 0 }, SettleMs);
        if (!isFree) Add(Violation.Leak, $"the host still holds {ProcessWatch.Look(_host.ProcessId)}");
    }

    /// <summary>Nothing of a host that is gone may stay in the engine: no job, no connection, no memory.</summary>
    private void CheckEngineLetGo()
    {
        int process = _engine!.ProcessId;
        EngineStatus? status = null;
        bool isFree = ProcessWatch.Await(
            () =>
            {
                status = TryStatus();
                return status is { JobsRunning: 0, Connections: <= 1 } && ProcessWatch.Look(process) is { Slots: 0, SlotFiles: 0 };
            },
            SettleMs + _limits.SilenceMs);
        if (isFree) return;
        Add(Violation.Leak, $"the engine still holds {ProcessWatch.Look(process)}, {status?.JobsRunning} jobs, {status?.Connections} connections");
        _engine.Dispose();
        _engine = null;
    }

    private EngineStatus? TryStatus()
    {
        try
        {
            return _engine!.Status();
        }
        catch (BridgeException)
        {
            return null;
        }
    }
}
