using RunwayFX.Imaging;

namespace RunwayFX.Synthesis.Completion;

/// <summary>The shifts by which a level's picture continues itself well across the border of its hole.</summary>
internal sealed class ShiftCandidates(CompletionLevel level)
{
    /// <summary>Most shifts, multiples not counted.</summary>
    public const int CountMax = 120;

    /// <summary>Known pixels that are compared reach this far from the border; every other one is.</summary>
    private const int Window = 5;

    /// <summary>Cost of a shift sideways of the way into the hole, in 8-bit steps for a quarter of the picture's smaller side.</summary>
    private const double SidewaysCostMax = 10;

    /// <summary>Kinds of shifts looked for: all the way across the hole, and two thirds.</summary>
    private const int Kinds = 2;

    private readonly int _width = level.Width;
    private readonly int[] _sources = [.. level.Sources.Where(p => p % level.Width < level.CanvasWidth)];
    private readonly float _reach = Math.Max(1, Math.Min(level.CanvasWidth, level.Height) / 4f);

    /// <summary>Finds them: the best one for most border pixels, the most frequent first, and multiples of those that do not reach across.</summary>
    /// <param name="holes">The hole's pixels.</param>
    /// <param name="seed">Which border pixels.</param>
    /// <param name="parallel">Threads and cancellation.</param>
    public int[] Find(int[] holes, ulong seed, ParallelOptions parallel)
    {
        int[] border = [.. holes.Where(p => Math.Abs((int)level.NearestX[p]) + Math.Abs((int)level.NearestY[p]) == 1
            && DeterministicRandom.At(seed, p).Next(8) > 0)];
        (int Shift, int Cost)[] found = new (int, int)[Kinds * border.Length];
        Parallel.For(0, found.Length, parallel, i => found[i] = Best(border[i / Kinds], i % Kinds));
        List<int> shifts = [.. found.Where(best => best.Cost < int.MaxValue).GroupBy(best => best.Shift)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Min(best => best.Cost)).ThenBy(group => group.Key)
            .Take(CountMax).Select(group => group.Key)];
        AddMultiples(shifts, holes.Length == 0 ? 0 : holes.Max(p => Math.Max(Math.Abs((int)level.NearestX[p]), Math.Abs((int)level.NearestY[p]))));
        return [.. shifts];
    }

    /// <summary>The patch centre nearest to a canvas pixel.</summary>
    public int Centre(int p) => Math.Clamp(p / _width, PatchGuide.Radius, level.Height - 1 - PatchGuide.Radius) * _width
        + Math.Clamp(p % _width, PatchGuide.Radius, level.CanvasWidth - 1 - PatchGuide.Radius);

    /// <summary>Whether a shift leads from a patch centre to a wholly known patch of the canvas.</summary>
    public bool IsValid(int centre, int shift)
    {
        int source = centre + shift;
        if ((uint)source >= (uint)level.IsSource.Length || !level.IsSource[source] || source % _width >= level.CanvasWidth) return false;

        // A shift is one number: it must not run over the end of a row.
        (int x, _) = Split(shift);
        return source % _width - centre % _width == x;
    }

    /// <summary>Cost per pixel of leading sideways, in 8-bit steps.</summary>
    public double SidewaysCost(int p, int shift)
    {
        (int x, int y) = Split(shift);
        return SidewaysCost(p, x, y);
    }

    private double SidewaysCost(int p, int x, int y)
    {
        double towardsX = level.NearestX[p], towardsY = level.NearestY[p], across = x * towardsY - y * towardsX;
        return SidewaysCostMax * across * across / (_reach * _reach * Math.Max(1, towardsX * towardsX + towardsY * towardsY));
    }

    /// <summary>Columns and rows of a shift. Between two places of the canvas these are never more than half the guide's width apart where the guide
    /// is doubled; where it is not, the nearer of the two readings counts.</summary>
    private (int X, int Y) Split(int shift)
    {
        int y = (shift + _width / 2 + level.Height * _width) / _width - level.Height;
        return (shift - y * _width, y);
    }

    private void AddMultiples(List<int> shifts, int depth)
    {
        foreach (int shift in shifts.ToArray())
        {
            (int x, int y) = Split(shift);
            int length = Math.Max(Math.Abs(x), Math.Abs(y));
            if (length >= depth || 4 * length < depth) continue;
            for (int times = 2; (times - 1) * length < depth; times++)
            {
                if (!shifts.Contains(times * shift)) shifts.Add(times * shift);
            }
        }
    }

    private (int Shift, int Cost) Best(int p, int kind)
    {
        int stepX = -level.NearestX[p], stepY = -level.NearestY[p], x = p % _width, y = p / _width, length = 0;
        while (IsHole(x + (length + 1) * stepX, y + (length + 1) * stepY)) length++;
        length = length * 2 / (2 + kind);
        int centre = Centre(p), far = Centre((y + length * stepY) * _width + x + length * stepX), best = int.MaxValue, bestShift = 0;
        List<int> known = KnownAround(x, y);
        int onward = far - centre, onwardX = far % _width - centre % _width;
        foreach (int source in _sources)
        {
            int shift = source - centre, farX = source % _width + onwardX;
            if ((uint)farX >= (uint)level.CanvasWidth || (uint)(source + onward) >= (uint)level.IsSource.Length || !level.IsSource[source + onward]) continue;
            int cost = (int)(SidewaysCost(p, source % _width - centre % _width, source / _width - centre / _width) * known.Count);
            foreach (int q in known)
            {
                if (cost >= best) break;
                cost += (uint)(q + shift) < (uint)level.Holes.Length ? level.Guide.Step(q, q + shift) : byte.MaxValue;
            }

            if (cost < best) (best, bestShift) = (cost, shift);
        }

        return (bestShift, best);
    }

    private List<int> KnownAround(int x, int y)
    {
        List<int> known = [];
        for (int v = Math.Max(0, y - Window); v <= Math.Min(level.Height - 1, y + Window); v++)
        {
            for (int u = Math.Max(0, x - Window); u <= Math.Min(level.CanvasWidth - 1, x + Window); u++)
            {
                if ((u + v + x + y) % 2 == 0 && !level.Holes[v * _width + u]) known.Add(v * _width + u);
            }
        }

        return known;
    }

    private bool IsHole(int x, int y) => x >= 0 && y >= 0 && x < level.CanvasWidth && y < level.Height && level.Holes[y * _width + x];
}
