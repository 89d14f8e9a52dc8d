namespace RunwayFX.TestModels;

/// <summary>Writes layers as ONNX nodes, in the forms that PyTorch's exporter gives them.</summary>
public sealed class OnnxLayers(OnnxGraph graph) : ILayers<string>
{
    private const float Epsilon = 1e-5f;

    /// <inheritdoc/>
    public string Convolution(string input, LayerWeight weight, LayerWeight bias, int stride = 1)
    {
        long kernel = weight.Shape[2], pad = kernel / 2;
        return graph.Node("Conv", [input, Weight(weight), Weight(bias)], null, ("kernel_shape", new[] { kernel, kernel }), ("pads", new[] { pad, pad, pad, pad }),
            ("strides", new long[] { stride, stride }));
    }

    /// <inheritdoc/>
    public string Convolution3(string input, LayerWeight weight, LayerWeight bias)
    {
        long kernel = weight.Shape[2], pad = kernel / 2;
        return graph.Node("Conv", [input, Weight(weight), Weight(bias)], null, ("kernel_shape", new[] { kernel, kernel, kernel }),
            ("pads", new[] { pad, pad, pad, pad, pad, pad }), ("strides", new long[] { 1, 1, 1 }));
    }

    /// <inheritdoc/>
    public string GroupNorm(string input, int groups, LayerWeight scale, LayerWeight shift)
    {
        float[] ones = new float[groups];
        Array.Fill(ones, 1);
        string grouped = graph.Node("Reshape", [input, graph.Integers(0, groups, -1)]);
        string normal = graph.Node("InstanceNormalization", [grouped, graph.Constant(ones, groups), graph.Constant(new float[groups], groups)], null, ("epsilon", Epsilon));
        string planes = graph.Node("Reshape", [normal, graph.Node("Shape", [input])]);
        long channels = scale.Values.Length;
        string scaled = graph.Node("Mul", [planes, graph.Weight(scale.Name, scale.Values, channels, 1, 1)]);
        return graph.Node("Add", [scaled, graph.Weight(shift.Name, shift.Values, channels, 1, 1)]);
    }

    /// <inheritdoc/>
    public string LayerNorm(string input, LayerWeight scale, LayerWeight shift) =>
        graph.Node("LayerNormalization", [input, Weight(scale), Weight(shift)], null, ("axis", -1), ("epsilon", Epsilon));

    /// <inheritdoc/>
    public string Silu(string input) => graph.Node("Mul", [input, graph.Node("Sigmoid", [input])]);

    /// <inheritdoc/>
    public string Gelu(string input)
    {
        string error = graph.Node("Erf", [graph.Node("Div", [input, graph.Constant([MathF.Sqrt(2)])])]);
        return graph.Node("Mul", [graph.Node("Mul", [input, graph.Node("Add", [error, graph.Constant([1])])]), graph.Constant([0.5f])]);
    }

    /// <inheritdoc/>
    public string Linear(string input, LayerWeight weight, LayerWeight bias) =>
        graph.Node("Add", [graph.Node("MatMul", [input, Weight(weight)]), Weight(bias)]);

    /// <inheritdoc/>
    public string Attention(string query, string key, string value, int heads)
    {
        // The width of a head comes from the tensor itself, as in exported models.
        string q = Heads(query, heads, 0, 2, 1, 3), k = Heads(key, heads, 0, 2, 3, 1), v = Heads(value, heads, 0, 2, 1, 3);
        string width = graph.Node("Cast", [graph.Node("Gather", [graph.Node("Shape", [q]), graph.Integers(3)])], null, ("to", (int)graph.ElementType));
        string scores = graph.Node("Div", [graph.Node("MatMul", [q, k]), graph.Node("Sqrt", [width])]);
        string mixed = graph.Node("MatMul", [graph.Node("Softmax", [scores], null, ("axis", -1)), v]);
        string joined = graph.Node("Transpose", [mixed], null, ("perm", new long[] { 0, 2, 1, 3 }));
        return graph.Node("Reshape", [joined, graph.Node("Shape", [query])]);
    }

    /// <inheritdoc/>
    public string ToTokens(string input)
    {
        string flat = graph.Node("Reshape", [input, graph.Integers(0, 0, -1)]);
        return graph.Node("Transpose", [flat], null, ("perm", new long[] { 0, 2, 1 }));
    }

    /// <inheritdoc/>
    public string ToPlanes(string tokens, string like) =>
        graph.Node("Reshape", [graph.Node("Transpose", [tokens], null, ("perm", new long[] { 0, 2, 1 })), graph.Node("Shape", [like])]);

    /// <inheritdoc/>
    public string Add(string left, string right) => graph.Node("Add", [left, right]);

    /// <inheritdoc/>
    public string AddByChannel(string input, string channels) => graph.Node("Add", [input, graph.Node("Unsqueeze", [channels, graph.Integers(2, 3)])]);

    /// <inheritdoc/>
    public string Upsample(string input) => graph.Node("Resize", [input, "", graph.Float32([1, 1, 2, 2], 4)], null, ("mode", "nearest"),
        ("coordinate_transformation_mode", "asymmetric"), ("nearest_mode", "floor"));

    /// <inheritdoc/>
    public string Concatenate(string left, string right) => graph.Node("Concat", [left, right], null, ("axis", 1));

    /// <inheritdoc/>
    public string TimeFeatures(string time, int half)
    {
        float[] rates = new float[half];
        for (int i = 0; i < half; i++) rates[i] = (float)Math.Exp(-Math.Log(10_000) * i / half);
        string column = graph.Node("Reshape", [time, graph.Integers(-1, 1)]);
        string angles = graph.Node("Mul", [column, graph.Constant(rates, 1, half)]);
        return graph.Node("Concat", [graph.Node("Cos", [angles]), graph.Node("Sin", [angles])], null, ("axis", 1));
    }

    /// <inheritdoc/>
    public string GridSample3(string input, string places) => graph.Node("GridSample", [input, places], null, ("mode", "linear"), ("padding_mode", "zeros"), ("align_corners", 0));

    private string Weight(LayerWeight weight) => graph.Weight(weight.Name, weight.Values, weight.Shape);

    private string Heads(string input, int heads, params long[] order) =>
        graph.Node("Transpose", [graph.Node("Reshape", [input, graph.Integers(0, 0, heads, -1)])], null, ("perm", order));
}
