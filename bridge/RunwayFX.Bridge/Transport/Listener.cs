namespace RunwayFX.Bridge;

/// <summary>Takes connections at an endpoint, and is the only one to do so.</summary>
internal abstract class Listener : IDisposable
{
    /// <summary>Takes the endpoint's lock and listens.</summary>
    /// <exception cref="BridgeException"><see cref="BridgeError.AlreadyRunning"/> where somebody else does.</exception>
    public static Listener Open(BridgeEndpoint endpoint) =>
        OperatingSystem.IsWindows() ? new WindowsListener(endpoint) : new UnixListener(endpoint);

    /// <summary>The next connection of our own user; null where none came in time.</summary>
    /// <exception cref="BridgeException">A connection was refused or could not be taken; the listener goes on.</exception>
    public abstract ByteChannel? Accept(int timeoutMs);

    /// <summary>Takes the address away, so that nobody new finds it. May be called from any thread, also during <see cref="Accept"/>.</summary>
    public abstract void Hide();

    /// <summary>Stops listening; the lock stays until <see cref="Dispose"/>.</summary>
    public abstract void Close();

    public abstract void Dispose();
}
