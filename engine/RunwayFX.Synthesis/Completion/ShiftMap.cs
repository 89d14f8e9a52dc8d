using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Tiles a hole with a few large pieces of the picture, each shifted as a whole, whose seams run where they show least.</summary>
/// <remarks>After Pritch et al., Shift-Map Image Editing (2009), and He and Sun, Statistics of Patch Offsets for Image Completion (2012): the pieces
/// are chosen on a coarse level among <see cref="ShiftCandidates"/>, then brought to finer levels by <see cref="Refine"/>. Deterministic;
/// independent of the number of threads.</remarks>
internal sealed class ShiftMap
{
    /// <summary>Hole pixels of a level up to which the pieces are chosen there.</summary>
    public const int HolesMax = 14_000;

    private const int Sweeps = 2;

    /// <summary>Largest cost per pixel that a seed gives a shift: each seed likes other shifts better.</summary>
    private const double SeedCost = 8;

    /// <summary>On finer levels, seams may move by this much, pixels; and the shift of a piece by one pixel.</summary>
    private const int Band = 3;

    private readonly Salience _salience;
    private readonly BorderContent _content;
    private readonly ulong _seed;
    private readonly ParallelOptions _parallel;
    private readonly int _halvings;
    private CompletionLevel _level;
    private ShiftCosts _costs;
    private PieceShift[] _shifts;

    private ShiftMap(CompletionLevel level, CompletionOptions options, ParallelOptions parallel, int halvings)
    {
        (_level, _seed, _parallel, _halvings) = (level, (ulong)options.Seed, parallel, halvings);
        _salience = Salience.Measure(level, parallel);
        _content = BorderContent.Measure(level, _salience, parallel);
        _costs = new(level, _salience, _content);
        _shifts = new PieceShift[level.Holes.Length];
    }

    /// <summary>Chooses the pieces on a level; null where no shift reaches over the hole.</summary>
    /// <param name="level">A coarse level.</param>
    /// <param name="halvings">How many times it was halved.</param>
    /// <param name="options">Seed and threads.</param>
    /// <param name="cancellation">Asked before every move.</param>
    public static ShiftMap? TryChoose(CompletionLevel level, int halvings, CompletionOptions options, CancellationToken cancellation)
    {
        if (!level.Holes.Contains(true)) return null;
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancellation };
        ShiftMap map = new(level, options, parallel, halvings);
        List<PieceShift> candidates = new ShiftCandidates(level, options.IsPieced).Find(parallel);
        if (candidates.Count == 0) return null;
        map.Choose(candidates);
        return map;
    }

    /// <summary>Writes a match for every target, and the guide's hole pixels.</summary>
    public void Write(PatchSearch search)
    {
        byte[] guide = _level.Guide.Values;
        for (int p = 0; p < _shifts.Length; p++)
        {
            if (!_level.Holes[p]) continue;
            int from = Source(p);
            guide.AsSpan(PatchGuide.Channels * from, PatchGuide.Channels).CopyTo(guide.AsSpan(PatchGuide.Channels * p, PatchGuide.Channels));
        }

        foreach (int target in _level.Targets)
        {
            PieceShift shift = _shifts[HoleNear(target)];
            int x = target % _level.Width + shift.X, y = target / _level.Width + shift.Y;
            bool isSource = x >= 0 && y >= 0 && x < _level.CanvasWidth && y < _level.Height && _level.IsSource[y * _level.Width + x];
            search.Matches[target] = isSource ? y * _level.Width + x : _level.Sources[0];
        }
    }

    /// <summary>The source of every hole pixel of the level, which is the finest, as index into the guide, and −1 elsewhere.</summary>
    public int[] ToSources(HoleMask mask)
    {
        int[] sources = new int[_level.Holes.Length];
        Array.Fill(sources, -1);
        (int X, int Y)[] bends = new BorderAlignment(_level, _costs, _shifts).Find(mask, _parallel);
        for (int p = 0; p < sources.Length; p++)
        {
            if (!_level.Holes[p]) continue;
            bool isMirrored = false;
            int from = Bent(p, bends[p / _level.Width * _level.CanvasWidth + p % _level.Width], ref isMirrored);
            sources[p] = isMirrored && _level.Width > _level.CanvasWidth ? from + 2 * (_level.CanvasWidth - from % _level.Width) - 1 : from;
        }

        return sources;
    }

    /// <summary>Goes on to a level twice as large: pieces move by up to a pixel, and seams by a few, to where they fit best.</summary>
    public void Refine(CompletionLevel finer, int halvings)
    {
        PieceShift[] shifts = new PieceShift[finer.Holes.Length];
        int[] pieces = Pieces(out List<PieceShift> pieceShifts), finerPieces = new int[shifts.Length];
        Array.Fill(finerPieces, -1);
        for (int p = 0; p < shifts.Length; p++)
        {
            if (finer.Holes[p]) finerPieces[p] = pieces[HoleNear(p / finer.Width / 2 * _level.Width + p % finer.Width / 2)];
        }

        (_level, _costs, _shifts) = (finer, new(finer, _salience.For(_halvings - halvings), _content.For(_halvings - halvings)), shifts);
        new ShiftFit(finer, _costs, finerPieces).Adjust(pieceShifts, shifts, _parallel);
        MoveSeams();
    }

    private void Choose(List<PieceShift> candidates)
    {
        int[] pixels = [.. Enumerable.Range(0, _level.Holes.Length).Where(p => _level.Holes[p])], nodeOf = new int[_level.Holes.Length];
        Array.Fill(nodeOf, -1);
        int[][] costs = new int[candidates.Count][];
        Parallel.For(0, costs.Length, _parallel, label =>
        {
            PieceShift shift = candidates[label];
            int liking = (int)(ShiftCosts.Scale * SeedCost * DeterministicRandom.At(_seed, shift.X, shift.Y).NextSingle());
            sbyte[]? bends = _costs.Bends(shift);
            costs[label] = [.. pixels.Select(p => Math.Min(ShiftCosts.Impossible, _costs.Pixel(p, shift, bends) + liking))];
        });
        int[] present = new int[pixels.Length];
        for (int node = 0; node < pixels.Length; node++)
        {
            int best = 0;
            for (int label = 1; label < costs.Length; label++) best = costs[label][node] < costs[best][node] ? label : best;
            (_shifts[pixels[node]], present[node]) = (candidates[best], costs[best][node]);
        }

        ShiftExpansion expansion = new(_level, _costs, pixels, _shifts, nodeOf);
        bool changed = true;
        for (int sweep = 0; sweep < Sweeps && changed; sweep++)
        {
            changed = false;
            for (int label = 0; label < costs.Length; label++)
            {
                _parallel.CancellationToken.ThrowIfCancellationRequested();
                changed |= expansion.Expand(candidates[label], costs[label], present);
            }
        }
    }

    /// <summary>Numbers the connected pieces.</summary>
    private int[] Pieces(out List<PieceShift> shifts)
    {
        int[] pieces = new int[_shifts.Length];
        Array.Fill(pieces, -1);
        shifts = [];
        Stack<int> open = [];
        for (int start = 0; start < pieces.Length; start++)
        {
            if (!_level.Holes[start] || pieces[start] >= 0) continue;
            pieces[start] = shifts.Count;
            open.Push(start);
            while (open.TryPop(out int p))
            {
                int x = p % _level.Width, y = p / _level.Width;
                if (x > 0) Take(p - 1);
                if (x < _level.CanvasWidth - 1) Take(p + 1);
                if (y > 0) Take(p - _level.Width);
                if (y < _level.Height - 1) Take(p + _level.Width);
            }

            shifts.Add(_shifts[start]);

            void Take(int p)
            {
                if (pieces[p] >= 0 || !_level.Holes[p] || _shifts[p] != _shifts[start]) return;
                pieces[p] = pieces[start];
                open.Push(p);
            }
        }

        return pieces;
    }

    /// <summary>Moves the seams within a band around them.</summary>
    private void MoveSeams()
    {
        Dictionary<PieceShift, List<int>> reach = [];
        HashSet<PieceShift> near = [];
        int stride = _level.Width;
        for (int p = 0; p < _shifts.Length; p++)
        {
            if (!_level.Holes[p]) continue;
            near.Clear();
            int x = p % stride, y = p / stride;
            for (int v = Math.Max(0, y - Band); v <= Math.Min(_level.Height - 1, y + Band); v++)
            {
                for (int u = Math.Max(0, x - Band); u <= Math.Min(_level.CanvasWidth - 1, x + Band); u++)
                {
                    if (_level.Holes[v * stride + u] && _shifts[v * stride + u] != _shifts[p]) near.Add(_shifts[v * stride + u]);
                }
            }

            if (near.Count > 0) near.Add(_shifts[p]);
            foreach (PieceShift shift in near)
            {
                if (!reach.TryGetValue(shift, out List<int>? pixels)) reach[shift] = pixels = [];
                pixels.Add(p);
            }
        }

        int[] nodeOf = new int[_shifts.Length];
        Array.Fill(nodeOf, -1);
        foreach ((PieceShift shift, List<int> list) in reach.OrderBy(entry => entry.Key.X).ThenBy(entry => entry.Key.Y)
            .ThenBy(entry => entry.Key.IsMirrored))
        {
            _parallel.CancellationToken.ThrowIfCancellationRequested();
            int[] pixels = [.. list], cost = new int[pixels.Length], present = new int[pixels.Length];
            Parallel.For(0, pixels.Length, _parallel, i =>
            {
                cost[i] = _costs.Pixel(pixels[i], shift);
                present[i] = _costs.Pixel(pixels[i], _shifts[pixels[i]]);
            });
            _ = new ShiftExpansion(_level, _costs, pixels, _shifts, nodeOf).Expand(shift, cost, present);
        }
    }

    /// <summary>The known pixel that a hole pixel shows: where its shift leads, or the known one nearest to that.</summary>
    private int Source(int p) => Known(_shifts[p].Column(p % _level.Width), p / _level.Width + _shifts[p].Y);

    private int Known(int x, int y)
    {
        int from = Math.Clamp(y, 0, _level.Height - 1) * _level.Width + Math.Clamp(x, 0, _level.CanvasWidth - 1);
        return from + _level.NearestY[from] * _level.Width + _level.NearestX[from];
    }

    /// <summary>What a hole pixel shows of the bent fill.</summary>
    private int Bent(int p, (int X, int Y) bend, ref bool isMirrored)
    {
        int x = p % _level.Width + bend.X, y = p / _level.Width + bend.Y, bent = y * _level.Width + x;
        if ((uint)x < (uint)_level.CanvasWidth && (uint)y < (uint)_level.Height && _level.Holes[bent])
        {
            isMirrored = _shifts[bent].IsMirrored;
            return Source(bent);
        }

        isMirrored = _shifts[p].IsMirrored;
        return Known(_shifts[p].Column(x), y + _shifts[p].Y);
    }

    /// <summary>A hole pixel near another pixel: itself where it is one.</summary>
    private int HoleNear(int p)
    {
        int x = p % _level.Width, y = p / _level.Width;
        for (int reach = 0; reach <= Math.Max(_level.CanvasWidth, _level.Height); reach++)
        {
            for (int v = Math.Max(0, y - reach); v <= Math.Min(_level.Height - 1, y + reach); v++)
            {
                for (int u = Math.Max(0, x - reach); u <= Math.Min(_level.CanvasWidth - 1, x + reach); u++)
                {
                    if (_level.Holes[v * _level.Width + u]) return v * _level.Width + u;
                }
            }
        }

        return p;
    }
}
