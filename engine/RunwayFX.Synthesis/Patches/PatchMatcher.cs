using System.Numerics;

namespace RunwayFX.Synthesis.Patches;

/// <summary>What a <see cref="PatchMatcher"/> works on. Buffers are used in place, not copied.</summary>
public sealed record PatchMatcherInput
{
    /// <summary>Where patches are taken from. A clip has no borders; a picture needs none.</summary>
    public required ChannelPicture Source { get; init; }

    /// <summary>What they shall resemble; channels as in <see cref="Source"/>, borders of at least the patch radius, extended.</summary>
    public required ChannelPicture Target { get; init; }

    /// <summary>Patch size and channel weights.</summary>
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

    /// <summary>Most threads; the result does not depend on it.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether the search draws for a pixel while it handles the one before; null = where the source is too large for the caches. The result
    /// does not depend on it.</summary>
    internal bool? FetchesAhead { get; init; }

    /// <summary>Watches the work, in tests.</summary>
    internal PatchWorkMeter? Meter { get; init; }
}

/// <summary>Improves a match field by PatchMatch: good matches spread to neighbours, random samples look further (Barnes et al. 2009), with
/// EbSynth's acceptance: distance + λ · occurrence must fall.</summary>
/// <remarks>The target is cut into lanes of rows, the number of which depends on its size alone. In each step every lane handles one row; the moves
/// of all are entered into the occurrence map before the next step, so that its counts never lag by more than a fortieth of the rows. Small targets
/// have one lane, whose moves are entered at once. Draws depend on place and seed and all decisions are taken on whole numbers: the result is the same for any
/// number of threads and on any machine. One matcher serves one level of the pyramid.</remarks>
public sealed class PatchMatcher
{
    /// <summary>Comparisons up to which every source patch is tried for every target pixel instead of random ones.</summary>
    public const int ExhaustiveMax = 1_000_000;

    private const int LanesMax = 16;
    private const int LaneRowsMin = 64;

    private readonly PatchMatcherInput _input;
    private readonly SourceRegion _region;
    private readonly OccurrenceMap _occurrence;
    private readonly int[] _distances;
    private readonly int[] _radii;
    private readonly int[][] _moves;
    private readonly int[] _moveCounts;
    private readonly PatchKernelWeights _weights;
    private readonly PatchKernelKind _kernel;

    /// <summary>Prepares a level; call <see cref="Refresh"/> before the first pass and <see cref="RefreshDistances"/> after each vote.</summary>
    /// <exception cref="ArgumentException">Sizes, channels, borders or matches of the input do not fit together.</exception>
    /// <exception cref="PlatformNotSupportedException">The wanted kernel does not run here.</exception>
    public PatchMatcher(PatchMatcherInput input)
    {
        Validate(input);
        _input = input;
        _region = new SourceRegion(input.Source, input.Weights, input.SourceAllowed);
        _distances = new int[input.Field.Matches.Length];
        _occurrence = new OccurrenceMap(input.Source.Width, input.Source.Height, input.Source.Frames, _distances.Length, input.Weights, input.Uniformity);
        _weights = new PatchKernelWeights(input.Weights);
        _kernel = PatchKernelWeights.Choose(input.Kernel);
        List<int> radii = [];
        for (int radius = Math.Max(input.Source.Width, input.Source.Height); radius >= 1; radius /= 2) radii.Insert(0, radius);
        _radii = [.. radii];
        int lanes = Math.Clamp((int)BitOperations.RoundUpToPowerOf2((uint)input.Target.Height / LaneRowsMin + 1) / 2, 1, LanesMax);
        _moves = new int[lanes][];
        _moveCounts = new int[lanes];
        for (int lane = 0; lane < lanes && lanes > 1; lane++) _moves[lane] = new int[2 * input.Target.Width];
    }

    /// <summary>Patch distance of each target pixel's match, in whole units (<see cref="PatchWeights.Scale"/>).</summary>
    public ReadOnlySpan<int> Distances => _distances;

    /// <summary>The occurrence counts behind the matches.</summary>
    public OccurrenceMap Occurrence => _occurrence;

    /// <summary>The centres that matches may take.</summary>
    public SourceRegion Region => _region;

    /// <summary>Whether the level is so small that a pass tries every source patch for every target pixel.</summary>
    public bool IsExhaustive => (long)_region.Count * _distances.Length <= ExhaustiveMax;

    /// <summary>Measures the distances of all active pixels and counts all occurrences anew: needed after the field changed from outside.</summary>
    public void Refresh(CancellationToken cancellation)
    {
        PatchWork work = Work(cancellation);
        _input.Field.CheckInside(_region, work);
        _occurrence.Rebuild(_input.Field, work);
        Dispatch(new DistanceRule(), null, work);
    }

    /// <summary>Measures the distances of all active pixels anew: enough after the target changed.</summary>
    public void RefreshDistances(CancellationToken cancellation) => Dispatch(new DistanceRule(), null, Work(cancellation));

    /// <summary>One sweep over the target; even passes run down and right, odd ones up and left.</summary>
    /// <param name="pass">Number of the pass: direction, and part of the seed.</param>
    /// <param name="radiiMax">How many search radii to sample, from the smallest (1, then doubling) up to the source's longest side. Where all
    /// comparisons are at most <see cref="ExhaustiveMax"/>, every source patch is tried instead.</param>
    /// <param name="seed">Seed of the draws.</param>
    /// <param name="cancellation">Asked once a row.</param>
    /// <returns>How many matches moved.</returns>
    public int Improve(int pass, int radiiMax, uint seed, CancellationToken cancellation)
    {
        SweepPass sweep = Pass(pass, radiiMax, seed);
        PatchWork work = Work(cancellation);
        return _occurrence.IsActive ? Dispatch(new OccurrenceRule(_occurrence), sweep, work) : Dispatch(new DistanceRule(), sweep, work);
    }

    /// <summary>One sweep under a rule of the caller's; the occurrence map is kept current if it is on, but only the rule decides.</summary>
    internal int Improve<TRule>(TRule rule, int pass, int radiiMax, uint seed, CancellationToken cancellation)
        where TRule : struct, IMatchRule => Dispatch(rule, Pass(pass, radiiMax, seed), Work(cancellation));

    private SweepPass Pass(int pass, int radiiMax, uint seed) => new()
    {
        IsForward = pass % 2 == 0,
        IsExhaustive = IsExhaustive,
        Radii = _radii.AsMemory(0, Math.Clamp(radiiMax, 0, _radii.Length)),
        Seed = PatchRandom.Derive(seed, pass),
    };

    private PatchWork Work(CancellationToken cancellation) => new(_input.Threads, cancellation, _input.Meter);

    private unsafe int Dispatch<TRule>(TRule rule, SweepPass? pass, PatchWork work)
        where TRule : struct, IMatchRule
    {
        PatchLayout layout = PatchLayout.Create(_input.Source, _input.Target, _input.Weights);
        return _kernel switch
        {
            PatchKernelKind.Vector512 => Run(new Vector512Kernel(_weights, layout), rule, pass, work),
            PatchKernelKind.Vector256 => Run(new Vector256Kernel(_weights, layout), rule, pass, work),
            PatchKernelKind.Vector128 => Run(new Vector128Kernel(_weights, layout), rule, pass, work),
            _ => Run(new ScalarKernel(_weights, layout), rule, pass, work),
        };
    }

    private int Run<TKernel, TRule>(TKernel kernel, TRule rule, SweepPass? pass, PatchWork work)
        where TKernel : struct, IPatchKernel
        where TRule : struct, IMatchRule
    {
        PatchSweep<TKernel, TRule> sweep = new(_input, _region, _distances, _occurrence, kernel, rule, work);
        if (pass is null)
        {
            work.ForRows(_input.Target.Rows, 0, sweep.MeasureRow);
            return 0;
        }

        int lanes = _moves.Length, height = _input.Target.Height, steps = (height + lanes - 1) / lanes;
        int moved = 0;
        if (lanes == 1)
        {
            for (int row = 0; row < _input.Target.Rows; row++)
            {
                moved += sweep.ImproveRow(pass, pass.IsForward ? row : _input.Target.Rows - 1 - row, [], true);
            }

            return moved;
        }

        // Each step has two phases: the rows, then the map. In a clip a lane is the same band of rows in every frame.
        int perStep = _occurrence.IsActive ? 2 : 1, bands = _occurrence.BandCount;
        work.Run(steps * _input.Target.Frames * perStep, phase => phase % perStep == 0 ? lanes : bands, (phase, part) =>
        {
            if (phase % perStep == 1)
            {
                for (int lane = 0; lane < lanes; lane++) _occurrence.Move(_moves[lane].AsSpan(0, 2 * _moveCounts[lane]), part);
                return;
            }

            (int frame, int step) = Math.DivRem(phase / perStep, steps);
            int first = (int)((long)part * height / lanes), count = (int)((part + 1L) * height / lanes) - first;
            if (step >= count)
            {
                _moveCounts[part] = 0;
                return;
            }

            // One row a lane: of several rows below each other, none would see where the others crowd, and matches would flee back and forth.
            int y = pass.IsForward ? first + step : first + count - 1 - step;
            int stacked = (pass.IsForward ? frame : _input.Target.Frames - 1 - frame) * height + y;
            int moves = sweep.ImproveRow(pass, stacked, _moves[part], false);
            _moveCounts[part] = moves;
            Interlocked.Add(ref moved, moves);
        });
        return moved;
    }

    private static void Validate(PatchMatcherInput input)
    {
        (ChannelPicture source, ChannelPicture target, PatchWeights weights) = (input.Source, input.Target, input.Weights);
        if (source.Channels != target.Channels || source.Channels != weights.Channels.Length)
        {
            throw new ArgumentException($"source, target and weights have {source.Channels}, {target.Channels} and {weights.Channels.Length} channels", nameof(input));
        }

        if (target.Border < weights.Radius || target.TimeBorder < weights.TimeRadius)
        {
            throw new ArgumentException($"target border {target.Border} and time border {target.TimeBorder} are below the patch radii {weights.Radius} and {weights.TimeRadius}", nameof(input));
        }

        if (source.Frames > 1 && (source.Border > 0 || source.TimeBorder > 0))
        {
            throw new ArgumentException($"a source clip has borders {source.Border} and {source.TimeBorder}; it must have none", nameof(input));
        }

        if (input.Field.Width != target.Width || input.Field.Height != target.Height || input.Field.Frames != target.Frames)
        {
            throw new ArgumentException($"a {input.Field.Width}×{input.Field.Height}×{input.Field.Frames} field does not fit a {target.Width}×{target.Height}×{target.Frames} target", nameof(input));
        }

        if (input.Active is { } active && active.Length != target.Width * target.Rows)
        {
            throw new ArgumentException($"an active mask of {active.Length} pixels does not fit a {target.Width}×{target.Height}×{target.Frames} target", nameof(input));
        }
    }
}

/// <summary>How one sweep goes.</summary>
internal sealed class SweepPass
{
    public required bool IsForward { get; init; }

    public required bool IsExhaustive { get; init; }

    public required ReadOnlyMemory<int> Radii { get; init; }

    public required uint Seed { get; init; }
}
