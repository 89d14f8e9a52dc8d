using System.Diagnostics;
using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>The engine as a process: its start, its death, and what the client makes of either.</summary>
public sealed class EngineProcessTests
{
    [Test]
    public void NobodyListens_TheFirstRenderStartsAnEngineAndTheSecondUsesIt()
    {
        using var engine = new TestProcess();
        Assert.That(engine.Client.QueryStatus(), Is.Null);
        RenderOutcome first = TestHost.RenderXor(engine.Client, 1, 3);
        RenderOutcome second = TestHost.RenderXor(engine.Client, 2, 4);
        Assert.That(first.EngineProcessId, Is.Not.EqualTo(Environment.ProcessId));
        Assert.That(second.EngineProcessId, Is.EqualTo(first.EngineProcessId));
        Assert.That(second.EngineFrameNumber, Is.EqualTo(first.EngineFrameNumber + 1));
        EngineStatus status = engine.Client.QueryStatus()!;
        Assert.That(status.ProcessId, Is.EqualTo(first.EngineProcessId));
        Assert.That(status.FramesRendered, Is.EqualTo(2));
        Assert.That(status.Build, Is.EqualTo(BridgeVersion.Build));
        Assert.That(status.Devices, Is.EqualTo(new[] { "CPU" }));
    }

    [Test]
    public void EngineDiesDuringARender_ThatRenderFailsPlainlyAndTheNextOneWorks()
    {
        using var engine = new TestProcess();
        int first = TestHost.RenderXor(engine.Client, 1, 3).EngineProcessId;
        BridgeException failure = Assert.Throws<BridgeException>(() => engine.Client.Render(TestHost.Call(TestEffects.Die), new TestHost(33, 17)))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineLost));
        Assert.That(failure.Message, Does.Contain("engine").And.Contain(first.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        RenderOutcome next = TestHost.RenderXor(engine.Client, 2, 5);
        Assert.That(next.EngineProcessId, Is.Not.EqualTo(first));
        Assert.That(next.EngineFrameNumber, Is.EqualTo(1));
        Assert.That(TestProcess.IsAlive(first), Is.False);
    }

    [Test]
    public void EngineIsKilledFromOutsideWhileEightThreadsRender_EachFailsOrIsRightAndAllWorkAfterwards()
    {
        using var engine = new TestProcess();
        int victim = TestHost.RenderXor(engine.Client, 0, 1).EngineProcessId;
        using var inside = new CountdownEvent(8);
        int lost = 0;
        Thread[] threads = [.. Enumerable.Range(0, 8).Select(index => new Thread(() =>
        {
            bool isInside = false;
            var host = new TestHost(33, 17)
            {
                OnProgress = _ =>
                {
                    if (!isInside) inside.Signal();
                    isInside = true;
                },
            };
            try
            {
                engine.Client.Render(TestHost.Call(TestEffects.Slow, index, 60_000), host);
            }
            catch (BridgeException e) when (e.Code == BridgeError.EngineLost)
            {
                Interlocked.Increment(ref lost);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        Assert.That(inside.Wait(30_000), Is.True);
        TestProcess.Kill(victim);
        foreach (Thread thread in threads) thread.Join();
        Assert.That(lost, Is.EqualTo(8));
        int[] engines = new int[8];
        Parallel.For(0, 8, index => engines[index] = TestHost.RenderXor(engine.Client, index, (byte)index).EngineProcessId);
        Assert.That(engines.Distinct().ToArray(), Has.Length.EqualTo(1));
    }

    [Test]
    public void RequestThatEndedTwoEngines_IsRefusedWithItsReasonAndOthersGoOn()
    {
        using var engine = new TestProcess();
        for (int death = 0; death < 2; death++)
        {
            Assert.That(Fail(engine.Client, TestEffects.Die).Code, Is.EqualTo(BridgeError.EngineLost));
        }

        BridgeException refusal = Fail(engine.Client, TestEffects.Die);
        Assert.That(refusal.Code, Is.EqualTo(BridgeError.RequestRefused));
        Assert.That(refusal.Message, Does.Contain("ended the RunwayFX engine 2 times").And.Contain("ended unexpectedly"));
        TestHost.RenderXor(engine.Client, 1, 1);
    }

    [Test]
    public void EngineStartsReachTheirLimit_TheNextStartIsRefusedWithTheWait()
    {
        using var engine = new TestProcess(BridgeLimits.Default with { RestartsPerMinuteMax = 2, DeathsPerRequestMax = 100 });
        for (int death = 0; death < 2; death++) Assert.That(Fail(engine.Client, TestEffects.Die).Code, Is.EqualTo(BridgeError.EngineLost));
        BridgeException refusal = Fail(engine.Client, TestEffects.Xor);
        Assert.That(refusal.Code, Is.EqualTo(BridgeError.RestartLimit));
        Assert.That(refusal.Message, Does.Contain("the limit is 2"));
    }

    [Test]
    public void EngineEndsAtItsStart_FailsAtOnceWithItsOwnWords()
    {
        using var engine = new TestProcess(null, ("RUNWAYFX_TEST_START", "die"));
        var clock = Stopwatch.StartNew();
        BridgeException failure = Fail(engine.Client, TestEffects.Xor);
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineStartFailed));
        Assert.That(failure.Message, Does.Contain("cannot start on purpose"));
        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(BridgeLimits.Default.EngineStartMs));
    }

    [Test]
    public void EngineNeverListens_TheWaitIsBounded()
    {
        using var engine = new TestProcess(BridgeLimits.Default with { EngineStartMs = 700 }, ("RUNWAYFX_TEST_START", "hang"));
        var clock = Stopwatch.StartNew();
        BridgeException failure = Fail(engine.Client, TestEffects.Xor);
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineStartFailed));
        Assert.That(failure.Message, Does.Contain("700 ms"));
        Assert.That(clock.ElapsedMilliseconds, Is.InRange(600, 5_000));
        EndHangingEngines(engine);
    }

    [Test]
    public void HostStopsWhileTheEngineStarts_TheRenderEndsAborted()
    {
        using var engine = new TestProcess(null, ("RUNWAYFX_TEST_START", "hang"));
        var clock = Stopwatch.StartNew();
        var host = new TestHost(33, 17) { Aborts = () => clock.ElapsedMilliseconds > 200 };
        RenderOutcome outcome = engine.Client.Render(TestHost.Call(TestEffects.Xor), host);
        Assert.That(outcome.IsAborted, Is.True);
        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(5_000));
        EndHangingEngines(engine);
    }

    [Test]
    public void EngineFreezesDuringARender_SilenceEndsTheWait()
    {
        using var engine = new TestProcess(BridgeLimits.Default with { SilenceMs = 800, ConnectMs = 500 });
        int victim = TestHost.RenderXor(engine.Client, 0, 1).EngineProcessId;
        try
        {
            var clock = Stopwatch.StartNew();
            Assert.That(Fail(engine.Client, TestEffects.Freeze).Code, Is.EqualTo(BridgeError.EngineSilent));
            Assert.That(clock.ElapsedMilliseconds, Is.InRange(700, 5_000));
            // It still holds the socket: the next render says so within the limit for connections.
            Assert.That(Fail(engine.Client, TestEffects.Xor).Code, Is.EqualTo(BridgeError.EngineSilent));
        }
        finally
        {
            TestProcess.Kill(victim); // A stopped process would stay for ever.
        }

        TestProcess.AwaitEnd(victim);
        TestHost.RenderXor(engine.Client, 1, 2);
    }

    [Test]
    public void FrozenEngineWakesUpAfterItsHostGaveUp_TheJobEnds()
    {
        using var engine = new TestProcess(BridgeLimits.Default with { SilenceMs = 800, ConnectMs = 500 });
        int frozen = TestHost.RenderXor(engine.Client, 0, 1).EngineProcessId;
        try
        {
            Assert.That(Fail(engine.Client, TestEffects.Freeze).Code, Is.EqualTo(BridgeError.EngineSilent));
        }
        finally
        {
            TestProcess.Wake(frozen);
        }

        // It hears only now that nobody waits any more.
        Assert.That(() => engine.Client.QueryStatus()?.JobsRunning, Is.Zero.After(10_000, 20));
        Assert.That(TestHost.RenderXor(engine.Client, 1, 2).EngineProcessId, Is.EqualTo(frozen));
    }

    [Test]
    public void TwoClientsStartAtOnce_OneEngineServesBoth()
    {
        using var engine = new TestProcess();
        EngineClient[] clients = [.. Enumerable.Range(0, 4).Select(_ => engine.NewClient())];
        int[] served = new int[clients.Length];
        Thread[] threads =
        [
            .. clients.Select((client, index) => new Thread(() => served[index] = TestHost.RenderXor(client, index, (byte)index).EngineProcessId)),
        ];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        foreach (EngineClient client in clients) client.Dispose();
        Assert.That(served.Distinct().Single(), Is.Positive);
    }

    [Test]
    public void StopEngine_EndsItAndTheNextRenderStartsAnother()
    {
        using var engine = new TestProcess();
        int first = TestHost.RenderXor(engine.Client, 0, 1).EngineProcessId;
        Assert.That(engine.Client.StopEngine(), Is.True);
        TestProcess.AwaitEnd(first);
        Assert.That(engine.Client.StopEngine(), Is.False);
        Assert.That(TestHost.RenderXor(engine.Client, 1, 2).EngineProcessId, Is.Not.EqualTo(first));
    }

    [Test]
    public void StartedEngine_InheritsNothingOfTheHost()
    {
        string secret = Path.Combine(Path.GetTempPath(), "rfx-secret-" + Guid.NewGuid().ToString("N"));
        using var file = new FileStream(secret, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        using var folder = new TestFolder();
        string report = Path.Combine(folder.FullPath, "report");
        using var engine = new TestProcess(null, ("RUNWAYFX_TEST_REPORT", report), ("LD_PRELOAD_OF_HOST", "1"), ("HOST_LICENCE", "secret"));
        int process = TestHost.RenderXor(engine.Client, 0, 1).EngineProcessId;
        string[] lines = File.ReadAllLines(report);
        Assert.That(lines, Has.None.Contains("rfx-secret-"));
        Assert.That(lines, Has.Some.StartsWith("fd 0 /dev/null").And.Some.StartsWith("fd 1 /dev/null"));
        Assert.That(lines, Has.Some.EqualTo("env RUNWAYFX_TEST_REPORT").And.Some.EqualTo("env DOTNET_ROOT"));
        Assert.That(lines, Has.None.EqualTo("env HOST_LICENCE").And.None.EqualTo("env LD_PRELOAD_OF_HOST"));
        // Fields after the name: state, parent, group, session.
        string[] stat = lines.Single(line => line.StartsWith("stat", StringComparison.Ordinal)).Split(") ")[^1].Split(' ');
        int parent = int.Parse(stat[1], System.Globalization.CultureInfo.InvariantCulture);
        string own = File.ReadAllText("/proc/self/stat").Split(") ")[^1].Split(' ')[3];
        Assert.That(stat[3], Is.Not.EqualTo(own));
        Assert.That(parent, Is.Not.EqualTo(Environment.ProcessId));
        // The pipe for its last words is gone once somebody is connected.
        Assert.That(new FileInfo($"/proc/{process}/fd/2").LinkTarget, Is.EqualTo("/dev/null"));
    }

    [Test]
    public void EngineIsNowhere_TheMessageNamesThePlaces()
    {
        using var folder = new TestFolder();
        string absent = Path.Combine(folder.FullPath, "absent");
        using var client = new EngineClient(new EngineClientOptions { Endpoint = folder.Endpoint, EnginePath = absent });
        BridgeException failure = Fail(client, TestEffects.Xor);
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineNotFound));
        Assert.That(failure.Message, Does.Contain(absent));
    }

    private static BridgeException Fail(EngineClient client, int effect) =>
        Assert.Throws<BridgeException>(() => client.Render(TestHost.Call(effect), new TestHost(33, 17)))!;

    /// <summary>Ends engines that were told to hang, found by their socket argument.</summary>
    private static void EndHangingEngines(TestProcess engine)
    {
        foreach (Process process in Process.GetProcessesByName("runwayfx-test-engine"))
        {
            using (process)
            {
                if (File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(engine.FolderPath, StringComparison.Ordinal)) process.Kill();
            }
        }
    }
}
