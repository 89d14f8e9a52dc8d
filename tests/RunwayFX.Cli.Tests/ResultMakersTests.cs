using System.Text.Json;
using RunwayFX.Bridge;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Rendering;

namespace RunwayFX.Cli.Tests;

/// <summary>What made the frames of a render: gathered from the engine's jobs, and in the reports.</summary>
internal sealed class ResultMakersTests
{
    private const int Own = 4711, OwnConnection = 0x3f2a, OtherConnection = 0x4f2a;

    [Test]
    public void OwnJobs_AreGathered_AlsoThoseTheEngineHasForgotten()
    {
        Queue<EngineStatus?> answers = new([Status((OwnConnection, "b"), (OtherConnection, "x"), (OwnConnection, "")), null, Status((OwnConnection, "a"), (OwnConnection, "b"))]);
        ResultMakers makers = new(answers.Dequeue, Own);
        Assert.That(makers.Look(), Is.EqualTo(new[] { "b" }));
        Assert.That(makers.Look(), Is.EqualTo(new[] { "b" }), "an engine that is gone costs nothing");
        Assert.That(makers.Look(), Is.EqualTo(new[] { "a", "b" }));
    }

    [Test]
    public void EngineThatDoesNotAnswer_CostsNothing() =>
        Assert.That(new ResultMakers(() => throw new BridgeException(BridgeError.EngineSilent, "silent"), Own).Look(), Is.Empty);

    [TestCase(new string[0], false)]
    [TestCase(new[] { "tiny; onnxruntime 1.31.1 cpu 2 threads" }, true)]
    public void Report_NamesTheMakers(string[] makers, bool isSaid)
    {
        using StringWriter text = new();
        new JsonReporter(text).Finished(new RenderResult("/o.png", 2, 2, 1, 0, 1) { MadeBy = makers });
        using JsonDocument json = JsonDocument.Parse(text.ToString());
        Assert.That(json.RootElement.TryGetProperty("madeBy", out JsonElement said), Is.EqualTo(isSaid));
        if (isSaid) Assert.That(said.EnumerateArray().Select(maker => maker.GetString()), Is.EqualTo(makers));
    }

    private static EngineStatus Status(params (int Connection, string Maker)[] jobs) => new()
    {
        ProcessId = 1, Protocol = 2, Build = "b", UptimeMs = 1, Connections = 2, Sessions = 2, JobsRunning = 0, FramesRendered = 0, FramesFailed = 0, CacheEntries = 0, CacheBytes = 0,
        CacheHits = 0, Version = "0.1.0", LogPath = "", CachePath = "", Devices = [],
        OpenSessions =
        [
            new SessionStatus { Connection = OwnConnection, Session = 1, EffectWireId = 1, ProcessId = Own, HostName = "rfx" },
            new SessionStatus { Connection = OtherConnection, Session = 1, EffectWireId = 1, ProcessId = Own + 1, HostName = "Resolve" },
        ],
        Jobs =
        [
            .. jobs.Select((job, index) => new JobStatus
            {
                Connection = job.Connection, Job = 1 + index, EffectWireId = 1, Width = 2, Height = 2, Time = 0, IsInteractive = false, State = JobState.Done, Code = BridgeError.None,
                Timings = default, MadeBy = job.Maker,
            }),
        ],
    };
}
