namespace RunwayFX.Synthesis.Patches;

/// <summary>For each target pixel the source pixel whose patch explains it best: the nearest-neighbour field of PatchMatch.</summary>
/// <remarks>Shape (H, W), top-down. A match is the centre of a source patch. Stored as y · 65536 + x, so that "one to the right" is + 1 and
/// "one below" is + <see cref="RowStep"/>. Owns its buffer; not thread-safe for writing.</remarks>
public sealed class MatchField
{
    /// <summary>Longest side of a source or a target, in pixels.</summary>
    public const int SideMax = 16_384;

    /// <summary>What one source row adds to a packed match.</summary>
    public const int RowStep = 1 << 16;

    /// <summary>Creates a field whose matches are all (0, 0).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="SideMax"/>.</exception>
    public MatchField(int width, int height)
    {
        if (width is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(width), width, $"width {width} is outside 1..{SideMax}");
        if (height is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(height), height, $"height {height} is outside 1..{SideMax}");
        Width = width;
        Height = height;
        Matches = new int[checked(width * height)];
    }

    private MatchField(int width, int height, int[] matches)
    {
        Width = width;
        Height = height;
        Matches = matches;
    }

    /// <summary>Target width in pixels.</summary>
    public int Width { get; }

    /// <summary>Target height in pixels.</summary>
    public int Height { get; }

    /// <summary>Packed matches, row by row from the top.</summary>
    public int[] Matches { get; }

    /// <summary>Packs a source position.</summary>
    public static int Pack(int x, int y) => (y << 16) | x;

    /// <summary>Column of a packed match.</summary>
    public static int X(int match) => match & 0xFFFF;

    /// <summary>Row of a packed match.</summary>
    public static int Y(int match) => match >> 16;

    /// <summary>The match of target pixel (x, y).</summary>
    public (int X, int Y) this[int x, int y]
    {
        get
        {
            int match = Matches[y * Width + x];
            return (X(match), Y(match));
        }
        set => Matches[y * Width + x] = Pack(value.X, value.Y);
    }

    /// <summary>A copy with its own buffer.</summary>
    public MatchField Clone() => new(Width, Height, (int[])Matches.Clone());

    /// <summary>Fills the field with matches drawn evenly from the valid patch centres of a source; a pixel's draw depends on its place and
    /// the seed alone.</summary>
    public void Randomize(int sourceWidth, int sourceHeight, int radius, uint seed)
    {
        uint columns = (uint)(sourceWidth - 2 * radius), rows = (uint)(sourceHeight - 2 * radius);
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                uint bits = PatchRandom.At(x, y, seed);
                Matches[y * Width + x] = Pack(radius + (int)PatchRandom.Scale(bits & 0xFFFF, columns),
                    radius + (int)PatchRandom.Scale(bits >> 16, rows));
            }
        }
    }

    /// <summary>The field of the next finer level: matches are doubled and keep the target pixel's parity, then clamped to valid centres.</summary>
    public MatchField Doubled(int width, int height, int sourceWidth, int sourceHeight, int radius)
    {
        MatchField fine = new(width, height);
        int maxX = sourceWidth - radius - 1, maxY = sourceHeight - radius - 1;
        for (int y = 0; y < height; y++)
        {
            int coarseRow = Math.Min(y / 2, Height - 1) * Width;
            for (int x = 0; x < width; x++)
            {
                int match = Matches[coarseRow + Math.Min(x / 2, Width - 1)];
                int matchX = Math.Clamp(X(match) * 2 + (x & 1), radius, maxX);
                int matchY = Math.Clamp(Y(match) * 2 + (y & 1), radius, maxY);
                fine.Matches[y * width + x] = Pack(matchX, matchY);
            }
        }

        return fine;
    }

    /// <summary>The field seen at half the resolution: every second match, halved and clamped to valid centres.</summary>
    public MatchField Halved(int width, int height, int sourceWidth, int sourceHeight, int radius)
    {
        MatchField coarse = new(width, height);
        int maxX = sourceWidth - radius - 1, maxY = sourceHeight - radius - 1;
        for (int y = 0; y < height; y++)
        {
            int fineRow = Math.Min(y * 2, Height - 1) * Width;
            for (int x = 0; x < width; x++)
            {
                int match = Matches[fineRow + Math.Min(x * 2, Width - 1)];
                coarse.Matches[y * width + x] = Pack(Math.Clamp(X(match) / 2, radius, maxX), Math.Clamp(Y(match) / 2, radius, maxY));
            }
        }

        return coarse;
    }
}
