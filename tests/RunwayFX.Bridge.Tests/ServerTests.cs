using System.Diagnostics;
using RunwayFX.TestEngine;

namespace RunwayFX.Bridge.Tests;

/// <summary>The server against peers that do not behave.</summary>
public sealed unsafe class ServerTests
{
    [Test]
    public void OtherProtocol_IsRefusedWithBothNumbers()
    {
        using var server = new TestServer();
        HelloReply reply = Greet(server, new Hello { Protocol = 99, Build = BridgeVersion.Build, ProcessId = 1, Features = BridgeFeatures.None });
        Assert.That(reply.Code, Is.EqualTo(BridgeError.ProtocolMismatch));
        Assert.That(reply.Message, Does.Contain("protocol 99").And.Contain($"engine {BridgeVersion.Protocol}"));
    }

    [Test]
    public void OtherBuild_IsRefusedWithBothNames()
    {
        using var server = new TestServer();
        HelloReply reply = Greet(server, ProtocolSamples.Hello with { Build = "9.9.9" });
        Assert.That(reply.Code, Is.EqualTo(BridgeError.BuildMismatch));
        Assert.That(reply.Message, Does.Contain("9.9.9").And.Contain(BridgeVersion.Build));
    }

    [Test]
    public void ServerOfOtherBuild_TheClientSaysSo()
    {
        using var folder = new TestFolder();
        BridgeEndpoint endpoint = folder.Endpoint;
        using Listener listener = Listener.Open(endpoint);
        var answering = new Thread(() =>
        {
            using var pipe = new MessagePipe(listener.Accept(10_000)!, BridgeLimits.Default);
            pipe.TryReceive(10_000);
            pipe.Send(new HelloReply
            {
                Protocol = BridgeVersion.Protocol, Build = "0.0.1", ProcessId = 1, Features = BridgeFeatures.None, Code = BridgeError.None,
                Message = "",
            });
        });
        answering.Start();
        using var client = new EngineClient(new EngineClientOptions { Endpoint = endpoint, StartsEngine = false });
        BridgeException failure = Assert.Throws<BridgeException>(() => client.QueryStatus())!;
        answering.Join();
        Assert.That(failure.Code, Is.EqualTo(BridgeError.BuildMismatch));
        Assert.That(failure.Message, Does.Contain("0.0.1"));
    }

    [TestCase(37, BridgeError.EngineFault)]
    [TestCase(17, BridgeError.ConnectionLimit)]
    public void CodeOfTheEngine_CountsAsAFaultOfItsOwnWhereNobodyKnowsIt(int code, BridgeError told)
    {
        using var folder = new TestFolder();
        using Listener listener = Listener.Open(folder.Endpoint);
        var answering = new Thread(() =>
        {
            using var pipe = new MessagePipe(listener.Accept(10_000)!, BridgeLimits.Default);
            pipe.TryReceive(10_000);
            pipe.Send(new HelloReply
            {
                Protocol = BridgeVersion.Protocol, Build = BridgeVersion.Build, ProcessId = 1, Features = BridgeFeatures.None, Code = (BridgeError)code,
                Message = "",
            });
        });
        answering.Start();
        using var client = new EngineClient(new EngineClientOptions { Endpoint = folder.Endpoint, StartsEngine = false });
        BridgeException failure = Assert.Throws<BridgeException>(() => client.QueryStatus())!;
        answering.Join();
        Assert.That(failure.Code, Is.EqualTo(told));
        Assert.That(failure.Message, Does.Contain($"code {code}"));
    }

    [Test]
    public void EngineTakesTheConnectionButNeverAnswers_TheClientGivesUpInTime()
    {
        using var folder = new TestFolder();
        BridgeEndpoint endpoint = folder.Endpoint;
        using Listener listener = Listener.Open(endpoint);
        using var client = new EngineClient(
            new EngineClientOptions { Endpoint = endpoint, StartsEngine = false, Limits = BridgeLimits.Default with { ConnectMs = 300 } });
        var clock = Stopwatch.StartNew();
        BridgeException failure = Assert.Throws<BridgeException>(() => TestHost.RenderXor(client, 0, 0))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineSilent));
        Assert.That(clock.ElapsedMilliseconds, Is.InRange(250, 3_000));
        Assert.That(client.ConnectionCount, Is.Zero);
    }

    [Test]
    public void EngineAnswersWithGarbage_TheRenderFailsInTimeAndNothingElseIsThrown()
    {
        using var folder = new TestFolder();
        BridgeEndpoint endpoint = folder.Endpoint;
        using Listener listener = Listener.Open(endpoint);
        const int rounds = 60;
        var random = new Random(20_261_123);
        MessageType[] types = Enum.GetValues<MessageType>();
        bool isOver = false;
        var answering = new Thread(() =>
        {
            for (int round = 0; !Volatile.Read(ref isOver); round++)
            {
                using ByteChannel? channel = listener.Accept(50);
                if (channel is null) continue;
                try
                {
                    using var pipe = new MessagePipe(channel, BridgeLimits.Default);
                    pipe.TryReceive(10_000);
                    pipe.Send(ProtocolSamples.HelloReply with { Build = BridgeVersion.Build, Code = BridgeError.None });
                    pipe.TryReceive(10_000);
                    pipe.Send(ProtocolSamples.SessionOpened with { Session = 1, Code = BridgeError.None });
                    // A header that is right, for a message that is not; or no header at all.
                    byte[] message = new byte[MessageHeader.Bytes + random.Next(0, 16)];
                    random.NextBytes(message);
                    if (round % 4 != 0) new MessageHeader(types[random.Next(types.Length)], message.Length - MessageHeader.Bytes).Write(message);
                    fixed (byte* start = message) TryWrite(channel, start, message.Length);
                }
                catch (BridgeException)
                {
                    // The client has seen enough of this connection.
                }
            }
        });
        answering.Start();
        using var client = new EngineClient(new EngineClientOptions
        {
            Endpoint = endpoint, StartsEngine = false, Limits = BridgeLimits.Default with { SilenceMs = 300, DeathsPerRequestMax = int.MaxValue },
        });
        for (int round = 0; round < rounds; round++)
        {
            var clock = Stopwatch.StartNew();
            Assert.That(() => client.Render(TestHost.Call(TestEffects.Xor), new TestHost(33, 17)), Throws.TypeOf<BridgeException>());
            Assert.That(clock.ElapsedMilliseconds, Is.LessThan(5_000));
        }

        Volatile.Write(ref isOver, true);
        answering.Join();
        Assert.That(client.ConnectionCount, Is.Zero);
        Assert.That(client.SlotBytes, Is.Zero);
    }

    [Test]
    public void GarbageFromAPeer_EndsThatConnectionAlone()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        TestHost.RenderXor(client, 0, 1);
        var random = new Random(20_261_122);
        byte[] garbage = new byte[4_096];
        for (int round = 0; round < 20; round++)
        {
            random.NextBytes(garbage);
            using UnixChannel channel = server.NewChannel();
            fixed (byte* start = garbage) TryWrite(channel, start, random.Next(1, garbage.Length));
            if (round % 2 == 0) AssertClosed(channel);
        }

        TestHost.RenderXor(client, 1, 2);
        Assert.That(client.ConnectionCount, Is.EqualTo(1));
    }

    [Test]
    public void RandomBytesInEveryMessageAfterTheHandshake_TheServerLivesOn()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        var random = new Random(7);
        foreach (MessageType type in Enum.GetValues<MessageType>())
        {
            for (int round = 0; round < 8; round++)
            {
                byte[] message = new byte[MessageHeader.Bytes + random.Next(0, Math.Min(MessageHeader.BodyLimit(type), 400))];
                random.NextBytes(message);
                new MessageHeader(type, message.Length - MessageHeader.Bytes).Write(message);
                using UnixChannel channel = server.NewChannel();
                using var pipe = new MessagePipe(channel, server.Limits);
                pipe.Send(ProtocolSamples.Hello with { Build = BridgeVersion.Build });
                fixed (byte* start = message) TryWrite(channel, start, message.Length);
            }
        }

        TestHost.RenderXor(client, 1, 2);
    }

    [Test]
    public void HalfAMessage_HoldsNobodyUpAndIsGivenUpInTime()
    {
        using var server = new TestServer(BridgeLimits.Default with { SilenceMs = 200 });
        using UnixChannel channel = server.NewChannel();
        byte* bytes = stackalloc byte[MessageHeader.Bytes];
        new MessageHeader(MessageType.Hello, 64).Write(new Span<byte>(bytes, MessageHeader.Bytes));
        channel.Write(bytes, 7, Deadline.In(1_000));
        using EngineClient client = server.NewClient();
        TestHost.RenderXor(client, 1, 2);
        AssertClosed(channel);
    }

    [Test]
    public void SilentPeer_IsGivenUpAfterTheHandshakesTime()
    {
        using var server = new TestServer(BridgeLimits.Default with { ConnectMs = 200 });
        using UnixChannel channel = server.NewChannel();
        AssertClosed(channel);
    }

    [Test]
    public void MessagesOutOfOrder_EndTheConnection()
    {
        using var server = new TestServer();
        AssertEnds(server, pipe => pipe.Send(new RenderFailed { Job = 1, Code = BridgeError.Cancelled, Detail = 0, Message = "" }));
        AssertEnds(server, pipe => pipe.Send(Request(session: 1)));
        AssertEnds(server, pipe => pipe.Send(new SlotReleased { Memory = 1, Generation = 1 }));
    }

    [Test]
    public void RequestNamesMemoryThatIsNotAttached_EndsTheConnection()
    {
        using var server = new TestServer();
        AssertEnds(server, pipe =>
        {
            pipe.Send(new OpenSession { Session = 1, EffectWireId = TestEffects.Xor, HostName = "", Texts = [] });
            pipe.Send(Request(session: 1) with { Result = ProtocolSamples.Slot with { Memory = 5 } });
        });
    }

    [Test]
    public void AnswerNobodyAskedFor_EndsTheConnectionAndCancelsTheJob()
    {
        using var server = new TestServer();
        AssertEnds(server, pipe =>
        {
            pipe.Send(new OpenSession { Session = 1, EffectWireId = TestEffects.Wait, HostName = "", Texts = [] });
            pipe.Send(Request(session: 1));
            Assert.That(server.Handler.IsWaiting.Wait(10_000), Is.True);
            pipe.Send(new SupplyFrame { Job = 1, Frame = ProtocolSamples.Frame with { Slot = null } });
        });
        Assert.That(server.Handler.WasCancelled.Wait(10_000), Is.True);
    }

    [Test]
    public void MemoryIsDetachedUnderARunningJob_TheJobKeepsItsView()
    {
        using var server = new TestServer();
        using MessagePipe pipe = server.NewGreetedPipe();
        using var memory = new Held(SharedMemory.Create(65_536));
        pipe.Send(new AttachMemory { Memory = 1, Bytes = 65_536, Name = "" }, memory.Map);
        pipe.Send(new OpenSession { Session = 1, EffectWireId = TestEffects.Slow, HostName = "", Texts = [] });
        pipe.Send(Request(session: 1) with { Numbers = [150], Result = ProtocolSamples.Slot with { Memory = 1, Offset = 0 } });
        pipe.Send(new DetachMemory { Memory = 1 });
        while (pipe.ReceivedType != MessageType.RenderDone) Assert.That(pipe.TryReceive(10_000), Is.True);
        Assert.That(pipe.Read<RenderDone>().Memory, Is.EqualTo(1));
    }

    [Test]
    public void ConnectionsReachTheirLimit_OneMoreIsRefusedByName()
    {
        using var server = new TestServer(BridgeLimits.Default with { ServerConnectionsMax = 2 });
        using MessagePipe first = server.NewGreetedPipe();
        using MessagePipe second = server.NewGreetedPipe();
        using EngineClient client = server.NewClient();
        BridgeException failure = Assert.Throws<BridgeException>(() => TestHost.RenderXor(client, 0, 0))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.ConnectionLimit));
        first.Dispose();
        CancelTests.AwaitThat(() => server.Status.Connections == 1);
        TestHost.RenderXor(client, 1, 1);
    }

    [Test]
    public void SecondServer_IsRefusedWhileTheFirstLives()
    {
        using var server = new TestServer();
        BridgeException failure = Assert.Throws<BridgeException>(
            () => new BridgeServer(new TestHandler(), new BridgeServerOptions { Endpoint = server.Endpoint }).Dispose())!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.AlreadyRunning));
        using EngineClient client = server.NewClient();
        TestHost.RenderXor(client, 1, 1);
    }

    [Test]
    public void ClientLooksAtTheLockWhileTheEngineStarts_TheEngineStartsAllTheSame()
    {
        using var folder = new TestFolder();
        int number = Raw.LibC.open(folder.Endpoint.LockPath, Raw.LibC.O_RDWR | Raw.LibC.O_CREAT | Raw.LibC.O_CLOEXEC, 0b110_000_000);
        using var file = new Raw.Descriptor(number);
        Assert.That(Raw.LibC.flock(file, Raw.LibC.LOCK_SH | Raw.LibC.LOCK_NB), Is.Zero);
        // A look takes microseconds; this one takes as long as the server needs to come across it.
        using var release = new Timer(_ => Raw.LibC.flock(file, Raw.LibC.LOCK_UN), null, 40, Timeout.Infinite);
        Assert.That(
            () => new BridgeServer(new TestHandler(), new BridgeServerOptions { Endpoint = folder.Endpoint }).Dispose(), Throws.Nothing);
    }

    [Test]
    public void SocketOfADeadEngine_IsReplaced()
    {
        using var folder = new TestFolder();
        BridgeEndpoint endpoint = folder.Endpoint;
        // A bound socket that nobody listens on is what a killed engine leaves behind.
        Raw.LibC.sockaddr_un address = UnixChannel.Address(endpoint.Address);
        using (Raw.Descriptor socket = UnixChannel.NewSocket())
        {
            Assert.That(Raw.LibC.bind(socket, &address, (uint)sizeof(Raw.LibC.sockaddr_un)), Is.Zero);
        }

        Assert.That(File.Exists(endpoint.Address), Is.True);
        Assert.That(UnixChannel.TryConnect(endpoint.Address, Deadline.In(100)), Is.Null);
        using (var server = new BridgeServer(new TestHandler(), new BridgeServerOptions { Endpoint = endpoint }))
        {
            using UnixChannel? channel = UnixChannel.TryConnect(endpoint.Address, Deadline.In(100));
            Assert.That(channel, Is.Not.Null);
        }

        Assert.That(File.Exists(endpoint.Address), Is.False);
    }

    [Test]
    public void SomethingElseInTheSocketsPlace_IsLeftAlone()
    {
        using var folder = new TestFolder();
        BridgeEndpoint endpoint = folder.Endpoint;
        File.WriteAllText(endpoint.Address, "precious");
        BridgeException failure = Assert.Throws<BridgeException>(
            () => new BridgeServer(new TestHandler(), new BridgeServerOptions { Endpoint = endpoint }).Dispose())!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.RuntimeFolderUnsafe));
        Assert.That(File.ReadAllText(endpoint.Address), Is.EqualTo("precious"));
    }

    [Test]
    public void NothingHappens_TheServerEndsAndARequestThatCrossesGoesUnharmed()
    {
        using var server = new TestServer(idleExitMs: 300);
        using EngineClient client = server.NewClient();
        TestHost.RenderXor(client, 0, 1);
        Assert.That(server.HasStopped(10_000), Is.True);
        // The idle connection is closed; with nobody to start, the client says so instead of blaming a crash.
        BridgeException failure = Assert.Throws<BridgeException>(() => TestHost.RenderXor(client, 1, 1))!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineNotFound));
    }

    [Test]
    public void JobRuns_TheServerIsNotIdle()
    {
        using var server = new TestServer(idleExitMs: 150);
        using EngineClient client = server.NewClient();
        var host = new TestHost(33, 17);
        client.Render(TestHost.Call(TestEffects.Slow, 3, 700), host);
        host.AssertResult((x, y) => TestHost.ByteAt(0, 3, x, y));
    }

    [Test]
    public void ServerIsToldToStopDuringARender_TheRenderGoesToNobodyAndSaysSo()
    {
        using var server = new TestServer();
        using EngineClient client = server.NewClient();
        using MessagePipe other = server.NewGreetedPipe();
        Exception? failure = null;
        var rendering = new Thread(() =>
        {
            try
            {
                client.Render(TestHost.Call(TestEffects.Wait), new TestHost(33, 17));
            }
            catch (BridgeException e)
            {
                failure = e;
            }
        });
        rendering.Start();
        Assert.That(server.Handler.IsWaiting.Wait(10_000), Is.True);
        other.Send(new Shutdown { Flags = 0 });
        rendering.Join();
        Assert.That(server.HasStopped(10_000), Is.True);
        // The engine's good-bye sends the render to a new engine; none may be started here.
        Assert.That(failure, Is.TypeOf<BridgeException>().With.Property(nameof(BridgeException.Code)).EqualTo(BridgeError.EngineNotFound));
    }

    /// <summary>A request whose source the host does not have and whose result travels in the pipe.</summary>
    private static RenderRequest Request(int session) => ProtocolSamples.Request with
    {
        Session = session,
        Job = 1,
        Numbers = [0],
        Result = ProtocolSamples.Slot with { Memory = FrameSlot.Inline, Offset = 0 },
        Frames = [ProtocolSamples.Frame with { Clip = 0, Time = ProtocolSamples.Request.Time, Slot = null }],
        Following = 0,
    };

    private static HelloReply Greet(TestServer server, in Hello hello)
    {
        using MessagePipe pipe = server.NewPipe();
        pipe.Send(hello);
        Assert.That(pipe.TryReceive(5_000), Is.True);
        HelloReply reply = pipe.Read<HelloReply>();
        BridgeException end = Assert.Throws<BridgeException>(() => pipe.TryReceive(5_000))!;
        Assert.That(end.Code, Is.EqualTo(BridgeError.PeerGone));
        return reply;
    }

    private static void AssertEnds(TestServer server, Action<MessagePipe> misbehave)
    {
        using MessagePipe pipe = server.NewGreetedPipe();
        misbehave(pipe);
        BridgeException end = Assert.Throws<BridgeException>(() =>
        {
            while (pipe.TryReceive(10_000))
            {
                // Answers to what was in order.
            }
        })!;
        Assert.That(end.Code, Is.EqualTo(BridgeError.PeerGone));
    }

    private static void AssertClosed(UnixChannel channel)
    {
        byte* one = stackalloc byte[1];
        BridgeException end = Assert.Throws<BridgeException>(() => channel.Read(one, 1, Deadline.In(10_000)))!;
        Assert.That(end.Code, Is.EqualTo(BridgeError.PeerGone));
    }

    private static void TryWrite(ByteChannel channel, byte* start, int count)
    {
        try
        {
            channel.Write(start, count, Deadline.In(5_000));
        }
        catch (BridgeException e) when (e.Code == BridgeError.PeerGone)
        {
            // The server closed it already, as it should.
        }
    }

    private sealed class Held(SharedMemory map) : IDisposable
    {
        public SharedMemory Map { get; } = map;

        public void Dispose() => Map.Release();
    }
}
