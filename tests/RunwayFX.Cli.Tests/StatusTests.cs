using System.Text.Json;
using RunwayFX.Bridge;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Output;

namespace RunwayFX.Cli.Tests;

/// <summary><c>rfx status</c>: everything that the engine tells, for people and for programs.</summary>
internal sealed class StatusTests
{
    private static EngineStatus Status { get; } = new()
    {
        ProcessId = 4711, Protocol = 2, Build = "0.1.0+abc", UptimeMs = 65_000, Connections = 3, Sessions = 2, JobsRunning = 1, FramesRendered = 500, FramesFailed = 6,
        CacheEntries = 7, CacheBytes = 3 << 20, CacheHits = 9, Version = "0.1.0", LogPath = "/l/engine-0.1.0.log", CachePath = "", Devices = ["CPU X64, 2 threads"],
        Runtime = ".NET 10.0.12",
        Queue = new QueueStatus
        {
            Running = 1, AtHost = 0, WaitingInteractive = 2, WaitingFinal = 3, Places = 4, MemoryUsed = 64 << 20, MemoryMax = 1L << 30,
            LongestWaitInteractive = 1_500, LongestWaitFinal = 2_000_000,
        },
        Memory = new MemoryStatus { Resident = 200 << 20, Managed = 50 << 20, Attached = 33 << 20, Segments = 5 },
        OpenSessions = [new SessionStatus { Connection = 0x3f2a, Session = 1, EffectWireId = 1, ProcessId = 99, HostName = "Resolve" }],
        Jobs =
        [
            Job(17, JobState.Running, BridgeError.None, new JobTimings(40_000, 1_000, 0, 0)),
            Job(16, JobState.Done, BridgeError.None, new JobTimings(123_400, 100, 4_000, 2_000)),
            Job(15, JobState.Failed, BridgeError.RenderRefused, new JobTimings(1_000, 0, 0, 0)),
        ],
    };

    private static JobStatus Job(long number, JobState state, BridgeError code, JobTimings timings) => new()
    {
        Connection = 0x3f2a, Job = number, EffectWireId = 1, Width = 1920, Height = 1080, Time = 12.5, IsInteractive = number == 17, State = state, Code = code,
        Timings = timings,
    };

    [Test]
    public void Text_HasSessionsQueueMemoryDeviceCacheVersionsAndJobTimes()
    {
        using StringWriter output = new() { NewLine = "\n" };
        StatusText.Write(output, Status);
        foreach (string part in new[]
        {
            "engine 0.1.0, build 0.1.0+abc, protocol 2, .NET 10.0.12, process 4711, up", "500 frames rendered, 6 failed",
            "queue: 1 running (0 wait for their host), 2 interactive and 3 final waiting, 4 places; longest waits 1.5 ms and 2000.0 ms",
            "memory: 64.0 MiB of 1024.0 MiB planned for jobs; process 200.0 MiB, managed 50.0 MiB, hosts' slots 33.0 MiB in 5 segments",
            "cache: 7 entries, 3.0 MiB, 9 hits", "device: CPU X64, 2 threads", "log: /l/engine-0.1.0.log", "3 connections, 2 sessions",
            "3f2a/1: RunwayFX Style in Resolve (process 99)", "job 3f2a-17: RunwayFX Style 1920×1080 at frame 12.5, interactive: running for 40.0 ms, wait 1.0 ms",
            "job 3f2a-16: RunwayFX Style 1920×1080 at frame 12.5: done in 123.4 ms: wait 0.1 ms, transfer 4.0 ms (host 2.0 ms), compute 119.3 ms",
            "job 3f2a-15: RunwayFX Style 1920×1080 at frame 12.5: failed (RenderRefused) in 1.0 ms",
        })
            Assert.That(output.ToString(), Does.Contain(part));
    }

    [Test]
    public void Json_HasTheSame()
    {
        using JsonDocument json = JsonDocument.Parse(JsonLines.ToDocument(StatusText.Document(Status)));
        JsonElement engine = json.RootElement.GetProperty("engine");
        Assert.That(json.RootElement.GetProperty("running").GetBoolean(), Is.True);
        Assert.That((engine.GetProperty("processId").GetInt32(), engine.GetProperty("runtime").GetString()), Is.EqualTo((4711, ".NET 10.0.12")));
        Assert.That(engine.GetProperty("queue").GetProperty("longestWaitFinalUs").GetInt64(), Is.EqualTo(2_000_000));
        Assert.That(engine.GetProperty("memory").GetProperty("attachedBytes").GetInt64(), Is.EqualTo(33 << 20));
        Assert.That(engine.GetProperty("cache").GetProperty("cacheHits").GetInt64(), Is.EqualTo(9));
        JsonElement session = engine.GetProperty("sessions")[0], done = engine.GetProperty("jobs")[1], failed = engine.GetProperty("jobs")[2];
        Assert.That((session.GetProperty("connection").GetString(), session.GetProperty("effect").GetString()), Is.EqualTo(("3f2a", "RunwayFX Style")));
        Assert.That((done.GetProperty("reference").GetString(), done.GetProperty("state").GetString(), done.TryGetProperty("code", out _)), Is.EqualTo(("3f2a-16", "Done", false)));
        Assert.That((done.GetProperty("waitUs").GetInt64(), done.GetProperty("transferUs").GetInt64(), done.GetProperty("hostUs").GetInt64(),
            done.GetProperty("computeUs").GetInt64()), Is.EqualTo((100L, 4_000L, 2_000L, 119_300L)));
        Assert.That(failed.GetProperty("code").GetString(), Is.EqualTo("RenderRefused"));
    }

    [Test]
    public void NoEngine_IsSaid()
    {
        using StringWriter output = new();
        StatusText.Write(output, null);
        Assert.That(output.ToString(), Does.StartWith("no engine is running"));
        using JsonDocument json = JsonDocument.Parse(JsonLines.ToDocument(StatusText.Document(null)));
        Assert.That(json.RootElement.GetProperty("running").GetBoolean(), Is.False);
    }
}
