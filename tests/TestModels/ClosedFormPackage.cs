using System.Globalization;
using System.Text;
using System.Text.Json;

namespace RunwayFX.TestModels;

/// <summary>Writes a whole model package around the closed-form denoiser: text encoders, tokenizers, decoder and encoder that invert each other exactly,
/// scheduler, in the folders of the Hugging Face layout. A prompt that holds a word of <see cref="ClosedFormData.Words"/> gives that picture.</summary>
public static class ClosedFormPackage
{
    /// <summary>Tokens of a prompt.</summary>
    public const int Tokens = 77;

    /// <summary>Log-prior of pictures that a prompt does not name.</summary>
    private const float Unlikely = -1e4f;

    /// <summary>The family's scheduler, with Stable Diffusion's betas.</summary>
    public const string SchedulerJson = """
        {"_class_name":"DDIMScheduler","num_train_timesteps":1000,"beta_start":0.00085,"beta_end":0.012,"beta_schedule":"scaled_linear","clip_sample":false,"set_alpha_to_one":true,"steps_offset":0,"prediction_type":"epsilon"}
        """;

    /// <summary>Stable Diffusion 3's scheduler.</summary>
    public const string FlowSchedulerJson = """
        {"_class_name":"FlowMatchEulerDiscreteScheduler","num_train_timesteps":1000,"shift":3.0}
        """;

    /// <summary>FLUX's scheduler, whose shift follows the picture's size.</summary>
    public const string FluxSchedulerJson = """
        {"_class_name":"FlowMatchEulerDiscreteScheduler","base_image_seq_len":256,"base_shift":0.5,"max_image_seq_len":4096,"max_shift":1.15,"num_train_timesteps":1000,"shift":3.0,"use_dynamic_shifting":true}
        """;

    /// <summary>Writes a package.</summary>
    /// <param name="folder">Its folder; created.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="layout">The family.</param>
    /// <param name="type">Element type of the denoiser.</param>
    /// <param name="prediction">What the denoiser says.</param>
    /// <param name="ports">What else it takes.</param>
    /// <param name="hasThirdEncoder">Whether Stable Diffusion 3's large text encoder is there.</param>
    public static void Write(string folder, ClosedFormData data, ModelLayout layout = ModelLayout.StableDiffusion, OnnxType type = OnnxType.Float,
        Prediction prediction = Prediction.Epsilon, DenoiserPorts? ports = null, bool hasThirdEncoder = true)
    {
        bool isFlow = layout is ModelLayout.StableDiffusion3 or ModelLayout.Flux, isXl = layout == ModelLayout.StableDiffusionXl;
        string kind = layout switch
        {
            ModelLayout.StableDiffusionXl => "ORTStableDiffusionXLPipeline", ModelLayout.LatentConsistency => "ORTLatentConsistencyModelPipeline",
            ModelLayout.StableDiffusion3 => "ORTStableDiffusion3Pipeline", ModelLayout.Flux => "ORTFluxPipeline", _ => "ORTStableDiffusionPipeline",
        };
        Text(folder, "model_index.json", isXl ? $"{{\"_class_name\":\"{kind}\",\"force_zeros_for_empty_prompt\":true}}" : $"{{\"_class_name\":\"{kind}\"}}");
        string denoiser = isFlow ? "transformer" : "unet";
        Text(folder, "scheduler/scheduler_config.json", Scheduler(layout, prediction));
        Text(folder, $"{denoiser}/config.json", layout switch
        {
            ModelLayout.StableDiffusion3 => $"{{\"patch_size\":2,\"joint_attention_dim\":{ClosedFormDenoiser.TextFeatures}}}",
            ModelLayout.Flux => $"{{\"patch_size\":1,\"guidance_embeds\":{(ports?.Guidance is null ? "false" : "true")}}}", _ => "{}",
        });
        string config = string.Create(CultureInfo.InvariantCulture,
            $"{{\"block_out_channels\":[8,8],\"latent_channels\":{data.Channels},\"scaling_factor\":{data.Scale},\"shift_factor\":{data.Shift}}}");
        Text(folder, "vae_decoder/config.json", config);
        Text(folder, "vae_encoder/config.json", config);
        Bytes(folder, $"{denoiser}/model.onnx", ClosedFormDenoiser.Build(data, layout, prediction, type, ports));
        Bytes(folder, "vae_decoder/model.onnx", Decoder(data));
        Bytes(folder, "vae_encoder/model.onnx", Encoder(data));
        int encoders = layout switch { ModelLayout.StableDiffusionXl or ModelLayout.Flux => 2, ModelLayout.StableDiffusion3 => hasThirdEncoder ? 3 : 2, _ => 1 };
        for (int number = 1; number <= encoders; number++)
        {
            string suffix = number == 1 ? "" : $"_{number}";
            Dictionary<string, int> vocabulary = WriteTokenizer(folder, $"tokenizer{suffix}");
            Bytes(folder, $"text_encoder{suffix}/model.onnx", isFlow ? FlowTextEncoder(vocabulary, layout, number, hasThirdEncoder) : TextEncoder(vocabulary, isXl, number, type));
        }
    }

    /// <summary>Writes a tokenizer's files and gives its vocabulary.</summary>
    internal static Dictionary<string, int> WriteTokenizer(string folder, string component)
    {
        (Dictionary<string, int> vocabulary, string merges) = Vocabulary();
        Text(folder, $"{component}/vocab.json", JsonSerializer.Serialize(vocabulary));
        Text(folder, $"{component}/merges.txt", merges);
        Text(folder, $"{component}/tokenizer_config.json", "{\"tokenizer_class\":\"CLIPTokenizer\",\"model_max_length\":77,\"pad_token\":\"<|endoftext|>\"}");
        Text(folder, $"{component}/special_tokens_map.json", "{\"bos_token\":\"<|startoftext|>\",\"eos_token\":\"<|endoftext|>\",\"pad_token\":\"<|endoftext|>\",\"unk_token\":\"<|endoftext|>\"}");
        return vocabulary;
    }

    private static string Scheduler(ModelLayout layout, Prediction prediction) => layout switch
    {
        ModelLayout.StableDiffusion3 => FlowSchedulerJson, ModelLayout.Flux => FluxSchedulerJson,
        ModelLayout.LatentConsistency => SchedulerJson.Replace("DDIM", "LCM", StringComparison.Ordinal),
        _ => SchedulerJson.Replace("\"epsilon\"", prediction switch { Prediction.Velocity => "\"v_prediction\"", Prediction.Sample => "\"sample\"", _ => "\"epsilon\"" }, StringComparison.Ordinal),
    };

    /// <summary>Encoders whose words come together only where all are asked as their family asks: each rules out one of the two pictures that a word does not
    /// mean.</summary>
    private static byte[] FlowTextEncoder(Dictionary<string, int> ids, ModelLayout layout, int number, bool hasThirdEncoder)
    {
        bool isT5 = layout == ModelLayout.Flux ? number == 2 : number == 3, isSd3 = layout == ModelLayout.StableDiffusion3;
        int words = ClosedFormData.Words.Count, width = isT5 ? ClosedFormDenoiser.TextFeatures : 3;
        float[] table = new float[ids.Count * width];
        for (int word = 0; word < words; word++)
        {
            int row = ids[ClosedFormData.Words[word] + "</w>"] * width;
            if (number == 1 || !isSd3 || !hasThirdEncoder) table[row + (word + 1) % words] = Unlikely;
            if (isT5 || !hasThirdEncoder) table[row + (word + 2) % words] = Unlikely;
            // The second encoder's features lie beside the first's, where nobody looks.
            if (isSd3 && number == 2) table.AsSpan(row, width).Clear();
        }

        OnnxGraph graph = new("text_encoder");
        graph.Input("input_ids", OnnxType.Int64, "batch_size", isT5 ? "sequence" : Tokens);
        string features = graph.Node("Gather", [graph.Constant(table, ids.Count, width), "input_ids"]);
        object length = isT5 ? "sequence" : Tokens;
        if (isT5)
        {
            graph.Output("last_hidden_state", "batch_size", length, width);
            graph.Node("Identity", [features], "last_hidden_state");
            return graph.ToModel();
        }

        float[] pooled = isSd3 ? [.. Enumerable.Repeat(number == 1 ? 0.25f : 0.5f, 4)] : [.. Enumerable.Repeat(0.25f, 4), .. Enumerable.Repeat(0.5f, 4)];
        string whole = isSd3 ? "text_embeds" : "pooler_output";
        graph.Output(whole, "batch_size", pooled.Length);
        string none = graph.Node("Mul", [graph.Node("ReduceSum", [features, graph.Integers(1, 2)], null, ("keepdims", 0)), graph.Constant([0], 1)]);
        graph.Node("Add", [graph.Node("Unsqueeze", [none, graph.Integers(1)]), graph.Constant(pooled, 1, pooled.Length)], whole);
        graph.Output("last_hidden_state", "batch_size", length, width);
        graph.Node("Mul", [features, graph.Constant([0], 1)], "last_hidden_state");
        if (!isSd3) return graph.ToModel();
        graph.Output("hidden_states.0", "batch_size", length, width);
        graph.Output("hidden_states.1", "batch_size", length, width);
        graph.Node("Identity", [features], "hidden_states.0");
        graph.Node("Mul", [features, graph.Constant([0], 1)], "hidden_states.1");
        return graph.ToModel();
    }

    /// <summary>A CLIP vocabulary: every byte, every byte at a word's end, and the words of <see cref="ClosedFormData.Words"/> with their merges.</summary>
    public static (Dictionary<string, int> Ids, string Merges) Vocabulary()
    {
        Dictionary<string, int> ids = new(StringComparer.Ordinal);
        string[] bytes = [.. Enumerable.Range(0, 256).Select(ByteCharacter)];
        foreach (string each in bytes) ids.Add(each, ids.Count);
        foreach (string each in bytes) ids.Add(each + "</w>", ids.Count);
        StringBuilder merges = new("#version: 0.2\n");
        foreach (string word in ClosedFormData.Words)
        {
            string left = word[..1];
            for (int at = 1; at < word.Length; at++)
            {
                string right = $"{word[at]}{(at == word.Length - 1 ? "</w>" : "")}";
                merges.Append(left).Append(' ').Append(right).Append('\n');
                left += right;
                ids.TryAdd(left, ids.Count);
            }
        }

        ids.Add("<|startoftext|>", ids.Count);
        ids.Add("<|endoftext|>", ids.Count);
        return (ids, merges.ToString());
    }

    /// <summary>GPT-2's character for a byte: itself where it prints, else one above 255.</summary>
    private static string ByteCharacter(int value)
    {
        static bool Prints(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        int shifted = Prints(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Prints(b));
        return ((char)shifted).ToString();
    }

    /// <summary>Looks each token up: the word of picture k makes every other picture unlikely.</summary>
    internal static byte[] TextEncoder(Dictionary<string, int> ids, bool isXl, int number, OnnxType type, bool isMasked = false)
    {
        const int Features = ClosedFormDenoiser.TextFeatures;
        // SDXL joins the features of two encoders: the first gives the log-priors, the second nothing.
        int width = isXl ? Features / 2 : Features;
        float[] table = new float[ids.Count * width];
        for (int word = 0; word < ClosedFormData.Words.Count && number == 1; word++)
        {
            int row = ids[ClosedFormData.Words[word] + "</w>"] * width;
            for (int k = 0; k < ClosedFormData.Words.Count; k++) table[row + k] = k == word ? 0 : Unlikely;
        }

        OnnxGraph graph = new("text_encoder", type);
        object tokens = isMasked ? "sequence" : Tokens;
        graph.Input("input_ids", OnnxType.Int64, "batch_size", tokens);
        string features = graph.Node("Gather", [graph.Constant(table, ids.Count, width), "input_ids"]);
        if (isMasked)
        {
            // What is masked says something wrong.
            string mask = graph.Node("Unsqueeze", [graph.Node("Cast", [graph.Input("attention_mask", OnnxType.Int64, "batch_size", tokens)], null, ("to", 1)), graph.Integers(2)]);
            string wrong = graph.Node("Mul", [graph.Node("Sub", [graph.Constant([1], 1), mask]), graph.Constant([1, 2, 3, 0, 0, 0, 0, 0], 1, 1, Features)]);
            features = graph.Node("Add", [graph.Node("Mul", [features, mask]), wrong]);
        }

        if (isXl)
        {
            if (number == 2)
            {
                graph.Output("text_embeds", "batch_size", Features);
                string pooled = graph.Node("ReduceSum", [features, graph.Integers(1)], null, ("keepdims", 0));
                graph.Node("Concat", [pooled, pooled], "text_embeds", ("axis", 1));
            }

            // The last state is wrong on purpose: SDXL takes the one before it.
            graph.Output("hidden_states.0", "batch_size", Tokens, width);
            graph.Output("hidden_states.1", "batch_size", Tokens, width);
            graph.Node("Identity", [features], "hidden_states.0");
            graph.Node("Mul", [features, graph.Constant([0], 1)], "hidden_states.1");
        }
        else
        {
            graph.Output("last_hidden_state", "batch_size", tokens, Features);
            graph.Node("Identity", [features], "last_hidden_state");
        }

        return graph.ToModel();
    }

    internal static byte[] Decoder(ClosedFormData data)
    {
        OnnxGraph graph = new("vae_decoder");
        string latent = graph.Input("latent_sample", "batch_size", data.Channels, "height", "width");
        graph.Output("sample", "batch_size", 3, "height_out", "width_out");
        if (data.Channels > ClosedFormData.LatentChannels)
            latent = graph.Node("Slice", [latent, graph.Integers(0), graph.Integers(ClosedFormData.LatentChannels), graph.Integers(1)]);
        graph.Node("DepthToSpace", [latent], "sample", ("blocksize", ClosedFormData.Factor), ("mode", "DCR"));
        return graph.ToModel();
    }

    internal static byte[] Encoder(ClosedFormData data)
    {
        OnnxGraph graph = new("vae_encoder");
        graph.Input("sample", "batch_size", 3, "height", "width");
        graph.Output("latent_parameters", "batch_size", data.Channels * 2, "height_out", "width_out");
        string mean = graph.Node("SpaceToDepth", ["sample"], null, ("blocksize", ClosedFormData.Factor));
        int missing = data.Channels - ClosedFormData.LatentChannels;
        if (missing > 0) mean = graph.Node("Pad", [mean, graph.Integers(0, 0, 0, 0, 0, missing, 0, 0)]);
        graph.Node("Concat", [mean, graph.Node("Mul", [mean, graph.Constant([0], 1)])], "latent_parameters", ("axis", 1));
        return graph.ToModel();
    }

    internal static void Text(string folder, string path, string text) => Bytes(folder, path, Encoding.UTF8.GetBytes(text));

    internal static void Bytes(string folder, string path, byte[] bytes)
    {
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}
