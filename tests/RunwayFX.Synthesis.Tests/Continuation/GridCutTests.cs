using CsCheck;
using RunwayFX.Synthesis.Continuation;

namespace RunwayFX.Synthesis.Tests.Continuation;

public sealed class GridCutTests
{
    private const int Width = 3, Height = 2, Depth = 2, Cells = Width * Height * Depth;

    [Test]
    public void AnyCosts_GiveTheCheapestOfAllCuts() =>
        Gen.Select(Gen.Int[-20, 20].Array[Cells], Gen.Int[0, 15].Array[3 * Cells]).Sample((preferences, ties) =>
        {
            GridCut cut = new(Width, Height, Depth);
            for (int cell = 0; cell < Cells; cell++) cut.Prefer(cell, preferences[cell]);
            foreach ((int cell, int axis, _) in Neighbours()) cut.Tie(cell, axis, ties[3 * cell + axis]);

            bool[] isSource = cut.Solve(CancellationToken.None);

            int best = Enumerable.Range(0, 1 << Cells).Min(bits => Cost(preferences, ties, cell => (bits >> cell & 1) != 0));
            return Cost(preferences, ties, cell => isSource[cell]) == best;
        }, iter: 60);

    [Test]
    public void TooManyCells_AreRefused() => Assert.That(() => new GridCut(2048, 1024, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());

    private static int Cost(int[] preferences, int[] ties, Func<int, bool> isSource)
    {
        int cost = 0;
        for (int cell = 0; cell < Cells; cell++) cost += isSource(cell) ? Math.Max(0, -preferences[cell]) : Math.Max(0, preferences[cell]);
        foreach ((int cell, int axis, int next) in Neighbours()) cost += isSource(cell) != isSource(next) ? ties[3 * cell + axis] : 0;
        return cost;
    }

    private static IEnumerable<(int Cell, int Axis, int Next)> Neighbours()
    {
        for (int cell = 0; cell < Cells; cell++)
        {
            if (cell % Width < Width - 1) yield return (cell, 0, cell + 1);
            if (cell / Width % Height < Height - 1) yield return (cell, 1, cell + Width);
            if (cell / (Width * Height) < Depth - 1) yield return (cell, 2, cell + Width * Height);
        }
    }
}
