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

    /// <summary>Builds the model.</summary>
    public static byte[] Build(ClosedFormData data, ModelLayout layout, Prediction prediction = Prediction.Epsilon, OnnxType type = OnnxType.Float)
    {
        OnnxGraph graph = new("closed_form_denoiser", type);
        string sample, output, time, text;
        bool isFlow = layout is ModelLayout.StableDiffusion3 or ModelLayout.Flux;
        int channels = ClosedFormData.LatentChannels;
        if (layout == ModelLayout.Flux)
        {
            (sample, output) = (graph.Input("hidden_states", "batch_size", "sequence", channels * 4), "out_hidden_states");
            text = graph.Input("encoder_hidden_states", "batch_size", "text_sequence", TextFeatures);
            string pooled = graph.Input("pooled_projections", "batch_size", TextFeatures);
            time = graph.Input("timestep", "batch_size");
            string textIds = graph.Input("txt_ids", "text_sequence", 3), imageIds = graph.Input("img_ids", "sequence", 3), guidance = graph.Input("guidance", "batch_size");
            graph.Output(output, "batch_size", "sequence", channels * 4);
            sample = Use(graph, sample, pooled, textIds, imageIds, guidance);
        }
        else
        {
            string port = isFlow ? "hidden_states" : "sample";
            (sample, output) = (graph.Input(port, "batch_size", channels, "height", "width"), isFlow ? "out_hidden_states" : "out_sample");
            time = isFlow ? graph.Input("timestep", "batch_size") : layout == ModelLayout.StableDiffusionXl ? graph.Input("timestep") : graph.Input("timestep", "steps");
            text = graph.Input("encoder_hidden_states", "batch_size", "sequence_length", TextFeatures);
            List<string> unused = [];
            if (layout == ModelLayout.StableDiffusionXl) unused = [graph.Input("text_embeds", "batch_size", TextFeatures), graph.Input("time_ids", "batch_size", 6)];
            if (layout == ModelLayout.LatentConsistency) unused = [graph.Input("timestep_cond", "batch_size", 256)];
            if (isFlow) unused = [graph.Input("pooled_projections", "batch_size", TextFeatures)];
            graph.Output(output, "batch_size", channels, "height", "width");
            sample = Use(graph, sample, [.. unused]);
        }

        Predict(graph, data, layout, prediction, isFlow, sample, Float(graph, time, type), Float(graph, text, type), output, type);
        return graph.ToModel();
    }

    /// <summary>Reads ports that the formula has no use for, so that no optimiser removes them: adds 0 times their sum.</summary>
    private static string Use(OnnxGraph graph, string sample, params string[] ports)
    {
        string zero = graph.Constant([0], 1);
        foreach (string port in ports)
        {
            string sum = graph.Node("ReduceSum", [port], null, ("keepdims", 0));
            sample = graph.Node("Add", [sample, graph.Node("Mul", [sum, zero])]);
        }

        return sample;
    }

    private static string Float(OnnxGraph graph, string port, OnnxType type) => type == OnnxType.Float ? port : graph.Node("Cast", [port], null, ("to", (int)OnnxType.Float));

    private static void Predict(
        OnnxGraph graph, ClosedFormData data, ModelLayout layout, Prediction prediction, bool isFlow, string sample, string time, string text, string output, OnnxType type)
    {
        int count = data.Latents.Count, length = data.LatentLength;
        float[] means = new float[count * length], norms = new float[count];
        for (int k = 0; k < count; k++)
        {
            Order(data, layout, data.Latents[k]).CopyTo(means, k * length);
            for (int i = 0; i < length; i++) norms[k] += data.Latents[k][i] * data.Latents[k][i] / 2;
        }

        string one = graph.Float32([1], 1);
        string x = graph.Node("Reshape", [Float(graph, sample, type), graph.Integers(-1, length)]);
        string mean = graph.Float32(means, count, length), half = graph.Float32(norms, 1, count);
        (string a, string s) = isFlow ? Flow(graph, time, one, layout) : Diffusion(graph, time, one);
        string dot = graph.Node("MatMul", [x, graph.Node("Transpose", [mean], null, ("perm", new long[] { 1, 0 }))]);
        string exponent = graph.Node("Sub", [graph.Node("Mul", [dot, a]), graph.Node("Mul", [half, graph.Node("Mul", [a, a])])]);
        string logits = graph.Node("Div", [exponent, graph.Node("Mul", [s, s])]);
        float[] pick = new float[TextFeatures * count];
        for (int k = 0; k < count; k++) pick[k * count + k] = 1;
        string prior = graph.Node("ReduceSum", [text, graph.Integers(1)], null, ("keepdims", 0));
        logits = graph.Node("Add", [logits, graph.Node("MatMul", [prior, graph.Float32(pick, TextFeatures, count)])]);
        string clean = graph.Node("MatMul", [graph.Node("Softmax", [logits], null, ("axis", 1)), mean]);
        string noise = graph.Node("Div", [graph.Node("Sub", [x, graph.Node("Mul", [clean, a])]), s]);
        string result = isFlow ? graph.Node("Sub", [noise, clean]) : prediction switch
        {
            Prediction.Epsilon => noise,
            Prediction.Velocity => graph.Node("Sub", [graph.Node("Mul", [noise, a]), graph.Node("Mul", [clean, s])]),
            _ => clean,
        };
        string shaped = graph.Node("Reshape", [result, graph.Node("Shape", [sample])]);
        graph.Node("Cast", [shaped], output, ("to", (int)type));
    }

    /// <summary>√ᾱ and √(1−ᾱ) at a timestep.</summary>
    private static (string Signal, string Noise) Diffusion(OnnxGraph graph, string time, string one)
    {
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

    /// <summary>1−σ and σ at a time: FLUX counts it from 0 to 1, Stable Diffusion 3 to 1000.</summary>
    private static (string Signal, string Noise) Flow(OnnxGraph graph, string time, string one, ModelLayout layout)
    {
        string flat = graph.Node("Reshape", [time, graph.Integers(-1, 1)]);
        string sigma = layout == ModelLayout.Flux ? flat : graph.Node("Div", [flat, graph.Float32([TrainSteps], 1)]);
        return (graph.Node("Sub", [one, sigma]), sigma);
    }

    /// <summary>A latent in the order in which the layout presents its numbers: FLUX packs blocks of 2 × 2 into a token.</summary>
    private static float[] Order(ClosedFormData data, ModelLayout layout, float[] latent)
    {
        if (layout != ModelLayout.Flux) return latent;
        int width = data.LatentWidth, height = data.LatentHeight, at = 0;
        float[] packed = new float[latent.Length];
        for (int y = 0; y < height; y += 2)
        {
            for (int x = 0; x < width; x += 2)
            {
                for (int channel = 0; channel < ClosedFormData.LatentChannels; channel++)
                {
                    for (int block = 0; block < 4; block++) packed[at++] = latent[(channel * height + y + block / 2) * width + x + block % 2];
                }
            }
        }

        return packed;
    }
}
