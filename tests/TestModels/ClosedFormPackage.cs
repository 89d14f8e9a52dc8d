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

    /// <summary>Writes a package.</summary>
    /// <param name="folder">Its folder; created.</param>
    /// <param name="data">The pictures.</param>
    /// <param name="layout">The family.</param>
    /// <param name="type">Element type of the denoiser.</param>
    public static void Write(string folder, ClosedFormData data, ModelLayout layout = ModelLayout.StableDiffusion, OnnxType type = OnnxType.Float)
    {
        string kind = layout switch
        {
            ModelLayout.StableDiffusionXl => "ORTStableDiffusionXLPipeline", ModelLayout.LatentConsistency => "ORTLatentConsistencyModelPipeline", _ => "ORTStableDiffusionPipeline",
        };
        Text(folder, "model_index.json", $"{{\"_class_name\":\"{kind}\"}}");
        Text(folder, "scheduler/scheduler_config.json", layout == ModelLayout.LatentConsistency ? SchedulerJson.Replace("DDIM", "LCM", StringComparison.Ordinal) : SchedulerJson);
        Text(folder, "unet/config.json", "{}");
        string config = string.Create(CultureInfo.InvariantCulture, $"{{\"block_out_channels\":[8,8],\"latent_channels\":{ClosedFormData.LatentChannels},\"scaling_factor\":{ClosedFormData.LatentScale}}}");
        Text(folder, "vae_decoder/config.json", config);
        Text(folder, "vae_encoder/config.json", config);
        Bytes(folder, "unet/model.onnx", ClosedFormDenoiser.Build(data, layout, type: type));
        Bytes(folder, "vae_decoder/model.onnx", Decoder());
        Bytes(folder, "vae_encoder/model.onnx", Encoder());
        bool isXl = layout == ModelLayout.StableDiffusionXl;
        for (int number = 1; number <= (isXl ? 2 : 1); number++)
        {
            string suffix = number == 1 ? "" : "_2";
            (Dictionary<string, int> vocabulary, string merges) = Vocabulary();
            Text(folder, $"tokenizer{suffix}/vocab.json", JsonSerializer.Serialize(vocabulary));
            Text(folder, $"tokenizer{suffix}/merges.txt", merges);
            Text(folder, $"tokenizer{suffix}/tokenizer_config.json", "{\"tokenizer_class\":\"CLIPTokenizer\",\"model_max_length\":77,\"pad_token\":\"<|endoftext|>\"}");
            Text(folder, $"tokenizer{suffix}/special_tokens_map.json", "{\"bos_token\":\"<|startoftext|>\",\"eos_token\":\"<|endoftext|>\",\"pad_token\":\"<|endoftext|>\",\"unk_token\":\"<|endoftext|>\"}");
            Bytes(folder, $"text_encoder{suffix}/model.onnx", TextEncoder(vocabulary, isXl, number, type));
        }
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
    private static byte[] TextEncoder(Dictionary<string, int> ids, bool isXl, int number, OnnxType type)
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
        graph.Input("input_ids", OnnxType.Int64, "batch_size", Tokens);
        string features = graph.Node("Gather", [graph.Constant(table, ids.Count, width), "input_ids"]);
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
            graph.Output("last_hidden_state", "batch_size", Tokens, Features);
            graph.Node("Identity", [features], "last_hidden_state");
        }

        return graph.ToModel();
    }

    private static byte[] Decoder()
    {
        OnnxGraph graph = new("vae_decoder");
        graph.Input("latent_sample", "batch_size", ClosedFormData.LatentChannels, "height", "width");
        graph.Output("sample", "batch_size", 3, "height_out", "width_out");
        graph.Node("DepthToSpace", ["latent_sample"], "sample", ("blocksize", ClosedFormData.Factor), ("mode", "DCR"));
        return graph.ToModel();
    }

    private static byte[] Encoder()
    {
        OnnxGraph graph = new("vae_encoder");
        graph.Input("sample", "batch_size", 3, "height", "width");
        graph.Output("latent_parameters", "batch_size", ClosedFormData.LatentChannels * 2, "height_out", "width_out");
        string mean = graph.Node("SpaceToDepth", ["sample"], null, ("blocksize", ClosedFormData.Factor));
        graph.Node("Concat", [mean, graph.Node("Mul", [mean, graph.Constant([0], 1)])], "latent_parameters", ("axis", 1));
        return graph.ToModel();
    }

    private static void Text(string folder, string path, string text) => Bytes(folder, path, Encoding.UTF8.GetBytes(text));

    private static void Bytes(string folder, string path, byte[] bytes)
    {
        string full = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}
