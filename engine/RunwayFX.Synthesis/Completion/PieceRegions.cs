namespace RunwayFX.Synthesis.Completion;

/// <summary>Cuts a level into cells, so that an offset is tried near where it was found, and offsets that are tried far from each other at once.</summary>
internal sealed class PieceRegions
{
    private const int CellSide = 8;

    private readonly int _width;
    private readonly int _cellsX;
    private readonly int _cellsY;
    private readonly int[][] _pixels;

    /// <summary>Cuts a level.</summary>
    public PieceRegions(CompletionLevel level)
    {
        (_width, _cellsX, _cellsY) = (level.Width, (level.CanvasWidth + CellSide - 1) / CellSide, (level.Height + CellSide - 1) / CellSide);
        List<int>[] cells = new List<int>[_cellsX * _cellsY];
        for (int i = 0; i < cells.Length; i++) cells[i] = [];
        for (int p = 0; p < level.Holes.Length; p++)
        {
            if (level.Holes[p]) cells[CellOf(p)].Add(p);
        }

        _pixels = [.. cells.Select(cell => cell.ToArray())];
    }

    /// <summary>All cells with hole pixels.</summary>
    public int[] All => [.. Enumerable.Range(0, _pixels.Length).Where(cell => _pixels[cell].Length > 0)];

    /// <summary>The cell of a pixel of the canvas.</summary>
    public int CellOf(int p) => p / _width / CellSide * _cellsX + p % _width / CellSide;

    /// <summary>Hole pixels of a cell, in scan order.</summary>
    public ReadOnlySpan<int> Pixels(int cell) => _pixels[cell];

    /// <summary>The cells and those around them, as far as they have hole pixels, in scan order.</summary>
    public int[] Grow(IEnumerable<int> cells)
    {
        SortedSet<int> grown = [];
        foreach (int cell in cells)
        {
            foreach (int near in Around(cell))
            {
                if (_pixels[near].Length > 0) grown.Add(near);
            }
        }

        return [.. grown];
    }

    /// <summary>Puts regions into batches: those that touch come one after the other, in the given order; those of one batch do not touch.</summary>
    /// <param name="regions">Cells of each region.</param>
    /// <returns>Indices into the regions.</returns>
    public List<List<int>> Batches(IReadOnlyList<int[]> regions)
    {
        int[] taken = new int[_pixels.Length];
        List<List<int>> batches = [];
        for (int i = 0; i < regions.Count; i++)
        {
            int batch = 0;
            foreach (int cell in regions[i])
            {
                foreach (int near in Around(cell)) batch = Math.Max(batch, taken[near]);
            }

            foreach (int cell in regions[i]) taken[cell] = batch + 1;
            if (batch == batches.Count) batches.Add([]);
            batches[batch].Add(i);
        }

        return batches;
    }

    private IEnumerable<int> Around(int cell)
    {
        int x = cell % _cellsX, y = cell / _cellsX;
        for (int v = Math.Max(0, y - 1); v <= Math.Min(_cellsY - 1, y + 1); v++)
        {
            for (int u = Math.Max(0, x - 1); u <= Math.Min(_cellsX - 1, x + 1); u++) yield return v * _cellsX + u;
        }
    }
}
