namespace RunwayFX.Cli.Rendering;

/// <summary>Makes frames on several threads and hands them over in order, with a bounded number in flight.</summary>
internal static class FramePump
{
    /// <summary>Frames that may wait for their turn, beyond one per thread.</summary>
    public const int AheadMax = 2;

    /// <summary>Bytes of such frames: one of 4K takes more, so that none waits.</summary>
    public const long AheadBytesMax = 120L << 20;

    /// <summary>How many frames of a size may wait.</summary>
    public static int AheadOf(long frameBytes) => (int)Math.Clamp(AheadBytesMax / Math.Max(frameBytes, 1), 0, AheadMax);

    /// <summary>Runs <paramref name="make"/> for every index and <paramref name="consume"/> on the calling thread, in the given order.</summary>
    /// <param name="order">Indices in the order of consumption.</param>
    /// <param name="threads">How many make frames at once, at least 1; the first argument of <paramref name="make"/> tells them apart.</param>
    /// <param name="make">Makes a frame; called with (thread, index, cancellation).</param>
    /// <param name="consume">Takes a frame.</param>
    /// <param name="cancellation">Stops everything; no thread is left when this returns.</param>
    /// <param name="ahead">How many frames may wait for their turn beyond one per thread, 0 to <see cref="AheadMax"/>.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    /// <remarks>The first failure stops the rest and is thrown here.</remarks>
    public static void Run<T>(
        IReadOnlyList<long> order, int threads, Func<int, long, CancellationToken, T> make, Action<long, T> consume, CancellationToken cancellation,
        int ahead = AheadMax)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var state = new State<T>(order, threads + ahead);
        var workers = new Thread[Math.Clamp(threads, 1, Math.Max(1, order.Count))];
        for (int index = 0; index < workers.Length; index++)
        {
            int worker = index;
            workers[index] = new Thread(() => Work(state, worker, make, stop.Token)) { Name = $"render {worker}", IsBackground = true };
            workers[index].Start();
        }

        using CancellationTokenRegistration wake = stop.Token.Register(state.Wake);
        try
        {
            for (int position = 0; position < order.Count; position++) consume(order[position], state.Take(position, stop.Token));
        }
        finally
        {
            stop.Cancel();
            foreach (Thread worker in workers) worker.Join();
        }
    }

    private static void Work<T>(State<T> state, int worker, Func<int, long, CancellationToken, T> make, CancellationToken stop)
    {
        try
        {
            while (state.TryBegin(stop, out int position, out long index)) state.Give(position, make(worker, index, stop));
        }
#pragma warning disable CA1031 // The failure is thrown on the calling thread; letting it end this one would end the program.
        catch (Exception failure)
        {
            state.Fail(failure);
        }
#pragma warning restore CA1031
    }

    private sealed class State<T>(IReadOnlyList<long> order, int windowMax)
    {
        private readonly object _gate = new();
        private readonly Dictionary<int, T> _ready = [];
        private int _begun;
        private int _taken;
        private Exception? _failure;

        public bool TryBegin(CancellationToken stop, out int position, out long index)
        {
            lock (_gate)
            {
                while (_begun - _taken >= windowMax && !stop.IsCancellationRequested && _failure is null) Monitor.Wait(_gate);
                position = _begun;
                index = 0;
                if (stop.IsCancellationRequested || _failure is not null || _begun >= order.Count) return false;
                index = order[_begun++];
                return true;
            }
        }

        public void Give(int position, T frame)
        {
            lock (_gate)
            {
                _ready.Add(position, frame);
                Monitor.PulseAll(_gate);
            }
        }

        public void Fail(Exception failure)
        {
            lock (_gate)
            {
                _failure ??= failure;
                Monitor.PulseAll(_gate);
            }
        }

        public void Wake()
        {
            lock (_gate) Monitor.PulseAll(_gate);
        }

        public T Take(int position, CancellationToken stop)
        {
            lock (_gate)
            {
                while (!_ready.ContainsKey(position) && _failure is null && !stop.IsCancellationRequested) Monitor.Wait(_gate);
                stop.ThrowIfCancellationRequested();
                if (_failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
                _ready.Remove(position, out T? frame);
                _taken = position + 1;
                Monitor.PulseAll(_gate);
                return frame!;
            }
        }
    }
}
