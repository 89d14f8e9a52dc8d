using System.Diagnostics;

namespace RunwayFX.Benchmarks;

/// <summary>A small fixed piece of work that times are divided by, so that a number means the same on a fast and on a slow machine.</summary>
internal static class Yardstick
{
    private const int Steps = 20_000_000;

    private static uint _sink;

    /// <summary>Seconds the kernel takes on one thread of this machine: the best of five.</summary>
    public static double Seconds() => Best(5, Kernel);

    /// <summary>The shortest of several runs, in seconds; the first, unmeasured one warms up.</summary>
    public static double Best(int runs, Action work)
    {
        work();
        double best = double.PositiveInfinity;
        for (int run = 0; run < runs; run++)
        {
            long start = Stopwatch.GetTimestamp();
            work();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }

    /// <summary>Integer arithmetic over a table that stays in the first-level cache, each step needing the one before.</summary>
    private static void Kernel()
    {
        Span<uint> table = stackalloc uint[1024];
        for (int index = 0; index < table.Length; index++) table[index] = (uint)index * 2_654_435_761u;
        uint state = 1;
        for (int step = 0; step < Steps; step++)
        {
            ref uint cell = ref table[(int)(state & 1023)];
            state = unchecked(state * 1_664_525u + cell);
            cell ^= state >> 7;
        }

        _sink = state;
    }
}
