namespace RunwayFX.Bridge;

/// <summary>What the connections of a server share. Thread-safe.</summary>
internal sealed class ServerCounters
{
    private long _framesRendered;
    private long _framesFailed;
    private long _lastActivity = Environment.TickCount64;
    private int _jobsRunning;
    private int _sessions;
    private int _isStopping;

    /// <summary>Frames rendered.</summary>
    public long FramesRendered => Interlocked.Read(ref _framesRendered);

    /// <summary>Frames failed or cancelled.</summary>
    public long FramesFailed => Interlocked.Read(ref _framesFailed);

    /// <summary>Jobs that run.</summary>
    public int JobsRunning => Volatile.Read(ref _jobsRunning);

    /// <summary>Sessions that are open.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Whether connections are to take their leave.</summary>
    public bool IsStopping => Volatile.Read(ref _isStopping) != 0;

    /// <summary>Milliseconds since anything happened; 0 while a job runs.</summary>
    public long IdleMs => JobsRunning > 0 ? 0 : Environment.TickCount64 - Interlocked.Read(ref _lastActivity);

    public void Touch() => Interlocked.Exchange(ref _lastActivity, Environment.TickCount64);

    public void Stop() => Volatile.Write(ref _isStopping, 1);

    public void AddSessions(int count) => Interlocked.Add(ref _sessions, count);

    public void JobStarted() => Interlocked.Increment(ref _jobsRunning);

    /// <summary>Counts a job's end and gives the number of the frame, 0 where it failed.</summary>
    public long JobEnded(bool isRendered)
    {
        Touch();
        Interlocked.Decrement(ref _jobsRunning);
        if (isRendered) return Interlocked.Increment(ref _framesRendered);
        Interlocked.Increment(ref _framesFailed);
        return 0;
    }
}
