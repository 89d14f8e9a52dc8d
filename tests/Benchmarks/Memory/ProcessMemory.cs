using System.Globalization;

namespace RunwayFX.Benchmarks;

/// <summary>What Linux says of a process's memory.</summary>
internal static class ProcessMemory
{
    /// <summary>Proportional set size in bytes: private memory, and of memory shared by n processes an n-th each, so that the sum over the processes that
    /// share a slot counts it once. 0 where the process has ended.</summary>
    public static long Proportional(int process)
    {
        try
        {
            foreach (string line in File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/smaps_rollup")))
            {
                if (!line.StartsWith("Pss:", StringComparison.Ordinal)) continue;
                return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
        }

        return 0;
    }
}
