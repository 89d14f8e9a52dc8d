namespace RunwayFX.Bridge;

/// <summary>Why the bridge refuses or fails. Programs branch on the numbers, which never change; people read the message.</summary>
public enum BridgeError
{
    /// <summary>Nothing went wrong.</summary>
    None = 0,

    /// <summary>Bytes from the peer are no message of this protocol.</summary>
    Malformed = 1,

    /// <summary>A number, text or size is outside its named limit.</summary>
    OutOfRange = 2,

    /// <summary>A message that is fine in itself came when it must not.</summary>
    OutOfOrder = 3,

    /// <summary>The peer speaks another protocol version.</summary>
    ProtocolMismatch = 4,

    /// <summary>The peer is another build.</summary>
    BuildMismatch = 5,

    /// <summary>The peer belongs to another user.</summary>
    PeerRefused = 6,

    /// <summary>No folder for the socket is safely ours.</summary>
    RuntimeFolderUnsafe = 7,

    /// <summary>The peer closed the connection.</summary>
    PeerGone = 8,

    /// <summary>No engine program where one is looked for.</summary>
    EngineNotFound = 10,

    /// <summary>The engine program ended or did not listen in time.</summary>
    EngineStartFailed = 11,

    /// <summary>The engine went away while it was working.</summary>
    EngineLost = 12,

    /// <summary>The engine was silent for too long.</summary>
    EngineSilent = 13,

    /// <summary>The engine died too often within a minute.</summary>
    RestartLimit = 14,

    /// <summary>This very request ended two engines and is not tried again.</summary>
    RequestRefused = 15,

    /// <summary>Another engine of this user and build already listens.</summary>
    AlreadyRunning = 16,

    /// <summary>Every connection is taken.</summary>
    ConnectionLimit = 17,

    /// <summary>The engine is leaving and takes no more work.</summary>
    GoingAway = 18,

    /// <summary>No memory for frames.</summary>
    SlotMemoryExhausted = 20,

    /// <summary>Shared memory offered by the peer lacks the seals or the size it claims.</summary>
    SlotMemoryUnsafe = 21,

    /// <summary>A limit in time was reached.</summary>
    TimedOut = 30,

    /// <summary>The work was cancelled.</summary>
    Cancelled = 31,

    /// <summary>The effect cannot be rendered with these inputs; <see cref="BridgeException.Detail"/> holds the pipeline's own code.</summary>
    RenderRefused = 40,

    /// <summary>The engine met a fault of its own.</summary>
    EngineFault = 41,

    /// <summary>The engine does not know the effect.</summary>
    EffectUnknown = 42,

    /// <summary>The operating system refused a call.</summary>
    SystemCall = 50,

    /// <summary>This operating system is not supported.</summary>
    Unsupported = 51,
}

/// <summary>The only exception that leaves the bridge for expected failures.</summary>
public sealed class BridgeException(BridgeError code, string message, int detail = 0, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public BridgeError Code { get; } = code;

    /// <summary>The engine's own number for a refused render; 0 elsewhere.</summary>
    public int Detail { get; } = detail;

    /// <summary>The job that failed, where it came as far as the engine.</summary>
    public JobReference? Reference { get; internal set; }

    /// <summary>What the peer says went wrong. A code that this build does not know counts as a fault of the engine.</summary>
    internal static BridgeException FromPeer(BridgeError code, string message, int detail = 0)
    {
        bool isKnown = Enum.IsDefined(code);
        if (message.Length == 0) message = $"the engine gave no reason (code {(int)code})";
        return new BridgeException(isKnown ? code : BridgeError.EngineFault, message, detail);
    }
}
