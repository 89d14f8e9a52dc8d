namespace RunwayFX.TestModels;

/// <summary>The exact denoiser of a Gaussian as an ONNX graph: every number of a clean latent is normal around 0 with one deviation, each by itself, so that pictures
/// of any size come out as source and noise in known shares, sample by sample.</summary>
/// <remarks>ε = x·√(1−ᾱ) / (ᾱ·c² + 1 − ᾱ). The flow in σ is y(σ) = y_T·√(c²+σ²)/√(c²+T²).</remarks>
public static class GaussianDenoiser
{
    /// <summary>Writes a Stable Diffusion package with it.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="deviation">Deviation of clean latents.</param>
    public static void Write(string folder, float deviation)
    {
        ClosedFormData data = new();
        ClosedFormPackage.Write(folder, data);
        ClosedFormPackage.Bytes(folder, "unet/model.onnx", Build(data.Channels, deviation));
    }

    private static byte[] Build(int channels, float deviation)
    {
        OnnxGraph graph = new("gaussian_denoiser");
        string sample = graph.Input("sample", "batch_size", channels, "height", "width"), time = graph.Input("timestep", "steps");
        string text = graph.Input("encoder_hidden_states", "batch_size", "sequence_length", ClosedFormDenoiser.TextFeatures);
        graph.Output("out_sample", "batch_size", channels, "height", "width");
        (string signal, string level) = ClosedFormDenoiser.Diffusion(graph, time);
        string spread = graph.Node("Mul", [graph.Node("Mul", [signal, signal]), graph.Constant([deviation * deviation], 1)]);
        string factor = graph.Node("Div", [level, graph.Node("Add", [spread, graph.Node("Mul", [level, level])])]);
        sample = ClosedFormDenoiser.Use(graph, sample, text);
        graph.Node("Mul", [sample, graph.Node("Reshape", [factor, graph.Integers(-1, 1, 1, 1)])], "out_sample");
        return graph.ToModel();
    }
}
