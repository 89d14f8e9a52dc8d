using System.Globalization;

namespace RunwayFX.ManyHosts;

/// <summary>What Linux tells about a process's memory.</summary>
internal static class ProcFacts
{
    /// <summary>Largest physical memory so far, in bytes, shared memory included.</summary>
    public static long PeakResident(string process) => Field(process, "VmHWM:");

    /// <summary>Private memory now, in bytes.</summary>
    public static long Anonymous(int process) => Field(process.ToString(CultureInfo.InvariantCulture), "RssAnon:");

    /// <summary>Mapped slot memory: pieces and bytes.</summary>
    public static (int Segments, long Bytes) Segments(int process)
    {
        int segments = 0;
        long bytes = 0;
        foreach (string line in Lines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/maps")))
        {
            if (!line.Contains("memfd:runwayfx-slot", StringComparison.Ordinal)) continue;
            string[] ends = line[..line.IndexOf(' ', StringComparison.Ordinal)].Split('-');
            segments++;
            bytes += long.Parse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) - long.Parse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        }

        return (segments, bytes);
    }

    private static long Field(string process, string name)
    {
        string? line = Lines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return []; // The process has ended.
        }
    }
}
