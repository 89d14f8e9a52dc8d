namespace RunwayFX.Bridge;

/// <summary>Where a client looks for its engine and how long it waits.</summary>
public sealed record EngineClientOptions
{
    /// <summary>Absolute path of the plug-in bundle (<c>…/RunwayFX.ofx.bundle</c>) the client runs in; null outside of bundles.</summary>
    public string? BundlePath { get; init; }

    /// <summary>Where the engine listens; null takes <see cref="BridgeEndpoint.Default"/>, resolved at first use.</summary>
    public BridgeEndpoint? Endpoint { get; init; }

    /// <summary>The engine program itself; null searches (see <see cref="EngineLocator"/>).</summary>
    public string? EnginePath { get; init; }

    /// <summary>Whether an engine is started where none listens.</summary>
    public bool StartsEngine { get; init; } = true;

    /// <summary>Whether frames may travel in shared memory; without it they travel in the pipe.</summary>
    public bool UsesSharedMemory { get; init; } = true;

    /// <summary>Waits and counts.</summary>
    public BridgeLimits Limits { get; init; } = BridgeLimits.Default;
}
