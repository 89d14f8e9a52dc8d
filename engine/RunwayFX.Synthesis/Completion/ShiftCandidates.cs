namespace RunwayFX.Synthesis.Completion;

/// <summary>Finds the shifts by which a level's picture continues itself well across the border of its hole.</summary>
/// <remarks>Every shift is tried at every border pixel, judged by the known patches behind it over shorter and longer stretches of the border: short
/// ones follow single lines, long ones find what continues as a whole.</remarks>
/// <param name="level">The level.</param>
/// <param name="isCanvas">Whether the hole lies at the edge of the picture: then mirrors count, and what repeats itself several times.</param>
internal sealed class ShiftCandidates(CompletionLevel level, bool isCanvas)
{
    /// <summary>Most shifts, multiples not counted.</summary>
    public const int CountMax = 120;

    /// <summary>Border pixels to both sides that are judged together.</summary>
    private static readonly int[] Stretches = [1, 5, 14];

    /// <summary>Kinds of shifts looked for: a quarter of the way across a canvas's hole and half of it, to be repeated, and all the way, from near, further and far.</summary>
    private const int Kinds = 5;

    /// <summary>Cost of a shift sideways of the way into the hole, in 8-bit steps for a quarter of the picture's smaller side.</summary>
    private const double SidewaysCost = 8;

    private const int MirrorsMax = 4;

    /// <summary>Furthest shift sideways as a part of the picture's smaller side.</summary>
    private const double SidewaysShare = 0.4;

    private readonly int _stride = level.Width;
    private readonly double _reach = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) / 4.0);

    /// <summary>Finds them, the most wanted first, then multiples of those that do not reach across.</summary>
    public List<PieceShift> Find(ParallelOptions parallel)
    {
        List<BorderRun> runs = BorderRun.All(level);
        Dictionary<PieceShift, int> votes = [];
        foreach (BorderRun run in runs) Vote(run, votes, parallel);
        List<PieceShift> shifts = [.. votes.OrderByDescending(vote => vote.Value).ThenBy(vote => vote.Key.X).ThenBy(vote => vote.Key.Y)
            .Take(CountMax).Select(vote => vote.Key)];
        int depth = runs.Count == 0 ? 0 : runs.Max(run => run.Depth);
        foreach (PieceShift shift in shifts.ToArray())
        {
            int length = Math.Max(Math.Abs(shift.X), Math.Abs(shift.Y));
            for (int times = 2; (times - 1) * length < depth && 4 * length >= depth; times++)
            {
                PieceShift multiple = new(times * shift.X, times * shift.Y);
                if (!shifts.Contains(multiple)) shifts.Add(multiple);
            }
        }

        if (isCanvas) shifts.AddRange(runs.Where(run => run.IsUpright).SelectMany(run => run.Mirrors).Distinct());
        return shifts;
    }

    /// <summary>Lets every pixel of a run name its best shift for each stretch and kind; structured places count more.</summary>
    private void Vote(BorderRun run, Dictionary<PieceShift, int> votes, ParallelOptions parallel)
    {
        int sideways = (int)(SidewaysShare * 4 * _reach), alongMax = run.IsUpright ? level.CanvasWidth : level.Height;
        int kinds = Stretches.Length * Kinds, count = run.Centres.Length;
        object gate = new();
        (int Cost, PieceShift Shift)[] best = new (int, PieceShift)[count * kinds];
        Array.Fill(best, (int.MaxValue, default));
        Parallel.For(-sideways, sideways + 1, parallel, () => new Tally(count, kinds, isCanvas), (across, _, tally) =>
        {
            double extra = SidewaysCost * across * across / (_reach * _reach);
            for (int along = 1 - alongMax; along < alongMax; along++)
            {
                PieceShift shift = run.IsUpright ? new(along, across) : new(across, along);
                if (tally.Measure(level, run, shift, extra)) tally.Keep(run, shift);
            }

            return tally;
        }, tally =>
        {
            lock (gate)
            {
                for (int i = 0; i < best.Length; i++)
                {
                    if (IsBetter(tally.Best[i], best[i])) best[i] = tally.Best[i];
                }
            }
        });
        for (int i = 0; i < best.Length; i++)
        {
            if (best[i].Cost < int.MaxValue) votes[best[i].Shift] = votes.GetValueOrDefault(best[i].Shift) + run.Weights[i / kinds];
        }
    }

    private static bool IsBetter((int Cost, PieceShift Shift) a, (int Cost, PieceShift Shift) b) =>
        (a.Cost, a.Shift.X, a.Shift.Y).CompareTo((b.Cost, b.Shift.X, b.Shift.Y)) < 0;

    /// <summary>Hole pixels in a line along a straight part of the border, all with the known picture on the same side.</summary>
    private sealed class BorderRun
    {
        private BorderRun(CompletionLevel level, int[] pixels, int stepX, int stepY)
        {
            IsUpright = stepX != 0;
            Centres = [.. pixels.Select(p => Centre(level, p, stepX, stepY))];
            Ends = [.. pixels.Select(p => End(level, p, stepX, stepY))];
            Depth = pixels.Zip(Ends, (p, end) => Math.Max(Math.Abs(end % level.Width - p % level.Width), Math.Abs(end / level.Width - p / level.Width)) + 1)
                .Max();
            Weights = [.. Centres.Select(centre => centre < 0 ? 0 : 1 + Structure(level, centre))];
            Pixels = pixels;
            Mirrors = pixels.Select(p => new PieceShift(2 * (p % level.Width) - stepX, 0, true)).Distinct().Take(MirrorsMax);
        }

        public bool IsUpright { get; }

        public int[] Pixels { get; }

        /// <summary>The nearest wholly known patch behind each pixel, −1 where there is none.</summary>
        public int[] Centres { get; }

        /// <summary>The last hole pixel of the straight way into the hole.</summary>
        public int[] Ends { get; }

        public int Depth { get; }

        /// <summary>Mirrors at the border itself.</summary>
        public IEnumerable<PieceShift> Mirrors { get; }

        public int[] Weights { get; }

        public static List<BorderRun> All(CompletionLevel level)
        {
            List<BorderRun> runs = [];
            foreach ((int stepX, int stepY) in (ReadOnlySpan<(int, int)>)[(-1, 0), (1, 0), (0, -1), (0, 1)])
            {
                IEnumerable<int> pixels = Enumerable.Range(0, level.Holes.Length)
                    .Where(p => level.Holes[p] && level.NearestX[p] == -stepX && level.NearestY[p] == -stepY);

                // Along the border: neighbours in the list are neighbours at the border.
                int[] sorted = [.. stepX != 0 ? pixels : pixels.OrderBy(p => p % level.Width).ThenBy(p => p / level.Width)];
                if (sorted.Length > 0) runs.Add(new(level, sorted, stepX, stepY));
            }

            return runs;
        }

        private static int Centre(CompletionLevel level, int p, int stepX, int stepY)
        {
            int x = p % level.Width - (PatchGuide.Radius + 1) * stepX, y = p / level.Width - (PatchGuide.Radius + 1) * stepY;
            x = Math.Clamp(x, PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius);
            y = Math.Clamp(y, PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius);
            return level.IsSource[y * level.Width + x] ? y * level.Width + x : -1;
        }

        private static int End(CompletionLevel level, int p, int stepX, int stepY)
        {
            int x = p % level.Width, y = p / level.Width;
            while ((uint)(x + stepX) < (uint)level.CanvasWidth && (uint)(y + stepY) < (uint)level.Height
                && level.Holes[(y + stepY) * level.Width + x + stepX]) (x, y) = (x + stepX, y + stepY);
            return y * level.Width + x;
        }

        /// <summary>How much a patch differs from itself a pixel further along: 0 to 8.</summary>
        private static int Structure(CompletionLevel level, int centre)
        {
            int x = centre % level.Width, y = centre / level.Width, sum = 0;
            for (int v = y - PatchGuide.Radius; v < y + PatchGuide.Radius; v++)
            {
                for (int u = x - PatchGuide.Radius; u < x + PatchGuide.Radius; u++)
                {
                    int p = v * level.Width + u;
                    sum += level.Guide.Step(p, p + 1) + level.Guide.Step(p, p + level.Width);
                }
            }

            return Math.Min(8, sum / (4 * PatchGuide.Radius * PatchGuide.Radius * 16));
        }
    }

    /// <summary>One thread's measurements.</summary>
    private sealed class Tally(int count, int kinds, bool isCanvas)
    {
        /// <summary>A patch that leads nowhere costs as much as one of this mean squared distance.</summary>
        private const int Nowhere = 64 * 64;

        private readonly int[] _costs = new int[count];
        private readonly long[] _sums = new long[count + 1];
        private readonly bool[] _isLong = new bool[count];
        private readonly bool[] _isShort = new bool[count];
        private readonly bool[] _isRepeated = new bool[count];

        public (int Cost, PieceShift Shift)[] Best { get; } = Enumerable.Repeat((int.MaxValue, default(PieceShift)), count * kinds).ToArray();

        /// <summary>Distances of one shift along a run; false where it leads nowhere from all of it.</summary>
        public bool Measure(CompletionLevel level, BorderRun run, PieceShift shift, double extra)
        {
            bool any = false;
            for (int i = 0; i < count; i++)
            {
                int end = run.Ends[i], p = run.Pixels[i], middle = Between(level, p, end), least = isCanvas ? Between(level, p, middle) : middle;
                _costs[i] = Nowhere;
                _isRepeated[i] = IsKnown(level, p, shift) && IsKnown(level, least, shift);
                _isShort[i] = _isRepeated[i] && IsKnown(level, middle, shift);
                _isLong[i] = _isShort[i] && IsKnown(level, end, shift);
                if (run.Centres[i] < 0 || !_isRepeated[i] || !TrySource(level, run.Centres[i], shift, out int source)) continue;
                _costs[i] = Math.Min(Nowhere, (level.Guide.Distance(run.Centres[i], source, Nowhere * PatchGuide.PatchValues) / PatchGuide.PatchValues)
                    + (int)extra);
                any = true;
            }

            for (int i = 0; i < count; i++) _sums[i + 1] = _sums[i] + _costs[i];
            return any;
        }

        public void Keep(BorderRun run, PieceShift shift)
        {
            int length = Math.Max(Math.Abs(shift.X), Math.Abs(shift.Y));
            for (int i = 0; i < count; i++)
            {
                if (!_isRepeated[i] || run.Centres[i] < 0) continue;
                for (int stretch = 0; stretch < Stretches.Length; stretch++)
                {
                    int from = Math.Max(0, i - Stretches[stretch]), to = Math.Min(count, i + Stretches[stretch] + 1);
                    int cost = (int)(16 * (_sums[to] - _sums[from]) / (to - from));
                    int kind = !_isShort[i] ? 0 : !_isLong[i] ? 1 : 1 + Math.Clamp(length / Math.Max(1, run.Depth), 1, Kinds - 2);
                    ref (int Cost, PieceShift Shift) best = ref Best[i * kinds + stretch * Kinds + kind];
                    if (IsBetter((cost, shift), best)) best = (cost, shift);
                }
            }
        }

        private static int Between(CompletionLevel level, int p, int q) =>
            (q / level.Width + p / level.Width) / 2 * level.Width + (q % level.Width + p % level.Width) / 2;

        private static bool IsKnown(CompletionLevel level, int p, PieceShift shift)
        {
            int x = p % level.Width + shift.X, y = p / level.Width + shift.Y;
            return (uint)x < (uint)level.CanvasWidth && (uint)y < (uint)level.Height && !level.Holes[y * level.Width + x];
        }

        private static bool TrySource(CompletionLevel level, int centre, PieceShift shift, out int source)
        {
            int x = centre % level.Width + shift.X, y = centre / level.Width + shift.Y;
            source = y * level.Width + x;
            return (uint)x < (uint)level.CanvasWidth && (uint)y < (uint)level.Height && level.IsSource[source];
        }
    }
}
