using System.Diagnostics;
using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

public sealed class CancelTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void HostAborts_TheRenderReturnsAtOnceAndTheEnginesJobIsCancelled(bool usesSharedMemory)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var clock = new Stopwatch();
        var host = new TestHost(33, 17)
        {
            Aborts = () =>
            {
                if (!server.Handler.IsWaiting.IsSet) return false;
                clock.Start();
                return true;
            },
        };
        RenderOutcome outcome = client.Render(TestHost.Call(TestEffects.Wait), host);
        Assert.That(outcome.IsAborted, Is.True);
        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(1_000));
        Assert.That(host.Result, Is.Null);
        Assert.That(server.Handler.WasCancelled.Wait(10_000), Is.True);
        TestHost.RenderXor(client, 1, 1);
    }

    [Test]
    public void CancelledJob_ItsSlotsStayInQuarantineUntilTheEngineAnswers()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        using var mayEnd = new ManualResetEventSlim();
        // The cancelled job answers only after its handler returns; until then a second render must not touch its slots.
        server.Handler.BeforeCancelledReturns = () => mayEnd.Wait(10_000);
        var host = new TestHost(33, 17) { Aborts = () => server.Handler.IsWaiting.IsSet };
        RenderOutcome outcome = client.Render(TestHost.Call(TestEffects.Wait), host);
        Assert.That(outcome.IsAborted, Is.True);
        long quarantined = client.SlotBytes;
        TestHost.RenderXor(client, 1, 1);
        Assert.That(client.ConnectionCount, Is.EqualTo(2));
        Assert.That(client.SlotBytes, Is.EqualTo(2 * quarantined));
        mayEnd.Set();
        AwaitThat(() => server.Status.JobsRunning == 0);
        // Both connections are usable again: two renders at once need no third.
        Parallel.For(0, 2, index => TestHost.RenderXor(client, index, 7));
        Assert.That(client.ConnectionCount, Is.EqualTo(2));
        Assert.That(client.SlotBytes, Is.EqualTo(2 * quarantined));
    }

    [Test]
    public void QuarantineLastsTooLong_TheConnectionIsGivenUp()
    {
        using var server = new TestServer();
        using var mayEnd = new ManualResetEventSlim();
        server.Handler.BeforeCancelledReturns = () => mayEnd.Wait(10_000);
        using EngineClient client = server.NewClient(limits: BridgeLimits.Default with { QuarantineMs = 50 });
        client.Render(TestHost.Call(TestEffects.Wait), new TestHost(33, 17) { Aborts = () => server.Handler.IsWaiting.IsSet });
        var clock = Stopwatch.StartNew();
        AwaitThat(() => clock.ElapsedMilliseconds > 60);
        TestHost.RenderXor(client, 1, 1);
        Assert.That(client.ConnectionCount, Is.EqualTo(1));
        mayEnd.Set();
    }

    [Test]
    public void ClientVanishesDuringAJob_TheJobIsCancelled()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new TestHost(33, 17) { Aborts = () => server.Handler.IsWaiting.IsSet ? throw new NotSupportedException("gone") : false };
        Assert.That(() => client.Render(TestHost.Call(TestEffects.Wait), host), Throws.TypeOf<NotSupportedException>());
        Assert.That(server.Handler.WasCancelled.Wait(10_000), Is.True);
        AwaitThat(() => server.Status.Connections == 0);
    }

    [Test]
    public void HostIsAborting_TheSourceIsNotEvenFetched()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new TestHost(33, 17) { Aborts = () => true };
        Assert.That(client.Render(TestHost.Call(TestEffects.Xor), host).IsAborted, Is.True);
        Assert.That(host.Fetched, Is.Empty);
        Assert.That(server.Status.FramesRendered, Is.Zero);
    }

    [Test]
    public void EngineIsSilentButBeatsItsHeart_TheRenderWaits()
    {
        BridgeLimits limits = BridgeLimits.Default with { SilenceMs = 400, HeartbeatMs = 50 };
        using var server = new TestServer(limits);
        using EngineClient client = server.NewClient();
        var host = new TestHost(33, 17);
        client.Render(TestHost.Call(TestEffects.Slow, 3, 1_200), host);
        host.AssertResult((x, y) => TestHost.ByteAt(0, 3, x, y));
    }

    [Test]
    public void RenderTakesTooLong_ItsLimitEndsIt()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(limits: BridgeLimits.Default with { RenderMs = 200 });
        BridgeException failure = Assert.Throws<BridgeException>(() => client.Render(TestHost.Call(TestEffects.Wait), new TestHost(33, 17)))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.TimedOut));
        Assert.That(server.Handler.WasCancelled.Wait(10_000), Is.True);
    }

    [Test]
    public void HostGivesNoFrameInTime_TheEngineGivesTheJobUp()
    {
        using var server = new TestServer(BridgeLimits.Default with { FrameFetchMs = 100 });
        using EngineClient client = server.NewClient();
        using var never = new ManualResetEventSlim();
        bool isFirst = true;
        var host = new TestHost(33, 17)
        {
            OnFetch = () =>
            {
                if (!isFirst) never.Wait(400);
                isFirst = false;
            },
        };
        BridgeException failure = Assert.Throws<BridgeException>(() => client.Render(TestHost.Call(TestEffects.Neighbours), host))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.TimedOut));
        TestHost.RenderXor(client, 1, 1);
    }

    internal static void AwaitThat(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(clock.ElapsedMilliseconds, Is.LessThan(10_000), "the condition did not come true");
            Thread.Yield();
        }
    }
}
