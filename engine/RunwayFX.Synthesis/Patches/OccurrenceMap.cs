namespace RunwayFX.Synthesis.Patches;

/// <summary>How often each part of the source is used, kept current while matches move: the uniformity term of StyLit and EbSynth.</summary>
/// <remarks>Holds for each patch centre the sum over its patch of Ω, Ω(q) being the number of target patches that cover source pixel q.
/// This box of a box is a tent around each match, so a move updates two small squares and a query is one read.</remarks>
public sealed class OccurrenceMap
{
    private const int FractionBits = 16;

    private readonly int _patchWidth;
    private readonly int _margin;
    private readonly int _stride;
    private readonly int[] _sums;
    private readonly long _unit;

    /// <summary>Creates a map of an empty field.</summary>
    /// <param name="sourceWidth">Source width in pixels.</param>
    /// <param name="sourceHeight">Source height in pixels.</param>
    /// <param name="targetPixels">Number of target pixels.</param>
    /// <param name="weights">Patch width and distance scale.</param>
    /// <param name="uniformity">λ: the price of an occurrence that equals the mean, in distance per patch. 0 switches the term off.</param>
    public OccurrenceMap(int sourceWidth, int sourceHeight, long targetPixels, PatchWeights weights, double uniformity)
    {
        if (!(uniformity >= 0) || uniformity > 1e9)
        {
            throw new ArgumentOutOfRangeException(nameof(uniformity), uniformity, $"uniformity {uniformity} is outside 0..1e9");
        }

        _patchWidth = weights.PatchWidth;
        _margin = _patchWidth - 1;
        _stride = sourceWidth + 2 * _margin;
        _sums = new int[checked(_stride * (sourceHeight + 2 * _margin))];
        SourceWidth = sourceWidth;
        SourceHeight = sourceHeight;
        double area = _patchWidth * _patchWidth, mean = (double)targetPixels / ((double)sourceWidth * sourceHeight) * area;
        _unit = (long)Math.Round(uniformity * weights.Scale / (area * mean) * (1 << FractionBits), MidpointRounding.ToEven);
    }

    /// <summary>Source width in pixels.</summary>
    public int SourceWidth { get; }

    /// <summary>Source height in pixels.</summary>
    public int SourceHeight { get; }

    /// <summary>Whether the term is on.</summary>
    public bool IsActive => _unit > 0;

    /// <summary>Sum of Ω over the patch at a match.</summary>
    public int PatchSum(int match) => _sums[Index(match)];

    /// <summary>λ · Occ of a match in whole distance units, rounded down.</summary>
    public long Price(int match) => (_sums[Index(match)] * _unit) >> FractionBits;

    /// <summary>Counts a field anew.</summary>
    public void Rebuild(MatchField field)
    {
        Array.Clear(_sums);
        if (!IsActive) return;
        foreach (int match in field.Matches) _sums[Index(match)]++;

        // Tent = box of box, in each direction.
        int height = SourceHeight + 2 * _margin;
        int[] scratch = new int[Math.Max(_stride, height)];
        for (int y = 0; y < height; y++)
        {
            Box(_sums, y * _stride, 1, _stride, scratch);
            Box(_sums, y * _stride, 1, _stride, scratch);
        }

        int[] rows = new int[_sums.Length];
        BoxColumns(_sums, rows, height);
        BoxColumns(rows, _sums, height);
    }

    /// <summary>Takes one target patch from a match to another.</summary>
    public void Move(int from, int to)
    {
        Add(Index(from), -1);
        Add(Index(to), 1);
    }

    private int Index(int match) => (MatchField.Y(match) + _margin) * _stride + MatchField.X(match) + _margin;

    private void Add(int centre, int sign)
    {
        int reach = _patchWidth - 1;
        int row = centre - reach * _stride - reach;
        for (int y = -reach; y <= reach; y++, row += _stride)
        {
            int height = sign * (_patchWidth - Math.Abs(y)), value = 0;
            Span<int> cells = _sums.AsSpan(row, 2 * reach + 1);
            for (int x = 0; x < cells.Length; x++)
            {
                value += x <= reach ? height : -height;
                cells[x] += value;
            }
        }
    }

    private void Box(int[] values, int start, int step, int count, int[] scratch)
    {
        int radius = _patchWidth / 2, sum = 0;
        for (int index = 0; index < count; index++) scratch[index] = values[start + index * step];
        for (int index = 0; index < Math.Min(radius, count); index++) sum += scratch[index];
        for (int index = 0; index < count; index++)
        {
            if (index + radius < count) sum += scratch[index + radius];
            if (index - radius - 1 >= 0) sum -= scratch[index - radius - 1];
            values[start + index * step] = sum;
        }
    }

    /// <summary>Box sum down the columns, a row at a time so that memory is read in order.</summary>
    private void BoxColumns(int[] from, int[] to, int height)
    {
        int radius = _patchWidth / 2;
        int[] sums = new int[_stride];
        for (int y = -radius; y < height; y++)
        {
            if (y + radius < height)
            {
                ReadOnlySpan<int> enter = from.AsSpan((y + radius) * _stride, _stride);
                for (int x = 0; x < sums.Length; x++) sums[x] += enter[x];
            }

            if (y - radius - 1 >= 0)
            {
                ReadOnlySpan<int> leave = from.AsSpan((y - radius - 1) * _stride, _stride);
                for (int x = 0; x < sums.Length; x++) sums[x] -= leave[x];
            }

            if (y >= 0) sums.AsSpan().CopyTo(to.AsSpan(y * _stride, _stride));
        }
    }
}
