namespace RunwayFX.Engine;

/// <summary>Why the engine refuses work: codes are for programs, messages for people. The numbers only grow, and begin where they cannot be taken for a
/// <see cref="Pipelines.PipelineError"/>: both travel to the host as the detail of a refusal.</summary>
internal enum EngineError
{
    /// <summary>More jobs wait than <see cref="Jobs.JobQueue.JobsWaitingMax"/>.</summary>
    QueueFull = 101,

    /// <summary>One job needs more memory than the engine may use at all.</summary>
    MemoryOverBudget = 102,

    /// <summary>A frame is too large for one slot; see <see cref="Rendering.SlotPixels.SlotBytesMax"/>.</summary>
    FrameTooLarge = 103,
}

/// <summary>An expected refusal of the engine itself; a pipeline's own are <see cref="Pipelines.PipelineException"/>.</summary>
internal sealed class EngineException(EngineError code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public EngineError Code { get; } = code;
}
