namespace RunwayFX.TestModels;

/// <summary>How a model family lays out its denoiser's ports.</summary>
public enum ModelLayout
{
    /// <summary>Stable Diffusion 1.x and 2.x.</summary>
    StableDiffusion,

    /// <summary>Stable Diffusion XL.</summary>
    StableDiffusionXl,

    /// <summary>Latent consistency models.</summary>
    LatentConsistency,

    /// <summary>Stable Diffusion 3: rectified flow.</summary>
    StableDiffusion3,

    /// <summary>FLUX: rectified flow over packed latents.</summary>
    Flux,
}

/// <summary>What a denoiser predicts.</summary>
public enum Prediction
{
    /// <summary>The noise.</summary>
    Epsilon,

    /// <summary>The velocity √ᾱ·ε − √(1−ᾱ)·x₀.</summary>
    Velocity,

    /// <summary>The clean sample.</summary>
    Sample,
}

/// <summary>The exact denoiser of a data set of K points as an ONNX graph: what a perfectly trained network would compute.</summary>
/// <remarks>
/// For x = √ᾱ·x₀ + √(1−ᾱ)·ε: w = softmax((√ᾱ·x·μₖ − ½ᾱ‖μₖ‖²)/(1−ᾱ) + bₖ), x̂₀ = Σ w μ, ε = (x − √ᾱ·x̂₀)/√(1−ᾱ). For rectified flow
/// x = (1−σ)·x₀ + σ·ε: w = softmax(((1−σ)·x·μₖ − ½(1−σ)²‖μₖ‖²)/σ² + bₖ), v = ε − x̂₀ = (x − x̂₀)/σ. The text feature k is the log-prior bₖ. Euler's
/// fractional timesteps are met by interpolating σ in its table, as Euler's scheduler does.
/// </remarks>
public static class ClosedFormDenoiser
{
    /// <summary>Steps of training.</summary>
    public const int TrainSteps = 1000;

    /// <summary>Features of a token in the text encoders' output.</summary>
    public const int TextFeatures = 8;

    /// <summary>Name of the weight (text features, pictures) that turns text features into log-priors: what a LoRA can change.</summary>
    public const string PriorWeight = "prior.to_out.weight";

    /// <summary>σ of every training step for Stable Diffusion's scaled-linear betas (0.00085 to 0.012), and the last once more.</summary>
    public static float[] Sigmas()
    {
        float[] sigmas = new float[TrainSteps + 1];
        double product = 1, first = Math.Sqrt(0.00085), last = Math.Sqrt(0.012);
        for (int step = 0; step < TrainSteps; step++)
        {
            product *= 1 - Math.Pow(first + (last - first) * step / (TrainSteps - 1), 2);
            sigmas[step] = (float)Math.Sqrt((1 - product) / product);
        }

        sigmas[TrainSteps] = sigmas[TrainSteps - 1];
        return sigmas;
    }

    /// <summary>Rows and columns of a ballast node's matrices: some milliseconds on a processor core.</summary>
    public const int BallastSide = 384;

    /// <summary>Builds the model.</summary>
    public static byte[] Build(
        ClosedFormData data, ModelLayout layout, Prediction prediction = Prediction.Epsilon, OnnxType type = OnnxType.Float, DenoiserPorts? ports = null)
    {
        ports ??= new DenoiserPorts();
        OnnxGraph graph = new("closed_form_denoiser", type);
        bool isFlow = layout is ModelLayout.StableDiffusion3 or ModelLayout.Flux;
        string output = isFlow ? "out_hidden_states" : "out_sample";
        (string sample, string time, string text) = layout == ModelLayout.Flux ? FluxPorts(graph, data, ports) : PlanePorts(graph, data, layout, ports, isFlow);
        string logits = graph.Node("MatMul", [graph.Node("ReduceSum", [Float(graph, text, type), graph.Integers(1)], null, ("keepdims", 0)), Pick(graph, data.Latents.Count)]);
        if (ports.HasControl) logits = isFlow ? ClosedFormControl.AddTokens(graph, data, logits, layout) : AddControl(graph, data, logits, type);
        if (ports.MergedControls > 0) logits = ClosedFormControl.AddMerged(graph, data, logits, ports.MergedControls);
        if (ports.Ballast > 0) sample = Weigh(graph, sample, ports.Ballast);
        Predict(graph, data, layout, prediction, isFlow, sample, Float(graph, time, type), logits, output);
        return graph.ToModel();
    }

    private static (string Sample, string Time, string Text) FluxPorts(OnnxGraph graph, ClosedFormData data, DenoiserPorts ports)
    {
        int channels = data.Channels * 4;
        string sample = graph.Input("hidden_states", "batch_size", "sequence", channels), text = graph.Input("encoder_hidden_states", "batch_size", "text_sequence", TextFeatures);
        string pooled = graph.Input("pooled_projections", "batch_size", TextFeatures), time = graph.Input("timestep", "batch_size");
        string textIds = graph.Input("txt_ids", "text_sequence", 3), imageIds = graph.Input("img_ids", "sequence", 3);
        graph.Output("out_hidden_states", "batch_size", "sequence", channels);
        float[] places = new float[data.LatentWidth / 2 * (data.LatentHeight / 2) * 3];
        for (int i = 0; i < places.Length / 3; i++) (places[i * 3 + 1], places[i * 3 + 2]) = (i / (data.LatentWidth / 2), i % (data.LatentWidth / 2));
        sample = Expect(graph, sample, imageIds, places, places.Length / 3, 3);
        sample = Expect(graph, sample, textIds, [0], 1);
        sample = Expect(graph, sample, pooled, ports.Pooled, ports.Pooled.Length);
        if (ports.Guidance is { } guidance) sample = Expect(graph, sample, graph.Input("guidance", "batch_size"), [guidance], 1);
        return (sample, time, text);
    }

    private static (string Sample, string Time, string Text) PlanePorts(OnnxGraph graph, ClosedFormData data, ModelLayout layout, DenoiserPorts ports, bool isFlow)
    {
        string port = isFlow ? "hidden_states" : "sample", sample = graph.Input(port, "batch_size", data.Channels + ports.ExtraChannels, "height", "width");
        string time = isFlow ? graph.Input("timestep", "batch_size") : layout == ModelLayout.StableDiffusionXl ? graph.Input("timestep") : graph.Input("timestep", "steps");
        string text = graph.Input("encoder_hidden_states", "batch_size", "sequence_length", TextFeatures);
        graph.Output(isFlow ? "out_hidden_states" : "out_sample", "batch_size", data.Channels, "height", "width");
        if (ports.ExtraChannels > 0)
        {
            string extra = graph.Node("Slice", [sample, graph.Integers(data.Channels), graph.Integers(data.Channels + ports.ExtraChannels), graph.Integers(1)]);
            sample = graph.Node("Slice", [sample, graph.Integers(0), graph.Integers(data.Channels), graph.Integers(1)]);
            sample = ports.Extra is null ? Use(graph, sample, extra) : Expect(graph, sample, extra, ports.Extra, ports.ExtraChannels, data.LatentHeight, data.LatentWidth);
        }

        if (layout == ModelLayout.StableDiffusionXl)
        {
            string times = graph.Input("time_ids", "batch_size", 6);
            sample = Use(graph, sample, graph.Input("text_embeds", "batch_size", TextFeatures));
            sample = ports.TimeIds is null ? Use(graph, sample, times) : Expect(graph, sample, times, ports.TimeIds, 6);
        }

        if (layout == ModelLayout.LatentConsistency) sample = Use(graph, sample, graph.Input("timestep_cond", "batch_size", 256));
        if (isFlow) sample = Expect(graph, sample, graph.Input("pooled_projections", "batch_size", TextFeatures), ports.Pooled, ports.Pooled.Length);
        return (sample, time, text);
    }

    /// <summary>Adds the mean of each residual's planes to the log-priors of the pictures: plane k speaks for picture k.</summary>
    private static string AddControl(OnnxGraph graph, ClosedFormData data, string logits, OnnxType type)
    {
        int count = data.Latents.Count;
        foreach (string port in new[] { "down_block_additional_residual_0", "down_block_additional_residual_1", "mid_block_additional_residual" })
        {
            string residual = Float(graph, graph.Input(port, "batch_size", count, $"{port}_height", $"{port}_width"), type);
            logits = graph.Node("Add", [logits, graph.Node("ReduceMean", [residual], null, ("axes", new long[] { 2, 3 }), ("keepdims", 0))]);
        }

        return logits;
    }

    internal static string Pick(OnnxGraph graph, int count)
    {
        float[] pick = new float[TextFeatures * count];
        for (int k = 0; k < count; k++) pick[k * count + k] = 1;
        return graph.Float32Weight(PriorWeight, pick, TextFeatures, count);
    }

    /// <summary>Reads ports that the formula has no use for, so that no optimiser removes them: adds 0 times their sum.</summary>
    internal static string Use(OnnxGraph graph, string sample, params string[] ports)
    {
        string zero = graph.Constant([0], 1);
        foreach (string port in ports)
        {
            string sum = graph.Node("ReduceSum", [port], null, ("keepdims", 0));
            sample = graph.Node("Add", [sample, graph.Node("Mul", [sum, zero])]);
        }

        return sample;
    }

    /// <summary>Spoils the picture where a port holds other numbers than expected.</summary>
    internal static string Expect(OnnxGraph graph, string sample, string port, float[] expected, params long[] shape)
    {
        string difference = graph.Node("Abs", [graph.Node("Sub", [port, graph.Constant(expected, shape)])]);
        string sum = graph.Node("ReduceSum", [difference], null, ("keepdims", 0));
        return graph.Node("Add", [sample, graph.Node("Mul", [sum, graph.Constant([1000], 1)])]);
    }

    /// <summary>Adds 0, after a chain of matrix products that no optimiser can foresee.</summary>
    private static string Weigh(OnnxGraph graph, string sample, int nodes)
    {
        string nothing = graph.Node("Mul", [graph.Node("ReduceSum", [sample], null, ("keepdims", 0)), graph.Constant([0], 1)]);
        string matrix = graph.Node("Expand", [nothing, graph.Integers(BallastSide, BallastSide)]);
        float[] weights = new float[BallastSide * BallastSide];
        Array.Fill(weights, 1f / BallastSide);
        string weight = graph.Constant(weights, BallastSide, BallastSide);
        for (int node = 0; node < nodes; node++) matrix = graph.Node("MatMul", [matrix, weight]);
        return graph.Node("Add", [sample, graph.Node("ReduceSum", [matrix], null, ("keepdims", 0))]);
    }

    internal static string Float(OnnxGraph graph, string port, OnnxType type) => type == OnnxType.Float ? port : graph.Node("Cast", [port], null, ("to", (int)OnnxType.Float));

    private static void Predict(
        OnnxGraph graph, ClosedFormData data, ModelLayout layout, Prediction prediction, bool isFlow, string sample, string time, string prior, string output)
    {
        (string signal, string level) = isFlow ? Flow(graph, time, layout == ModelLayout.Flux ? 1 : TrainSteps) : Diffusion(graph, time);
        Answer(graph, [.. data.Latents.Select(latent => Order(data, layout, latent))], (signal, level), (prediction, isFlow), (sample, prior, output));
    }

    /// <summary>The formula itself.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="latents">The training set, each in the order of the sample's numbers.</param>
    /// <param name="mix">Shares of clean sample and noise (B, 1).</param>
    /// <param name="answer">What is predicted.</param>
    /// <param name="ports">Noisy sample, log-priors (B, K), name of the output.</param>
    internal static void Answer(OnnxGraph graph, IReadOnlyList<float[]> latents, (string Signal, string Level) mix, (Prediction Prediction, bool IsFlow) answer,
        (string Sample, string Prior, string Output) ports)
    {
        int count = latents.Count, length = latents[0].Length;
        float[] means = [.. latents.SelectMany(latent => latent)], norms = [.. latents.Select(latent => latent.Sum(value => value * value) / 2)];
        (string a, string s) = mix;
        string x = graph.Node("Reshape", [Float(graph, ports.Sample, graph.ElementType), graph.Integers(-1, length)]);
        string mean = graph.Float32(means, count, length), half = graph.Float32(norms, 1, count);
        string dot = graph.Node("MatMul", [x, graph.Node("Transpose", [mean], null, ("perm", new long[] { 1, 0 }))]);
        string exponent = graph.Node("Sub", [graph.Node("Mul", [dot, a]), graph.Node("Mul", [half, graph.Node("Mul", [a, a])])]);
        string logits = graph.Node("Add", [graph.Node("Div", [exponent, graph.Node("Mul", [s, s])]), ports.Prior]);
        string clean = graph.Node("MatMul", [graph.Node("Softmax", [logits], null, ("axis", 1)), mean]);
        string noise = graph.Node("Div", [graph.Node("Sub", [x, graph.Node("Mul", [clean, a])]), s]);
        string result = answer.IsFlow ? graph.Node("Sub", [noise, clean]) : answer.Prediction switch
        {
            Prediction.Epsilon => noise,
            Prediction.Velocity => graph.Node("Sub", [graph.Node("Mul", [noise, a]), graph.Node("Mul", [clean, s])]),
            _ => clean,
        };
        string shaped = graph.Node("Reshape", [result, graph.Node("Shape", [ports.Sample])]);
        graph.Node("Cast", [shaped], ports.Output, ("to", (int)graph.ElementType));
    }

    /// <summary>√ᾱ and √(1−ᾱ) at a timestep.</summary>
    internal static (string Signal, string Noise) Diffusion(OnnxGraph graph, string time)
    {
        string one = graph.Float32([1], 1);
        string table = graph.Float32(Sigmas(), TrainSteps + 1);
        string flat = graph.Node("Reshape", [time, graph.Integers(-1)]);
        string floor = graph.Node("Floor", [flat]), weight = graph.Node("Sub", [flat, floor]);
        string low = graph.Node("Cast", [floor], null, ("to", (int)OnnxType.Int64)), high = graph.Node("Add", [low, graph.Integers(1)]);
        string sigma = graph.Node("Add",
        [
            graph.Node("Mul", [graph.Node("Gather", [table, low]), graph.Node("Sub", [one, weight])]),
            graph.Node("Mul", [graph.Node("Gather", [table, high]), weight]),
        ]);
        string column = graph.Node("Reshape", [sigma, graph.Integers(-1, 1)]);
        string signal = graph.Node("Div", [one, graph.Node("Sqrt", [graph.Node("Add", [graph.Node("Mul", [column, column]), one])])]);
        return (signal, graph.Node("Mul", [column, signal]));
    }

    /// <summary>1−σ and σ at a time: FLUX counts it from 0 to 1, others to 1000.</summary>
    internal static (string Signal, string Noise) Flow(OnnxGraph graph, string time, float length)
    {
        string sigma = graph.Node("Div", [graph.Node("Reshape", [time, graph.Integers(-1, 1)]), graph.Float32([length], 1)]);
        return (graph.Node("Sub", [graph.Float32([1], 1), sigma]), sigma);
    }

    /// <summary>A latent in the order in which the layout presents its numbers: FLUX packs blocks of 2 × 2 into a token.</summary>
    internal static float[] Order(ClosedFormData data, ModelLayout layout, float[] latent)
    {
        if (layout != ModelLayout.Flux) return latent;
        int width = data.LatentWidth, height = data.LatentHeight, at = 0;
        float[] packed = new float[latent.Length];
        for (int y = 0; y < height; y += 2)
        {
            for (int x = 0; x < width; x += 2)
            {
                for (int channel = 0; channel < data.Channels; channel++)
                {
                    for (int block = 0; block < 4; block++) packed[at++] = latent[(channel * height + y + block / 2) * width + x + block % 2];
                }
            }
        }

        return packed;
    }
}
