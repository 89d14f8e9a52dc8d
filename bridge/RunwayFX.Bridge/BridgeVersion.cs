namespace RunwayFX.Bridge;

/// <summary>What the two ends compare before they talk.</summary>
public static partial class BridgeVersion
{
    /// <summary>Version of the messages and their meaning. 2 added the connection's number to <c>HelloReply</c>, timings to <c>RenderDone</c>, the frames
    /// that follow to <c>RenderRequest</c>, and queue, memory, sessions and jobs to <c>StatusReply</c>; 3 the mode and the job key to <c>RenderRequest</c>, the
    /// result's origin to <c>RenderDone</c>, and the questions about kept results.</summary>
    public const int Protocol = 3;

    /// <summary>The build both ends must share; baked in at compile time so that it survives trimming.</summary>
    public static string Build => BuildId;
}
