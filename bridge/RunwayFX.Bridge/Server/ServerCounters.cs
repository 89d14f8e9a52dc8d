namespace RunwayFX.Bridge;

/// <summary>What the connections of a server share. Thread-safe.</summary>
internal sealed class ServerCounters
{
    private long _framesRendered;
    private long _framesFailed;
    private long _lastActivity = MonotonicClock.Milliseconds;
    private int _jobsRunning;
    private int _sessions;
    private int _isStopping;
    private long _attachedBytes;
    private int _segments;

    // Not from 1: a reference that a user copies out of yesterday's message should not name another engine's job.
    private int _connection = Random.Shared.Next(JobReference.ConnectionMin, JobReference.ConnectionMax);

    /// <summary>Frames rendered.</summary>
    public long FramesRendered => Interlocked.Read(ref _framesRendered);

    /// <summary>Frames failed or cancelled.</summary>
    public long FramesFailed => Interlocked.Read(ref _framesFailed);

    /// <summary>Jobs that run.</summary>
    public int JobsRunning => Volatile.Read(ref _jobsRunning);

    /// <summary>Sessions that are open.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>Bytes of slot memory that clients attached.</summary>
    public long AttachedBytes => Interlocked.Read(ref _attachedBytes);

    /// <summary>Pieces of it.</summary>
    public int Segments => Volatile.Read(ref _segments);

    /// <summary>Whether connections are to take their leave.</summary>
    public bool IsStopping => Volatile.Read(ref _isStopping) != 0;

    /// <summary>Milliseconds since anything happened; 0 while a job runs.</summary>
    public long IdleMs => JobsRunning > 0 ? 0 : MonotonicClock.Milliseconds - Interlocked.Read(ref _lastActivity);

    public void Touch() => Interlocked.Exchange(ref _lastActivity, MonotonicClock.Milliseconds);

    public void Stop() => Volatile.Write(ref _isStopping, 1);

    public void AddSessions(int count) => Interlocked.Add(ref _sessions, count);

    public void AddMemory(long bytes, int segments)
    {
        Interlocked.Add(ref _attachedBytes, bytes);
        Interlocked.Add(ref _segments, segments);
    }

    /// <summary>A number for a new connection, the first half of a <see cref="JobReference"/>.</summary>
    public int NextConnection()
    {
        const int Count = JobReference.ConnectionMax - JobReference.ConnectionMin + 1;
        uint turn = (uint)Interlocked.Increment(ref _connection);
        return JobReference.ConnectionMin + (int)(turn % Count);
    }

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
