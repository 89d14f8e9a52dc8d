using System.Diagnostics;

namespace RunwayFX.Engine.Jobs;

/// <summary>Decides which jobs compute and which wait: a bounded number at once, interactive before final, first come first served within a
/// priority, and together within a memory budget.</summary>
/// <remarks>Every job runs on its session's own thread; the queue only holds that thread back. A job that waits for frames of its host gives its place
/// up meanwhile (<see cref="JobLease.WhileWaitingForHost{T}"/>): the host may be rendering another of our effects to answer it, and would wait for ever
/// behind a queue full of jobs that wait for hosts. For the same reason memory holds a job back only while some other job computes. Thread-safe.</remarks>
internal sealed class JobQueue
{
    /// <summary>Most jobs that may wait; one more is refused.</summary>
    public const int JobsWaitingMax = 256;

    /// <summary>Most jobs that a queue may be made for.</summary>
    public const int JobsRunningMax = 256;

    /// <summary>Places beyond the bound that only interactive jobs may take, so that a drag never waits for a batch.</summary>
    public const int InteractiveExtraPlaces = 1;

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _returning = new();
    private readonly LinkedList<Waiter>[] _arriving = [new(), new()];
    private readonly int _placesMax;
    private int _computing;
    private int _admitted;
    private long _memoryUsed;

    /// <param name="placesMax">Most final jobs that compute at once, 1 to <see cref="JobsRunningMax"/>.</param>
    /// <param name="memoryMax">Bytes that all admitted jobs together may be estimated at.</param>
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

    /// <summary>What the queue holds at this moment.</summary>
    public JobQueueState State
    {
        get
        {
            lock (_gate) return new(_admitted, _computing, WaitingCount, _memoryUsed);
        }
    }

    /// <summary>Jobs whose host has answered and which wait for a place again.</summary>
    public int ReturningCount
    {
        get
        {
            lock (_gate) return _returning.Count;
        }
    }

    private int WaitingCount => _arriving[0].Count + _arriving[1].Count;

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
        LinkedList<Waiter> list = _arriving[(int)priority];
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
        return new JobLease(this, priority, memory);
    }

    /// <summary>Gives up a place while the job waits for its host; the memory stays counted.</summary>
    internal void Pause(JobPriority priority)
    {
        Debug.Assert(priority is JobPriority.Interactive or JobPriority.Final);
        lock (_gate)
        {
            _computing--;
            Pump();
        }
    }

    /// <summary>Takes a place again; goes before every job that has not begun.</summary>
    /// <remarks>Not cancellable: a cancelled job needs its place for the moment in which it unwinds, and those who hold places are cancelled or finish.</remarks>
    internal void Return(JobPriority priority)
    {
        Waiter waiter = new(priority, 0, Returning: true);
        lock (_gate)
        {
            _returning.AddLast(waiter);
            Pump();
        }

        Wait(waiter, _returning, CancellationToken.None);
    }

    internal void Leave(long memory)
    {
        lock (_gate)
        {
            _computing--;
            _admitted--;
            _memoryUsed -= memory;
            Pump();
        }
    }

    private void Wait(Waiter waiter, LinkedList<Waiter> list, CancellationToken cancellation)
    {
        try
        {
            waiter.Admitted.Wait(cancellation);
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
        PumpList(_returning);
        PumpList(_arriving[(int)JobPriority.Interactive]);
        if (_returning.Count == 0 && _arriving[(int)JobPriority.Interactive].Count == 0) PumpList(_arriving[(int)JobPriority.Final]);
    }

    private void PumpList(LinkedList<Waiter> list)
    {
        while (list.First is { } node && Fits(node.Value))
        {
            list.RemoveFirst();
            Take(node.Value);
        }
    }

    private bool Fits(Waiter waiter)
    {
        int places = waiter.Priority is JobPriority.Interactive ? _placesMax + InteractiveExtraPlaces : _placesMax;
        if (_computing >= places) return false;
        return waiter.Returning || _computing == 0 || _memoryUsed + waiter.Memory <= MemoryMax;
    }

    private void Take(Waiter waiter)
    {
        _computing++;
        if (!waiter.Returning)
        {
            _admitted++;
            _memoryUsed += waiter.Memory;
        }

        waiter.Admitted.Set();
    }

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private sealed record Waiter(JobPriority Priority, long Memory, bool Returning = false)
    {
        public ManualResetEventSlim Admitted { get; } = new(false, spinCount: 0);
    }
}

/// <summary>What a <see cref="JobQueue"/> holds.</summary>
/// <param name="Admitted">Jobs that have begun and not ended, those that wait for their host included.</param>
/// <param name="Computing">Jobs that compute.</param>
/// <param name="Waiting">Jobs that have not begun.</param>
/// <param name="MemoryUsed">Estimated bytes of the admitted jobs.</param>
internal readonly record struct JobQueueState(int Admitted, int Computing, int Waiting, long MemoryUsed);
