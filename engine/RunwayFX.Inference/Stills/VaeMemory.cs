namespace RunwayFX.Inference.Stills;

/// <summary>How much memory turning pictures into latents and back may take: what does not fit is done in overlapping tiles.</summary>
public sealed record VaeMemory
{
    /// <summary>Most latent samples that tiles share.</summary>
    public const int OverlapMax = 256;

    /// <summary>Bytes for the layers' results; the models' own weights come on top. Tiles never become smaller than twice the overlap.</summary>
    public long BudgetBytes { get; init; } = 2L << 30;

    /// <summary>Latent samples that neighbouring tiles share; a network that looks no further than a quarter of them gives the bits that it gives whole.</summary>
    public int Overlap { get; init => field = value is >= 0 and <= OverlapMax ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, $"overlap {value} is outside 0..{OverlapMax}"); } = VaeCodec.OverlapDefault;

    /// <summary>Latent samples along a tile's side, instead of what the budget allows.</summary>
    public int? TileSide { get; init; }

    /// <summary>The smallest side of a tile.</summary>
    internal int TileMin => 2 * Overlap + 1;

    /// <summary>The side of the largest square tile that the budget allows; the picture's own longest side where it fits whole.</summary>
    /// <param name="width">Latent samples in a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="bytes">What a run over a width and height takes.</param>
    internal int Tile(int width, int height, Func<double, double, double> bytes)
    {
        if (TileSide is { } side) return Math.Max(side, TileMin);
        int longest = Math.Max(width, height);
        if (bytes(width, height) <= BudgetBytes) return longest;
        int tile = TileMin;
        while (tile + 1 < longest && bytes(tile + 1, tile + 1) <= BudgetBytes) tile++;
        return tile;
    }
}
