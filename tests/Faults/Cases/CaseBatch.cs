using System.Collections.Concurrent;
using System.Diagnostics;

namespace RunwayFX.Faults.Cases;

/// <summary>Runs many cases, several at once, and adds up what came of them.</summary>
internal static class CaseBatch
{
    /// <summary>Runs the cases of the seeds.</summary>
    /// <param name="firstSeed">The first one.</param>
    /// <param name="count">How many.</param>
    /// <param name="divisor">See <see cref="FaultCase.Divisor"/>.</param>
    /// <param name="workers">Cases at once.</param>
    /// <param name="secondsMax">No case begins after so many seconds; 0 for no end.</param>
    /// <param name="only">This kind alone; null draws it from the seed.</param>
    /// <param name="report">Told of every case.</param>
    public static List<CaseOutcome> Run(
        int firstSeed, int count, int divisor, int workers, int secondsMax = 0, FaultKind? only = null, Action<CaseOutcome>? report = null)
    {
        var outcomes = new ConcurrentQueue<CaseOutcome>();
        var clock = Stopwatch.StartNew();
        int next = 0;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Math.Min(workers, count)).Select(_ => new Thread(() =>
            {
                using var worker = new CaseWorker(divisor);
                while (secondsMax == 0 || clock.Elapsed.TotalSeconds < secondsMax)
                {
                    int index = Interlocked.Increment(ref next) - 1;
                    if (index >= count) return;
                    CaseOutcome outcome = worker.Run(FaultCase.Of(firstSeed + index, divisor, only));
                    outcomes.Enqueue(outcome);
                    if (report is not null)
                    {
                        lock (outcomes) report(outcome);
                    }
                }
            })),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return [.. outcomes];
    }
}
