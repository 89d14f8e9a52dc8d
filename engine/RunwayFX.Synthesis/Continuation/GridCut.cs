namespace RunwayFX.Synthesis.Continuation;

/// <summary>The cheapest cut of a volume in two: which cells belong to the source side and which to the sink side.</summary>
/// <remarks>
/// <para>Shape (depth, height, width), six neighbours. After Boykov and Kolmogorov, "An Experimental Comparison of Min-Cut/Max-Flow Algorithms for Energy
/// Minimization in Vision" (PAMI 2004). Whole-number capacities and a fixed order: the same cut on every machine. Cells that no path ties to the sink stay on
/// the source side. About 46 bytes per cell.</para>
/// </remarks>
internal sealed class GridCut
{
    /// <summary>Most cells.</summary>
    public const int CellsMax = 1 << 21;

    private const byte Free = 0, SourceTree = 1, SinkTree = 2;
    private const sbyte NoParent = -1, Terminal = 6, Orphaned = 7;

    /// <summary>Cells looked at between two questions for cancellation: a few milliseconds.</summary>
    private const int AskEvery = 1 << 14;

    private readonly int _width;
    private readonly int _height;
    private readonly int _depth;
    private readonly int[] _offsets;

    /// <summary>What a cell can still send to each neighbour: −x, +x, −y, +y, −z, +z.</summary>
    private readonly int[][] _capacity = new int[6][];

    /// <summary>Positive: still to come from the source; negative: still to go to the sink.</summary>
    private readonly int[] _terminal;

    private readonly byte[] _tree;
    private readonly sbyte[] _parent;
    private readonly int[] _distance;
    private readonly int[] _stamp;
    private readonly bool[] _isActive;
    private readonly Queue<int> _active = new();
    private readonly Queue<int> _orphans = new();
    private int _time;
    private int _looks;
    private CancellationToken _cancellation;

    public GridCut(int width, int height, int depth)
    {
        if ((long)width * height * depth is < 1 or > CellsMax)
            throw new ArgumentOutOfRangeException(nameof(depth), depth, $"a volume of {width}×{height}×{depth} cells is outside 1..{CellsMax}");
        (_width, _height, _depth) = (width, height, depth);
        _offsets = [-1, 1, -width, width, -width * height, width * height];
        int count = width * height * depth;
        for (int direction = 0; direction < 6; direction++) _capacity[direction] = new int[count];
        _terminal = new int[count];
        _tree = new byte[count];
        _parent = new sbyte[count];
        _distance = new int[count];
        _stamp = new int[count];
        _isActive = new bool[count];
    }

    /// <summary>What it costs to have a cell on the sink side (positive) or on the source side (negative).</summary>
    public void Prefer(int cell, int amount) => _terminal[cell] += amount;

    /// <summary>What it costs to part a cell from its next neighbour along an axis (0 = x, 1 = y, 2 = z).</summary>
    public void Tie(int cell, int axis, int cost)
    {
        _capacity[2 * axis + 1][cell] += cost;
        _capacity[2 * axis][cell + _offsets[2 * axis + 1]] += cost;
    }

    /// <summary>Cuts. True where a cell is on the source side.</summary>
    public bool[] Solve(CancellationToken cancellation)
    {
        _cancellation = cancellation;
        Array.Fill(_parent, NoParent);
        for (int cell = 0; cell < _terminal.Length; cell++)
        {
            if (_terminal[cell] == 0) continue;
            _tree[cell] = _terminal[cell] > 0 ? SourceTree : SinkTree;
            _parent[cell] = Terminal;
            _distance[cell] = 1;
            Activate(cell);
        }

        while (_active.Count > 0)
        {
            Look();
            int cell = _active.Peek();
            if (_tree[cell] != Free && Grow(cell, out int from, out int direction))
            {
                Augment(from, direction);
                continue;
            }

            _active.Dequeue();
            _isActive[cell] = false;
        }

        bool[] isSource = new bool[_terminal.Length];
        for (int cell = 0; cell < isSource.Length; cell++) isSource[cell] = _tree[cell] != SinkTree;
        return isSource;
    }

    /// <summary>Counts a look at a cell, and asks for cancellation now and then.</summary>
    private void Look()
    {
        if (++_looks % AskEvery == 0) _cancellation.ThrowIfCancellationRequested();
    }

    private void Activate(int cell)
    {
        if (_isActive[cell]) return;
        _isActive[cell] = true;
        _active.Enqueue(cell);
    }

    private bool HasNeighbour(int cell, int direction) => direction switch
    {
        0 => cell % _width > 0,
        1 => cell % _width < _width - 1,
        2 => cell / _width % _height > 0,
        3 => cell / _width % _height < _height - 1,
        4 => cell >= _width * _height,
        _ => cell < _width * _height * (_depth - 1),
    };

    /// <summary>Capacity along the tree: away from the source, towards the sink.</summary>
    private int Along(int cell, int direction, byte tree) => tree == SourceTree ? _capacity[direction][cell]
        : _capacity[direction ^ 1][cell + _offsets[direction]];

    /// <summary>Takes free neighbours into a cell's tree; true where it meets the other tree.</summary>
    private bool Grow(int cell, out int from, out int towards)
    {
        byte tree = _tree[cell];
        for (int direction = 0; direction < 6; direction++)
        {
            if (!HasNeighbour(cell, direction) || Along(cell, direction, tree) == 0) continue;
            int next = cell + _offsets[direction];
            if (_tree[next] == Free)
            {
                _tree[next] = tree;
                _parent[next] = (sbyte)(direction ^ 1);
                _stamp[next] = _stamp[cell];
                _distance[next] = _distance[cell] + 1;
                Activate(next);
            }
            else if (_tree[next] != tree)
            {
                (from, towards) = tree == SourceTree ? (cell, direction) : (next, direction ^ 1);
                return true;
            }
        }

        (from, towards) = (0, 0);
        return false;
    }

    /// <summary>Sends as much as fits along the path through an edge from the source tree to the sink tree.</summary>
    private void Augment(int from, int direction)
    {
        int to = from + _offsets[direction];
        int amount = _capacity[direction][from];
        int root = from;
        for (; _parent[root] != Terminal; root += _offsets[_parent[root]])
            amount = Math.Min(amount, _capacity[_parent[root] ^ 1][root + _offsets[_parent[root]]]);
        amount = Math.Min(amount, _terminal[root]);
        int end = to;
        for (; _parent[end] != Terminal; end += _offsets[_parent[end]]) amount = Math.Min(amount, _capacity[_parent[end]][end]);
        amount = Math.Min(amount, -_terminal[end]);

        _capacity[direction][from] -= amount;
        _capacity[direction ^ 1][to] += amount;
        for (int cell = from; _parent[cell] != Terminal;)
        {
            int parentDirection = _parent[cell], parent = cell + _offsets[parentDirection];
            _capacity[parentDirection][cell] += amount;
            if ((_capacity[parentDirection ^ 1][parent] -= amount) == 0) Orphan(cell);
            cell = parent;
        }

        if ((_terminal[root] -= amount) == 0) Orphan(root);
        for (int cell = to; _parent[cell] != Terminal;)
        {
            int parentDirection = _parent[cell], parent = cell + _offsets[parentDirection];
            _capacity[parentDirection ^ 1][parent] += amount;
            if ((_capacity[parentDirection][cell] -= amount) == 0) Orphan(cell);
            cell = parent;
        }

        if ((_terminal[end] += amount) == 0) Orphan(end);
        _time++;
        while (_orphans.TryDequeue(out int orphan))
        {
            Look();
            Adopt(orphan);
        }
    }

    private void Orphan(int cell)
    {
        _parent[cell] = Orphaned;
        _orphans.Enqueue(cell);
    }

    private void Adopt(int cell)
    {
        byte tree = _tree[cell];
        int best = -1, bestDistance = int.MaxValue;
        for (int direction = 0; direction < 6; direction++)
        {
            if (!HasNeighbour(cell, direction)) continue;
            int next = cell + _offsets[direction];
            if (_tree[next] != tree || Along(next, direction ^ 1, tree) == 0) continue;
            int distance = OriginDistance(next);
            if (distance < bestDistance) (best, bestDistance) = (direction, distance);
        }

        if (best >= 0)
        {
            _parent[cell] = (sbyte)best;
            _stamp[cell] = _time;
            _distance[cell] = bestDistance + 1;
            return;
        }

        for (int direction = 0; direction < 6; direction++)
        {
            if (!HasNeighbour(cell, direction)) continue;
            int next = cell + _offsets[direction];
            if (_tree[next] != tree) continue;
            if (Along(next, direction ^ 1, tree) > 0) Activate(next);
            if (_parent[next] == (direction ^ 1)) Orphan(next);
        }

        _tree[cell] = Free;
        _parent[cell] = NoParent;
    }

    /// <summary>Steps from a cell to its tree's terminal; the largest number where it hangs on an orphan.</summary>
    private int OriginDistance(int cell)
    {
        int steps = 0, walker = cell;
        while (true)
        {
            if (_stamp[walker] == _time && _parent[walker] is not (Orphaned or NoParent))
            {
                steps += _distance[walker];
                break;
            }

            sbyte parent = _parent[walker];
            steps++;
            if (parent == Terminal)
            {
                _stamp[walker] = _time;
                _distance[walker] = 1;
                break;
            }

            if (parent is Orphaned or NoParent) return int.MaxValue;
            walker += _offsets[parent];
        }

        int left = steps;
        for (walker = cell; _stamp[walker] != _time; walker += _offsets[_parent[walker]])
        {
            _stamp[walker] = _time;
            _distance[walker] = left--;
        }

        return steps;
    }
}
