namespace RunwayFX.Inference.Stills;

/// <summary>What a denoiser is told beside the sample and the time: one named input, for the wanted and for the unwanted.</summary>
/// <param name="Name">The input's name in the model.</param>
/// <param name="Shape">Sizes of one item; the batch is put before them.</param>
/// <param name="Wanted">Numbers for the prompt.</param>
/// <param name="Unwanted">Numbers for the negative prompt; null where they are the same.</param>
public sealed record ConditioningInput(string Name, IReadOnlyList<long> Shape, float[] Wanted, float[]? Unwanted = null)
{
    /// <summary>Whether the model takes it without a batch before its sizes, as FLUX takes the places of tokens.</summary>
    public bool IsShared { get; init; }
}

/// <summary>Everything that stays the same over the steps of a job.</summary>
public sealed record Conditioning
{
    /// <summary>Named inputs: text features and what a family adds to them. Those the model does not have are left out.</summary>
    public required IReadOnlyList<ConditioningInput> Inputs { get; init; }

    /// <summary>How strongly the prompt is followed (classifier-free guidance): 1 and less take the prediction as it is and cost half.</summary>
    public float Guidance { get; init; } = 1;

    /// <summary>A guidance for each of equal parts of an item, frame after frame, instead of <see cref="Guidance"/>; empty for none.</summary>
    public IReadOnlyList<float> GuidanceRamp { get; init; } = [];

    /// <summary>Share of the guided prediction that is scaled back to the spread of the unguided one, 0–1 (Lin et al. 2023).</summary>
    public float GuidanceRescale { get; init; }

    /// <summary>Channels that follow the sample's own in the model's input, one item: mask and masked picture of inpainting models.</summary>
    public float[]? ExtraChannels { get; init; }

    /// <summary>The same for the unwanted half; null where it is the same.</summary>
    public float[]? ExtraChannelsUnwanted { get; init; }

    /// <summary>Which size of an item counts channels: 0 for (C, H, W) and (C, F, H, W), 1 for (F, C, H, W).</summary>
    public int ChannelAxis { get; init; }

    /// <summary>What the time is multiplied by for each token, where the network takes one for each: 0 where the sample is known; null for 1.</summary>
    public float[]? TimeFactors { get; init; }

    /// <summary>Whether the wanted and the unwanted half go through the network.</summary>
    public bool IsGuided => Guidance > 1 || GuidanceRamp.Any(value => value > 1);
}
