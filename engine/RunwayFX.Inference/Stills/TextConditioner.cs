using System.Text.Json;
using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Prompts;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Weights;

namespace RunwayFX.Inference.Stills;

/// <summary>Runs the text encoders of a package: prompt and negative prompt become what its denoiser is told.</summary>
internal sealed class TextConditioner(ModelPackage package, SessionPool pool, SessionSettings settings, Func<string, IPromptTokenizer> tokenizers, LoraSet? loras = null)
{
    private const int ClipTokens = 77, Sd3Tokens = 256, FluxTokens = 512, FluxFastTokens = 256;
    private const int FeaturesMax = 65_536;

    /// <summary>Encodes both prompts.</summary>
    /// <param name="still">What picture to make.</param>
    /// <param name="isGuided">Whether the negative prompt counts: encoding it is left out where it does not.</param>
    /// <param name="job">The job.</param>
    public IReadOnlyList<ConditioningInput> Encode(StillSettings still, bool isGuided, JobRun job) => package.Family switch
    {
        ModelFamily.StableDiffusion or ModelFamily.LatentConsistency => EncodeOne(still, isGuided, job),
        ModelFamily.StableDiffusionXl => EncodeXl(still, isGuided, job),
        ModelFamily.StableDiffusion3 => EncodeSd3(still, isGuided, job),
        ModelFamily.Flux => EncodeFlux(still, job),
        _ => throw new InferenceException(InferenceError.SettingUnsupported,
            $"package {package.Name} is of family {package.Family} ({package.ClassName}), which this version does not run"),
    };

    /// <summary>What an encoder is asked for.</summary>
    /// <param name="Component">Its folder.</param>
    /// <param name="Tokenizer">Folder of its tokenizer.</param>
    /// <param name="IsPenultimate">Whether the state before the last is taken.</param>
    /// <param name="IsPooled">Whether the whole text's features are wanted too.</param>
    /// <param name="Tokens">Length where the model leaves it open.</param>
    internal readonly record struct Encoder(string Component, string Tokenizer, bool IsPenultimate, bool IsPooled, int Tokens = ClipTokens)
    {
        /// <summary>Whether the encoder is told which tokens are padding.</summary>
        public bool MasksPadding { get; init; }

        /// <summary>Whether long texts follow in further chunks, and words have weights.</summary>
        public bool IsChunked { get; init; }
    }

    /// <summary>What an encoder says of a text.</summary>
    /// <param name="Hidden">Features of each token (1, tokens, features).</param>
    /// <param name="Pooled">Features of the whole.</param>
    /// <param name="Tokens">Tokens that are no padding, where padding is masked; else all.</param>
    internal sealed record Encoded(RunResult Hidden, RunResult? Pooled, int Tokens)
    {
        public void Deconstruct(out RunResult hidden, out RunResult? pooled) => (hidden, pooled) = (Hidden, Pooled);
    }

    /// <summary>Runs one encoder over a text: chunk by chunk where the family takes long texts, the pooled features being the first chunk's.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="prompt">The text.</param>
    /// <param name="job">The job.</param>
    /// <param name="other">A text that must have as many chunks: the negative prompt for a prompt, and the other way round.</param>
    internal Encoded Run(Encoder encoder, string prompt, JobRun job, string other = "")
    {
        string path = package.PathOf($"{encoder.Component}/model.onnx");
        IPromptTokenizer tokenizer = tokenizers(Path.Combine(package.Folder, encoder.Tokenizer));
        using SessionLease lease = pool.Borrow(new ModelSource(path, package.BytesOf(encoder.Component), loras?.For(encoder.Component)), settings, job.Cancellation);
        ModelSession session = lease.Session;
        TensorDescription ids = session.FindInput("input_ids") ?? session.Inputs[0];
        if (encoder.IsChunked && tokenizer.Chunks(prompt, other) is var (chunks, _))
        {
            Encoded[] parts = [.. chunks.Ids.Chunk(chunks.Length)
                .Select(part => Run(encoder, session, ids, Array.ConvertAll(part, id => (int)id), part.Length, job))];
            RunResult first = parts[0].Hidden;
            float[] values = parts.Length == 1 ? first.Values : [.. parts.SelectMany(part => part.Hidden.Values)];
            PromptChunks.ApplyWeights(values, chunks.Weights, chunks.Length);
            return new Encoded(new RunResult([1, parts.Length * first.Shape[1], first.Shape[2]], values), parts[0].Pooled, chunks.Ids.Length);
        }

        int length = ids.Rank == 2 && ids.Dimensions[1] > 0 ? (int)ids.Dimensions[1] : encoder.Tokens;
        int[] tokens = tokenizer.Encode(prompt, length);
        // Padding is what an empty text ends with.
        int padding = encoder.MasksPadding ? tokenizer.Encode("", length)[^1] : 0, count = encoder.MasksPadding ? Array.FindLastIndex(tokens, token => token != padding) + 1 : length;
        return Run(encoder, session, ids, tokens, count, job);
    }

    private static Encoded Run(Encoder encoder, ModelSession session, TensorDescription ids, int[] tokens, int count, JobRun job)
    {
        int length = tokens.Length;
        using Tensor input = Tensor.For(session, ids, 1, length);
        input.Write(tokens);
        List<(string, Tensor)> inputs = [(ids.Name, input)];
        using Tensor? mask = session.FindInput("attention_mask") is { } port ? Tensor.For(session, port, 1, length) : null;
        if (mask is not null)
        {
            // Where padding is not masked, the family was trained to attend to it.
            mask.Write(Enumerable.Range(0, length).Select(token => token < count ? 1 : 0).ToArray());
            inputs.Add(("attention_mask", mask));
        }

        string hidden = encoder.IsPenultimate ? Penultimate(session) : Name(session, "last_hidden_state", "hidden_states");
        string? pooled = encoder.IsPooled ? Name(session, "text_embeds", "pooler_output") : null;
        RunResult[] results = SingleRun.Run(session, job, inputs, pooled is null ? [hidden] : [hidden, pooled]);
        if (results[0].Shape is not [1, var given, _] || given != length)
        {
            throw new InferenceException(InferenceError.ModelMismatch,
                $"'{session.Name}' output '{hidden}': expected [1,{length},features], found {Tensor.Describe(results[0].Shape)}");
        }

        if (pooled is not null && results[1].Shape is not [1, _])
            throw new InferenceException(InferenceError.ModelMismatch, $"'{session.Name}' output '{pooled}': expected [1,features], found {Tensor.Describe(results[1].Shape)}");
        return new Encoded(results[0], pooled is null ? null : results[1], count);
    }

    private List<ConditioningInput> EncodeOne(StillSettings still, bool isGuided, JobRun job)
    {
        Encoder encoder = new("text_encoder", "tokenizer", IsPenultimate: false, IsPooled: false) { IsChunked = true };
        string unwanted = isGuided ? still.NegativePrompt : "";
        RunResult wanted = Run(encoder, still.Prompt, job, unwanted).Hidden;
        return [Input("encoder_hidden_states", wanted, isGuided ? Run(encoder, unwanted, job, still.Prompt).Hidden : null)];
    }

    private List<ConditioningInput> EncodeXl(StillSettings still, bool isGuided, JobRun job)
    {
        // SDXL takes the state before the last of both encoders, Stable Diffusion the last.
        Encoder left = new("text_encoder", "tokenizer", IsPenultimate: true, IsPooled: false) { IsChunked = true };
        Encoder right = new("text_encoder_2", "tokenizer_2", IsPenultimate: true, IsPooled: true) { IsChunked = true };
        string unwanted = isGuided ? still.NegativePrompt : "";
        (RunResult hidden, RunResult pooled) = Pair(left, right, still.Prompt, unwanted, job);
        RunResult? hiddenNot = null, pooledNot = null;
        if (isGuided)
        {
            // SDXL was trained with zeros for no text; its packages say so.
            bool isZero = still.NegativePrompt.Length == 0 && Flag(package.Json(ModelPackage.IndexName), "force_zeros_for_empty_prompt");
            (hiddenNot, pooledNot) = isZero ? (Zeros(hidden), Zeros(pooled)) : Pair(left, right, unwanted, still.Prompt, job);
        }

        // Size of the original, place of the crop, size of the target: what the model was told of its training pictures.
        float[] times = [still.Height, still.Width, 0, 0, still.Height, still.Width];
        return [Input("encoder_hidden_states", hidden, hiddenNot), Input("text_embeds", pooled, pooledNot), new ConditioningInput("time_ids", [6], times)];
    }

    private (RunResult Hidden, RunResult Pooled) Pair(Encoder left, Encoder right, string prompt, string other, JobRun job)
    {
        (RunResult hidden, RunResult? pooled) = Run(right, prompt, job, other);
        return (Join(Run(left, prompt, job, other).Hidden, hidden), pooled!);
    }

    /// <summary>Both CLIP encoders side by side, widened with zeros to T5's features, then T5's tokens after them.</summary>
    private List<ConditioningInput> EncodeSd3(StillSettings still, bool isGuided, JobRun job)
    {
        (RunResult hidden, RunResult pooled) = Sd3(still.Prompt, job);
        (RunResult? hiddenNot, RunResult? pooledNot) = isGuided ? Sd3(still.NegativePrompt, job) : default((RunResult?, RunResult?));
        return [Input("encoder_hidden_states", hidden, hiddenNot), Input("pooled_projections", pooled, pooledNot)];
    }

    private (RunResult Hidden, RunResult Pooled) Sd3(string prompt, JobRun job)
    {
        (RunResult first, RunResult? firstPooled) = Run(new("text_encoder", "tokenizer", IsPenultimate: true, IsPooled: true), prompt, job);
        (RunResult second, RunResult? secondPooled) = Run(new("text_encoder_2", "tokenizer_2", IsPenultimate: true, IsPooled: true), prompt, job);
        RunResult clip = Join(first, second), third;
        if (package.Exists("text_encoder_3/model.onnx"))
        {
            third = Run(new("text_encoder_3", "tokenizer_3", IsPenultimate: false, IsPooled: false, Sd3Tokens), prompt, job).Hidden;
        }
        else
        {
            // Packages may leave the large encoder out; the transformer then sees zeros.
            JsonElement config = package.Json("transformer/config.json");
            int features = config.ValueKind == JsonValueKind.Object && config.TryGetProperty("joint_attention_dim", out JsonElement width) && width.TryWhole(out int value)
                && value is > 0 and <= FeaturesMax ? value : 4096;
            third = new RunResult([1, Sd3Tokens, features], new float[Sd3Tokens * features]);
        }

        int wide = (int)third.Shape[2], narrow = (int)clip.Shape[2], tokens = (int)(clip.Shape[1] + third.Shape[1]);
        if (narrow > wide)
        {
            throw new InferenceException(InferenceError.ModelMismatch,
                $"the text encoders of {package.Name} give {narrow} features together and text_encoder_3 gives {wide}: expected no more than those");
        }

        float[] joined = new float[tokens * wide];
        for (int token = 0; token < clip.Shape[1]; token++) clip.Values.AsSpan(token * narrow, narrow).CopyTo(joined.AsSpan(token * wide));
        third.Values.CopyTo(joined, (int)clip.Shape[1] * wide);
        return (new RunResult([1, tokens, wide], joined), new RunResult([1, firstPooled!.Values.Length + secondPooled!.Values.Length], [.. firstPooled.Values, .. secondPooled.Values]));
    }

    /// <summary>CLIP says what the picture is as a whole, T5 token by token. Guidance is a number that the network takes.</summary>
    private List<ConditioningInput> EncodeFlux(StillSettings still, JobRun job)
    {
        // The fast form, which takes no guidance, was trained on shorter texts.
        bool isFast = package.Exists("transformer/config.json") && package.Json("transformer/config.json") is { ValueKind: JsonValueKind.Object } config
            && config.TryGetProperty("guidance_embeds", out JsonElement embeds) && embeds.ValueKind == JsonValueKind.False;
        RunResult pooled = Run(new("text_encoder", "tokenizer", IsPenultimate: false, IsPooled: true), still.Prompt, job).Pooled!;
        RunResult hidden = Run(new("text_encoder_2", "tokenizer_2", IsPenultimate: false, IsPooled: false, isFast ? FluxFastTokens : FluxTokens), still.Prompt, job).Hidden;
        return
        [
            Input("encoder_hidden_states", hidden, null), Input("pooled_projections", pooled, null), new ConditioningInput("guidance", [], [(float)still.Guidance]),
            new ConditioningInput("txt_ids", [hidden.Shape[1], 3], new float[hidden.Shape[1] * 3]) { IsShared = true },
        ];
    }

    private static ConditioningInput Input(string name, RunResult wanted, RunResult? unwanted) => new(name, wanted.Shape[1..], wanted.Values, unwanted?.Values);

    private static RunResult Zeros(RunResult like) => new(like.Shape, new float[like.Values.Length]);

    private static bool Flag(JsonElement config, string name) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <summary>Features of both encoders, token by token.</summary>
    private static RunResult Join(RunResult left, RunResult right)
    {
        int tokens = (int)left.Shape[1], a = (int)left.Shape[2], b = (int)right.Shape[2];
        if (right.Shape[1] != tokens)
            throw new InferenceException(InferenceError.ModelMismatch, $"the text encoders give {tokens} and {right.Shape[1]} tokens: expected as many");
        float[] joined = new float[tokens * (a + b)];
        for (int token = 0; token < tokens; token++)
        {
            left.Values.AsSpan(token * a, a).CopyTo(joined.AsSpan(token * (a + b)));
            right.Values.AsSpan(token * b, b).CopyTo(joined.AsSpan(token * (a + b) + a));
        }

        return new RunResult([1, tokens, a + b], joined);
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
