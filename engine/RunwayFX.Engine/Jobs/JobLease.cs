using System.Diagnostics;

namespace RunwayFX.Engine.Jobs;

/// <summary>A job's place in the <see cref="JobQueue"/>. Belongs to one thread; disposing twice is harmless.</summary>
internal sealed class JobLease : IDisposable
{
    private readonly JobQueue _queue;
    private readonly long _memory;
    private bool _isOver;

    internal JobLease(JobQueue queue, long memory)
    {
        _queue = queue;
        _memory = memory;
    }

    /// <summary>When the present wait for the host began, as <see cref="Stopwatch.GetTimestamp"/>.</summary>
    internal long AtHostSince { get; private set; }

    /// <summary>Runs something that waits for the host; the queue lets others begin when that takes long.</summary>
    public T WhileWaitingForHost<T>(Func<T> wait)
    {
        ObjectDisposedException.ThrowIf(_isOver, this);
        AtHostSince = Stopwatch.GetTimestamp();
        _queue.BeginHostWait(this);
        try
        {
            return wait();
        }
        finally
        {
            _queue.EndHostWait(this);
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
