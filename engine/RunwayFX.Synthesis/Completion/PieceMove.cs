namespace RunwayFX.Synthesis.Completion;

/// <summary>One expansion move: an offset takes over the pixels of a set that are better off with it, all judged together.</summary>
/// <param name="level">The level.</param>
/// <param name="costs">Its costs.</param>
/// <param name="labels">The offset of every hole pixel, by number, −1 elsewhere; changed.</param>
/// <param name="present">What every hole pixel costs alone; changed with it.</param>
/// <param name="flat">By number, what an offset adds to a pixel's index.</param>
internal sealed class PieceMove(CompletionLevel level, PieceCosts costs, int[] labels, int[] present, Func<int, int> flat)
{
    /// <summary>Makes the move.</summary>
    /// <param name="label">The offset's number.</param>
    /// <param name="offset">The offset.</param>
    /// <param name="pixels">The set.</param>
    /// <param name="nodeOf">Index in the set of every pixel of the level, −1 elsewhere.</param>
    /// <param name="cancellation">Asked before the cut.</param>
    /// <returns>Whether a pixel changed.</returns>
    public bool Apply(int label, PatchOffset offset, List<int> pixels, int[] nodeOf, CancellationToken cancellation)
    {
        List<(int First, int Second)> edges = Edges(pixels, nodeOf);
        MinimumCut cut = new(pixels.Count, edges);
        int[] cost = new int[pixels.Count], steps = new int[pixels.Count];
        int to = flat(label);
        for (int node = 0; node < pixels.Count; node++)
        {
            int p = pixels[node];
            if (labels[p] == label) continue;
            cost[node] = costs.Pixel(p, offset);
            steps[node] = costs.Step(p, flat(labels[p]), to);
            cut.Terminals[node] = cost[node] - present[p] + Outside(p, to, nodeOf);
        }

        for (int e = 0; e < edges.Count; e++) SetEdge(cut, e, edges[e], pixels, steps, label, to);
        cancellation.ThrowIfCancellationRequested();
        cut.Solve();
        bool changed = false;
        for (int node = 0; node < pixels.Count; node++)
        {
            int p = pixels[node];
            if (!cut.IsSink(node) || labels[p] == label) continue;
            (labels[p], present[p], changed) = (label, cost[node], true);
        }

        return changed;
    }

    private List<(int First, int Second)> Edges(List<int> pixels, int[] nodeOf)
    {
        List<(int First, int Second)> edges = new(2 * pixels.Count);
        for (int node = 0; node < pixels.Count; node++)
        {
            int p = pixels[node], y = Math.DivRem(p, level.Width, out int x);
            if (x + 1 < level.CanvasWidth && nodeOf[p + 1] >= 0) edges.Add((node, nodeOf[p + 1]));
            if (y + 1 < level.Height && nodeOf[p + level.Width] >= 0) edges.Add((node, nodeOf[p + level.Width]));
        }

        return edges;
    }

    /// <summary>What the seams with hole pixels outside the set would cost more.</summary>
    private int Outside(int p, int to, int[] nodeOf)
    {
        int y = Math.DivRem(p, level.Width, out int x), sum = 0;
        if (x > 0) Add(p - 1);
        if (x + 1 < level.CanvasWidth) Add(p + 1);
        if (y > 0) Add(p - level.Width);
        if (y + 1 < level.Height) Add(p + level.Width);
        return sum;

        void Add(int q)
        {
            if (labels[q] < 0 || nodeOf[q] >= 0) return;
            int other = flat(labels[q]);
            sum += costs.Seam(p, q, to, other) - costs.Seam(p, q, flat(labels[p]), other);
        }
    }

    private void SetEdge(MinimumCut cut, int e, (int First, int Second) edge, List<int> pixels, int[] steps, int label, int to)
    {
        int p = pixels[edge.First], q = pixels[edge.Second], a = labels[p], b = labels[q], stay = 0, one, two;
        if (a == b)
        {
            one = two = a == label ? 0 : steps[edge.First] + steps[edge.Second] + costs.SeamBase;
        }
        else
        {
            stay = costs.Seam(p, q, flat(a), flat(b));
            two = a == label ? 0 : steps[edge.First] + costs.Step(q, flat(a), to) + costs.SeamBase;
            one = b == label ? 0 : costs.Step(p, to, flat(b)) + steps[edge.Second] + costs.SeamBase;
        }

        cut.Terminals[edge.First] += one - stay;
        cut.Terminals[edge.Second] -= one;
        cut.Capacities[2 * e] = Math.Max(0, two + one - stay);
        cut.Capacities[2 * e + 1] = 0;
    }
}
