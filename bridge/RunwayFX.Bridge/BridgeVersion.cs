namespace RunwayFX.Bridge;

/// <summary>What the two ends compare before they talk.</summary>
public static partial class BridgeVersion
{
    /// <summary>Version of the messages and their meaning.</summary>
    public const int Protocol = 1;

    /// <summary>The build both ends must share; baked in at compile time so that it survives trimming.</summary>
    public static string Build => BuildId;
}
