using System.Collections.Concurrent;
using System.Text;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Tokenizers;

namespace RunwayFX.Inference.Prompts;

/// <summary>A tokenizer folder of a package, as pipelines ask it: weights, long prompts and references to pictures included.</summary>
/// <remarks>Thread-safe. <c>@name</c> stands for the name's words: the picture itself reaches the model another way. Encoders that take one text of any
/// length (T5) read the words without their weights.</remarks>
public sealed class PackageTokenizer : IPromptTokenizer
{
    /// <summary>Most tokenizers that stay in memory; a vocabulary takes some MiB.</summary>
    public const int KeptMax = 8;

    private static readonly ConcurrentDictionary<string, PackageTokenizer> s_kept = new(StringComparer.Ordinal);

    private readonly TextTokenizer _tokenizer;

    private PackageTokenizer(TextTokenizer tokenizer) => _tokenizer = tokenizer;

    /// <summary>Opens a tokenizer folder; one that was open before and is unchanged is used again.</summary>
    /// <exception cref="InferenceException">A file is missing or not understood; the message names it.</exception>
    public static PackageTokenizer Open(string folder)
    {
        string key = $"{folder}|{State(folder)}";
        if (s_kept.TryGetValue(key, out PackageTokenizer? kept)) return kept;
        PackageTokenizer opened = new(TextTokenizer.Load(folder));
        if (s_kept.Count >= KeptMax) s_kept.Clear();
        return s_kept[key] = opened;
    }

    /// <inheritdoc/>
    public int[] Encode(string text, int length)
    {
        string plain = string.Concat(PromptText.Parse(Words(text)).Select(segment => segment.Text));
        long[] ids = new long[length];
        _tokenizer.EncodePadded(plain, ids);
        return Array.ConvertAll(ids, id => (int)id);
    }

    /// <inheritdoc/>
    public (PromptChunks Wanted, PromptChunks Unwanted)? Chunks(string prompt, string negative) =>
        _tokenizer.MaxLength is null ? null : PromptChunks.Pair(_tokenizer, Words(prompt), Words(negative));

    /// <summary>A prompt with the words of its references in their place.</summary>
    public static string Words(string prompt)
    {
        IReadOnlyList<PromptReference> references = PromptText.References(prompt);
        if (references.Count == 0) return prompt;
        StringBuilder words = new();
        int start = 0;
        foreach (PromptReference reference in references)
        {
            words.Append(prompt, start, reference.Start - start).Append(reference.Name.Replace('_', ' '));
            start = reference.Start + reference.Length;
        }

        return words.Append(prompt, start, prompt.Length - start).ToString();
    }

    /// <summary>Changes when a file of the folder does.</summary>
    private static string State(string folder) => !Directory.Exists(folder) ? "" : string.Join(',', new DirectoryInfo(folder).EnumerateFiles()
        .OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => $"{file.Name}:{file.Length}:{file.LastWriteTimeUtc.Ticks}"));
}
