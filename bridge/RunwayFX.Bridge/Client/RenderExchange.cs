using System.Runtime.InteropServices;

namespace RunwayFX.Bridge;

/// <summary>One render over one connection, on the host's render thread: sends the request, answers the engine's questions, hands over the
/// result. One object serves all renders of its connection, so that a frame costs the host no memory.</summary>
internal sealed class RenderExchange : IFrameSink
{
    /// <summary>Frames that may wait in slots for the engine while it answers one question.</summary>
    private const int SuppliedMax = 2;

    private readonly EngineChannel _channel;
    private readonly Func<ClientSlot, bool> _attach;
    private readonly Action _pollAbort;
    private readonly List<SlotView> _pictures = [];
    private RenderCall _call;
    private IRenderHost _host = null!;
    private Deadline _renderDeadline;
    private ClipFrame[] _frames = [];
    private long _waitingSince;
    private long _nextAbortPoll;
    private long _job;
    private ClientSlot? _result;
    private ClientSlot? _filling;
    private FrameDescription _fillingDescription;
    private NeedFrames? _need;
    private RenderDone? _done;
    private RenderFailed? _failed;
    private MemoryAttached? _attached;
    private SessionOpened? _opened;
    private bool _isReplyDue;
    private bool _isAnswering;

    public RenderExchange(EngineChannel channel)
    {
        _channel = channel;
        _attach = Attach;
        _pollAbort = PollAbort;
    }

    /// <summary>Whether the engine may have begun to work on the request.</summary>
    public bool WasSent { get; private set; }

    /// <summary>The job's name for people; null before the engine may know of it.</summary>
    public JobReference? Reference => WasSent && _channel.Connection > 0 ? new JobReference(_channel.Connection, _job) : null;

    /// <summary>Runs it to its end. The channel is ready, draining or broken afterwards.</summary>
    /// <exception cref="BridgeException">It failed.</exception>
    public RenderOutcome Run(in RenderCall call, IRenderHost host)
    {
        bool isSound = false;
        Begin(call, host);
        _channel.Pipe.Poll = _pollAbort;
        try
        {
            RenderOutcome outcome = Converse();
            isSound = true;
            return outcome;
        }
        catch (BridgeException e) when (e.Code == BridgeError.Cancelled && _failed is null)
        {
            isSound = Cancel();
            return new RenderOutcome(IsAborted: true, 0, 0, 0, 0);
        }
        catch (BridgeException) when (_failed is not null || (!WasSent && _opened is { Code: not BridgeError.None }))
        {
            isSound = true; // The engine answered in good order; only this frame failed.
            throw;
        }
        finally
        {
            _channel.Pipe.Poll = null;
            if (!isSound) _channel.Dispose();
            else if (!_channel.IsDraining) _channel.Slots.ReleaseAll();
            _host = null!;
            _call = default;
            _result = null;
        }
    }

    /// <inheritdoc/>
    public SlotView Begin(in FrameDescription description)
    {
        if (_filling is not null) throw new BridgeException(BridgeError.OutOfOrder, "a host's frame was begun twice");
        _filling = _channel.Slots.Take(description.Width, description.Height, description.Format, _attach, _pollAbort);
        _fillingDescription = description;
        return _filling.View;
    }

    private void Begin(in RenderCall call, IRenderHost host)
    {
        _call = call;
        _host = host;
        _renderDeadline = Deadline.In(_channel.Limits.RenderMs);
        _waitingSince = MonotonicClock.Milliseconds;
        _nextAbortPoll = 0;
        _result = _filling = null;
        _need = null;
        _done = null;
        _failed = null;
        _attached = null;
        _opened = null;
        _isReplyDue = _isAnswering = WasSent = false;
    }

    private RenderOutcome Converse()
    {
        int session = EnsureSession();
        int clips = Math.Clamp(_call.InitialClips, 0, ClipFrame.ClipsMax);
        _frames = Scratch.OfLength(_frames, Math.Min(clips, 1));
        _pictures.Clear();
        if (clips > 0) _frames[0] = Fetch(0, _call.Time, isAnswer: false);
        FrameDescription output = _call.Output;
        _result = _channel.Slots.Take(output.Width, output.Height, output.Format, _attach, _pollAbort);
        _job = _channel.NextJob();
        var request = new RenderRequest
        {
            Session = session,
            Job = _job,
            Numbers = _call.Numbers,
            Time = _call.Time,
            RenderScaleX = _call.RenderScaleX,
            RenderScaleY = _call.RenderScaleY,
            FrameRate = _call.FrameRate,
            PixelAspect = output.PixelAspect,
            Field = output.Field,
            Premultiplication = output.Premultiplication,
            X1 = output.X1,
            Y1 = output.Y1,
            IsInteractive = _call.IsInteractive,
            HasTemporalAccess = _call.HasTemporalAccess,
            Result = _result.Slot,
            Frames = _frames,
            Following = clips - _frames.Length,
            Mode = _call.Mode,
            Key = _call.Key,
        };
        _channel.Pipe.Send(request, CollectionsMarshal.AsSpan(_pictures));
        WasSent = true;
        _waitingSince = MonotonicClock.Milliseconds;
        for (int clip = 1; clip < clips && _done is null; clip++) Supply(clip, _call.Time, isAnswer: false);
        while (_done is null)
        {
            Pump();
            if (_need is { } need) Answer(need);
        }

        RenderDone done = _done.Value;
        if (done.Origin.HasPixels()) _host.ReceiveResult(_result.View);
        JobTimings timings = done.Timings;
        return new RenderOutcome(IsAborted: false, done.FrameNumber, _channel.EngineProcessId, timings.TotalMicroseconds, timings.FetchMicroseconds)
        {
            Timings = timings, Reference = Reference, Origin = done.Origin,
        };
    }

    private int EnsureSession()
    {
        if (_channel.TryFindSession(_call, out int session)) return session;
        // Only for the engine's log: a host that calls itself by a long name is no reason to fail.
        string hostName = _call.HostName.Length <= OpenSession.HostNameMax ? _call.HostName : _call.HostName[..OpenSession.HostNameMax];
        _channel.Pipe.Send(new OpenSession { Session = session, EffectWireId = _call.EffectWireId, HostName = hostName, Texts = _call.Texts });
        _waitingSince = MonotonicClock.Milliseconds;
        _isReplyDue = true;
        Deadline latest = Deadline.In(_channel.Limits.SilenceMs);
        while (_opened is null || _opened.Value.Session != session) PumpUntil(latest);
        _isReplyDue = false;
        SessionOpened opened = _opened.Value;
        if (opened.Code != BridgeError.None) throw BridgeException.FromPeer(opened.Code, opened.Message, opened.Detail);
        _channel.KeepSession(session, _call);
        return session;
    }

    private void Answer(in NeedFrames need)
    {
        _need = null;
        _isAnswering = true;
        foreach (double time in need.Times)
        {
            while (_done is null && _channel.Slots.CountSupplied() >= SuppliedMax && need.Times.Length > 1) Pump();
            if (_done is not null) return;
            Supply(need.Clip, time, isAnswer: true);
        }

        _isAnswering = false;
    }

    /// <summary>Has a frame copied and sends it at once, so that the engine works on it while the next one is copied.</summary>
    private void Supply(int clip, double time, bool isAnswer)
    {
        _pictures.Clear();
        ClipFrame frame = Fetch(clip, time, isAnswer);
        if (_done is not null) return;
        _channel.Pipe.Send(new SupplyFrame { Job = _job, Frame = frame }, CollectionsMarshal.AsSpan(_pictures));
        PollAbort();
        _waitingSince = MonotonicClock.Milliseconds;
    }

    /// <summary>Has the host copy a frame into a slot.</summary>
    private ClipFrame Fetch(int clip, double time, bool isAnswer)
    {
        bool given = false;
        try
        {
            PollAbort();
            given = _host.FetchFrame(clip, time, this) && _filling is not null;
            if (!given)
            {
                return new ClipFrame
                {
                    Clip = clip, Time = time, Slot = null, X1 = 0, Y1 = 0, Premultiplication = Premultiplication.Opaque, PixelAspect = 1,
                    Field = FieldKind.None,
                };
            }

            ClientSlot slot = _filling!;
            slot.IsSupplied = isAnswer;
            slot.IsInput = true;
            if (slot.Memory == FrameSlot.Inline) _pictures.Add(slot.View);
            return new ClipFrame
            {
                Clip = clip,
                Time = time,
                Slot = slot.Slot,
                X1 = _fillingDescription.X1,
                Y1 = _fillingDescription.Y1,
                Premultiplication = _fillingDescription.Premultiplication,
                PixelAspect = _fillingDescription.PixelAspect,
                Field = _fillingDescription.Field,
            };
        }
        finally
        {
            if (!given && _filling is not null) _filling.IsTaken = false;
            _filling = null;
            _waitingSince = MonotonicClock.Milliseconds;
        }
    }

    private bool Attach(ClientSlot slot)
    {
        _attached = null;
        _channel.Pipe.Send(new AttachMemory { Memory = slot.Memory, Bytes = slot.Map.Bytes, Name = slot.Map.Name }, slot.Map);
        _waitingSince = MonotonicClock.Milliseconds;
        _isReplyDue = true;
        Deadline latest = Deadline.In(_channel.Limits.SilenceMs);
        while (_attached is null || _attached.Value.Memory != slot.Memory) PumpUntil(latest);
        _isReplyDue = false;
        return _attached.Value.Code == BridgeError.None;
    }

    /// <summary>As <see cref="Pump"/>, for an answer that needs no work: other messages do not prolong the wait.</summary>
    private void PumpUntil(Deadline latest)
    {
        Pump();
        if (latest.HasPassed)
        {
            throw new BridgeException(
                BridgeError.EngineSilent,
                $"the RunwayFX engine (process {_channel.EngineProcessId}) has not answered for {_channel.Limits.SilenceMs} ms");
        }
    }

    /// <summary>Waits a little for a message and takes it in.</summary>
    private void Pump()
    {
        BridgeLimits limits = _channel.Limits;
        if (_channel.Pipe.TryReceive(limits.AbortPollMs))
        {
            Take();
        }
        else if (MonotonicClock.Milliseconds - Math.Max(_channel.Pipe.LastReceived, _waitingSince) > limits.SilenceMs)
        {
            throw new BridgeException(
                BridgeError.EngineSilent, $"the RunwayFX engine (process {_channel.EngineProcessId}) has been silent for {limits.SilenceMs} ms");
        }

        PollAbort();
        if (_renderDeadline.HasPassed) throw new BridgeException(BridgeError.TimedOut, $"the render took longer than {limits.RenderMs} ms");
    }

    private void Take()
    {
        MessagePipe pipe = _channel.Pipe;
        switch (pipe.ReceivedType)
        {
            case MessageType.NeedFrames:
                NeedFrames need = pipe.Read<NeedFrames>();
                CheckJob(need.Job);
                if (_need is not null || _isAnswering) throw new BridgeException(BridgeError.OutOfOrder, "the engine asked for frames before it had the last ones");
                _need = need;
                break;
            case MessageType.SlotReleased:
                _channel.Slots.Release(pipe.Read<SlotReleased>());
                break;
            case MessageType.Progress:
                Progress progress = pipe.Read<Progress>();
                if (progress.Job == _job) _host.Progress(progress.Fraction);
                break;
            case MessageType.Log:
                LogLine line = pipe.Read<LogLine>();
                _host.Log(line.Level, line.Message);
                break;
            case MessageType.Ping:
                long number = pipe.Read<Ping>().Number;
                if (number > 0) pipe.Send(new Pong { Number = number });
                break;
            case MessageType.Pong:
                break;
            case MessageType.SessionOpened:
                _opened = pipe.Read<SessionOpened>();
                break;
            case MessageType.MemoryAttached:
                _attached = pipe.Read<MemoryAttached>();
                break;
            case MessageType.RenderDone:
                TakeResult(pipe.Read<RenderDone>());
                break;
            case MessageType.RenderFailed:
                RenderFailed failed = pipe.Read<RenderFailed>();
                CheckJob(failed.Job);
                _failed = failed;
                throw BridgeException.FromPeer(failed.Code, failed.Message, failed.Detail);
            case MessageType.Shutdown:
                throw new BridgeException(BridgeError.GoingAway, "the engine is leaving");
            default:
                throw new BridgeException(BridgeError.OutOfOrder, $"the engine sent {pipe.ReceivedType} during a render");
        }
    }

    private unsafe void TakeResult(in RenderDone done)
    {
        CheckJob(done.Job);
        if (_result is not null && (done.Memory != _result.Memory || done.Generation != _result.Generation))
        {
            _result = _channel.Slots.FindInPlaceOf(_result, done.Memory, done.Generation);
        }

        if (_result is null)
        {
            throw new BridgeException(BridgeError.OutOfOrder, $"the engine's result names memory {done.Memory}, generation {done.Generation}");
        }

        if (_call.Mode == RenderMode.Final && done.Origin is not (ResultOrigin.Computed or ResultOrigin.Kept))
        {
            throw new BridgeException(BridgeError.OutOfOrder, $"the engine answered a final render with {done.Origin}");
        }

        if (_result.Memory == FrameSlot.Inline && done.Origin.HasPixels()) _channel.Pipe.ReceivePixels(_result.Map.Pointer, _result.Slot.SpanBytes);
        _done = done;
    }

    private void CheckJob(long job)
    {
        if (!WasSent || job != _job) throw new BridgeException(BridgeError.OutOfOrder, $"the engine speaks of job {job} during job {_job}");
    }

    private void PollAbort()
    {
        long now = MonotonicClock.Milliseconds;
        if (now < _nextAbortPoll) return;
        _nextAbortPoll = now + _channel.Limits.AbortPollMs;
        if (_host.IsAborted()) throw new BridgeException(BridgeError.Cancelled, "the host stopped the render");
    }

    /// <summary>Stops the job without waiting for the engine's answer; true where the connection can be used again.</summary>
    private bool Cancel()
    {
        if (_isReplyDue || _channel.Pipe.IsTorn) return false; // What comes next would be taken for the answer to a later question.
        if (!WasSent) return true;
        if (_channel.Slots.IsInline) return false; // Pixels may be under way in the pipe: only closing it stops them.
        try
        {
            _channel.Pipe.Send(new Cancel { Job = _job });
            _channel.BeginDrain(_job);
            return true;
        }
        catch (BridgeException)
        {
            return false;
        }
    }
}
