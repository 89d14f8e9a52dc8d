using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Variation;

/// <summary>Makes new clips and stills out of the patches of one: another arrangement, another size or length, or another clip's structure.</summary>
/// <remarks>
/// <para>After Granot et al. 2022 (GPNN, stills: 7×7 patches, mean) and Haim et al. 2022 (VGPNN, clips: 3×7×7, median): from coarse to fine, each level
/// starts from the enlarged coarser result, replaces every patch by its nearest one in the source and votes. A clip starts from its own parts carried
/// elsewhere rather than from noise, so that what covers much of the source covers much of the result; a still that noise leads back to itself does so too. Matching runs on 8-bit guides with whole numbers: the same bits for any number of threads and any instruction set.</para>
/// <para>Memory: about 30 bytes per pixel of the source and 60 per pixel of the result, over all frames.</para>
/// </remarks>
public static class ClipVariation
{
    /// <summary>Rows and columns of a patch.</summary>
    public const int PatchSide = 7;

    /// <summary>Rows and columns of a patch where the structure comes from another clip.</summary>
    public const int AnalogyPatchSide = 5;

    /// <summary>Frames of a patch of a clip; stills (fewer frames) use 1.</summary>
    public const int PatchFrames = 3;

    /// <summary>Makes a variation.</summary>
    /// <param name="source">Where all patches come from.</param>
    /// <param name="options">Settings.</param>
    /// <param name="progress">Told from 0 to 1.</param>
    /// <param name="cancellation">Asked once per row of a frame.</param>
    /// <exception cref="ArgumentException">An option is out of range, or a clip in it has another size than the result.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ClipVariationResult Run(
        SpaceTimeVolume source, ClipVariationOptions options, IProgress<double>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        LevelSize size = new(options.Width ?? source.Width, options.Height ?? source.Height, options.Frames ?? source.Frames);
        Check(options, size);
        return new VariationRun(source, size, options, new PatchWork(options.Threads, cancellation, options.Meter), cancellation, progress).Make();
    }

    private static void Check(ClipVariationOptions options, LevelSize size)
    {
        if (!(options.Variation is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.Variation, $"variation {options.Variation} is outside 0..1");
        if (!(options.Motion is >= 0 and <= 2)) throw new ArgumentOutOfRangeException(nameof(options), options.Motion, $"motion {options.Motion} is outside 0..2");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Iterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CoarsestIterations, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Passes, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.CoarsestSide, 2);
        CheckSize(options.Structure, size, "structure");
        CheckSize(options.Fixed, size, "fixed");
        if (options.Fixed is null && options.FixedFrames.Length > 0) throw new ArgumentException("frames are fixed, but no clip holds them", nameof(options));
        foreach (int frame in options.FixedFrames)
        {
            if ((uint)frame >= (uint)size.Frames)
                throw new ArgumentOutOfRangeException(nameof(options), frame, $"fixed frame {frame} is outside 0..{size.Frames - 1}");
        }
    }

    private static void CheckSize(SpaceTimeVolume? clip, LevelSize size, string what)
    {
        if (clip is null || (clip.Width == size.Width && clip.Height == size.Height && clip.Frames == size.Frames)) return;
        throw new ArgumentException(
            $"the {what} clip is {clip.Width}×{clip.Height}×{clip.Frames}, the result {size.Width}×{size.Height}×{size.Frames}", nameof(clip));
    }
}

/// <summary>One run of <see cref="ClipVariation"/>, level by level.</summary>
internal sealed class VariationRun
{
    /// <summary>Strength of the coarsest level's noise for a variation of 1, in 8-bit steps.</summary>
    private const double ClipNoise = 20, StillNoise = 96;

    /// <summary>Layouts are compared on the first level of at least this share of the full width.</summary>
    private const double LayoutShare = 0.25;

    /// <summary>Layouts that are tried.</summary>
    private const int LayoutsMax = 8;

    /// <summary>Share of neighbours from different places that makes a layout new, for a variation of 1.</summary>
    private const double SeamsMin = 0.26;

    /// <summary>The same for a still that starts from noise: with fewer seams it is its source again.</summary>
    private const double StillSeamsMin = 0.05;

    /// <summary>What one more step of movement counts for a motion of 2, and against it for one of 0, in steps of tone.</summary>
    private const double MovementPrice = 4;

    /// <summary>What one more seam at every pixel costs, in steps of tone: seams show.</summary>
    private const double SeamPrice = 10;

    /// <summary>How far the parts of a clip are carried on the coarsest level for a variation of 1, as a share of the width.</summary>
    private const double CarriedShare = 0.17;

    /// <summary>Levels up to this share of the full width get their movement scaled.</summary>
    private const double MotionShare = 0.5;

    /// <summary>Levels above this share of the full width leave the structure of an analogy to the patches that are there.</summary>
    private const double StructureShare = 0.2;

    private readonly SpaceTimeVolume _source;
    private readonly LevelSize _size;
    private readonly ClipVariationOptions _options;
    private readonly PatchWork _work;
    private readonly CancellationToken _cancellation;
    private readonly IProgress<double>? _progress;
    private readonly VariationLevels _levels;
    private readonly PatchShape _patch;
    private readonly SpaceTimeVolume? _structure;
    private ulong _seed;
    private bool _isCarried;
    private double _done;
    private double _total;

    public VariationRun(SpaceTimeVolume source, LevelSize size, ClipVariationOptions options, PatchWork work, CancellationToken cancellation, IProgress<double>? progress)
    {
        (_source, _size, _options, _work, _cancellation, _progress) = (source, size, options, work, cancellation, progress);
        _seed = options.Seed;
        if (options.Structure is { } structure)
        {
            _source = AnalogyGuide.WithTone(source);
            _structure = AnalogyGuide.Fit(structure, source);
        }

        _levels = new VariationLevels(new(source.Width, source.Height, source.Frames), size, options.CoarsestSide);
        bool isStill = source.Frames < ClipVariation.PatchFrames || size.Frames < ClipVariation.PatchFrames;
        _patch = new PatchShape(isStill ? 1 : ClipVariation.PatchFrames, _structure is null ? ClipVariation.PatchSide : ClipVariation.AnalogyPatchSide);
        IsStill = isStill;
        _isCarried = !isStill;
    }

    private bool IsStill { get; }

    public ClipVariationResult Make()
    {
        foreach ((_, LevelSize result) in _levels.Sizes) _total += Work(result);
        int level = FirstLevel();
        State? state = null;
        if (_structure is null && _options.Variation > 0) state = IsStill ? NewLayout(ref level) : BestLayout(ref level);
        for (; level < _levels.Sizes.Count; level++) state = Refine(level, state);
        int[] map = new int[_size.Width * _size.Height * _size.Frames];
        SpaceTimeVolume picture = new(_size.Width, _size.Height, _size.Frames);
        new SpaceTimeVote(state!.Field, state.Source, picture, Kind, _work).Run(map);
        Keep(picture, new(_size.Width, _size.Height, _size.Frames));
        _progress?.Report(1);
        return new ClipVariationResult(picture, map);
    }

    private VoteKind Kind => IsStill ? VoteKind.Mean : VoteKind.Median;

    private int FirstLevel()
    {
        if (_structure is null) return 0;
        int level = 0;
        while (level + 1 < _levels.Sizes.Count && _levels.Sizes[level].Result.Width < _size.Width * StructureShare) level++;
        return level;
    }

    /// <summary>Where the layout is settled: the level after the coarse ones.</summary>
    private int LayoutEnd(int first)
    {
        int end = first + 1;
        while (end < _levels.Sizes.Count - 1 && _levels.Sizes[end].Result.Width < _size.Width * LayoutShare) end++;
        return end;
    }

    /// <summary>A still's layout out of noise; where that leads back to the source, as it does in smooth pictures, out of parts carried elsewhere.
    /// </summary>
    private State NewLayout(ref int level)
    {
        int end = LayoutEnd(level);
        State? state = null;
        for (int each = level; each < end; each++) state = Refine(each, state);
        if (LayoutMeasure.Seams(state!.Field) < StillSeamsMin * _options.Variation)
        {
            _isCarried = true;
            return BestLayout(ref level);
        }

        level = end;
        return state;
    }

    /// <summary>Tries several layouts on the coarse levels, which cost next to nothing, and goes on with the one that keeps the source's tones best among
    /// those that are new enough.</summary>
    private State BestLayout(ref int level)
    {
        int first = level, end = LayoutEnd(first);
        for (int each = first; each < end; each++) _total += (LayoutsMax - 1) * Work(_levels.Sizes[each].Result);
        State? best = null;
        (bool IsNew, double Score) bestRank = default;
        for (int layout = 0; layout < LayoutsMax; layout++)
        {
            _seed = DeterministicRandom.Hash(_options.Seed, layout);
            State? state = null;
            for (int each = first; each < end; each++) state = Refine(each, state);
            double seams = LayoutMeasure.Seams(state!.Field), tones = LayoutMeasure.Tones(state.Picture, state.Source);
            double moves = _options.Motion == 1 ? 0 : MovementPrice * (_options.Motion - 1) * LayoutMeasure.Movement(state.Picture);
            bool isNew = seams >= SeamsMin * _options.Variation;
            (bool IsNew, double Score) rank = (isNew, isNew ? -tones - SeamPrice * seams + moves : seams + moves);
            if (best is not null && (rank.IsNew, rank.Score).CompareTo(bestRank) <= 0) continue;
            (best, bestRank) = (state, rank);
        }

        level = end;
        return best!;
    }

    private State Refine(int level, State? before)
    {
        (LevelSize sourceSize, LevelSize size) = _levels.Sizes[level];
        CancellationToken cancellation = _cancellation;
        SpaceTimeVolume source = Resized(_source, sourceSize);
        SpaceTimeVolume? structure = _structure is null ? null : Resized(_structure, size);
        PatchShape patch = _patch.Within(Math.Min(size.Width, sourceSize.Width), Math.Min(size.Height, sourceSize.Height), Math.Min(size.Frames, sourceSize.Frames));
        SpaceTimeVolume guess = before is null ? Start(size, structure) : Resized(before.Picture, size);
        SpaceTimeVolume blurred = before is null ? source : Resized(before.Source, sourceSize);
        SpaceTimeField field;
        bool isFresh = before is null;
        if (isFresh) field = new SpaceTimeField(size.Width, size.Height, size.Frames, patch);
        else field = before!.Field.Resize(guess, source, patch, before.Picture, before.Source);
        if (size.Width <= _size.Width * MotionShare) ScaleMotion(guess);
        int iterations = isFresh && _structure is null ? _options.CoarsestIterations : _options.Iterations;
        for (int iteration = 0; iteration < iterations; iteration++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (structure is not null) AnalogyGuide.CopyTone(structure, guess);
            Keep(guess, size);
            SpaceTimeVolume keys = iteration == 0 ? blurred : source;
            ulong seed = DeterministicRandom.Hash(_seed, level, iteration);
            SpaceTimeSearch search = new(guess, keys, field, Normaliser(guess, keys, patch, seed), _options.Kernel, _work);
            if (isFresh && iteration == 0) search.Scatter(seed);
            search.Run(Effort(size), seed);
            if (iteration + 1 < iterations || level + 1 < _levels.Sizes.Count) new SpaceTimeVote(field, source, guess, Kind, _work).Run();
            _done += Work(size) / iterations;
            _progress?.Report(Math.Min(_done / _total, 1));
        }

        Keep(guess, size);
        return new State(guess, source, field);
    }

    /// <summary>Far samples while the picture is small; later what is near enough.</summary>
    private SearchEffort Effort(LevelSize size)
    {
        int side = Math.Max(size.Width, size.Height);
        return side <= 64 ? new(_options.Passes + 1, side) : side <= 160 ? new(_options.Passes, 32) : new(_options.Passes, 8);
    }

    private long[]? Normaliser(SpaceTimeVolume guess, SpaceTimeVolume keys, PatchShape patch, ulong seed)
    {
        if (_options.Completeness is not { } alpha || guess.Width > _size.Width * _options.CompletenessShare) return null;
        SpaceTimeField reverse = new(keys.Width, keys.Height, keys.Frames, patch);
        SpaceTimeSearch search = new(keys, guess, reverse, null, _options.Kernel, _work);
        search.Scatter(seed ^ 0x5DEE_CE66);
        search.Run(new SearchEffort(_options.Passes + 2, Math.Max(guess.Width, guess.Height)), seed);
        long own = Math.Max(1, (long)(alpha * patch.Voxels * 3));
        return [.. reverse.Costs.Select(cost => own + cost)];
    }

    /// <summary>The coarsest guess: the source at the result's size, rearranged, with noise; or the structure's clip.</summary>
    private SpaceTimeVolume Start(LevelSize size, SpaceTimeVolume? structure)
    {
        if (structure is not null) return structure.Clone();
        SpaceTimeVolume guess = Resized(_source, size);
        if (_isCarried && _options.Variation > 0) guess = Rearranged(guess);
        double noise = (_isCarried ? ClipNoise : StillNoise) * _options.Variation, overTime = Math.Min(_options.Motion, 1);
        if (noise == 0) return guess;
        double still = Math.Sqrt(1 - overTime), moving = Math.Sqrt(overTime);
        int frameValues = size.Width * size.Height * SpaceTimeVolume.Channels;
        for (int i = 0; i < guess.Voxels * SpaceTimeVolume.Channels; i++)
        {
            if (i % SpaceTimeVolume.Channels == 3) continue;
            double value = still * Normal(i % frameValues, 1) + moving * Normal(i, 2);
            guess.Bytes[i] = SpaceTimeVolume.Quantise((float)(guess.Bytes[i] + noise * value));
        }

        return guess;
    }

    /// <summary>The clip with its parts carried elsewhere, the same in all frames.</summary>
    private SpaceTimeVolume Rearranged(SpaceTimeVolume from)
    {
        int[] map = new Rearrangement(from.Width, from.Height, _seed).Map(CarriedShare * _options.Variation * from.Width);
        SpaceTimeVolume result = new(from.Width, from.Height, from.Frames);
        for (int i = 0; i < from.Voxels; i++)
        {
            int at = i - i % map.Length + map[i % map.Length];
            from.Bytes.AsSpan(at * SpaceTimeVolume.Channels, SpaceTimeVolume.Channels).CopyTo(result.Bytes.AsSpan(i * SpaceTimeVolume.Channels));
        }

        return result;
    }

    /// <summary>A nearly normal number of variance 1: the sum of four even ones.</summary>
    private double Normal(int index, int stream)
    {
        ulong bits = DeterministicRandom.Hash(_seed, index, stream);
        double sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48);
        return (sum / 65536 - 2) * 1.7320508075688772;
    }

    /// <summary>Moves every frame's values away from their mean over time, or towards it.</summary>
    private void ScaleMotion(SpaceTimeVolume clip)
    {
        if (_options.Motion == 1 || clip.Frames < 2) return;
        int frameValues = clip.Width * clip.Height * SpaceTimeVolume.Channels;
        float scale = (float)_options.Motion;
        for (int i = 0; i < frameValues; i++)
        {
            float sum = 0;
            for (int t = 0; t < clip.Frames; t++) sum += clip.Bytes[t * frameValues + i];
            float mean = sum / clip.Frames;
            for (int t = 0; t < clip.Frames; t++)
            {
                ref byte value = ref clip.Bytes[t * frameValues + i];
                value = SpaceTimeVolume.Quantise(mean + scale * (value - mean));
            }
        }
    }

    /// <summary>Puts the fixed frames back, on coarse levels by their share of a frame.</summary>
    private void Keep(SpaceTimeVolume clip, LevelSize size)
    {
        if (_options.Fixed is not { } wanted || _options.FixedFrames.IsEmpty) return;
        bool[] isFixed = new bool[_size.Frames];
        foreach (int frame in _options.FixedFrames) isFixed[frame] = true;
        SpaceTimeVolume at = Resized(wanted, size with { Frames = _size.Frames });
        double ratio = (double)_size.Frames / size.Frames;
        for (int t = 0; t < size.Frames; t++)
        {
            int nearest = Math.Clamp((int)((t + 0.5) * ratio), 0, _size.Frames - 1);
            if (isFixed[nearest]) at.Frame(nearest).CopyTo(clip.Frame(t));
        }
    }

    private SpaceTimeVolume Resized(SpaceTimeVolume clip, LevelSize size) =>
        clip.Resize(size.Width, size.Height, size.Frames, _work.Threads, _cancellation);

    private double Work(LevelSize size) => (double)size.Width * size.Height * size.Frames * _options.Iterations;

    /// <summary>A finished level.</summary>
    private sealed record State(SpaceTimeVolume Picture, SpaceTimeVolume Source, SpaceTimeField Field);
}
