using System.Globalization;

namespace RunwayFX.Inference.Weights;

/// <summary>What part of a change a key names.</summary>
internal enum LoraPart
{
    /// <summary>The first factor (rank, in).</summary>
    Down,

    /// <summary>The second factor (out, rank).</summary>
    Up,

    /// <summary>The number that is divided by the rank.</summary>
    Alpha,
}

/// <summary>Reads the names that LoRA files give their tensors.</summary>
internal static class LoraKeys
{
    private static readonly (string Suffix, LoraPart Part)[] s_parts =
    [
        (".lora_down.weight", LoraPart.Down), (".lora_up.weight", LoraPart.Up), (".alpha", LoraPart.Alpha), (".lora_A.weight", LoraPart.Down), (".lora_B.weight", LoraPart.Up),
        (".lora_A.default.weight", LoraPart.Down), (".lora_B.default.weight", LoraPart.Up), ("_lora.down.weight", LoraPart.Down), ("_lora.up.weight", LoraPart.Up),
        (".lora.down.weight", LoraPart.Down), (".lora.up.weight", LoraPart.Up), (".lora_linear_layer.down.weight", LoraPart.Down), (".lora_linear_layer.up.weight", LoraPart.Up),
    ];

    // Longer prefixes first. "" is the denoiser.
    private static readonly (string Prefix, string Component)[] s_prefixes =
    [
        ("lora_unet_", ""), ("lora_transformer_", ""), ("lora_te1_", "text_encoder"), ("lora_te2_", "text_encoder_2"), ("lora_te3_", "text_encoder_3"), ("lora_te_", "text_encoder"),
        ("text_encoder_2.", "text_encoder_2"), ("text_encoder_3.", "text_encoder_3"), ("text_encoder.", "text_encoder"),
        ("base_model.model.", ""), ("unet.", ""), ("transformer.", ""), ("diffusion_model.", ""),
    ];

    /// <summary>Splits a key; null where it names no part of a change.</summary>
    /// <returns>Component (empty for the denoiser), module with _ between its parts, part.</returns>
    public static (string Component, string Module, LoraPart Part)? Parse(string key)
    {
        foreach ((string suffix, LoraPart part) in s_parts)
        {
            if (!key.EndsWith(suffix, StringComparison.Ordinal)) continue;
            string module = key[..^suffix.Length];
            foreach ((string prefix, string component) in s_prefixes)
            {
                if (module.StartsWith(prefix, StringComparison.Ordinal)) return (component, Clean(module[prefix.Length..], component), part);
            }

            return ("", Clean(module, ""), part);
        }

        return null;
    }

    private static string Clean(string module, string component)
    {
        // Attention processors held the factors once: attn1.processor.to_q and to_out for to_out.0.
        bool isProcessor = module.Contains(".processor.", StringComparison.Ordinal);
        string normal = OnnxWeights.Normal(module.Replace(".processor.", ".", StringComparison.Ordinal));
        if (isProcessor && normal.EndsWith("_to_out", StringComparison.Ordinal)) normal += "_0";
        return component.Length == 0 ? OfOriginalNames(normal) : normal;
    }

    /// <summary>The original Stable Diffusion XL names, which kohya's tools keep: input_blocks_4_1_… is down_blocks_1_attentions_0_….</summary>
    private static string OfOriginalNames(string module)
    {
        const int LayersDown = 3, LayersUp = 3;
        string[] parts = module.Split('_');
        if (parts.Length < 4 || parts[1] is not ("blocks" or "block") || !int.TryParse(parts[2], CultureInfo.InvariantCulture, out int block)) return module;
        if (parts is ["middle", "block", ..])
            return Join(block == 1 ? "mid_block_attentions_0" : $"mid_block_resnets_{block / 2}", parts, 3);
        if (parts[0] is not ("input" or "output") || !int.TryParse(parts[3], CultureInfo.InvariantCulture, out int layer)) return module;
        if (parts[0] == "input")
        {
            if (block == 0) return Join("conv_in", parts, 4);
            int level = (block - 1) / LayersDown, index = (block - 1) % LayersDown;
            if (index == LayersDown - 1) return $"down_blocks_{level}_downsamplers_0_conv";
            return Join($"down_blocks_{level}_{(layer == 0 ? "resnets" : "attentions")}_{index}", parts, 4);
        }

        string up = $"up_blocks_{block / LayersUp}";
        bool isUpsampler = layer == 2 || (layer == 1 && parts is [.., "conv"]);
        return isUpsampler ? $"{up}_upsamplers_0_conv" : Join($"{up}_{(layer == 0 ? "resnets" : "attentions")}_{block % LayersUp}", parts, 4);
    }

    private static string Join(string start, string[] parts, int from)
    {
        string rest = string.Join('_', parts[from..]);
        // Residual blocks name their layers otherwise.
        rest = rest switch
        {
            "in_layers_2" => "conv1", "out_layers_3" => "conv2", "emb_layers_1" => "time_emb_proj", "skip_connection" => "conv_shortcut", _ => rest,
        };
        return rest.Length == 0 ? start : $"{start}_{rest}";
    }
}
