using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>First guess of a completion on its coarsest level: the hole is tiled with a few large pieces of the picture, each shifted as a whole,
/// whose seams run where they show least.</summary>
/// <remarks>After Pritch et al., Shift-Map Image Editing (2009), and He and Sun, Statistics of Patch Offsets for Image Completion (2012). Expansion
/// moves (Boykov et al. 2001) choose among the shifts of <see cref="ShiftCandidates"/>. What is unusual in the picture (<see cref="Salience"/>) is
/// not shown twice without need. Deterministic; independent of the number of threads.</remarks>
internal sealed class ShiftMap
{
    /// <summary>Hole pixels of a level up to which the map is made there.</summary>
    public const int HolesMax = 14_000;

    private const int Sweeps = 3;

    /// <summary>Fixed point of costs. A cost of 1 per pixel is one 8-bit step in one channel.</summary>
    private const int Scale = 16;

    private const int Impossible = 1 << 20, ImpossibleSeam = 2 * Scale * StepMax;

    /// <summary>Cost of a seam beside what it shows, of a step at the border, and of salience above what is usual.</summary>
    private const double SeamCost = 6, BorderCost = 8, SalienceCost = 0.6;

    /// <summary>Largest cost per pixel that a seed gives a shift: the default seed decides between equals, others look for something else.</summary>
    private const double DefaultSeedCost = 1, SeedCost = 8;

    private const int SalienceUsual = 140;

    /// <summary>The step, summed over four channels, that costs itself; and the most that one costs.</summary>
    private const int StepUnit = 32, StepMax = 400;

    /// <summary>Known pixels that are compared at the border reach this far.</summary>
    private const int BorderRadius = 2;

    private readonly CompletionLevel _level;
    private readonly ShiftCandidates _candidates;
    private readonly int _width;
    private readonly int[] _nodes;
    private readonly int[] _nodeOf;
    private readonly int[] _shifts;
    private readonly int[][] _costs;
    private readonly int[] _labels;
    private readonly List<(int First, int Second)> _edges = [];

    private ShiftMap(CompletionLevel level, CompletionOptions options, CancellationToken cancellation)
    {
        (_level, _width) = (level, level.Width);
        _nodes = [.. Enumerable.Range(0, level.Holes.Length).Where(p => level.Holes[p])];
        _nodeOf = new int[level.Holes.Length];
        Array.Fill(_nodeOf, -1);
        for (int node = 0; node < _nodes.Length; node++) _nodeOf[_nodes[node]] = node;
        foreach (int p in _nodes)
        {
            if (p % _width < level.CanvasWidth - 1 && _nodeOf[p + 1] >= 0) _edges.Add((_nodeOf[p], _nodeOf[p + 1]));
            if (p / _width < level.Height - 1 && _nodeOf[p + _width] >= 0) _edges.Add((_nodeOf[p], _nodeOf[p + _width]));
        }

        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.ThreadsMax, CancellationToken = cancellation };
        _candidates = new(level);
        _shifts = _candidates.Find(_nodes, (ulong)options.Seed, parallel);
        _costs = new int[_shifts.Length][];
        _labels = new int[_nodes.Length];
        byte[] salience = Salience.Measure(level, parallel);
        Parallel.For(0, _shifts.Length, parallel, label => 
        {
            // Another seed likes other shifts better.
            double liking = (options.Seed == new CompletionOptions().Seed ? DefaultSeedCost : SeedCost) 
                * DeterministicRandom.At((ulong)options.Seed, _shifts[label]).Next(Scale) / Scale;
            _costs[label] = [.. _nodes.Select(p => Cost(p, _shifts[label], liking, salience))];
        });
    }

    /// <summary>Writes a match for every target, and the guide's hole pixels.</summary>
    /// <returns>False, with nothing written, where no shift reaches over the hole.</returns>
    public static bool TryStart(CompletionLevel level, PatchSearch search, CompletionOptions options, CancellationToken cancellation)
    {
        if (!level.Holes.Contains(true)) return false;
        ShiftMap map = new(level, options, cancellation);
        if (map._shifts.Length == 0) return false;
        map.Choose(cancellation);
        map.Write(search);
        return true;
    }

    private void Choose(CancellationToken cancellation)
    {
        for (int node = 0; node < _labels.Length; node++)
        {
            for (int label = 1; label < _shifts.Length; label++)
            {
                if (_costs[label][node] < _costs[_labels[node]][node]) _labels[node] = label;
            }
        }

        MinimumCut cut = new(_nodes.Length, _edges);
        for (int sweep = 0; sweep < Sweeps; sweep++)
        {
            for (int label = 0; label < _shifts.Length; label++)
            {
                cancellation.ThrowIfCancellationRequested();
                Expand(cut, label);
            }
        }
    }

    /// <summary>Lets one shift take over all pixels that are better off with it, judged together.</summary>
    private void Expand(MinimumCut cut, int label)
    {
        for (int node = 0; node < _labels.Length; node++) cut.Terminals[node] = _costs[label][node] - _costs[_labels[node]][node];
        for (int e = 0; e < _edges.Count; e++)
        {
            (int p, int q) = _edges[e];
            int stay = Seam(p, q, _labels[p], _labels[q]), second = Seam(p, q, _labels[p], label), first = Seam(p, q, label, _labels[q]);
            cut.Terminals[p] += first - stay;
            cut.Terminals[q] -= first;
            cut.Capacities[2 * e] = Math.Max(0, second + first - stay);
            cut.Capacities[2 * e + 1] = 0;
        }

        cut.Solve();
        for (int node = 0; node < _labels.Length; node++)
        {
            if (cut.IsSink(node)) _labels[node] = label;
        }
    }

    /// <summary>Cost of one pixel alone: where it is taken from, and how well that continues the known picture next to it.</summary>
    private int Cost(int p, int shift, double liking, byte[] salience)
    {
        if (!_candidates.IsValid(_candidates.Centre(p), shift)) return Impossible;
        double cost = liking + _candidates.SidewaysCost(p, shift) + SalienceCost * Math.Max(0, salience[p + shift] - SalienceUsual);
        if (Math.Max(Math.Abs((int)_level.NearestX[p]), Math.Abs((int)_level.NearestY[p])) <= 1) cost += BorderCost * BorderStep(p, shift);
        return (int)Math.Min(Scale * cost, Impossible);
    }

    private double BorderStep(int p, int shift)
    {
        int count = 0, sum = 0;
        for (int v = -BorderRadius; v <= BorderRadius; v++)
        {
            for (int u = -BorderRadius; u <= BorderRadius; u++)
            {
                (int x, int y) = (p % _width + u, p / _width + v);
                if (x < 0 || y < 0 || x >= _level.CanvasWidth || y >= _level.Height) continue;
                int q = y * _width + x;
                if (_level.Holes[q] || q + shift < 0 || q + shift >= _level.Holes.Length) continue;
                sum += Visible(q, q + shift);
                count++;
            }
        }

        return (double)sum / Math.Max(1, count);
    }

    private int Seam(int first, int second, int a, int b)
    {
        if (a == b) return 0;
        if (_costs[a][first] >= Impossible || _costs[b][first] >= Impossible || _costs[a][second] >= Impossible || _costs[b][second] >= Impossible)
            return ImpossibleSeam;
        int p = _nodes[first], q = _nodes[second];
        return Scale * (Visible(p + _shifts[a], p + _shifts[b]) + Visible(q + _shifts[a], q + _shifts[b]) + (int)SeamCost);
    }

    /// <summary>How much a step between two pixels shows: texture hides small ones.</summary>
    private int Visible(int a, int b)
    {
        int step = _level.Guide.Step(a, b);
        return Math.Min(step * step / StepUnit, StepMax);
    }

    private void Write(PatchSearch search)
    {
        byte[] guide = _level.Guide.Values;
        for (int node = 0; node < _nodes.Length; node++)
        {
            int p = _nodes[node], shift = _shifts[_labels[node]];
            int from = _candidates.IsValid(_candidates.Centre(p), shift) ? p + shift : _level.Sources[0];
            guide.AsSpan(PatchGuide.Channels * from, PatchGuide.Channels).CopyTo(guide.AsSpan(PatchGuide.Channels * p, PatchGuide.Channels));
        }

        foreach (int target in _level.Targets)
        {
            int shift = _shifts[_labels[NodeNear(target)]];
            search.Matches[target] = _candidates.IsValid(target, shift) ? target + shift : _level.Sources[0];
        }
    }

    /// <summary>A hole pixel of a target's patch, near its centre.</summary>
    private int NodeNear(int target)
    {
        int node = _nodeOf[target];
        for (int reach = 1; node < 0 && reach <= PatchGuide.Radius; reach++)
        {
            for (int v = -reach; v <= reach && node < 0; v++)
            {
                for (int u = -reach; u <= reach && node < 0; u++) node = _nodeOf[target + v * _width + u];
            }
        }

        return node;
    }
}
