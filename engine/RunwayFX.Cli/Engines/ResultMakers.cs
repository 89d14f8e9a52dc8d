using RunwayFX.Bridge;

namespace RunwayFX.Cli.Engines;

/// <summary>Gathers what made the results of this process's renders: the engine says of each job which package, runtime and provider its bits depend on.</summary>
/// <remarks>The engine remembers the jobs that ended last, so long renders ask now and then. An engine that does not answer is passed over: a record that is
/// missing must not cost a render.</remarks>
/// <param name="ask">Asks the engine.</param>
/// <param name="processId">Whose renders count.</param>
internal sealed class ResultMakers(Func<EngineStatus?> ask, int processId)
{
    /// <summary>Frames after which to ask again: fewer than the engine remembers.</summary>
    public const int Interval = 8;

    private readonly SortedSet<string> _makers = new(StringComparer.Ordinal);

    /// <summary>Asks now; gives all that was seen so far, sorted.</summary>
    public IReadOnlyList<string> Look()
    {
        try
        {
            if (ask() is { } status)
            {
                HashSet<int> own = [.. status.OpenSessions.Where(session => session.ProcessId == processId).Select(session => session.Connection)];
                foreach (JobStatus job in status.Jobs)
                {
                    if (job.MadeBy.Length > 0 && own.Contains(job.Connection)) _makers.Add(job.MadeBy);
                }
            }
        }
        catch (BridgeException)
        {
            // The next look may find it.
        }

        return [.. _makers];
    }
}
