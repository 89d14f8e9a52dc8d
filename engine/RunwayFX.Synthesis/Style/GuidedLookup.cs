using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Style;

/// <summary>How <see cref="GuidedLookup"/> looks.</summary>
public sealed record GuidedLookupOptions
{
    /// <summary>Pixels from a match to the edge of the source.</summary>
    public int Radius { get; init; } = 2;

    /// <summary>Root mean square difference of the guides (0–255, weighted) up to which a pixel belongs to a piece.</summary>
    public double Tolerance { get; init; } = 18;

    /// <summary>Whether source and target show the same place, so that a pixel's own place is tried first.</summary>
    public bool IsAligned { get; init; }

    /// <summary>Another seed gives another result of the same quality.</summary>
    public uint Seed { get; init; } = 1;

    /// <summary>Most threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;
}

/// <summary>A preview of guided synthesis: pieces of the source, large ones first, laid where their guides fit, without any iteration.</summary>
/// <remarks>After Sýkora et al., "StyleBlit: Fast Example-Based Stylization with Local Guidance" (2019): a jittered grid cuts the target into cells; a cell's middle
/// looks its place in the source up, and every pixel of the cell whose guides agree takes its part of that piece; what is left is cut finer. Here a cell takes
/// the <em>first</em> of a fixed sequence of places that is good enough, not the best one: noise and slow change of the guides then change nothing, so that a clip
/// painted frame by frame is steady. Deterministic for any number of threads. Memory: 4 bytes a target pixel and cell.</remarks>
public static class GuidedLookup
{
    /// <summary>Places of the source that are tried; a power of two.</summary>
    private const int PlacesCount = 4096;

    /// <summary>Places whose whole cell is compared before the best of them is taken.</summary>
    private const int ComparisonsMax = 24;

    /// <summary>The same for single pixels, which no cell fits.</summary>
    private const uint LastComparisonsMax = 4;

    /// <summary>Places of a tone that such pixels choose from.</summary>
    private const int PlacesPerTone = 16;

    /// <summary>Places that a cell looks at.</summary>
    private const int ScansMax = 1024;

    /// <summary>Sides of the cells, in pixels of the target.</summary>
    private static readonly int[] Sides = [24, 12, 6, 3, 1];

    /// <summary>Finds the match field.</summary>
    /// <param name="input">Style, guides and weights; the style's own channels, the initial field and the mask do not count.</param>
    /// <param name="options">How to look.</param>
    /// <param name="cancellation">Asked once a row of cells and of pixels.</param>
    /// <exception cref="ArgumentException">Clips, or channels that do not fit together, or a source smaller than a patch.</exception>
    public static MatchField Run(GuidedSynthesisInput input, GuidedLookupOptions options, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(options);
        int width = 2 * options.Radius + 1;
        if (Math.Min(input.Source.Width, input.Source.Height) < width)
            throw new ArgumentException($"a {input.Source.Width}×{input.Source.Height} source holds no patch of width {width}", nameof(input));
        if (input.Source.Frames > 1 || input.Target.Frames > 1) throw new ArgumentException("a look-up works on stills", nameof(input));
        if (input.Weights.Count != input.Source.Channels || input.Target.Channels != input.Source.Channels)
        {
            throw new ArgumentException(
                $"source, target and weights have {input.Source.Channels}, {input.Target.Channels} and {input.Weights.Count} channels", nameof(input));
        }

        return new Look(input, options, new PatchWork(options.Threads, cancellation)).Run();
    }

    private sealed unsafe class Look
    {
        private const int WeightSum = 1024;

        /// <summary>Guide channels that count; the look reads that many bytes of every pixel.</summary>
        private const int GuidesMax = 8;

        private readonly ChannelPicture _source;
        private readonly ChannelPicture _target;
        private readonly PatchWork _work;
        private readonly int _radius;
        private readonly uint _seed;
        private readonly bool _isAligned;
        private readonly int _first;
        private readonly int _tolerance;
        private readonly int _step;
        private readonly Vector128<int> _weightsLow;
        private readonly Vector128<int> _weightsHigh;
        private readonly int[] _places = new int[PlacesCount];
        private readonly byte[] _tones = new byte[2 * PlacesCount];
        private readonly int[] _byTone = new int[256 * PlacesPerTone];
        private readonly int[][] _middles = new int[Sides.Length][];
        private readonly int[][] _cells = new int[Sides.Length][];

        public Look(GuidedSynthesisInput input, GuidedLookupOptions options, PatchWork work)
        {
            (_source, _target, _work, _first) = (input.Source, input.Target, work, input.StyleChannels);
            (_radius, _seed, _isAligned) = (options.Radius, options.Seed, options.IsAligned);
            double[] weights = [.. input.Weights.Skip(_first).Take(GuidesMax), .. new double[GuidesMax]];
            double sum = weights.Sum();
            Span<int> whole = stackalloc int[GuidesMax];
            for (int channel = 0; channel < GuidesMax; channel++) whole[channel] = (int)(weights[channel] / Math.Max(sum, 1e-9) * WeightSum + 0.5);
            (_weightsLow, _weightsHigh) = (Vector128.Create(whole[..4]), Vector128.Create(whole[4..]));
            _tolerance = (int)(options.Tolerance * options.Tolerance * WeightSum);
            // What the first channel may differ by without breaking the tolerance by itself.
            _step = (int)Math.Min(255, Math.Sqrt(_tolerance / (double)Math.Max(whole[0], 1)));
            uint columns = (uint)(_source.Width - 2 * _radius), rows = (uint)(_source.Height - 2 * _radius);
            for (int index = 0; index < PlacesCount; index++)
            {
                uint bits = PatchRandom.At(index, -1, _seed);
                (int x, int y) = (_radius + (int)PatchRandom.Scale(bits & 0xFFFF, columns), _radius + (int)PatchRandom.Scale(bits >> 16, rows));
                _places[index] = MatchField.Pack(x, y);
                _tones[index] = _tones[PlacesCount + index] = _source.Bytes[_source.Offset(x, y) + _first];
            }

            SortByTone();
        }

        public MatchField Run()
        {
            for (int level = 0; level < Sides.Length - 1; level++)
            {
                int columns = Cells(_target.Width, level), rows = Cells(_target.Height, level), at = level;
                int[] middles = _middles[level] = new int[columns * rows], cells = _cells[level] = new int[columns * rows];
                _work.ForRows(rows, columns, row =>
                {
                    for (int column = 0; column < columns; column++)
                    {
                        int middle = middles[row * columns + column] = Middle(column, row, at);
                        cells[row * columns + column] = Find(MatchField.X(middle), MatchField.Y(middle), at);
                    }
                });
            }

            MatchField field = new(_target.Width, _target.Height);
            _work.ForRows(_target.Height, _target.Width, y =>
            {
                for (int x = 0; x < _target.Width; x++) field.Matches[y * _target.Width + x] = Match(x, y);
            });
            return field;
        }

        private static int Cells(int pixels, int level) => (pixels + Sides[level] - 1) / Sides[level];

        /// <summary>The middle of a cell: somewhere in its square, fixed for all frames.</summary>
        private int Middle(int column, int row, int level)
        {
            int side = Sides[level];
            uint bits = PatchRandom.At(column, row, _seed + 0x51ED27u * (uint)(level + 1));
            return MatchField.Pack(Math.Min(column * side + (int)PatchRandom.Scale(bits & 0xFFFF, (uint)side), _target.Width - 1),
                Math.Min(row * side + (int)PatchRandom.Scale(bits >> 16, (uint)side), _target.Height - 1));
        }

        /// <summary>The first piece of the largest cells that a pixel agrees with.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int Match(int x, int y)
        {
            if (_isAligned)
            {
                (int ownX, int ownY) = (Math.Clamp(x, _radius, _source.Width - _radius - 1), Math.Clamp(y, _radius, _source.Height - _radius - 1));
                if (Difference(x, y, ownX, ownY) <= _tolerance) return MatchField.Pack(ownX, ownY);
            }

            for (int level = 0; level < Sides.Length - 1; level++)
            {
                int cell = Nearest(x, y, level), middle = _middles[level][cell], place = _cells[level][cell];
                int sourceX = MatchField.X(place) + x - MatchField.X(middle), sourceY = MatchField.Y(place) + y - MatchField.Y(middle);
                if (IsInside(sourceX, sourceY) && Difference(x, y, sourceX, sourceY) <= _tolerance) return MatchField.Pack(sourceX, sourceY);
            }

            return Find(x, y, Sides.Length - 1);
        }

        /// <summary>The cell whose middle is nearest: cells have the shape of broken pieces rather than squares.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int Nearest(int x, int y, int level)
        {
            int side = Sides[level], columns = Cells(_target.Width, level), rows = Cells(_target.Height, level), least = int.MaxValue, nearest = 0;
            int[] middles = _middles[level];
            int left = Math.Max(x / side - 1, 0), right = Math.Min(x / side + 1, columns - 1);
            for (int row = Math.Max(y / side - 1, 0); row <= Math.Min(y / side + 1, rows - 1); row++)
            {
                for (int column = left; column <= right; column++)
                {
                    int cell = row * columns + column, toX = MatchField.X(middles[cell]) - x, toY = MatchField.Y(middles[cell]) - y;
                    int distance = toX * toX + toY * toY;
                    if (distance < least) (least, nearest) = (distance, cell);
                }
            }

            return nearest;
        }

        /// <summary>Where in the source a place of the target lies, judged by what is around it within a third of a cell.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int Find(int x, int y, int level)
        {
            int reach = Sides[level] / 3, best = -1, least = int.MaxValue;
            int tone = _target.Bytes[_target.Offset(x, y) + _first];
            uint start = PatchRandom.At(x, y, _seed + 0xA511E9u * (uint)(level + 1));
            if (reach == 0)
            {
                for (uint index = start; index != start + LastComparisonsMax && least > _tolerance; index++)
                    Try(_byTone[tone * PlacesPerTone + (int)(index % PlacesPerTone)], ref least, ref best);
                return best;
            }

            int left = ComparisonsMax, from = (int)(start % PlacesCount);
            for (int index = from; index < from + ScansMax && left > 0 && least > _tolerance / 2; index++)
            {
                if (Math.Abs(_tones[index] - tone) > _step) continue;
                left--;
                Try(_places[index & (PlacesCount - 1)], ref least, ref best);
            }

            return best >= 0 ? best : _byTone[tone * PlacesPerTone + (int)(start % PlacesPerTone)];

            void Try(int place, ref int least, ref int best)
            {
                int misfit = Misfit(x, y, place, reach, least);
                if (misfit < least) (least, best) = (misfit, place);
            }
        }

        /// <summary>Mean difference over a place and four about it; a large number where it is not below a limit.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private int Misfit(int x, int y, int place, int reach, int limit)
        {
            int sourceX = MatchField.X(place), sourceY = MatchField.Y(place), own = Difference(x, y, sourceX, sourceY);
            if (reach == 0) return own;
            long sum = own, most = 5L * limit;
            for (int side = 0; side < 4 && sum < most; side++)
            {
                int toX = (side < 2 ? 2 * side - 1 : 0) * reach, toY = (side < 2 ? 0 : 2 * side - 5) * reach;
                if ((uint)(x + toX) >= (uint)_target.Width || (uint)(y + toY) >= (uint)_target.Height) sum += own;
                else if (IsInside(sourceX + toX, sourceY + toY)) sum += Difference(x + toX, y + toY, sourceX + toX, sourceY + toY);
                else return int.MaxValue - 1;
            }

            return sum < most ? (int)(sum / 5) : int.MaxValue - 1;
        }

        /// <summary>For each tone the first places of about that tone; where there is none, those of the nearest tone.</summary>
        private void SortByTone()
        {
            for (int tone = 0; tone < 256; tone++)
            {
                int count = 0, nearest = 0;
                for (int index = 0; index < PlacesCount && count < PlacesPerTone; index++)
                {
                    int off = Math.Abs(_tones[index] - tone);
                    if (off < Math.Abs(_tones[nearest] - tone)) nearest = index;
                    if (off <= _step) _byTone[tone * PlacesPerTone + count++] = _places[index];
                }

                for (int next = count; next < PlacesPerTone; next++)
                    _byTone[tone * PlacesPerTone + next] = count == 0 ? _places[nearest] : _byTone[tone * PlacesPerTone + next % count];
            }
        }

        private bool IsInside(int x, int y) => x >= _radius && y >= _radius && x < _source.Width - _radius && y < _source.Height - _radius;

        /// <summary>Weighted squared difference of two pixels' guides. Pictures end with slack, so that eight bytes may be read everywhere.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private int Difference(int x, int y, int sourceX, int sourceY)
        {
            fixed (byte* target = &_target.Bytes[_target.Offset(x, y) + _first], source = &_source.Bytes[_source.Offset(sourceX, sourceY) + _first])
            {
                Vector128<short> one = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)target).AsByte()).AsInt16();
                Vector128<short> other = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)source).AsByte()).AsInt16();
                Vector128<short> difference = one - other;
                Vector128<int> low = Vector128.WidenLower(difference), high = Vector128.WidenUpper(difference);
                return Vector128.Sum(low * low * _weightsLow + high * high * _weightsHigh);
            }
        }
    }
}
