namespace RunwayFX.Bridge;

/// <summary>One client of the engine: reads its messages, runs its jobs one after another, beats the heart while one runs, and notices when the client
/// cancels or is gone.</summary>
#pragma warning disable CA1001 // Start and Refuse lead to the pipe's end: one of them is always called, once.
internal sealed partial class ServerConnection : IJobReader
#pragma warning restore CA1001
{
    /// <summary>How often a connection looks whether the server is stopping.</summary>
    private const int StopPollMs = 100;

    /// <summary>How long a client that is refused may take to greet; the listener waits meanwhile.</summary>
    private const int RefuseMs = 100;

    /// <summary>How long a job may take to notice that it was cancelled when the engine leaves.</summary>
    private const int LeaveMs = 2_000;

    private readonly MessagePipe _pipe;
    private readonly IEngineHandler _handler;
    private readonly BridgeLimits _limits;
    private readonly ServerCounters _counters;
    private readonly BridgeServer _server;
    private readonly SharedMemory?[] _memories = new SharedMemory?[FrameSlot.MemoryMax + 1];
    private readonly RenderSession?[] _sessions = new RenderSession?[OpenSession.SessionMax + 1];
    private readonly int _number;
    private ServerJob? _job;
    private ServerJob? _spare;
    private bool _isEnding;
    private long _attachedBytes;
    private long _lastBeat;
    private long _lastJob;
    private int _clientProcessId;
    private volatile bool _isLeaving;

    public ServerConnection(ByteChannel channel, IEngineHandler handler, BridgeLimits limits, ServerCounters counters, BridgeServer server)
    {
        _pipe = new MessagePipe(channel, limits);
        _handler = handler;
        _limits = limits;
        _counters = counters;
        _server = server;
        _number = counters.NextConnection();
    }

    /// <summary>Tells a client that there is no room for it.</summary>
    public void Refuse(BridgeError code, string message)
    {
        try
        {
            // Its greeting is read first: closing a socket with unread bytes would take our answer away again.
            _pipe.TryReceive(RefuseMs);
            _pipe.Send(Reply(code, message));
        }
        catch (BridgeException)
        {
            // It left by itself, or sent what is no greeting.
        }

        _pipe.Dispose();
    }

    /// <summary>The sessions that are open. May be called from any thread.</summary>
    public IEnumerable<SessionStatus> DescribeSessions()
    {
        for (int number = 1; number < _sessions.Length; number++)
        {
            if (Volatile.Read(ref _sessions[number]) is not { } session) continue;
            yield return new SessionStatus
            {
                Connection = _number, Session = number, EffectWireId = session.EffectWireId, ProcessId = session.ClientProcessId,
                HostName = session.HostName,
            };
        }
    }

    private HelloReply Reply(BridgeError code, string message) => new()
    {
        Protocol = BridgeVersion.Protocol,
        Build = BridgeVersion.Build,
        ProcessId = Environment.ProcessId,
        Features = BridgeFeatures.SharedMemory,
        Code = code,
        Message = message,
        Connection = code == BridgeError.None ? _number : 0,
    };

    private bool ShakeHands()
    {
        Deadline deadline = Deadline.In(_limits.ConnectMs);
        while (!_pipe.TryReceive(deadline.Left(StopPollMs)))
        {
            if (deadline.HasPassed || _counters.IsStopping) return false;
        }

        Hello hello = _pipe.Read<Hello>();
        _clientProcessId = hello.ProcessId;
        (BridgeError code, string message) = Judge(hello);
        _pipe.Send(Reply(code, message));
        if (code == BridgeError.None) return true;
        _server.Log(BridgeLogLevel.Warning, $"process {_clientProcessId} was refused: {message}");
        return false;
    }

    private static (BridgeError Code, string Message) Judge(in Hello hello)
    {
        if (hello.Protocol != BridgeVersion.Protocol)
        {
            return (BridgeError.ProtocolMismatch, $"the plug-in speaks protocol {hello.Protocol}, the engine {BridgeVersion.Protocol}");
        }

        return string.Equals(hello.Build, BridgeVersion.Build, StringComparison.Ordinal)
            ? (BridgeError.None, "")
            : (BridgeError.BuildMismatch,
                $"the plug-in is build {hello.Build}, the engine is build {BridgeVersion.Build}; install them from one package");
    }

    private void Beat()
    {
        if (Volatile.Read(ref _job) is null) return;
        long now = MonotonicClock.Milliseconds;
        if (now - _lastBeat < _limits.HeartbeatMs) return;
        _lastBeat = now;
        _pipe.Send(new Ping { Number = 0 });
    }

    private void Take()
    {
        _counters.Touch();
        switch (_pipe.ReceivedType)
        {
            case MessageType.OpenSession:
                Open(_pipe.Read<OpenSession>());
                break;
            case MessageType.AttachMemory:
                Attach(_pipe.Read<AttachMemory>());
                break;
            case MessageType.DetachMemory:
                Detach(_pipe.Read<DetachMemory>().Memory);
                break;
            case MessageType.RenderRequest:
                Begin(_pipe.Read<RenderRequest>());
                break;
            case MessageType.SupplyFrame:
                Supply(_pipe.Read<SupplyFrame>());
                break;
            case MessageType.Cancel:
                long number = _pipe.Read<Cancel>().Job;
                ServerJob? job = Volatile.Read(ref _job);
                if (job?.Request.Job == number) job.Cancel();
                break;
            case MessageType.Ping:
                long ping = _pipe.Read<Ping>().Number;
                if (ping > 0) _pipe.Send(new Pong { Number = ping });
                break;
            case MessageType.Pong:
                break;
            case MessageType.StatusRequest:
                _pipe.Read<StatusRequest>();
                _pipe.Send(DescribeStatus());
                break;
            case MessageType.CacheRequest:
                _pipe.Send(AnswerCache(_pipe.Read<CacheRequest>()));
                break;
            case MessageType.PreviewRequest:
                _pipe.Send(AnswerPreview(_pipe.Read<PreviewRequest>()));
                break;
            case MessageType.Shutdown:
                _pipe.Read<Shutdown>();
                _server.Log(BridgeLogLevel.Information, $"process {_clientProcessId} asks the engine to end");
                _server.BeginStop();
                break;
            default:
                throw new BridgeException(BridgeError.OutOfOrder, $"a client sent {_pipe.ReceivedType}");
        }
    }

    private CacheReply AnswerCache(in CacheRequest question)
    {
        try
        {
            return _handler.AnswerCache(question);
        }
#pragma warning disable CA1031 // What is kept is a convenience: a fault in it must not end a connection.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _server.Log(BridgeLogLevel.Error, $"asking for kept results failed: {e}");
            return new CacheReply { Key = question.Key, Frames = 0, Bytes = 0, BytesMax = 0 };
        }
    }

    private PreviewReply AnswerPreview(in PreviewRequest question)
    {
        try
        {
            return _handler.AnswerPreview(question);
        }
#pragma warning disable CA1031 // A look at a picture that is not ready is a convenience: a fault in it must not end a connection.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _server.Log(BridgeLogLevel.Error, $"asking for a preview failed: {e}");
            return PreviewReply.None;
        }
    }

    private EngineStatus DescribeStatus()
    {
        EngineStatus status = _server.Status;
        try
        {
            return _handler.DescribeStatus(status);
        }
#pragma warning disable CA1031 // A status without details is better than none.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _server.Log(BridgeLogLevel.Error, $"describing the status failed: {e}");
            return status;
        }
    }

    private void Open(in OpenSession open)
    {
        var session = new RenderSession(open.EffectWireId, open.Texts, open.HostName, _clientProcessId) { Connection = _number };
        (BridgeError code, int detail, string message) = (BridgeError.None, 0, "");
        try
        {
            _handler.CheckSession(session);
            if (_sessions[open.Session] is null) _counters.AddSessions(1);
            _sessions[open.Session] = session;
        }
        catch (BridgeException e)
        {
            (code, detail, message) = (e.Code, e.Detail, e.Message);
        }
#pragma warning disable CA1031 // The handler's own fault; the client gets a plain answer, the log the whole.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _server.Log(BridgeLogLevel.Error, $"checking a session failed: {e}");
            (code, message) = (BridgeError.EngineFault, e.Message);
        }

        _pipe.Send(new SessionOpened { Session = open.Session, Code = code, Detail = detail, Message = ServerJob.Shorten(message) });
    }

    private void Attach(in AttachMemory attach)
    {
        BridgeError code = BridgeError.None;
        try
        {
            if (_memories[attach.Memory] is not null)
            {
                // Frames of a job that runs may lie there: whoever says so twice would have them read from somewhere else.
                throw new BridgeException(BridgeError.OutOfOrder, $"memory {attach.Memory} was attached though it already is");
            }

            SharedMemory memory = _pipe.TakeMemory(attach) ?? throw new BridgeException(BridgeError.SlotMemoryUnsafe, "no shared memory came along");
            if (memory.Bytes > _limits.ConnectionBytesMax - _attachedBytes)
            {
                memory.Release();
                throw new BridgeException(
                    BridgeError.SlotMemoryExhausted,
                    $"{memory.Bytes} bytes more than {_attachedBytes} attached are over {_limits.ConnectionBytesMax}");
            }

            _memories[attach.Memory] = memory;
            _attachedBytes += memory.Bytes;
            _counters.AddMemory(memory.Bytes, 1);
        }
        catch (BridgeException e) when (e.Code != BridgeError.OutOfOrder)
        {
            code = e.Code;
            _server.Log(BridgeLogLevel.Warning, $"memory {attach.Memory} of process {_clientProcessId} was refused: {e.Message}");
        }

        _pipe.Send(new MemoryAttached { Memory = attach.Memory, Code = code });
    }

    private void Detach(int number)
    {
        SharedMemory? memory = _memories[number];
        if (memory is null) return;
        _memories[number] = null;
        _attachedBytes -= memory.Bytes;
        _counters.AddMemory(-memory.Bytes, -1);
        memory.Release(); // A job that reads it holds a reference of its own.
    }

    /// <summary>The memory of a slot, with a reference for the caller, filled from the pipe where the pixels travel there.</summary>
    private unsafe SharedMemory Resolve(in FrameSlot slot, bool hasPixels)
    {
        if (slot.Memory != FrameSlot.Inline)
        {
            SharedMemory memory = _memories[slot.Memory]
                ?? throw new BridgeException(BridgeError.OutOfRange, $"FrameSlot names memory {slot.Memory}, which is not attached");
            memory.View(slot);
            return memory.AddReference();
        }

        if (slot.SpanBytes > _limits.ConnectionBytesMax)
        {
            throw new BridgeException(BridgeError.SlotMemoryExhausted, $"a frame of {slot.SpanBytes} bytes is over {_limits.ConnectionBytesMax}");
        }

        var own = new PrivateMemory(slot.SpanBytes);
        try
        {
            if (hasPixels) _pipe.ReceivePixels(own.Pointer, slot.SpanBytes);
            return own;
        }
        catch
        {
            own.Release();
            throw;
        }
    }

    private void Begin(in RenderRequest request)
    {
        if (Volatile.Read(ref _job) is ServerJob running)
        {
            throw new BridgeException(BridgeError.OutOfOrder, $"job {request.Job} was requested during job {running.Request.Job}");
        }

        if (request.Job <= _lastJob)
        {
            // A request that came twice would write into a slot that the client may use for something else by now.
            throw new BridgeException(BridgeError.OutOfOrder, $"job {request.Job} was requested after job {_lastJob}");
        }

        RenderSession session = _sessions[request.Session]
            ?? throw new BridgeException(BridgeError.OutOfOrder, $"job {request.Job} names session {request.Session}, which is not open");
        ServerJob job = Interlocked.Exchange(ref _spare, null) ?? new ServerJob(_pipe, _limits, this);
        job.Begin(session, request, Resolve(request.Result, hasPixels: false));
        try
        {
            foreach (ClipFrame frame in request.Frames)
            {
                job.AddInitial(frame, frame.Slot is { } slot ? Resolve(slot, hasPixels: true) : null);
            }
        }
        catch
        {
            job.End();
            throw;
        }

        _lastJob = request.Job;
        Volatile.Write(ref _job, job);
        _lastBeat = MonotonicClock.Milliseconds;
        _counters.JobStarted();
    }

    private void Supply(in SupplyFrame supply)
    {
        SharedMemory? memory = supply.Frame.Slot is { } slot ? Resolve(slot, hasPixels: true) : null;
        ServerJob? job = Volatile.Read(ref _job);
        if (job is not null && job.Request.Job == supply.Job) job.Supply(supply.Frame, memory);
        else memory?.Release(); // The answer crossed the end of its job.
    }

    /// <summary>Runs one job, from the handler's call to the last message.</summary>
    private void Run(ServerJob job)
    {
        (BridgeError code, int detail, string message) = (BridgeError.None, 0, "");
        try
        {
            _handler.Render(job.Request, job.Session, job, job.Cancellation);
        }
        catch (OperationCanceledException)
        {
            (code, message) = _isLeaving ? (BridgeError.GoingAway, "the engine is leaving") : (BridgeError.Cancelled, "the render was cancelled");
        }
        catch (BridgeException e)
        {
            (code, detail, message) = (e.Code == BridgeError.None ? BridgeError.EngineFault : e.Code, e.Detail, e.Message);
        }
#pragma warning disable CA1031 // A fault in one job must not end the engine.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _server.Log(BridgeLogLevel.Error, $"job {job.Request.Job} of process {_clientProcessId} failed: {e}");
            (code, message) = (BridgeError.EngineFault, $"the engine failed: {e.Message}");
        }

        Finish(job, code, detail, message);
    }

    private void Finish(ServerJob job, BridgeError code, int detail, string message)
    {
        long frame = _counters.JobEnded(code == BridgeError.None);
        long number = job.Request.Job;
        FrameSlot result = job.ResultSlot;
        SlotView pixels = job.Result;
        var done = new RenderDone
        {
            Job = number,
            Memory = result.Memory,
            Generation = result.Generation,
            FrameNumber = Math.Max(frame, 1),
            Timings = job.Timings,
            Origin = job.Origin,
        };
        bool isInline = code == BridgeError.None && result.Memory == FrameSlot.Inline && job.Origin.HasPixels();
        if (!isInline) Retire(job);
        Volatile.Write(ref _job, null); // Before the last message: the client's next request may follow it at once.
        try
        {
            if (code != BridgeError.None)
            {
                _pipe.Send(new RenderFailed { Job = number, Code = code, Detail = detail, Message = ServerJob.Shorten(message) });
            }
            else if (isInline)
            {
                _pipe.Send(done, null, pixels);
            }
            else
            {
                _pipe.Send(done);
            }
        }
        catch (BridgeException e)
        {
            _server.Log(BridgeLogLevel.Debug, $"job {number} ended without its client: {e.Message}");
        }
        finally
        {
            if (isInline) Retire(job);
        }
    }

    private void Retire(ServerJob job)
    {
        job.End();
        Volatile.Write(ref _spare, job);
    }

    /// <summary>Cancels what runs and says good-bye, so that the client takes its next request to another engine.</summary>
    private void TakeLeave()
    {
        _isLeaving = true;
        Volatile.Read(ref _job)?.Cancel();
        Deadline deadline = Deadline.In(LeaveMs);
        while (Volatile.Read(ref _job) is not null && !deadline.HasPassed)
        {
            if (!_pipe.TryReceive(10)) continue;
            if (_pipe.ReceivedType == MessageType.SupplyFrame) Supply(_pipe.Read<SupplyFrame>());
        }

        _pipe.Send(new Shutdown { Flags = 0 });
    }
}
