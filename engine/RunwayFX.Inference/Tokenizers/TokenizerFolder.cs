using System.Text.Json;
using System.Text.RegularExpressions;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>A model package's tokenizer folder.</summary>
internal static class TokenizerFolder
{
    private const int ClipLength = 77;
    private const string ClipBegin = "<|startoftext|>";
    private const string ClipEnd = "<|endoftext|>";
    private const string ClipSuffix = "</w>";

    public static TextTokenizer Load(string folder)
    {
        string special = ReadOptional(Path.Combine(folder, "special_tokens_map.json"));
        string settings = ReadOptional(Path.Combine(folder, "tokenizer_config.json"));
        string? pad = SpecialToken(special, "pad_token", folder) ?? SpecialToken(settings, "pad_token", folder);
        int? length = ModelLength(settings, folder);
        string vocabulary = Path.Combine(folder, "vocab.json"), merges = Path.Combine(folder, "merges.txt");
        string whole = Path.Combine(folder, "tokenizer.json");
        if (File.Exists(whole)) return new TokenizerReader(whole).Read(ReadRequired(whole), pad, length);
        if (!File.Exists(vocabulary) || !File.Exists(merges))
            throw new InferenceException(InferenceError.PackageBroken, $"{folder} holds neither tokenizer.json nor vocab.json with merges.txt.");
        string rules = ReadRequired(merges);
        if (string.IsNullOrWhiteSpace(rules)) throw new InferenceException(InferenceError.PackageBroken, $"{merges} is empty.");
        return Clip(ReadRequired(vocabulary), rules, pad, length, folder);
    }

    /// <summary>CLIP's tokenizer from its two files.</summary>
    public static TextTokenizer Clip(string vocabularyJson, string mergesText, string? pad, int? length, string name)
    {
        TokenizerReader reader = new(name);
        try
        {
            Dictionary<string, int> vocabulary = Vocabulary(reader, vocabularyJson);
            var merges = mergesText.Split('\n').Select(line => line.TrimEnd('\r'))
                .Where(line => line.Length > 0 && !line.StartsWith("#version", StringComparison.Ordinal))
                .Take(TokenizerReader.VocabularyMax).Select(reader.Merge);
            bool hasEnd = vocabulary.ContainsKey(ClipEnd);
            string? unknown = vocabulary.ContainsKey("<unk>") ? "<unk>" : hasEnd ? ClipEnd : null;
            BpeModel model = new(vocabulary, merges, ClipSuffix, unknown, ignoresMerges: false, fallsBackToBytes: false);
            if (model.IdOf(ClipBegin) is not { } begin || model.IdOf(ClipEnd) is not { } end)
                throw reader.Unsupported("vocab.json without", $"{ClipBegin} and {ClipEnd}");
            int padId = pad is null ? end : model.IdOf(pad) ?? model.IdOf(pad + ClipSuffix)
                ?? throw reader.Broken($"pad_token \"{pad}\" is not in vocab.json");
            Regex words = new(TokenizerSteps.ClipPattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
            return new TextTokenizer(model, text => TextNormalization.Compose(text).ToLowerInvariant(),
                (text, _) => TokenizerSteps.Matches(text, words).Select(ByteAlphabet.Encode), new TokenizerExtras
                {
                    Added = new Dictionary<string, int> { [ClipBegin] = begin, [ClipEnd] = end }, Prefix = [begin], Suffix = [end], PadId = padId,
                    MaxLength = Math.Min(length ?? ClipLength, ClipLength), IsByteLevel = true, WordSuffix = ClipSuffix,
                });
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException or FormatException)
        {
            throw reader.Broken(e.Message, e);
        }
    }

    private static Dictionary<string, int> Vocabulary(TokenizerReader reader, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return reader.Vocabulary(document.RootElement);
        }
        catch (JsonException e)
        {
            throw reader.Broken($"vocab.json is not JSON: {e.Message}", e);
        }
    }

    private static string ReadOptional(string path) => File.Exists(path) ? ReadRequired(path) : "{}";

    private static string ReadRequired(string path)
    {
        try
        {
            FileInfo file = new(path);
            if (file.Length > TokenizerReader.FileMax)
                throw new InferenceException(InferenceError.PackageBroken, $"{path}: {file.Length} bytes are over the limit of {TokenizerReader.FileMax}.");
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InferenceException(InferenceError.PackageBroken, $"{path} cannot be read: {e.Message}", e);
        }
    }

    private static string? SpecialToken(string json, string key, string folder) => With(json, folder, root
        => TokenizerReader.Find(root, key) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : TokenizerReader.Text(value, "content"));

    /// <summary>The greatest length; some files write a number beyond all lengths for "none".</summary>
    private static int? ModelLength(string json, string folder) => With<int?>(json, folder, root
        => TokenizerReader.Find(root, "model_max_length") is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out int length) && length > 0
            ? length
            : null);

    private static T With<T>(string json, string folder, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // The latter: a text that is no Unicode.
        {
            throw new InferenceException(InferenceError.PackageBroken, $"{folder}: the tokenizer's settings are not JSON: {e.Message}", e);
        }
    }
}
