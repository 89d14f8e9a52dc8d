namespace RunwayFX.Cli.Rendering;

/// <summary>Facts about a render that begins.</summary>
/// <param name="Input">What is read; <c>none</c> for generators.</param>
/// <param name="Output">What is written.</param>
/// <param name="Effect">Identifier of the plug-in.</param>
/// <param name="Width">Width of the output in pixels.</param>
/// <param name="Height">Height of the output in pixels.</param>
/// <param name="Frames">Frames of the output.</param>
/// <param name="Resumed">Frames kept from an earlier run.</param>
/// <param name="Threads">Frames rendered at once.</param>
internal sealed record RenderStart(string Input, string Output, string Effect, int Width, int Height, long Frames, long Resumed, int Threads);

/// <summary>A frame was written.</summary>
/// <param name="Frame">Its number.</param>
/// <param name="Done">Frames done so far, those of earlier runs included.</param>
/// <param name="Total">Frames of the output.</param>
/// <param name="FramesPerSecond">Current rate; 0 where unknown.</param>
/// <param name="TimeLeft">Estimate; null where unknown.</param>
internal readonly record struct RenderProgress(long Frame, long Done, long Total, double FramesPerSecond, TimeSpan? TimeLeft);

/// <summary>What a render did.</summary>
/// <param name="Output">What was written.</param>
/// <param name="Width">Width in pixels.</param>
/// <param name="Height">Height in pixels.</param>
/// <param name="Frames">Frames of the output.</param>
/// <param name="Resumed">Frames kept from an earlier run.</param>
/// <param name="Seconds">Time this run took.</param>
internal sealed record RenderResult(string Output, int Width, int Height, long Frames, long Resumed, double Seconds)
{
    /// <summary>Package, runtime with its version and provider of each model that made frames of this run: identical bits are promised where these are
    /// equal. Empty for the built-in methods.</summary>
    public IReadOnlyList<string> MadeBy { get; init; } = [];
}

/// <summary>Follows a render. Called on the thread that runs it.</summary>
internal interface IRenderReporter
{
    /// <summary>The render begins.</summary>
    void Started(RenderStart start);

    /// <summary>A frame was written.</summary>
    void Advanced(RenderProgress progress);

    /// <summary>All frames are there; the output is being completed.</summary>
    void Finishing();

    /// <summary>Something the user should know.</summary>
    void Warn(string message);

    /// <summary>The output is complete.</summary>
    void Finished(RenderResult result);
}
