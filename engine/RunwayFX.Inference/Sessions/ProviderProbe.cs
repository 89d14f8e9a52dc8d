namespace RunwayFX.Inference.Sessions;

/// <summary>Finds out whether a provider works by using it: a library that loads may still find no driver and no device.</summary>
internal static class ProviderProbe
{
    /// <summary>y = x + x for two floats: ONNX, opset 17, 63 bytes.</summary>
    private static readonly byte[] s_model =
        Convert.FromBase64String("CAg6NQoOCgF4CgF4EgF5IgNBZGQSAXBaDwoBeBIKCggIARIECgIIAmIPCgF5EgoKCAgBEgQKAggCQgQKABAR");

    /// <summary>Runs it.</summary>
    /// <exception cref="InferenceException">The provider does not work here; the message says why.</exception>
    public static void Run(OnnxRuntime runtime, ProviderKind kind)
    {
        using ModelSession session = ModelSession.Load(runtime, s_model, "probe", new SessionSettings { Provider = kind, Threads = 1 });
        using Tensor x = Tensor.From(runtime, ElementType.Float32, [1, 2], 2), y = new(runtime, ElementType.Float32, 2);
        using SessionBinding binding = new(session);
        binding.BindInput("x", x);
        binding.BindOutput("y", y);
        using JobRun job = new(runtime, CancellationToken.None);
        binding.Run(job);
        ReadOnlySpan<float> sum = y.AsSpan<float>();
        if (sum[0] != 2 || sum[1] != 4)
            throw new InferenceException(InferenceError.ProviderUnavailable, $"provider {kind.Name()} computes 1+1 = {sum[0]} and 2+2 = {sum[1]}");
    }
}
