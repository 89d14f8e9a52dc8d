using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>The engine works on a frame while the host still copies the next one, and may give a frame's own slot back.</summary>
public sealed class StreamingTests
{
    [Test]
    public void FirstOfTwoFramesAskedFor_ReachesTheEngineBeforeTheSecondIsCopied()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        using var firstSeen = new ManualResetEventSlim();
        server.Handler.OnFrame = (_, time) =>
        {
            if (time == 0) firstSeen.Set();
        };
        bool wasSeen = false;
        TestHost host = null!;
        host = new TestHost(33, 17)
        {
            OnFetch = () =>
            {
                // Fetched are: the frame of the request (time 7), then 0. Copying 1 begins once the engine has 0.
                if (host.Fetched.Count == 2) wasSeen = firstSeen.Wait(10_000);
            },
        };
        client.Render(TestHost.Call(TestEffects.Many, 7, 2) with { Texts = ["from 0"] }, host);
        Assert.That(host.Fetched, Is.EqualTo(new[] { (0, 7.0), (0, 0.0), (0, 1.0) }));
        Assert.That(wasSeen, Is.True, "the engine saw frame 0 only after frame 1 was copied");
    }

    [Test]
    public void SourceOfTheRequest_ReachesTheEngineBeforeTheNextClipIsCopied()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        using var sourceSeen = new ManualResetEventSlim();
        server.Handler.OnFrame = (clip, _) =>
        {
            if (clip == 0) sourceSeen.Set();
        };
        bool wasSeen = false;
        TestHost host = null!;
        host = new TestHost(33, 17)
        {
            OnFetch = () =>
            {
                if (host.Fetched.Count == 1) wasSeen = sourceSeen.Wait(10_000);
            },
        };
        client.Render(TestHost.Call(TestEffects.Clips, 3, 3) with { InitialClips = 3 }, host);
        host.AssertResult((x, y) => (byte)(TestHost.ByteAt(0, 3, x, y) + TestHost.ByteAt(1, 3, x, y) + TestHost.ByteAt(2, 3, x, y)));
        Assert.That(host.Fetched, Is.EqualTo(new[] { (0, 3.0), (1, 3.0), (2, 3.0) }), "nothing is asked for twice");
        Assert.That(wasSeen, Is.True, "the engine saw the source only after the next clip was copied");
    }

    [TestCase(true)]
    [TestCase(false)]
    public void ClipThatTheHostDoesNotHave_IsNoneAlsoWhereItFollows(bool usesSharedMemory)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        int fetch = 0;
        var host = new TestHost(33, 17) { HasFrame = (_, _) => ++fetch != 2 };
        client.Render(TestHost.Call(TestEffects.Clips, 3, 3) with { InitialClips = 3 }, host);
        host.AssertResult((x, y) => (byte)(TestHost.ByteAt(0, 3, x, y) + TestHost.ByteAt(2, 3, x, y)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void EngineNeedsNoFollowingFrame_TheResultIsRightAndTheNextRenderToo(bool usesSharedMemory)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        for (int round = 0; round < 20; round++)
        {
            var host = new TestHost(33, 17);
            client.Render(TestHost.Call(TestEffects.Xor, round, 9) with { InitialClips = 4 }, host);
            int t = round;
            host.AssertResult((x, y) => (byte)(TestHost.ByteAt(0, t, x, y) ^ 9));
        }

        Assert.That(client.ConnectionCount, Is.EqualTo(1));
    }

    [TestCase(TestEffects.Pass, 0, true)]
    [TestCase(TestEffects.Pass, 0, false)]
    [TestCase(TestEffects.PassNext, 1, true)]
    [TestCase(TestEffects.PassNext, 1, false)]
    public void FramePassedThrough_IsTheResult(int effect, int later, bool usesSharedMemory)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        for (int round = 0; round < 3; round++)
        {
            var host = new TestHost(33, 17);
            client.Render(TestHost.Call(effect, round), host);
            int t = round + later;
            host.AssertResult((x, y) => TestHost.ByteAt(0, t, x, y));
        }
    }

    [Test]
    public void FrameOfAnotherSizePassedThrough_FailsThatRenderAlone()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        BridgeException failure = Assert.Throws<BridgeException>(() => client.Render(TestHost.Call(TestEffects.Pass, width: 34), new TestHost(33, 17)))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineFault));
        TestHost.RenderXor(client, 1, 2);
        Assert.That(client.ConnectionCount, Is.EqualTo(1));
    }

    /// <summary>The engine reads nothing while a small render runs; a cancel must reach it all the same.</summary>
    [Test]
    public void CancelDuringAJobThatAsksForNothing_ReachesIt()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var host = new TestHost(33, 17) { Aborts = () => server.Handler.IsWaiting.IsSet };
        Assert.That(client.Render(TestHost.Call(TestEffects.Wait), host).IsAborted, Is.True);
        Assert.That(server.Handler.WasCancelled.Wait(10_000), Is.True);
    }
}
