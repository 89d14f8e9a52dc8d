namespace RunwayFX.Pipelines;

/// <summary>Lets one thread at a time work on a key, so that what eight render threads ask for is computed once. Waiting can be cancelled.</summary>
public sealed class KeyedGates
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, Gate> _gates = [];

    /// <summary>Waits for the key.</summary>
    /// <returns>Opens the gate again when disposed.</returns>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public IDisposable Enter(UInt128 key, CancellationToken cancellation)
    {
        Gate? gate;
        lock (_lock)
        {
            if (!_gates.TryGetValue(key, out gate)) _gates[key] = gate = new Gate();
            gate.Users++;
        }

        try
        {
            gate.Turn.Wait(cancellation);
        }
        catch
        {
            Leave(key, gate);
            throw;
        }

        return new Lease(this, key, gate);
    }

    private void Leave(UInt128 key, Gate gate)
    {
        lock (_lock)
        {
            if (--gate.Users > 0) return;
            _gates.Remove(key);
        }

        gate.Turn.Dispose();
    }

    private sealed class Gate
    {
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public int Users { get; set; }
    }

    private sealed class Lease(KeyedGates gates, UInt128 key, Gate gate) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) != 0) return;
            gate.Turn.Release();
            gates.Leave(key, gate);
        }
    }
}
