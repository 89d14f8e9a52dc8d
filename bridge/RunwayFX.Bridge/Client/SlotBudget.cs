namespace RunwayFX.Bridge;

/// <summary>Counts the slot memory of a process against its limit.</summary>
internal sealed class SlotBudget(long maximum)
{
    private readonly object _gate = new();
    private long _used;

    /// <summary>Bytes taken.</summary>
    public long Used
    {
        get
        {
            lock (_gate) return _used;
        }
    }

    /// <summary>Takes bytes where they are left.</summary>
    public bool TryReserve(long bytes)
    {
        lock (_gate)
        {
            if (bytes > maximum - _used) return false;
            _used += bytes;
            return true;
        }
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Waits until somebody gives bytes back, or the time is over.</summary>
    public void WaitForReturn(int timeoutMs)
    {
        lock (_gate) Monitor.Wait(_gate, timeoutMs);
    }
}
