namespace RunwayFX.Engine.Jobs;

/// <summary>A job's place in the <see cref="JobQueue"/>. Belongs to one thread; disposing twice is harmless.</summary>
internal sealed class JobLease : IDisposable
{
    private readonly JobQueue _queue;
    private readonly JobTicket _ticket;
    private bool _isOver;

    internal JobLease(JobQueue queue, JobTicket ticket)
    {
        _queue = queue;
        _ticket = ticket;
    }

    /// <summary>How long the job waited for its place.</summary>
    public TimeSpan Waited => _ticket.Waited;

    /// <summary>All the time that the job waited for its host, waits that have ended.</summary>
    public TimeSpan WaitedForHost { get; private set; }

    /// <summary>When the present wait for the host began, on the queue's clock.</summary>
    internal long AtHostSince { get; private set; }

    /// <summary>Runs something that waits for the host; the queue lets others begin when that takes long.</summary>
    public T WhileWaitingForHost<T>(Func<T> wait)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        AtHostSince = _queue.Clock.GetTimestamp();
        _queue.BeginHostWait(this);
        try
        {
            return wait();
        }
        finally
        {
            _queue.EndHostWait(this);
            WaitedForHost += _queue.Clock.GetElapsedTime(AtHostSince);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        _queue.Leave(_ticket);
    }
}
