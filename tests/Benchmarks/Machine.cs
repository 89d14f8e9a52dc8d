using System.Globalization;
using System.Runtime.InteropServices;

namespace RunwayFX.Benchmarks;

/// <summary>Says on what a table was made.</summary>
internal static class Machine
{
    /// <summary>Processor, threads, memory, system and runtime, in one line.</summary>
    public static string Describe()
    {
        long memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Processor()}, {Environment.ProcessorCount} threads, {memory} MiB; {RuntimeInformation.OSDescription}; {RuntimeInformation.FrameworkDescription}");
    }

    private static string Processor()
    {
        const string Key = "model name";
        string? line = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
