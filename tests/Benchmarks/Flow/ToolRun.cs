using System.ComponentModel;
using System.Diagnostics;

namespace RunwayFX.Benchmarks;

/// <summary>Runs a peer's program; a peer that is absent or fails gives null, which counts as not met.</summary>
internal static class ToolRun
{
    private const int LimitMs = 300_000;

    /// <summary>Standard output; null where the program cannot be started or fails.</summary>
    public static string? Output(string program, params IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            // The other pipe is drained too, or a talkative program would stop.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            if (process.WaitForExit(LimitMs)) return process.ExitCode == 0 ? output.GetAwaiter().GetResult() : null;
            process.Kill(entireProcessTree: true);
            return null;
        }
        catch (Win32Exception)
        {
            return null;
        }
    }

    /// <summary>Output of a Python program with OpenCV; the system's own Python first, because packages of the system belong to it.</summary>
    public static string? Python(string program, params string[] arguments)
    {
        foreach (string python in new[] { "/usr/bin/python3", "python3", "python" })
        {
            if (Output(python, ["-c", "import cv2"]) is not null) return Output(python, ["-c", program, .. arguments]);
        }

        return null;
    }
}
