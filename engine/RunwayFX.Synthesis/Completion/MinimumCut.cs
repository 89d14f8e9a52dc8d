namespace RunwayFX.Synthesis.Completion;

/// <summary>Minimum cut of a sparse graph whose capacities are set again and again, such as the neighbourhood of pixels.</summary>
/// <remarks>Boykov and Kolmogorov, An Experimental Comparison of Min-Cut/Max-Flow Algorithms (2004). Whole numbers: the same cut on every machine.
/// Arcs come in pairs: 2e leads from an edge's first node to its second, 2e + 1 back.</remarks>
internal sealed class MinimumCut
{
    private const int Free = -1, Root = -2, Orphan = -3;

    private readonly int[] _heads;
    private readonly int[] _firstArcs;
    private readonly int[] _arcs;
    private readonly int[] _parents;
    private readonly int[] _stamps;
    private readonly int[] _depths;
    private readonly bool[] _inSink;
    private readonly bool[] _isActive;
    private readonly Queue<int> _active = [];
    private readonly Queue<int> _orphans = [];
    private int _stamp;

    /// <summary>A graph without capacities.</summary>
    /// <param name="nodes">How many nodes.</param>
    /// <param name="edges">Node pairs.</param>
    public MinimumCut(int nodes, IReadOnlyList<(int First, int Second)> edges)
    {
        _heads = new int[2 * edges.Count];
        _firstArcs = new int[nodes + 1];
        _arcs = new int[_heads.Length];
        (_parents, _stamps, _depths) = (new int[nodes], new int[nodes], new int[nodes]);
        (_inSink, _isActive) = (new bool[nodes], new bool[nodes]);
        Capacities = new int[_heads.Length];
        Terminals = new int[nodes];
        for (int e = 0; e < edges.Count; e++)
        {
            (_heads[2 * e], _heads[2 * e + 1]) = (edges[e].Second, edges[e].First);
            _firstArcs[edges[e].First + 1]++;
            _firstArcs[edges[e].Second + 1]++;
        }

        for (int node = 0; node < nodes; node++) _firstArcs[node + 1] += _firstArcs[node];
        int[] next = _firstArcs[..nodes];
        for (int arc = 0; arc < _heads.Length; arc++) _arcs[next[_heads[arc ^ 1]]++] = arc;
    }

    /// <summary>Capacity of every arc, at least 0; used up by <see cref="Solve"/>.</summary>
    public int[] Capacities { get; }

    /// <summary>Capacity from the source (positive) or to the sink (negative) of every node; used up by <see cref="Solve"/>.</summary>
    public int[] Terminals { get; }

    /// <summary>Whether a node lies on the sink's side after <see cref="Solve"/>; nodes that could lie on either count to the source.</summary>
    public bool IsSink(int node) => _parents[node] != Free && _inSink[node];

    /// <summary>Pushes all flow through.</summary>
    public void Solve()
    {
        _active.Clear();
        _stamp = 0;
        for (int node = 0; node < Terminals.Length; node++)
        {
            _parents[node] = Terminals[node] == 0 ? Free : Root;
            _inSink[node] = Terminals[node] < 0;
            (_stamps[node], _depths[node], _isActive[node]) = (0, 1, false);
            if (Terminals[node] != 0) Activate(node);
        }

        while (_active.TryPeek(out int node))
        {
            int bridge = _parents[node] == Free ? -1 : Grow(node);
            if (bridge < 0)
            {
                _ = _active.Dequeue();
                _isActive[node] = false;
                continue;
            }

            _stamp++;
            Augment(bridge);
            while (_orphans.TryDequeue(out int orphan)) Adopt(orphan);
        }
    }

    /// <summary>Grows a node's tree; the arc from the source's tree to the sink's where the two meet, else −1.</summary>
    private int Grow(int node)
    {
        for (int i = _firstArcs[node]; i < _firstArcs[node + 1]; i++)
        {
            int arc = _arcs[i], outward = _inSink[node] ? arc ^ 1 : arc, other = _heads[arc];
            if (Capacities[outward] <= 0) continue;
            if (_parents[other] == Free)
            {
                (_inSink[other], _parents[other]) = (_inSink[node], arc ^ 1);
                (_stamps[other], _depths[other]) = (_stamps[node], _depths[node] + 1);
                Activate(other);
            }
            else if (_inSink[other] != _inSink[node])
            {
                return outward;
            }
        }

        return -1;
    }

    private void Augment(int bridge)
    {
        int flow = Capacities[bridge], node = _heads[bridge ^ 1];
        for (; _parents[node] != Root; node = _heads[_parents[node]]) flow = Math.Min(flow, Capacities[_parents[node] ^ 1]);
        flow = Math.Min(flow, Terminals[node]);
        for (node = _heads[bridge]; _parents[node] != Root; node = _heads[_parents[node]]) flow = Math.Min(flow, Capacities[_parents[node]]);
        flow = Math.Min(flow, -Terminals[node]);

        Push(bridge, flow);
        for (node = _heads[bridge ^ 1]; _parents[node] != Root;)
        {
            int arc = _parents[node];
            Push(arc ^ 1, flow);
            if (Capacities[arc ^ 1] == 0) Disown(node);
            node = _heads[arc];
        }

        Terminals[node] -= flow;
        if (Terminals[node] == 0) Disown(node);
        for (node = _heads[bridge]; _parents[node] != Root;)
        {
            int arc = _parents[node];
            Push(arc, flow);
            if (Capacities[arc] == 0) Disown(node);
            node = _heads[arc];
        }

        Terminals[node] += flow;
        if (Terminals[node] == 0) Disown(node);
    }

    private void Push(int arc, int flow)
    {
        Capacities[arc] -= flow;
        Capacities[arc ^ 1] += flow;
    }

    private void Disown(int node)
    {
        _parents[node] = Orphan;
        _orphans.Enqueue(node);
    }

    private void Activate(int node)
    {
        if (_isActive[node]) return;
        _isActive[node] = true;
        _active.Enqueue(node);
    }

    /// <summary>Finds a new parent for a node, or sets it free.</summary>
    private void Adopt(int node)
    {
        int best = Free, bestDepth = int.MaxValue;
        for (int i = _firstArcs[node]; i < _firstArcs[node + 1]; i++)
        {
            int arc = _arcs[i], other = _heads[arc];
            if (_parents[other] == Free || _inSink[other] != _inSink[node] || Capacities[_inSink[node] ? arc : arc ^ 1] <= 0) continue;
            int depth = DepthOf(other);
            if (depth < bestDepth) (best, bestDepth) = (arc, depth);
        }

        _parents[node] = best;
        if (best != Free)
        {
            (_stamps[node], _depths[node]) = (_stamp, bestDepth + 1);
            return;
        }

        for (int i = _firstArcs[node]; i < _firstArcs[node + 1]; i++)
        {
            int arc = _arcs[i], other = _heads[arc];
            if (_parents[other] == Free || _inSink[other] != _inSink[node]) continue;
            if (Capacities[_inSink[node] ? arc : arc ^ 1] > 0) Activate(other);
            if (_parents[other] >= 0 && _heads[_parents[other]] == node) Disown(other);
        }
    }

    /// <summary>Steps from a node to its terminal; <see cref="int.MaxValue"/> where an orphan lies between.</summary>
    private int DepthOf(int node)
    {
        int steps = 0, at = node;
        while (_stamps[at] != _stamp || _parents[at] == Orphan)
        {
            if (_parents[at] == Orphan) return int.MaxValue;
            if (_parents[at] == Root)
            {
                (_stamps[at], _depths[at]) = (_stamp, 1);
                break;
            }

            at = _heads[_parents[at]];
            steps++;
        }

        int depth = _depths[at] + steps;
        for (at = node; _stamps[at] != _stamp; at = _heads[_parents[at]]) (_stamps[at], _depths[at]) = (_stamp, depth--);
        return _depths[node];
    }
}
