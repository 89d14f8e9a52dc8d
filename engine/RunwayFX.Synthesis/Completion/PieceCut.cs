using System.Collections.Concurrent;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Shares a hole among offsets, so that it consists of pieces of the picture that are copied as they are and meet where that shows
/// least.</summary>
/// <remarks>Expansion moves (Boykov, Veksler and Zabih 2001; Kwatra et al., Graphcut Textures, 2003): one offset after the other takes over the pixels
/// that are better off with it. Regions that do not touch are handled at once; the result does not depend on the number of threads.</remarks>
internal sealed class PieceCut
{
    /// <summary>Patches that have to agree on an offset for it to be tried.</summary>
    private const int AgreeMin = 12;

    private const int Sweeps = 2;

    private readonly CompletionLevel _level;
    private readonly PieceRegions _regions;
    private readonly ParallelOptions _parallel;
    private readonly List<PatchOffset> _offsets = [];
    private readonly Dictionary<PatchOffset, int> _labelOf = [];
    private readonly int[] _labels;
    private readonly int[] _present;
    private readonly ConcurrentBag<int[]> _scratch = [];
    private PieceCosts _costs;

    /// <summary>Prepares a hole without pieces.</summary>
    /// <param name="level">The level.</param>
    /// <param name="rules">What counts once a vote tells what the hole shows.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public PieceCut(CompletionLevel level, PieceRules rules, ParallelOptions parallel)
    {
        (_level, _parallel, _regions, _costs) = (level, parallel, new(level), new(level, rules, null));
        _labels = new int[level.Holes.Length];
        _present = new int[_labels.Length];
        Array.Fill(_labels, -1);
    }

    /// <summary>Finds pieces that continue the known picture across a hole, by one set of rules after the other; none where nothing does.</summary>
    /// <remarks>Of what continues the border well, that is taken which is of the tone of the nearest known place.</remarks>
    public static IReadOnlyList<PieceCut> Start(CompletionLevel level, IReadOnlyList<PieceRules> starts, ParallelOptions parallel)
    {
        Salience salience = Salience.Measure(level, parallel);
        List<PieceShift> shifts = new ShiftCandidates(level, isCanvas: false).Find(parallel);
        PieceCut?[] cuts = new PieceCut?[starts.Count];
        Parallel.For(0, cuts.Length, parallel, i =>
        {
            PieceCut cut = new(level, PieceRules.Hole, parallel);
            if (cut.TryStart(new(level, starts[i], salience), shifts)) cuts[i] = cut;
        });
        return [.. cuts.OfType<PieceCut>()];
    }

    /// <summary>Starts from the matches of a search.</summary>
    public void Start(PatchSearch search)
    {
        for (int p = 0; p < _labels.Length; p++)
        {
            if (!_level.Holes[p]) continue;
            int centre = _costs.Centre(p);
            _labels[p] = LabelOf(Offset(centre, search.Matches[centre]));
        }
    }

    /// <summary>Tries the offsets on which a search found patches to agree.</summary>
    /// <param name="search">The guide's holes hold what it compared.</param>
    public void Improve(PatchSearch search)
    {
        Dictionary<int, (int Count, HashSet<int> Cells)> found = [];
        foreach (int target in _level.Targets) Count(found, LabelOf(Offset(target, search.Matches[target])), _regions.CellOf(target));
        for (int p = 0; p < _labels.Length; p++)
        {
            if (_labels[p] >= 0) Count(found, _labels[p], _regions.CellOf(p));
        }

        int[] order = [.. found.Where(entry => entry.Value.Count >= AgreeMin).OrderByDescending(entry => entry.Value.Count).ThenBy(entry => entry.Key)
            .Select(entry => entry.Key)];
        int[][] cells = [.. order.Select(label => _regions.Grow(found[label].Cells))];
        Parallel.ForEach(_regions.All, _parallel, cell =>
        {
            foreach (int p in _regions.Pixels(cell)) _present[p] = _costs.Pixel(p, _offsets[_labels[p]]);
        });
        List<List<int>> batches = _regions.Batches(cells);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            int changes = 0;
            foreach (List<int> batch in batches)
            {
                Parallel.ForEach(batch, _parallel, i =>
                {
                    if (Expand(order[i], cells[i])) Interlocked.Increment(ref changes);
                });
            }

            if (changes == 0) break;
        }
    }

    /// <summary>Shows the pieces in the guide, and makes them a search's matches.</summary>
    /// <param name="search">Its matches are changed.</param>
    /// <param name="isStart">Whether the patches beside the hole have no matches of their own yet.</param>
    public void Write(PatchSearch search, bool isStart)
    {
        byte[] guide = _level.Guide.Values;
        for (int p = 0; p < _labels.Length; p++)
        {
            if (_labels[p] < 0) continue;
            int from = p + Flat(_labels[p]);
            guide.AsSpan(PatchGuide.Channels * from, PatchGuide.Channels).CopyTo(guide.AsSpan(PatchGuide.Channels * p, PatchGuide.Channels));
        }

        foreach (int target in _level.Targets)
        {
            if (_labels[target] < 0 && !isStart) continue;
            bool isSource = _costs.TrySource(target, _offsets[_labels[HoleNear(target)]], out int source);
            if (isSource || isStart) search.Matches[target] = isSource ? source : _level.Sources[0];
        }
    }

    /// <summary>Writes the source of every hole pixel, as index into the guide.</summary>
    public void Write(int[] sources)
    {
        for (int p = 0; p < _labels.Length; p++)
        {
            if (_labels[p] >= 0) sources[p] = p + Flat(_labels[p]);
        }
    }

    private bool TryStart(PieceCosts costs, List<PieceShift> shifts)
    {
        _costs = costs;
        int[] labels = [.. shifts.Select(shift => LabelOf(new(shift.X, shift.Y)))];
        int[] cells = _regions.All;
        bool[] isOpen = new bool[_labels.Length];
        Parallel.ForEach(cells, _parallel, cell =>
        {
            foreach (int p in _regions.Pixels(cell))
            {
                _present[p] = PieceCosts.Impossible;
                foreach (int label in labels)
                {
                    int cost = _costs.Pixel(p, _offsets[label]);
                    if (cost < _present[p]) (_present[p], _labels[p]) = (cost, label);
                }

                isOpen[p] = _labels[p] < 0;
            }
        });
        if (isOpen.Contains(true)) return false;
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            bool changed = false;
            foreach (int label in labels) changed |= Expand(label, cells);
            if (!changed) break;
        }

        return true;
    }

    private static void Count(Dictionary<int, (int Count, HashSet<int> Cells)> found, int label, int cell)
    {
        (int count, HashSet<int>? cells) = found.GetValueOrDefault(label);
        cells ??= [];
        cells.Add(cell);
        found[label] = (count + 1, cells);
    }

    private PatchOffset Offset(int target, int source) => new(source % _level.Width - target % _level.Width, source / _level.Width - target / _level.Width);

    private int Flat(int label) => _offsets[label].Y * _level.Width + _offsets[label].X;

    private int LabelOf(PatchOffset offset)
    {
        if (_labelOf.TryGetValue(offset, out int label)) return label;
        _labelOf[offset] = label = _offsets.Count;
        _offsets.Add(offset);
        return label;
    }

    /// <summary>The hole pixel nearest to the centre of a patch that touches the hole, the first in scan order.</summary>
    private int HoleNear(int target)
    {
        if (_level.Holes[target]) return target;
        int x = target % _level.Width, y = target / _level.Width, best = int.MaxValue, found = target;
        for (int v = y - PatchGuide.Radius; v <= y + PatchGuide.Radius; v++)
        {
            for (int u = x - PatchGuide.Radius; u <= x + PatchGuide.Radius; u++)
            {
                int distance = (u - x) * (u - x) + (v - y) * (v - y);
                if (_level.Holes[v * _level.Width + u] && distance < best) (best, found) = (distance, v * _level.Width + u);
            }
        }

        return found;
    }

    /// <summary>One move over cells.</summary>
    private bool Expand(int label, int[] cells)
    {
        _parallel.CancellationToken.ThrowIfCancellationRequested();
        if (!_scratch.TryTake(out int[]? nodeOf))
        {
            nodeOf = new int[_labels.Length];
            Array.Fill(nodeOf, -1);
        }

        List<int> pixels = [];
        foreach (int cell in cells)
        {
            foreach (int p in _regions.Pixels(cell))
            {
                if (!_costs.TrySource(_costs.Centre(p), _offsets[label], out _)) continue;
                nodeOf[p] = pixels.Count;
                pixels.Add(p);
            }
        }

        bool changed = new PieceMove(_level, _costs, _labels, _present, Flat).Apply(label, _offsets[label], pixels, nodeOf, _parallel.CancellationToken);
        foreach (int p in pixels) nodeOf[p] = -1;
        _scratch.Add(nodeOf);
        return changed;
    }
}
