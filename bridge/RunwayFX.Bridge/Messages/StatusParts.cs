using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>Where a job of the engine stands. The numbers travel on the wire.</summary>
public enum JobState
{
    /// <summary>It has no place in the queue yet.</summary>
    Waiting = 1,

    /// <summary>It computes, or waits for its host's frames.</summary>
    Running = 2,

    /// <summary>Its result went to the host.</summary>
    Done = 3,

    /// <summary>It ended without a result.</summary>
    Failed = 4,

    /// <summary>Its host gave it up.</summary>
    Cancelled = 5,
}

/// <summary>How busy the engine's queue is.</summary>
public readonly record struct QueueStatus
{
    /// <summary>Jobs that have begun and not ended.</summary>
    public int Running { get; init; }

    /// <summary>Of these, jobs that wait for a frame of their host.</summary>
    public int AtHost { get; init; }

    /// <summary>Interactive jobs that have not begun.</summary>
    public int WaitingInteractive { get; init; }

    /// <summary>Final jobs that have not begun.</summary>
    public int WaitingFinal { get; init; }

    /// <summary>Final jobs that may run at once.</summary>
    public int Places { get; init; }

    /// <summary>Estimated working memory of the running jobs, in bytes.</summary>
    public long MemoryUsed { get; init; }

    /// <summary>What they may use together, in bytes.</summary>
    public long MemoryMax { get; init; }

    /// <summary>Longest wait of an interactive job since the engine started, in microseconds.</summary>
    public long LongestWaitInteractive { get; init; }

    /// <summary>Longest wait of a final job since the engine started, in microseconds.</summary>
    public long LongestWaitFinal { get; init; }

    internal static QueueStatus Read(ref BodyReader reader)
    {
        reader.Begin(9, nameof(QueueStatus));
        return new QueueStatus
        {
            Running = reader.Int32(),
            AtHost = reader.Int32(),
            WaitingInteractive = reader.Int32(),
            WaitingFinal = reader.Int32(),
            Places = reader.Int32(),
            MemoryUsed = reader.Int64(),
            MemoryMax = reader.Int64(),
            LongestWaitInteractive = reader.Int64(),
            LongestWaitFinal = reader.Int64(),
        };
    }

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(9);
        writer.Write(Running);
        writer.Write(AtHost);
        writer.Write(WaitingInteractive);
        writer.Write(WaitingFinal);
        writer.Write(Places);
        writer.Write(MemoryUsed);
        writer.Write(MemoryMax);
        writer.Write(LongestWaitInteractive);
        writer.Write(LongestWaitFinal);
    }

    internal void Validate()
    {
        Check.Range(Running, 0, int.MaxValue, "QueueStatus.Running");
        Check.Range(AtHost, 0, int.MaxValue, "QueueStatus.AtHost");
        Check.Range(WaitingInteractive, 0, int.MaxValue, "QueueStatus.WaitingInteractive");
        Check.Range(WaitingFinal, 0, int.MaxValue, "QueueStatus.WaitingFinal");
        Check.Range(Places, 0, int.MaxValue, "QueueStatus.Places");
        Check.Range(MemoryUsed, 0, long.MaxValue, "QueueStatus.MemoryUsed");
        Check.Range(MemoryMax, 0, long.MaxValue, "QueueStatus.MemoryMax");
        Check.Range(LongestWaitInteractive, 0, long.MaxValue, "QueueStatus.LongestWaitInteractive");
        Check.Range(LongestWaitFinal, 0, long.MaxValue, "QueueStatus.LongestWaitFinal");
    }
}

/// <summary>What the engine holds in memory, in bytes.</summary>
public readonly record struct MemoryStatus
{
    /// <summary>Physical memory of the process, shared slots that it touched included.</summary>
    public long Resident { get; init; }

    /// <summary>The part of it that the runtime manages.</summary>
    public long Managed { get; init; }

    /// <summary>Slot memory that clients attached.</summary>
    public long Attached { get; init; }

    /// <summary>Pieces of it.</summary>
    public int Segments { get; init; }

    internal static MemoryStatus Read(ref BodyReader reader)
    {
        reader.Begin(4, nameof(MemoryStatus));
        return new MemoryStatus
        {
            Resident = reader.Int64(),
            Managed = reader.Int64(),
            Attached = reader.Int64(),
            Segments = reader.Int32(),
        };
    }

    internal void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Resident);
        writer.Write(Managed);
        writer.Write(Attached);
        writer.Write(Segments);
    }

    internal void Validate()
    {
        Check.Range(Resident, 0, long.MaxValue, "MemoryStatus.Resident");
        Check.Range(Managed, 0, long.MaxValue, "MemoryStatus.Managed");
        Check.Range(Attached, 0, long.MaxValue, "MemoryStatus.Attached");
        Check.Range(Segments, 0, int.MaxValue, "MemoryStatus.Segments");
    }
}

/// <summary>A session that is open.</summary>
public readonly record struct SessionStatus : IBridgeRecord<SessionStatus>
{
    /// <summary>Number of its connection.</summary>
    public required int Connection { get; init; }

    /// <summary>Its number within the connection.</summary>
    public required int Session { get; init; }

    /// <summary>The effect's number in the catalogue.</summary>
    public required int EffectWireId { get; init; }

    /// <summary>The host process as it named itself.</summary>
    public required int ProcessId { get; init; }

    /// <summary>The host's own name; may be empty.</summary>
    public required string HostName { get; init; }

    static SessionStatus IBridgeRecord<SessionStatus>.Read(ref BodyReader reader)
    {
        reader.Begin(5, nameof(SessionStatus));
        return new SessionStatus
        {
            Connection = reader.Int32(),
            Session = reader.Int32(),
            EffectWireId = reader.Int32(),
            ProcessId = reader.Int32(),
            HostName = reader.Text("SessionStatus.HostName"),
        };
    }

    void IBridgeRecord<SessionStatus>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.Write(Connection);
        writer.Write(Session);
        writer.Write(EffectWireId);
        writer.Write(ProcessId);
        writer.Write(HostName);
    }

    void IBridgeRecord<SessionStatus>.Validate()
    {
        Check.Range(Connection, JobReference.ConnectionMin, JobReference.ConnectionMax, "SessionStatus.Connection");
        Check.Range(Session, 1, OpenSession.SessionMax, "SessionStatus.Session");
        Check.Range(EffectWireId, 1, 65_535, "SessionStatus.EffectWireId");
        Check.Range(ProcessId, 1, int.MaxValue, "SessionStatus.ProcessId");
        Check.Length(HostName, OpenSession.HostNameMax, "SessionStatus.HostName");
    }
}

/// <summary>A job that waits, runs or has ended not long ago, and where its time went.</summary>
public readonly record struct JobStatus : IBridgeRecord<JobStatus>
{
    /// <summary>Longest <see cref="MadeBy"/>, in characters.</summary>
    public const int MadeByMax = 256;

    /// <summary>A job of which nothing is known yet.</summary>
    public JobStatus()
    {
    }

    /// <summary>Number of its connection.</summary>
    public required int Connection { get; init; }

    /// <summary>Its number within the connection.</summary>
    public required long Job { get; init; }

    /// <summary>The effect's number in the catalogue.</summary>
    public required int EffectWireId { get; init; }

    /// <summary>Width of the result in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Height of the result in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Time in frames.</summary>
    public required double Time { get; init; }

    /// <summary>Whether a person waits for it.</summary>
    public required bool IsInteractive { get; init; }

    /// <summary>Where it stands.</summary>
    public required JobState State { get; init; }

    /// <summary>Why it has no result; <see cref="BridgeError.None"/> otherwise.</summary>
    public required BridgeError Code { get; init; }

    /// <summary>Where its time went so far.</summary>
    public required JobTimings Timings { get; init; }

    /// <summary>What the result's bits depend on besides the request where a model makes them: package, runtime with its version, provider. Empty for the
    /// built-in methods.</summary>
    public string MadeBy { get; init; } = "";

    /// <summary>Its name for people.</summary>
    public JobReference Reference => new(Connection, Job);

    static JobStatus IBridgeRecord<JobStatus>.Read(ref BodyReader reader)
    {
        reader.Begin(14, nameof(JobStatus));
        return new JobStatus
        {
            Connection = reader.Int32(),
            Job = reader.Int64(),
            EffectWireId = reader.Int32(),
            Width = reader.Int32(),
            Height = reader.Int32(),
            Time = reader.Double(),
            IsInteractive = reader.Boolean(),
            State = (JobState)reader.Int32(),
            Code = (BridgeError)reader.Int32(),
            Timings = JobTimings.Read(ref reader),
            MadeBy = reader.Text("JobStatus.MadeBy"),
        };
    }

    void IBridgeRecord<JobStatus>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(14);
        writer.Write(Connection);
        writer.Write(Job);
        writer.Write(EffectWireId);
        writer.Write(Width);
        writer.Write(Height);
        writer.Write(Time);
        writer.Write(IsInteractive);
        writer.Write((int)State);
        writer.Write((int)Code);
        Timings.Write(ref writer);
        writer.Write(MadeBy);
    }

    void IBridgeRecord<JobStatus>.Validate()
    {
        Check.Range(Connection, JobReference.ConnectionMin, JobReference.ConnectionMax, "JobStatus.Connection");
        Check.Range(Job, 1, long.MaxValue, "JobStatus.Job");
        Check.Range(EffectWireId, 1, 65_535, "JobStatus.EffectWireId");
        Check.Range(Width, 1, FrameSlot.SideMax, "JobStatus.Width");
        Check.Range(Height, 1, FrameSlot.SideMax, "JobStatus.Height");
        Check.Range(Time, -RenderRequest.TimeMax, RenderRequest.TimeMax, "JobStatus.Time");
        Check.Range((int)State, (int)JobState.Waiting, (int)JobState.Cancelled, "JobStatus.State");
        Check.Range((int)Code, 0, 999, "JobStatus.Code");
        Timings.Validate("JobStatus");
        Check.Length(MadeBy, MadeByMax, "JobStatus.MadeBy");
    }
}

/// <summary>Where the time of a job went in the engine. Wait, transfer and compute together are the total.</summary>
/// <param name="TotalMicroseconds">From the request to the result.</param>
/// <param name="WaitMicroseconds">In the queue.</param>
/// <param name="TransferMicroseconds">Waiting for the host's frames, and turning slots into frames and back.</param>
/// <param name="FetchMicroseconds">The part of the transfer that was waiting for the host.</param>
public readonly record struct JobTimings(long TotalMicroseconds, long WaitMicroseconds, long TransferMicroseconds, long FetchMicroseconds)
{
    /// <summary>The rest: the effect itself.</summary>
    public long ComputeMicroseconds => Math.Max(0, TotalMicroseconds - WaitMicroseconds - TransferMicroseconds);

    /// <summary>Reads the four fields, which stand among those of a larger record.</summary>
    internal static JobTimings Read(ref BodyReader reader) => new(reader.Int64(), reader.Int64(), reader.Int64(), reader.Int64());

    internal void Write(ref MessagePackWriter writer)
    {
        writer.Write(TotalMicroseconds);
        writer.Write(WaitMicroseconds);
        writer.Write(TransferMicroseconds);
        writer.Write(FetchMicroseconds);
    }

    internal void Validate(string place)
    {
        if ((TotalMicroseconds | WaitMicroseconds | TransferMicroseconds | FetchMicroseconds) >= 0) return;
        throw new BridgeException(BridgeError.OutOfRange, $"a time of {place} is negative: {this}");
    }
}
