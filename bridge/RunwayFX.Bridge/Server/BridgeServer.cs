namespace RunwayFX.Bridge;

/// <summary>The engine's end of the bridge: listens, checks who calls, and runs one job at a time per connection.</summary>
/// <remarks>One thread per connection, a second one while a job takes longer than a moment. Only one server per user and build can listen: the constructor takes
/// an exclusive lock.</remarks>
public sealed class BridgeServer : IDisposable
{
    private const int AcceptMs = 100;
    private const int LeaveMs = 3_000;

    /// <summary>How old a job is, at least, when it gets a reader of its own, and how often the server looks for such jobs.</summary>
    private const int TickMs = 20;

    private readonly IEngineHandler _handler;
    private readonly BridgeServerOptions _options;
    private readonly Listener _listener;
    private readonly ServerCounters _counters = new();
    private readonly long _started = MonotonicClock.Milliseconds;
    private readonly List<ServerConnection> _connections = [];
    private readonly List<ServerConnection> _ticked = [];
    private bool _isDetached;

    /// <summary>Takes the lock, removes a socket that a dead engine left, and listens.</summary>
    /// <exception cref="BridgeException"><see cref="BridgeError.AlreadyRunning"/> where another engine listens.</exception>
    public BridgeServer(IEngineHandler handler, BridgeServerOptions options)
    {
        _handler = handler;
        _options = options;
        Endpoint = options.Endpoint ?? BridgeEndpoint.Default();
        _listener = Listener.Open(Endpoint);
    }

    /// <summary>Where it listens.</summary>
    public BridgeEndpoint Endpoint { get; }

    /// <summary>Counters as of now.</summary>
    public EngineStatus Status => new()
    {
        ProcessId = Environment.ProcessId,
        Protocol = BridgeVersion.Protocol,
        Build = BridgeVersion.Build,
        UptimeMs = MonotonicClock.Milliseconds - _started,
        Connections = CountConnections(),
        Sessions = _counters.Sessions,
        JobsRunning = _counters.JobsRunning,
        FramesRendered = _counters.FramesRendered,
        FramesFailed = _counters.FramesFailed,
        CacheEntries = 0,
        CacheBytes = 0,
        CacheHits = 0,
        Version = "",
        LogPath = "",
        CachePath = "",
        Devices = [],
        Memory = new MemoryStatus { Attached = _counters.AttachedBytes, Segments = _counters.Segments },
        OpenSessions = ListSessions(),
    };

    /// <summary>Accepts connections on the calling thread until cancelled, told to shut down by a client, or idle for
    /// <see cref="BridgeServerOptions.IdleExitMs"/>; then lets no new job start, cancels what runs and returns.</summary>
    public void Run(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested && !_counters.IsStopping && !IsIdle())
        {
            try
            {
                int longest = _counters.JobsRunning > 0 ? TickMs : AcceptMs;
                if (_listener.Accept(Math.Clamp(_options.Limits.HeartbeatMs / 2, 1, longest)) is ByteChannel channel) Serve(channel);
                if (_counters.JobsRunning > 0) Tick(TickMs);
            }
            catch (BridgeException e)
            {
                Log(BridgeLogLevel.Warning, e.Message);
            }
        }

        _listener.Close(); // First: a client that is sent away must not come back to us.
        _counters.Stop();
        Deadline deadline = Deadline.In(LeaveMs);
        ServerConnection[] serving;
        lock (_connections) serving = [.. _connections];
        foreach (ServerConnection connection in serving)
        {
            do Tick(0);
            while (!connection.AwaitEnd(deadline.Left(TickMs)) && !deadline.HasPassed);
        }
    }

    /// <summary>Stops listening, removes the socket and releases the lock.</summary>
    public void Dispose()
    {
        _counters.Stop();
        _listener.Dispose();
    }

    /// <summary>Lets <see cref="Run"/> return. May be called from any thread.</summary>
    internal void BeginStop()
    {
        _listener.Hide();
        _counters.Stop();
    }

    /// <summary>A connection is over.</summary>
    internal void Forget(ServerConnection connection)
    {
        lock (_connections) _connections.Remove(connection);
    }

    internal void Log(BridgeLogLevel level, string message) => _options.Log?.Invoke(level, message);

    private bool IsIdle() => _options.IdleExitMs > 0 && _counters.IdleMs >= _options.IdleExitMs;

    private int CountConnections()
    {
        lock (_connections) return _connections.Count;
    }

    private SessionStatus[] ListSessions()
    {
        lock (_connections)
        {
            return [.. _connections.SelectMany(connection => connection.DescribeSessions()).Take(EngineStatus.SessionsListedMax)];
        }
    }

    /// <summary>Lets go of the pipe through which a client watched the start; it needs it no longer.</summary>
    private void Detach()
    {
        if (_isDetached) return;
        _isDetached = true;
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(EngineLauncher.DetachedVariable) != "1") return;
        using var nothing = new Raw.Descriptor(Raw.LibC.open("/dev/null", Raw.LibC.O_RDWR | Raw.LibC.O_CLOEXEC, 0));
        const int standardError = 2;
        if (!nothing.IsInvalid) _ = Raw.LibC.dup3(nothing, standardError, 0);
    }

    private void Serve(ByteChannel channel)
    {
        _counters.Touch();
        Detach();
        var connection = new ServerConnection(channel, _handler, _options.Limits, _counters, this);
        if (CountConnections() >= _options.Limits.ServerConnectionsMax)
        {
            connection.Refuse(BridgeError.ConnectionLimit, $"the engine already serves {_options.Limits.ServerConnectionsMax} connections");
            Log(BridgeLogLevel.Warning, $"a connection was refused: {_options.Limits.ServerConnectionsMax} are open");
            return;
        }

        lock (_connections) _connections.Add(connection);
        connection.Start();
    }

    private void Tick(int readerAfterMs)
    {
        _ticked.Clear();
        lock (_connections) _ticked.AddRange(_connections);
        foreach (ServerConnection connection in _ticked) connection.Tick(readerAfterMs);
    }
}
