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

    /// <summary>First word of the command line of a child that only measures time; the size follows.</summary>
    public const string CostVerb = "stylit-cost";

    private const int PatchWidth = 5;
    private const double Uniformity = 3500;
    private const int Rgb = 3;

    /// <summary>Runs the example in a process of its own; null where its pictures are absent.</summary>
    public static StylitResult? Start(int width, int height, string? fieldPath)
    {
        if (Folder() is null) return null;
        string[] arguments = [Verb, width.ToString(CultureInfo.InvariantCulture), height.ToString(CultureInfo.InvariantCulture), fieldPath ?? "-"];
        return JsonSerializer.Deserialize<StylitResult>(RunChild(arguments));
    }

    /// <summary>Seconds per megapixel of the example at a size, in a process of its own; NaN where its pictures are absent.</summary>
    public static double StartCost(int width, int height)
    {
        if (Folder() is null) return double.NaN;
        string[] arguments = [CostVerb, width.ToString(CultureInfo.InvariantCulture), height.ToString(CultureInfo.InvariantCulture)];
        return double.Parse(RunChild(arguments), CultureInfo.InvariantCulture);
    }

    /// <summary>The child's side of <see cref="StartCost"/>. The first run of a small size warms up; a large one takes so long that this is lost in
    /// it.</summary>
    public static int ServeCost(string[] arguments)
    {
        const double WarmMegapixels = 2;
        int width = int.Parse(arguments[1], CultureInfo.InvariantCulture), height = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        double megapixels = width * (double)height / 1e6;
        Frame style = Load("src_style", width, height), result = new(width, height);
        GuidedSynthesisInput input = Input(style, width, height);
        double seconds = double.MaxValue;
        for (int run = megapixels < WarmMegapixels ? 0 : 2; run < 3; run++) seconds = Math.Min(seconds, Time(() => Paint(style, result, input)));
        Console.WriteLine((seconds / megapixels).ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>The child's side: runs and prints the result.</summary>
    public static int Serve(string[] arguments)
    {
        int width = int.Parse(arguments[1], CultureInfo.InvariantCulture), height = int.Parse(arguments[2], CultureInfo.InvariantCulture);
        Frame style = Load("src_style", width, height), result = new(width, height);
        GuidedSynthesisInput input = Input(style, width, height);
        GuidedSynthesisOptions options = Options;
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

        void Work() => field = Paint(style, result, input);
    }

    private static GuidedSynthesisOptions Options => new() { PatchWidth = PatchWidth, Uniformity = Uniformity };

    private static MatchField Paint(Frame style, Frame result, GuidedSynthesisInput input)
    {
        MatchField field = GuidedSynthesis.Run(input, Options, null, CancellationToken.None);
        PixelVoteOptions vote = new() { SourceWidth = style.Width, SourceHeight = style.Height, PatchWidth = PatchWidth, Threads = Environment.ProcessorCount };
        PixelVote.Run(style.Pixels, result.Pixels, field, vote, CancellationToken.None);
        return field;
    }

    private static string RunChild(string[] arguments)
    {
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        string printed = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"{string.Join(' ', arguments)} ended with {process.ExitCode}");
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

    /// <summary>A picture of the example; at a size that it does not come in, the one of 1280×720 made larger.</summary>
    private static Frame Load(string name, int width, int height)
    {
        string path = Path.Combine(Folder()!, $"{name}_{width}x{height}.png");
        if (File.Exists(path)) return StillReader.Read(path);
        Frame given = StillReader.Read(Path.Combine(Folder()!, $"{name}_1280x720.png"));
        return Resampling.Resize(given, width, height, ResamplingFilter.Bicubic);
    }

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
