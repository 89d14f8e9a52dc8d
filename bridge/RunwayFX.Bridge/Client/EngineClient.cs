namespace RunwayFX.Bridge;

/// <summary>The shim's end of the bridge: finds or starts the engine and has frames rendered. One per process.</summary>
/// <remarks>Makes no thread, opens no file and starts no process before the first call that needs the engine. Thread-safe: any number of render
/// threads may call <see cref="Render"/> at once, each on a connection of its own. No call waits without a limit.</remarks>
public sealed class EngineClient : IDisposable
{
    /// <summary>How often a request is sent anew because it crossed the leave-taking of an engine that ends for want of work.</summary>
    private const int CrossingsMax = 2;

    private readonly object _gate = new();
    private readonly List<EngineChannel> _idle = [];
    private readonly SlotBudget _budget;
    private readonly DeathRegister _deaths;
    private readonly EngineConnector _connector;
    private int _channels;
    private int _idleCount;
    private bool _isDisposed;

    /// <summary>Creates a client; touches nothing yet.</summary>
    public EngineClient(EngineClientOptions options)
    {
        Options = options;
        _budget = new SlotBudget(options.Limits.SlotBytesTotalMax);
        _deaths = new DeathRegister(options.Limits);
        _connector = new EngineConnector(options, _deaths);
    }

    /// <summary>What the client was made with.</summary>
    public EngineClientOptions Options { get; }

    /// <summary>Bytes of slot memory held, used or not.</summary>
    public long SlotBytes => _budget.Used;

    /// <summary>Connections held, used or not.</summary>
    public int ConnectionCount
    {
        get
        {
            lock (_gate) return _channels;
        }
    }

    /// <summary>Has one frame rendered; blocks the calling render thread until it is there, the host aborts or something fails.</summary>
    /// <exception cref="BridgeException">The render failed; the message is for people. Any exception of <paramref name="host"/> passes
    /// through.</exception>
    public RenderOutcome Render(in RenderCall call, IRenderHost host)
    {
        ulong fingerprint = DeathRegister.Fingerprint(call);
        _deaths.Admit(fingerprint);
        for (int crossing = 0; ; crossing++)
        {
            EngineChannel? channel = Rent(host);
            if (channel is null) return new RenderOutcome(IsAborted: true, 0, 0, 0, 0);
            RenderExchange exchange = channel.Exchange;
            try
            {
                RenderOutcome outcome = exchange.Run(call, host);
                // A frame that was looked up says nothing about the work that ended engines.
                if (!outcome.IsAborted && outcome.Origin == ResultOrigin.Computed) _deaths.RecordSuccess(fingerprint);
                return outcome;
            }
            catch (BridgeException e) when (e.Code == BridgeError.GoingAway && crossing < CrossingsMax)
            {
                // Falls through to the next attempt with another engine.
            }
            catch (BridgeException e) when (e.Code == BridgeError.PeerGone && !exchange.WasSent && crossing < CrossingsMax)
            {
                // The engine left before it knew of the request.
            }
            catch (BridgeException e) when (e.Code is BridgeError.PeerGone or BridgeError.EngineSilent)
            {
                BridgeError code = e.Code == BridgeError.PeerGone ? BridgeError.EngineLost : e.Code;
                string reason = code == BridgeError.EngineLost ? "the engine ended unexpectedly" : "the engine fell silent";
                // An engine that is merely silent still holds its socket: it answers again one day, or somebody ends it.
                string outlook = code == BridgeError.EngineLost ? "the next render starts it anew" : "the next render asks it again; if it stays silent, end it";
                if (exchange.WasSent) _deaths.RecordDeath(fingerprint, reason);
                throw new BridgeException(
                    code,
                    $"{reason} (process {channel.EngineProcessId}) while it rendered frame {call.Time:R}; {outlook}",
                    e.Detail,
                    e) { Reference = exchange.Reference };
            }
            catch (BridgeException e)
            {
                e.Reference = exchange.Reference;
                throw;
            }
            finally
            {
                GiveBack(channel);
            }
        }
    }

    /// <summary>Asks the engine how it is.</summary>
    /// <param name="startsEngine">Whether an engine is started where none listens.</param>
    /// <returns>Null where none listens and none is to be started.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should, or cannot be started.</exception>
    public EngineStatus? QueryStatus(bool startsEngine = false)
    {
        if (_connector.Connect(startsEngine, static () => { }) is not { } connected) return null;
        using MessagePipe pipe = connected.Pipe;
        pipe.Send(new StatusRequest { Flags = 0 });
        Await(pipe, MessageType.StatusReply, connected.Engine.ProcessId);
        return pipe.Read<EngineStatus>();
    }

    /// <summary>Has the frames of a clip rendered one after another, so that renders find them kept; for a button, with progress over the whole clip.</summary>
    /// <param name="range">The frames.</param>
    /// <param name="draftsFirst">Whether to go through the clip in draft quality first.</param>
    /// <param name="host">Where frames come from and who may stop it, within <see cref="BridgeLimits.AbortPollMs"/> and the time its own methods take.</param>
    /// <exception cref="BridgeException">A frame failed; the message is for people. Any exception of <paramref name="host"/> passes through.</exception>
    public ClipOutcome RenderClip(in ClipRange range, bool draftsFirst, IClipHost host) => new ClipRender(this, host).Run(range, draftsFirst);

    /// <summary>How many frames of a job key the engine keeps.</summary>
    /// <param name="key">The key and its frames.</param>
    /// <param name="renderScaleX">Horizontal proxy scale of the results that count.</param>
    /// <param name="renderScaleY">Their vertical proxy scale.</param>
    /// <param name="startsEngine">Whether an engine is started where none listens.</param>
    /// <returns>Null where none listens and none is to be started.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should, or cannot be started.</exception>
    public CacheReply? CountKept(in ClipKey key, double renderScaleX = 1, double renderScaleY = 1, bool startsEngine = false) => AskCache(
        new CacheRequest { Action = CacheAction.Count, Key = key.Key, First = key.First, Last = key.Last, RenderScaleX = renderScaleX, RenderScaleY = renderScaleY },
        startsEngine);

    /// <summary>Has the engine forget the results of a job key.</summary>
    /// <param name="key">Whose results.</param>
    /// <param name="startsEngine">Whether an engine is started where none listens: results outlive it.</param>
    /// <returns>What was forgotten; null where no engine listens and none is to be started.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should, or cannot be started.</exception>
    public CacheReply? ForgetKept(JobKey key, bool startsEngine = true) => AskCache(
        new CacheRequest { Action = CacheAction.Clear, Key = key, First = 0, Last = 0, RenderScaleX = 1, RenderScaleY = 1 }, startsEngine);

    /// <summary>How many results the engine keeps in all.</summary>
    /// <param name="startsEngine">Whether an engine is started where none listens.</param>
    /// <returns>Null where none listens and none is to be started.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should, or cannot be started.</exception>
    public CacheReply? CountAllKept(bool startsEngine = false) => AskCache(OfAll(CacheAction.CountAll), startsEngine);

    /// <summary>Has the engine forget all results that it keeps.</summary>
    /// <param name="startsEngine">Whether an engine is started where none listens: results outlive it.</param>
    /// <returns>What was forgotten; null where no engine listens and none is to be started.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should, or cannot be started.</exception>
    public CacheReply? ForgetAllKept(bool startsEngine = true) => AskCache(OfAll(CacheAction.ClearAll), startsEngine);

    /// <summary>The picture of a job as it is now, small; not every job has one before it is done.</summary>
    /// <param name="job">The job; null for the one that began last.</param>
    /// <returns>Null where no engine listens.</returns>
    /// <exception cref="BridgeException">An engine is there but does not answer as it should.</exception>
    public PreviewReply? Preview(JobReference? job = null)
    {
        if (_connector.Connect(startsEngine: false, static () => { }) is not { } connected) return null;
        using MessagePipe pipe = connected.Pipe;
        pipe.Send(new PreviewRequest { Connection = job?.Connection ?? 0, Job = job?.Job ?? 0 });
        Await(pipe, MessageType.PreviewReply, connected.Engine.ProcessId);
        return pipe.Read<PreviewReply>();
    }

    /// <summary>Asks the engine to end and waits until it has let go of its socket; false where none listens.</summary>
    /// <exception cref="BridgeException">It did not end in time.</exception>
    public bool StopEngine()
    {
        if (_connector.Connect(startsEngine: false, static () => { }) is not { } connected) return false;
        BridgeEndpoint endpoint = Options.Endpoint ?? BridgeEndpoint.Default();
        Deadline deadline = Deadline.In(Options.Limits.SilenceMs);
        using (MessagePipe pipe = connected.Pipe)
        {
            try
            {
                pipe.Send(new Shutdown { Flags = 0 });
                while (!deadline.HasPassed) pipe.TryReceive(deadline.Left(Options.Limits.AbortPollMs));
            }
            catch (BridgeException e) when (e.Code == BridgeError.PeerGone)
            {
                while (EngineConnector.IsLocked(endpoint) && !deadline.HasPassed) Thread.Sleep(1); // A lock cannot be waited on with a limit.
                if (!deadline.HasPassed) return true;
            }
        }

        throw new BridgeException(
            BridgeError.TimedOut, $"the engine (process {connected.Engine.ProcessId}) did not end within {Options.Limits.SilenceMs} ms");
    }

    /// <summary>Gives back connections and slot memory that no render uses; the host calls it when a sequence ends or memory is short.</summary>
    public void ReleaseIdle() => CloseIdle(null, long.MaxValue);

    /// <summary>Gives back connections and slot memory that no render has used for <see cref="BridgeLimits.IdleSlotMs"/>. Cheap where there are none:
    /// for every action that a host calls, because a shim has no thread of its own that could watch the clock.</summary>
    public void ReleaseStale()
    {
        if (Volatile.Read(ref _idleCount) > 0) CloseIdle(null, MonotonicClock.Milliseconds - Options.Limits.IdleSlotMs);
    }

    /// <summary>Closes every connection that no render uses; the rest close when their render ends.</summary>
    public void Dispose()
    {
        lock (_gate) _isDisposed = true;
        ReleaseIdle();
    }

    internal static void PollAbort(IRenderHost host)
    {
        if (host.IsAborted()) throw new BridgeException(BridgeError.Cancelled, "the host stopped the render");
    }

    private static CacheRequest OfAll(CacheAction action) =>
        new() { Action = action, Key = JobKey.None, First = 0, Last = 0, RenderScaleX = 1, RenderScaleY = 1 };

    private CacheReply? AskCache(in CacheRequest question, bool startsEngine)
    {
        if (_connector.Connect(startsEngine, static () => { }) is not { } connected) return null;
        using MessagePipe pipe = connected.Pipe;
        pipe.Send(question);
        Await(pipe, MessageType.CacheReply, connected.Engine.ProcessId);
        return pipe.Read<CacheReply>();
    }

    private void Await(MessagePipe pipe, MessageType type, int engine)
    {
        Deadline deadline = Deadline.In(Options.Limits.ConnectMs);
        while (!deadline.HasPassed)
        {
            if (pipe.TryReceive(deadline.Left()) && pipe.ReceivedType == type) return;
        }

        throw new BridgeException(
            BridgeError.EngineSilent, $"the RunwayFX engine (process {engine}) did not answer within {Options.Limits.ConnectMs} ms");
    }

    /// <summary>A connection for this thread alone; null where the host wants to stop.</summary>
    private EngineChannel? Rent(IRenderHost host)
    {
        Deadline deadline = Deadline.In(Options.Limits.PoolWaitMs);
        try
        {
            while (true)
            {
                if (TakeIdle(host) is EngineChannel ready) return ready;
                if (TryReserveChannel()) return Open(host);
                PollAbort(host);
                if (deadline.HasPassed)
                {
                    throw new BridgeException(
                        BridgeError.ConnectionLimit,
                        $"all {Options.Limits.ClientConnectionsMax} connections to the engine were busy for {Options.Limits.PoolWaitMs} ms");
                }

                lock (_gate) Monitor.Wait(_gate, Options.Limits.AbortPollMs);
            }
        }
        catch (BridgeException e) when (e.Code == BridgeError.Cancelled)
        {
            return null;
        }
    }

    private EngineChannel Open(IRenderHost host)
    {
        bool isOpen = false;
        try
        {
            (MessagePipe pipe, HelloReply engine) = _connector.Connect(Options.StartsEngine, () => PollAbort(host))
                ?? throw new BridgeException(BridgeError.EngineNotFound, "no RunwayFX engine is running, and none is to be started");
            isOpen = true;
            return new EngineChannel(pipe, engine, Options, _budget, TrimOthers);
        }
        finally
        {
            if (!isOpen) ForgetChannel();
        }
    }

    /// <summary>The connection given back last that is ready; broken ones are dropped on the way, draining ones stay.</summary>
    private EngineChannel? TakeIdle(IRenderHost host)
    {
        List<EngineChannel>? draining = null;
        EngineChannel? ready = null;
        while (ready is null)
        {
            EngineChannel channel;
            lock (_gate)
            {
                if (_idle.Count == 0) break;
                channel = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                _idleCount = _idle.Count;
            }

            if (channel.TryMakeReady(host)) ready = channel;
            else if (channel.IsBroken) Close(channel);
            else (draining ??= []).Add(channel);
        }

        if (draining is not null)
        {
            lock (_gate)
            {
                _idle.InsertRange(0, draining);
                _idleCount = _idle.Count;
            }
        }

        return ready;
    }

    private void GiveBack(EngineChannel channel)
    {
        if (channel.IsBroken)
        {
            Close(channel);
            return;
        }

        channel.IdleSince = MonotonicClock.Milliseconds;
        bool isKept;
        lock (_gate)
        {
            isKept = !_isDisposed;
            if (isKept) _idle.Add(channel);
            _idleCount = _idle.Count;
            Monitor.PulseAll(_gate);
        }

        if (!isKept) Close(channel);
        else ReleaseStale();
    }

    private bool TryReserveChannel()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_channels >= Options.Limits.ClientConnectionsMax) return false;
            _channels++;
            return true;
        }
    }

    private void ForgetChannel()
    {
        lock (_gate)
        {
            _channels--;
            Monitor.PulseAll(_gate);
        }
    }

    private void Close(EngineChannel channel)
    {
        channel.Dispose();
        ForgetChannel();
    }

    private bool TrimOthers(EngineChannel asking) => CloseIdle(asking, long.MaxValue);

    /// <summary>Closes connections that no render uses.</summary>
    /// <param name="kept">One that stays; may be null.</param>
    /// <param name="idleSince">Those that were given back before this time are closed.</param>
    private bool CloseIdle(EngineChannel? kept, long idleSince)
    {
        List<EngineChannel>? closing = null;
        lock (_gate)
        {
            for (int index = _idle.Count - 1; index >= 0; index--)
            {
                EngineChannel channel = _idle[index];
                if (channel == kept || channel.IdleSince >= idleSince) continue;
                (closing ??= []).Add(channel);
                _idle.RemoveAt(index);
            }

            _idleCount = _idle.Count;
        }

        if (closing is null) return false;
        foreach (EngineChannel channel in closing) Close(channel);
        return true;
    }
}
