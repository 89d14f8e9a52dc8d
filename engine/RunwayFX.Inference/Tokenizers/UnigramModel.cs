using System.Globalization;
using System.Text;

namespace RunwayFX.Inference.Tokenizers;

/// <summary>SentencePiece's unigram model: of all ways to cut a text, the one whose pieces have the greatest sum of log probabilities (Viterbi).</summary>
internal sealed class UnigramModel : ITokenModel
{
    /// <summary>Longest piece of a vocabulary, in UTF-16 units.</summary>
    public const int PieceMax = 512;

    private const double UnknownPenalty = 10;

    private readonly Dictionary<string, int> _ids = [];
    private readonly string[] _tokens;
    private readonly double[] _scores;
    private readonly Dictionary<(int Node, char Letter), int> _edges = [];
    private readonly List<int> _nodeIds = [-1];
    private readonly double _unknownScore;
    private readonly int _unknown;
    private readonly int[]? _byteIds;

    /// <summary>Builds the model.</summary>
    /// <exception cref="InvalidDataException">No pieces, a piece over <see cref="PieceMax"/>, or an unknown id outside the vocabulary.</exception>
    public UnigramModel(IReadOnlyList<(string Piece, double Score)> vocabulary, int unknown, bool fallsBackToBytes)
    {
        if (unknown < 0 || unknown >= vocabulary.Count)
            throw new InvalidDataException($"unk_id {unknown} is outside the vocabulary of {vocabulary.Count}");
        _unknown = unknown;
        _tokens = new string[vocabulary.Count];
        _scores = new double[vocabulary.Count];
        for (int id = 0; id < vocabulary.Count; id++)
        {
            (_tokens[id], _scores[id]) = vocabulary[id];
            if (_tokens[id].Length > PieceMax) throw new InvalidDataException($"piece {id} has {_tokens[id].Length} characters, over {PieceMax}");
            _ids.TryAdd(_tokens[id], id);
            if (_tokens[id].Length > 0) Insert(_tokens[id], id);
        }

        _unknownScore = _scores.Min() - UnknownPenalty;
        if (fallsBackToBytes) _byteIds = ByteTokens(IdOf);
    }

    /// <inheritdoc/>
    public int? IdOf(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <inheritdoc/>
    public string? TokenOf(int id) => id >= 0 && id < _tokens.Length ? _tokens[id] : null;

    /// <summary>Ids of the tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c>.</summary>
    /// <exception cref="InvalidDataException">One is missing.</exception>
    internal static int[] ByteTokens(Func<string, int?> idOf)
    {
        int[] ids = new int[256];
        for (int i = 0; i < ids.Length; i++)
        {
            string token = string.Create(CultureInfo.InvariantCulture, $"<0x{i:X2}>");
            ids[i] = idOf(token) ?? throw new InvalidDataException($"byte_fallback is true and the vocabulary lacks {token}");
        }

        return ids;
    }

    /// <inheritdoc/>
    public void Encode(string piece, List<int> ids)
    {
        if (piece.Length == 0) return;
        double[] best = new double[piece.Length + 1];
        var steps = new (int From, int Id)[piece.Length + 1];
        Array.Fill(best, double.NegativeInfinity);
        best[0] = 0;
        for (int start = 0; start < piece.Length; start++)
        {
            if (double.IsNegativeInfinity(best[start])) continue;
            int letter = char.IsSurrogatePair(piece, start) ? 2 : 1;
            bool hasLetter = false;
            int node = 0;
            for (int end = start; end < piece.Length && _edges.TryGetValue((node, piece[end]), out node); end++)
            {
                int id = _nodeIds[node];
                if (id < 0) continue;
                hasLetter |= end + 1 - start == letter;
                Offer(start, end + 1, id, _scores[id]);
            }

            if (!hasLetter) Offer(start, start + letter, _unknown, _unknownScore);
        }

        Trace(piece, steps, ids);

        void Offer(int from, int to, int id, double score)
        {
            if (best[from] + score <= best[to]) return;
            best[to] = best[from] + score;
            steps[to] = (from, id);
        }
    }

    /// <summary>Follows the best way back; unknown neighbours become one token, or their bytes.</summary>
    private void Trace(string piece, (int From, int Id)[] steps, List<int> ids)
    {
        Stack<(int From, int To, int Id)> way = new();
        for (int at = piece.Length; at > 0; at = steps[at].From) way.Push((steps[at].From, at, steps[at].Id));
        bool wasUnknown = false;
        foreach (var (from, to, id) in way)
        {
            bool isUnknown = id == _unknown;
            if (isUnknown && _byteIds is not null)
                ids.AddRange(Encoding.UTF8.GetBytes(piece[from..to]).Select(value => _byteIds[value]));
            else if (!isUnknown || !wasUnknown) ids.Add(id);
            wasUnknown = isUnknown;
        }
    }

    private void Insert(string piece, int id)
    {
        int node = 0;
        foreach (char letter in piece)
        {
            if (!_edges.TryGetValue((node, letter), out int next))
            {
                next = _nodeIds.Count;
                _nodeIds.Add(-1);
                _edges.Add((node, letter), next);
            }

            node = next;
        }

        if (_nodeIds[node] < 0) _nodeIds[node] = id;
    }
}
