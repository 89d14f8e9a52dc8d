namespace RunwayFX.Inference.Stills;

/// <summary>Cuts a side into equal, overlapping tiles, and says where each takes over from the one before.</summary>
/// <remarks>Within the overlap of two tiles the outer quarters, where a tile lacks its surroundings, belong wholly to the other tile; over the half between,
/// the picture goes evenly from one to the other. A network that looks no further than a quarter of the overlap gives there what it gives without tiles, and
/// the mean of two equal numbers is formed so that it is that number.</remarks>
internal sealed class TilePlan
{
    /// <summary>Most tiles along a side.</summary>
    public const int TilesMax = 1024;

    private readonly int[] _starts;

    /// <summary>Cuts a side.</summary>
    /// <param name="size">Its length.</param>
    /// <param name="tile">Length of a tile; one tile where the side is no longer.</param>
    /// <param name="overlap">Least length that neighbours share; below the tile's.</param>
    public TilePlan(int size, int tile, int overlap)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tile, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(overlap);
        Tile = Math.Min(size, tile);
        if (Tile < size && overlap >= tile) throw new ArgumentOutOfRangeException(nameof(overlap), overlap, $"tiles of {tile} cannot share {overlap}");
        int count = Tile == size ? 1 : (size - overlap + tile - overlap - 1) / (tile - overlap);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, TilesMax);
        // The last tile ends with the side, so that all have one shape; the others share what is left over evenly.
        _starts = [.. Enumerable.Range(0, count).Select(index => count == 1 ? 0 : (int)((long)index * (size - Tile) / (count - 1)))];
    }

    /// <summary>Tiles along the side.</summary>
    public int Count => _starts.Length;

    /// <summary>Length of a tile.</summary>
    public int Tile { get; }

    /// <summary>Where a tile starts.</summary>
    public int Start(int index) => _starts[index];

    /// <summary>How much of a tile counts, at each of its samples against the tiles before it.</summary>
    /// <param name="index">The tile.</param>
    /// <param name="scale">Samples per unit of the plan.</param>
    public float[] Weights(int index, int scale)
    {
        float[] weights = new float[Tile * scale];
        int shared = index == 0 ? 0 : _starts[index - 1] + Tile - _starts[index];
        double from = shared * scale / 4.0, length = shared * scale / 2.0;
        for (int i = 0; i < weights.Length; i++) weights[i] = length == 0 ? 1 : (float)Math.Clamp((i + 0.5 - from) / length, 0, 1);
        return weights;
    }
}
