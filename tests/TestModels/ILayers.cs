namespace RunwayFX.TestModels;

/// <summary>A weight of a network: numbers drawn from a seed.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="Shape">Sizes, outermost first.</param>
/// <param name="Values">The numbers.</param>
public sealed record LayerWeight(string Name, long[] Shape, float[] Values);

/// <summary>The layers that networks of diffusion models are made of. A network is described once against this and either written as ONNX
/// (<see cref="OnnxLayers"/>) or computed directly (<see cref="DirectLayers"/>), so that the two can be compared.</summary>
/// <typeparam name="T">What stands for a tensor.</typeparam>
public interface ILayers<T>
{
    /// <summary>2-D convolution of (B, C, H, W) with square kernels and padding of half the kernel; bias by output channel.</summary>
    T Convolution(T input, LayerWeight weight, LayerWeight bias, int stride = 1);

    /// <summary>3-D convolution of (B, C, F, H, W), cubic kernels, padding of half the kernel.</summary>
    T Convolution3(T input, LayerWeight weight, LayerWeight bias);

    /// <summary>Normalises groups of channels to mean 0 and variance 1, then scales and shifts by channel.</summary>
    T GroupNorm(T input, int groups, LayerWeight scale, LayerWeight shift);

    /// <summary>Normalises the last dimension, then scales and shifts.</summary>
    T LayerNorm(T input, LayerWeight scale, LayerWeight shift);

    /// <summary>x·sigmoid(x).</summary>
    T Silu(T input);

    /// <summary>x·Φ(x), by the error function.</summary>
    T Gelu(T input);

    /// <summary>x·W + b over the last dimension; W has shape (in, out).</summary>
    T Linear(T input, LayerWeight weight, LayerWeight bias);

    /// <summary>softmax(q·kᵀ/√d)·v of (B, S, C), by heads.</summary>
    T Attention(T query, T key, T value, int heads);

    /// <summary>(B, C, H, W) to (B, H·W, C).</summary>
    T ToTokens(T input);

    /// <summary>(B, H·W, C) back to the shape of <paramref name="like"/>.</summary>
    T ToPlanes(T tokens, T like);

    /// <summary>Sum of two tensors of one shape.</summary>
    T Add(T left, T right);

    /// <summary>Adds a number per channel: (B, C) to (B, C, H, W).</summary>
    T AddByChannel(T input, T channels);

    /// <summary>Twice the size, each sample repeated.</summary>
    T Upsample(T input);

    /// <summary>Channels of both.</summary>
    T Concatenate(T left, T right);

    /// <summary>sin and cos of t·10000^(−i/half), (B) to (B, 2·half).</summary>
    T TimeFeatures(T time, int half);

    /// <summary>Samples (B, C, D, H, W) trilinearly at places (B, D, H, W, 3) in −1…1, zeros outside, corners not aligned.</summary>
    T GridSample3(T input, T places);
}
