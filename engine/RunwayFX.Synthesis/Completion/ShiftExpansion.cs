namespace RunwayFX.Synthesis.Completion;

/// <summary>Lets one shift after the other take over the pixels that are better off with it, all of a set judged together.</summary>
/// <remarks>Expansion moves (Boykov, Veksler and Zabih 2001). Hole pixels outside the set keep their shift and count as neighbours.</remarks>
internal sealed class ShiftExpansion
{
    private static readonly (int X, int Y)[] Sides = [(-1, 0), (1, 0), (0, -1), (0, 1)];

    private readonly CompletionLevel _level;
    private readonly ShiftCosts _costs;
    private readonly int[] _pixels;
    private readonly PieceShift[] _shifts;
    private readonly int[] _steps;
    private readonly (int First, int Second)[] _edges;
    private readonly (int Node, int Outside)[] _fixed;
    private readonly MinimumCut _cut;

    /// <param name="level">The level.</param>
    /// <param name="costs">Its costs.</param>
    /// <param name="pixels">The set, hole pixels.</param>
    /// <param name="shifts">The present shift of every hole pixel; changed by <see cref="Expand"/>.</param>
    /// <param name="nodeOf">Scratch of the level's size, all −1, and so again afterwards.</param>
    public ShiftExpansion(CompletionLevel level, ShiftCosts costs, int[] pixels, PieceShift[] shifts, int[] nodeOf)
    {
        (_level, _costs, _pixels, _shifts, _steps) = (level, costs, pixels, shifts, new int[pixels.Length]);
        for (int node = 0; node < pixels.Length; node++) nodeOf[pixels[node]] = node;
        List<(int, int)> edges = [], outside = [];
        for (int node = 0; node < pixels.Length; node++)
        {
            foreach ((int x, int y) in Sides)
            {
                if (!TryHole(pixels[node], x, y, out int other)) continue;
                if (nodeOf[other] < 0) outside.Add((node, other));
                else if (nodeOf[other] > node) edges.Add((node, nodeOf[other]));
            }
        }

        foreach (int p in pixels) nodeOf[p] = -1;
        (_edges, _fixed) = ([.. edges], [.. outside]);
        _cut = new(pixels.Length, _edges);
    }

    /// <summary>One move.</summary>
    /// <param name="shift">The shift that may grow.</param>
    /// <param name="cost">What each pixel of the set costs with it alone.</param>
    /// <param name="present">What each costs as it is.</param>
    /// <returns>Whether a pixel changed.</returns>
    public bool Expand(PieceShift shift, ReadOnlySpan<int> cost, Span<int> present)
    {
        for (int node = 0; node < _pixels.Length; node++)
        {
            int p = _pixels[node];
            _cut.Terminals[node] = cost[node] - present[node];
            _steps[node] = _costs.Step(p, _shifts[p], shift);
        }

        for (int e = 0; e < _edges.Length; e++) SetEdge(e, shift);
        foreach ((int node, int other) in _fixed)
        {
            int p = _pixels[node];
            _cut.Terminals[node] += _costs.Seam(p, other, shift, _shifts[other]) - _costs.Seam(p, other, _shifts[p], _shifts[other]);
        }

        _cut.Solve();
        bool changed = false;
        for (int node = 0; node < _pixels.Length; node++)
        {
            if (!_cut.IsSink(node) || _shifts[_pixels[node]] == shift) continue;
            (_shifts[_pixels[node]], present[node], changed) = (shift, cost[node], true);
        }

        return changed;
    }

    private void SetEdge(int e, PieceShift shift)
    {
        (int first, int second) = _edges[e];
        int p = _pixels[first], q = _pixels[second], stay = 0, one, two;
        PieceShift a = _shifts[p], b = _shifts[q];
        if (a == b)
        {
            one = two = a == shift ? 0 : _steps[first] + _steps[second] + ShiftCosts.SeamBase;
        }
        else
        {
            stay = _costs.Seam(p, q, a, b);
            two = a == shift ? 0 : _steps[first] + _costs.Step(q, a, shift) + ShiftCosts.SeamBase;
            one = b == shift ? 0 : _costs.Step(p, shift, b) + _steps[second] + ShiftCosts.SeamBase;
        }

        _cut.Terminals[first] += one - stay;
        _cut.Terminals[second] -= one;
        _cut.Capacities[2 * e] = Math.Max(0, two + one - stay);
        _cut.Capacities[2 * e + 1] = 0;
    }

    private bool TryHole(int p, int x, int y, out int other)
    {
        int u = p % _level.Width + x, v = p / _level.Width + y;
        other = p + y * _level.Width + x;
        return (uint)u < (uint)_level.CanvasWidth && (uint)v < (uint)_level.Height && _level.Holes[other];
    }
}
