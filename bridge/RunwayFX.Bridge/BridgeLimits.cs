namespace RunwayFX.Bridge;

/// <summary>Every wait and every count of the bridge that is a matter of policy. Sizes that both ends must agree on are constants of the
/// messages.</summary>
public sealed record BridgeLimits
{
    /// <summary>The shipped values.</summary>
    public static BridgeLimits Default { get; } = new();

    /// <summary>Longest wait for a connection and its handshake.</summary>
    public int ConnectMs { get; init; } = 2_000;

    /// <summary>Longest wait for a started engine to listen.</summary>
    public int EngineStartMs { get; init; } = 10_000;

    /// <summary>Longest silence of a working engine, and longest time a message may take from its first byte to its last.</summary>
    public int SilenceMs { get; init; } = 10_000;

    /// <summary>How often a working engine says that it lives.</summary>
    public int HeartbeatMs { get; init; } = 1_000;

    /// <summary>How often the host is asked whether it wants to stop.</summary>
    public int AbortPollMs { get; init; } = 50;

    /// <summary>Longest render, from request to result.</summary>
    public int RenderMs { get; init; } = 3_600_000;

    /// <summary>Longest wait of the engine for a frame it asked the host for.</summary>
    public int FrameFetchMs { get; init; } = 120_000;

    /// <summary>Longest time that the pixels of a frame may take in the pipe, however often some of them come.</summary>
    public int PixelsMs { get; init; } = 60_000;

    /// <summary>Longest wait of a render thread for a connection or for slot memory that other render threads hold.</summary>
    public int PoolWaitMs { get; init; } = 30_000;

    /// <summary>How long a cancelled job may keep its slots before its connection is given up.</summary>
    public int QuarantineMs { get; init; } = 10_000;

    /// <summary>How long an unused connection keeps its slots.</summary>
    public int IdleSlotMs { get; init; } = 30_000;

    /// <summary>How long a request that ended two engines stays refused.</summary>
    public int RefusalMs { get; init; } = 600_000;

    /// <summary>Engine deaths caused by one request before it is refused.</summary>
    public int DeathsPerRequestMax { get; init; } = 2;

    /// <summary>Engine starts within a minute by one process.</summary>
    public int RestartsPerMinuteMax { get; init; } = 5;

    /// <summary>Connections that one client process keeps.</summary>
    public int ClientConnectionsMax { get; init; } = 64;

    /// <summary>Connections that one engine serves.</summary>
    public int ServerConnectionsMax { get; init; } = 256;

    /// <summary>Bytes of slot memory that one client process holds, all connections together.</summary>
    public long SlotBytesTotalMax { get; init; } = 12L << 30;

    /// <summary>Bytes of slot memory that one connection may make the engine map or hold.</summary>
    public long ConnectionBytesMax { get; init; } = 12L << 30;

    /// <summary>Engine jobs: how often progress is passed on.</summary>
    public int ProgressMs { get; init; } = 50;
}
