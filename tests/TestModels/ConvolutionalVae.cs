using System.Text;

namespace RunwayFX.TestModels;

/// <summary>A decoder and an encoder of convolutions between 4 latent channels and a picture four times as large, to compare tiles with the whole.</summary>
/// <remarks>Both look two latent samples far: a quarter of <see cref="Overlap"/>.</remarks>
public sealed class ConvolutionalVae
{
    /// <summary>What tiles must share so that each has all that its middle depends on.</summary>
    public const int Overlap = 8;

    private const int Latents = 4, NarrowWidth = 6;

    private readonly bool _isWhole, _isNormed;

    private ConvolutionalVae(bool isWhole, bool isNormed) => (_isWhole, _isNormed) = (isWhole, isNormed);

    /// <summary>Channels of the layers.</summary>
    public int Width { get; init; } = NarrowWidth;

    /// <summary>Small whole weights: sums of whole numbers are exact in any order.</summary>
    public static ConvolutionalVae Whole { get; } = new(isWhole: true, isNormed: false);

    /// <summary>Random weights.</summary>
    public static ConvolutionalVae Random { get; } = new(isWhole: false, isNormed: false);

    /// <summary>Random weights and as many channels as wanted: for measuring.</summary>
    public static ConvolutionalVae OfWidth(int width) => new(isWhole: false, isNormed: false) { Width = width };

    /// <summary>Random weights and a norm over the whole picture, as real decoders have.</summary>
    public static ConvolutionalVae Normed { get; } = new(isWhole: false, isNormed: true);

    /// <summary>Writes both and their configuration into a package.</summary>
    public void Write(string folder)
    {
        foreach (string component in new[] { "vae_decoder", "vae_encoder" })
        {
            Directory.CreateDirectory(Path.Combine(folder, component));
            File.WriteAllBytes(Path.Combine(folder, component, "model.onnx"), component == "vae_decoder" ? Decoder() : Encoder());
            File.WriteAllText(Path.Combine(folder, component, "config.json"),
                $"{{\"block_out_channels\":[{Width},{Width},{Width}],\"latent_channels\":{Latents},\"scaling_factor\":0.5,\"mid_block_add_attention\":false}}", Encoding.UTF8);
        }
    }

    private byte[] Decoder()
    {
        OnnxGraph graph = new("vae_decoder");
        OnnxLayers layers = new(graph);
        Random random = new(1);
        string x = graph.Input("latent_sample", "batch_size", Latents, "height", "width");
        graph.Output("sample", "batch_size", 3, "height_out", "width_out");
        // Reach in latent samples: 1 + 1/2·… rounded up: 1, then half, then quarters, together below 2.
        x = Step(layers, random, "in", x, Latents, Width);
        x = Step(layers, random, "middle", layers.Upsample(x), Width, Width);
        x = layers.Convolution(layers.Upsample(x), Weight(random, "out.w", 3, Width), Bias(random, "out.b", 3));
        graph.Node("Mul", [x, graph.Constant([_isWhole ? 1f / 4096 : 0.5f], 1)], "sample");
        return graph.ToModel();
    }

    private byte[] Encoder()
    {
        OnnxGraph graph = new("vae_encoder");
        OnnxLayers layers = new(graph);
        Random random = new(2);
        string x = graph.Input("sample", "batch_size", 3, "height", "width");
        graph.Output("latent_parameters", "batch_size", Latents * 2, "height_out", "width_out");
        x = Step(layers, random, "in", x, 3, Width, stride: 2);
        x = Step(layers, random, "middle", x, Width, Width, stride: 2);
        graph.Node("Identity", [layers.Convolution(x, Weight(random, "out.w", Latents * 2, Width), Bias(random, "out.b", Latents * 2))], "latent_parameters");
        return graph.ToModel();
    }

    private string Step(OnnxLayers layers, Random random, string name, string x, int from, int to, int stride = 1)
    {
        x = layers.Convolution(x, Weight(random, $"{name}.w", to, from), Bias(random, $"{name}.b", to), stride);
        if (!_isNormed) return x;
        // A share of a normed branch, as the residual blocks of real decoders have.
        return layers.Add(x, layers.Silu(layers.GroupNorm(x, 2, new LayerWeight($"{name}.s", [to], [.. Enumerable.Repeat(0.15f, to)]), Bias(random, $"{name}.n", to))));
    }

    private LayerWeight Weight(Random random, string name, int to, int from) => new(name, [to, from, 3, 3],
        [.. Enumerable.Range(0, to * from * 9).Select(_ => _isWhole ? random.Next(-1, 2) : (random.NextSingle() * 2 - 1) * MathF.Sqrt(3f / (from * 9)))]);

    private LayerWeight Bias(Random random, string name, int to) => new(name, [to], [.. Enumerable.Range(0, to).Select(_ => _isWhole ? random.Next(-1, 2) : random.NextSingle() - 0.5f)]);
}
