using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Synthesis.Patches;
using RunwayFX.Synthesis.Style;

namespace RunwayFX.Benchmarks;

/// <summary>What one run of the example gave.</summary>
/// <param name="Style">Style term of the energy per target pixel.</param>
/// <param name="Guide">Guide term.</param>
/// <param name="Uniformity">Occurrence term.</param>
/// <param name="Coverage">Share of style pixels in use.</param>
/// <param name="Seconds">From guides to the final float picture; the best of three.</param>
/// <param name="FirstSeconds">The same in a fresh process.</param>
/// <param name="PeakMegabytes">Largest resident memory of the process after its first run, runtime and decoded pictures included.</param>
/// <param name="AllocatedBytesPerPixel">What the search allocated in all, per target pixel.</param>
/// <param name="StatedBytesPerPixel">What <see cref="GuidedSynthesis.MemoryBytes"/> states.</param>
/// <param name="CancelMs">Longest time from cancellation to its answer.</param>
internal sealed record StylitResult(double Style, double Guide, double Uniformity, double Coverage, double Seconds, double FirstSeconds,
    double PeakMegabytes, double AllocatedBytesPerPixel, double StatedBytesPerPixel, double CancelMs);

/// <summary>EbSynth's public-domain example: a painted sphere, a rendered golem, one guide of three channels; patch 5, λ 3500.</summary>
internal static class StylitExample
{
    /// <summary>First word of the child's command line; size and a field's path or "-" follow.</summary>
    public const string Verb = "stylit";

    private const int PatchWidth = 5;
    private const double Uniformity = 3500;
    private const int Rgb = 3;

    /// <summary>Runs the example in a process of its own; null where its pictures are absent.</summary>
    public static StylitResult? Start(int width, int height, string? fieldPath)
    {
        if (Folder() is null) return null;
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        string[] arguments = [Verb, width.ToString(CultureInfo.InvariantCulture), height.ToString(CultureInfo.InvariantCulture), fieldPath ?? "-"];
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"the example of {width}×{height} ended with {process.ExitCode}");
        return JsonSerializer.Deserialize<StylitResult>(printed);
    }

    /// <summary>The child's side: runs and prints the result.</summary>
    public static int Serve(string[] arguments)
    {
        int width = int.Parse(arguments[1], CultureInfo.InvariantCulture), height = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        Frame style = Load("src_style", width, height), result = new(width, height);
        GuidedSynthesisInput input = Input(style, width, height);
        GuidedSynthesisOptions options = new() { PatchWidth = PatchWidth, Uniformity = Uniformity };
        MatchField field = new(1, 1);
        double first = Time(Work);
        double peak = Peak();
        double seconds = Math.Min(Time(Work), Math.Min(Time(Work), Time(Work)));
        long before = GC.GetTotalAllocatedBytes(precise: true);
        GuidedSynthesis.Run(input, options, null, CancellationToken.None);
        double allocated = GC.GetTotalAllocatedBytes(precise: true) - before, pixels = width * height;

        Put(result, input.Target, 0);
        GuidedEnergy energy = GuidedEnergy.Measure(input.Source, input.Target, Rgb, input.Weights, field, PatchWidth, Uniformity);
        if (arguments[3] != "-") Dump(arguments[3], field, result);
        StylitResult measured = new(energy.Style, energy.Guide, energy.Uniformity, energy.Coverage, seconds, first, peak, allocated / pixels,
            GuidedSynthesis.MemoryBytes((long)pixels, (long)pixels, 2 * Rgb) / pixels, CancelMs(input, options, seconds));
        Console.WriteLine(JsonSerializer.Serialize(measured));
        return 0;

        void Work()
        {
            field = GuidedSynthesis.Run(input, options, null, CancellationToken.None);
            PixelVoteOptions vote = new() { SourceWidth = width, SourceHeight = height, PatchWidth = PatchWidth, Threads = Environment.ProcessorCount };
            PixelVote.Run(style.Pixels, result.Pixels, field, vote, CancellationToken.None);
        }
    }

    /// <summary>Cancels at several moments and measures how long the answer takes.</summary>
    private static double CancelMs(GuidedSynthesisInput input, GuidedSynthesisOptions options, double seconds)
    {
        const int Moments = 8;
        double longest = 0;
        for (int moment = 0; moment < Moments; moment++)
        {
            using CancellationTokenSource cancellation = new();
            long asked = 0;
            using Timer timer = new(
                _ =>
                {
                    Volatile.Write(ref asked, Stopwatch.GetTimestamp());
                    cancellation.Cancel();
                },
                null,
                TimeSpan.FromSeconds(seconds * (moment + 0.5) / (Moments + 1)),
                Timeout.InfiniteTimeSpan);
            try
            {
                GuidedSynthesis.Run(input, options, null, cancellation.Token);
            }
            catch (OperationCanceledException)
            {
                longest = Math.Max(longest, Stopwatch.GetElapsedTime(Volatile.Read(ref asked)).TotalMilliseconds);
            }
        }

        return longest;
    }

    /// <summary>Writes the field as little-endian int32 (x, y) per target pixel in scan-line order, and the picture beside it.</summary>
    private static void Dump(string path, MatchField field, Frame result)
    {
        byte[] bytes = new byte[field.Matches.Length * 8];
        for (int index = 0; index < field.Matches.Length; index++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 * index), MatchField.X(field.Matches[index]));
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 * index + 4), MatchField.Y(field.Matches[index]));
        }

        string temporary = $"{path}.{Environment.ProcessId}.tmp";
        File.WriteAllBytes(temporary, bytes);
        File.Move(temporary, path, overwrite: true);
        StillWriter.Write(Path.ChangeExtension(path, ".png"), result, StillFormat.Png8, hasAlpha: false);
    }

    private static GuidedSynthesisInput Input(Frame style, int width, int height)
    {
        ChannelPicture source = new(width, height, 2 * Rgb), target = new(width, height, 2 * Rgb);
        Put(style, source, 0);
        Put(Load("src_fullgi", width, height), source, Rgb);
        Put(Load("tgt_fullgi", width, height), target, Rgb);
        return new GuidedSynthesisInput
        {
            Source = source, Target = target, StyleChannels = Rgb, Weights = [.. Enumerable.Repeat(1.0 / Rgb, 2 * Rgb)],
        };
    }

    private static void Put(Frame frame, ChannelPicture picture, int channel)
    {
        for (int index = 0; index < frame.Width * frame.Height; index++)
        {
            int to = picture.Offset(index % frame.Width, index / frame.Width) + channel;
            for (int rgb = 0; rgb < Rgb; rgb++) picture.Bytes[to + rgb] = (byte)Math.Clamp(MathF.Round(frame.Pixels[4 * index + rgb] * 255), 0, 255);
        }
    }

    private static Frame Load(string name, int width, int height) => StillReader.Read(Path.Combine(Folder()!, $"{name}_{width}x{height}.png"));

    /// <summary>The example's folder: named by RUNWAYFX_TEST_DATA, else beside the source tree.</summary>
    private static string? Folder()
    {
        string? data = Environment.GetEnvironmentVariable("RUNWAYFX_TEST_DATA");
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); data is null && at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "RunwayFX.sln"))) data = Path.Combine(at.FullName, "..", "shared", "data");
        }

        string folder = Path.Combine(data ?? ".", "stylit");
        return Directory.Exists(folder) ? folder : null;
    }

    private static double Time(Action work)
    {
        long start = Stopwatch.GetTimestamp();
        work();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Peak()
    {
        using Process self = Process.GetCurrentProcess();
        return self.PeakWorkingSet64 / (1024.0 * 1024);
    }
}
