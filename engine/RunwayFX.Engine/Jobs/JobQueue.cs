using System.Diagnostics;

namespace RunwayFX.Engine.Jobs;

/// <summary>Decides which jobs run and which wait: a bounded number at once, interactive before final, first come first served within a
/// priority, and together within a memory budget.</summary>
/// <remarks>Every job runs on its session's own thread; the queue only holds that thread back. A job that has waited long for a frame of its host opens the
/// bounds step by step, one place and one budget per <see cref="HostPatience"/>: the host may be rendering another of our effects to answer it, and that one
/// may stand behind jobs which in turn wait for the first. Without this they would wait for ever. Thread-safe.</remarks>
internal sealed class JobQueue
{
    /// <summary>Most jobs that may wait; one more is refused.</summary>
    public const int JobsWaitingMax = 256;

    /// <summary>Most jobs that a queue may be made for, and most places that waiting for hosts can open.</summary>
    public const int JobsRunningMax = 256;

    /// <summary>Places beyond the bound that only interactive jobs may take, so that a drag never waits for a batch.</summary>
    public const int InteractiveExtraPlaces = 1;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter>[] _waiting = [new(), new()];
    private readonly HashSet<JobLease> _atHost = [];
    private readonly int _placesMax;
    private int _running;
    private long _memoryUsed;

    /// <param name="placesMax">Most final jobs that run at once, 1 to <see cref="JobsRunningMax"/>.</param>
    /// <param name="memoryMax">Bytes that all running jobs together may be estimated at.</param>
    public JobQueue(int placesMax, long memoryMax)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(placesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(placesMax, JobsRunningMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryMax, 1);
        _placesMax = placesMax;
        MemoryMax = memoryMax;
    }

    /// <summary>The memory budget in bytes.</summary>
    public long MemoryMax { get; }

    /// <summary>How long a host may take to answer before another job may begin beside the one that waits.</summary>
    public TimeSpan HostPatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>What the queue holds at this moment.</summary>
    public JobQueueState State
    {
        get
        {
            lock (_gate) return new(_running, _atHost.Count, WaitingCount, _memoryUsed);
        }
    }

    private int WaitingCount => _waiting[0].Count + _waiting[1].Count;

    /// <summary>Waits for a place. Dispose the lease when the job is over, however it ended.</summary>
    /// <param name="priority">Who goes first.</param>
    /// <param name="memory">Estimated working memory in bytes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="EngineException">The job can never fit the memory budget, or too many wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public JobLease Enter(JobPriority priority, long memory, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memory);
        cancellation.ThrowIfCancellationRequested();
        if (memory > MemoryMax)
        {
            throw new EngineException(
                EngineError.MemoryOverBudget,
                $"This frame needs about {Megabytes(memory)} MB of working memory, over the engine's budget of {Megabytes(MemoryMax)} MB. Render at a smaller size or proxy scale.");
        }

        Waiter waiter = new(priority, memory);
        LinkedList<Waiter> list = _waiting[(int)priority];
        lock (_gate)
        {
            list.AddLast(waiter);
            Pump();
            if (WaitingCount > JobsWaitingMax)
            {
                list.Remove(waiter);
                throw new EngineException(EngineError.QueueFull, $"{JobsWaitingMax} jobs wait already; the engine takes no more.");
            }
        }

        Wait(waiter, list, cancellation);
        return new JobLease(this, memory);
    }

    internal void BeginHostWait(JobLease lease)
    {
        lock (_gate) _atHost.Add(lease);
    }

    internal void EndHostWait(JobLease lease)
    {
        lock (_gate) _atHost.Remove(lease);
    }

    internal void Leave(long memory)
    {
        lock (_gate)
        {
            _running--;
            _memoryUsed -= memory;
            Pump();
        }
    }

    private void Wait(Waiter waiter, LinkedList<Waiter> list, CancellationToken cancellation)
    {
        try
        {
            // Bounds open with time alone, so a waiting job looks again now and then.
            while (!waiter.Admitted.Wait(HostPatience, cancellation))
            {
                lock (_gate) Pump();
            }
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                bool stillWaiting = list.Remove(waiter);
                if (!stillWaiting) Leave(waiter.Memory);
                else Pump();
            }

            throw;
        }
        finally
        {
            waiter.Admitted.Dispose();
        }
    }

    /// <summary>Admits from the front of each list as far as places and memory go. Caller holds the gate.</summary>
    private void Pump()
    {
        int opened = OpenedByHosts();
        foreach (LinkedList<Waiter> list in _waiting)
        {
            while (list.First is { } node && Fits(node.Value, opened))
            {
                list.RemoveFirst();
                _running++;
                _memoryUsed += node.Value.Memory;
                node.Value.Admitted.Set();
            }

            if (list.Count > 0) return;
        }
    }

    private int OpenedByHosts()
    {
        double opened = 0;
        foreach (JobLease lease in _atHost) opened += Math.Floor(Stopwatch.GetElapsedTime(lease.AtHostSince) / HostPatience);
        return (int)Math.Min(opened, JobsRunningMax);
    }

    private bool Fits(Waiter waiter, int opened)
    {
        int places = _placesMax + opened + (waiter.Priority is JobPriority.Interactive ? InteractiveExtraPlaces : 0);
        if (_running >= places) return false;
        return _running == 0 || (double)_memoryUsed + waiter.Memory <= (double)MemoryMax * (1 + opened);
    }

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private sealed record Waiter(JobPriority Priority, long Memory)
    {
        public ManualResetEventSlim Admitted { get; } = new(false, spinCount: 0);
    }
}

/// <summary>What a <see cref="JobQueue"/> holds.</summary>
/// <param name="Running">Jobs that have begun and not ended, those that wait for their host included.</param>
/// <param name="AtHost">Jobs that wait for their host.</param>
/// <param name="Waiting">Jobs that have not begun.</param>
/// <param name="MemoryUsed">Estimated bytes of the running jobs.</param>
internal readonly record struct JobQueueState(int Running, int AtHost, int Waiting, long MemoryUsed);
