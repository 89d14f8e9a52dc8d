using System.Diagnostics;
using System.Globalization;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>How much memory do 48 frames of 4K take in all, and does it stop growing? <c>rfx render</c> hosts the real bundle and renders Style with the
/// real engine; both processes are looked at several times a frame. ffmpeg's processes, which decode and encode the movie, are not counted. Budget:
/// 4 GB for host, engine and slots together; from the thirteenth frame on the peaks of each six frames within 2 % of their mean.</summary>
/// <remarks>Style's own working resolution for this size (the result keeps the full one), all quality settings as they are by default.</remarks>
internal sealed class MemoryBench : IBench
{
    private const int Frames = 48;
    private const int SettledFrom = 12;
    private const int WindowFrames = 6;
    private const int SampleMs = 30;
    private const int LimitMs = 1_200_000;
    private const double Gigabyte = 1e9;
    private const string Pictures = "/usr/share/doc/opencv-doc/examples/data";

    /// <inheritdoc/>
    public string Name => "memory";

    /// <inheritdoc/>
    public string Question => "memory of 48 frames of 4K style: host, engine and slots together";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-memory-").FullName;
        try
        {
            return Measure(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static List<BenchRow> Measure(string folder)
    {
        string clip = Path.Combine(folder, "clip.mkv");
        string? program = Program();
        bool isThere = program is not null && ToolRun.Output(
            "ffmpeg", "-v", "error", "-i", Path.Combine(Pictures, "vtest.avi"), "-frames:v", Frames.ToString(CultureInfo.InvariantCulture),
            "-vf", "scale=3840:2160", "-c:v", "libx264", "-preset", "ultrafast", clip) is not null;
        if (!isThere) return [new BenchRow("memory.peak", double.NaN, "GB", 4)];
        ProcessStartInfo start = new(program!)
        {
            RedirectStandardError = true, RedirectStandardOutput = true,
            ArgumentList = { "render", clip, Path.Combine(folder, "out.mkv"), "--effect", "style", "--style", Path.Combine(Pictures, "starry_night.jpg") },
        };
        start.Environment[BridgeEndpoint.FolderVariable] = folder;
        start.Environment["RUNWAYFX_LOG_DIR"] = Path.Combine(folder, "log");
        long begun = Stopwatch.GetTimestamp();
        using Process host = Process.Start(start)!;
        Task<string> errors = host.StandardError.ReadToEndAsync(), output = host.StandardOutput.ReadToEndAsync();
        Peaks peaks = new();
        while (!host.WaitForExit(SampleMs))
        {
            if (Stopwatch.GetElapsedTime(begun).TotalMilliseconds > LimitMs) host.Kill();
            else peaks.Sample(host.Id, folder);
        }

        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        Stop(folder);
        Task.WaitAll(errors, output);
        if (host.ExitCode != 0) throw new InvalidOperationException($"rfx render ended with {host.ExitCode}: {errors.Result}");
        return peaks.Rows(seconds);
    }

    /// <summary>The command line program that is published beside the engine.</summary>
    private static string? Program()
    {
        string? engine = Environment.GetEnvironmentVariable(EngineLocator.EngineVariable);
        string? program = engine is null ? null : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(engine)!, "..", "cli", "rfx"));
        return File.Exists(program) ? program : null;
    }

    private static EngineStatus? Status(string folder)
    {
        if (Client(folder) is not { } client) return null;
        using (client)
        {
            try
            {
                return client.QueryStatus();
            }
            catch (BridgeException)
            {
                return null; // It is about to begin or to end.
            }
        }
    }

    private static void Stop(string folder)
    {
        using EngineClient? client = Client(folder);
        client?.StopEngine();
    }

    private static EngineClient? Client(string folder) => Directory.GetFiles(folder, "*.sock") is [string socket, ..]
        ? new EngineClient(new EngineClientOptions { StartsEngine = false, Endpoint = BridgeEndpoint.At(socket) })
        : null;

    /// <summary>The largest of what was seen, by the number of frames that were done by then.</summary>
    private sealed class Peaks
    {
        private readonly long[] _all = new long[Frames + 1];
        private long _host;
        private long _engine;

        public void Sample(int hostProcess, string folder)
        {
            EngineStatus? status = Status(folder);
            long host = ProcessMemory.Proportional(hostProcess), engine = status is null ? 0 : ProcessMemory.Proportional(status.ProcessId);
            int frame = (int)Math.Clamp(status?.FramesRendered ?? 0, 0, Frames);
            _all[frame] = Math.Max(_all[frame], host + engine);
            _host = Math.Max(_host, host);
            _engine = Math.Max(_engine, engine);
        }

        public List<BenchRow> Rows(double seconds)
        {
            List<BenchRow> rows =
            [
                new("memory.peak", _all.Max() / Gigabyte, "GB", 4), new("memory.peak-host", _host / Gigabyte, "GB"),
                new("memory.peak-engine", _engine / Gigabyte, "GB"),
            ];
            List<double> windows = [];
            for (int first = 0; first < Frames; first += WindowFrames)
            {
                double peak = _all.AsSpan(first, WindowFrames).ToArray().Max() / Gigabyte;
                rows.Add(new BenchRow(string.Create(CultureInfo.InvariantCulture, $"memory.frames-{first}-to-{first + WindowFrames - 1}"), peak, "GB"));
                if (first >= SettledFrom) windows.Add(peak);
            }

            double mean = windows.Average();
            rows.Add(new BenchRow("memory.off-mean-after-frame-12", windows.Max(peak => Math.Abs(peak - mean)) / mean * 100, "%", 2));
            rows.Add(new BenchRow("memory.seconds-a-frame", seconds / Frames, "s"));
            return rows;
        }
    }
}
