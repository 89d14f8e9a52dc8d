using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Patches;

/// <summary>How often each part of the source is used, kept current while matches move: the uniformity term of StyLit and EbSynth.</summary>
/// <remarks>Holds for each patch centre the sum over its patch of Ω, Ω(q) being the number of target patches that cover source pixel q.
/// This box of a box is a tent around each match, so a move updates two small blocks and a query is one read. Sums are whole numbers, so the
/// order in which moves are entered does not matter.</remarks>
public sealed class OccurrenceMap
{
    private const int FractionBits = 16;

    /// <summary>Values added at once.</summary>
    private const int Lanes = 8;

    private readonly int _patchWidth;
    private readonly int _patchFrames;
    private readonly int _margin;
    private readonly int _stride;
    private readonly int[] _sums;
    private readonly int[] _tent;
    private readonly long _unit;

    /// <summary>Creates a map of an empty field over a picture.</summary>
    /// <param name="sourceWidth">Source width in pixels.</param>
    /// <param name="sourceHeight">Source height in pixels.</param>
    /// <param name="targetPixels">Number of target pixels.</param>
    /// <param name="weights">Patch size and distance scale.</param>
    /// <param name="uniformity">λ: the price of an occurrence that equals the mean, in distance per patch. 0 switches the term off.</param>
    public OccurrenceMap(int sourceWidth, int sourceHeight, long targetPixels, PatchWeights weights, double uniformity)
        : this(sourceWidth, sourceHeight, 1, targetPixels, weights, uniformity)
    {
    }

    /// <summary>Creates a map of an empty field over a clip.</summary>
    /// <param name="sourceWidth">Source width in pixels.</param>
    /// <param name="sourceHeight">Height of a source frame in pixels.</param>
    /// <param name="sourceFrames">Number of source frames.</param>
    /// <param name="targetPixels">Number of target pixels in all frames.</param>
    /// <param name="weights">Patch size and distance scale.</param>
    /// <param name="uniformity">λ: the price of an occurrence that equals the mean, in distance per patch. 0 switches the term off.</param>
    /// <exception cref="ArgumentException">λ is out of range, or the target has more pixels than the counts can hold.</exception>
    public OccurrenceMap(int sourceWidth, int sourceHeight, int sourceFrames, long targetPixels, PatchWeights weights, double uniformity)
    {
        if (!(uniformity >= 0) || uniformity > 1e9)
        {
            throw new ArgumentOutOfRangeException(nameof(uniformity), uniformity, $"uniformity {uniformity} is outside 0..1e9");
        }

        if (uniformity > 0 && targetPixels > int.MaxValue / weights.PatchPixels)
        {
            throw new ArgumentOutOfRangeException(nameof(targetPixels), targetPixels,
                $"{targetPixels} target pixels are over {int.MaxValue / weights.PatchPixels}, the most that can be counted with patches of {weights.PatchPixels} pixels");
        }

        _patchWidth = weights.PatchWidth;
        _patchFrames = weights.PatchFrames;
        _margin = _patchWidth - 1;
        SourceWidth = sourceWidth;
        SourceHeight = sourceHeight;
        SourceFrames = sourceFrames;
        double area = weights.PatchPixels, mean = (double)targetPixels / ((double)sourceWidth * sourceHeight * sourceFrames) * area;
        _unit = (long)Math.Round(uniformity * weights.Scale / (area * mean) * (1 << FractionBits), MidpointRounding.ToEven);

        // Whole vectors are added to a row; what they overhang adds zero and stays in the row's own margin.
        int tentWidth = (2 * _margin + 1 + Lanes - 1) / Lanes * Lanes;
        _tent = new int[tentWidth];
        for (int x = 0; x <= 2 * _margin; x++) _tent[x] = _patchWidth - Math.Abs(x - _margin);
        _stride = sourceWidth + _margin + tentWidth;
        _sums = _unit > 0 ? new int[(long)_stride * sourceHeight * sourceFrames] : [];
    }

    /// <summary>Source width in pixels.</summary>
    public int SourceWidth { get; }

    /// <summary>Height of a source frame in pixels.</summary>
    public int SourceHeight { get; }

    /// <summary>Number of source frames.</summary>
    public int SourceFrames { get; }

    /// <summary>Whether the term is on.</summary>
    public bool IsActive => _unit > 0;

    /// <summary>Sum of Ω over the patch at a match; 0 where the term is off.</summary>
    public int PatchSum(int match) => IsActive ? _sums[Index(match)] : 0;

    /// <summary>λ · Occ of a match in whole distance units, rounded down.</summary>
    public long Price(int match) => IsActive ? (_sums[Index(match)] * _unit) >> FractionBits : 0;

    /// <summary>What a move from one match to another saves, in whole distance units, rounded down.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal long Saving(int from, int to) => ((long)_sums[Index(from)] - _sums[Index(to)]) * _unit >> FractionBits;

    /// <summary>Fetches the sum at a match ahead; only where the term is on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal unsafe void Prefetch(int match)
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref _sums[Index(match)]));
    }

    /// <summary>Counts a field anew.</summary>
    public void Rebuild(MatchField field) => Rebuild(field, new PatchWork(1, CancellationToken.None));

    internal void Rebuild(MatchField field, PatchWork work)
    {
        if (!IsActive) return;
        int bands = BandCount;
        work.Run(1, _ => bands, (_, band) =>
        {
            (int first, int end) = Band(band);
            Array.Clear(_sums, first * _stride, (end - first) * _stride);
            for (int y = 0; y < field.Height * field.Frames; y++)
            {
                work.Check(field.Width);
                foreach (int match in field.Matches.AsSpan(y * field.Width, field.Width)) Add(match, 1, first, end);
            }
        });
    }

    /// <summary>Takes one target patch from a match to another.</summary>
    public void Move(int from, int to)
    {
        if (!IsActive) return;
        Add(from, -1, 0, SourceHeight * SourceFrames);
        Add(to, 1, 0, SourceHeight * SourceFrames);
    }

    /// <summary>Number of bands of rows in which moves can be entered at once.</summary>
    internal int BandCount => Math.Clamp(SourceHeight * SourceFrames / 32, 1, 16);

    /// <summary>Enters moves (from, to, from, to, …) into one band of rows.</summary>
    internal void Move(ReadOnlySpan<int> moves, int band)
    {
        (int first, int end) = Band(band);
        for (int index = 0; index < moves.Length; index += 2)
        {
            Add(moves[index], -1, first, end);
            Add(moves[index + 1], 1, first, end);
        }
    }

    private (int First, int End) Band(int band)
    {
        long rows = SourceHeight * SourceFrames;
        return ((int)(band * rows / BandCount), (int)((band + 1) * rows / BandCount));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Index(int match) => MatchField.Y(match) * _stride + MatchField.X(match) + _margin;

    /// <summary>Adds a match's tent to the rows from <paramref name="first"/> to before <paramref name="end"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Add(int match, int sign, int first, int end)
    {
        int row = MatchField.Y(match);
        if (SourceFrames == 1)
        {
            int from = Math.Max(row - _margin, first), to = Math.Min(row + _margin, end - 1);
            if (from <= to) AddRows(MatchField.X(match), row, from, to, sign);
            return;
        }

        AddFrames(match, sign, first, end);
    }

    private void AddFrames(int match, int sign, int first, int end)
    {
        (int frame, int y) = Math.DivRem(MatchField.Y(match), SourceHeight);
        for (int near = Math.Max(frame - _patchFrames + 1, 0); near <= Math.Min(frame + _patchFrames - 1, SourceFrames - 1); near++)
        {
            int top = near * SourceHeight, weight = sign * (_patchFrames - Math.Abs(near - frame));
            int from = Math.Max(top + Math.Max(y - _margin, 0), first), to = Math.Min(top + Math.Min(y + _margin, SourceHeight - 1), end - 1);
            if (from <= to) AddRows(MatchField.X(match), top + y, from, to, weight);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRows(int x, int centre, int from, int to, int weight)
    {
        ref int tent = ref _tent[0];
        for (int row = from; row <= to; row++)
        {
            Vector256<int> height = Vector256.Create(weight * (_patchWidth - Math.Abs(row - centre)));
            ref int sums = ref _sums[row * _stride + x];
            for (int index = 0; index < _tent.Length; index += Lanes)
            {
                (Vector256.LoadUnsafe(ref sums, (nuint)index) + height * Vector256.LoadUnsafe(ref tent, (nuint)index)).StoreUnsafe(ref sums, (nuint)index);
            }
        }
    }
}
