using System.Diagnostics;

namespace RunwayFX.Benchmarks;

/// <summary>Names the graphics devices of the machine, for the table's head.</summary>
internal static class GraphicsDevices
{
    private const int WaitMs = 10_000;

    /// <summary>One line per device; empty where no tool knows one.</summary>
    public static IReadOnlyList<string> Describe()
    {
        string[] lines = Ask("nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader");
        return lines.Length > 0 ? lines : [.. Ask("vulkaninfo", "--summary").Where(line => line.Contains("deviceName", StringComparison.Ordinal)).Select(line => line.Trim())];
    }

    private static string[] Ask(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (!process.WaitForExit(WaitMs)) process.Kill();
            return process.HasExited && process.ExitCode == 0 ? output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [];
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return [];
        }
    }
}
