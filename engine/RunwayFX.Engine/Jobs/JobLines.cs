using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.Engine.Jobs;

/// <summary>What the log says about a job.</summary>
internal static class JobLines
{
    /// <summary>A job came: written before it computes, so that it stands there when the engine dies of it.</summary>
    public static string Begin(in JobStatus job, RenderSession session, long memory) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Subject(job)} for {HostOf(session)}{(job.IsInteractive ? ", interactive" : "")}, about {(memory >> 20) + 1} MB");

    /// <summary>A job ended: its outcome and where its time went.</summary>
    public static string End(in JobStatus job)
    {
        JobTimings times = job.Timings;
        string outcome = job.State switch
        {
            JobState.Done => "done",
            JobState.Cancelled => "cancelled",
            _ => string.Create(CultureInfo.InvariantCulture, $"failed ({job.Code})"),
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Subject(job)} {outcome} in {Ms(times.TotalMicroseconds)} ms: wait {Ms(times.WaitMicroseconds)}, transfer {Ms(times.TransferMicroseconds)} "
            + $"(host {Ms(times.FetchMicroseconds)}), compute {Ms(times.ComputeMicroseconds)}{(job.MadeBy.Length > 0 ? $"; made by {job.MadeBy}" : "")}");
    }

    private static string Subject(in JobStatus job)
    {
        string effect = EffectCatalog.FindByWireId(job.EffectWireId)?.Label ?? string.Create(CultureInfo.InvariantCulture, $"effect {job.EffectWireId}");
        return string.Create(CultureInfo.InvariantCulture, $"{effect} {job.Width}×{job.Height} at frame {job.Time:R}");
    }

    private static string HostOf(RenderSession session) => string.Create(
        CultureInfo.InvariantCulture, $"{(session.HostName.Length > 0 ? session.HostName : "a host without a name")} (process {session.ClientProcessId})");

    private static string Ms(long microseconds) => (microseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
}
