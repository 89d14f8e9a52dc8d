using System.Diagnostics;
using RunwayFX.Bridge;
using RunwayFX.Faults.Raw;

namespace RunwayFX.Faults.Processes;

/// <summary>An engine process at a socket of its own.</summary>
internal sealed class EngineHandle : IDisposable
{
    private const int StartMs = 20_000;

    private readonly Process _process;

    public EngineHandle(string socket, int divisor)
    {
        Socket = socket;
        ProcessStartInfo start = new(Programs.Engine, ["serve", "--socket", socket]) { RedirectStandardInput = true, RedirectStandardError = true };
        Programs.Prepare(start, divisor);
        _process = Process.Start(start)!;
        EngineStatus? status = null;
        bool isUp = ProcessWatch.Await(() => (status = Status()) is not null || _process.HasExited, StartMs);
        if (!isUp || status is null) throw new InvalidOperationException("the engine did not start: " + (_process.HasExited ? _process.StandardError.ReadToEnd() : "it hangs"));
    }

    public string Socket { get; }

    public int ProcessId => _process.Id;

    public bool IsAlive => !_process.HasExited;

    /// <summary>How it is, asked directly; null where it does not listen.</summary>
    public EngineStatus? Status()
    {
        using var client = new EngineClient(new EngineClientOptions { Endpoint = BridgeEndpoint.At(Socket), StartsEngine = false });
        return client.QueryStatus();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Posix.kill(_process.Id, Posix.SIGCONT);
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }
}
