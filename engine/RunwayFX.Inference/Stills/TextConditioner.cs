using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Sessions;

namespace RunwayFX.Inference.Stills;

/// <summary>Runs the text encoders of a package: prompt and negative prompt become what its denoiser is told.</summary>
internal sealed class TextConditioner(ModelPackage package, SessionPool pool, SessionSettings settings, Func<string, IPromptTokenizer> tokenizers)
{
    private const int TokensDefault = 77;

    /// <summary>Encodes both prompts.</summary>
    public IReadOnlyList<ConditioningInput> Encode(StillSettings still, JobRun job)
    {
        if (package.Family is not (ModelFamily.StableDiffusion or ModelFamily.StableDiffusionXl or ModelFamily.LatentConsistency))
        {
            throw new InferenceException(InferenceError.SettingUnsupported,
                $"package {package.Name} is of family {package.Family} ({package.ClassName}), which this version does not run");
        }

        (RunResult? Hidden, RunResult? Pooled) first = Run("text_encoder", "tokenizer", still.Prompt, job), firstNot = Run("text_encoder", "tokenizer", still.NegativePrompt, job);
        if (package.Family != ModelFamily.StableDiffusionXl)
            return [Input("encoder_hidden_states", first.Hidden!, firstNot.Hidden!)];
        (RunResult? Hidden, RunResult? Pooled) second = Run("text_encoder_2", "tokenizer_2", still.Prompt, job), secondNot = Run("text_encoder_2", "tokenizer_2", still.NegativePrompt, job);
        // Size of the original, place of the crop, size of the target: what the model was told of its training pictures.
        float[] times = [still.Height, still.Width, 0, 0, still.Height, still.Width];
        return
        [
            Input("encoder_hidden_states", Join(first.Hidden!, second.Hidden!), Join(firstNot.Hidden!, secondNot.Hidden!)),
            Input("text_embeds", second.Pooled!, secondNot.Pooled!),
            new ConditioningInput("time_ids", [6], times),
        ];
    }

    private static ConditioningInput Input(string name, RunResult wanted, RunResult unwanted) => new(name, wanted.Shape[1..], wanted.Values, unwanted.Values);

    /// <summary>Features of both encoders, token by token.</summary>
    private static RunResult Join(RunResult left, RunResult right)
    {
        int tokens = (int)left.Shape[1], a = (int)left.Shape[2], b = (int)right.Shape[2];
        float[] joined = new float[tokens * (a + b)];
        for (int token = 0; token < tokens; token++)
        {
            left.Values.AsSpan(token * a, a).CopyTo(joined.AsSpan(token * (a + b)));
            right.Values.AsSpan(token * b, b).CopyTo(joined.AsSpan(token * (a + b) + a));
        }

        return new RunResult([1, tokens, a + b], joined);
    }

    private (RunResult? Hidden, RunResult? Pooled) Run(string component, string tokenizer, string prompt, JobRun job)
    {
        string path = package.PathOf($"{component}/model.onnx");
        using SessionLease lease = pool.Borrow(path, package.BytesOf(component), settings, job.Cancellation);
        ModelSession session = lease.Session;
        TensorDescription ids = session.FindInput("input_ids") ?? session.Inputs[0];
        int length = ids.Rank == 2 && ids.Dimensions[1] > 0 ? (int)ids.Dimensions[1] : TokensDefault;
        int[] tokens = tokenizers(Path.Combine(package.Folder, tokenizer)).Encode(prompt, length);
        using Tensor input = new(session.Runtime, ids.Type, 1, length);
        input.Write(tokens);
        bool isXl = package.Family == ModelFamily.StableDiffusionXl;
        // SDXL takes the state before the last of both encoders, Stable Diffusion the last.
        string hidden = isXl ? Penultimate(session) : Name(session, "last_hidden_state", "hidden_states");
        string? pooled = isXl && component == "text_encoder_2" ? Name(session, "text_embeds", "pooler_output") : null;
        RunResult[] results = SingleRun.Run(session, job, [(ids.Name, input)], pooled is null ? [hidden] : [hidden, pooled]);
        if (results[0].Shape.Length != 3 || results[0].Shape[0] != 1)
            throw new InferenceException(InferenceError.ModelMismatch, $"'{path}' output '{hidden}': expected [1,tokens,features], found {Tensor.Describe(results[0].Shape)}");
        return (results[0], pooled is null ? null : results[1]);
    }

    private static string Penultimate(ModelSession session)
    {
        const string Prefix = "hidden_states.";
        int[] numbers = [.. session.Outputs.Select(output => output.Name).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => int.TryParse(name.AsSpan(Prefix.Length), out int number) ? number : -1).Where(number => number >= 0).Order()];
        return numbers.Length >= 2 ? $"{Prefix}{numbers[^2]}" : throw new InferenceException(InferenceError.ModelMismatch,
            $"'{session.Name}' has no outputs hidden_states.N; it has: {string.Join("; ", session.Outputs)}");
    }

    private static string Name(ModelSession session, params string[] names) => names.FirstOrDefault(name => session.FindOutput(name) is not null)
        ?? throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' has none of the outputs {string.Join(", ", names)}; it has: {string.Join("; ", session.Outputs)}");
}
