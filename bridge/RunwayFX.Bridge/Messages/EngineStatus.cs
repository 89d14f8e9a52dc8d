using Nerdbank.MessagePack;
using PolyType;

namespace RunwayFX.Bridge;

/// <summary>How an engine is, for <c>rfx doctor</c> and for tests. Also the body of <see cref="MessageType.StatusReply"/>.</summary>
[GenerateShape]
public sealed partial record EngineStatus : IBridgeMessage
{
    /// <summary>Longest text, in characters.</summary>
    public const int TextMax = 512;

    /// <summary>Lines in <see cref="Devices"/>.</summary>
    public const int DevicesMax = 16;

    static MessageType IBridgeMessage.Type => MessageType.StatusReply;

    static int IBridgeMessage.BodyBytesMax => 64 * 1024;

    /// <summary>The engine's process.</summary>
    [Key(0)] public required int ProcessId { get; init; }

    /// <summary>Protocol version.</summary>
    [Key(1)] public required int Protocol { get; init; }

    /// <summary>Build id of its bridge.</summary>
    [Key(2)] public required string Build { get; init; }

    /// <summary>Time since it started, in milliseconds.</summary>
    [Key(3)] public required long UptimeMs { get; init; }

    /// <summary>Connections that are open.</summary>
    [Key(4)] public required int Connections { get; init; }

    /// <summary>Sessions that are open.</summary>
    [Key(5)] public required int Sessions { get; init; }

    /// <summary>Jobs that are running.</summary>
    [Key(6)] public required int JobsRunning { get; init; }

    /// <summary>Frames rendered since it started.</summary>
    [Key(7)] public required long FramesRendered { get; init; }

    /// <summary>Frames that failed or were cancelled.</summary>
    [Key(8)] public required long FramesFailed { get; init; }

    /// <summary>Entries in the cache.</summary>
    [Key(9)] public required long CacheEntries { get; init; }

    /// <summary>Bytes in the cache.</summary>
    [Key(10)] public required long CacheBytes { get; init; }

    /// <summary>Frames answered from the cache.</summary>
    [Key(11)] public required long CacheHits { get; init; }

    /// <summary>The engine's version as people write it.</summary>
    [Key(12)] public required string Version { get; init; }

    /// <summary>Where it logs; empty where it does not.</summary>
    [Key(13)] public required string LogPath { get; init; }

    /// <summary>Where it caches; empty where it does not.</summary>
    [Key(14)] public required string CachePath { get; init; }

    /// <summary>Compute devices, one line each.</summary>
    [Key(15)] public required string[] Devices { get; init; }

    void IBridgeMessage.Validate()
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
    }
}

/// <summary>Asks for <see cref="EngineStatus"/>.</summary>
[GenerateShape]
internal readonly partial record struct StatusRequest : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.StatusRequest;

    static int IBridgeMessage.BodyBytesMax => 16;

    /// <summary>Reserved; 0.</summary>
    [Key(0)] public required int Flags { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Flags, 0, 0, "StatusRequest.Flags");
}

/// <summary>The sender lives; the receiver of a ping with a number above 0 answers with the same number.</summary>
[GenerateShape]
internal readonly partial record struct Ping : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.Ping;

    static int IBridgeMessage.BodyBytesMax => 16;

    [Key(0)] public required long Number { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Number, 0, long.MaxValue, "Ping.Number");
}

/// <summary>Answer to <see cref="Ping"/>.</summary>
[GenerateShape]
internal readonly partial record struct Pong : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.Pong;

    static int IBridgeMessage.BodyBytesMax => 16;

    [Key(0)] public required long Number { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Number, 0, long.MaxValue, "Pong.Number");
}

/// <summary>From the client: please end. From the engine: it ends, and a request that crossed this message was not taken.</summary>
[GenerateShape]
internal readonly partial record struct Shutdown : IBridgeMessage
{
    static MessageType IBridgeMessage.Type => MessageType.Shutdown;

    static int IBridgeMessage.BodyBytesMax => 16;

    /// <summary>Reserved; 0.</summary>
    [Key(0)] public required int Flags { get; init; }

    void IBridgeMessage.Validate() => Check.Range(Flags, 0, 0, "Shutdown.Flags");
}
