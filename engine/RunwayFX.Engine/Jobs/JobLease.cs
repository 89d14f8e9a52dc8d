namespace RunwayFX.Engine.Jobs;

/// <summary>A job's place in the <see cref="JobQueue"/>. Belongs to one thread; disposing twice is harmless.</summary>
internal sealed class JobLease : IDisposable
{
    private readonly JobQueue _queue;
    private readonly JobPriority _priority;
    private readonly long _memory;
    private bool _isOver;

    internal JobLease(JobQueue queue, JobPriority priority, long memory)
    {
        _queue = queue;
        _priority = priority;
        _memory = memory;
    }

    /// <summary>Runs something that waits for the host, with the place given to another job meanwhile.</summary>
    public T WhileWaitingForHost<T>(Func<T> wait)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        _queue.Pause(_priority);
        try
        {
            return wait();
        }
        finally
        {
            _queue.Return(_priority);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        _queue.Leave(_memory);
    }
}
