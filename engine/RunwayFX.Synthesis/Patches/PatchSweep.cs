using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Patches;

/// <summary>Handles the rows of one sweep; compiled anew for each kernel and each rule.</summary>
internal sealed unsafe class PatchSweep<TKernel, TRule>(
    PatchMatcherInput input, SourceRegion region, int[] distances, OccurrenceMap occurrence, TKernel kernel, TRule rule, PatchWork work)
    where TKernel : struct, IPatchKernel
    where TRule : struct, IMatchRule
{
    private const int CandidatesMax = 64;

    /// <summary>Smaller sources lie in a core's own caches as a whole.</summary>
    private const int LargeBytesMin = 1 << 20;

    /// <summary>Most rows of a candidate that are fetched ahead: more than a few lines a candidate would drive each other out.</summary>
    private const int PrefetchedRowsMax = 5;

    /// <summary>Bytes of a row that are fetched at least: a kernel reads as many at once.</summary>
    private const int RowBytesMin = 32;

    /// <summary>Stands for no match.</summary>
    private const int None = -1;

    private readonly ChannelPicture _source = input.Source;
    private readonly ChannelPicture _target = input.Target;
    private readonly int[] _matches = input.Field.Matches;
    private readonly int _radius = region.Radius;
    private readonly int _timeRadius = region.TimeRadius;
    private readonly int _sourceStart = input.Source.Offset(-region.Radius, -region.Radius - region.TimeRadius * input.Source.Height);
    private readonly int _sourceRowBytes = input.Source.RowBytes;
    private readonly int _channels = input.Source.Channels;
    private readonly long _patchUnits = 1 + (input.Weights.PatchPixels * input.Source.Channels - 1) / PatchWork.UnitBytes;
    private readonly int _prefetchedRows = Math.Min(input.Weights.PatchWidth, PrefetchedRowsMax);
    private readonly int _rowEnd = Math.Max(input.Weights.PatchWidth * input.Source.Channels, RowBytesMin) - 1;
    private readonly bool _prefetches = occurrence.IsActive && (input.FetchesAhead ?? (Sse.IsSupported && input.Source.Bytes.Length >= LargeBytesMin));
    private readonly TKernel _kernel = kernel;
    private readonly TRule _rule = rule;

    /// <summary>Measures the distances of a row's active pixels anew.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void MeasureRow(int row)
    {
        (int frame, int y) = Math.DivRem(row, _target.Height);
        fixed (byte* source = _source.Bytes)
        fixed (byte* target = _target.Bytes)
        {
            byte* patch = target + _target.Offset(-_radius, y - _radius, frame - _timeRadius);
            int index = row * _target.Width;
            int block = BlockOf(1);
            for (int x = 0; x < _target.Width; x++, index++, patch += _target.Channels)
            {
                if (x % block == 0) work.Check(block * _patchUnits);
                if (input.Active is { } active && active[index] == 0) continue;
                distances[index] = _kernel.Distance(patch, source + SourceOffset(_matches[index]), int.MaxValue);
            }
        }
    }

    /// <summary>Improves the matches of a row.</summary>
    /// <param name="pass">Direction and draws.</param>
    /// <param name="row">Row of the stacked target.</param>
    /// <param name="moves">Receives from and to of every match that moved, unless they are entered at once.</param>
    /// <param name="enters">Whether moves are entered into the occurrence map at once.</param>
    /// <returns>Number of moves.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int ImproveRow(SweepPass pass, int row, Span<int> moves, bool enters)
    {
        (int frame, int y) = Math.DivRem(row, _target.Height);
        int width = _target.Width, step = pass.IsForward ? 1 : -1, moved = 0;
        bool hasAbove = (uint)(y - step) < (uint)_target.Height, hasBefore = (uint)(frame - step) < (uint)_target.Frames;
        int tries = pass.IsExhaustive ? region.Count + 3 : pass.Radii.Length + 3, block = BlockOf(tries);
        int* candidates = stackalloc int[CandidatesMax], drawn = stackalloc int[CandidatesMax], next = stackalloc int[CandidatesMax];
        int drawnFor, nextFor = None;
        fixed (byte* source = _source.Bytes)
        fixed (byte* target = _target.Bytes)
        {
            for (int column = 0; column < width; column++)
            {
                if (column % block == 0) work.Check(Math.Min(block, width - column) * tries * _patchUnits);
                int x = pass.IsForward ? column : width - 1 - column, index = row * width + x;
                int* free = drawn;
                drawn = next;
                next = free;
                drawnFor = nextFor;
                nextFor = _prefetches && column + 1 < width ? DrawAhead(pass, x + step, row, hasAbove ? step * width : 0, next, source) : None;
                if (input.Active is { } active && active[index] == 0) continue;
                Site site = new()
                {
                    Patch = target + _target.Offset(x - _radius, y - _radius, frame - _timeRadius),
                    Index = index,
                    Match = _matches[index],
                    Distance = distances[index],
                };
                int before = site.Match, count = 0;
                if (column > 0) count = AddBeside(candidates, count, _matches[index - step] + step);
                if (hasAbove) count = AddBelow(candidates, count, _matches[index - step * width] + step * MatchField.RowStep);
                if (hasBefore) count = AddBelow(candidates, count, _matches[index - step * width * _target.Height] + step * _source.Height * MatchField.RowStep);
                TryAll(ref site, source, candidates, count, enters);
                if (pass.IsExhaustive)
                {
                    TryRegion(ref site, source, enters);
                }
                else
                {
                    if (site.Match != drawnFor) AddRandom(drawn, site.Match, pass.Radii.Span, PatchRandom.At(x, row, pass.Seed), source);
                    TryAll(ref site, source, drawn, pass.Radii.Length, enters);
                }

                if (site.Match == before) continue;
                _matches[index] = site.Match;
                distances[index] = site.Distance;
                if (!enters) (moves[2 * moved], moves[2 * moved + 1]) = (before, site.Match);
                moved++;
            }
        }

        return moved;
    }

    /// <summary>Pixels between two questions for cancellation.</summary>
    private int BlockOf(long tries) => (int)Math.Clamp(PatchWork.UnitsMax / (tries * _patchUnits), 1, _target.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddBeside(int* candidates, int count, int match)
    {
        candidates[count] = match;
        int x = MatchField.X(match);
        return x >= _radius && x < _source.Width - _radius ? count + 1 : count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddBelow(int* candidates, int count, int match)
    {
        candidates[count] = match;
        int row = MatchField.Y(match);
        return row < region.Rows.Length && region.Rows[row] ? count + 1 : count;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddRandom(int* candidates, int match, ReadOnlySpan<int> radii, uint state, byte* source)
    {
        int matchX = MatchField.X(match), matchY = MatchField.Y(match), edge = _radius, top = 0, frame = 0;
        if (_source.Frames > 1)
        {
            (frame, matchY) = Math.DivRem(matchY, _source.Height);
            top = frame * _source.Height;
        }

        int maxX = _source.Width - edge - 1, maxY = _source.Height - edge - 1;
        for (int index = 0; index < radii.Length; index++)
        {
            int reach = radii[index];
            int left = Math.Max(matchX - reach, edge), right = Math.Min(matchX + reach, maxX);
            int first = Math.Max(matchY - reach, edge), last = Math.Min(matchY + reach, maxY);
            state = PatchRandom.Next(state);
            uint bits = PatchRandom.Mix(state);
            int x = left + (int)PatchRandom.Scale(bits & 0xFFFF, (uint)(right - left + 1));
            int y = first + (int)PatchRandom.Scale(bits >> 16, (uint)(last - first + 1));
            if (_source.Frames > 1)
            {
                int from = Math.Max(frame - reach, _timeRadius), to = Math.Min(frame + reach, _source.Frames - _timeRadius - 1);
                state = PatchRandom.Next(state);
                top = (from + (int)PatchRandom.Scale(PatchRandom.Mix(state) >> 16, (uint)(to - from + 1))) * _source.Height;
            }

            int candidate = MatchField.Pack(x, top + y);
            candidates[index] = candidate;
            if (_prefetches) Prefetch(source, candidate);
        }
    }

    /// <summary>Draws for a pixel and fetches what its trials will read while the pixel before it is handled: memory answers in about the time of a pixel.
    /// The draws stand unless a neighbour's match is taken over first.</summary>
    /// <param name="pass">Direction and draws.</param>
    /// <param name="x">Column.</param>
    /// <param name="row">Row of the stacked target.</param>
    /// <param name="above">Pixels back to the neighbour in the row that was handled before; 0 = none.</param>
    /// <param name="candidates">Receives the draws.</param>
    /// <param name="source">First byte of the source.</param>
    /// <returns>The match that the draws start from.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int DrawAhead(SweepPass pass, int x, int row, int above, int* candidates, byte* source)
    {
        int index = row * _target.Width + x, match = _matches[index];
        if (pass.IsExhaustive || (input.Active is { } active && active[index] == 0)) return None;
        occurrence.Prefetch(match);
        if (above != 0 && AddBelow(candidates, 0, _matches[index - above] + Math.Sign(above) * MatchField.RowStep) > 0) Prefetch(source, candidates[0]);
        AddRandom(candidates, match, pass.Radii.Span, PatchRandom.At(x, row, pass.Seed), source);
        return match;
    }

    /// <summary>Fetches what a trial will read: the price, which decides first, and both ends of each row, which may lie in two lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prefetch(byte* source, int candidate)
    {
        occurrence.Prefetch(candidate);
        byte* patch = source + SourceOffset(candidate);
        for (int row = 0; row < _prefetchedRows; row++, patch += _sourceRowBytes)
        {
            if (!Sse.IsSupported) continue;
            Sse.Prefetch0(patch);
            Sse.Prefetch0(patch + _rowEnd);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TryAll(ref Site site, byte* source, int* candidates, int count, bool enters)
    {
        // Copies, so that they stay in registers.
        Site best = site;
        TKernel kernel = _kernel;
        TRule rule = _rule;
        for (int index = 0; index < count; index++) Try(kernel, rule, ref best, source, candidates[index], enters);
        site = best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void TryRegion(ref Site site, byte* source, bool enters)
    {
        for (int index = 0; index < region.Count; index++) Try(_kernel, _rule, ref site, source, region[index], enters);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Try(TKernel kernel, TRule rule, ref Site site, byte* source, int candidate, bool enters)
    {
        if (candidate == site.Match) return;
        if (region.Allowed is { } allowed && allowed[MatchField.Y(candidate) * _source.Width + MatchField.X(candidate)] == 0) return;
        long limit = rule.Limit(site.Index, site.Match, site.Distance, candidate);
        if (limit <= 0) return;
        int distance = kernel.Distance(site.Patch, source + SourceOffset(candidate), (int)Math.Min(limit, int.MaxValue));
        if (distance >= limit) return;
        if (enters) occurrence.Move(site.Match, candidate);
        site.Match = candidate;
        site.Distance = distance;
    }

    /// <summary>Top-left pixel of the first frame of a match's patch. A source clip has no border, so its frames are one tall picture.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SourceOffset(int match) => _sourceStart + MatchField.Y(match) * _sourceRowBytes + MatchField.X(match) * _channels;

    /// <summary>A target pixel while its candidates are tried.</summary>
    private struct Site
    {
        public byte* Patch;
        public int Index;
        public int Match;
        public int Distance;
    }
}
