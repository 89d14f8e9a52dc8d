namespace RunwayFX.TestModels;

/// <summary>A ControlNet for the closed-form denoiser: how much a control picture is like picture k becomes the mean of plane k of its residuals.</summary>
public static class ClosedFormControl
{
    /// <summary>What likeness is multiplied by.</summary>
    public const double Gain = 200;

    /// <summary>Likeness of a control picture (planes in −1…1) to each picture of the data, times <see cref="Gain"/>.</summary>
    public static double[] Logits(ClosedFormData data, float[] planes) =>
        [.. data.Pictures.Select(picture => Gain * picture.Zip(planes, (a, b) => (double)a * b).Sum() / picture.Length)];

    /// <summary>Builds the network.</summary>
    /// <param name="data">The pictures.</param>
    /// <param name="takesScale">Whether it takes <c>conditioning_scale</c>; else the caller scales what it gives.</param>
    /// <param name="extraOutput">Whether it gives a residual that no denoiser takes.</param>
    public static byte[] Build(ClosedFormData data, bool takesScale = true, bool extraOutput = false)
    {
        OnnxGraph graph = new("controlnet");
        int count = data.Pictures.Count;
        string sample = graph.Input("sample", "batch_size", data.Channels, "height", "width"), time = graph.Input("timestep", "steps");
        string text = graph.Input("encoder_hidden_states", "batch_size", "sequence_length", ClosedFormDenoiser.TextFeatures);
        string picture = graph.Input("controlnet_cond", "batch_size", 3, "picture_height", "picture_width");
        string likeness = Likeness(graph, data, picture);
        if (takesScale) likeness = graph.Node("Mul", [likeness, graph.Input("conditioning_scale")]);
        string none = graph.Node("Mul", [graph.Node("Add", [graph.Node("ReduceSum", [text], null, ("keepdims", 0)), graph.Node("ReduceSum", [time], null, ("keepdims", 0))]), graph.Constant([0], 1)]);
        likeness = graph.Node("Unsqueeze", [graph.Node("Add", [likeness, none]), graph.Integers(2, 3)]);
        string size = graph.Node("Slice", [graph.Node("Shape", [sample]), graph.Integers(2), graph.Integers(4)]);
        string half = graph.Node("Mul", [likeness, graph.Constant([0.5f], 1)]), quarter = graph.Node("Mul", [likeness, graph.Constant([0.25f], 1)]);
        graph.Output("down_block_res_samples.0", "batch_size", count, "height", "width");
        graph.Node("Expand", [half, graph.Node("Concat", [graph.Integers(1, 1), size], null, ("axis", 0))], "down_block_res_samples.0");
        graph.Output("down_block_res_samples.1", "batch_size", count, 1, 1);
        graph.Node("Identity", [quarter], "down_block_res_samples.1");
        graph.Output("mid_block_res_sample", "batch_size", count, 1, 1);
        graph.Node("Identity", [quarter], "mid_block_res_sample");
        if (!extraOutput) return graph.ToModel();
        graph.Output("down_block_res_samples.2", "batch_size", count, 1, 1);
        graph.Node("Identity", [quarter], "down_block_res_samples.2");
        return graph.ToModel();
    }

    /// <summary>Builds the network for Stable Diffusion 3 or FLUX: it takes the control picture's latents in the denoiser's own order, and gives features of
    /// tokens.</summary>
    /// <param name="data">The pictures.</param>
    /// <param name="layout">The family.</param>
    /// <param name="takesScale">Whether it takes <c>conditioning_scale</c>.</param>
    public static byte[] BuildFlow(ClosedFormData data, ModelLayout layout, bool takesScale = true)
    {
        OnnxGraph graph = new("controlnet");
        bool isFlux = layout == ModelLayout.Flux;
        int count = data.Pictures.Count, length = data.LatentLength, tokens = data.LatentWidth / 2 * (data.LatentHeight / 2);
        object[] shape = isFlux ? ["batch_size", "sequence", data.Channels * 4] : ["batch_size", data.Channels, "height", "width"];
        string sample = graph.Input("hidden_states", shape), time = graph.Input("timestep", "batch_size"), picture = graph.Input("controlnet_cond", shape);
        string text = graph.Input("encoder_hidden_states", "batch_size", "text_sequence", ClosedFormDenoiser.TextFeatures);
        string pooled = graph.Input("pooled_projections", "batch_size", ClosedFormDenoiser.TextFeatures);
        // How near the latents are to each picture's: what they share less half of the picture's own.
        float[] weights = new float[length * count], own = new float[count];
        for (int k = 0; k < count; k++)
        {
            float[] latent = ClosedFormDenoiser.Order(data, layout, data.Latents[k]);
            for (int i = 0; i < length; i++) weights[i * count + k] = (float)(latent[i] * Gain / length);
            own[k] = (float)(-0.5 * Gain * latent.Sum(value => (double)value * value) / length);
        }

        string likeness = graph.Node("Add", [graph.Node("MatMul", [graph.Node("Reshape", [picture, graph.Integers(-1, length)]), graph.Constant(weights, length, count)]), graph.Constant(own, 1, count)]);
        if (takesScale) likeness = graph.Node("Mul", [likeness, graph.Input("conditioning_scale")]);
        likeness = ClosedFormDenoiser.Use(graph, likeness, sample, time, text, pooled);
        string half = graph.Node("Unsqueeze", [graph.Node("Mul", [likeness, graph.Constant([0.5f], 1)]), graph.Integers(1)]);
        foreach (string output in isFlux ? new[] { "controlnet_block_samples.0", "controlnet_single_block_samples.0" } : ["controlnet_block_samples.0", "controlnet_block_samples.1"])
        {
            graph.Output(output, "batch_size", tokens, count);
            graph.Node("Expand", [half, graph.Integers(1, tokens, count)], output);
        }

        return graph.ToModel();
    }

    /// <summary>Adds the mean over the tokens of each ControlNet's features to the log-priors.</summary>
    internal static string AddTokens(OnnxGraph graph, ClosedFormData data, string logits, ModelLayout layout)
    {
        string[] ports = layout == ModelLayout.Flux ? ["controlnet_block_samples_0", "controlnet_single_block_samples_0"] : ["block_controlnet_hidden_states_0", "block_controlnet_hidden_states_1"];
        foreach (string port in ports)
        {
            string residual = graph.Input(port, "batch_size", $"{port}_tokens", data.Latents.Count);
            logits = graph.Node("Add", [logits, graph.Node("ReduceMean", [residual], null, ("axes", new long[] { 1 }), ("keepdims", 0))]);
        }

        return logits;
    }

    /// <summary>Adds ControlNets that are built into a denoiser: <c>controlnet_conds</c> (N, B, 3, H, W) and <c>conditioning_scales</c> (N, 1).</summary>
    internal static string AddMerged(OnnxGraph graph, ClosedFormData data, string logits, int count)
    {
        string pictures = graph.Input("controlnet_conds", count, "batch_size", 3, "picture_height", "picture_width"), scales = graph.Input("conditioning_scales", count, 1);
        for (int index = 0; index < count; index++)
        {
            string picture = graph.Node("Gather", [pictures, graph.Node("Squeeze", [graph.Integers(index), graph.Integers(0)])], null, ("axis", 0));
            string scale = graph.Node("Gather", [scales, graph.Node("Squeeze", [graph.Integers(index), graph.Integers(0)])], null, ("axis", 0));
            logits = graph.Node("Add", [logits, graph.Node("Mul", [Likeness(graph, data, picture), scale])]);
        }

        return logits;
    }

    /// <summary>(B, K) from a picture (B, 3, H, W) in 0…1.</summary>
    private static string Likeness(OnnxGraph graph, ClosedFormData data, string picture)
    {
        int length = data.Pictures[0].Length, count = data.Pictures.Count;
        float[] weights = new float[length * count];
        for (int k = 0; k < count; k++)
        {
            for (int i = 0; i < length; i++) weights[i * count + k] = (float)(data.Pictures[k][i] * Gain / length);
        }

        string signed = graph.Node("Sub", [graph.Node("Mul", [picture, graph.Constant([2], 1)]), graph.Constant([1], 1)]);
        return graph.Node("MatMul", [graph.Node("Reshape", [signed, graph.Integers(-1, length)]), graph.Constant(weights, length, count)]);
    }
}
