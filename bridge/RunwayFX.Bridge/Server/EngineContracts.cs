namespace RunwayFX.Bridge;

/// <summary>What a connection's instance of an effect is: everything about a render that changes rarely.</summary>
/// <param name="EffectWireId">The effect's number in the catalogue.</param>
/// <param name="Texts">Texts by parameter index; empty where the parameter is a number.</param>
/// <param name="HostName">The host's own name; may be empty.</param>
/// <param name="ClientProcessId">The host process as it named itself; for logs, and for sharing the engine among hosts.</param>
public sealed record RenderSession(int EffectWireId, IReadOnlyList<string> Texts, string HostName, int ClientProcessId)
{
    /// <summary>Number of the connection, the first half of a <see cref="JobReference"/>.</summary>
    public int Connection { get; init; }
}

/// <summary>The engine's work, as the server calls it.</summary>
public interface IEngineHandler
{
    /// <summary>Whether the effect can be rendered with these texts; called when a session is opened or changes. Must be quick.</summary>
    /// <exception cref="BridgeException">It cannot; passed on to the client.</exception>
    void CheckSession(RenderSession session);

    /// <summary>Renders one frame into <see cref="IFrameConversation.Result"/>. Called on a worker thread of the connection; several run at
    /// once.</summary>
    /// <remarks>What it throws goes to the client: a <see cref="BridgeException"/> as it is, an <see cref="OperationCanceledException"/> as
    /// cancelled, anything else as <see cref="BridgeError.EngineFault"/>.</remarks>
    void Render(in RenderRequest request, RenderSession session, IFrameConversation frames, CancellationToken cancellation);

    /// <summary>Counts or forgets results that are kept under a job key. Must be quick.</summary>
    CacheReply AnswerCache(in CacheRequest question) => new() { Key = question.Key, Frames = 0, Bytes = 0, BytesMax = 0 };

    /// <summary>Shows the picture of a job that is not ready yet. Must be quick.</summary>
    PreviewReply AnswerPreview(in PreviewRequest question) => PreviewReply.None;

    /// <summary>Fills in what the server does not know itself (cache, version, log path, devices).</summary>
    EngineStatus DescribeStatus(EngineStatus status);
}

/// <summary>A job's line to the host's render thread. Use it on the job's thread alone.</summary>
public interface IFrameConversation
{
    /// <summary>Where the result goes: top-down, exactly the request's output window and format. Its bytes are undefined at first.</summary>
    SlotView Result { get; }

    /// <summary>Fetches a clip's frame at a time; null where the host has none. Frame t of the source came with the request and costs no round
    /// trip.</summary>
    /// <returns>The frame; dispose it when its pixels are read, so that the slot can be used again.</returns>
    /// <exception cref="OperationCanceledException">The job was cancelled or the client is gone.</exception>
    /// <exception cref="BridgeException">The host did not answer in time.</exception>
    SuppliedFrame? Fetch(int clip, double time);

    /// <summary>Fetches several times of one clip with one question, in the order given; <paramref name="receive"/> gets the index and the frame
    /// (null where the host has none), which is released when it returns.</summary>
    /// <exception cref="OperationCanceledException">The job was cancelled or the client is gone.</exception>
    /// <exception cref="BridgeException">The host did not answer in time, or there are more than <see cref="NeedFrames.TimesMax"/> times.</exception>
    void FetchMany(int clip, ReadOnlySpan<double> times, Action<int, SuppliedFrame?> receive);

    /// <summary>Makes a fetched frame the result as its slot stands when the job ends: unchanged, or changed in place. Nothing is copied, and
    /// <see cref="Result"/> no longer counts.</summary>
    /// <exception cref="ArgumentException">It does not have the result's size and format.</exception>
    void PassThrough(SuppliedFrame frame);

    /// <summary>Reports progress, 0 to 1; passed on at most every <see cref="BridgeLimits.ProgressMs"/>.</summary>
    void ReportProgress(double fraction);

    /// <summary>Says where the job's time went so far, apart from waiting for the host, which the conversation measures itself.</summary>
    /// <param name="wait">In the queue.</param>
    /// <param name="transfer">Turning slots into frames and back.</param>
    void ReportTimes(TimeSpan wait, TimeSpan transfer);

    /// <summary>Says where the result came from; computed, where nothing is said. Without pixels (<see cref="ResultOrigins.HasPixels"/>) the result's slot is
    /// given back as it stands.</summary>
    void ReportOrigin(ResultOrigin origin);

    /// <summary>Writes a line to the host's log.</summary>
    void Log(BridgeLogLevel level, string message);
}

/// <summary>How a server listens.</summary>
public sealed record BridgeServerOptions
{
    /// <summary>Where to listen; null takes <see cref="BridgeEndpoint.Default"/>.</summary>
    public BridgeEndpoint? Endpoint { get; init; }

    /// <summary>Ends <see cref="BridgeServer.Run"/> when no job ran and no message came for this long; 0 never does.</summary>
    public int IdleExitMs { get; init; }

    /// <summary>Waits and counts.</summary>
    public BridgeLimits Limits { get; init; } = BridgeLimits.Default;

    /// <summary>Receives what happens on connections (opened, refused, lost, protocol errors); null drops it. Called from any thread.</summary>
    public Action<BridgeLogLevel, string>? Log { get; init; }
}
