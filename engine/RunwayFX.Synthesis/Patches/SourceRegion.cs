namespace RunwayFX.Synthesis.Patches;

/// <summary>Which source pixels may be the centre of a patch: those whose whole patch lies inside the source, less what a mask forbids.</summary>
/// <remarks>Frames lie one below the other: a centre's row is frame · height + y, so that <see cref="MatchField.Pack"/> names a place in a picture
/// and in a clip alike. Immutable.</remarks>
public sealed class SourceRegion
{
    private readonly byte[]? _allowed;
    private readonly bool[] _rows;
    private readonly int[]? _centres;

    /// <summary>Finds the valid centres.</summary>
    /// <param name="source">The source.</param>
    /// <param name="weights">Patch size.</param>
    /// <param name="allowed">One byte per source pixel, frame by frame, 0 = not to be used as a centre; null = all.</param>
    /// <exception cref="ArgumentException">The source holds no patch, or the mask does not fit it.</exception>
    public SourceRegion(ChannelPicture source, PatchWeights weights, byte[]? allowed = null)
    {
        if (Math.Min(source.Width, source.Height) < weights.PatchWidth)
        {
            throw new ArgumentException($"a {source.Width}×{source.Height} source holds no patch of width {weights.PatchWidth}", nameof(source));
        }

        if (source.Frames < weights.PatchFrames)
        {
            throw new ArgumentException($"a source of {source.Frames} frames holds no patch of {weights.PatchFrames} frames", nameof(source));
        }

        if (allowed is not null && allowed.Length != source.Width * source.Rows)
        {
            throw new ArgumentException($"a mask of {allowed.Length} pixels does not fit a source of {source.Width}×{source.Height}×{source.Frames}", nameof(allowed));
        }

        (Width, Height, Frames) = (source.Width, source.Height, source.Frames);
        (Radius, TimeRadius) = (weights.Radius, weights.TimeRadius);
        _allowed = allowed;
        _rows = new bool[Height * Frames];
        for (int frame = TimeRadius; frame < Frames - TimeRadius; frame++) _rows.AsSpan(frame * Height + Radius, Height - 2 * Radius).Fill(true);
        Count = (Width - 2 * Radius) * (Height - 2 * Radius) * (Frames - 2 * TimeRadius);
        if (allowed is null) return;
        _centres = List(allowed);
        Count = _centres.Length;
        if (Count == 0) throw new ArgumentException("the mask forbids every patch of the source", nameof(allowed));
    }

    /// <summary>Source width in pixels.</summary>
    public int Width { get; }

    /// <summary>Height of one source frame in pixels.</summary>
    public int Height { get; }

    /// <summary>Number of source frames.</summary>
    public int Frames { get; }

    /// <summary>Pixels from a centre to the edge of its patch.</summary>
    public int Radius { get; }

    /// <summary>Frames from a centre to the first or last of its patch.</summary>
    public int TimeRadius { get; }

    /// <summary>Number of valid centres, at least 1.</summary>
    public int Count { get; }

    /// <summary>The centres in scan order, from 0 to <see cref="Count"/> − 1.</summary>
    public int this[int index]
    {
        get
        {
            if (_centres is not null) return _centres[index];
            int columns = Width - 2 * Radius, rows = Height - 2 * Radius;
            (int line, int x) = Math.DivRem(index, columns);
            (int frame, int y) = Math.DivRem(line, rows);
            return MatchField.Pack(x + Radius, (frame + TimeRadius) * Height + y + Radius);
        }
    }

    /// <summary>Whether a packed place is a valid centre.</summary>
    public bool Contains(int match)
    {
        int x = MatchField.X(match), row = MatchField.Y(match);
        return x >= Radius && x < Width - Radius && row < _rows.Length && _rows[row] && (_allowed is null || _allowed[row * Width + x] != 0);
    }

    /// <summary>The valid centre at a place, or the nearest of the unmasked ones where the place lies outside.</summary>
    public int Clamp(int x, int y, int frame) => MatchField.Pack(Math.Clamp(x, Radius, Width - Radius - 1),
        Math.Clamp(frame, TimeRadius, Frames - TimeRadius - 1) * Height + Math.Clamp(y, Radius, Height - Radius - 1));

    /// <summary>The mask, one byte per source pixel; null = none.</summary>
    internal byte[]? Allowed => _allowed;

    /// <summary>Whether a row of the stacked source holds centres.</summary>
    internal ReadOnlySpan<bool> Rows => _rows;

    private int[] List(byte[] allowed)
    {
        List<int> centres = [];
        for (int row = 0; row < _rows.Length; row++)
        {
            if (!_rows[row]) continue;
            for (int x = Radius; x < Width - Radius; x++)
            {
                if (allowed[row * Width + x] != 0) centres.Add(MatchField.Pack(x, row));
            }
        }

        return [.. centres];
    }
}
