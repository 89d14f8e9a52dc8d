namespace RunwayFX.Inference;

/// <summary>Why inference failed: codes are for programs, messages for people. Numbers never change.</summary>
public enum InferenceError
{
    /// <summary>ONNX Runtime's library is missing, unreadable or too old.</summary>
    RuntimeMissing = 1,

    /// <summary>An execution provider cannot be used here.</summary>
    ProviderUnavailable = 2,

    /// <summary>A model file is missing, damaged or not a model.</summary>
    ModelUnreadable = 3,

    /// <summary>A model has no input or output of a wanted name, type or shape.</summary>
    ModelMismatch = 4,

    /// <summary>A run failed inside the runtime.</summary>
    RunFailed = 5,

    /// <summary>A model needs more memory than the budget allows.</summary>
    OutOfBudget = 6,

    /// <summary>A package is missing a file, holds a wrong one, or describes itself wrongly.</summary>
    PackageBroken = 7,

    /// <summary>No package of the wanted name or task is installed.</summary>
    PackageMissing = 8,

    /// <summary>A download failed or gave something else than was promised.</summary>
    DownloadFailed = 9,

    /// <summary>A setting is outside what the model or method can do.</summary>
    SettingUnsupported = 10,
}

/// <summary>An expected failure of the inference room.</summary>
public sealed class InferenceException(InferenceError code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What went wrong.</summary>
    public InferenceError Code { get; } = code;
}
