using RunwayFX.Inference.Sessions;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>Networks with random weights and the real mix of operations give what plain loops in double precision give.</summary>
public sealed class RandomNetworkTests
{
    private static readonly OnnxRuntime s_runtime = OnnxRuntime.Shared;

    [TestCase(ElementType.Float32, 2e-4)]
    [TestCase(ElementType.Float16, 5e-2)]
    public void Unet_EqualsTheLayersComputedDirectly(ElementType type, double tolerance)
    {
        RandomUnet network = new() { Channels = 16, Blocks = 1 };
        float[] sample = Values(1 * 4 * 6 * 8, 1), text = Values(1 * 5 * 32, 2);
        DirectTensor expected = network.Describe(new DirectLayers(), DirectTensor.From(sample, 1, 4, 6, 8), DirectTensor.From([481], 1), DirectTensor.From(text, 1, 5, 32));
        using ModelSession session = ModelSession.Load(s_runtime, network.ToModel((OnnxType)(int)type), "random", new SessionSettings());
        using Tensor x = Tensor.From(s_runtime, type, sample, 1, 4, 6, 8), time = Tensor.From(s_runtime, type, [481], 1), words = Tensor.From(s_runtime, type, text, 1, 5, 32);
        using Tensor output = new(s_runtime, type, 1, 4, 6, 8);
        using SessionBinding binding = new(session);
        binding.BindInput("sample", x);
        binding.BindInput("timestep", time);
        binding.BindInput("encoder_hidden_states", words, InputUse.Constant);
        binding.BindOutput("out_sample", output);
        using JobRun job = new(s_runtime, default);
        binding.Run(job);
        float[] actual = new float[output.Length];
        output.Read(actual);
        double worst = actual.Zip(expected.Values, (a, b) => Math.Abs(a - b)).Max(), size = expected.Values.Max(Math.Abs);
        TestContext.Out.WriteLine($"worst {worst:E2} of {size:F2}");
        Assert.That(size, Is.GreaterThan(0.1), "the network must say something");
        Assert.That(worst / size, Is.LessThan(tolerance));
    }

    [Test]
    public void Warp_OfAVolume_EqualsTheLayersComputedDirectly()
    {
        System.Random random = new(5);
        LayerWeight weight = new("w", [3, 2, 3, 3, 3], Values(3 * 2 * 27, 3)), bias = new("b", [3], Values(3, 4));
        float[] volume = Values(2 * 4 * 5 * 6, 6), places = [.. Enumerable.Range(0, 2 * 3 * 4 * 3).Select(_ => (float)(random.NextDouble() * 2.4 - 1.2))];
        DirectTensor expected = Describe(new DirectLayers(), DirectTensor.From(volume, 1, 2, 4, 5, 6), DirectTensor.From(places, 1, 2, 3, 4, 3), weight, bias);
        OnnxGraph graph = new("warp");
        graph.Input("volume", 1, 2, 4, 5, 6);
        graph.Input("places", 1, 2, 3, 4, 3);
        graph.Output("result", 1, 3, 2, 3, 4);
        graph.Node("Identity", [Describe(new OnnxLayers(graph), "volume", "places", weight, bias)], "result");
        using ModelSession session = ModelSession.Load(s_runtime, graph.ToModel(opset: 20), "warp", new SessionSettings());
        using Tensor x = Tensor.From(s_runtime, ElementType.Float32, volume, 1, 2, 4, 5, 6), grid = Tensor.From(s_runtime, ElementType.Float32, places, 1, 2, 3, 4, 3);
        using Tensor output = new(s_runtime, ElementType.Float32, 1, 3, 2, 3, 4);
        using SessionBinding binding = new(session);
        binding.BindInput("volume", x);
        binding.BindInput("places", grid);
        binding.BindOutput("result", output);
        using JobRun job = new(s_runtime, default);
        binding.Run(job);
        for (int i = 0; i < output.Length; i++) Assert.That(output.AsSpan<float>()[i], Is.EqualTo(expected.Values[i]).Within(1e-5));
    }

    private static T Describe<T>(ILayers<T> layers, T volume, T places, LayerWeight weight, LayerWeight bias) =>
        layers.GridSample3(layers.Silu(layers.Convolution3(volume, weight, bias)), places);

    private static float[] Values(int count, int seed)
    {
        System.Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 2 - 1))];
    }
}
