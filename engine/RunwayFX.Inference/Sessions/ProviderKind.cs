namespace RunwayFX.Inference.Sessions;

/// <summary>What runs a model. Numbers never change.</summary>
public enum ProviderKind
{
    /// <summary>The processor: always there.</summary>
    Cpu = 0,

    /// <summary>NVIDIA, by CUDA.</summary>
    Cuda = 1,

    /// <summary>NVIDIA, by TensorRT.</summary>
    TensorRt = 2,

    /// <summary>Any graphics device on Windows, by DirectML.</summary>
    DirectMl = 3,

    /// <summary>Apple's devices, by Core ML.</summary>
    CoreMl = 4,

    /// <summary>Any graphics device, by WebGPU (Vulkan, Metal, Direct3D 12).</summary>
    WebGpu = 5,
}

/// <summary>Names of the providers.</summary>
public static class ProviderKinds
{
    /// <summary>All, in the order in which they are preferred.</summary>
    public static IReadOnlyList<ProviderKind> Preferred { get; } =
        [ProviderKind.Cuda, ProviderKind.CoreMl, ProviderKind.DirectMl, ProviderKind.WebGpu, ProviderKind.TensorRt, ProviderKind.Cpu];

    /// <summary>The name on the command line and in settings.</summary>
    public static string Name(this ProviderKind kind) => kind switch
    {
        ProviderKind.Cpu => "cpu",
        ProviderKind.Cuda => "cuda",
        ProviderKind.TensorRt => "tensorrt",
        ProviderKind.DirectMl => "directml",
        ProviderKind.CoreMl => "coreml",
        ProviderKind.WebGpu => "webgpu",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no provider"),
    };

    /// <summary>Finds a provider by its name.</summary>
    /// <exception cref="InferenceException">There is none of that name.</exception>
    public static ProviderKind Parse(string name) => Preferred.Cast<ProviderKind?>()
        .FirstOrDefault(kind => string.Equals(kind!.Value.Name(), name, StringComparison.OrdinalIgnoreCase))
        ?? throw new InferenceException(InferenceError.ProviderUnavailable,
            $"there is no provider '{name}'; there are: {string.Join(", ", Preferred.Select(kind => kind.Name()))}");

    /// <summary>The runtime's name for it.</summary>
    public static string RuntimeName(this ProviderKind kind) => kind switch
    {
        ProviderKind.Cpu => "CPUExecutionProvider",
        ProviderKind.Cuda => "CUDAExecutionProvider",
        ProviderKind.TensorRt => "TensorrtExecutionProvider",
        ProviderKind.DirectMl => "DmlExecutionProvider",
        ProviderKind.CoreMl => "CoreMLExecutionProvider",
        ProviderKind.WebGpu => "WebGpuExecutionProvider",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no provider"),
    };
}
