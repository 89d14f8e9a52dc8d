using System.Diagnostics;

namespace RunwayFX.Bridge;

/// <summary>One render in the engine: the conversation its handler uses, fed by the connection's thread.</summary>
#pragma warning disable CA1001 // A token source without a timer holds nothing, and disposing it would race with Cancel.
internal sealed class ServerJob : IFrameConversation
#pragma warning restore CA1001
{
    private const int WakeMs = 1_000;

    private readonly object _gate = new();
    private readonly MessagePipe _pipe;
    private readonly BridgeLimits _limits;
    private readonly SharedMemory _resultMemory;
    private readonly CancellationTokenSource _cancellation = new();
    private readonly List<Arrival> _initial = [];
    private readonly Queue<Arrival> _arrived = new();
    private readonly Queue<(int Clip, double Time)> _expected = new();
    private readonly List<SuppliedFrame> _lent = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _fetchTicks;
    private TimeSpan _received;
    private TimeSpan _wait;
    private TimeSpan _transfer;
    private long _nextProgress;
    private int _unread;
    private bool _isOver;

    public ServerJob(MessagePipe pipe, BridgeLimits limits, RenderSession session, in RenderRequest request, SharedMemory resultMemory)
    {
        _pipe = pipe;
        _limits = limits;
        Session = session;
        Request = request;
        _resultMemory = resultMemory;
        Result = resultMemory.View(request.Result);
    }

    /// <summary>What the client wants.</summary>
    public RenderRequest Request { get; }

    /// <summary>The session it belongs to.</summary>
    public RenderSession Session { get; }

    /// <inheritdoc/>
    public SlotView Result { get; }

    /// <summary>Cancelled when the client says so or is gone.</summary>
    public CancellationToken Cancellation => _cancellation.Token;

    /// <summary>Time since the request came.</summary>
    public long ElapsedMicroseconds => (long)Stopwatch.GetElapsedTime(_started).TotalMicroseconds;

    /// <summary>Where that time went.</summary>
    public JobTimings Timings
    {
        get
        {
            long fetch = (long)Stopwatch.GetElapsedTime(0, _fetchTicks).TotalMicroseconds;
            return new JobTimings(ElapsedMicroseconds, (long)_wait.TotalMicroseconds, fetch + (long)(_transfer + _received).TotalMicroseconds, fetch);
        }
    }

    /// <summary>Adds a frame that came with the request. Takes over the reference to the memory.</summary>
    public void AddInitial(in ClipFrame frame, SharedMemory? memory)
    {
        _initial.Add(new Arrival(frame, memory));
        _received = Stopwatch.GetElapsedTime(_started); // Pixels in the pipe have come by now.
    }

    /// <summary>Takes in an answer. Takes over the reference to the memory.</summary>
    /// <exception cref="BridgeException">Nobody asked for it.</exception>
    public void Supply(in ClipFrame frame, SharedMemory? memory)
    {
        lock (_gate)
        {
            bool isExpected = _expected.TryDequeue(out (int Clip, double Time) due) && due.Clip == frame.Clip && due.Time.Equals(frame.Time);
            if (isExpected && !_isOver)
            {
                _arrived.Enqueue(new Arrival(frame, memory));
                Monitor.PulseAll(_gate);
                return;
            }

            memory?.Release();
            if (!isExpected)
            {
                throw new BridgeException(BridgeError.OutOfOrder, $"clip {frame.Clip} at {frame.Time:R} was supplied though it was not due");
            }
        }
    }

    /// <summary>Asks the handler to stop.</summary>
    public void Cancel()
    {
        lock (_gate)
        {
            if (_isOver) return;
        }

        _cancellation.Cancel();
        lock (_gate) Monitor.PulseAll(_gate);
    }

    /// <summary>Ends the job: every frame that is still lent is taken back, so that nothing of the client's stays in use.</summary>
    public void End()
    {
        lock (_gate) _isOver = true;
        foreach (SuppliedFrame frame in _lent.ToArray()) frame.Dispose();
        lock (_gate)
        {
            while (_arrived.TryDequeue(out Arrival? arrival)) arrival.Memory?.Release();
        }

        foreach (Arrival arrival in _initial) arrival.Memory?.Release();
        _resultMemory.Release();
    }

    /// <inheritdoc/>
    public SuppliedFrame? Fetch(int clip, double time)
    {
        _cancellation.Token.ThrowIfCancellationRequested();
        if (FindInitial(clip, time) is Arrival initial) return Lend(initial, isInitial: true);
        Ask(clip, [time]);
        return Next();
    }

    /// <inheritdoc/>
    public void FetchMany(int clip, ReadOnlySpan<double> times, Action<int, SuppliedFrame?> receive)
    {
        Check.Range(times.Length, 0, NeedFrames.TimesMax, "times of one question");
        _cancellation.Token.ThrowIfCancellationRequested();
        var missing = new List<double>(times.Length);
        foreach (double time in times)
        {
            if (FindInitial(clip, time) is null) missing.Add(time);
        }

        if (missing.Count > 0) Ask(clip, [.. missing]);
        for (int index = 0; index < times.Length; index++)
        {
            using SuppliedFrame? frame = FindInitial(clip, times[index]) is Arrival initial ? Lend(initial, isInitial: true) : Next();
            receive(index, frame);
        }
    }

    /// <inheritdoc/>
    public void ReportProgress(double fraction)
    {
        long now = Environment.TickCount64;
        if (now < _nextProgress || _cancellation.IsCancellationRequested) return;
        _nextProgress = now + _limits.ProgressMs;
        _pipe.Send(new Progress { Job = Request.Job, Fraction = double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1) });
    }

    /// <inheritdoc/>
    public void ReportTimes(TimeSpan wait, TimeSpan transfer) => (_wait, _transfer) = (wait, transfer);

    /// <inheritdoc/>
    public void Log(BridgeLogLevel level, string message)
    {
        if (!_cancellation.IsCancellationRequested) _pipe.Send(new LogLine { Level = level, Message = Shorten(message) });
    }

    /// <summary>A text that fits a message.</summary>
    public static string Shorten(string text) =>
        text.Length <= RenderFailed.TextMax ? text : string.Concat(text.AsSpan(0, RenderFailed.TextMax - 1), "…");

    private Arrival? FindInitial(int clip, double time) => _initial.Find(arrival => arrival.Frame.Clip == clip && arrival.Frame.Time.Equals(time));

    private void Ask(int clip, double[] times)
    {
        SkipUnread();
        lock (_gate)
        {
            foreach (double time in times) _expected.Enqueue((clip, time));
        }

        _unread += times.Length;
        _pipe.Send(new NeedFrames { Job = Request.Job, Clip = clip, Times = times });
    }

    /// <summary>Reads past the answers to an earlier question that its asker gave up on.</summary>
    private void SkipUnread()
    {
        while (_unread > 0) Next()?.Dispose();
    }

    private SuppliedFrame? Next()
    {
        long before = Stopwatch.GetTimestamp();
        Deadline deadline = Deadline.In(_limits.FrameFetchMs);
        Arrival? arrival;
        lock (_gate)
        {
            while (!_arrived.TryDequeue(out arrival))
            {
                _cancellation.Token.ThrowIfCancellationRequested();
                if (deadline.HasPassed) throw new BridgeException(BridgeError.TimedOut, $"the host gave no frame within {_limits.FrameFetchMs} ms");
                Monitor.Wait(_gate, deadline.Left(WakeMs));
            }
        }

        _unread--;
        _fetchTicks += Stopwatch.GetTimestamp() - before;
        return Lend(arrival, isInitial: false);
    }

    private SuppliedFrame? Lend(Arrival arrival, bool isInitial)
    {
        if (arrival.Frame.Slot is not { } slot || arrival.Memory is not SharedMemory memory) return null;
        ClipFrame frame = arrival.Frame;
        var description = new FrameDescription(
            frame.X1, frame.Y1, slot.Width, slot.Height, slot.Format, frame.Premultiplication, frame.PixelAspect, frame.Field);
        SuppliedFrame? lent = null;
        lent = new SuppliedFrame(frame.Clip, frame.Time, description, memory.View(slot), isInitial ? null : () => TakeBack(lent!, slot, memory));
        if (!isInitial) _lent.Add(lent);
        return lent;
    }

    private void TakeBack(SuppliedFrame frame, FrameSlot slot, SharedMemory memory)
    {
        memory.Release();
        _lent.Remove(frame);
        if (_isOver) return; // The job's last message gives every slot back.
        try
        {
            _pipe.Send(new SlotReleased { Memory = slot.Memory, Generation = slot.Generation });
        }
        catch (BridgeException)
        {
            // The client is gone; the job learns it from its token.
        }
    }

    private sealed record Arrival(ClipFrame Frame, SharedMemory? Memory);
}
