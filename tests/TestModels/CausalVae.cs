namespace RunwayFX.TestModels;

/// <summary>A video decoder and encoder of convolutions that look back in time and around in space, with small whole weights: sums are exact in any order, so
/// that parts can be compared with the whole bit by bit.</summary>
/// <remarks>Twice as large and four times as long as the latents. Looks back five latent frames at most, and around less than three latent samples.</remarks>
public static class CausalVae
{
    /// <summary>Channels of the latents.</summary>
    public const int Channels = 4;

    /// <summary>Latent frames that parts must share.</summary>
    public const int Overlap = 10;

    private const int Width = 4, Time = 4;

    /// <summary>Writes a package with it.</summary>
    /// <param name="folder">The package.</param>
    /// <param name="decodeFrames">Latent frames in a part; 0 for all.</param>
    public static void Write(string folder, int decodeFrames)
    {
        ClosedFormPackage.Text(folder, "model_index.json", """{"_class_name":"WanPipeline"}""");
        ClosedFormPackage.Text(folder, "runwayfx.json",
            $"{{\"video\":{{\"spatialFactor\":2,\"temporalFactor\":{Time},\"latentChannels\":{Channels},\"decodeFrames\":{decodeFrames},\"decodeOverlap\":{Overlap},\"scale\":0.5}}}}");
        ClosedFormPackage.Bytes(folder, "vae_decoder/model.onnx", Decoder());
        ClosedFormPackage.Bytes(folder, "vae_encoder/model.onnx", Encoder());
    }

    private static byte[] Decoder()
    {
        OnnxGraph graph = new("vae_decoder");
        Random random = new(3);
        string x = graph.Input("latent_sample", "batch_size", Channels, "latent_frames", "height", "width");
        graph.Output("sample", "batch_size", 3, "frames", "height_out", "width_out");
        x = Convolution(graph, random, Convolution(graph, random, x, Channels, Width), Width, Width);
        x = graph.Node("Resize", [x, "", graph.Float32([1, 1, Time, 2, 2], 5)], null, ("mode", "nearest"), ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));
        x = graph.Node("Slice", [x, graph.Integers(Time - 1), graph.Integers(int.MaxValue), graph.Integers(2)]);
        graph.Node("Mul", [Convolution(graph, random, x, Width, 3), graph.Constant([1f / 8192], 1)], "sample");
        return graph.ToModel();
    }

    private static byte[] Encoder()
    {
        OnnxGraph graph = new("vae_encoder");
        Random random = new(4);
        string x = graph.Input("sample", "batch_size", 3, "frames", "height", "width");
        graph.Output("latent_parameters", "batch_size", Channels, "latent_frames", "height_out", "width_out");
        x = Convolution(graph, random, x, 3, Width);
        // The last of each group of frames speaks for it, and every second pixel.
        x = graph.Node("Slice", [x, graph.Integers(0, 0, 0), graph.Integers(int.MaxValue, int.MaxValue, int.MaxValue), graph.Integers(2, 3, 4), graph.Integers(Time, 2, 2)]);
        graph.Node("Identity", [Convolution(graph, random, x, Width, Channels)], "latent_parameters");
        return graph.ToModel();
    }

    private static string Convolution(OnnxGraph graph, Random random, string x, int from, int to)
    {
        float[] weights = [.. Enumerable.Range(0, to * from * 27).Select(_ => (float)random.Next(-1, 2))];
        string padded = graph.Node("Pad", [x, graph.Integers(0, 0, 2, 0, 0, 0, 0, 0, 0, 0)]);
        return graph.Node("Conv", [padded, graph.Constant(weights, to, from, 3, 3, 3)], null, ("kernel_shape", new long[] { 3, 3, 3 }), ("pads", new long[] { 0, 1, 1, 0, 1, 1 }));
    }
}
