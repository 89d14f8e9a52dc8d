namespace RunwayFX.Synthesis.Completion;

/// <summary>Fits the shifts of pieces, found on a coarser level, to a level twice as large.</summary>
/// <param name="level">The level.</param>
/// <param name="costs">Its costs.</param>
/// <param name="pieces">The piece of every hole pixel, −1 elsewhere.</param>
internal sealed class ShiftFit(CompletionLevel level, ShiftCosts costs, int[] pieces)
{
    /// <summary>Doubles every piece's shift and moves it by up to a pixel to where its border and its seams show least.</summary>
    /// <param name="shifts">Per piece; the coarser level's.</param>
    /// <param name="map">Per pixel; written.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public void Adjust(List<PieceShift> shifts, PieceShift[] map, ParallelOptions parallel)
    {
        List<int>[] edges = [.. shifts.Select(_ => new List<int>())];
        for (int p = 0; p < pieces.Length; p++)
        {
            if (pieces[p] >= 0 && IsEdge(p)) edges[pieces[p]].Add(p);
        }

        for (int piece = 0; piece < shifts.Count; piece++) 
            shifts[piece] = new(2 * shifts[piece].X + (shifts[piece].IsMirrored ? 1 : 0), 2 * shifts[piece].Y, shifts[piece].IsMirrored);
        foreach (int piece in Enumerable.Range(0, shifts.Count).OrderByDescending(piece => edges[piece].Count).ThenBy(piece => piece))
        {
            PieceShift at = shifts[piece];
            PieceShift[] tries = [at, .. Enumerable.Range(0, 9).Where(i => i != 4).Select(i => at with { X = at.X + i % 3 - 1, Y = at.Y + i / 3 - 1 })];
            long[] energies = new long[tries.Length];
            Parallel.For(0, tries.Length, parallel, i => energies[i] = edges[piece].Sum(p => Energy(p, tries[i], shifts)));
            shifts[piece] = tries[Array.IndexOf(energies, energies.Min())];
        }

        for (int p = 0; p < pieces.Length; p++)
        {
            if (pieces[p] >= 0) map[p] = shifts[pieces[p]];
        }
    }

    private bool IsEdge(int p)
    {
        int x = p % level.Width, y = p / level.Width;
        return (x > 0 && pieces[p - 1] != pieces[p]) || (x < level.CanvasWidth - 1 && pieces[p + 1] != pieces[p])
            || (y > 0 && pieces[p - level.Width] != pieces[p]) || (y < level.Height - 1 && pieces[p + level.Width] != pieces[p]);
    }

    private long Energy(int p, PieceShift shift, List<PieceShift> shifts)
    {
        if (!costs.IsValid(p, shift)) return ShiftCosts.Impossible;
        long sum = costs.Border(p, shift);
        int x = p % level.Width, y = p / level.Width;
        if (x > 0) sum += Seam(p - 1);
        if (x < level.CanvasWidth - 1) sum += Seam(p + 1);
        if (y > 0) sum += Seam(p - level.Width);
        if (y < level.Height - 1) sum += Seam(p + level.Width);
        return sum;

        int Seam(int q) => pieces[q] >= 0 && pieces[q] != pieces[p] ? costs.Seam(p, q, shift, shifts[pieces[q]]) : 0;
    }
}
