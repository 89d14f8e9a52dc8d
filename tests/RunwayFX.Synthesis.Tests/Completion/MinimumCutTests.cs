using CsCheck;
using RunwayFX.Synthesis.Completion;

namespace RunwayFX.Synthesis.Tests.Completion;

public sealed class MinimumCutTests
{
    private const int NodesMax = 8;

    [Test]
    public void RandomGraphs_AreCutAsCheaplyAsByTrial() =>
        Gen.Select(Gen.Int[2, NodesMax], Gen.Int[0, 14], Gen.Int).Sample(drawn =>
        {
            (int nodes, int edgeCount, int seed) = drawn;
            Random random = new(seed);
            List<(int First, int Second)> edges = [];
            for (int e = 0; e < edgeCount; e++)
            {
                int first = random.Next(nodes);
                edges.Add((first, (first + 1 + random.Next(nodes - 1)) % nodes));
            }

            MinimumCut cut = new(nodes, edges);
            int[] terminals = [.. Enumerable.Range(0, nodes).Select(_ => random.Next(-20, 21))];
            int[] capacities = [.. Enumerable.Range(0, 2 * edgeCount).Select(_ => random.Next(16))];
            terminals.CopyTo(cut.Terminals, 0);
            capacities.CopyTo(cut.Capacities, 0);
            cut.Solve();

            int found = Cost(edges, terminals, capacities, node => cut.IsSink(node));
            int best = Enumerable.Range(0, 1 << nodes).Min(sides => Cost(edges, terminals, capacities, node => (sides >> node & 1) == 1));
            Assert.That(found, Is.EqualTo(best));
        });

    [Test]
    public void SameGraph_CanBeCutAgain()
    {
        MinimumCut cut = new(2, [(0, 1)]);
        foreach ((int capacity, bool isSecondSink) in new[] { (3, true), (9, false), (3, true) })
        {
            (cut.Terminals[0], cut.Terminals[1]) = (10, -5);
            (cut.Capacities[0], cut.Capacities[1]) = (capacity, 0);
            cut.Solve();

            Assert.That(cut.IsSink(0), Is.False);
            Assert.That(cut.IsSink(1), Is.EqualTo(isSecondSink), $"capacity {capacity}");
        }
    }

    private static int Cost(List<(int First, int Second)> edges, int[] terminals, int[] capacities, Func<int, bool> isSink)
    {
        int cost = 0;
        for (int node = 0; node < terminals.Length; node++)
            cost += isSink(node) ? Math.Max(0, terminals[node]) : Math.Max(0, -terminals[node]);
        for (int e = 0; e < edges.Count; e++)
        {
            (int first, int second) = edges[e];
            if (!isSink(first) && isSink(second)) cost += capacities[2 * e];
            if (!isSink(second) && isSink(first)) cost += capacities[2 * e + 1];
        }

        return cost;
    }
}
