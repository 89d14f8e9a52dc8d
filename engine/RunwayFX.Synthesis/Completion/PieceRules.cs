namespace RunwayFX.Synthesis.Completion;

/// <summary>What counts when pieces are chosen for a hole.</summary>
/// <param name="Border">Weight of a difference to the known side of the border.</param>
/// <param name="SeamBase">Cost of a seam beside what it shows.</param>
/// <param name="GoesOnFromBorder">Whether what is no more unusual than the border beside it may be copied there as often as it fits.</param>
internal sealed record PieceRules(int Border = 15, int SeamBase = 600, bool GoesOnFromBorder = false)
{
    /// <summary>For a hole, which a fill has to go on from.</summary>
    public static readonly PieceRules Hole = new();

    /// <summary>For a band in which pieces are healed, most of whose border is made up like the band.</summary>
    public static readonly PieceRules Band = new(Border: 5);

    /// <summary>For the first pieces of a hole. One hole needs what its border shows, however rare that is elsewhere (gravel that goes on), another few seams (a
    /// facade), and only the fill tells: each solves the coarsest level, and the best goes on.</summary>
    public static readonly IReadOnlyList<PieceRules> Starts = [Hole, Hole with { Border = 30, GoesOnFromBorder = true }, Hole with { SeamBase = 3000 }];
}
