namespace RunwayFX.Pipelines;

/// <summary>Results that several renders share: bounded in bytes, least recently used first to go, each computed once while others wait.</summary>
/// <remarks>Thread-safe. The computation runs on the asking thread (it fetches from that thread's host); if it fails or is cancelled, one of those
/// who wait takes
/// over with its own.</remarks>
internal sealed class SharedResults<TKey, TValue>(long bytesMax)
    where TKey : notnull
    where TValue : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly Dictionary<TKey, TaskCompletionSource> _running = [];
    private long _bytes;
    private long _clock;

    /// <summary>The value of a key, computed where it is not at hand.</summary>
    /// <param name="key">Everything the value depends on.</param>
    /// <param name="compute">Gives the value and its size in bytes.</param>
    /// <param name="cancellation">Ends the wait for another's computation.</param>
    public TValue GetOrCompute(TKey key, Func<(TValue Value, long Bytes)> compute, CancellationToken cancellation)
    {
        TaskCompletionSource ours = new(TaskCreationOptions.RunContinuationsAsynchronously);
        while (true)
        {
            Task theirs;
            lock (_lock)
            {
                if (_entries.TryGetValue(key, out Entry? entry))
                {
                    entry.LastUse = ++_clock;
                    return entry.Value;
                }

                if (!_running.TryGetValue(key, out TaskCompletionSource? running))
                {
                    _running[key] = ours;
                    break;
                }

                theirs = running.Task;
            }

            theirs.Wait(cancellation);
        }

        try
        {
            (TValue value, long bytes) = compute();
            lock (_lock) Keep(key, value, bytes);
            return value;
        }
        finally
        {
            lock (_lock) _running.Remove(key);
            ours.SetResult();
        }
    }

    /// <summary>Drops a value that turned out to be wrong, if it is still the one held.</summary>
    public void Forget(TKey key, TValue value)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out Entry? entry) || !ReferenceEquals(entry.Value, value)) return;
            _bytes -= entry.Bytes;
            _entries.Remove(key);
        }
    }

    private void Keep(TKey key, TValue value, long bytes)
    {
        if (bytes > bytesMax) return;
        _entries[key] = new Entry(value, bytes) { LastUse = ++_clock };
        _bytes += bytes;
        while (_bytes > bytesMax)
        {
            TKey oldest = _entries.MinBy(pair => pair.Value.LastUse).Key;
            _bytes -= _entries[oldest].Bytes;
            _entries.Remove(oldest);
        }
    }

    private sealed class Entry(TValue value, long bytes)
    {
        public TValue Value { get; } = value;

        public long Bytes { get; } = bytes;

        public long LastUse { get; set; }
    }
}
