using RunwayFX.Bridge;

namespace RunwayFX.Engine.Jobs;

/// <summary>Decides which jobs run and which wait: a bounded number at once, and together within a memory budget.</summary>
/// <remarks><para>Who goes first. Interactive jobs go before final ones; there is one place that only they can take. Within a class the host processes take
/// turns (<see cref="JobRing"/>), so that a host with many render threads is served no more often than one with a single thread. A final job never starves:
/// once the oldest one has waited for <see cref="FinalPatience"/>, finals and interactive jobs are admitted alternately, so that finals get at least every
/// other place that becomes free. A job that has its turn but not yet its memory holds the others back until enough is given back; jobs that run are never
/// interrupted.</para>
/// <para>Every job runs on its session's own thread; the queue only holds that thread back. A job that has waited long for a frame of its host opens the
/// bounds step by step, one place and one budget per <see cref="HostPatience"/>: the host may be rendering another of our effects to answer it, and that one
/// may stand behind jobs which in turn wait for the first. Without this they would wait for ever. Thread-safe.</para></remarks>
internal sealed class JobQueue
{
    /// <summary>Most jobs that may wait; one more is refused.</summary>
    public const int JobsWaitingMax = 256;

    /// <summary>Most jobs that a queue may be made for, and most places that waiting for hosts can open.</summary>
    public const int JobsRunningMax = 256;

    /// <summary>Places beyond the bound that only interactive jobs may take, so that a drag never waits for a batch.</summary>
    public const int InteractiveExtraPlaces = 1;

    private readonly Lock _gate = new();
    private readonly JobRing[] _waiting = [new(), new()];
    private readonly int[] _running = new int[2];
    private readonly TimeSpan[] _longestWait = new TimeSpan[2];
    private readonly HashSet<JobLease> _atHost = [];
    private readonly int _placesMax;
    private long _memoryUsed;
    private bool _isInteractiveTurn;

    /// <param name="placesMax">Most final jobs that run at once, 1 to <see cref="JobsRunningMax"/>.</param>
    /// <param name="memoryMax">Bytes that all running jobs together may be estimated at.</param>
    /// <param name="clock">Time; null takes the system's.</param>
    public JobQueue(int placesMax, long memoryMax, TimeProvider? clock = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(placesMax, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(placesMax, JobsRunningMax);
        ArgumentOutOfRangeException.ThrowIfLessThan(memoryMax, 1);
        _placesMax = placesMax;
        MemoryMax = memoryMax;
        Clock = clock ?? TimeProvider.System;
    }

    /// <summary>The memory budget in bytes.</summary>
    public long MemoryMax { get; }

    /// <summary>How long a host may take to answer before another job may begin beside the one that waits.</summary>
    public TimeSpan HostPatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long final jobs may be passed over by interactive ones.</summary>
    public TimeSpan FinalPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What the queue holds at this moment.</summary>
    public JobQueueState State
    {
        get
        {
            lock (_gate) return new(RunningCount, _atHost.Count, WaitingCount, _memoryUsed);
        }
    }

    /// <summary>The same with classes and waits, for the engine's status.</summary>
    public QueueStatus Status
    {
        get
        {
            lock (_gate)
            {
                return new QueueStatus
                {
                    Running = RunningCount,
                    AtHost = _atHost.Count,
                    WaitingInteractive = _waiting[(int)JobPriority.Interactive].Count,
                    WaitingFinal = _waiting[(int)JobPriority.Final].Count,
                    Places = _placesMax,
                    MemoryUsed = _memoryUsed,
                    MemoryMax = MemoryMax,
                    LongestWaitInteractive = (long)_longestWait[(int)JobPriority.Interactive].TotalMicroseconds,
                    LongestWaitFinal = (long)_longestWait[(int)JobPriority.Final].TotalMicroseconds,
                };
            }
        }
    }

    internal TimeProvider Clock { get; }

    private int WaitingCount => _waiting[0].Count + _waiting[1].Count;

    private int RunningCount => _running[0] + _running[1];

    /// <summary>Waits for a place. Dispose the lease when the job is over, however it ended.</summary>
    /// <param name="priority">Who goes first.</param>
    /// <param name="memory">Estimated working memory in bytes.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="owner">Whose turn it takes: the host process.</param>
    /// <exception cref="EngineException">The job can never fit the memory budget, or too many wait.</exception>
    /// <exception cref="OperationCanceledException">Cancelled while waiting.</exception>
    public JobLease Enter(JobPriority priority, long memory, CancellationToken cancellation, int owner = 0)
    {
        cancellation.ThrowIfCancellationRequested();
        JobTicket ticket = Enqueue(priority, memory, owner);
        try
        {
            // Bounds open with time alone, so a waiting job looks again now and then.
            while (!ticket.Wait(HostPatience, cancellation)) LookAgain();
            return new JobLease(this, ticket);
        }
        catch (OperationCanceledException)
        {
            Withdraw(ticket);
            throw;
        }
    }

    /// <summary>Claims a place without waiting for it.</summary>
    /// <exception cref="EngineException">The job can never fit the memory budget, or too many wait.</exception>
    internal JobTicket Enqueue(JobPriority priority, long memory, int owner = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(memory);
        if (memory > MemoryMax)
        {
            throw new EngineException(
                EngineError.MemoryOverBudget,
                $"This frame needs about {Megabytes(memory)} MB of working memory, over the engine's budget of {Megabytes(MemoryMax)} MB. "
                + "Render at a smaller size or proxy scale.");
        }

        JobTicket ticket = new(owner, priority, memory, Clock.GetTimestamp());
        lock (_gate)
        {
            _waiting[(int)priority].Add(ticket);
            Pump();
            if (WaitingCount > JobsWaitingMax)
            {
                _waiting[(int)priority].Remove(ticket);
                throw new EngineException(EngineError.QueueFull, $"{JobsWaitingMax} jobs wait already; the engine takes no more.");
            }
        }

        return ticket;
    }

    /// <summary>Gives a claim up, or the place where it has one by now.</summary>
    internal void Withdraw(JobTicket ticket)
    {
        lock (_gate)
        {
            if (_waiting[(int)ticket.Priority].Remove(ticket)) Pump();
            else Leave(ticket);
        }
    }

    /// <summary>Admits those whom time alone has let in.</summary>
    internal void LookAgain()
    {
        lock (_gate) Pump();
    }

    internal void BeginHostWait(JobLease lease)
    {
        lock (_gate) _atHost.Add(lease);
    }

    internal void EndHostWait(JobLease lease)
    {
        lock (_gate) _atHost.Remove(lease);
    }

    /// <summary>Gives a place back.</summary>
    internal void Leave(JobTicket ticket)
    {
        lock (_gate)
        {
            _running[(int)ticket.Priority]--;
            _memoryUsed -= ticket.Memory;
            Pump();
        }
    }

    /// <summary>Admits jobs by turn as far as places and memory go. Caller holds the gate.</summary>
    private void Pump()
    {
        int opened = OpenedByHosts();
        while (ClassInTurn() is { } turn)
        {
            JobPriority admitted = turn;
            if (!HasPlace(turn, opened))
            {
                // Finals cannot take the place that is for interactive jobs alone, so nothing is taken from them when it is filled meanwhile.
                admitted = JobPriority.Interactive;
                if (turn == admitted || _waiting[(int)admitted].Count == 0 || !HasPlace(admitted, opened)) return;
            }

            if (!HasMemory(_waiting[(int)admitted].Next!, opened)) return;
            Admit(_waiting[(int)admitted].TakeNext());
        }
    }

    /// <summary>Who is next; null where nobody waits.</summary>
    private JobPriority? ClassInTurn()
    {
        JobRing finals = _waiting[(int)JobPriority.Final];
        if (_waiting[(int)JobPriority.Interactive].Count == 0) return finals.Count == 0 ? null : JobPriority.Final;
        if (finals.Count == 0 || _isInteractiveTurn) return JobPriority.Interactive;
        return Clock.GetElapsedTime(finals.OldestArrival) < FinalPatience ? JobPriority.Interactive : JobPriority.Final;
    }

    private void Admit(JobTicket ticket)
    {
        // A final that interactive jobs had to stand back for is followed by one of them.
        _isInteractiveTurn = ticket.Priority is JobPriority.Final && _waiting[(int)JobPriority.Interactive].Count > 0;
        _running[(int)ticket.Priority]++;
        _memoryUsed += ticket.Memory;
        TimeSpan waited = Clock.GetElapsedTime(ticket.Arrived);
        ref TimeSpan longest = ref _longestWait[(int)ticket.Priority];
        if (waited > longest) longest = waited;
        ticket.Admit(waited);
    }

    private int OpenedByHosts()
    {
        double opened = 0;
        foreach (JobLease lease in _atHost) opened += Math.Floor(Clock.GetElapsedTime(lease.AtHostSince) / HostPatience);
        return (int)Math.Min(opened, JobsRunningMax);
    }

    private bool HasPlace(JobPriority priority, int opened)
    {
        int interactive = _running[(int)JobPriority.Interactive];
        if (priority is JobPriority.Interactive && interactive < InteractiveExtraPlaces) return true;
        // Interactive jobs sit in their own place first: a stream of them cannot keep the common places full from there.
        int common = _running[(int)JobPriority.Final] + Math.Max(0, interactive - InteractiveExtraPlaces);
        return common < _placesMax + opened;
    }

    private bool HasMemory(JobTicket ticket, int opened) =>
        RunningCount == 0 || (double)_memoryUsed + ticket.Memory <= (double)MemoryMax * (1 + opened);

    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;
}

/// <summary>What a <see cref="JobQueue"/> holds.</summary>
/// <param name="Running">Jobs that have begun and not ended, those that wait for their host included.</param>
/// <param name="AtHost">Jobs that wait for their host.</param>
/// <param name="Waiting">Jobs that have not begun.</param>
/// <param name="MemoryUsed">Estimated bytes of the running jobs.</param>
internal readonly record struct JobQueueState(int Running, int AtHost, int Waiting, long MemoryUsed);
