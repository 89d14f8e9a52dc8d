using System.Text.Json;
using System.Text.RegularExpressions;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>Reads <c>tokenizer.json</c>. Steps that it does not know are errors that name them: a step left out would give other ids in silence.</summary>
internal sealed class TokenizerReader(string name)
{
    /// <summary>Longest file accepted, in characters.</summary>
    public const int FileMax = 64 << 20;

    /// <summary>Most tokens in a vocabulary.</summary>
    public const int VocabularyMax = 1 << 20;

    private const int StepsMax = 32;

    public TextTokenizer Read(string json, string? padToken, int? maxLength)
    {
        if (json.Length > FileMax) throw Broken($"{json.Length} characters are over the limit of {FileMax}");
        try
        {
            using var document = JsonDocument.Parse(json);
            return Read(document.RootElement, padToken, maxLength);
        }
        catch (JsonException e)
        {
            throw Broken($"not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidDataException or KeyNotFoundException or InvalidOperationException or FormatException
            or IndexOutOfRangeException)
        {
            throw Broken(e.Message, e);
        }
    }

    private TextTokenizer Read(JsonElement root, string? padToken, int? maxLength)
    {
        Dictionary<string, int> added = [];
        if (Find(root, "added_tokens") is { } list)
        {
            if (list.GetArrayLength() > VocabularyMax) throw Broken($"{list.GetArrayLength()} added_tokens are over the limit of {VocabularyMax}");
            foreach (JsonElement token in list.EnumerateArray())
            {
                string content = token.GetProperty("content").GetString() ?? "";
                if (content.Length > 0) added[content] = token.GetProperty("id").GetInt32();
            }
        }

        JsonElement model = Find(root, "model") ?? throw Broken("no model");
        string type = Text(model, "type") ?? (Find(model, "merges") is null ? "Unigram" : "BPE");
        ITokenModel tokens = type switch
        {
            "BPE" => ReadBpe(model),
            "Unigram" => ReadUnigram(model),
            _ => throw Unsupported("model.type", type),
        };
        List<int> prefix = [], suffix = [];
        if (Find(root, "post_processor") is { } post) ReadPost(post, prefix, suffix, 0);
        var normalize = Find(root, "normalizer") is { } normalizer ? TokenizerSteps.Normalizer(normalizer, this, 0) : text => text;
        var cut = Find(root, "pre_tokenizer") is { } cutter ? TokenizerSteps.Cutter(cutter, this, 0) : (pieces, _) => pieces;
        bool isByteLevel = (Find(root, "pre_tokenizer")?.GetRawText().Contains("\"ByteLevel\"", StringComparison.Ordinal)).GetValueOrDefault();
        string? pad = padToken ?? (Find(root, "padding") is { } padding ? Text(padding, "pad_token") : null)
            ?? (added.ContainsKey("<pad>") ? "<pad>" : null);
        int padId = pad is null ? (suffix.Count > 0 ? suffix[^1] : 0)
            : added.TryGetValue(pad, out int id) ? id : tokens.IdOf(pad) ?? throw Broken($"the padding token \"{pad}\" is in no vocabulary");
        return new TextTokenizer(tokens, normalize, (text, isFirst) => cut([text], isFirst), new TokenizerExtras
        {
            Added = added, Prefix = prefix, Suffix = suffix, PadId = padId, MaxLength = maxLength, IsByteLevel = isByteLevel,
            WordSuffix = Text(model, "end_of_word_suffix") ?? "",
        });
    }

    private BpeModel ReadBpe(JsonElement model)
    {
        if (Text(model, "continuing_subword_prefix") is { Length: > 0 } prefix) throw Unsupported("model.continuing_subword_prefix", prefix);
        JsonElement vocabulary = Find(model, "vocab") ?? throw Broken("no model.vocab");
        JsonElement merges = Find(model, "merges") ?? throw Broken("no model.merges");
        return new BpeModel(Vocabulary(vocabulary), Merges(merges), Text(model, "end_of_word_suffix") ?? "", Text(model, "unk_token"),
            Flag(model, "ignore_merges"), Flag(model, "byte_fallback"));
    }

    /// <summary>Ids by token of a JSON object.</summary>
    internal Dictionary<string, int> Vocabulary(JsonElement vocabulary)
    {
        Dictionary<string, int> ids = [];
        foreach (JsonProperty entry in vocabulary.EnumerateObject())
        {
            if (ids.Count >= VocabularyMax) throw Broken($"the vocabulary has over {VocabularyMax} tokens");
            ids[entry.Name] = entry.Value.GetInt32();
        }

        return ids;
    }

    private IEnumerable<(string Left, string Right)> Merges(JsonElement merges)
    {
        if (merges.GetArrayLength() > VocabularyMax) throw Broken($"{merges.GetArrayLength()} merges are over the limit of {VocabularyMax}");
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            if (merge.ValueKind == JsonValueKind.Array)
            {
                if (merge.GetArrayLength() != 2) throw Broken($"a merge of {merge.GetArrayLength()} parts");
                yield return (merge[0].GetString() ?? "", merge[1].GetString() ?? "");
            }
            else
            {
                yield return Merge(merge.GetString() ?? "");
            }
        }
    }

    /// <summary>The two halves of a line of <c>merges.txt</c>.</summary>
    internal (string Left, string Right) Merge(string line)
    {
        int space = line.IndexOf(' ', StringComparison.Ordinal);
        return space > 0 && space < line.Length - 1
            ? (line[..space], line[(space + 1)..])
            : throw Broken($"\"{(line.Length <= 40 ? line : line[..40])}\" is no merge");
    }

    private UnigramModel ReadUnigram(JsonElement model)
    {
        JsonElement vocabulary = Find(model, "vocab") ?? throw Broken("no model.vocab");
        if (vocabulary.GetArrayLength() is 0 or > VocabularyMax)
            throw Broken($"a vocabulary of {vocabulary.GetArrayLength()} pieces is outside 1..{VocabularyMax}");
        List<(string, double)> pieces = [.. vocabulary.EnumerateArray().Select(piece => (piece[0].GetString() ?? "", piece[1].GetDouble()))];
        int unknown = Find(model, "unk_id") is { } id ? id.GetInt32() : throw Broken("no model.unk_id");
        return new UnigramModel(pieces, unknown, Flag(model, "byte_fallback"));
    }

    private void ReadPost(JsonElement post, List<int> prefix, List<int> suffix, int depth)
    {
        if (depth > StepsMax) throw Broken("post_processor is nested too deeply");
        switch (Text(post, "type"))
        {
            case "ByteLevel":
                break;
            case "Sequence":
                foreach (JsonElement step in post.GetProperty("processors").EnumerateArray()) ReadPost(step, prefix, suffix, depth + 1);
                break;
            case "RobertaProcessing" or "BertProcessing":
                prefix.Add(post.GetProperty("cls")[1].GetInt32());
                suffix.Add(post.GetProperty("sep")[1].GetInt32());
                break;
            case "TemplateProcessing":
                bool isPastText = false;
                foreach (JsonElement part in post.GetProperty("single").EnumerateArray())
                {
                    if (part.TryGetProperty("Sequence", out _)) isPastText = true;
                    else if (part.TryGetProperty("SpecialToken", out JsonElement special))
                    {
                        string token = special.GetProperty("id").GetString() ?? "";
                        JsonElement ids = post.GetProperty("special_tokens").GetProperty(token).GetProperty("ids");
                        (isPastText ? suffix : prefix).AddRange(ids.EnumerateArray().Select(id => id.GetInt32()));
                    }
                }

                break;
            case var other:
                throw Unsupported("post_processor.type", other ?? "null");
        }

        if (prefix.Count + suffix.Count > StepsMax) throw Broken("the post_processor adds too many tokens");
    }

    internal static JsonElement? Find(JsonElement element, string key)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    internal static string? Text(JsonElement element, string key)
        => Find(element, key) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    internal static bool Flag(JsonElement element, string key, bool otherwise = false)
        => Find(element, key) is { } value ? value.GetBoolean() : otherwise;

    /// <summary>A pattern out of the file, with a limit on its time.</summary>
    internal Regex Pattern(JsonElement pattern)
    {
        string text = Text(pattern, "Regex") ?? (Text(pattern, "String") is { } literal
            ? Regex.Escape(literal)
            : throw Broken("a pattern without Regex or String"));
        return Pattern(text);
    }

    /// <summary>A pattern with a limit on its time.</summary>
    internal Regex Pattern(string text)
    {
        try
        {
            return new Regex(text, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));
        }
        catch (ArgumentException e)
        {
            throw new InferenceException(InferenceError.SettingUnsupported, $"{name}: the pattern \"{text}\" is not supported: {e.Message}", e);
        }
    }

    internal InferenceException Unsupported(string key, string value)
        => new(InferenceError.SettingUnsupported, $"{name}: {key} = \"{(value.Length <= 60 ? value : value[..60])}\" is not supported.");

    internal InferenceException Broken(string what, Exception? inner = null) => new(InferenceError.PackageBroken, $"{name}: {what}.", inner);
}
