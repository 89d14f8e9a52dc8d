using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>A whole conversation between a client and a server in one process.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class RenderTests(bool usesSharedMemory)
{
    [Test]
    public void FrameInRequest_ComesBackChangedInOneRoundTrip()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(33, 17);
        RenderOutcome outcome = client.Render(TestHost.Call(TestEffects.Xor, 12.5, 0x5A), host);
        host.AssertResult((x, y) => (byte)(TestHost.ByteAt(0, 12.5, x, y) ^ 0x5A));
        Assert.That(host.Fetched, Is.EqualTo(new[] { (0, 12.5) }));
        Assert.That(outcome.IsAborted, Is.False);
        Assert.That(outcome.EngineFrameNumber, Is.EqualTo(1));
        Assert.That(outcome.EngineProcessId, Is.EqualTo(Environment.ProcessId));
        Assert.That(outcome.RenderMicroseconds, Is.GreaterThan(0));
    }

    [Test]
    public void NeighbourFrames_AreFetchedOnTheRenderThreadAndArriveUnmixed()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        int thread = Environment.CurrentManagedThreadId;
        var host = new TestHost(33, 17) { OnFetch = () => Assert.That(Environment.CurrentManagedThreadId, Is.EqualTo(thread)) };
        client.Render(TestHost.Call(TestEffects.Neighbours, -4), host);
        host.AssertResult((x, y) => (byte)(TestHost.ByteAt(0, -5, x, y) + TestHost.ByteAt(0, -4, x, y) + TestHost.ByteAt(0, -3, x, y)));
        Assert.That(host.Fetched, Is.EqualTo(new[] { (0, -4.0), (0, -5.0), (0, -3.0) }));
    }

    [Test]
    public void HostWithALongName_RendersAllTheSame()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(33, 17);
        client.Render(TestHost.Call(TestEffects.Xor, 1, 7) with { HostName = new string('n', OpenSession.HostNameMax + 1) }, host);
        host.AssertResult((x, y) => (byte)(TestHost.ByteAt(0, 1, x, y) ^ 7));
    }

    [Test]
    public void MissingFrames_AreReportedAsNone()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(33, 17) { HasFrame = (_, time) => time > 0 };
        client.Render(TestHost.Call(TestEffects.Neighbours, 0), host);
        host.AssertResult((x, y) => TestHost.ByteAt(0, 1, x, y));
    }

    [Test]
    public void ManyFramesInOneQuestion_ComeInOrderThroughFewSlots()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(256, 256);
        client.Render(TestHost.Call(TestEffects.Many, 0, NeedFrames.TimesMax, width: 256, height: 256), host);
        byte expected = 0;
        for (int index = 0; index < NeedFrames.TimesMax; index++) expected += TestHost.ByteAt(0, index, 0, 0);
        host.AssertResult((_, _) => expected);
        // Source, result, and two that go back and forth (a third while the engine gives one back).
        Assert.That(client.SlotBytes, Is.LessThanOrEqualTo(5 * 256 * 256 * 4));
    }

    [Test]
    public void FrameOfTheRequestThatWasGivenUp_LendsItsSlotToTheNext_AndIsAskedForAgain()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(256, 256);
        for (int time = 3; time < 5; time++)
        {
            client.Render(TestHost.Call(TestEffects.GiveUp, time, width: 256, height: 256), host);
            int now = time;
            host.AssertResult((x, y) => (byte)(2 * TestHost.ByteAt(0, now, x, y) + TestHost.ByteAt(0, now + 1, x, y)));
        }

        // One for all the frames, one for the result.
        Assert.That(client.SlotBytes, Is.EqualTo(2 * 256 * 256 * 4));
    }

    [Test]
    public void OneTimeTooMany_FailsThatRenderAlone()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        BridgeException failure = Assert.Throws<BridgeException>(
            () => client.Render(TestHost.Call(TestEffects.Many, 0, NeedFrames.TimesMax + 1), new TestHost(33, 17)))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.OutOfRange));
        TestHost.RenderXor(client, 1, 2);
    }

    [Test]
    public void ProgressAndLog_ReachTheHost()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(33, 17);
        client.Render(TestHost.Call(TestEffects.Slow, 3, 1), host);
        Assert.That(host.ProgressSeen, Is.EqualTo(new[] { 0.25 }));
        Assert.That(host.Lines, Is.EqualTo(new[] { "half way" }));
        host.AssertResult((x, y) => TestHost.ByteAt(0, 3, x, y));
    }

    [TestCase(TestEffects.Fault, BridgeError.EngineFault, 0, "a fault on purpose")]
    [TestCase(TestEffects.Refuse, BridgeError.RenderRefused, 7, "no style picture")]
    [TestCase(TestEffects.Unknown, BridgeError.EffectUnknown, 0, "there is no effect 1000")]
    public void EngineRefuses_CodeAndWordsReachTheCallerAndTheConnectionStays(int effect, BridgeError code, int detail, string words)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        BridgeException failure = Assert.Throws<BridgeException>(() => client.Render(TestHost.Call(effect), new TestHost(33, 17)))!;
        Assert.That(failure.Code, Is.EqualTo(code));
        Assert.That(failure.Detail, Is.EqualTo(detail));
        Assert.That(failure.Message, Does.Contain(words));
        TestHost.RenderXor(client, 1, 2);
        Assert.That(client.ConnectionCount, Is.EqualTo(1));
        Assert.That(server.Status.Connections, Is.EqualTo(1));
    }

    [Test]
    public void HostThrows_ItsExceptionPassesAndNothingIsLost()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        var host = new TestHost(33, 17) { OnFetch = () => throw new NotSupportedException("host trouble") };
        Assert.That(() => client.Render(TestHost.Call(TestEffects.Xor), host), Throws.TypeOf<NotSupportedException>());
        TestHost.RenderXor(client, 1, 2);
        client.ReleaseIdle();
        Assert.That(client.SlotBytes, Is.Zero);
        Assert.That(client.ConnectionCount, Is.Zero);
    }

    [Test]
    public void TwentyRendersFromEightThreads_AreNotMixedUp()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        const int threads = 8, renders = 20;
        int next = -1;
        var failures = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        var numbers = new System.Collections.Concurrent.ConcurrentBag<long>();
        Thread[] running = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() =>
        {
            try
            {
                for (int render = Interlocked.Increment(ref next); render < renders; render = Interlocked.Increment(ref next))
                {
                    int t = render, width = 200 + render, height = 60 + render;
                    var host = new TestHost(width, height);
                    RenderOutcome outcome = client.Render(TestHost.Call(TestEffects.Neighbours, t, width: width, height: height), host);
                    host.AssertResult(
                        (x, y) => (byte)(TestHost.ByteAt(0, t - 1, x, y) + TestHost.ByteAt(0, t, x, y) + TestHost.ByteAt(0, t + 1, x, y)));
                    numbers.Add(outcome.EngineFrameNumber);
                }
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        }))];
        foreach (Thread thread in running) thread.Start();
        foreach (Thread thread in running) thread.Join();
        Assert.That(failures, Is.Empty);
        Assert.That(numbers.Order(), Is.EqualTo(Enumerable.Range(1, renders).Select(number => (long)number)));
        Assert.That(client.ConnectionCount, Is.InRange(1, threads));
    }

    [Test]
    public void TextsChange_TheNextRenderSeesThem()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        // More texts than sessions, twice over, so that numbers are reused.
        for (int round = 0; round < 2; round++)
        {
            for (char letter = 'A'; letter < 'A' + OpenSession.SessionMax + 4; letter++)
            {
                var host = new TestHost(9, 3);
                client.Render(TestHost.Call(TestEffects.Text, text: letter.ToString(), width: 9, height: 3), host);
                char expected = letter;
                host.AssertResult((_, _) => (byte)expected);
            }
        }

        Assert.That(server.Status.Sessions, Is.EqualTo(OpenSession.SessionMax));
    }

    [Test]
    public void Slots_AreReusedFromFrameToFrame()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        TestHost.RenderXor(client, 0, 1, 300, 200);
        long after = client.SlotBytes;
        for (int time = 1; time < 30; time++) TestHost.RenderXor(client, time, (byte)time, 300 - time, 200);
        Assert.That(client.SlotBytes, Is.EqualTo(after));
        Assert.That(client.ConnectionCount, Is.EqualTo(1));
    }

    [TestCase(1, 1)]
    [TestCase(16_384, 1)]
    [TestCase(1, 16_384)]
    public void ExtremeSides_AreRendered(int width, int height)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        TestHost.RenderXor(client, 5, 9, width, height);
    }

    [TestCase(16_385, 1)]
    [TestCase(1, 16_385)]
    [TestCase(0, 1)]
    [TestCase(1, -1)]
    public void SideOnePastTheLimit_IsRefusedByName(int width, int height)
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient(usesSharedMemory);
        BridgeException failure = Assert.Throws<BridgeException>(
            () => client.Render(
                TestHost.Call(TestEffects.Xor, width: width, height: height), new TestHost(Math.Max(width, 1), Math.Max(height, 1))))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.OutOfRange));
        Assert.That(failure.Message, Does.Contain("16384"));
    }
}
