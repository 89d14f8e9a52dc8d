namespace RunwayFX.TestModels;

/// <summary>A small U-shaped denoiser with random weights and the layers of real ones: convolutions, group norms, SiLU, time features, self and cross
/// attention, feed-forward, skip connections.</summary>
/// <remarks>Its pictures mean nothing; its arithmetic and its running time are those of the family. Ports as Stable Diffusion's.</remarks>
public sealed class RandomUnet
{
    /// <summary>Channels at full size; twice as many below. A multiple of <see cref="Groups"/>.</summary>
    public int Channels { get; init; } = 16;

    /// <summary>Residual blocks per level.</summary>
    public int Blocks { get; init; } = 1;

    /// <summary>Channels of the latents.</summary>
    public int LatentChannels { get; init; } = 4;

    /// <summary>Features of a text token.</summary>
    public int TextFeatures { get; init; } = 32;

    /// <summary>Groups of the norms.</summary>
    public int Groups { get; init; } = 8;

    /// <summary>Heads of the attention.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Seed of the weights.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Writes the model.</summary>
    public byte[] ToModel(OnnxType type = OnnxType.Float)
    {
        OnnxGraph graph = new("random_unet", type);
        string sample = graph.Input("sample", "batch_size", LatentChannels, "height", "width"), time = graph.Input("timestep", "steps");
        string text = graph.Input("encoder_hidden_states", "batch_size", "sequence_length", TextFeatures);
        graph.Output("out_sample", "batch_size", LatentChannels, "height", "width");
        string result = Describe(new OnnxLayers(graph), sample, time, text);
        graph.Node("Identity", [result], "out_sample");
        return graph.ToModel();
    }

    /// <summary>Describes the network.</summary>
    /// <param name="layers">What builds or computes it.</param>
    /// <param name="sample">Noisy latents (B, C, H, W); sides even.</param>
    /// <param name="time">Timestep (1).</param>
    /// <param name="text">Text features (B, S, <see cref="TextFeatures"/>).</param>
    public T Describe<T>(ILayers<T> layers, T sample, T time, T text)
    {
        Weights weights = new(Seed);
        int wide = Channels * 2, features = Channels * 4;
        T moment = layers.TimeFeatures(time, Channels / 2);
        moment = layers.Linear(layers.Silu(Linear(layers, weights, moment, "time.0", Channels, features)), weights.Make("time.1.w", features, features), weights.Make("time.1.b", features));
        T x = Convolution(layers, weights, sample, "in", LatentChannels, Channels);
        List<T> skips = [];
        for (int block = 0; block < Blocks; block++)
        {
            x = Transformer(layers, weights, Residual(layers, weights, x, moment, $"down.{block}", Channels, Channels, features), text, $"down.{block}.attention", Channels);
            skips.Add(x);
        }

        T low = layers.Convolution(x, weights.Make("shrink.w", Channels, Channels, 3, 3), weights.Make("shrink.b", Channels), stride: 2);
        for (int block = 0; block <= Blocks; block++)
        {
            low = Residual(layers, weights, low, moment, $"middle.{block}", block == 0 ? Channels : wide, wide, features);
            low = Transformer(layers, weights, low, text, $"middle.{block}.attention", wide);
        }

        x = Convolution(layers, weights, layers.Upsample(low), "grow", wide, Channels);
        for (int block = 0; block < Blocks; block++)
        {
            x = layers.Concatenate(x, skips[^(block + 1)]);
            x = Residual(layers, weights, x, moment, $"up.{block}", wide, Channels, features);
        }

        x = layers.Silu(Norm(layers, weights, x, "out.norm", Channels));
        return Convolution(layers, weights, x, "out", Channels, LatentChannels);
    }

    private T Residual<T>(ILayers<T> layers, Weights weights, T input, T moment, string name, int from, int to, int features)
    {
        T x = Convolution(layers, weights, layers.Silu(Norm(layers, weights, input, $"{name}.norm1", from)), $"{name}.conv1", from, to);
        x = layers.AddByChannel(x, Linear(layers, weights, layers.Silu(moment), $"{name}.time", features, to));
        x = Convolution(layers, weights, layers.Silu(Norm(layers, weights, x, $"{name}.norm2", to)), $"{name}.conv2", to, to);
        T direct = from == to ? input : layers.Convolution(input, weights.Make($"{name}.skip.w", to, from, 1, 1), weights.Make($"{name}.skip.b", to));
        return layers.Add(direct, x);
    }

    private T Transformer<T>(ILayers<T> layers, Weights weights, T input, T text, string name, int channels)
    {
        T x = layers.ToTokens(Norm(layers, weights, input, $"{name}.norm", channels));
        T normal = LayerNorm(layers, weights, x, $"{name}.norm1", channels);
        x = layers.Add(x, Attend(layers, weights, normal, normal, $"{name}.self", channels, channels));
        normal = LayerNorm(layers, weights, x, $"{name}.norm2", channels);
        x = layers.Add(x, Attend(layers, weights, normal, text, $"{name}.cross", channels, TextFeatures));
        normal = layers.Gelu(Linear(layers, weights, LayerNorm(layers, weights, x, $"{name}.norm3", channels), $"{name}.ff1", channels, channels * 2));
        x = layers.Add(x, Linear(layers, weights, normal, $"{name}.ff2", channels * 2, channels));
        return layers.Add(input, layers.ToPlanes(x, input));
    }

    private T Attend<T>(ILayers<T> layers, Weights weights, T query, T context, string name, int channels, int from)
    {
        T q = Linear(layers, weights, query, $"{name}.q", channels, channels), k = Linear(layers, weights, context, $"{name}.k", from, channels);
        T mixed = layers.Attention(q, k, Linear(layers, weights, context, $"{name}.v", from, channels), Heads);
        return Linear(layers, weights, mixed, $"{name}.o", channels, channels);
    }

    private T Norm<T>(ILayers<T> layers, Weights weights, T input, string name, int channels) =>
        layers.GroupNorm(input, Groups, weights.Make($"{name}.w", channels), weights.Make($"{name}.b", channels));

    private static T LayerNorm<T>(ILayers<T> layers, Weights weights, T input, string name, int channels) =>
        layers.LayerNorm(input, weights.Make($"{name}.w", channels), weights.Make($"{name}.b", channels));

    private static T Linear<T>(ILayers<T> layers, Weights weights, T input, string name, int from, int to) =>
        layers.Linear(input, weights.Make($"{name}.w", from, to), weights.Make($"{name}.b", to));

    private static T Convolution<T>(ILayers<T> layers, Weights weights, T input, string name, int from, int to) =>
        layers.Convolution(input, weights.Make($"{name}.w", to, from, 3, 3), weights.Make($"{name}.b", to));

    /// <summary>Draws weights so that values keep their size from layer to layer.</summary>
    private sealed class Weights(int seed)
    {
        private readonly Random _random = new(seed);

        public LayerWeight Make(string name, params long[] shape)
        {
            long length = 1, fan = 1;
            foreach (long size in shape) length *= size;
            if (shape.Length == 2) fan = shape[0];
            if (shape.Length > 2) fan = length / shape[0];
            float[] values = new float[length];
            // A norm's scale lies around 1, a bias around 0.
            float middle = shape.Length == 1 && name.EndsWith(".w", StringComparison.Ordinal) ? 1 : 0;
            float spread = shape.Length == 1 ? 0.1f : MathF.Sqrt(3f / fan);
            for (long i = 0; i < length; i++) values[i] = middle + spread * (2 * _random.NextSingle() - 1);
            return new LayerWeight(name, shape, values);
        }
    }
}
