namespace RunwayFX.Bridge.Tests;

/// <summary>Each limit of each message, at it and one past it.</summary>
public sealed class LimitTests
{
    private static TestCaseData[] Cases { get; } =
    [
        Pair(
            "RenderRequest.Session",
            ProtocolSamples.Request with { Session = OpenSession.SessionMax },
            ProtocolSamples.Request with { Session = OpenSession.SessionMax + 1 }),
        Pair("RenderRequest.Job", ProtocolSamples.Request with { Job = 1 }, ProtocolSamples.Request with { Job = 0 }),
        Pair(
            "RenderRequest.Numbers",
            ProtocolSamples.Request with { Numbers = new double[RenderRequest.NumbersMax] },
            ProtocolSamples.Request with { Numbers = new double[RenderRequest.NumbersMax + 1] }),
        Pair(
            "RenderRequest.Numbers NaN",
            ProtocolSamples.Request with { Numbers = [double.MaxValue] },
            ProtocolSamples.Request with { Numbers = [double.NaN] }),
        Pair(
            "RenderRequest.Numbers Infinity",
            ProtocolSamples.Request with { Numbers = [double.MinValue] },
            ProtocolSamples.Request with { Numbers = [double.NegativeInfinity] }),
        Pair(
            "RenderRequest.Time",
            ProtocolSamples.Request with { Time = RenderRequest.TimeMax },
            ProtocolSamples.Request with { Time = Math.BitIncrement(RenderRequest.TimeMax) }),
        Pair(
            "RenderRequest.Time NaN",
            ProtocolSamples.Request with { Time = -RenderRequest.TimeMax },
            ProtocolSamples.Request with { Time = double.NaN }),
        Pair(
            "RenderRequest.RenderScaleX",
            ProtocolSamples.Request with { RenderScaleX = RenderRequest.RenderScaleMax },
            ProtocolSamples.Request with { RenderScaleX = Math.BitIncrement(RenderRequest.RenderScaleMax) }),
        Pair(
            "RenderRequest.RenderScaleY",
            ProtocolSamples.Request with { RenderScaleY = RenderRequest.RenderScaleMin },
            ProtocolSamples.Request with { RenderScaleY = 0 }),
        Pair(
            "RenderRequest.FrameRate",
            ProtocolSamples.Request with { FrameRate = RenderRequest.FrameRateMax },
            ProtocolSamples.Request with { FrameRate = double.PositiveInfinity }),
        Pair(
            "RenderRequest.FrameRate 0",
            ProtocolSamples.Request with { FrameRate = RenderRequest.FrameRateMin },
            ProtocolSamples.Request with { FrameRate = 0 }),
        Pair(
            "RenderRequest.PixelAspect",
            ProtocolSamples.Request with { PixelAspect = RenderRequest.PixelAspectMax },
            ProtocolSamples.Request with { PixelAspect = RenderRequest.PixelAspectMax + 1 }),
        Pair(
            "RenderRequest.Field",
            ProtocolSamples.Request with { Field = FieldKind.Upper },
            ProtocolSamples.Request with { Field = FieldKind.Upper + 1 }),
        Pair(
            "RenderRequest.Premultiplication",
            ProtocolSamples.Request with { Premultiplication = Premultiplication.Opaque },
            ProtocolSamples.Request with { Premultiplication = 0 }),
        Pair(
            "RenderRequest.X1",
            ProtocolSamples.Request with { X1 = -RenderRequest.CoordinateMax },
            ProtocolSamples.Request with { X1 = -RenderRequest.CoordinateMax - 1 }),
        Pair(
            "RenderRequest.Y1",
            ProtocolSamples.Request with { Y1 = RenderRequest.CoordinateMax },
            ProtocolSamples.Request with { Y1 = RenderRequest.CoordinateMax + 1 }),
        Pair(
            "RenderRequest.Frames",
            ProtocolSamples.Request with { Frames = Frames(ClipFrame.ClipsMax), Following = 0 },
            ProtocolSamples.Request with { Frames = Frames(ClipFrame.ClipsMax + 1), Following = 0 }),
        Pair(
            "RenderRequest.Following",
            ProtocolSamples.Request with { Following = ClipFrame.ClipsMax - 2 },
            ProtocolSamples.Request with { Following = ClipFrame.ClipsMax - 1 }),
        Pair("RenderRequest.Following negative", ProtocolSamples.Request with { Following = 0 }, ProtocolSamples.Request with { Following = -1 }),
        Pair("RenderRequest.Frames missing", ProtocolSamples.Request with { Frames = [] }, ProtocolSamples.Request with { Frames = null! }),
        Pair(
            "ClipFrame.Clip",
            Supply(ProtocolSamples.Frame with { Clip = ClipFrame.ClipsMax - 1 }),
            Supply(ProtocolSamples.Frame with { Clip = ClipFrame.ClipsMax })),
        Pair(
            "ClipFrame.Time",
            Supply(ProtocolSamples.Frame with { Time = 0 }),
            Supply(ProtocolSamples.Frame with { Time = double.PositiveInfinity })),
        Pair(
            "ClipFrame.PixelAspect",
            Supply(ProtocolSamples.Frame with { PixelAspect = RenderRequest.PixelAspectMin }),
            Supply(ProtocolSamples.Frame with { PixelAspect = 0 })),
        Pair(
            "ClipFrame.Slot",
            Supply(ProtocolSamples.Frame with { Slot = null }),
            Supply(ProtocolSamples.Frame with { Slot = ProtocolSamples.Slot with { Width = 0 } })),
        Pair(
            "NeedFrames.Times",
            ProtocolSamples.NeedFrames with { Times = new double[NeedFrames.TimesMax] },
            ProtocolSamples.NeedFrames with { Times = new double[NeedFrames.TimesMax + 1] }),
        Pair("NeedFrames.Times none", ProtocolSamples.NeedFrames with { Times = [0] }, ProtocolSamples.NeedFrames with { Times = [] }),
        Pair("NeedFrames.Clip", ProtocolSamples.NeedFrames with { Clip = 0 }, ProtocolSamples.NeedFrames with { Clip = -1 }),
        Pair(
            "Progress.Fraction",
            ProtocolSamples.Progress with { Fraction = 1 },
            ProtocolSamples.Progress with { Fraction = Math.BitIncrement(1.0) }),
        Pair(
            "Log.Message",
            ProtocolSamples.LogLine with { Message = Text(RenderFailed.TextMax) },
            ProtocolSamples.LogLine with { Message = Text(RenderFailed.TextMax + 1) }),
        Pair(
            "Log.Level",
            ProtocolSamples.LogLine with { Level = BridgeLogLevel.Error },
            ProtocolSamples.LogLine with { Level = BridgeLogLevel.Error + 1 }),
        Pair("RenderDone.FrameNumber", ProtocolSamples.RenderDone with { FrameNumber = 1 }, ProtocolSamples.RenderDone with { FrameNumber = 0 }),
        Pair(
            "RenderFailed.Message",
            ProtocolSamples.RenderFailed with { Message = Text(RenderFailed.TextMax) },
            ProtocolSamples.RenderFailed with { Message = Text(RenderFailed.TextMax + 1) }),
        Pair(
            "RenderFailed.Code",
            ProtocolSamples.RenderFailed with { Code = BridgeError.Malformed },
            ProtocolSamples.RenderFailed with { Code = BridgeError.None }),
        Pair("Cancel.Job", ProtocolSamples.Cancel with { Job = long.MaxValue }, ProtocolSamples.Cancel with { Job = -1 }),
        Pair(
            "SlotReleased.Memory",
            ProtocolSamples.SlotReleased with { Memory = FrameSlot.MemoryMax },
            ProtocolSamples.SlotReleased with { Memory = FrameSlot.MemoryMax + 1 }),
        Pair(
            "Hello.Build",
            ProtocolSamples.Hello with { Build = Text(Hello.BuildMax) },
            ProtocolSamples.Hello with { Build = Text(Hello.BuildMax + 1) }),
        Pair("Hello.Protocol", ProtocolSamples.Hello with { Protocol = 1 }, ProtocolSamples.Hello with { Protocol = 0 }),
        Pair(
            "HelloReply.Message",
            ProtocolSamples.HelloReply with { Message = Text(RenderFailed.TextMax) },
            ProtocolSamples.HelloReply with { Message = Text(RenderFailed.TextMax + 1) }),
        Pair(
            "OpenSession.Texts",
            ProtocolSamples.OpenSession with { Texts = Texts(RenderRequest.NumbersMax, 1) },
            ProtocolSamples.OpenSession with { Texts = Texts(RenderRequest.NumbersMax + 1, 1) }),
        Pair(
            "OpenSession.Texts one",
            ProtocolSamples.OpenSession with { Texts = [Text(OpenSession.TextMax)] },
            ProtocolSamples.OpenSession with { Texts = [Text(OpenSession.TextMax + 1)] }),
        Pair(
            "OpenSession.Texts in all",
            ProtocolSamples.OpenSession with { Texts = Texts(16, OpenSession.TextMax) },
            ProtocolSamples.OpenSession with { Texts = [.. Texts(16, OpenSession.TextMax), "x"] }),
        Pair("OpenSession.Texts null", ProtocolSamples.OpenSession with { Texts = [""] }, ProtocolSamples.OpenSession with { Texts = [null!] }),
        Pair(
            "OpenSession.HostName",
            ProtocolSamples.OpenSession with { HostName = Text(OpenSession.HostNameMax) },
            ProtocolSamples.OpenSession with { HostName = Text(OpenSession.HostNameMax + 1) }),
        Pair(
            "OpenSession.EffectWireId",
            ProtocolSamples.OpenSession with { EffectWireId = 65_535 },
            ProtocolSamples.OpenSession with { EffectWireId = 65_536 }),
        Pair("SessionOpened.Session", ProtocolSamples.SessionOpened with { Session = 1 }, ProtocolSamples.SessionOpened with { Session = 0 }),
        Pair(
            "AttachMemory.Bytes",
            ProtocolSamples.AttachMemory with { Bytes = FrameSlot.BytesMax },
            ProtocolSamples.AttachMemory with { Bytes = FrameSlot.BytesMax + 1 }),
        Pair(
            "AttachMemory.Name",
            ProtocolSamples.AttachMemory with { Name = Text(AttachMemory.NameMax) },
            ProtocolSamples.AttachMemory with { Name = Text(AttachMemory.NameMax + 1) }),
        Pair("MemoryAttached.Memory", ProtocolSamples.MemoryAttached with { Memory = 1 }, ProtocolSamples.MemoryAttached with { Memory = 0 }),
        Pair("DetachMemory.Memory", ProtocolSamples.DetachMemory with { Memory = 1 }, ProtocolSamples.DetachMemory with { Memory = 0 }),
        Pair("Ping.Number", ProtocolSamples.Ping with { Number = 0 }, ProtocolSamples.Ping with { Number = -1 }),
        Pair("Pong.Number", ProtocolSamples.Pong with { Number = 0 }, ProtocolSamples.Pong with { Number = -1 }),
        Pair("StatusRequest.Flags", ProtocolSamples.StatusRequest, ProtocolSamples.StatusRequest with { Flags = 1 }),
        Pair("Shutdown.Flags", ProtocolSamples.Shutdown, ProtocolSamples.Shutdown with { Flags = 1 }),
        Pair(
            "EngineStatus.Devices",
            ProtocolSamples.EngineStatus with { Devices = Texts(EngineStatus.DevicesMax, EngineStatus.TextMax) },
            ProtocolSamples.EngineStatus with { Devices = Texts(EngineStatus.DevicesMax + 1, 1) }),
        Pair(
            "EngineStatus.Version",
            ProtocolSamples.EngineStatus with { Version = Text(EngineStatus.TextMax) },
            ProtocolSamples.EngineStatus with { Version = Text(EngineStatus.TextMax + 1) }),
        Pair(
            "EngineStatus.OpenSessions",
            ProtocolSamples.EngineStatus with { OpenSessions = [.. Enumerable.Repeat(Session, EngineStatus.SessionsListedMax)] },
            ProtocolSamples.EngineStatus with { OpenSessions = [.. Enumerable.Repeat(Session, EngineStatus.SessionsListedMax + 1)] }),
        Pair(
            "EngineStatus.Jobs",
            ProtocolSamples.EngineStatus with { Jobs = [.. Enumerable.Repeat(Job, EngineStatus.JobsListedMax)] },
            ProtocolSamples.EngineStatus with { Jobs = [.. Enumerable.Repeat(Job, EngineStatus.JobsListedMax + 1)] }),
        Pair(
            "JobStatus.State",
            ProtocolSamples.EngineStatus with { Jobs = [Job with { State = JobState.Cancelled }] },
            ProtocolSamples.EngineStatus with { Jobs = [Job with { State = JobState.Cancelled + 1 }] }),
        Pair(
            "JobStatus.MadeBy",
            ProtocolSamples.EngineStatus with { Jobs = [Job with { MadeBy = Text(JobStatus.MadeByMax) }] },
            ProtocolSamples.EngineStatus with { Jobs = [Job with { MadeBy = Text(JobStatus.MadeByMax + 1) }] }),
        Pair(
            "SessionStatus.Connection",
            ProtocolSamples.EngineStatus with { OpenSessions = [Session with { Connection = JobReference.ConnectionMax }] },
            ProtocolSamples.EngineStatus with { OpenSessions = [Session with { Connection = JobReference.ConnectionMax + 1 }] }),
        Pair(
            "QueueStatus.MemoryMax",
            ProtocolSamples.EngineStatus with { Queue = default },
            ProtocolSamples.EngineStatus with { Queue = new QueueStatus { MemoryMax = -1 } }),
        Pair(
            "MemoryStatus.Resident",
            ProtocolSamples.EngineStatus with { Memory = default },
            ProtocolSamples.EngineStatus with { Memory = new MemoryStatus { Resident = -1 } }),
        Pair(
            "RenderDone.Timings",
            ProtocolSamples.RenderDone with { Timings = new JobTimings(long.MaxValue, 0, 0, 0) },
            ProtocolSamples.RenderDone with { Timings = new JobTimings(0, 0, 0, -1) }),
        Pair(
            "HelloReply.Connection",
            ProtocolSamples.HelloReply with { Connection = JobReference.ConnectionMax },
            ProtocolSamples.HelloReply with { Connection = JobReference.ConnectionMax + 1 }),
        Pair("EngineStatus.CacheBytes", ProtocolSamples.EngineStatus with { CacheBytes = 0 }, ProtocolSamples.EngineStatus with { CacheBytes = -1 }),
    ];

    [TestCaseSource(nameof(Cases))]
    public void AtTheLimitAndOnePast_OnlyTheFirstIsEncoded(Action good, Action bad)
    {
        Assert.That(() => good(), Throws.Nothing);
        BridgeException failure = Assert.Throws<BridgeException>(bad)!;
        Assert.That(failure.Code, Is.EqualTo(BridgeError.OutOfRange).Or.EqualTo(BridgeError.Malformed));
        Assert.That(failure.Message, Has.Length.GreaterThan(10));
    }

    [Test]
    public void LargestMessages_FitTheirBodies()
    {
        RenderRequest largest = ProtocolSamples.Request with
        {
            Numbers = [.. Enumerable.Repeat(Math.PI, RenderRequest.NumbersMax)],
            Frames = [.. Enumerable.Repeat(ProtocolSamples.Frame, ClipFrame.ClipsMax)],
            Following = 0,
        };
        Assert.That(() => Encode(largest), Throws.Nothing);
        // Three bytes of UTF-8 per character are the worst case.
        string[] wide = [.. Enumerable.Repeat(new string('€', OpenSession.TextMax), 16)];
        Assert.That(() => Encode(ProtocolSamples.OpenSession with { Texts = wide }), Throws.Nothing);
        Assert.That(() => Encode(ProtocolSamples.RenderFailed with { Message = new string('€', RenderFailed.TextMax) }), Throws.Nothing);
        var longest = new JobTimings(long.MaxValue, long.MaxValue, long.MaxValue, long.MaxValue);
        Assert.That(() => Encode(ProtocolSamples.RenderDone with { Job = long.MaxValue, FrameNumber = long.MaxValue, Timings = longest }), Throws.Nothing);
        EngineStatus status = ProtocolSamples.EngineStatus with
        {
            Build = new string('€', Hello.BuildMax),
            Version = new string('€', EngineStatus.TextMax),
            Runtime = new string('€', EngineStatus.TextMax),
            LogPath = new string('€', OpenSession.TextMax),
            CachePath = new string('€', OpenSession.TextMax),
            Devices = [.. Enumerable.Repeat(new string('€', EngineStatus.TextMax), EngineStatus.DevicesMax)],
            OpenSessions = [.. Enumerable.Repeat(Session with { HostName = new string('€', OpenSession.HostNameMax) }, EngineStatus.SessionsListedMax)],
            Jobs = [.. Enumerable.Repeat(Job with { Job = long.MaxValue, Timings = longest, MadeBy = new string('€', JobStatus.MadeByMax) }, EngineStatus.JobsListedMax)],
        };
        Assert.That(() => Encode(status), Throws.Nothing);
    }

    private static TestCaseData Pair<T>(string name, T good, T bad)
        where T : IBridgeMessage<T> => new TestCaseData((Action)(() => Encode(good)), (Action)(() => Encode(bad))).SetArgDisplayNames(name);

    private static void Encode<T>(T message)
        where T : IBridgeMessage<T> => MessageCodec.Encode(new System.Buffers.ArrayBufferWriter<byte>(), message);

    private static SessionStatus Session => ProtocolSamples.EngineStatus.OpenSessions[0];

    private static JobStatus Job => ProtocolSamples.EngineStatus.Jobs[0];

    private static SupplyFrame Supply(ClipFrame frame) => ProtocolSamples.SupplyFrame with { Frame = frame };

    private static ClipFrame[] Frames(int count) => [.. Enumerable.Repeat(ProtocolSamples.Frame with { Slot = null }, count)];

    private static string Text(int length) => new('t', length);

    private static string[] Texts(int count, int length) => [.. Enumerable.Repeat(Text(length), count)];
}
