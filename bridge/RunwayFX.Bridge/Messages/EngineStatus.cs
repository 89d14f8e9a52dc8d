using Nerdbank.MessagePack;

namespace RunwayFX.Bridge;

/// <summary>How an engine is, for <c>rfx status</c>, <c>rfx doctor</c> and tests. Also the body of <see cref="MessageType.StatusReply"/>.</summary>
public sealed record EngineStatus : IBridgeMessage<EngineStatus>
{
    /// <summary>Longest text, in characters.</summary>
    public const int TextMax = 512;

    /// <summary>Lines in <see cref="Devices"/>.</summary>
    public const int DevicesMax = 16;

    /// <summary>Entries in <see cref="OpenSessions"/>; further ones only count in <see cref="Sessions"/>.</summary>
    public const int SessionsListedMax = 128;

    /// <summary>Entries in <see cref="Jobs"/>.</summary>
    public const int JobsListedMax = 64;

    static MessageType IBridgeMessage<EngineStatus>.Type => MessageType.StatusReply;

    static int IBridgeMessage<EngineStatus>.BodyBytesMax => 192 * 1024;

    /// <summary>The engine's process.</summary>
    public required int ProcessId { get; init; }

    /// <summary>Protocol version.</summary>
    public required int Protocol { get; init; }

    /// <summary>Build id of its bridge.</summary>
    public required string Build { get; init; }

    /// <summary>Time since it started, in milliseconds.</summary>
    public required long UptimeMs { get; init; }

    /// <summary>Connections that are open.</summary>
    public required int Connections { get; init; }

    /// <summary>Sessions that are open.</summary>
    public required int Sessions { get; init; }

    /// <summary>Jobs that are running.</summary>
    public required int JobsRunning { get; init; }

    /// <summary>Frames rendered since it started.</summary>
    public required long FramesRendered { get; init; }

    /// <summary>Frames that failed or were cancelled.</summary>
    public required long FramesFailed { get; init; }

    /// <summary>Entries in the cache.</summary>
    public required long CacheEntries { get; init; }

    /// <summary>Bytes in the cache.</summary>
    public required long CacheBytes { get; init; }

    /// <summary>Frames answered from the cache.</summary>
    public required long CacheHits { get; init; }

    /// <summary>The engine's version as people write it.</summary>
    public required string Version { get; init; }

    /// <summary>Where it logs; empty where it does not.</summary>
    public required string LogPath { get; init; }

    /// <summary>Where it caches; empty where it does not.</summary>
    public required string CachePath { get; init; }

    /// <summary>Compute devices, one line each.</summary>
    public required string[] Devices { get; init; }

    /// <summary>The runtime it runs on, such as <c>.NET 10.0.12</c>.</summary>
    public string Runtime { get; init; } = "";

    /// <summary>Its queue.</summary>
    public QueueStatus Queue { get; init; }

    /// <summary>Its memory.</summary>
    public MemoryStatus Memory { get; init; }

    /// <summary>The sessions that are open.</summary>
    public SessionStatus[] OpenSessions { get; init; } = [];

    /// <summary>Jobs that wait or run, then those that ended last.</summary>
    public JobStatus[] Jobs { get; init; } = [];

    static EngineStatus IBridgeMessage<EngineStatus>.Read(ref BodyReader reader)
    {
        reader.Begin(21, nameof(EngineStatus));
        return new EngineStatus
        {
            ProcessId = reader.Int32(),
            Protocol = reader.Int32(),
            Build = reader.Text("EngineStatus.Build"),
            UptimeMs = reader.Int64(),
            Connections = reader.Int32(),
            Sessions = reader.Int32(),
            JobsRunning = reader.Int32(),
            FramesRendered = reader.Int64(),
            FramesFailed = reader.Int64(),
            CacheEntries = reader.Int64(),
            CacheBytes = reader.Int64(),
            CacheHits = reader.Int64(),
            Version = reader.Text("EngineStatus.Version"),
            LogPath = reader.Text("EngineStatus.LogPath"),
            CachePath = reader.Text("EngineStatus.CachePath"),
            Devices = reader.Texts(DevicesMax, "EngineStatus.Devices"),
            Runtime = reader.Text("EngineStatus.Runtime"),
            Queue = QueueStatus.Read(ref reader),
            Memory = MemoryStatus.Read(ref reader),
            OpenSessions = reader.Records<SessionStatus>(SessionsListedMax, "EngineStatus.OpenSessions"),
            Jobs = reader.Records<JobStatus>(JobsListedMax, "EngineStatus.Jobs"),
        };
    }

    void IBridgeMessage<EngineStatus>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(21);
        writer.Write(ProcessId);
        writer.Write(Protocol);
        writer.Write(Build);
        writer.Write(UptimeMs);
        writer.Write(Connections);
        writer.Write(Sessions);
        writer.Write(JobsRunning);
        writer.Write(FramesRendered);
        writer.Write(FramesFailed);
        writer.Write(CacheEntries);
        writer.Write(CacheBytes);
        writer.Write(CacheHits);
        writer.Write(Version);
        writer.Write(LogPath);
        writer.Write(CachePath);
        writer.WriteArrayHeader(Devices.Length);
        foreach (string item in Devices) writer.Write(item);
        writer.Write(Runtime);
        Queue.Write(ref writer);
        Memory.Write(ref writer);
        BridgeRecords.Write(ref writer, OpenSessions);
        BridgeRecords.Write(ref writer, Jobs);
    }

    void IBridgeMessage<EngineStatus>.Validate()
    {
        Check.Range(ProcessId, 1, int.MaxValue, "EngineStatus.ProcessId");
        Check.Length(Build, Hello.BuildMax, "EngineStatus.Build");
        Check.Range(UptimeMs, 0, long.MaxValue, "EngineStatus.UptimeMs");
        Check.Range(Connections, 0, int.MaxValue, "EngineStatus.Connections");
        Check.Range(Sessions, 0, int.MaxValue, "EngineStatus.Sessions");
        Check.Range(JobsRunning, 0, int.MaxValue, "EngineStatus.JobsRunning");
        Check.Range(FramesRendered, 0, long.MaxValue, "EngineStatus.FramesRendered");
        Check.Range(FramesFailed, 0, long.MaxValue, "EngineStatus.FramesFailed");
        Check.Range(CacheEntries, 0, long.MaxValue, "EngineStatus.CacheEntries");
        Check.Range(CacheBytes, 0, long.MaxValue, "EngineStatus.CacheBytes");
        Check.Range(CacheHits, 0, long.MaxValue, "EngineStatus.CacheHits");
        Check.Length(Version, TextMax, "EngineStatus.Version");
        Check.Length(LogPath, OpenSession.TextMax, "EngineStatus.LogPath");
        Check.Length(CachePath, OpenSession.TextMax, "EngineStatus.CachePath");
        Check.Count(Devices, 0, DevicesMax, "EngineStatus.Devices");
        foreach (string device in Devices) Check.Length(device, TextMax, "EngineStatus.Devices");
        Check.Length(Runtime, TextMax, "EngineStatus.Runtime");
        Queue.Validate();
        Memory.Validate();
        BridgeRecords.Validate(OpenSessions, SessionsListedMax, "EngineStatus.OpenSessions");
        BridgeRecords.Validate(Jobs, JobsListedMax, "EngineStatus.Jobs");
    }
}

/// <summary>Asks for <see cref="EngineStatus"/>.</summary>
internal readonly record struct StatusRequest : IBridgeMessage<StatusRequest>
{
    static MessageType IBridgeMessage<StatusRequest>.Type => MessageType.StatusRequest;

    static int IBridgeMessage<StatusRequest>.BodyBytesMax => 16;

    /// <summary>Reserved; 0.</summary>
    public required int Flags { get; init; }

    static StatusRequest IBridgeMessage<StatusRequest>.Read(ref BodyReader reader)
    {
        reader.Begin(1, nameof(StatusRequest));
        return new StatusRequest
        {
            Flags = reader.Int32(),
        };
    }

    void IBridgeMessage<StatusRequest>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Flags);
    }

    void IBridgeMessage<StatusRequest>.Validate() => Check.Range(Flags, 0, 0, "StatusRequest.Flags");
}

/// <summary>The sender lives; the receiver of a ping with a number above 0 answers with the same number.</summary>
internal readonly record struct Ping : IBridgeMessage<Ping>
{
    static MessageType IBridgeMessage<Ping>.Type => MessageType.Ping;

    static int IBridgeMessage<Ping>.BodyBytesMax => 16;

    public required long Number { get; init; }

    static Ping IBridgeMessage<Ping>.Read(ref BodyReader reader)
    {
        reader.Begin(1, nameof(Ping));
        return new Ping
        {
            Number = reader.Int64(),
        };
    }

    void IBridgeMessage<Ping>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Number);
    }

    void IBridgeMessage<Ping>.Validate() => Check.Range(Number, 0, long.MaxValue, "Ping.Number");
}

/// <summary>Answer to <see cref="Ping"/>.</summary>
internal readonly record struct Pong : IBridgeMessage<Pong>
{
    static MessageType IBridgeMessage<Pong>.Type => MessageType.Pong;

    static int IBridgeMessage<Pong>.BodyBytesMax => 16;

    public required long Number { get; init; }

    static Pong IBridgeMessage<Pong>.Read(ref BodyReader reader)
    {
        reader.Begin(1, nameof(Pong));
        return new Pong
        {
            Number = reader.Int64(),
        };
    }

    void IBridgeMessage<Pong>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Number);
    }

    void IBridgeMessage<Pong>.Validate() => Check.Range(Number, 0, long.MaxValue, "Pong.Number");
}

/// <summary>From the client: please end. From the engine: it ends, and a request that crossed this message was not taken.</summary>
internal readonly record struct Shutdown : IBridgeMessage<Shutdown>
{
    static MessageType IBridgeMessage<Shutdown>.Type => MessageType.Shutdown;

    static int IBridgeMessage<Shutdown>.BodyBytesMax => 16;

    /// <summary>Reserved; 0.</summary>
    public required int Flags { get; init; }

    static Shutdown IBridgeMessage<Shutdown>.Read(ref BodyReader reader)
    {
        reader.Begin(1, nameof(Shutdown));
        return new Shutdown
        {
            Flags = reader.Int32(),
        };
    }

    void IBridgeMessage<Shutdown>.Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Flags);
    }

    void IBridgeMessage<Shutdown>.Validate() => Check.Range(Flags, 0, 0, "Shutdown.Flags");
}
