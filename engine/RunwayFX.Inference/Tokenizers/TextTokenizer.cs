using System.Text;
using System.Text.RegularExpressions;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>Turns text into the token ids that a model was trained on: CLIP, T5 and UMT5, and byte-level language models.</summary>
/// <remarks>Loaded tokenizers hold no state of a call and may be shared by threads.</remarks>
public sealed class TextTokenizer
{
    /// <summary>Longest text accepted, in UTF-16 units.</summary>
    public const int TextMax = 1 << 16;

    private readonly ITokenModel _model;
    private readonly Func<string, string> _normalize;
    private readonly Func<string, bool, IEnumerable<string>> _cut;
    private readonly Dictionary<string, int> _added;
    private readonly Regex? _addedPattern;
    private readonly bool _isByteLevel;
    private readonly string _wordSuffix;

    internal TextTokenizer(ITokenModel model, Func<string, string> normalize, Func<string, bool, IEnumerable<string>> cut, TokenizerExtras extras)
    {
        _model = model;
        _normalize = normalize;
        _cut = cut;
        _added = new Dictionary<string, int>(extras.Added, StringComparer.Ordinal);
        _isByteLevel = extras.IsByteLevel;
        _wordSuffix = extras.WordSuffix;
        Prefix = extras.Prefix;
        Suffix = extras.Suffix;
        PadId = extras.PadId;
        MaxLength = extras.MaxLength;
        if (_added.Count > 0)
        {
            // The longest first, so that no token hides another that begins with it.
            string pattern = string.Join('|', _added.Keys.OrderByDescending(token => token.Length).Select(Regex.Escape));
            _addedPattern = new Regex(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
    }

    /// <summary>Ids that the model wants before a text.</summary>
    public IReadOnlyList<int> Prefix { get; }

    /// <summary>Ids that the model wants after a text.</summary>
    public IReadOnlyList<int> Suffix { get; }

    /// <summary>The id that fills up short texts.</summary>
    public int PadId { get; }

    /// <summary>Most ids the model takes, prefix and suffix included; null where the files name none.</summary>
    public int? MaxLength { get; }

    /// <summary>Reads a tokenizer folder of a model package: <c>tokenizer.json</c>, or CLIP's <c>vocab.json</c> and <c>merges.txt</c>.</summary>
    /// <exception cref="InferenceException">A file is missing, too large or not understood; the message names file and key.</exception>
    public static TextTokenizer Load(string folder) => TokenizerFolder.Load(folder);

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="InferenceException">It is not understood; the message names the key.</exception>
    public static TextTokenizer Parse(string tokenizerJson, string name = "tokenizer.json")
        => new TokenizerReader(name).Read(tokenizerJson, null, null);

    /// <summary>A text's ids, without prefix and suffix. Special tokens written out in the text are found.</summary>
    /// <exception cref="InferenceException"><see cref="InferenceError.SettingUnsupported"/>: the text is over <see cref="TextMax"/>, or a pattern of the
    /// tokenizer takes too long on it.</exception>
    public List<int> Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > TextMax)
            throw new InferenceException(InferenceError.SettingUnsupported, $"A text of {text.Length} characters is over the limit of {TextMax}.");
        List<int> ids = [];
        try
        {
            int start = 0;
            if (_addedPattern is not null)
            {
                foreach (Match match in _addedPattern.Matches(text))
                {
                    EncodePlain(text[start..match.Index], start == 0, ids);
                    ids.Add(_added[match.Value]);
                    start = match.Index + match.Length;
                }
            }

            EncodePlain(text[start..], start == 0, ids);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new InferenceException(InferenceError.SettingUnsupported,
                $"The tokenizer's pattern takes over {e.MatchTimeout.TotalSeconds} s on this text.", e);
        }

        return ids;
    }

    /// <summary>A text as the model takes it: prefix, as many ids as fit, suffix, filled up with <see cref="PadId"/>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="ids">Overwritten; its length is the model's.</param>
    /// <param name="mask">1 where a text's id stands, 0 where filled up; empty where the model takes none.</param>
    /// <returns>Ids before the filling.</returns>
    public int EncodePadded(string text, Span<long> ids, Span<long> mask = default)
    {
        if (ids.Length < Prefix.Count + Suffix.Count)
            throw new ArgumentException($"{ids.Length} ids do not even hold the {Prefix.Count + Suffix.Count} that surround a text.", nameof(ids));
        if (!mask.IsEmpty && mask.Length != ids.Length)
            throw new ArgumentException($"The mask has {mask.Length} places for {ids.Length} ids.", nameof(mask));
        List<int> content = Encode(text);
        int kept = Math.Min(content.Count, ids.Length - Prefix.Count - Suffix.Count), count = 0;
        foreach (int id in Prefix) ids[count++] = id;
        for (int i = 0; i < kept; i++) ids[count++] = content[i];
        foreach (int id in Suffix) ids[count++] = id;
        ids[count..].Fill(PadId);
        if (!mask.IsEmpty)
        {
            mask[..count].Fill(1);
            mask[count..].Clear();
        }

        return count;
    }

    /// <summary>The text of ids; ids that the vocabulary lacks are left out.</summary>
    public string Decode(IEnumerable<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        StringBuilder letters = new();
        foreach (int id in ids) letters.Append(_model.TokenOf(id) ?? _added.FirstOrDefault(pair => pair.Value == id).Key);
        if (_wordSuffix.Length > 0) return ByteAlphabet.Decode(letters.Replace(_wordSuffix, "Ġ").ToString()).TrimEnd();
        if (_isByteLevel) return ByteAlphabet.Decode(letters.ToString());
        return letters.Replace('▁', ' ').ToString().Trim();
    }

    private void EncodePlain(string text, bool isFirst, List<int> ids)
    {
        if (text.Length == 0) return;
        foreach (string piece in _cut(_normalize(text), isFirst)) _model.Encode(piece, ids);
    }
}

/// <summary>What surrounds a tokenizer's model.</summary>
internal sealed record TokenizerExtras
{
    public IReadOnlyDictionary<string, int> Added { get; init; } = new Dictionary<string, int>();

    public IReadOnlyList<int> Prefix { get; init; } = [];

    public IReadOnlyList<int> Suffix { get; init; } = [];

    public int PadId { get; init; }

    public int? MaxLength { get; init; }

    public bool IsByteLevel { get; init; }

    /// <summary>What ends a word's last token; empty where tokens carry their spaces.</summary>
    public string WordSuffix { get; init; } = "";
}
