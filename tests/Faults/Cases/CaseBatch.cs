using System.Collections.Concurrent;
using System.Diagnostics;
using RunwayFX.Faults.Processes;

namespace RunwayFX.Faults.Cases;

/// <summary>Which hosts the cases of a batch have.</summary>
internal enum HostChoice
{
    /// <summary>Every tenth seed the published plug-in where it is there, the others the client.</summary>
    Both,

    /// <summary>The client alone.</summary>
    Client,

    /// <summary>The published plug-in in a host.</summary>
    Plugin,
}

/// <summary>Runs many cases, several at once, and adds up what came of them.</summary>
internal static class CaseBatch
{
    /// <summary>One seed in so many has the plug-in.</summary>
    private const int PluginEvery = 10;

    /// <summary>Cases of the plug-in at once for each of the client: with the shipped limits they mostly wait.</summary>
    private const int PluginWorkers = 2;

    /// <summary>Runs the cases of the seeds.</summary>
    /// <param name="firstSeed">The first one.</param>
    /// <param name="count">How many.</param>
    /// <param name="divisor">See <see cref="FaultCase.Divisor"/>; the plug-in's cases have the shipped limits.</param>
    /// <param name="workers">Cases at once.</param>
    /// <param name="secondsMax">No case begins after so many seconds; 0 for no end.</param>
    /// <param name="only">This kind alone; null draws it from the seed.</param>
    /// <param name="hosts">Which hosts.</param>
    /// <param name="report">Told of every case.</param>
    /// <exception cref="InvalidOperationException">The plug-in is asked for and not there.</exception>
    public static List<CaseOutcome> Run(
        int firstSeed, int count, int divisor, int workers, int secondsMax = 0, FaultKind? only = null, HostChoice hosts = HostChoice.Both,
        Action<CaseOutcome>? report = null)
    {
        bool isRequired = hosts == HostChoice.Plugin || (hosts == HostChoice.Both && Programs.IsPluginRequired);
        if (isRequired && Programs.Plugin is null) throw new InvalidOperationException("the published plug-in of this build is missing; './rfx build' makes it");
        bool hasPlugin = hosts != HostChoice.Client && Programs.Plugin is not null;
        bool IsPlugin(int seed) => hasPlugin && (hosts == HostChoice.Plugin || seed % PluginEvery == 0);
        var outcomes = new ConcurrentQueue<CaseOutcome>();
        var clock = Stopwatch.StartNew();
        var clients = new ConcurrentQueue<int>(Enumerable.Range(firstSeed, count).Where(seed => !IsPlugin(seed)));
        var plugins = new ConcurrentQueue<int>(Enumerable.Range(firstSeed, count).Where(IsPlugin));

        void Work(ConcurrentQueue<int> seeds, Func<CaseWorker> begin, Func<int, FaultCase> make)
        {
            using CaseWorker worker = begin();
            while ((secondsMax == 0 || clock.Elapsed.TotalSeconds < secondsMax) && seeds.TryDequeue(out int seed))
            {
                CaseOutcome outcome = worker.Run(make(seed));
                outcomes.Enqueue(outcome);
                if (report is null) continue;
                lock (outcomes) report(outcome);
            }
        }

        int pluginWorkers = hosts == HostChoice.Plugin ? workers : PluginWorkers * workers;
        Thread[] threads =
        [
            .. Enumerable.Range(0, Math.Min(workers, clients.Count))
                .Select(_ => new Thread(() => Work(clients, () => new CaseWorker(divisor), seed => FaultCase.Of(seed, divisor, only)))),
            .. Enumerable.Range(0, Math.Min(pluginWorkers, plugins.Count))
                .Select(_ => new Thread(() => Work(plugins, () => new CaseWorker(1, Programs.Plugin), seed => FaultCase.OfPlugin(seed, only)))),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        return [.. outcomes];
    }
}
