using System.Runtime.ExceptionServices;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Spreads fixed parts of work over threads, phase after phase, and asks for cancellation.</summary>
/// <remarks>The cut into parts never depends on the number of threads, and a phase starts when the one before has ended: whatever the parts of a
/// phase write is therefore the same for any number of threads, as long as no part reads what another of its phase writes.</remarks>
internal sealed class PatchWork(int threads, CancellationToken cancellation, PatchWorkMeter? meter = null)
{
    /// <summary>Most units between two questions for cancellation; a unit is one comparison of patches of at most <see cref="UnitBytes"/> bytes, of
    /// which a core does tens of millions a second.</summary>
    public const long UnitsMax = 1_000_000;

    /// <summary>Bytes of a patch that count as one unit; larger patches count as more.</summary>
    public const int UnitBytes = 256;

    private const int RowsPerPart = 8;

    /// <summary>Most threads at work, the caller's included.</summary>
    public int Threads { get; } = Math.Max(threads, 1);

    /// <summary>Throws when cancelled.</summary>
    /// <param name="units">Work until this thread asks again.</param>
    public void Check(long units)
    {
        meter?.Count(units);
        cancellation.ThrowIfCancellationRequested();
    }

    /// <summary>Handles rows independently of each other.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="unitsPerRow">Work in a row.</param>
    /// <param name="row">Handles one.</param>
    public void ForRows(int rows, long unitsPerRow, Action<int> row) => Run(1, _ => (rows + RowsPerPart - 1) / RowsPerPart, (_, part) =>
    {
        for (int y = part * RowsPerPart; y < Math.Min((part + 1) * RowsPerPart, rows); y++)
        {
            Check(unitsPerRow);
            row(y);
        }
    });

    /// <summary>Runs phases one after the other, the parts of each at once.</summary>
    /// <param name="phases">Number of phases.</param>
    /// <param name="parts">Number of parts of a phase, at least 1.</param>
    /// <param name="part">Does one part of a phase.</param>
    public void Run(int phases, Func<int, int> parts, Action<int, int> part)
    {
        if (Threads == 1)
        {
            for (int phase = 0; phase < phases; phase++)
            {
                int count = parts(phase);
                for (int index = 0; index < count; index++) part(phase, index);
            }

            return;
        }

        Crew crew = new(phases, parts, part);
        for (int thread = 1; thread < Threads; thread++) ThreadPool.UnsafeQueueUserWorkItem(crew, preferLocal: false);
        crew.Execute();
        crew.WaitForAll();
    }

    /// <summary>Threads that take parts from one counter; whoever ends the last part of a phase opens the next. A thread that never gets to run
    /// is not missed, and one that starts late finds nothing left.</summary>
    private sealed class Crew(int phases, Func<int, int> parts, Action<int, int> part) : IThreadPoolWorkItem
    {
        /// <summary>Phase in the high half, parts taken of it in the low half.</summary>
        private long _ticket;
        private int _ended;
        private int _working;
        private ExceptionDispatchInfo? _failure;

        public void Execute()
        {
            Interlocked.Increment(ref _working);
            try
            {
                Work();
            }
#pragma warning disable CA1031 // Handed to the caller's thread, where it is thrown again.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(failure), null);
                Interlocked.Exchange(ref _ticket, (long)phases << 32);
            }

            Interlocked.Decrement(ref _working);
        }

        public void WaitForAll()
        {
            SpinWait wait = default;
            while (Volatile.Read(ref _working) > 0) wait.SpinOnce(sleep1Threshold: -1);
            _failure?.Throw();
        }

        private void Work()
        {
            while (true)
            {
                long ticket = Interlocked.Increment(ref _ticket);
                int phase = (int)(ticket >> 32), index = (int)(uint)ticket - 1;
                if (phase >= phases) return;
                int count = parts(phase);
                if (index < count)
                {
                    part(phase, index);
                    if (Interlocked.Increment(ref _ended) < count) continue;
                    _ended = 0;

                    // A failure elsewhere has closed the work; it stays closed.
                    long open;
                    do open = Volatile.Read(ref _ticket);
                    while (open >> 32 == phase && Interlocked.CompareExchange(ref _ticket, (phase + 1L) << 32, open) != open);
                    continue;
                }

                SpinWait wait = default;
                while (Volatile.Read(ref _ticket) >> 32 == phase) wait.SpinOnce(sleep1Threshold: -1);
            }
        }
    }
}

/// <summary>Counts how often work asks whether it has been cancelled, and how much lies between: a clock that ticks in work, for tests.</summary>
internal sealed class PatchWorkMeter
{
    private long _checks;
    private long _units;
    private long _unitsMax;

    /// <summary>Questions asked.</summary>
    public long Checks => Interlocked.Read(ref _checks);

    /// <summary>All work.</summary>
    public long Units => Interlocked.Read(ref _units);

    /// <summary>Most work that one thread announced before it asked again.</summary>
    public long UnitsMax => Interlocked.Read(ref _unitsMax);

    /// <summary>Notes a question.</summary>
    public void Count(long units)
    {
        Interlocked.Increment(ref _checks);
        Interlocked.Add(ref _units, units);
        long most = Interlocked.Read(ref _unitsMax);
        while (units > most)
        {
            long seen = Interlocked.CompareExchange(ref _unitsMax, units, most);
            if (seen == most) break;
            most = seen;
        }
    }
}
