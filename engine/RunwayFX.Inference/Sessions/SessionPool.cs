using RunwayFX.Inference.Weights;

namespace RunwayFX.Inference.Sessions;

/// <summary>Loaded models within a memory budget: a job borrows one, and the one unused longest goes when room is needed.</summary>
/// <remarks>Thread-safe. A model that is borrowed is never unloaded; who needs room then waits. A stage borrows all it needs in one call and gives it back
/// before the next borrows, so that two jobs cannot wait for each other.</remarks>
/// <param name="runtime">The runtime.</param>
/// <param name="budgetBytes">Most bytes of model files that are loaded together.</param>
public sealed class SessionPool(OnnxRuntime runtime, long budgetBytes) : IDisposable
{
    /// <summary>Names the budget in MiB.</summary>
    public const string BudgetVariable = "RUNWAYFX_MODEL_MEMORY";

    private readonly object _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _several = new(1, 1);
    private long _clock;

    /// <summary>The budget of this machine: the variable's, else half of the memory there is.</summary>
    public static long DefaultBudget => long.TryParse(Environment.GetEnvironmentVariable(BudgetVariable), out long mebibytes) && mebibytes > 0
        ? mebibytes << 20 : GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;

    /// <summary>The budget.</summary>
    public long BudgetBytes { get; } = budgetBytes;

    /// <summary>The runtime.</summary>
    public OnnxRuntime Runtime { get; } = runtime;

    /// <summary>Bytes of the models that are loaded.</summary>
    public long LoadedBytes
    {
        get
        {
            lock (_gate) return _entries.Values.Sum(entry => entry.Bytes);
        }
    }

    /// <summary>Borrows a model; loads it where it is not.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="bytes">What it counts against the budget: its file and external data.</param>
    /// <param name="settings">How to load it; the same file with other settings is another model.</param>
    /// <param name="cancellation">Stops waiting and loading.</param>
    /// <exception cref="InferenceException">It alone is over the budget, or cannot be loaded.</exception>
    public SessionLease Borrow(string path, long bytes, SessionSettings settings, CancellationToken cancellation) => Borrow(new ModelSource(path, bytes), settings, cancellation);

    /// <summary>Borrows a model; loads it where it is not.</summary>
    /// <param name="source">Its file, what it counts against the budget, and what is changed in it.</param>
    /// <param name="settings">How to load it; the same file with other settings is another model.</param>
    /// <param name="cancellation">Stops waiting and loading.</param>
    /// <exception cref="InferenceException">It alone is over the budget, or cannot be loaded.</exception>
    public SessionLease Borrow(ModelSource source, SessionSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(settings);
        (string path, long bytes) = (source.Path, source.Bytes);
        if (bytes > BudgetBytes)
            throw new InferenceException(InferenceError.OutOfBudget, $"'{path}' takes {bytes >> 20} MiB, over the budget of {BudgetBytes >> 20} MiB ({BudgetVariable})");
        string key = $"{path}|{File.GetLastWriteTimeUtc(path).Ticks}|{settings.Provider}|{settings.Device}|{settings.Threads}|{settings.HasFixedShapes}|{source.Patch?.Key}";
        using CancellationTokenRegistration wake = cancellation.UnsafeRegister(static pool => ((SessionPool)pool!).Wake(), this);
        lock (_gate)
        {
            while (true)
            {
                cancellation.ThrowIfCancellationRequested();
                if (_entries.TryGetValue(key, out Entry? entry))
                {
                    if (entry.Session is not null) return Lend(entry);
                }
                else if (MakeRoom(bytes))
                {
                    entry = _entries[key] = new Entry(key, bytes);
                    return Load(entry, source, settings, cancellation);
                }

                Monitor.Wait(_gate);
            }
        }
    }

    /// <summary>Borrows models that a stage needs at the same time.</summary>
    /// <param name="sources">The models.</param>
    /// <param name="settings">How to load them.</param>
    /// <param name="cancellation">Stops waiting and loading.</param>
    /// <exception cref="InferenceException">Together they are over the budget, or one cannot be loaded.</exception>
    public SessionLeases BorrowAll(IReadOnlyList<ModelSource> sources, SessionSettings settings, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(sources);
        long bytes = sources.DistinctBy(source => source.Path).Sum(source => source.Bytes);
        if (bytes > BudgetBytes)
        {
            throw new InferenceException(InferenceError.OutOfBudget,
                $"{string.Join(", ", sources.Select(source => $"'{source.Path}'"))} take {bytes >> 20} MiB together, over the budget of {BudgetBytes >> 20} MiB ({BudgetVariable})");
        }

        List<SessionLease> leases = [];
        // One at a time gathers several: it waits only for those who hold all they need.
        _several.Wait(cancellation);
        try
        {
            foreach (ModelSource source in sources) leases.Add(Borrow(source, settings, cancellation));
            return new SessionLeases(leases);
        }
        catch
        {
            foreach (SessionLease lease in leases) lease.Dispose();
            throw;
        }
        finally
        {
            _several.Release();
        }
    }

    /// <summary>Unloads every model that nobody has borrowed.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            foreach (Entry entry in _entries.Values.Where(entry => entry is { Borrowers: 0, Session: not null }).ToArray()) Unload(entry);
            Monitor.PulseAll(_gate);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        _several.Dispose();
    }

    private SessionLease Load(Entry entry, ModelSource source, SessionSettings settings, CancellationToken cancellation)
    {
        // The entry holds its place while the lock is open: loading takes seconds, and others may borrow what is there.
        Monitor.Exit(_gate);
        ModelSession? session = null;
        try
        {
            // A session on a device never takes more than all of them may together.
            if (settings.DeviceMemoryBytes == 0) settings = settings with { DeviceMemoryBytes = BudgetBytes };
            session = source.Patch is { } patch ? patch.Load(Runtime, settings, cancellation) : ModelSession.Load(Runtime, source.Path, settings, cancellation);
        }
        finally
        {
            Monitor.Enter(_gate);
            if (session is null) _entries.Remove(entry.Key);
            entry.Session = session;
            Monitor.PulseAll(_gate);
        }

        return Lend(entry);
    }

    private SessionLease Lend(Entry entry)
    {
        entry.Borrowers++;
        entry.LastUse = ++_clock;
        return new SessionLease(entry.Session!, () => Return(entry));
    }

    private void Return(Entry entry)
    {
        lock (_gate)
        {
            entry.Borrowers--;
            Monitor.PulseAll(_gate);
        }
    }

    private void Wake()
    {
        lock (_gate) Monitor.PulseAll(_gate);
    }

    private bool MakeRoom(long bytes)
    {
        while (_entries.Values.Sum(entry => entry.Bytes) + bytes > BudgetBytes)
        {
            Entry? oldest = _entries.Values.Where(entry => entry is { Borrowers: 0, Session: not null }).MinBy(entry => entry.LastUse);
            if (oldest is null) return false;
            Unload(oldest);
        }

        return true;
    }

    private void Unload(Entry entry)
    {
        _entries.Remove(entry.Key);
        entry.Session!.Dispose();
    }

    private sealed class Entry(string key, long bytes)
    {
        public string Key { get; } = key;

        public long Bytes { get; } = bytes;

        public ModelSession? Session { get; set; }

        public int Borrowers { get; set; }

        public long LastUse { get; set; }
    }
}

/// <summary>A model's file for the pool.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">What it counts against the budget: its file and external data.</param>
/// <param name="Patch">What is changed in its weights; null for nothing.</param>
public sealed record ModelSource(string Path, long Bytes, ModelPatch? Patch = null);

/// <summary>Models that were borrowed together. Disposing gives all back.</summary>
public sealed class SessionLeases(IReadOnlyList<SessionLease> leases) : IDisposable
{
    /// <summary>A model, in the order in which they were asked for.</summary>
    public ModelSession this[int index] => leases[index].Session;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SessionLease lease in leases) lease.Dispose();
    }
}

/// <summary>A borrowed model. Disposing gives it back.</summary>
public sealed class SessionLease(ModelSession session, Action giveBack) : IDisposable
{
    private Action? _giveBack = giveBack;

    /// <summary>The model.</summary>
    public ModelSession Session { get; } = session;

    /// <inheritdoc/>
    public void Dispose() => Interlocked.Exchange(ref _giveBack, null)?.Invoke();
}
