using System.Diagnostics;
using System.Text.Json;

namespace RunwayFX.EndToEnd;

/// <summary>Runs the published <c>rfx</c> with this run's engine.</summary>
internal static class CommandLine
{
    /// <summary>The last of a run's reports: that it has finished.</summary>
    public static JsonElement Last(List<JsonElement> events)
    {
        Assert.That(events[^1].GetProperty("event").GetString(), Is.EqualTo("finished"), events[^1].ToString());
        return events[^1];
    }

    /// <summary>Runs to a good end; gives the lines of a JSON report.</summary>
    public static List<JsonElement> RunToEnd(string[] arguments, Action<ProcessStartInfo>? prepare = null)
    {
        using Process run = Start(arguments, prepare);
        Task<string> errors = run.StandardError.ReadToEndAsync();
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        Assert.That(run.ExitCode, Is.Zero, output + errors.Result);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];
    }

    /// <summary>Starts it with both outputs piped.</summary>
    public static Process Start(string[] arguments, Action<ProcessStartInfo>? prepare = null)
    {
        ProcessStartInfo start = new(Product.CommandLinePath, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Sandbox.Prepare(start);
        prepare?.Invoke(start);
        return Process.Start(start)!;
    }

    /// <summary>Runs ffmpeg to a good end.</summary>
    public static void FFmpeg(params string[] arguments)
    {
        using Process made = Process.Start(Product.FFmpeg!, ["-v", "error", "-y", .. arguments]);
        made.WaitForExit();
        Assert.That(made.ExitCode, Is.Zero, $"ffmpeg {string.Join(' ', arguments)}");
    }

    /// <summary>Frames of a movie or sequence as 8-bit red, green and blue.</summary>
    public static byte[][] Frames(string movie, int width, int height)
    {
        string raw = movie + ".rgb";
        FFmpeg("-i", movie, "-f", "rawvideo", "-pix_fmt", "rgb24", raw);
        return [.. File.ReadAllBytes(raw).Chunk(width * height * 3)];
    }
}
