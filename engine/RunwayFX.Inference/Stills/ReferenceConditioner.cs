using System.Text.Json;
using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>How an image encoder wants its pictures: size, mean and deviation (CLIP's where the package does not say).</summary>
/// <param name="Side">Side of the square.</param>
/// <param name="Mean">Taken from red, green, blue in 0…1.</param>
/// <param name="Deviation">What they are then divided by.</param>
internal sealed record ImagePreparation(int Side, float[] Mean, float[] Deviation)
{
    private const int SideMax = 4096;

    private static readonly string[] s_files = ["feature_extractor/preprocessor_config.json", "image_processor/preprocessor_config.json", "image_encoder/preprocessor_config.json"];
    private static readonly string[] s_sides = ["height", "shortest_edge"];

    public static ImagePreparation Clip { get; } = new(224, [0.48145466f, 0.4578275f, 0.40821073f], [0.26862954f, 0.26130258f, 0.27577711f]);

    /// <summary>Reads the package's <c>preprocessor_config.json</c>.</summary>
    public static ImagePreparation Read(ModelPackage package)
    {
        string? path = s_files.FirstOrDefault(package.Exists);
        if (path is null || package.Json(path) is not { ValueKind: JsonValueKind.Object } config) return Clip;
        int side = config.TryGetProperty("crop_size", out JsonElement crop) || config.TryGetProperty("size", out crop) ? SideOf(crop) : Clip.Side;
        float[] mean = Three(config, "image_mean", Clip.Mean), deviation = Three(config, "image_std", Clip.Deviation);
        return side is >= 1 and <= SideMax && deviation.All(value => value > 0) ? new ImagePreparation(side, mean, deviation)
            : throw new InferenceException(InferenceError.PackageBroken, $"'{package.PathOf(path)}' has size {side} (1..{SideMax}) and deviations {string.Join(", ", deviation)}");
    }

    /// <summary>The picture as planes (3, S, S): its shorter side scaled to the square, the middle cut out.</summary>
    /// <param name="picture">The picture.</param>
    /// <param name="stretches">Scales both sides to the square instead.</param>
    public float[] Apply(Frame picture, bool stretches = false)
    {
        double scale = Side / (double)Math.Min(picture.Width, picture.Height);
        int width = stretches ? Side : Math.Max(Side, (int)(picture.Width * scale)), height = stretches ? Side : Math.Max(Side, (int)(picture.Height * scale));
        Frame sized = Resampling.Resize(picture, width, height, ResamplingFilter.Bicubic);
        int left = (width - Side) / 2, top = (height - Side) / 2;
        float[] planes = new float[3 * Side * Side];
        for (int i = 0; i < planes.Length; i++)
        {
            int channel = i / (Side * Side), y = i / Side % Side + top, x = i % Side + left;
            float value = sized.Pixels[(y * width + x) * Frame.Channels + channel];
            planes[i] = ((float.IsNaN(value) ? 0 : Math.Clamp(value, 0, 1)) - Mean[channel]) / Deviation[channel];
        }

        return planes;
    }

    private static int SideOf(JsonElement size)
    {
        if (size.ValueKind == JsonValueKind.Number) return size.TryGetInt32(out int number) ? number : 0;
        foreach (string name in s_sides)
        {
            if (size.ValueKind == JsonValueKind.Object && size.TryGetProperty(name, out JsonElement side) && side.TryWhole(out int value)) return value;
        }

        return 0;
    }

    private static float[] Three(JsonElement config, string name, float[] otherwise) =>
        config.TryGetProperty(name, out JsonElement values) && values.ValueKind == JsonValueKind.Array && values.GetArrayLength() == 3
        && values.EnumerateArray().All(value => value.ValueKind == JsonValueKind.Number) ? [.. values.EnumerateArray().Select(value => value.GetSingle())] : otherwise;
}

/// <summary>What an image encoder says of a picture, and of none.</summary>
/// <param name="Count">Tokens.</param>
/// <param name="Features">Features of a token.</param>
/// <param name="Wanted">Of the picture.</param>
/// <param name="Unwanted">Of none.</param>
/// <param name="IsTokens">Whether they can stand beside the tokens of a text.</param>
internal sealed record ReferenceTokens(int Count, int Features, float[] Wanted, float[] Unwanted, bool IsTokens);

/// <summary>Runs image encoder and projection over reference pictures, and joins their tokens to the text's.</summary>
internal sealed class ReferenceConditioner(ModelPackage own, SessionPool pool, SessionSettings settings)
{
    private static readonly string[] s_named = ["ip_hidden_states", "image_tokens", "ip_tokens"];

    /// <summary>Runs the image encoders: before the denoiser is borrowed.</summary>
    public IReadOnlyList<ReferenceTokens> Encode(IReadOnlyList<ReferenceInput> references, JobRun job) => [.. references.Select(reference => Encode(reference, job))];

    /// <summary>What the denoiser is told, references included.</summary>
    public static IReadOnlyList<ConditioningInput> Join(
        IReadOnlyList<ConditioningInput> inputs, IReadOnlyList<ReferenceInput> references, IReadOnlyList<ReferenceTokens> embeddings, ModelSession denoiser)
    {
        if (references.Count == 0) return inputs;
        List<ConditioningInput> joined = [.. inputs];
        if (denoiser.FindInput("ip_adapter_scale") is { } scale)
            joined.Add(new ConditioningInput("ip_adapter_scale", [.. Enumerable.Repeat(1L, scale.Rank)], [(float)references[0].Scale]) { IsShared = true });
        else if (references.Any(reference => reference.Scale != 1))
            throw new InferenceException(InferenceError.SettingUnsupported, $"'{denoiser.Name}' takes no ip_adapter_scale: the scale of a reference must stay 1");
        string? named = s_named.FirstOrDefault(name => denoiser.FindInput(name) is not null);
        if (embeddings.All(embedding => embedding.IsTokens) && denoiser.FindInput("image_embeds") is null)
        {
            ReferenceTokens all = embeddings.Aggregate((left, right) => left with
            {
                Count = left.Count + right.Count, Wanted = [.. left.Wanted, .. right.Wanted], Unwanted = [.. left.Unwanted, .. right.Unwanted],
            });
            if (named is not null) joined.Add(new ConditioningInput(named, [all.Count, all.Features], all.Wanted, all.Unwanted));
            else Append(joined, all, denoiser);
            return joined;
        }

        // The denoiser projects by itself.
        TensorDescription port = denoiser.FindInput("image_embeds") ?? throw new InferenceException(InferenceError.ModelMismatch,
            $"'{denoiser.Name}' takes no references: expected an input image_embeds or a package with image_projection/model.onnx, found {string.Join("; ", denoiser.Inputs)}");
        long[] shape = port.Rank == 2 && embeddings.Count == 1 ? [embeddings[0].Features] : [embeddings.Sum(each => (long)each.Count), embeddings[0].Features];
        joined.Add(new ConditioningInput("image_embeds", shape, [.. embeddings.SelectMany(each => each.Wanted)], [.. embeddings.SelectMany(each => each.Unwanted)]));
        return joined;
    }

    private static void Append(List<ConditioningInput> inputs, ReferenceTokens tokens, ModelSession denoiser)
    {
        int at = inputs.FindIndex(input => input.Name == "encoder_hidden_states");
        ConditioningInput text = inputs[at];
        if (text.Shape[^1] != tokens.Features)
            throw new InferenceException(InferenceError.ModelMismatch, $"image tokens of {tokens.Features} features do not fit beside text tokens of {text.Shape[^1]} in '{denoiser.Name}'");
        inputs[at] = text with { Shape = [text.Shape[0] + tokens.Count, text.Shape[1]], Wanted = [.. text.Wanted, .. tokens.Wanted], Unwanted = [.. text.Unwanted ?? text.Wanted, .. tokens.Unwanted] };
    }

    private ReferenceTokens Encode(ReferenceInput reference, JobRun job)
    {
        ModelPackage package = reference.Package ?? own;
        ImagePreparation preparation = ImagePreparation.Read(package);
        bool projects = package.Exists("image_projection/model.onnx");
        string wantedPort = projects ? ProjectionPort(package, job) : "image_embeds";
        RunResult seen = Look(package, preparation, preparation.Apply(reference.Picture), wantedPort, job);
        // Nothing to look like: no features at all, or for token-wise encoders those of a picture of zeros.
        RunResult nothing = seen.Shape.Length == 2 ? new RunResult(seen.Shape, new float[seen.Values.Length])
            : Look(package, preparation, new float[3 * preparation.Side * preparation.Side], wantedPort, job);
        if (!projects) return new ReferenceTokens((int)(seen.Values.Length / seen.Shape[^1]), (int)seen.Shape[^1], seen.Values, nothing.Values, IsTokens: seen.Shape.Length == 3);
        RunResult tokens = Project(package, seen, job), none = Project(package, nothing, job);
        if (tokens.Shape.Length != 3)
            throw new InferenceException(InferenceError.ModelMismatch, $"'{package.PathOf("image_projection/model.onnx")}' gave {Tensor.Describe(tokens.Shape)}, expected [1,tokens,features]");
        return new ReferenceTokens((int)tokens.Shape[1], (int)tokens.Shape[2], tokens.Values, none.Values, IsTokens: true);
    }

    private string ProjectionPort(ModelPackage package, JobRun job)
    {
        using SessionLease lease = Borrow(package, "image_projection", job);
        return lease.Session.Inputs[0].Name;
    }

    private RunResult Look(ModelPackage package, ImagePreparation preparation, float[] planes, string wanted, JobRun job)
    {
        using SessionLease lease = Borrow(package, "image_encoder", job);
        ModelSession session = lease.Session;
        TensorDescription port = session.FindInput("pixel_values") ?? session.Inputs[0];
        using Tensor input = Tensor.From(session.Runtime, port.Type, planes, 1, 3, preparation.Side, preparation.Side);
        string[] names = wanted.Contains("hidden", StringComparison.Ordinal) ? ["hidden_states", "last_hidden_state"] : ["image_embeds", "pooler_output"];
        string output = names.Prepend(wanted).FirstOrDefault(name => session.FindOutput(name) is not null) ?? session.Outputs[0].Name;
        return SingleRun.Run(session, job, [(port.Name, input)], output)[0];
    }

    private RunResult Project(ModelPackage package, RunResult features, JobRun job)
    {
        using SessionLease lease = Borrow(package, "image_projection", job);
        TensorDescription port = lease.Session.Inputs[0];
        using Tensor input = Tensor.From(lease.Session.Runtime, port.Type, features.Values, features.Shape);
        return SingleRun.Run(lease.Session, job, [(port.Name, input)], lease.Session.Outputs[0].Name)[0];
    }

    private SessionLease Borrow(ModelPackage package, string component, JobRun job) =>
        pool.Borrow(package.PathOf($"{component}/model.onnx"), package.BytesOf(component), settings, job.Cancellation);
}
