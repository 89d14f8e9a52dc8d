using System.Globalization;
using RunwayFX.Bridge;
using RunwayFX.Cli.Output;
using RunwayFX.Effects;

namespace RunwayFX.Cli.Engines;

/// <summary>The engine's status for people and as JSON.</summary>
internal static class StatusText
{
    /// <summary>Ended jobs shown to people.</summary>
    private const int EndedShownMax = 8;

    /// <summary>What <c>--json</c> writes; units stand in the names.</summary>
    public static object Document(EngineStatus? status) => new
    {
        Running = status is not null,
        Engine = status is null ? null : new
        {
            status.ProcessId, status.Version, status.Build, status.Protocol, status.Runtime, status.UptimeMs, status.Connections, status.FramesRendered,
            status.FramesFailed, status.LogPath, status.Devices,
            Queue = new
            {
                status.Queue.Running, status.Queue.AtHost, status.Queue.WaitingInteractive, status.Queue.WaitingFinal, status.Queue.Places,
                MemoryUsedBytes = status.Queue.MemoryUsed, MemoryMaxBytes = status.Queue.MemoryMax,
                LongestWaitInteractiveUs = status.Queue.LongestWaitInteractive, LongestWaitFinalUs = status.Queue.LongestWaitFinal,
            },
            Memory = new
            {
                ResidentBytes = status.Memory.Resident, ManagedBytes = status.Memory.Managed, AttachedBytes = status.Memory.Attached, status.Memory.Segments,
            },
            Cache = new { status.CacheEntries, status.CacheBytes, status.CacheHits, status.CachePath },
            SessionCount = status.Sessions,
            Sessions = status.OpenSessions.Select(session => new
            {
                Connection = session.Connection.ToString("x4", CultureInfo.InvariantCulture), session.Session, Effect = NameOf(session.EffectWireId),
                session.ProcessId, session.HostName,
            }),
            Jobs = status.Jobs.Select(job => new
            {
                Reference = job.Reference.ToString(), Effect = NameOf(job.EffectWireId), job.Width, job.Height, job.Time, job.IsInteractive, job.State,
                Code = job.Code is BridgeError.None ? (BridgeError?)null : job.Code, TotalUs = job.Timings.TotalMicroseconds,
                WaitUs = job.Timings.WaitMicroseconds, TransferUs = job.Timings.TransferMicroseconds, HostUs = job.Timings.FetchMicroseconds,
                ComputeUs = job.Timings.ComputeMicroseconds, MadeBy = job.MadeBy.Length > 0 ? job.MadeBy : null,
            }),
        },
    };

    /// <summary>Writes it for people.</summary>
    public static void Write(TextWriter output, EngineStatus? status)
    {
        if (status is null)
        {
            output.WriteLine("no engine is running; the next render starts one");
            return;
        }

        string uptime = PlainReporter.Text(TimeSpan.FromMilliseconds(status.UptimeMs));
        output.WriteLine($"engine {status.Version}, build {status.Build}, protocol {status.Protocol}, {status.Runtime}, process {status.ProcessId}, up {uptime}");
        output.WriteLine($"  {status.FramesRendered} frames rendered, {status.FramesFailed} failed");
        QueueStatus queue = status.Queue;
        output.WriteLine($"  queue: {queue.Running} running ({queue.AtHost} wait for their host), {queue.WaitingInteractive} interactive and "
            + $"{queue.WaitingFinal} final waiting, {queue.Places} places; longest waits {Ms(queue.LongestWaitInteractive)} and {Ms(queue.LongestWaitFinal)}");
        output.WriteLine($"  memory: {Mib(queue.MemoryUsed)} of {Mib(queue.MemoryMax)} planned for jobs; process {Mib(status.Memory.Resident)}, "
            + $"managed {Mib(status.Memory.Managed)}, hosts' slots {Mib(status.Memory.Attached)} in {status.Memory.Segments} segments");
        string place = status.CachePath.Length > 0 ? $", {status.CachePath}" : "";
        output.WriteLine($"  cache: {status.CacheEntries} entries, {Mib(status.CacheBytes)}, {status.CacheHits} hits{place}");
        foreach (string device in status.Devices) output.WriteLine($"  device: {device}");
        if (status.LogPath.Length > 0) output.WriteLine($"  log: {status.LogPath}");
        output.WriteLine($"  {status.Connections} connections, {status.Sessions} sessions");
        foreach (SessionStatus session in status.OpenSessions)
        {
            output.WriteLine($"    {session.Connection:x4}/{session.Session}: {NameOf(session.EffectWireId)} in "
                + $"{(session.HostName.Length > 0 ? session.HostName : "a host without a name")} (process {session.ProcessId})");
        }

        JobStatus[] open = [.. status.Jobs.Where(job => job.State is JobState.Waiting or JobState.Running)];
        foreach (JobStatus job in open.Concat(status.Jobs.Except(open).Take(EndedShownMax))) output.WriteLine("  " + Line(job));
    }

    private static string Line(JobStatus job)
    {
        JobTimings times = job.Timings;
        string state = job.State is JobState.Failed ? $"failed ({job.Code})" : job.State.ToString().ToLowerInvariant();
        string subject = string.Create(
            CultureInfo.InvariantCulture,
            $"job {job.Reference}: {NameOf(job.EffectWireId)} {job.Width}×{job.Height} at frame {job.Time:R}{(job.IsInteractive ? ", interactive" : "")}: {state}");
        return job.State is JobState.Waiting or JobState.Running
            ? $"{subject} for {Ms(times.TotalMicroseconds)}, wait {Ms(times.WaitMicroseconds)}"
            : $"{subject} in {Ms(times.TotalMicroseconds)}: wait {Ms(times.WaitMicroseconds)}, transfer {Ms(times.TransferMicroseconds)} "
                + $"(host {Ms(times.FetchMicroseconds)}), compute {Ms(times.ComputeMicroseconds)}{(job.MadeBy.Length > 0 ? $"; made by {job.MadeBy}" : "")}";
    }

    private static string NameOf(int effect) => EffectCatalog.FindByWireId(effect)?.Label ?? string.Create(CultureInfo.InvariantCulture, $"effect {effect}");

    private static string Ms(long microseconds) => (microseconds / 1000.0).ToString("0.0", CultureInfo.InvariantCulture) + " ms";

    private static string Mib(long bytes) => (bytes / (1024.0 * 1024)).ToString("0.0", CultureInfo.InvariantCulture) + " MiB";
}
