namespace RunwayFX.Bridge;

/// <summary>Who reads and who renders on a connection.</summary>
/// <remarks>
/// <para>The thread that reads a request also runs it: waking another one takes longer than a small render. While it renders nobody reads, until the
/// server's tick finds the job old enough to deserve a reader of its own; then a second thread reads on (cancel, heartbeat, the client's end) and the
/// first one, when its job is done, stands by. So there are at most two threads to a connection, and the second only where a job takes
/// time.</para>
/// <para>Reading is a role that one thread has at a time; whoever has it when the connection ends, or when nothing more can be read, cleans up. A job that
/// waits for the host's frames takes the role itself where nobody has it.</para>
/// </remarks>
internal sealed partial class ServerConnection
{
    private const int ThreadsMax = 2;

    private readonly object _roles = new();
    private bool _isReading = true;
    private bool _hasStandby;
    private bool _isHandedOver;
    private bool _isOver;
    private int _threads;
    private long _jobStarted;

    /// <summary>Serves the client on a thread of its own until it leaves, breaks the protocol, or the server stops.</summary>
    public void Start()
    {
        lock (_roles) StartReader(greets: true);
    }

    /// <summary>Gives a job that has run for a while a reader. Called by the server every few milliseconds while jobs run.</summary>
    /// <param name="readerAfterMs">How old the job must be.</param>
    public void Tick(int readerAfterMs)
    {
        if (Volatile.Read(ref _job) is null) return;
        lock (_roles)
        {
            if (_isReading || _isOver || _job is null || MonotonicClock.Milliseconds - _jobStarted < readerAfterMs) return;
            if (_hasStandby)
            {
                _isReading = _isHandedOver = true;
                Monitor.PulseAll(_roles);
            }
            else if (_threads < ThreadsMax)
            {
                _isReading = true;
                StartReader(greets: false);
            }
        }
    }

    /// <summary>Waits until the connection was cleaned up.</summary>
    public bool AwaitEnd(int timeoutMs)
    {
        Deadline deadline = Deadline.In(timeoutMs);
        lock (_roles)
        {
            while (!_isOver && !deadline.HasPassed) Monitor.Wait(_roles, deadline.Left());
            return _isOver;
        }
    }

    /// <inheritdoc/>
    public bool TryReadForJob(int timeoutMs)
    {
        lock (_roles)
        {
            if (_isOver || _isReading || _counters.IsStopping) return false;
            _isReading = true;
        }

        try
        {
            if (_pipe.TryReceive(timeoutMs)) Take();
            Beat();
        }
#pragma warning disable CA1031 // A fault of the connection ends the connection; the job inside of which it shows is merely cancelled.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Report(e);
            End();
            throw new OperationCanceledException("the client is gone", e);
        }

        lock (_roles) _isReading = false;
        return true;
    }

    private void StartReader(bool greets)
    {
        _threads++;
        new Thread(() => Work(greets)) { IsBackground = true, Name = "RunwayFX connection" }.Start();
    }

    /// <summary>What a thread of the connection does; it begins as the reader.</summary>
    private void Work(bool greets)
    {
        bool isReader = true;
        try
        {
            if (greets && !ShakeHands()) return;
            while (isReader && ReadUntilJob() is ServerJob job)
            {
                isReader = false;
                Run(job);
                isReader = ResumeReading();
            }
        }
#pragma warning disable CA1031 // A fault in one connection must not end the engine.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Report(e);
            isReader = true;
        }
        finally
        {
            lock (_roles) _threads--;
            if (isReader) End();
        }
    }

    /// <summary>Reads until a request has come, and lays the role down; null where the server stops.</summary>
    private ServerJob? ReadUntilJob()
    {
        while (!_counters.IsStopping)
        {
            bool isRequest = false;
            if (_pipe.TryReceive(Math.Min(StopPollMs, _limits.HeartbeatMs)))
            {
                isRequest = _pipe.ReceivedType == MessageType.RenderRequest;
                Take();
            }

            Beat();
            if (!isRequest) continue;
            lock (_roles)
            {
                _jobStarted = MonotonicClock.Milliseconds;
                _isReading = false;
                return _job;
            }
        }

        TakeLeave();
        return null;
    }

    /// <summary>Takes the role of the reader, or waits until it is handed over; false where the connection is over.</summary>
    private bool ResumeReading()
    {
        lock (_roles)
        {
            if (_isOver) return false;
            if (!_isReading)
            {
                _isReading = true;
                return true;
            }

            _hasStandby = true;
            while (!_isHandedOver && !_isOver) Monitor.Wait(_roles);
            _hasStandby = _isHandedOver = false;
            return !_isOver;
        }
    }

    private void Report(Exception e)
    {
        BridgeLogLevel level = e is BridgeException { Code: BridgeError.PeerGone } ? BridgeLogLevel.Debug
            : e is BridgeException ? BridgeLogLevel.Warning : BridgeLogLevel.Error;
        string text = e is BridgeException ? $"ended: {e.Message}" : $"failed: {e}";
        _server.Log(level, $"connection of process {_clientProcessId} {text}");
    }

    /// <summary>Closes the connection; a job that still runs is cancelled, and keeps the memory it works in until it has noticed.</summary>
    private void End()
    {
        lock (_roles)
        {
            if (_isEnding) return;
            _isEnding = true;
        }

        Volatile.Read(ref _job)?.Cancel();
        _pipe.Dispose();
        for (int number = 1; number < _memories.Length; number++) Detach(number);
        _counters.AddSessions(-_sessions.Count(session => session is not null));
        _server.Forget(this);
        lock (_roles)
        {
            _isOver = true;
            Monitor.PulseAll(_roles);
        }
    }
}
