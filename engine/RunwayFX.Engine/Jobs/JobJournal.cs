using System.Diagnostics;
using RunwayFX.Bridge;

namespace RunwayFX.Engine.Jobs;

/// <summary>Knows the jobs that wait or run and those that ended last, and where their time went: for the status and the log. Thread-safe.</summary>
internal sealed class JobJournal
{
    /// <summary>Ended jobs remembered.</summary>
    public const int EndedMax = 32;

    private readonly Lock _gate = new();
    private readonly LinkedList<JobEntry> _open = new();
    private readonly Queue<JobStatus> _ended = new();

    /// <summary>Jobs that wait or run, the oldest first, then those that ended, the last one first; as many as a status may hold.</summary>
    public JobStatus[] List()
    {
        lock (_gate)
        {
            return [.. _open.Select(entry => entry.Status).Concat(_ended.Reverse()).Take(EngineStatus.JobsListedMax)];
        }
    }

    /// <summary>Notes a new job.</summary>
    public JobEntry Begin(in RenderRequest request, RenderSession session)
    {
        JobEntry entry = new(this, new JobStatus
        {
            // A session that no connection numbered is one of a test; a status must hold a number all the same.
            Connection = Math.Max(session.Connection, JobReference.ConnectionMin),
            Job = request.Job,
            EffectWireId = session.EffectWireId,
            Width = request.Result.Width,
            Height = request.Result.Height,
            Time = request.Time,
            IsInteractive = request.IsInteractive,
            State = JobState.Waiting,
            Code = BridgeError.None,
            Timings = default,
        });
        lock (_gate) _open.AddLast(entry.Node);
        return entry;
    }

    /// <summary>The picture that a job is at work on; asking has it show one from its next step on.</summary>
    public PreviewReply Preview(in PreviewRequest question)
    {
        JobReference wanted = new(question.Connection, question.Job);
        JobEntry? found = null;
        lock (_gate)
        {
            for (LinkedListNode<JobEntry>? node = _open.Last; node is not null; node = node.Previous)
            {
                if (question.Connection != 0 && node.Value.Reference != wanted) continue;
                node.Value.Unfinished.Want();
                // The latest of those that have a picture, else the latest.
                if (found is null || (!found.Unfinished.HasPicture && node.Value.Unfinished.HasPicture)) found = node.Value;
            }
        }

        return found is null ? PreviewReply.None : found.Unfinished.Reply(found.Reference);
    }

    private void End(JobEntry entry)
    {
        lock (_gate)
        {
            _open.Remove(entry.Node);
            _ended.Enqueue(entry.Status);
            if (_ended.Count > EndedMax) _ended.Dequeue();
        }
    }

    /// <summary>One job's page. Written to by the job's thread alone, where nothing else is said.</summary>
    internal sealed class JobEntry
    {
        private readonly JobJournal _journal;
        private readonly JobStatus _facts;
        private readonly long _began = Stopwatch.GetTimestamp();
        private long _waited;
        private int _state = (int)JobState.Waiting;
        private string _madeBy = "";

        public JobEntry(JobJournal journal, in JobStatus facts)
        {
            _journal = journal;
            _facts = facts;
            Node = new LinkedListNode<JobEntry>(this);
        }

        /// <summary>The job's name for people.</summary>
        public JobReference Reference => _facts.Reference;

        /// <summary>The job as of now; a running job's transfer is known at its end.</summary>
        public JobStatus Status
        {
            get
            {
                if (Ended is { } ended) return ended;
                long total = Elapsed();
                var state = (JobState)Volatile.Read(ref _state);
                long wait = state is JobState.Waiting ? total : Volatile.Read(ref _waited);
                return _facts with { State = state, Timings = new JobTimings(total, wait, 0, 0), MadeBy = Volatile.Read(ref _madeBy) };
            }
        }

        /// <summary>The picture that the job is at work on.</summary>
        public UnfinishedPicture Unfinished { get; } = new();

        internal LinkedListNode<JobEntry> Node { get; }

        private JobStatus? Ended { get; set; }

        /// <summary>The job has its place.</summary>
        public void Admit(TimeSpan waited)
        {
            Volatile.Write(ref _waited, (long)waited.TotalMicroseconds);
            Volatile.Write(ref _state, (int)JobState.Running);
        }

        /// <summary>A model makes the result: what its bits depend on, cut to what a status holds. From any thread.</summary>
        public void NoteMaker(string madeBy) => Volatile.Write(
            ref _madeBy, madeBy.Length <= JobStatus.MadeByMax ? madeBy : string.Concat(madeBy.AsSpan(0, JobStatus.MadeByMax - 1), "…"));

        /// <summary>The job is over.</summary>
        /// <param name="state">How it ended.</param>
        /// <param name="code">Why it has no result.</param>
        /// <param name="transfer">Turning slots into frames and back.</param>
        /// <param name="fetch">Waiting for the host.</param>
        public JobStatus End(JobState state, BridgeError code, TimeSpan transfer, TimeSpan fetch)
        {
            long total = Elapsed(), waited = (JobState)_state is JobState.Waiting ? total : _waited;
            long fetched = (long)fetch.TotalMicroseconds;
            JobStatus status = _facts with
            {
                State = state, Code = code, Timings = new JobTimings(total, waited, fetched + (long)transfer.TotalMicroseconds, fetched),
                MadeBy = Volatile.Read(ref _madeBy),
            };
            lock (_journal._gate) Ended = status;
            _journal.End(this);
            return status;
        }

        private long Elapsed() => (long)Stopwatch.GetElapsedTime(_began).TotalMicroseconds;
    }
}
