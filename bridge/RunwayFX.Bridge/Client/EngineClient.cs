namespace RunwayFX.Bridge;

/// <summary>The shim's end of the bridge: finds or starts the engine and has frames rendered. One per process.</summary>
/// <remarks>Makes no thread, opens no file and starts no process before the first call that needs the engine. Thread-safe: any number of render
/// threads may call <see cref="Render"/> at once, each on a connection of its own. No call waits without a limit.</remarks>
public sealed class EngineClient(EngineClientOptions options) : IDisposable
{
    /// <summary>What the client was made with.</summary>
    public EngineClientOptions Options { get; } = options;

    /// <summary>Has one frame rendered; blocks the calling render thread until it is there, the host aborts or something fails.</summary>
    /// <exception cref="BridgeException">The render failed; the message is for people. Any exception of <paramref name="host"/> passes through.</exception>
    public RenderOutcome Render(in RenderCall call, IRenderHost host) => throw new NotImplementedException();

    /// <summary>Asks the engine how it is.</summary>
    /// <param name="startsEngine">Whether an engine is started where none listens.</param>
    /// <returns>Null where none listens and none is to be started.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should, or cannot be started.</exception>
    public EngineStatus? QueryStatus(bool startsEngine = false) => throw new NotImplementedException();

    /// <summary>Asks the engine to end; false where none listens.</summary>
    /// <exception cref="BridgeException">It did not end in time.</exception>
    public bool StopEngine() => throw new NotImplementedException();

    /// <summary>Gives back connections and slot memory that no render uses; the host calls it when a sequence ends or memory is short.</summary>
    public void ReleaseIdle() => throw new NotImplementedException();

    /// <summary>Closes every connection that no render uses; the rest close when their render ends.</summary>
    public void Dispose() => throw new NotImplementedException();
}
