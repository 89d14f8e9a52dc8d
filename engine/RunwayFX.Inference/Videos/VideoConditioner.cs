using RunwayFX.Imaging;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;

namespace RunwayFX.Inference.Videos;

/// <summary>What a video model is told: texts and pictures through their encoders.</summary>
internal sealed class VideoConditioner(ModelPackage package, VideoModel model, SessionPool pool, SessionSettings settings, Func<string, IPromptTokenizer> tokenizers)
{
    private static readonly string[] s_states = ["last_hidden_state", "hidden_states", "image_embeds"];

    /// <summary>Text features, and what a family tells beside them.</summary>
    public List<ConditioningInput> Text(VideoSettings video, bool isGuided, JobRun job)
    {
        TextConditioner conditioner = new(package, pool, settings, tokenizers);
        bool masks = model.Family != ModelFamily.AnimateDiff;
        TextConditioner.Encoder encoder = new("text_encoder", "tokenizer", IsPenultimate: false, IsPooled: false, model.TextTokens) { MasksPadding = masks };
        TextConditioner.Encoded wanted = conditioner.Run(encoder, video.Prompt, job);
        TextConditioner.Encoded? unwanted = isGuided ? conditioner.Run(encoder, video.NegativePrompt, job) : null;
        if (model.Family is ModelFamily.Wan or ModelFamily.WanVace)
        {
            // Wan was trained with zeros behind the text.
            Cut(wanted);
            if (unwanted is not null) Cut(unwanted);
        }

        List<ConditioningInput> inputs = [new("encoder_hidden_states", wanted.Hidden.Shape[1..], wanted.Hidden.Values, unwanted?.Hidden.Values)];
        if (model.Family == ModelFamily.Ltx)
            inputs.Add(new ConditioningInput("encoder_attention_mask", [wanted.Hidden.Shape[1]], Mask(wanted), unwanted is null ? null : Mask(unwanted)));
        return inputs;
    }

    /// <summary>What Stable Video Diffusion sees of the picture as a whole; nothing for the unwanted.</summary>
    public ConditioningInput Look(Frame picture, JobRun job)
    {
        RunResult seen = Look(ImagePreparation.Read(package).Apply(picture, stretches: true), ["image_embeds", "pooler_output"], job);
        return new ConditioningInput("encoder_hidden_states", [1, seen.Values.Length], seen.Values, new float[seen.Values.Length]);
    }

    /// <summary>What Wan sees of its first and last frames, token by token; nothing where the package has no image encoder.</summary>
    public ConditioningInput? LookAt(VideoSettings video, JobRun job)
    {
        if (!package.Exists("image_encoder/model.onnx")) return null;
        ImagePreparation preparation = ImagePreparation.Read(package);
        RunResult[] seen = [.. new[] { video.FirstFrame, video.LastFrame }.Where(frame => frame is not null).Select(frame => Look(preparation.Apply(frame!, stretches: true), [], job))];
        long tokens = seen.Sum(each => each.Values.Length / each.Shape[^1]);
        return new ConditioningInput("encoder_hidden_states_image", [tokens, seen[0].Shape[^1]], [.. seen.SelectMany(each => each.Values)]);
    }

    private static void Cut(TextConditioner.Encoded text) => text.Hidden.Values.AsSpan(text.Tokens * (int)text.Hidden.Shape[2]).Clear();

    private static float[] Mask(TextConditioner.Encoded text) => [.. Enumerable.Range(0, (int)text.Hidden.Shape[1]).Select(token => token < text.Tokens ? 1f : 0)];

    private RunResult Look(float[] planes, string[] wanted, JobRun job)
    {
        using SessionLease lease = pool.Borrow(package.PathOf("image_encoder/model.onnx"), package.BytesOf("image_encoder"), settings, job.Cancellation);
        ModelSession session = lease.Session;
        TensorDescription port = session.FindInput("pixel_values") ?? session.Inputs[0];
        int side = (int)Math.Sqrt(planes.Length / 3);
        using Tensor input = Tensor.From(session.Runtime, port.Type, planes, 1, 3, side, side);
        string? penultimate = wanted.Length > 0 ? null : session.Outputs.Select(output => output.Name).Where(name => name.StartsWith("hidden_states.", StringComparison.Ordinal))
            .OrderBy(name => int.TryParse(name.AsSpan("hidden_states.".Length), out int number) ? number : -1).SkipLast(1).LastOrDefault();
        string output = penultimate ?? (wanted.Length > 0 ? wanted : s_states).FirstOrDefault(name => session.FindOutput(name) is not null) ?? session.Outputs[0].Name;
        return SingleRun.Run(session, job, [(port.Name, input)], output)[0];
    }
}
