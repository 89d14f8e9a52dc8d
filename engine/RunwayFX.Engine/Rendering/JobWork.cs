using RunwayFX.Bridge;
using RunwayFX.Engine.Jobs;

namespace RunwayFX.Engine.Rendering;

/// <summary>What belongs to one job while it is worked on. Belongs to the job's thread.</summary>
/// <param name="entry">The job's page in the journal.</param>
/// <param name="conversation">Its line to the host.</param>
/// <param name="cancellation">Its host gave it up.</param>
internal sealed class JobWork(JobJournal.JobEntry entry, IFrameConversation conversation, CancellationToken cancellation)
{
    private JobLease? _lease;
    private JobFrames? _frames;

    public JobJournal.JobEntry Entry => entry;

    public IFrameConversation Conversation => conversation;

    public CancellationToken Cancellation => cancellation;

    /// <summary>The job has its place in the queue.</summary>
    public void Admit(JobLease lease)
    {
        _lease = lease;
        entry.Admit(lease.Waited);
    }

    /// <summary>The job's view of its host.</summary>
    public JobFrames OpenFrames(JobLease lease, double time, bool hasTemporalAccess) =>
        _frames = new JobFrames(conversation, lease, time, hasTemporalAccess, cancellation);

    /// <summary>The job is over.</summary>
    public JobStatus End(JobState state, BridgeError code) =>
        entry.End(state, code, _frames?.Transfer ?? TimeSpan.Zero, _lease?.WaitedForHost ?? TimeSpan.Zero);
}
