namespace RunwayFX.Engine.Rendering;

/// <summary>Keeps the process near the memory that it uses. Left alone, the collector lets large objects grow to several times what survives before it looks at
/// them again: at 4K, where a render leaves a gigabyte behind step by step, that came to 2 GB of nothing once caches had filled and more survived, and what
/// it has freed it gives back to the system only in the course of many collections. Thread-safe.</summary>
/// <remarks>While renders run, a thread of its own looks how much was made and collects where that is too much: without moving anything, so that what lies free
/// serves the next step. When a render is over, memory goes back to the system.</remarks>
internal sealed class GarbageBudget : IDisposable
{
    /// <summary>What may be made between two collections when renders end, in bytes. Small renders reach it once in some dozens.</summary>
    public const long BytesMax = 384L << 20;

    /// <summary>What may be made between two collections while renders run, in bytes: a collection takes a few milliseconds, and making as much takes fifty.</summary>
    public const long RunningBytesMax = 96L << 20;

    private const int LookMs = 20;

    private readonly ManualResetEventSlim _hasWork = new(false), _end = new(false);
    private readonly Lock _lock = new();
    private long _settled;
    private long _collected;
    private int _running;
    private Thread? _watch;

    /// <summary>How often it collected when a render ended.</summary>
    public int Collections { get; private set; }

    /// <summary>How often it collected while one ran.</summary>
    public int RunningCollections { get; private set; }

    /// <summary>A render begins: until the result is disposed, what is made is watched.</summary>
    public IDisposable Watch()
    {
        lock (_lock)
        {
            if (_running++ == 0 && !_end.IsSet) _hasWork.Set();
            if (_watch is null && !_end.IsSet)
            {
                _watch = new Thread(Look) { IsBackground = true, Name = "RunwayFX memory" };
                _watch.Start();
            }
        }

        return new Lease(this);
    }

    /// <summary>Call when a render is over: what it made and nobody holds is dead then. Takes some dozen milliseconds where the budget is spent, else nothing.</summary>
    /// <param name="allocated">Bytes that the process has made in all.</param>
    public void Settle(long allocated)
    {
        long settled = Interlocked.Read(ref _settled);
        if (allocated - settled < BytesMax || Interlocked.CompareExchange(ref _settled, allocated, settled) != settled) return;
        Collections++;
        Interlocked.Exchange(ref _collected, allocated);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }

    /// <summary>Collects where more than <see cref="RunningBytesMax"/> were made since the last time.</summary>
    /// <param name="allocated">Bytes that the process has made in all.</param>
    public void Check(long allocated)
    {
        long collected = Interlocked.Read(ref _collected);
        if (allocated - collected < RunningBytesMax || Interlocked.CompareExchange(ref _collected, allocated, collected) != collected) return;
        RunningCollections++;
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: false);
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        Thread? watch;
        lock (_lock)
        {
            _end.Set();
            watch = _watch;
            _hasWork.Set();
        }

        watch?.Join();
        _hasWork.Dispose();
        _end.Dispose();
    }

    private void Look()
    {
        _hasWork.Wait();
        while (!_end.Wait(LookMs))
        {
            Check(GC.GetTotalAllocatedBytes());
            _hasWork.Wait();
        }
    }

    private void End()
    {
        lock (_lock)
        {
            if (--_running == 0 && !_end.IsSet) _hasWork.Reset();
        }
    }

    private sealed class Lease(GarbageBudget budget) : IDisposable
    {
        private int _isOver;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isOver, 1) == 0) budget.End();
        }
    }
}
