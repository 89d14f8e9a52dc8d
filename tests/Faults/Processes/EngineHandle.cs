using System.Diagnostics;
using RunwayFX.Bridge;
using RunwayFX.Faults.Raw;

namespace RunwayFX.Faults.Processes;

/// <summary>An engine process at a socket of its own.</summary>
internal sealed class EngineHandle : IDisposable
{
    private const int StartMs = 20_000;

    private readonly Lock _gate = new();
    private readonly Process _process;
    private bool _isDisposed;

    public EngineHandle(string socket, int divisor)
    {
        Socket = socket;
        ProcessStartInfo start = new(Programs.Engine, ["serve", "--socket", socket]) { RedirectStandardInput = true, RedirectStandardError = true };
        Programs.Prepare(start, divisor);
        _process = Process.Start(start)!;
        ProcessId = _process.Id;
        EngineStatus? status = null;
        bool isUp = ProcessWatch.Await(() => (status = TryStatus()) is not null || _process.HasExited, StartMs);
        if (!isUp || status is null) throw new InvalidOperationException("the engine did not start: " + (_process.HasExited ? _process.StandardError.ReadToEnd() : "it hangs"));
    }

    public string Socket { get; }

    public int ProcessId { get; }

    public bool IsAlive
    {
        get
        {
            lock (_gate) return !_isDisposed && !_process.HasExited;
        }
    }

    /// <summary>Sends a signal; does nothing where the process is gone, whose number may be another's by then.</summary>
    public bool Signal(int signal)
    {
        lock (_gate) return !_isDisposed && !_process.HasExited && Posix.kill(ProcessId, signal) == 0;
    }

    /// <summary>How it is, asked directly; null where it does not listen.</summary>
    public EngineStatus? Status()
    {
        using var client = new EngineClient(new EngineClientOptions { Endpoint = BridgeEndpoint.At(Socket), StartsEngine = false });
        return client.QueryStatus();
    }

    /// <summary>As <see cref="Status"/>, null also where a busy machine keeps it from answering in time.</summary>
    private EngineStatus? TryStatus()
    {
        try
        {
            return Status();
        }
        catch (BridgeException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            if (!_process.HasExited)
            {
                _ = Posix.kill(ProcessId, Posix.SIGCONT);
                _process.Kill();
            }
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
