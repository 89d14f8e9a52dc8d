namespace RunwayFX.Bridge;

/// <summary>One connection to the engine with its sessions and slots. Used by one render thread at a time.</summary>
internal sealed class EngineChannel : IDisposable
{
    /// <summary>Messages that may have gathered on a connection between two jobs.</summary>
    private const int LeftoversMax = 10_000;

    private readonly SessionEntry?[] _sessions = new SessionEntry?[OpenSession.SessionMax];
    private readonly Action _askHost;
    private Deadline _drainDeadline;
    private RenderExchange? _exchange;
    private IRenderHost? _host;
    private long _drainingJob;
    private long _use;

    public EngineChannel(MessagePipe pipe, in HelloReply engine, EngineClientOptions options, SlotBudget budget, Func<EngineChannel, bool> trimOthers)
    {
        Pipe = pipe;
        _askHost = AskHost;
        EngineProcessId = engine.ProcessId;
        Connection = engine.Connection;
        Limits = options.Limits;
        Slots = new ClientSlots(budget, options.Limits, () => Slots!.Trim(Detach) || trimOthers(this))
        {
            IsInline = !options.UsesSharedMemory || !engine.Features.HasFlag(BridgeFeatures.SharedMemory),
        };
    }

    /// <summary>The messages.</summary>
    public MessagePipe Pipe { get; }

    /// <summary>Waits and counts.</summary>
    public BridgeLimits Limits { get; }

    /// <summary>Memory for frames.</summary>
    public ClientSlots Slots { get; }

    /// <summary>The engine at the other end, as it named itself.</summary>
    public int EngineProcessId { get; }

    /// <summary>The connection's number within its engine; 0 where the engine gave none.</summary>
    public int Connection { get; }

    /// <summary>Number of the last job.</summary>
    public long Job { get; private set; }

    /// <summary>When it was last given back to the pool, on the clock of <see cref="MonotonicClock.Milliseconds"/>.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether it can take no further job.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether a cancelled job still holds its slots.</summary>
    public bool IsDraining => _drainingJob != 0;

    /// <summary>Runs the renders of this connection.</summary>
    public RenderExchange Exchange => _exchange ??= new RenderExchange(this);

    /// <summary>Numbers the next job.</summary>
    public long NextJob() => ++Job;

    /// <summary>The session for these texts, if it stands already; else the number under which to open it.</summary>
    public bool TryFindSession(in RenderCall call, out int session)
    {
        session = 1;
        for (int index = 0; index < _sessions.Length; index++)
        {
            SessionEntry? entry = _sessions[index];
            if (entry is not null && entry.Matches(call))
            {
                entry.LastUse = ++_use;
                session = index + 1;
                return true;
            }

            SessionEntry? oldest = _sessions[session - 1];
            if (entry is null ? oldest is not null : oldest is not null && entry.LastUse < oldest.LastUse) session = index + 1;
        }

        _sessions[session - 1] = null;
        return false;
    }

    /// <summary>Remembers an opened session.</summary>
    public void KeepSession(int session, in RenderCall call) =>
        _sessions[session - 1] = new SessionEntry(call.EffectWireId, (string[])call.Texts.Clone(), call.HostName) { LastUse = ++_use };

    /// <summary>Quarantines the slots of a cancelled job until the engine answers for it.</summary>
    public void BeginDrain(long job)
    {
        _drainingJob = job;
        _drainDeadline = Deadline.In(Limits.QuarantineMs);
    }

    /// <summary>Reads what has come without waiting; true where the channel can take a job now.</summary>
    /// <param name="host">Asked whether it wants to stop while a message that has begun is waited for.</param>
    public bool TryMakeReady(IRenderHost? host = null)
    {
        try
        {
            Deadline latest = Deadline.In(Limits.ConnectMs);
            for (int count = 0; !IsBroken && Pipe.HasBytes; count++)
            {
                _host = host;
                if (host is not null) Pipe.Poll = _askHost;
                Pipe.TryReceive(0, latest);
                if (count == LeftoversMax || latest.HasPassed) IsBroken = true; // It would keep the host's thread reading for ever.
                switch (Pipe.ReceivedType)
                {
                    case MessageType.RenderDone:
                        EndDrain(Pipe.Read<RenderDone>().Job);
                        break;
                    case MessageType.RenderFailed:
                        EndDrain(Pipe.Read<RenderFailed>().Job);
                        break;
                    case MessageType.Ping or MessageType.Pong or MessageType.Progress or MessageType.Log or MessageType.NeedFrames:
                    case MessageType.SlotReleased or MessageType.MemoryAttached or MessageType.SessionOpened:
                        break;
                    default:
                        IsBroken = true;
                        break;
                }
            }
        }
        catch (BridgeException)
        {
            IsBroken = true; // Also where the host wants to stop amid a message; it is asked again soon.
        }
        finally
        {
            Pipe.Poll = null;
            _host = null;
        }

        if (IsDraining && _drainDeadline.HasPassed) IsBroken = true;
        return !IsBroken && !IsDraining;
    }

    /// <summary>Tells the engine to forget a memory.</summary>
    public void Detach(int memory) => Pipe.Send(new DetachMemory { Memory = memory });

    /// <summary>Closes the connection and gives all memory back. The engine unmaps its own view when its job has ended.</summary>
    public void Dispose()
    {
        IsBroken = true;
        Pipe.Dispose();
        Slots.Trim(null);
    }

    private void AskHost()
    {
        if (_host is { } host) EngineClient.PollAbort(host);
    }

    private void EndDrain(long job)
    {
        if (job != _drainingJob) return;
        _drainingJob = 0;
        Slots.ReleaseAll();
    }

    private sealed record SessionEntry(int EffectWireId, string[] Texts, string HostName)
    {
        public long LastUse { get; set; }

        public bool Matches(in RenderCall call) =>
            EffectWireId == call.EffectWireId
            && string.Equals(HostName, call.HostName, StringComparison.Ordinal)
            && Texts.AsSpan().SequenceEqual(call.Texts);
    }
}
