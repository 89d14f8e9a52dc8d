using System.Text.Json;
using RunwayFX.Inference.Packages;

namespace RunwayFX.Inference.Videos;

/// <summary>The numbers of a video package: from its manifest, else from the decoder's configuration, else the family's usual ones.</summary>
internal sealed record VideoModel
{
    private const int FactorMax = 64, ChannelsMax = 1024, FramesMax = 4096;

    public required ModelFamily Family { get; init; }

    public required int SpatialFactor { get; init; }

    public required int TemporalFactor { get; init; }

    public required int Channels { get; init; }

    public required float[] Mean { get; init; }

    /// <summary>What a channel is multiplied by after its mean was taken away.</summary>
    public required float[] Scales { get; init; }

    public required int ContextFrames { get; init; }

    public required int ContextOverlap { get; init; }

    public required int TextTokens { get; init; }

    public required int DecodeFrames { get; init; }

    public required int DecodeOverlap { get; init; }

    /// <summary>From which share of the timesteps on the first of two denoisers works; 0 where there is one.</summary>
    public required double Boundary { get; init; }

    /// <summary>Sides of the latents are multiples of it.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Whether the decoder works on whole clips (C, F, H, W) whose first latent frame is one frame.</summary>
    public bool IsCausal => Family is ModelFamily.Wan or ModelFamily.WanVace or ModelFamily.Ltx;

    /// <summary>Reads a package.</summary>
    /// <exception cref="InferenceException">It is of no video family, or a number is out of range.</exception>
    public static VideoModel Read(ModelPackage package)
    {
        VideoLayout layout = package.Manifest.Video ?? new VideoLayout();
        const string Config = "vae_decoder/config.json";
        JsonElement config = package.Exists(Config) && package.Json(Config) is { ValueKind: JsonValueKind.Object } found ? found : default;
        (int space, int time, int channels, double scale, int context, int tokens) = package.Family switch
        {
            ModelFamily.StableVideoDiffusion => (8, 1, 4, 0.18215, 0, 0),
            ModelFamily.AnimateDiff => (8, 1, 4, 0.18215, 16, 77),
            ModelFamily.Wan or ModelFamily.WanVace => (8, 4, 16, 1.0, 0, 512),
            ModelFamily.Ltx => (32, 8, 128, 1.0, 0, 128),
            _ => throw new InferenceException(InferenceError.SettingUnsupported, $"package {package.Name} is of family {package.Family} ({package.ClassName}), which makes no video"),
        };
        int levels = config.ValueKind == JsonValueKind.Object && config.TryGetProperty("block_out_channels", out JsonElement blocks) && blocks.ValueKind == JsonValueKind.Array ? blocks.GetArrayLength() : 0;
        bool isFlat = time == 1;
        VideoModel model = new()
        {
            Family = package.Family,
            SpatialFactor = InRange(package, layout.SpatialFactor ?? (isFlat && levels is > 0 and < 8 ? 1 << (levels - 1) : space), 1, FactorMax, nameof(SpatialFactor)),
            TemporalFactor = InRange(package, layout.TemporalFactor ?? time, 1, FactorMax, nameof(TemporalFactor)),
            Channels = InRange(package, layout.LatentChannels ?? Whole(config, "latent_channels") ?? Whole(config, "z_dim") ?? channels, 1, ChannelsMax, nameof(Channels)),
            Mean = [], Scales = [],
            ContextFrames = InRange(package, layout.ContextFrames ?? context, 0, FramesMax, nameof(ContextFrames)),
            ContextOverlap = InRange(package, layout.ContextOverlap ?? 4, 0, FramesMax, nameof(ContextOverlap)),
            TextTokens = InRange(package, layout.TextTokens ?? tokens, 0, FramesMax, nameof(TextTokens)),
            DecodeFrames = InRange(package, layout.DecodeFrames ?? 0, 0, FramesMax, nameof(DecodeFrames)),
            DecodeOverlap = InRange(package, layout.DecodeOverlap ?? 4, 1, FramesMax, nameof(DecodeOverlap)),
            PatchSize = InRange(package, Patch(package), 1, FactorMax, nameof(PatchSize)), Boundary = BoundaryOf(package, layout),
        };
        double factor = layout.Scale ?? (config.ValueKind == JsonValueKind.Object && config.TryGetProperty("scaling_factor", out JsonElement value) && value.TryNumber(out double number) ? number : scale);
        float[] mean = Numbers(package, layout.LatentMean, config, "latents_mean", model.Channels, 0), deviation = Numbers(package, layout.LatentDeviation, config, "latents_std", model.Channels, 1);
        float[] scales = [.. deviation.Select(each => (float)(factor / each))];
        return scales.All(each => float.IsFinite(each) && each != 0) ? model with { Mean = mean, Scales = scales }
            : throw new InferenceException(InferenceError.PackageBroken, $"package {package.Name} scales its latents by {string.Join(", ", scales.Where(each => !float.IsFinite(each) || each == 0))}");
    }

    /// <summary>Latent frames of a clip.</summary>
    public int LatentFrames(int frames) => (frames - 1 + TemporalFactor - 1) / TemporalFactor + 1;

    /// <summary>Frames of a clip of latent frames.</summary>
    public int FramesOf(int latentFrames) => (latentFrames - 1) * TemporalFactor + 1;

    /// <summary>Latent samples along a side.</summary>
    public int LatentSide(int pixels) => ((pixels + SpatialFactor - 1) / SpatialFactor + PatchSize - 1) / PatchSize * PatchSize;

    private static double BoundaryOf(ModelPackage package, VideoLayout layout)
    {
        if (!package.Exists("transformer_2/model.onnx")) return 0;
        double? own = layout.BoundaryRatio;
        if (own is null && package.Exists(ModelPackage.IndexName) && package.Json(ModelPackage.IndexName) is { ValueKind: JsonValueKind.Object } index
            && index.TryGetProperty("boundary_ratio", out JsonElement ratio) && ratio.ValueKind == JsonValueKind.Number) own = ratio.GetDouble();
        return own is > 0 and < 1 ? own.Value : throw new InferenceException(InferenceError.PackageBroken,
            $"package {package.Name} has two denoisers and the boundary {(own is null ? "nowhere" : own)} between them: {ModelPackage.IndexName} must have a boundary_ratio, or"
            + $" {PackageManifest.FileName} a boundaryRatio, between 0 and 1");
    }

    private static int Patch(ModelPackage package)
    {
        string path = package.Exists("transformer/model.onnx") ? "transformer/config.json" : "unet/config.json";
        if (!package.Exists(path) || package.Json(path) is not { ValueKind: JsonValueKind.Object } config) return 1;
        if (config.TryGetProperty("patch_size", out JsonElement patch))
        {
            // Wan's has three sizes: time, height, width.
            if (patch.ValueKind == JsonValueKind.Array && patch.GetArrayLength() > 0) patch = patch[patch.GetArrayLength() - 1];
            return patch.ValueKind == JsonValueKind.Number && patch.TryGetInt32(out int size) ? size : 1;
        }

        return config.TryGetProperty("block_out_channels", out JsonElement blocks) && blocks.ValueKind == JsonValueKind.Array && blocks.GetArrayLength() is > 0 and < 7
            ? 1 << (blocks.GetArrayLength() - 1) : 1;
    }

    private static int? Whole(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : null;

    private static float[] Numbers(ModelPackage package, IReadOnlyList<float>? given, JsonElement config, string name, int count, float otherwise)
    {
        float[] values = given is not null ? [.. given]
            : config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
                ? [.. list.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? value.GetSingle() : float.NaN)] : [.. Enumerable.Repeat(otherwise, count)];
        return values.Length == count && values.All(float.IsFinite) ? values
            : throw new InferenceException(InferenceError.PackageBroken, $"package {package.Name} gives {values.Length} numbers as {name}, expected {count}");
    }

    private static int InRange(ModelPackage package, int value, int least, int most, string name) => value >= least && value <= most ? value
        : throw new InferenceException(InferenceError.PackageBroken, $"package {package.Name} has {name} {value}, outside {least}..{most}");
}

/// <summary>How the latents of a clip lie.</summary>
/// <param name="Channels">Channels.</param>
/// <param name="Frames">Latent frames.</param>
/// <param name="Height">Rows.</param>
/// <param name="Width">Samples in a row.</param>
/// <param name="FramesFirst">(F, C, H, W) instead of (C, F, H, W).</param>
internal readonly record struct VideoLatents(int Channels, int Frames, int Height, int Width, bool FramesFirst)
{
    public int Plane => Height * Width;

    public int Length => Channels * Frames * Plane;

    public long[] Shape => FramesFirst ? [Frames, Channels, Height, Width] : [Channels, Frames, Height, Width];

    /// <summary>Where the plane of a channel in a frame starts.</summary>
    public int At(int channel, int frame) => (FramesFirst ? frame * Channels + channel : channel * Frames + frame) * Plane;

    /// <summary>Some of the frames, in the same order.</summary>
    public float[] Cut(ReadOnlySpan<float> latents, int start, int count)
    {
        VideoLatents part = this with { Frames = count };
        float[] result = new float[part.Length];
        for (int channel = 0; channel < Channels; channel++)
        {
            for (int frame = 0; frame < count; frame++) latents.Slice(At(channel, start + frame), Plane).CopyTo(result.AsSpan(part.At(channel, frame)));
        }

        return result;
    }

    /// <summary>(C, F, H, W) into tokens (F·H·W, C).</summary>
    public void Pack(ReadOnlySpan<float> latents, Span<float> tokens)
    {
        int count = Frames * Plane;
        for (int i = 0; i < latents.Length; i++) tokens[i % count * Channels + i / count] = latents[i];
    }

    /// <summary>Tokens back.</summary>
    public void Unpack(ReadOnlySpan<float> tokens, Span<float> latents)
    {
        int count = Frames * Plane;
        for (int i = 0; i < latents.Length; i++) latents[i] = tokens[i % count * Channels + i / count];
    }
}
