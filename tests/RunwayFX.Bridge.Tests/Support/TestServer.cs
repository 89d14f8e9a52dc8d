using System.Collections.Concurrent;
using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>A server in this process, and clients of it.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly BridgeServer _server;
    private readonly Thread _thread;

    public TestServer(BridgeLimits? limits = null, int idleExitMs = 0)
    {
        Limits = limits ?? BridgeLimits.Default;
        Endpoint = _folder.Endpoint;
        _server = new BridgeServer(Handler, new BridgeServerOptions
        {
            Endpoint = Endpoint, Limits = Limits, IdleExitMs = idleExitMs, Log = (level, text) => Log.Enqueue($"{level}: {text}"),
        });
        _thread = new Thread(() => _server.Run(_stop.Token)) { IsBackground = true };
        _thread.Start();
    }

    public BridgeLimits Limits { get; }

    public BridgeEndpoint Endpoint { get; }

    public TestHandler Handler { get; } = new();

    public ConcurrentQueue<string> Log { get; } = new();

    public EngineStatus Status => _server.Status;

    public EngineClient NewClient(bool usesSharedMemory = true, BridgeLimits? limits = null) => new(new EngineClientOptions
    {
        Endpoint = Endpoint, StartsEngine = false, UsesSharedMemory = usesSharedMemory, Limits = limits ?? Limits,
    });

    /// <summary>A raw connection that has not shaken hands.</summary>
    public MessagePipe NewPipe() => new(NewChannel(), Limits);

    public UnixChannel NewChannel() =>
        UnixChannel.TryConnect(Endpoint.Address, Deadline.In(2_000)) ?? throw new InvalidOperationException("nobody listens");

    /// <summary>A raw connection after the handshake.</summary>
    public MessagePipe NewGreetedPipe()
    {
        MessagePipe pipe = NewPipe();
        pipe.Send(ProtocolSamples.Hello with { Build = BridgeVersion.Build });
        Assert.That(pipe.TryReceive(2_000), Is.True);
        Assert.That(pipe.Read<HelloReply>().Code, Is.EqualTo(BridgeError.None));
        return pipe;
    }

    /// <summary>Whether the server returned from its run.</summary>
    public bool HasStopped(int timeoutMs) => _thread.Join(timeoutMs);

    public void Dispose()
    {
        _stop.Cancel();
        bool hasStopped = _thread.Join(10_000);
        _server.Dispose();
        _folder.Dispose();
        _stop.Dispose();
        Assert.That(hasStopped, Is.True, "the server did not stop");
    }
}
