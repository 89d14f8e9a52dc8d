using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Searches and votes once more where patches hold both known pixels and made-up ones, so that a fill joins the picture as well as anything that
/// stands in it: there the patches that lie across the border decide, and whether neighbours are copied together does not count.</summary>
/// <remarks>What lies further in stays. Deterministic; independent of the number of threads.</remarks>
internal static class BorderRefit
{
    /// <summary>Distance from the known picture, pixels, up to which fill is searched anew; no less than a patch across the border reaches.</summary>
    public const int Reach = 10;

    /// <summary>Votes of a patch across the border; the others have one.</summary>
    private const int BorderVotes = 3;

    private const int Rounds = 8, Passes = 6;

    /// <summary>So low that unlike proposals count nearly as much as like ones: the mean is what all patches are nearest to.</summary>
    private const double Sharpness = 0.05;

    /// <summary>Changes matches near the border, and gives the patches there their votes.</summary>
    /// <param name="level">The level; its guide's holes hold the fill, which is changed near the border.</param>
    /// <param name="search">Changed.</param>
    /// <param name="seed">What random numbers start from.</param>
    /// <param name="options">Threads.</param>
    /// <param name="cancellation">Honoured within a fraction of a search pass.</param>
    public static void Apply(CompletionLevel level, PatchSearch search, ulong seed, CompletionOptions options, CancellationToken cancellation)
    {
        bool[] rim = new bool[level.Holes.Length];
        for (int p = 0; p < rim.Length; p++) rim[p] = level.Holes[p] && Depth(level, p) <= Reach;
        CompletionLevel part = level.Part(rim, cancellation);
        PatchSearch refined = new(part, options with { CoherenceCost = 0 }, Math.Max(level.CanvasWidth, level.Height));
        byte[] votes = new byte[rim.Length];
        foreach (int target in part.Targets)
        {
            refined.Matches[target] = search.Matches[target];
            // A patch whose centre is no further away than its radius reaches the nearest known pixel.
            votes[target] = (byte)(Depth(level, target) <= PatchGuide.Radius ? BorderVotes : 1);
        }

        refined.Votes = votes;
        refined.Measure(cancellation);
        for (int round = 0; round < Rounds; round++)
        {
            CompletionVote.Apply(part, refined, Sharpness, 1, options.ThreadsMax, cancellation);
            refined.Improve(Passes, DeterministicRandom.Hash(seed, round), cancellation);
        }

        foreach (int target in level.Targets)
        {
            if (votes[target] == 0) votes[target] = 1;
            else if (!level.Holes[target] || rim[target]) search.Matches[target] = refined.Matches[target];
        }

        search.Votes = votes;
    }

    /// <summary>How far a pixel is from the nearest known one; 0 at known pixels.</summary>
    private static int Depth(CompletionLevel level, int p) => Math.Max(Math.Abs((int)level.NearestX[p]), Math.Abs((int)level.NearestY[p]));
}
