namespace RunwayFX.Inference.Sessions;

/// <summary>How a model is loaded.</summary>
public sealed record SessionSettings
{
    /// <summary>Most threads of one model on the processor.</summary>
    public const int ThreadsMax = 64;

    /// <summary>What runs it.</summary>
    public ProviderKind Provider { get; init; } = ProviderKind.Cpu;

    /// <summary>Which device of that provider, 0 = the first.</summary>
    public int Device { get; init; }

    /// <summary>Threads on the processor. Fixed, so that sums are taken in the same order every time.</summary>
    public int Threads { get; init => field = value is >= 1 and <= ThreadsMax ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"threads {value} is outside 1..{ThreadsMax}"); } = Math.Clamp(Environment.ProcessorCount, 1, 16);

    /// <summary>Whether threads wait without sleeping: faster for small models, at the cost of the editing program beside us.</summary>
    public bool Spins { get; init; }

    /// <summary>Whether the shapes of inputs stay the same from run to run; memory is then planned once.</summary>
    public bool HasFixedShapes { get; init; }

    /// <summary>Fails the load where some node would run on the processor instead of the provider.</summary>
    public bool ForbidsFallback { get; init; }

    /// <summary>Values for the model's symbolic dimensions.</summary>
    public IReadOnlyDictionary<string, long> Dimensions { get; init; } = new Dictionary<string, long>();

    /// <summary>Weights that replace those of the model, by name; they must live as long as the session.</summary>
    public IReadOnlyDictionary<string, Tensor> Weights { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Weights for initialisers whose data lies outside the model's file, by name; they must live as long as the session.</summary>
    public IReadOnlyDictionary<string, Tensor> ExternalWeights { get; init; } = new Dictionary<string, Tensor>();

    /// <summary>Most bytes that a model and its work may take on a device with memory of its own, where the provider knows such a limit (CUDA); 0 sets none.</summary>
    public long DeviceMemoryBytes { get; init => field = value >= 0 ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"device memory of {value} bytes is negative"); }

    /// <summary>Options of the provider, by the runtime's names.</summary>
    public IReadOnlyDictionary<string, string> ProviderOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Where the external data of a model lies that is loaded from memory.</summary>
    public string? ExternalDataFolder { get; init; }
}
