using System.Diagnostics;

namespace RunwayFX.Bridge;

/// <summary>Reads a connection on behalf of a job that waits for the host.</summary>
internal interface IJobReader
{
    /// <summary>Reads at most one message; false where another thread reads already.</summary>
    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    bool TryReadForJob(int timeoutMs);
}

/// <summary>One render in the engine: the conversation its handler uses, fed by whoever reads the connection. The object serves one job after another and
/// allocates nothing once its lists have their size.</summary>
#pragma warning disable CA1001 // A token source without a timer holds nothing, and disposing it would race with Cancel.
internal sealed class ServerJob(MessagePipe pipe, BridgeLimits limits, IJobReader reader) : IFrameConversation
#pragma warning restore CA1001
{
    private const int WakeMs = 1_000;
    private const int ReadMs = 100;

    private readonly object _gate = new();
    private readonly List<Arrival> _initial = [];
    private readonly Queue<Arrival> _arrived = new();
    private readonly Queue<(int Clip, double Time)> _expected = new();
    private readonly List<SuppliedFrame> _lent = [];
    private readonly Stack<SuppliedFrame> _spare = new();
    private readonly double[] _missing = new double[NeedFrames.TimesMax];
    private CancellationTokenSource _cancellation = new();
    private SharedMemory? _resultMemory;
    private FrameSlot _resultSlot;
    private double[] _times = [];
    private long _started;
    private long _fetchTicks;
    private TimeSpan _received;
    private TimeSpan _wait;
    private TimeSpan _transfer;
    private ResultOrigin _origin;
    private long _nextProgress;
    private int _following;
    private int _supplies;
    private int _unread;
    private bool _isOver = true;

    /// <summary>What the client wants.</summary>
    public RenderRequest Request { get; private set; }

    /// <summary>The session it belongs to.</summary>
    public RenderSession Session { get; private set; } = null!;

    /// <inheritdoc/>
    public SlotView Result { get; private set; }

    /// <summary>The slot that holds the result.</summary>
    public FrameSlot ResultSlot => _resultSlot;

    /// <summary>Where the result came from.</summary>
    public ResultOrigin Origin => _origin;

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

    /// <summary>Begins a job; the one before has ended. Takes over the reference to the memory.</summary>
    public void Begin(RenderSession session, in RenderRequest request, SharedMemory resultMemory)
    {
        if (!_cancellation.TryReset()) _cancellation = new CancellationTokenSource();
        Session = session;
        Request = request;
        Result = resultMemory.View(request.Result);
        _resultMemory = resultMemory;
        _resultSlot = request.Result;
        _started = Stopwatch.GetTimestamp();
        _fetchTicks = 0;
        _received = _wait = _transfer = default;
        _nextProgress = 0;
        _origin = ResultOrigin.Computed;
        _following = request.Following;
        _unread = 0;
        lock (_gate) _isOver = false;
    }

    /// <summary>Adds a frame that came with the request. Takes over the reference to the memory.</summary>
    public void AddInitial(in ClipFrame frame, SharedMemory? memory)
    {
        _initial.Add(new Arrival(frame, memory));
        _received = Stopwatch.GetElapsedTime(_started); // Pixels in the pipe have come by now.
    }

    /// <summary>Takes in a frame that was announced or asked for. Takes over the reference to the memory.</summary>
    /// <exception cref="BridgeException">It was neither.</exception>
    public void Supply(in ClipFrame frame, SharedMemory? memory)
    {
        lock (_gate)
        {
            bool isFollowing = _following > 0;
            bool isDue = isFollowing
                ? frame.Clip == NextFollowing && frame.Time.Equals(Request.Time)
                : _expected.TryDequeue(out (int Clip, double Time) due) && due.Clip == frame.Clip && due.Time.Equals(frame.Time);
            if (isDue && !_isOver)
            {
                if (isFollowing)
                {
                    _following--;
                    _initial.Add(new Arrival(frame, memory));
                }
                else
                {
                    _arrived.Enqueue(new Arrival(frame, memory));
                }

                _supplies++;
                Monitor.PulseAll(_gate);
                return;
            }

            memory?.Release();
            if (!isDue) throw new BridgeException(BridgeError.OutOfOrder, $"clip {frame.Clip} at {frame.Time:R} was supplied though it was not due");
        }
    }

    /// <summary>Asks the handler to stop. Called by the connection's reader.</summary>
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
        for (int index = _lent.Count - 1; index >= 0; index--) _lent[index].Dispose();
        lock (_gate)
        {
            while (_arrived.TryDequeue(out Arrival arrival)) arrival.Memory?.Release();
            foreach (Arrival arrival in _initial) arrival.Memory?.Release();
            _initial.Clear();
            _expected.Clear();
        }

        _resultMemory?.Release();
        _resultMemory = null;
    }

    /// <inheritdoc/>
    public void PassThrough(SuppliedFrame frame)
    {
        FrameSlot from = frame.Slot, to = Request.Result;
        if (from.Width != to.Width || from.Height != to.Height || from.Format != to.Format)
        {
            throw new ArgumentException(
                $"a frame of {from.Width}×{from.Height} pixels of {from.Format} cannot be the result of {to.Width}×{to.Height} of {to.Format}", nameof(frame));
        }

        if (to.Memory == FrameSlot.Inline || from.Memory == FrameSlot.Inline)
        {
            PixelTransfer.CopyRows(frame.Pixels, Result);
            return;
        }

        _resultSlot = from;
    }

    /// <inheritdoc/>
    public SuppliedFrame? Fetch(int clip, double time)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (TryFindInitial(clip, time, out Arrival initial)) return Lend(initial, isInitial: true);
        _times = Scratch.OfLength(_times, 1);
        _times[0] = time;
        Ask(clip, _times);
        return Next();
    }

    /// <inheritdoc/>
    public void FetchMany(int clip, ReadOnlySpan<double> times, Action<int, SuppliedFrame?> receive)
    {
        Check.Range(times.Length, 0, NeedFrames.TimesMax, "times of one question");
        Cancellation.ThrowIfCancellationRequested();
        int missing = 0;
        foreach (double time in times)
        {
            if (!TryFindInitial(clip, time, out _)) _missing[missing++] = time;
        }

        if (missing > 0)
        {
            _times = Scratch.OfLength(_times, missing);
            Array.Copy(_missing, _times, missing);
            Ask(clip, _times);
        }

        for (int index = 0; index < times.Length; index++)
        {
            using SuppliedFrame? frame = TryFindInitial(clip, times[index], out Arrival initial) ? Lend(initial, isInitial: true) : Next();
            receive(index, frame);
        }
    }

    /// <inheritdoc/>
    public void ReportProgress(double fraction)
    {
        long now = MonotonicClock.Milliseconds;
        if (now < _nextProgress || _cancellation.IsCancellationRequested) return;
        _nextProgress = now + limits.ProgressMs;
        pipe.Send(new Progress { Job = Request.Job, Fraction = double.IsNaN(fraction) ? 0 : Math.Clamp(fraction, 0, 1) });
    }

    /// <inheritdoc/>
    public void ReportTimes(TimeSpan wait, TimeSpan transfer) => (_wait, _transfer) = (wait, transfer);

    /// <inheritdoc/>
    public void ReportOrigin(ResultOrigin origin) => _origin = origin;

    /// <inheritdoc/>
    public void Log(BridgeLogLevel level, string message)
    {
        if (!_cancellation.IsCancellationRequested) pipe.Send(new LogLine { Level = level, Message = Shorten(message) });
    }

    /// <summary>A text that fits a message.</summary>
    public static string Shorten(string text) =>
        text.Length <= RenderFailed.TextMax ? text : string.Concat(text.AsSpan(0, RenderFailed.TextMax - 1), "…");

    /// <summary>Forgets a frame that came with the request; the reference to its memory is the caller's. Null where there is none.</summary>
    internal SharedMemory? GiveUp(in FrameSlot slot)
    {
        lock (_gate)
        {
            for (int index = 0; index < _initial.Count; index++)
            {
                Arrival arrival = _initial[index];
                if (arrival.Frame.Slot is not { } own || own.Memory != slot.Memory || own.Generation != slot.Generation) continue;
                _initial.RemoveAt(index);
                return arrival.Memory;
            }
        }

        return null;
    }

    /// <summary>Takes a lent frame back and lets the client use its slot again.</summary>
    internal void TakeBack(SuppliedFrame frame)
    {
        SharedMemory? memory = frame.Owned;
        var released = new SlotReleased { Memory = frame.Slot.Memory, Generation = frame.Slot.Generation };
        bool isResult = released.Memory != FrameSlot.Inline && released.Memory == _resultSlot.Memory && released.Generation == _resultSlot.Generation;
        memory?.Release();
        _lent.Remove(frame);
        frame.Forget();
        _spare.Push(frame);
        if (memory is null || isResult || _isOver) return; // The job's last message gives every slot back.
        try
        {
            pipe.Send(released);
        }
        catch (BridgeException)
        {
            // The client is gone; the job learns it from its token.
        }
    }

    private int NextFollowing => Request.Frames.Length + Request.Following - _following;

    /// <summary>A frame that came with the request or follows it unasked; waits for one that is announced.</summary>
    private bool TryFindInitial(int clip, double time, out Arrival found)
    {
        long before = 0;
        Deadline deadline = default;
        while (true)
        {
            int seen;
            lock (_gate)
            {
                foreach (Arrival arrival in _initial)
                {
                    if (arrival.Frame.Clip != clip || !arrival.Frame.Time.Equals(time)) continue;
                    found = arrival;
                    if (before != 0) _fetchTicks += Stopwatch.GetTimestamp() - before;
                    return true;
                }

                if (_following == 0 || !time.Equals(Request.Time) || clip < NextFollowing || clip >= NextFollowing + _following)
                {
                    found = default;
                    return false;
                }

                seen = _supplies;
            }

            if (before == 0) (before, deadline) = (Stopwatch.GetTimestamp(), Deadline.In(limits.FrameFetchMs));
            Await(deadline, seen);
        }
    }

    private void Ask(int clip, double[] times)
    {
        SkipUnread();
        lock (_gate)
        {
            foreach (double time in times) _expected.Enqueue((clip, time));
        }

        _unread += times.Length;
        pipe.Send(new NeedFrames { Job = Request.Job, Clip = clip, Times = times });
    }

    /// <summary>Reads past the answers to an earlier question that its asker gave up on.</summary>
    private void SkipUnread()
    {
        while (_unread > 0) Next()?.Dispose();
    }

    private SuppliedFrame? Next()
    {
        long before = Stopwatch.GetTimestamp();
        Deadline deadline = Deadline.In(limits.FrameFetchMs);
        Arrival arrival;
        while (true)
        {
            int seen;
            lock (_gate)
            {
                if (_arrived.TryDequeue(out arrival)) break;
                seen = _supplies;
            }

            Await(deadline, seen);
        }

        _unread--;
        _fetchTicks += Stopwatch.GetTimestamp() - before;
        return Lend(arrival, isInitial: false);
    }

    /// <summary>Waits until a frame may have come: reads the connection itself, or lets the thread that does so wake it.</summary>
    /// <param name="deadline">For the frame.</param>
    /// <param name="seen">Frames that had come when the one that is waited for was looked for.</param>
    private void Await(Deadline deadline, int seen)
    {
        Cancellation.ThrowIfCancellationRequested();
        if (deadline.HasPassed) throw new BridgeException(BridgeError.TimedOut, $"the host gave no frame within {limits.FrameFetchMs} ms");
        if (reader.TryReadForJob(deadline.Left(Math.Min(ReadMs, limits.HeartbeatMs)))) return;
        lock (_gate)
        {
            if (_supplies != seen || _cancellation.IsCancellationRequested) return;
            Monitor.Wait(_gate, deadline.Left(Math.Min(WakeMs, limits.HeartbeatMs)));
        }
    }

    private SuppliedFrame? Lend(in Arrival arrival, bool isInitial)
    {
        if (arrival.Frame.Slot is not { } slot || arrival.Memory is not SharedMemory memory) return null;
        SuppliedFrame lent = _spare.TryPop(out SuppliedFrame? spare) ? spare : new SuppliedFrame(this);
        lent.Lend(arrival.Frame, slot, memory, isOwned: !isInitial);
        _lent.Add(lent);
        return lent;
    }

    private readonly record struct Arrival(ClipFrame Frame, SharedMemory? Memory);
}
