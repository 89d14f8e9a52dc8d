namespace RunwayFX.Synthesis.Continuation;

/// <summary>Which parts of an earlier run of the clip can be shown after the join. People whom the run shows from its first frame on would appear out of
/// nothing: a cut through space and time takes them out and keeps those who come in later.</summary>
/// <param name="Shares">For every frame of the run: 1 where a cell shows the run, 0 where it shows what stood still at the join.</param>
/// <param name="Kept">How much movement is kept, in reduced pixels summed over the frames, less what the cut costs.</param>
internal sealed record RunCut(byte[][] Shares, long Kept)
{
    private const int LossPerPixel = 3;

    /// <summary>Cutting beside an object in one frame costs as much as losing it for some frames.</summary>
    private const int CutPerPixel = 300;

    /// <summary>Nobody may appear out of nothing or vanish: more than a life in the picture is worth.</summary>
    private const int AppearPerPixel = 2000;

    private const int Always = 1 << 26;

    /// <summary>Cuts a run.</summary>
    /// <param name="changes">For each frame of the run, pixels per cell that differ from what stood still at the join; one array per frame.</param>
    /// <param name="width">Cells in a row.</param>
    /// <param name="height">Rows of cells.</param>
    /// <param name="cutsEnd">Whether what is in the last frame has to be taken out as well.</param>
    /// <param name="cancellation">Asked now and then.</param>
    public static RunCut Find(IReadOnlyList<byte[]> changes, int width, int height, bool cutsEnd, CancellationToken cancellation)
    {
        int plane = width * height;
        GridCut cut = new(width, height, changes.Count);
        for (int z = 0; z < changes.Count; z++)
        {
            byte[] here = changes[z];
            bool isForced = z == 0 || (cutsEnd && z == changes.Count - 1);
            for (int cell = 0; cell < plane; cell++)
            {
                int index = z * plane + cell, change = here[cell];
                cut.Prefer(index, isForced && change > 0 ? -Always : change > 0 ? LossPerPixel * change : 0);
                if (cell % width < width - 1) cut.Tie(index, 0, Cost(change, here[cell + 1], CutPerPixel));
                if (cell / width < height - 1) cut.Tie(index, 1, Cost(change, here[cell + width], CutPerPixel));
                if (z < changes.Count - 1) cut.Tie(index, 2, Cost(change, changes[z + 1][cell], AppearPerPixel));
            }
        }

        bool[] shows = cut.Solve(cancellation);
        byte[][] shares = new byte[changes.Count][];
        long kept = 0;
        for (int z = 0; z < changes.Count; z++)
        {
            byte[] share = shares[z] = new byte[plane];
            for (int cell = 0; cell < plane; cell++)
            {
                if (!shows[z * plane + cell]) continue;
                share[cell] = 1;
                kept += changes[z][cell];
            }
        }

        return new(shares, kept);
    }

    /// <summary>Nothing where one side shows no difference: there the run and what stood still are the same.</summary>
    private static int Cost(int a, int b, int perPixel) => 1 + perPixel * Math.Min(a, b);
}
