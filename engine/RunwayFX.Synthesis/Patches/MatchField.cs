namespace RunwayFX.Synthesis.Patches;

/// <summary>For each target pixel the source pixel whose patch explains it best: the nearest-neighbour field of PatchMatch.</summary>
/// <remarks>Shape (T, H, W), top-down; T = 1 for a still. A match is the centre of a source patch. Stored as row · 65536 + x, so that "one to the
/// right" is + 1 and "one below" is + <see cref="RowStep"/>; in a clip the row counts through the frames: frame · source height + y. Owns its
/// buffer; not thread-safe for writing.</remarks>
public sealed class MatchField
{
    /// <summary>Longest side of a source or a target, in pixels.</summary>
    public const int SideMax = 16_384;

    /// <summary>Most rows of a clip, all frames together.</summary>
    public const int RowsMax = 65_536;

    /// <summary>What one source row adds to a packed match.</summary>
    public const int RowStep = 1 << 16;

    /// <summary>Creates a field whose matches are all (0, 0).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="SideMax"/>.</exception>
    public MatchField(int width, int height)
        : this(width, height, 1)
    {
    }

    /// <summary>Creates the field of a clip whose matches are all (0, 0).</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is outside 1..<see cref="SideMax"/>, or the frames have more than
    /// <see cref="RowsMax"/> rows.</exception>
    public MatchField(int width, int height, int frames)
    {
        if (width is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(width), width, $"width {width} is outside 1..{SideMax}");
        if (height is < 1 or > SideMax) throw new ArgumentOutOfRangeException(nameof(height), height, $"height {height} is outside 1..{SideMax}");
        if (frames < 1 || (long)frames * height > RowsMax)
        {
            throw new ArgumentOutOfRangeException(nameof(frames), frames, $"{frames} frames of {height} rows are outside 1..{RowsMax} rows");
        }

        Width = width;
        Height = height;
        Frames = frames;
        Matches = new int[checked(width * height * frames)];
    }

    private MatchField(int width, int height, int frames, int[] matches)
    {
        Width = width;
        Height = height;
        Frames = frames;
        Matches = matches;
    }

    /// <summary>Target width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of a target frame in pixels.</summary>
    public int Height { get; }

    /// <summary>Number of target frames; 1 for a still.</summary>
    public int Frames { get; }

    /// <summary>Packed matches, frame by frame, row by row from the top.</summary>
    public int[] Matches { get; }

    /// <summary>Packs a source position.</summary>
    public static int Pack(int x, int y) => (y << 16) | x;

    /// <summary>Column of a packed match.</summary>
    public static int X(int match) => match & 0xFFFF;

    /// <summary>Row of a packed match; in a clip frame · source height + y.</summary>
    public static int Y(int match) => (int)((uint)match >> 16);

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
    public MatchField Clone() => new(Width, Height, Frames, (int[])Matches.Clone());

    /// <summary>Fills the field with matches drawn evenly from the valid patch centres of a source; a pixel's draw depends on its place and
    /// the seed alone.</summary>
    public void Randomize(int sourceWidth, int sourceHeight, int radius, uint seed)
    {
        uint columns = (uint)(sourceWidth - 2 * radius), rows = (uint)(sourceHeight - 2 * radius);
        for (int y = 0; y < Height * Frames; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                uint bits = PatchRandom.At(x, y, seed);
                Matches[y * Width + x] = Pack(radius + (int)PatchRandom.Scale(bits & 0xFFFF, columns),
                    radius + (int)PatchRandom.Scale(bits >> 16, rows));
            }
        }
    }

    /// <summary>Fills the field with matches drawn evenly from the centres of a region, which may be a clip or masked.</summary>
    public void Randomize(SourceRegion region, uint seed)
    {
        for (int index = 0; index < Matches.Length; index++)
        {
            uint bits = PatchRandom.At(index % Width, index / Width, seed);
            Matches[index] = region[(int)((ulong)bits * (uint)region.Count >> 32)];
        }
    }

    /// <summary>Throws unless every match is a centre of a source region.</summary>
    /// <exception cref="ArgumentException">Names the first match that is not.</exception>
    public void CheckInside(SourceRegion region) => CheckInside(region, new PatchWork(1, CancellationToken.None));

    internal void CheckInside(SourceRegion region, PatchWork work) => work.ForRows(Height * Frames, Width, row =>
    {
        for (int x = 0; x < Width; x++)
        {
            int match = Matches[row * Width + x];
            if (region.Contains(match)) continue;
            throw new ArgumentException($"the match ({X(match)}, {Y(match)}) of target pixel ({x}, {row}) is no patch centre of a {region.Width}×{region.Height}×{region.Frames} source");
        }
    });

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

    /// <summary>The field at another size of target and source: each pixel takes the match of the pixel that lies there, scaled, and keeps its
    /// place beside it; then clamped to valid centres. A match that a mask forbids is drawn anew.</summary>
    /// <param name="width">New target width.</param>
    /// <param name="height">New height of a target frame.</param>
    /// <param name="frames">New number of target frames.</param>
    /// <param name="from">The source that the matches point into now.</param>
    /// <param name="to">The source that they shall point into.</param>
    /// <param name="seed">Seed of the draws.</param>
    public MatchField Resized(int width, int height, int frames, SourceRegion from, SourceRegion to, uint seed = 1)
    {
        MatchField resized = new(width, height, frames);
        for (int index = 0; index < resized.Matches.Length; index++)
        {
            (int row, int x) = Math.DivRem(index, width);
            (int frame, int y) = Math.DivRem(row, height);
            int oldX = Old(x, Width, width), oldY = Old(y, Height, height), oldFrame = Old(frame, Frames, frames);
            int match = Matches[(oldFrame * Height + oldY) * Width + oldX];
            (int sourceFrame, int sourceY) = Math.DivRem(Y(match), from.Height);
            int found = to.Clamp(New(X(match), from.Width, to.Width) + x - New(oldX, Width, width),
                New(sourceY, from.Height, to.Height) + y - New(oldY, Height, height),
                New(sourceFrame, from.Frames, to.Frames) + frame - New(oldFrame, Frames, frames));
            if (!to.Contains(found)) found = to[(int)((ulong)PatchRandom.At(x, row, seed) * (uint)to.Count >> 32)];
            resized.Matches[index] = found;
        }

        return resized;

        static int Old(int place, int oldCount, int newCount) => (int)Math.Min((long)place * oldCount / newCount, oldCount - 1);

        // The first new place that lies on the old one, so that a doubled field keeps its parity.
        static int New(int place, int oldCount, int newCount) => (int)(((long)place * newCount + oldCount - 1) / oldCount);
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
