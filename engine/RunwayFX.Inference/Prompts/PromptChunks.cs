using RunwayFX.Inference.Tokenizers;

namespace RunwayFX.Inference.Prompts;

/// <summary>A prompt as CLIP takes it: chunks of 77 ids, each with its own begin and end, whose embeddings are put one after another.</summary>
public sealed class PromptChunks
{
    /// <summary>Most chunks; what is longer is cut off.</summary>
    public const int ChunksMax = 16;

    private PromptChunks(int length, List<long> ids, List<float> weights, bool isCut)
    {
        (Length, Ids, Weights, IsCut) = (length, [.. ids], [.. weights], isCut);
    }

    /// <summary>Ids in a chunk, begin, end and filling included.</summary>
    public int Length { get; }

    /// <summary>How many chunks; at least 1.</summary>
    public int Count => Ids.Length / Length;

    /// <summary>All ids (Count, Length).</summary>
    public long[] Ids { get; }

    /// <summary>Weights of the ids; 1 for begin, end and filling.</summary>
    public float[] Weights { get; }

    /// <summary>Whether the prompt was longer than <see cref="ChunksMax"/>.</summary>
    public bool IsCut { get; }

    /// <summary>Cuts two prompts into equally many chunks; the shorter one gets empty chunks at its end.</summary>
    public static (PromptChunks Positive, PromptChunks Negative) Pair(TextTokenizer tokenizer, string prompt, string negative)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var (first, second) = (Encode(tokenizer, prompt), Encode(tokenizer, negative));
        int room = Room(tokenizer), count = Math.Max(ChunkCount(first.Count, room), ChunkCount(second.Count, room));
        return (Build(tokenizer, first, count), Build(tokenizer, second, count));
    }

    /// <summary>Cuts one prompt.</summary>
    public static PromptChunks Of(TextTokenizer tokenizer, string prompt)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        List<(int Id, float Weight)> tokens = Encode(tokenizer, prompt);
        return Build(tokenizer, tokens, ChunkCount(tokens.Count, Room(tokenizer)));
    }

    /// <summary>Multiplies each id's embedding by its weight and brings the mean of each chunk back to what it was, so that weights shift attention and
    /// leave the brightness alone.</summary>
    /// <param name="embeddings">(ids, width), changed.</param>
    /// <param name="weights">One for each id.</param>
    /// <param name="chunkLength">Ids in a chunk.</param>
    /// <exception cref="ArgumentException">The lengths do not divide.</exception>
    public static void ApplyWeights(Span<float> embeddings, ReadOnlySpan<float> weights, int chunkLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkLength, 1);
        if (weights.IsEmpty || embeddings.Length % weights.Length != 0 || weights.Length % chunkLength != 0)
            throw new ArgumentException($"{embeddings.Length} values, {weights.Length} weights, chunks of {chunkLength} do not divide.", nameof(weights));
        int width = embeddings.Length / weights.Length;
        for (int start = 0; start < weights.Length; start += chunkLength)
        {
            ReadOnlySpan<float> own = weights.Slice(start, chunkLength);
            if (own.IndexOfAnyExcept(1f) < 0) continue; // Untouched bits where nothing is weighted.
            Span<float> chunk = embeddings.Slice(start * width, chunkLength * width);
            double before = Sum(chunk);
            for (int i = 0; i < chunk.Length; i++) chunk[i] *= own[i / width];
            double after = Sum(chunk), scale = before / after;
            if (!double.IsFinite(scale)) continue;
            foreach (ref float value in chunk) value = (float)(value * scale);
        }
    }

    private static double Sum(ReadOnlySpan<float> values)
    {
        double sum = 0;
        foreach (float value in values) sum += value;
        return sum;
    }

    private static int Room(TextTokenizer tokenizer)
    {
        int length = tokenizer.MaxLength
            ?? throw new InferenceException(InferenceError.SettingUnsupported, "Chunks need a tokenizer with a model_max_length.");
        int room = length - tokenizer.Prefix.Count - tokenizer.Suffix.Count;
        return room > 0
            ? room
            : throw new InferenceException(InferenceError.SettingUnsupported, $"A model_max_length of {length} leaves no room for a prompt.");
    }

    private static int ChunkCount(int tokens, int room) => Math.Clamp((tokens + room - 1) / room, 1, ChunksMax);

    private static List<(int Id, float Weight)> Encode(TextTokenizer tokenizer, string prompt)
        => [.. PromptText.Parse(prompt).SelectMany(segment => tokenizer.Encode(segment.Text).Select(id => (id, segment.Weight)))];

    private static PromptChunks Build(TextTokenizer tokenizer, List<(int Id, float Weight)> tokens, int count)
    {
        int room = Room(tokenizer), length = room + tokenizer.Prefix.Count + tokenizer.Suffix.Count;
        List<long> ids = new(count * length);
        List<float> weights = new(count * length);
        for (int chunk = 0; chunk < count; chunk++)
        {
            Surround(tokenizer.Prefix);
            for (int i = chunk * room; i < Math.Min((chunk + 1) * room, tokens.Count); i++)
            {
                ids.Add(tokens[i].Id);
                weights.Add(tokens[i].Weight);
            }

            Surround(tokenizer.Suffix);
            for (; ids.Count < (chunk + 1) * length; weights.Add(1)) ids.Add(tokenizer.PadId);
        }

        return new PromptChunks(length, ids, weights, tokens.Count > count * room);

        void Surround(IReadOnlyList<int> special)
        {
            foreach (int id in special)
            {
                ids.Add(id);
                weights.Add(1);
            }
        }
    }
}
