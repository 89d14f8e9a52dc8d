namespace RunwayFX.Bridge;

/// <summary>A connection to the other end as a stream of bytes with bounded waits. One reader thread and any number of writers, one at a
/// time.</summary>
internal abstract class ByteChannel : IDisposable
{
    /// <summary>Called every <see cref="PollMs"/> at most while a call below waits; what it throws ends the wait. Null on the engine's side, where
    /// nobody is kept waiting.</summary>
    public Action? Poll { get; set; }

    /// <summary>See <see cref="Poll"/>.</summary>
    public int PollMs { get; init; } = BridgeLimits.Default.AbortPollMs;

    /// <summary>Waits until bytes, or the end of the stream, can be read; false when the time is over.</summary>
    /// <exception cref="BridgeException">The connection broke.</exception>
    public abstract bool WaitReadable(int timeoutMs);

    /// <summary>Fills the span.</summary>
    /// <exception cref="BridgeException"><see cref="BridgeError.PeerGone"/> at the end of the stream, <see cref="BridgeError.TimedOut"/> past the
    /// deadline.</exception>
    public abstract unsafe void Read(byte* destination, long count, Deadline deadline);

    /// <summary>Writes all bytes.</summary>
    /// <exception cref="BridgeException"><see cref="BridgeError.PeerGone"/> where nobody reads any more, <see cref="BridgeError.TimedOut"/> past the
    /// deadline.</exception>
    public abstract unsafe void Write(byte* source, long count, Deadline deadline, SharedMemory? memory = null);

    /// <summary>Maps the memory that came with the last message; null where none came.</summary>
    /// <param name="name">The mapping's name on systems that name them.</param>
    /// <param name="bytes">The size the peer claims.</param>
    /// <exception cref="BridgeException">It lacks the seals or the size.</exception>
    public abstract SharedMemory? TakeMemory(string name, long bytes);

    /// <summary>Whether a descriptor came that nobody has taken.</summary>
    public abstract bool HasStrayDescriptor { get; }

    /// <summary>Closes the connection. Called by the reader thread, with no write under way.</summary>
    public abstract void Dispose();
}
