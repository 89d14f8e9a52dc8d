namespace RunwayFX.Bridge.Tests;

/// <summary>One valid value of every message, with every field away from its default.</summary>
internal static class ProtocolSamples
{
    public static FrameSlot Slot { get; } = new()
    {
        Memory = 3, Generation = 70_000, Offset = 4_096, Width = 33, Height = 17, RowBytes = 132, Depth = PixelDepth.Byte,
        Components = PixelComponents.Rgba,
    };

    public static JobKey Key { get; } = new(0x0123_4567_89ab_cdef, -2);

    public static ClipFrame Frame { get; } = new()
    {
        Clip = 1, Time = 12.5, Slot = Slot, X1 = -7, Y1 = 300, Premultiplication = Premultiplication.Premultiplied, PixelAspect = 1.5,
        Field = FieldKind.Lower,
    };

    public static RenderRequest Request { get; } = new()
    {
        Session = 2, Job = 5_000_000_000, Numbers = [0.5, -3], Time = -12.25, RenderScaleX = 0.5, RenderScaleY = 0.25, FrameRate = 23.976,
        PixelAspect = 2,
        Field = FieldKind.Upper, Premultiplication = Premultiplication.Opaque, X1 = -100, Y1 = 40_000, IsInteractive = true, HasTemporalAccess = true,
        Result = Slot with { Depth = PixelDepth.Float, RowBytes = 528 }, Frames = [Frame, Frame with { Clip = 0, Slot = null }], Following = 3,
        Mode = RenderMode.Preview, Key = Key,
    };

    public static NeedFrames NeedFrames { get; } = new() { Job = 9, Clip = 2, Times = [1, -2.5] };

    public static SupplyFrame SupplyFrame { get; } = new() { Job = 9, Frame = Frame };

    public static Progress Progress { get; } = new() { Job = 9, Fraction = 0.75 };

    public static LogLine LogLine { get; } = new() { Level = BridgeLogLevel.Warning, Message = "half way, ½" };

    public static RenderDone RenderDone { get; } = new()
    {
        Job = 9, Memory = 3, Generation = 4_000_000_000, FrameNumber = 77, Timings = new JobTimings(123_456, 70_000, 2_000, 789),
        Origin = ResultOrigin.Kept,
    };

    public static RenderFailed RenderFailed { get; } = new() { Job = 9, Code = BridgeError.RenderRefused, Detail = -4, Message = "no style" };

    public static Cancel Cancel { get; } = new() { Job = 9 };

    public static SlotReleased SlotReleased { get; } = new() { Memory = 3, Generation = 5 };

    public static Hello Hello { get; } = new() { Protocol = 3, Build = "0.1.0+abc", ProcessId = 4_242, Features = BridgeFeatures.SharedMemory };

    public static HelloReply HelloReply { get; } = new()
    {
        Protocol = 3, Build = "0.1.0+abc", ProcessId = 4_343, Features = BridgeFeatures.SharedMemory, Code = BridgeError.BuildMismatch,
        Message = "no", Connection = 0x3f2a,
    };

    public static OpenSession OpenSession { get; } = new()
    {
        Session = 2, EffectWireId = 1, HostName = "org.example.host", Texts = ["/pictures/nacht.jpg", ""],
    };

    public static SessionOpened SessionOpened { get; } = new() { Session = 2, Code = BridgeError.EffectUnknown, Detail = 3, Message = "none" };

    public static AttachMemory AttachMemory { get; } = new() { Memory = 3, Bytes = 8_589_934, Name = @"Local\runwayfx-1-a" };

    public static MemoryAttached MemoryAttached { get; } = new() { Memory = 3, Code = BridgeError.SlotMemoryUnsafe };

    public static DetachMemory DetachMemory { get; } = new() { Memory = 3 };

    public static Ping Ping { get; } = new() { Number = 300 };

    public static Pong Pong { get; } = new() { Number = 300 };

    public static StatusRequest StatusRequest { get; } = new() { Flags = 0 };

    public static EngineStatus EngineStatus { get; } = new()
    {
        ProcessId = 4_343, Protocol = 3, Build = "0.1.0+abc", UptimeMs = 100_000, Connections = 3, Sessions = 4, JobsRunning = 2,
        FramesRendered = 500,
        FramesFailed = 6, CacheEntries = 7, CacheBytes = 8_000_000_000, CacheHits = 9, Version = "0.1.0", LogPath = "/l", CachePath = "/c",
        Devices = ["CPU"], Runtime = ".NET 10",
        Queue = new QueueStatus
        {
            Running = 1, AtHost = 2, WaitingInteractive = 3, WaitingFinal = 4, Places = 5, MemoryUsed = 70_000, MemoryMax = 5_000_000_000,
            LongestWaitInteractive = 8, LongestWaitFinal = 300,
        },
        Memory = new MemoryStatus { Resident = 100_000_000, Managed = 20_000, Attached = 3_000, Segments = 4 },
        OpenSessions = [new SessionStatus { Connection = 0x3f2a, Session = 1, EffectWireId = 2, ProcessId = 4_242, HostName = "h" }],
        Jobs =
        [
            new JobStatus
            {
                Connection = 0x3f2a, Job = 17, EffectWireId = 2, Width = 1_920, Height = 1_080, Time = -0.5, IsInteractive = true,
                State = JobState.Failed, Code = BridgeError.RenderRefused, Timings = new JobTimings(123_456, 70_000, 2_000, 789),
                MadeBy = "m",
            },
        ],
    };

    public static CacheRequest CacheRequest { get; } = new()
    {
        Action = CacheAction.Clear, Key = Key, First = -1.5, Last = 47, RenderScaleX = 0.5, RenderScaleY = 0.25,
    };

    public static CacheReply CacheReply { get; } = new() { Key = Key, Frames = 48, Bytes = 5_000_000_000, BytesMax = 70_000 };

    public static PreviewRequest PreviewRequest { get; } = new() { Connection = 0x3f2a, Job = 17 };

    public static PreviewReply PreviewReply { get; } = new() { Connection = 0x3f2a, Job = 17, Step = 3, Width = 2, Height = 1, Pixels = [1, 2, 3, 253, 254, 255] };

    public static Shutdown Shutdown { get; } = new() { Flags = 0 };
}
