using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RunwayFX.Synthesis.Patches;

/// <summary>What a <see cref="PatchMatcher"/> works on. Buffers are used in place, not copied.</summary>
public sealed record PatchMatcherInput
{
    /// <summary>Where patches are taken from. No border needed.</summary>
    public required ChannelPicture Source { get; init; }

    /// <summary>What they shall resemble; channels as in <see cref="Source"/>, border of at least the patch radius, extended.</summary>
    public required ChannelPicture Target { get; init; }

    /// <summary>Patch width and channel weights.</summary>
    public required PatchWeights Weights { get; init; }

    /// <summary>The field that is improved; its matches must be valid patch centres of the source.</summary>
    public required MatchField Field { get; init; }

    /// <summary>λ of the occurrence term, in distance per patch; 0 is off.</summary>
    public double Uniformity { get; init; }

    /// <summary>One byte per target pixel, 0 = its match stands; null = all move.</summary>
    public byte[]? Active { get; init; }

    /// <summary>One byte per source pixel, 0 = its patch may not be used; null = all patches that lie inside the source may.</summary>
    public byte[]? SourceAllowed { get; init; }

    /// <summary>Implementation of the distance; the result does not depend on it.</summary>
    public PatchKernelKind Kernel { get; init; }
}

/// <summary>Improves a match field by PatchMatch: good matches spread to neighbours, random samples look further (Barnes et al. 2009), with
/// EbSynth's acceptance: distance + λ · occurrence must fall.</summary>
/// <remarks>Deterministic: pixels are visited in a fixed order, draws depend on place and seed, all decisions are taken on whole numbers.
/// The occurrence map is kept current in place. One matcher serves one level of the pyramid and one thread.</remarks>
public sealed unsafe class PatchMatcher
{
    private const int CandidatesMax = 64;

    private readonly PatchMatcherInput _input;
    private readonly OccurrenceMap _occurrence;
    private readonly int[] _distances;
    private readonly int[] _radii;
    private readonly int[] _weightsPerByte;
    private readonly short[] _weightsUnpacked;
    private readonly PatchKernelKind _kernel;

    /// <summary>Prepares a level; call <see cref="Refresh"/> before the first pass and <see cref="RefreshDistances"/> after each vote.</summary>
    /// <exception cref="ArgumentException">Sizes, channels or border of the input do not fit together.</exception>
    public PatchMatcher(PatchMatcherInput input)
    {
        (ChannelPicture source, ChannelPicture target, PatchWeights weights) = (input.Source, input.Target, input.Weights);
        if (source.Channels != target.Channels || source.Channels != weights.Channels.Length)
        {
            throw new ArgumentException($"source, target and weights have {source.Channels}, {target.Channels} and {weights.Channels.Length} channels", nameof(input));
        }

        if (target.Border < weights.Radius)
        {
            throw new ArgumentException($"target border {target.Border} is below the patch radius {weights.Radius}", nameof(input));
        }

        if (Math.Min(source.Width, source.Height) < weights.PatchWidth)
        {
            throw new ArgumentException($"a {source.Width}×{source.Height} source holds no patch of width {weights.PatchWidth}", nameof(input));
        }

        if (input.Field.Width != target.Width || input.Field.Height != target.Height)
        {
            throw new ArgumentException("field and target differ in size", nameof(input));
        }

        if (input.Active is { } active && active.Length != target.Width * target.Height)
        {
            throw new ArgumentException("active mask and target differ in size", nameof(input));
        }

        if (input.SourceAllowed is { } allowed && allowed.Length != source.Width * source.Height)
        {
            throw new ArgumentException("source mask and source differ in size", nameof(input));
        }

        _input = input;
        _distances = new int[target.Width * target.Height];
        _occurrence = new OccurrenceMap(source.Width, source.Height, _distances.Length, weights, input.Uniformity);
        _weightsPerByte = PatchKernelWeights.PerByte(weights);
        _weightsUnpacked = PatchKernelWeights.Unpacked(weights);
        _kernel = input.Kernel != PatchKernelKind.Auto ? input.Kernel : Avx2.IsSupported ? PatchKernelKind.Vector256 : PatchKernelKind.Vector128;

        List<int> radii = [];
        for (int radius = Math.Max(source.Width, source.Height); radius >= 1; radius /= 2) radii.Insert(0, radius);
        _radii = [.. radii];
    }

    /// <summary>Patch distance of each target pixel's match, in whole units (<see cref="PatchWeights.Scale"/>).</summary>
    public ReadOnlySpan<int> Distances => _distances;

    /// <summary>The occurrence counts behind the matches.</summary>
    public OccurrenceMap Occurrence => _occurrence;

    /// <summary>Measures the distances of all active pixels and counts all occurrences anew: needed after the field changed from outside.</summary>
    public void Refresh(CancellationToken cancellation)
    {
        _occurrence.Rebuild(_input.Field);
        RefreshDistances(cancellation);
    }

    /// <summary>Measures the distances of all active pixels anew: enough after the target changed.</summary>
    public void RefreshDistances(CancellationToken cancellation) => Run(new Work { IsRefresh = true, Cancellation = cancellation });

    /// <summary>One sweep over the target; even passes run down and right, odd ones up and left.</summary>
    /// <param name="pass">Number of the pass: direction, and part of the seed.</param>
    /// <param name="radiiMax">How many search radii to sample, from the smallest (1, then doubling) up to the source's longest side.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellation">Checked once a row.</param>
    /// <returns>How many matches moved.</returns>
    public int Improve(int pass, int radiiMax, uint seed, CancellationToken cancellation) => Run(new Work
    {
        IsForward = pass % 2 == 0,
        Radii = Math.Clamp(radiiMax, 0, Math.Min(_radii.Length, CandidatesMax)),
        Seed = PatchRandom.Derive(seed, pass),
        Cancellation = cancellation,
    });

    private int Run(Work work)
    {
        PatchWeights weights = _input.Weights;
        int rowBytes = weights.PatchWidth * weights.Channels.Length, steps = PatchKernelWeights.Steps(rowBytes), rows = weights.PatchWidth;
        int targetStride = _input.Target.RowBytes, sourceStride = _input.Source.RowBytes;
        fixed (int* perByte = _weightsPerByte)
        fixed (short* unpacked = _weightsUnpacked)
        {
            return _kernel switch
            {
                PatchKernelKind.Vector256 => Run(new Vector256Kernel(unpacked, steps, rows, targetStride, sourceStride), work),
                PatchKernelKind.Vector128 => Run(new Vector128Kernel(perByte, steps, rows, targetStride, sourceStride), work),
                _ => Run(new ScalarKernel(perByte, rowBytes, rows, targetStride, sourceStride), work),
            };
        }
    }

    private int Run<TKernel>(TKernel kernel, Work work)
        where TKernel : struct, IPatchKernel
    {
        fixed (byte* source = _input.Source.Bytes)
        fixed (byte* target = _input.Target.Bytes)
        {
            if (!work.IsRefresh) return Sweep(kernel, source, target, work);
            MeasureAll(kernel, source, target, work.Cancellation);
            return 0;
        }
    }

    private void MeasureAll<TKernel>(TKernel kernel, byte* source, byte* target, CancellationToken cancellation)
        where TKernel : struct, IPatchKernel
    {
        int width = _input.Field.Width, radius = _input.Weights.Radius;
        for (int y = 0; y < _input.Field.Height; y++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int x = 0; x < width; x++)
            {
                int index = y * width + x;
                if (_input.Active is { } active && active[index] == 0) continue;
                _distances[index] = kernel.Distance(target + _input.Target.Offset(x - radius, y - radius),
                    SourcePatch(source, _input.Field.Matches[index]), int.MaxValue);
            }
        }
    }

    private int Sweep<TKernel>(TKernel kernel, byte* source, byte* target, Work work)
        where TKernel : struct, IPatchKernel
    {
        int width = _input.Field.Width, height = _input.Field.Height, radius = _input.Weights.Radius, moved = 0;
        int step = work.IsForward ? 1 : -1;
        int[] matches = _input.Field.Matches;
        int* candidates = stackalloc int[CandidatesMax];
        for (int rowIndex = 0; rowIndex < height; rowIndex++)
        {
            work.Cancellation.ThrowIfCancellationRequested();
            int y = work.IsForward ? rowIndex : height - 1 - rowIndex;
            for (int columnIndex = 0; columnIndex < width; columnIndex++)
            {
                int x = work.IsForward ? columnIndex : width - 1 - columnIndex, index = y * width + x;
                if (_input.Active is { } active && active[index] == 0) continue;
                Site site = new()
                {
                    Target = target + _input.Target.Offset(x - radius, y - radius),
                    Match = matches[index],
                    Distance = _distances[index],
                };
                site.Price = _occurrence.Price(site.Match);

                int count = 0;
                if (columnIndex > 0) count = AddShifted(candidates, count, matches[index - step], step, 0);
                if (rowIndex > 0) count = AddShifted(candidates, count, matches[index - step * width], 0, step);
                moved += TryAll(kernel, ref site, source, candidates, count);
                count = AddRandom(candidates, site.Match, work.Radii, PatchRandom.At(x, y, work.Seed));
                moved += TryAll(kernel, ref site, source, candidates, count);

                matches[index] = site.Match;
                _distances[index] = site.Distance;
            }
        }

        return moved;
    }

    private int AddShifted(int* candidates, int count, int match, int shiftX, int shiftY)
    {
        int x = MatchField.X(match) + shiftX, y = MatchField.Y(match) + shiftY, radius = _input.Weights.Radius;
        if (x < radius || y < radius || x >= _input.Source.Width - radius || y >= _input.Source.Height - radius) return count;
        candidates[count] = MatchField.Pack(x, y);
        return count + 1;
    }

    private int AddRandom(int* candidates, int match, int radii, uint state)
    {
        int matchX = MatchField.X(match), matchY = MatchField.Y(match), edge = _input.Weights.Radius;
        int maxX = _input.Source.Width - edge - 1, maxY = _input.Source.Height - edge - 1;
        for (int index = 0; index < radii; index++)
        {
            int reach = _radii[index];
            int left = Math.Max(matchX - reach, edge), right = Math.Min(matchX + reach, maxX);
            int top = Math.Max(matchY - reach, edge), bottom = Math.Min(matchY + reach, maxY);
            state = PatchRandom.Next(state);
            uint bits = PatchRandom.Mix(state);
            int x = left + (int)PatchRandom.Scale(bits & 0xFFFF, (uint)(right - left + 1));
            int y = top + (int)PatchRandom.Scale(bits >> 16, (uint)(bottom - top + 1));
            candidates[index] = MatchField.Pack(x, y);
        }

        return radii;
    }

    private int TryAll<TKernel>(TKernel kernel, ref Site site, byte* source, int* candidates, int count)
        where TKernel : struct, IPatchKernel
    {
        int moved = 0;
        for (int index = 0; index < count; index++)
        {
            int candidate = candidates[index];
            if (candidate == site.Match || !IsAllowed(candidate)) continue;
            long limit = site.Distance + site.Price - _occurrence.Price(candidate);
            if (limit <= 0) continue;
            int distance = kernel.Distance(site.Target, SourcePatch(source, candidate), (int)Math.Min(limit, int.MaxValue));
            if (distance >= limit) continue;
            if (_occurrence.IsActive) _occurrence.Move(site.Match, candidate);
            site.Match = candidate;
            site.Distance = distance;
            site.Price = _occurrence.Price(candidate);
            moved++;
        }

        return moved;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool IsAllowed(int match) =>
        _input.SourceAllowed is not { } allowed || allowed[MatchField.Y(match) * _input.Source.Width + MatchField.X(match)] != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* SourcePatch(byte* source, int match)
    {
        int radius = _input.Weights.Radius;
        return source + _input.Source.Offset(MatchField.X(match) - radius, MatchField.Y(match) - radius);
    }

    private readonly struct Work
    {
        public bool IsRefresh { get; init; }

        public bool IsForward { get; init; }

        public int Radii { get; init; }

        public uint Seed { get; init; }

        public CancellationToken Cancellation { get; init; }
    }

    /// <summary>A target pixel while its candidates are tried.</summary>
    private struct Site
    {
        public byte* Target;
        public int Match;
        public int Distance;
        public long Price;
    }
}
