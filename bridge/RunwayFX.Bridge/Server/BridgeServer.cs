namespace RunwayFX.Bridge;

/// <summary>The engine's end of the bridge: listens, checks who calls, and runs one job at a time per connection.</summary>
/// <remarks>One blocking thread and at most one worker thread per connection. Only one server per user and build can listen: the constructor takes
/// an exclusive lock.</remarks>
public sealed class BridgeServer : IDisposable
{
    /// <summary>Takes the lock, removes a socket that a dead engine left, and listens.</summary>
    /// <exception cref="BridgeException"><see cref="BridgeError.AlreadyRunning"/> where another engine listens.</exception>
    public BridgeServer(IEngineHandler handler, BridgeServerOptions options) => throw new NotImplementedException();

    /// <summary>Where it listens.</summary>
    public BridgeEndpoint Endpoint => throw new NotImplementedException();

    /// <summary>Counters as of now.</summary>
    public EngineStatus Status => throw new NotImplementedException();

    /// <summary>Accepts connections on the calling thread until cancelled, told to shut down by a client, or idle for
    /// <see cref="BridgeServerOptions.IdleExitMs"/>; then lets no new job start, cancels what runs and returns.</summary>
    public void Run(CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>Stops listening, removes the socket and releases the lock.</summary>
    public void Dispose() => throw new NotImplementedException();
}
