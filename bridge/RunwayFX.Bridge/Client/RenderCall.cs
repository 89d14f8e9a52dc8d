namespace RunwayFX.Bridge;

/// <summary>One frame that a host wants rendered, as the shim hands it to <see cref="EngineClient.Render"/>.</summary>
/// <remarks>Arrays are read during the call only. Everything is checked against the limits of <see cref="RenderRequest"/>.</remarks>
public readonly record struct RenderCall
{
    /// <summary>Creates a call with neutral defaults.</summary>
    public RenderCall()
    {
    }

    /// <summary>The effect's number in the catalogue.</summary>
    public required int EffectWireId { get; init; }

    /// <summary>Texts by parameter index; empty strings where the parameter is a number.</summary>
    public required string[] Texts { get; init; }

    /// <summary>Numbers by parameter index, finite; 0 where the parameter is a text.</summary>
    public required double[] Numbers { get; init; }

    /// <summary>Time in frames of the effect's clip.</summary>
    public required double Time { get; init; }

    /// <summary>Horizontal proxy scale, 1 = full resolution.</summary>
    public double RenderScaleX { get; init; } = 1;

    /// <summary>Vertical proxy scale.</summary>
    public double RenderScaleY { get; init; } = 1;

    /// <summary>What the host wants and how: the output's window, pixel layout, alpha state, pixel aspect and field.</summary>
    public required FrameDescription Output { get; init; }

    /// <summary>Frames per second.</summary>
    public double FrameRate { get; init; } = 25;

    /// <summary>Whether the user is dragging a control: a draft now beats a final later.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether the host can give clips at other times than <see cref="Time"/>.</summary>
    public bool HasTemporalAccess { get; init; }

    /// <summary>How many of the first clips are fetched at <see cref="Time"/> and sent with the request; 1 sends the source alone.</summary>
    public int InitialClips { get; init; } = 1;

    /// <summary>The host's own name, for the engine's log.</summary>
    public string HostName { get; init; } = "";

    /// <summary>How much work the frame is worth.</summary>
    public RenderMode Mode { get; init; }

    /// <summary>The name under which the result is listed, for <see cref="EngineClient.CountKept"/> and <see cref="EngineClient.ForgetKept"/>; may be none.</summary>
    public JobKey Key { get; init; }
}

/// <summary>Takes a host's picture: the host says what it has, and writes the pixels where it is told.</summary>
public interface IFrameSink
{
    /// <summary>Makes room for the picture. Called at most once per fetch.</summary>
    /// <returns>Where the pixels go; valid until <see cref="IRenderHost.FetchFrame"/> returns.</returns>
    /// <exception cref="BridgeException">A side is over its limit, the format is none of ours, or there is no memory.</exception>
    SlotView Begin(in FrameDescription description);
}

/// <summary>What a render needs from the host. Every method is called on the thread that called <see cref="EngineClient.Render"/>.</summary>
public interface IRenderHost
{
    /// <summary>Whether the host wants to stop. Called every <see cref="BridgeLimits.AbortPollMs"/>.</summary>
    bool IsAborted();

    /// <summary>How far the engine is, 0 to 1.</summary>
    void Progress(double fraction);

    /// <summary>Copies the picture of a clip at a time into the sink; false where the host has none.</summary>
    bool FetchFrame(int clip, double time, IFrameSink sink);

    /// <summary>The finished pixels, in the output format asked for; to be copied before returning. Not called where the outcome's
    /// <see cref="RenderOutcome.Origin"/> is <see cref="ResultOrigin.Missing"/> or <see cref="ResultOrigin.Stale"/>.</summary>
    void ReceiveResult(SlotView pixels);

    /// <summary>A line the engine wants the host's log to have.</summary>
    void Log(BridgeLogLevel level, string message);
}

/// <summary>How much a log line matters. The numbers travel on the wire.</summary>
public enum BridgeLogLevel
{
    /// <summary>For developers.</summary>
    Debug = 1,

    /// <summary>Worth knowing.</summary>
    Information = 2,

    /// <summary>The result may not be what the user expects.</summary>
    Warning = 3,

    /// <summary>Something failed.</summary>
    Error = 4,
}

/// <summary>How a render ended, where it did not end in a <see cref="BridgeException"/>.</summary>
/// <param name="IsAborted">Whether the host wanted to stop; there is no result then.</param>
/// <param name="EngineFrameNumber">The engine's own count of frames it rendered since it started, this one included; 0 when aborted.</param>
/// <param name="EngineProcessId">The engine that did it; 0 when aborted.</param>
/// <param name="RenderMicroseconds">Time in the engine, from request to result.</param>
/// <param name="FetchMicroseconds">The part of it spent waiting for the host's frames.</param>
public readonly record struct RenderOutcome(
    bool IsAborted, long EngineFrameNumber, int EngineProcessId, long RenderMicroseconds, long FetchMicroseconds)
{
    /// <summary>Where the engine's time went.</summary>
    public JobTimings Timings { get; init; }

    /// <summary>Where the result came from. Only a <see cref="RenderMode"/> other than final gives another than computed or kept.</summary>
    public ResultOrigin Origin { get; init; }

    /// <summary>The job's name for people; null when aborted.</summary>
    public JobReference? Reference { get; init; }
}
