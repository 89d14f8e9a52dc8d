using RunwayFX.Imaging;
using RunwayFX.Synthesis.Patches;

namespace RunwayFX.Synthesis.Completion;

/// <summary>Finds for every target patch of a level a source patch: PatchMatch (Barnes et al. 2009), or every source where there are few.</summary>
/// <remarks>Cost = patch distance + sideways cost + coherence cost; see <see cref="CompletionOptions"/>. Rows are searched in strips of a fixed
/// height, the even
/// strips at once and then the odd ones, so that no thread reads what another writes: the result does not depend on the number of threads.</remarks>
internal sealed class PatchSearch
{
    private const int StripRows = 16;

    /// <summary>Furthest random step where nothing else is asked for: the start has found what is far away.</summary>
    private const int UsualReach = 128;

    /// <summary>Targets between two questions for cancellation, and places that one of them tries at most in a pass.</summary>
    private const int BlockTargets = 1024, TriesMax = 10;

    /// <summary>Comparisons up to which all sources are tried.</summary>
    private const long ExhaustiveMax = 2_000_000;

    private readonly CompletionLevel _level;
    private readonly CompletionOptions _options;
    private readonly int _width;
    private readonly int _reachMax;
    private readonly int[] _stripStarts;
    private readonly int _coherence;
    private readonly float _sideways;
    private readonly float _depth;
    private readonly int _mirror;
    private readonly float _axis;

    /// <summary>Prepares a search without matches.</summary>
    /// <param name="level">The level.</param>
    /// <param name="options">What leaving a neighbour's offset and places cost; threads.</param>
    /// <param name="reachMax">Furthest random step, pixels.</param>
    public PatchSearch(CompletionLevel level, CompletionOptions options, int reachMax = UsualReach)
    {
        (_level, _options, _width, _reachMax) = (level, options, level.Width, reachMax);
        Matches = new int[level.Holes.Length];
        Distances = new int[level.Holes.Length];
        _coherence = (int)(options.CoherenceCost * PatchGuide.PatchValues / 4);
        float reach = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) / 4f);
        _sideways = (float)options.SidewaysCost * PatchGuide.PatchValues / (reach * reach);
        _depth = (float)options.DepthCost * PatchGuide.PatchValues / (reach * reach);
        _mirror = (int)(options.MirrorCost * PatchGuide.PatchValues);
        _axis = reach / 6;
        _stripStarts = Strips(level);
    }

    /// <summary>Source centre of every target centre.</summary>
    public int[] Matches { get; }

    /// <summary>Patch distance of every target centre, without the other costs.</summary>
    public int[] Distances { get; }

    /// <summary>How many votes every target's patch has on the pixels that it covers, shape (H, W); null where each has one.</summary>
    public byte[]? Votes { get; set; }

    /// <summary>Starts from anywhere.</summary>
    public void Randomize(ulong seed)
    {
        foreach (int target in _level.Targets)
        {
            DeterministicRandom random = DeterministicRandom.At(seed, target);
            Matches[target] = _level.Sources[random.Next(_level.Sources.Length)];
        }
    }

    /// <summary>Starts from a coarser level's result.</summary>
    public void Inherit(CompletionLevel coarse, PatchSearch from, ulong seed)
    {
        foreach (int target in _level.Targets)
        {
            int x = target % _width, y = target / _width;
            int coarseX = Math.Clamp(x / 2, PatchGuide.Radius, coarse.CanvasWidth - 1 - PatchGuide.Radius);
            int coarseY = Math.Clamp(y / 2, PatchGuide.Radius, coarse.Height - 1 - PatchGuide.Radius);
            int match = coarse.IsTarget[coarseY * coarse.Width + coarseX] ? from.Matches[coarseY * coarse.Width + coarseX] : -1;
            Distances[target] = match < 0 ? 0 : from.Distances[coarseY * coarse.Width + coarseX];
            int mirror = match % coarse.Width >= coarse.CanvasWidth ? 2 * _level.CanvasWidth - 4 * coarse.CanvasWidth : 0;
            int sourceX = x + 2 * (match % coarse.Width - coarseX) + mirror, sourceY = y + 2 * (match / coarse.Width - coarseY);
            Matches[target] = match >= 0 && TrySource(sourceX, sourceY, out int source)
                ? source
                : NearestSource(match < 0 ? x : sourceX, match < 0 ? y : sourceY, seed, target);
        }
    }

    /// <summary>Patch distances of the present matches on the present guide.</summary>
    public void Measure(CancellationToken cancellation) => ForStrips((work, start, end) =>
    {
        for (int i = start; i < end; i++)
        {
            if ((i - start) % BlockTargets == 0) work.Check(BlockTargets);
            int target = _level.Targets[i];
            Distances[target] = _level.Guide.Distance(target, Matches[target], int.MaxValue);
        }
    }, cancellation);

    /// <summary>Improves the matches.</summary>
    public void Improve(int passes, ulong seed, CancellationToken cancellation)
    {
        Measure(cancellation);
        if ((long)_level.Targets.Length * _level.Sources.Length <= ExhaustiveMax)
        {
            ForStrips(ExhaustStrip, cancellation);
            return;
        }

        for (int pass = 0; pass < passes; pass++)
        {
            bool backward = (pass & 1) == 1;
            ulong passSeed = DeterministicRandom.Hash(seed, pass);
            ForStrips((work, start, end) =>
            {
                for (int i = 0; i < end - start; i++)
                {
                    if (i % BlockTargets == 0) work.Check(BlockTargets * TriesMax);
                    ImproveOne(_level.Targets[backward ? end - 1 - i : start + i], backward ? 1 : -1, passSeed);
                }
            }, cancellation);
        }
    }

    private void ExhaustStrip(PatchWork work, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            work.Check(_level.Sources.Length);
            int target = _level.Targets[i], best = CurrentCost(target);
            foreach (int source in _level.Sources) Try(target, source, ref best);
        }
    }

    private void ImproveOne(int target, int step, ulong seed)
    {
        int best = CurrentCost(target);
        TryNeighbour(target, step, ref best);
        TryNeighbour(target, step * _width, ref best);
        DeterministicRandom random = DeterministicRandom.At(seed, target);
        int radius = Math.Min(_reachMax, Math.Max(_width, _level.Height));
        for (; radius >= 1; radius /= 2)
        {
            int x = Matches[target] % _width + random.Between(-radius, radius), y = Matches[target] / _width + random.Between(-radius, radius);
            if (TrySource(x, y, out int source)) Try(target, source, ref best);
        }
    }

    private void TryNeighbour(int target, int step, ref int best)
    {
        int neighbour = target + step;
        if (!_level.IsTarget[neighbour]) return;
        int source = Matches[neighbour] - step;
        if (_level.IsSource[source]) Try(target, source, ref best);
    }

    private void Try(int target, int source, ref int best)
    {
        if (source == Matches[target]) return;
        int limit = best - Extra(target, source);
        if (limit <= 0) return;
        int distance = _level.Guide.Distance(target, source, limit);
        if (distance >= limit) return;
        best -= limit - distance;
        Matches[target] = source;
        Distances[target] = distance;
    }

    private int CurrentCost(int target) => Distances[target] + Extra(target, Matches[target]);

    private int Extra(int target, int source)
    {
        int offset = source - target, broken = 0;
        foreach (int step in (ReadOnlySpan<int>)[-1, 1, -_width, _width])
        {
            int neighbour = target + step;
            if (_level.IsTarget[neighbour] && Matches[neighbour] - neighbour != offset) broken++;
        }

        return (IsAtBorder(target) ? broken * _coherence / 2 : broken * _coherence) + Place(target, source);
    }

    /// <summary>Whether the target's patch shows known pixels: there, continuing them counts more than staying with the neighbours.</summary>
    public bool IsAtBorder(int target) =>
        Math.Max(Math.Abs((int)_level.NearestX[target]), Math.Abs((int)_level.NearestY[target])) <= PatchGuide.Radius;

    /// <summary>Cost of where the source lies, whatever it shows.</summary>
    private int Place(int target, int source)
    {
        int towardsX = _level.NearestX[target], towardsY = _level.NearestY[target];
        if ((towardsX | towardsY) == 0) return 0;
        float offsetX = _level.CanvasX(source % _width) - target % _width, offsetY = source / _width - target / _width;
        float across = offsetX * towardsY - offsetY * towardsX;
        float cost = _sideways * across * across / (towardsX * towardsX + towardsY * towardsY);
        float shallow = 0.67f * Math.Max(Math.Abs(towardsX), Math.Abs(towardsY)) - _level.KnownDepth[source];
        if (source % _width >= _level.CanvasWidth)
        {
            // A mirror at the border itself would fit it everywhere, and be seen.
            cost += _mirror;
            shallow = Math.Max(Math.Abs(towardsX), Math.Abs(towardsY)) + 2 * _axis - _level.KnownDepth[source];
        }

        if (shallow > 0) cost += _depth * shallow * shallow;
        return (int)Math.Min(cost, 1 << 24);
    }

    private bool TrySource(int x, int y, out int source)
    {
        source = y * _width + x;
        return (uint)x < (uint)_width && (uint)y < (uint)_level.Height && _level.IsSource[source];
    }

    private int NearestSource(int x, int y, ulong seed, int target)
    {
        // A few steps around the wanted place, else anywhere: the search repairs it.
        for (int reach = 1; reach <= 4; reach++)
        {
            for (int v = -reach; v <= reach; v++)
            {
                for (int u = -reach; u <= reach; u++)
                {
                    if (TrySource(x + u, y + v, out int source)) return source;
                }
            }
        }

        DeterministicRandom random = DeterministicRandom.At(seed, target);
        return _level.Sources[random.Next(_level.Sources.Length)];
    }

    private void ForStrips(Action<PatchWork, int, int> strip, CancellationToken cancellation)
    {
        PatchWork work = new(_options.ThreadsMax, cancellation, _options.Meter);
        int strips = _stripStarts.Length - 1;
        work.Run(2, _ => (strips + 1) / 2, (parity, i) =>
        {
            if (2 * i + parity < strips) strip(work, _stripStarts[2 * i + parity], _stripStarts[2 * i + parity + 1]);
        });
    }

    private static int[] Strips(CompletionLevel level)
    {
        int count = (level.Height + StripRows - 1) / StripRows, at = 0;
        int[] starts = new int[count + 1];
        for (int strip = 0; strip < count; strip++)
        {
            while (at < level.Targets.Length && level.Targets[at] / level.Width < strip * StripRows) at++;
            starts[strip] = at;
        }

        starts[count] = level.Targets.Length;
        return starts;
    }
}
