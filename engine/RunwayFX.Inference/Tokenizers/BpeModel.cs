namespace RunwayFX.Inference.Tokenizers;

/// <summary>Byte-pair encoding: the pair of neighbours that was learned first is joined first, until none is left.</summary>
/// <remarks>Takes O(n log n) for a piece of n letters, so that a long run of one letter costs no more than text.</remarks>
internal sealed class BpeModel : ITokenModel
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<int, string> _tokens;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Joined)> _merges = [];
    private readonly string _suffix;
    private readonly int? _unknown;
    private readonly bool _ignoresMerges;
    private readonly int[]? _byteIds;

    /// <summary>Builds the model.</summary>
    /// <param name="vocabulary">Ids by token.</param>
    /// <param name="merges">Pairs in the order in which they were learned.</param>
    /// <param name="suffix">What the vocabulary puts after the last letter of a word, such as <c>&lt;/w&gt;</c>; or empty.</param>
    /// <param name="unknown">The token of unknown letters; null leaves them out.</param>
    /// <param name="ignoresMerges">Whether a piece that stands in the vocabulary is one token in any case.</param>
    /// <param name="fallsBackToBytes">Whether unknown letters become tokens of their bytes.</param>
    /// <exception cref="InvalidDataException">A merge names a token that the vocabulary lacks.</exception>
    public BpeModel(Dictionary<string, int> vocabulary, IEnumerable<(string Left, string Right)> merges, string suffix, string? unknown,
        bool ignoresMerges, bool fallsBackToBytes)
    {
        _ids = vocabulary;
        _tokens = new Dictionary<int, string>(vocabulary.Count);
        foreach (var (token, id) in vocabulary) _tokens[id] = token;
        _suffix = suffix;
        _ignoresMerges = ignoresMerges;
        _unknown = unknown is null ? null : Id(unknown, "the unknown token");
        if (fallsBackToBytes) _byteIds = UnigramModel.ByteTokens(IdOf);
        int rank = 0;
        foreach (var (left, right) in merges)
            _merges.TryAdd((Id(left, $"merge {rank}"), Id(right, $"merge {rank}")), (rank++, Id(left + right, "a merge's result")));
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <inheritdoc/>
    public string? TokenOf(int id) => _tokens.GetValueOrDefault(id);

    /// <inheritdoc/>
    public void Encode(string piece, List<int> ids)
    {
        if (piece.Length == 0) return;
        if (_ids.TryGetValue(piece + _suffix, out int whole) && (_ignoresMerges || piece.Length == 1))
        {
            ids.Add(whole);
            return;
        }

        List<int> symbols = Letters(piece);
        int[] previous = [.. Enumerable.Range(-1, symbols.Count)], next = [.. Enumerable.Range(1, symbols.Count)];
        PriorityQueue<(int At, int Left, int Right, int Joined), (int Rank, int At)> queue = new();
        for (int i = 0; i + 1 < symbols.Count; i++) Offer(i, i + 1);
        while (queue.TryDequeue(out var pair, out _))
        {
            int right = next[pair.At];
            // A pair whose halves have since become parts of others is stale.
            if (symbols[pair.At] != pair.Left || right >= symbols.Count || symbols[right] != pair.Right) continue;
            symbols[pair.At] = pair.Joined;
            symbols[right] = -1;
            next[pair.At] = next[right];
            if (next[pair.At] < symbols.Count)
            {
                previous[next[pair.At]] = pair.At;
                Offer(pair.At, next[pair.At]);
            }

            if (previous[pair.At] >= 0) Offer(previous[pair.At], pair.At);
        }

        for (int i = 0; i < symbols.Count; i = next[i]) ids.Add(symbols[i]);

        void Offer(int at, int right)
        {
            if (_merges.TryGetValue((symbols[at], symbols[right]), out var merge))
                queue.Enqueue((at, symbols[at], symbols[right], merge.Joined), (merge.Rank, at));
        }
    }

    private List<int> Letters(string piece)
    {
        List<int> symbols = new(piece.Length);
        for (int i = 0; i < piece.Length;)
        {
            int length = char.IsSurrogatePair(piece, i) ? 2 : 1;
            string letter = piece.Substring(i, length);
            i += length;
            if (_ids.TryGetValue(i == piece.Length ? letter + _suffix : letter, out int id)) symbols.Add(id);
            else if (_byteIds is not null) symbols.AddRange(System.Text.Encoding.UTF8.GetBytes(letter).Select(value => _byteIds[value]));
            else if (_unknown is { } unknown) symbols.Add(unknown);
        }

        return symbols;
    }

    private int Id(string token, string place) => _ids.TryGetValue(token, out int id)
        ? id
        : throw new InvalidDataException($"{place} names \"{(token.Length <= 40 ? token : token[..40])}\", which the vocabulary lacks");
}
