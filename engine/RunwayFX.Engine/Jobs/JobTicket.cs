namespace RunwayFX.Engine.Jobs;

/// <summary>A job's claim to a place in the <see cref="JobQueue"/>.</summary>
#pragma warning disable CA1001 // The event is never asked for a handle of the system: there is nothing to give back.
internal sealed class JobTicket
#pragma warning restore CA1001
{
    private readonly ManualResetEventSlim _admitted = new(false, spinCount: 0);

    internal JobTicket(int owner, JobPriority priority, long memory, long arrived)
    {
        Owner = owner;
        Priority = priority;
        Memory = memory;
        Arrived = arrived;
    }

    /// <summary>Whose turn the job takes: the host process.</summary>
    public int Owner { get; }

    /// <summary>Its class.</summary>
    public JobPriority Priority { get; }

    /// <summary>Estimated working memory in bytes.</summary>
    public long Memory { get; }

    /// <summary>When it came, on the queue's clock.</summary>
    public long Arrived { get; }

    /// <summary>How long it waited; meaningful once it is admitted.</summary>
    public TimeSpan Waited { get; private set; }

    /// <summary>Whether it has its place.</summary>
    public bool IsAdmitted => _admitted.IsSet;

    /// <summary>Gives it its place.</summary>
    internal void Admit(TimeSpan waited)
    {
        Waited = waited;
        _admitted.Set();
    }

    /// <summary>Waits for the place; false after the time.</summary>
    internal bool Wait(TimeSpan time, CancellationToken cancellation) => _admitted.Wait(time, cancellation);
}
