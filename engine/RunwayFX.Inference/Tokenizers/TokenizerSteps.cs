using System.Text.Json;
using System.Text.RegularExpressions;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>The steps of a <c>tokenizer.json</c> that come before its model.</summary>
internal static class TokenizerSteps
{
    /// <summary>How GPT-2 cuts text; the byte-level step brings it along.</summary>
    public const string Gpt2Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    /// <summary>How CLIP cuts text.</summary>
    public const string ClipPattern = @"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

    private const int DepthMax = 32;
    private const char WordMark = '▁';

    public static Func<string, string> Normalizer(JsonElement step, TokenizerReader reader, int depth)
    {
        if (depth > DepthMax) throw reader.Broken("normalizer is nested too deeply");
        switch (TokenizerReader.Text(step, "type"))
        {
            case "Sequence":
                Func<string, string>[] steps = [.. step.GetProperty("normalizers").EnumerateArray().Select(inner => Normalizer(inner, reader, depth + 1))];
                return text => steps.Aggregate(text, (current, next) => next(current));
            case "NFC":
                return TextNormalization.Compose;
            case "Lowercase":
                return text => text.ToLowerInvariant();
            case "Precompiled":
                CharacterMap map = new(Convert.FromBase64String(TokenizerReader.Text(step, "precompiled_charsmap") ?? ""));
                return map.Apply;
            case "Prepend":
                string prepended = TokenizerReader.Text(step, "prepend") ?? "";
                return text => text.Length == 0 ? text : prepended + text;
            case "Strip":
                bool left = TokenizerReader.Flag(step, "strip_left", true), right = TokenizerReader.Flag(step, "strip_right", true);
                return text => left && right ? text.Trim() : left ? text.TrimStart() : right ? text.TrimEnd() : text;
            case "Replace":
                Regex pattern = reader.Pattern(step.GetProperty("pattern"));
                string content = TokenizerReader.Text(step, "content") ?? "";
                return text => pattern.Replace(text, _ => content);
            case var other:
                throw reader.Unsupported("normalizer.type", other ?? "null");
        }
    }

    /// <summary>Cuts pieces into smaller ones; the flag says whether they begin the text.</summary>
    public static Func<IEnumerable<string>, bool, IEnumerable<string>> Cutter(JsonElement step, TokenizerReader reader, int depth)
    {
        if (depth > DepthMax) throw reader.Broken("pre_tokenizer is nested too deeply");
        switch (TokenizerReader.Text(step, "type"))
        {
            case "Sequence":
                Func<IEnumerable<string>, bool, IEnumerable<string>>[] steps =
                    [.. step.GetProperty("pretokenizers").EnumerateArray().Select(inner => Cutter(inner, reader, depth + 1))];
                return (pieces, isFirst) => steps.Aggregate(pieces, (current, next) => next(current, isFirst));
            case "ByteLevel":
                bool addsSpace = TokenizerReader.Flag(step, "add_prefix_space", true);
                Regex? words = TokenizerReader.Flag(step, "use_regex", true) ? reader.Pattern(Gpt2Pattern) : null;
                return (pieces, isFirst) => ByteLevel(pieces, words, addsSpace && isFirst);
            case "Split":
                return Splitter(step, reader);
            case "WhitespaceSplit":
                return (pieces, _) => pieces.SelectMany(piece => piece.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            case "Digits":
                Regex digits = reader.Pattern(TokenizerReader.Flag(step, "individual_digits") ? @"\p{N}" : @"\p{N}+");
                return (pieces, _) => pieces.SelectMany(piece => Isolate(piece, digits));
            case "Metaspace":
                return Metaspace(step, reader);
            case var other:
                throw reader.Unsupported("pre_tokenizer.type", other ?? "null");
        }
    }

    /// <summary>Cuts by a pattern and turns bytes into letters.</summary>
    public static IEnumerable<string> ByteLevel(IEnumerable<string> pieces, Regex? words, bool addsSpace)
    {
        bool isStart = true;
        foreach (string piece in pieces)
        {
            string text = addsSpace && isStart && !piece.StartsWith(' ') ? " " + piece : piece;
            isStart = false;
            if (words is null) yield return ByteAlphabet.Encode(text);
            else
            {
                foreach (string word in Isolate(text, words)) yield return ByteAlphabet.Encode(word);
            }
        }
    }

    /// <summary>The matches of a pattern.</summary>
    public static IEnumerable<string> Matches(string text, Regex pattern)
        => pattern.Matches(text).Where(match => match.Length > 0).Select(match => match.Value);

    private static Func<IEnumerable<string>, bool, IEnumerable<string>> Splitter(JsonElement step, TokenizerReader reader)
    {
        Regex pattern = reader.Pattern(step.GetProperty("pattern"));
        bool inverts = TokenizerReader.Flag(step, "invert");
        string behaviour = TokenizerReader.Text(step, "behavior") ?? "null";
        return behaviour switch
        {
            "Removed" when inverts => (pieces, _) => pieces.SelectMany(piece => Matches(piece, pattern)),
            "Removed" => (pieces, _) => pieces.SelectMany(piece => Between(piece, pattern)),
            "Isolated" => (pieces, _) => pieces.SelectMany(piece => Isolate(piece, pattern)),
            _ => throw reader.Unsupported("pre_tokenizer.behavior", behaviour),
        };
    }

    private static Func<IEnumerable<string>, bool, IEnumerable<string>> Metaspace(JsonElement step, TokenizerReader reader)
    {
        string mark = TokenizerReader.Text(step, "replacement") ?? WordMark.ToString();
        string scheme = TokenizerReader.Text(step, "prepend_scheme") ?? (TokenizerReader.Flag(step, "add_prefix_space", true) ? "always" : "never");
        if (scheme is not ("always" or "first" or "never")) throw reader.Unsupported("pre_tokenizer.prepend_scheme", scheme);
        return (pieces, isFirst) => pieces.Where(piece => piece.Length > 0).Select((piece, index) =>
        {
            string marked = piece.Replace(" ", mark, StringComparison.Ordinal);
            bool prepends = scheme == "always" || (scheme == "first" && isFirst && index == 0);
            return prepends && !marked.StartsWith(mark, StringComparison.Ordinal) ? mark + marked : marked;
        });
    }

    /// <summary>Matches and what lies between them, in order.</summary>
    private static IEnumerable<string> Isolate(string text, Regex pattern)
    {
        int start = 0;
        foreach (Match match in pattern.Matches(text))
        {
            if (match.Length == 0) continue;
            if (match.Index > start) yield return text[start..match.Index];
            yield return match.Value;
            start = match.Index + match.Length;
        }

        if (start < text.Length) yield return text[start..];
    }

    private static IEnumerable<string> Between(string text, Regex pattern)
    {
        int start = 0;
        foreach (Match match in pattern.Matches(text))
        {
            if (match.Length == 0) continue;
            if (match.Index > start) yield return text[start..match.Index];
            start = match.Index + match.Length;
        }

        if (start < text.Length) yield return text[start..];
    }
}
