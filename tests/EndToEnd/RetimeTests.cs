using System.Diagnostics;
using System.Text.Json;
using OpenFX.Hosting;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>Retiming through the published plug-in and engine: exact where a moment is a frame, exactly the frames that were announced, and as long as the
/// speed says.</summary>
[CancelAfter(240_000)]
public sealed class RetimeTests
{
    private const int Frames = 10;

    private static readonly ClipFormat Format = Scene.Clip(PixelDepth.Float, new(0, 0, 96, 54)) with { FirstFrame = 1001, LastFrame = 1000 + Frames };

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    [TestCase(EffectContext.Filter)]
    [TestCase(EffectContext.General)]
    public void MomentsThatAreFrames_AreThoseFramesBitForBit(EffectContext context)
    {
        using Scene scene = new Scene(EffectCatalog.Retime, Format, Paint, context: context).With("speed", 25);

        foreach ((int time, int frame) in new[] { (1001, 1001), (1005, 1002), (1037, 1010), (1040, 1010) })
        {
            using HostImage result = scene.Render(time), source = Paint(frame);
            Assert.That(Scene.Bytes(result), Is.EqualTo(Scene.Bytes(source)), $"{time}");
        }

        Assert.That(scene.Journal.Violations, Is.Empty);
    }

    [TestCase(1001, 25, 1, RetimeMethod.Motion, "1001-1001")]
    [TestCase(1003, 25, 1, RetimeMethod.Motion, "1001-1002")]
    [TestCase(1003, 25, 1, RetimeMethod.Blend, "1001-1002")]
    [TestCase(1004, 25, 1, RetimeMethod.Nearest, "1002-1002")]
    [TestCase(1003, 25, 0.5, RetimeMethod.Motion, "1001-1002 1003-1003")]
    [TestCase(1003, 100, 1, RetimeMethod.Motion, "1003-1003")]
    [TestCase(1004, 150, 1, RetimeMethod.Motion, "1005-1006")]
    [TestCase(1002, -50, 1, RetimeMethod.Motion, "1009-1010")]
    public void FramesNeeded_AreExactlyThoseThatARenderAsksFor(double time, double speed, double mix, RetimeMethod method, string expected)
    {
        List<double> asked = [];
        using Scene scene = new Scene(EffectCatalog.Retime, Format, query =>
        {
            lock (asked) asked.Add(query.Time);
            return Paint(query.Time);
        }).With("speed", speed).With("mix", mix).With("method", (double)method);

        TimeRange[] ranges = [.. scene.Effect.GetFramesNeeded(time).Ranges["Source"]];
        lock (asked) asked.Clear();
        using HostImage result = scene.Render(time);

        Assert.That(string.Join(' ', ranges.Select(range => $"{range.First}-{range.Last}")), Is.EqualTo(expected));
        double[] announced = [.. ranges.SelectMany(range => Enumerable.Range(0, (int)(range.Last - range.First) + 1).Select(step => range.First + step))];
        Assert.That(asked.Distinct(), Is.EquivalentTo(announced));
    }

    [Test]
    public void Identity_NamesTheFrameThatIsShown()
    {
        using Scene scene = new Scene(EffectCatalog.Retime, Format, Paint).With("speed", 25);
        PixelBounds window = new(0, 0, 96, 54);

        Assert.That(scene.Effect.GetIdentity(1005, window), Is.EqualTo(new IdentityAnswer("Source", 1002)));
        Assert.That(scene.Effect.GetIdentity(1006, window), Is.Null);
        scene.With("speed", 100);
        Assert.That(scene.Effect.GetIdentity(1006, window), Is.EqualTo(new IdentityAnswer("Source", 1006)));
    }

    [Test]
    public void InBetween_DiffersFromBothAndIsSteadyOverRuns()
    {
        using Scene scene = new Scene(EffectCatalog.Retime, Format, Paint).With("speed", 50);
        using HostImage first = scene.Render(1004), again = scene.Render(1004), before = Paint(1002), after = Paint(1003);

        Assert.That(Scene.Bytes(first), Is.EqualTo(Scene.Bytes(again)));
        Assert.That(Scene.Bytes(first), Is.Not.EqualTo(Scene.Bytes(before)).And.Not.EqualTo(Scene.Bytes(after)));
    }

    [Test]
    public void RetimerContext_FollowsTheHostsCurve()
    {
        using Scene scene = new Scene(EffectCatalog.Retime, Format, Paint, context: EffectContext.Retimer).With("SourceTime", 1007);
        using HostImage result = scene.Render(1002), source = Paint(1007);

        Assert.That(Scene.Bytes(result), Is.EqualTo(Scene.Bytes(source)));
        Assert.That(scene.Effect.GetFramesNeeded(1002).Ranges["Source"], Is.EqualTo(new[] { new TimeRange(1007, 1007) }));
    }

    [Test]
    public void SourceFrameTiming_ShowsTheFrameNamed()
    {
        using Scene scene = new Scene(EffectCatalog.Retime, Format, Paint).With("timing", (double)RetimeTiming.SourceFrame).With("sourceFrame", 1004);
        using HostImage result = scene.Render(1009), source = Paint(1004);

        Assert.That(Scene.Bytes(result), Is.EqualTo(Scene.Bytes(source)));
    }

    [Test]
    public void TimeDomain_IsAsLongAsTheSpeedSays()
    {
        using Scene scene = new Scene(EffectCatalog.Retime, Format, Paint, context: EffectContext.General);

        Assert.That(scene.Effect.GetTimeDomain(), Is.EqualTo(new TimeRange(1001, 1010)));
        scene.With("speed", 25);
        Assert.That(scene.Effect.GetTimeDomain(), Is.EqualTo(new TimeRange(1001, 1040)));
        scene.With("timing", (double)RetimeTiming.FrameRate).With("frameRate", 60);
        Assert.That(scene.Effect.GetTimeDomain(), Is.EqualTo(new TimeRange(1001, 1024)));
        Assert.That(scene.Effect.GetClipPreferences().FrameRate, Is.EqualTo(60));
    }

    [Test]
    public void CommandLine_SlowMotion_WritesFourTimesTheFrames_WithTheSourcesAmongThem()
    {
        using Work work = new();
        work.Run("--set", "speed=25");

        string[] source = Work.Hashes(work.Source), result = Work.Hashes(work.Output);
        Assert.That(result, Has.Length.EqualTo(4 * Frames));
        Assert.That(result.Where((_, index) => index % 4 == 0), Is.EqualTo(source));
        Assert.That(work.Probe("a:0", "codec_type"), Is.Empty, "sound of another length is left out");
    }

    [Test]
    public void CommandLine_OtherFrameRate_KeepsTheDuration()
    {
        using Work work = new();
        work.Run("--set", "timing=Frame Rate", "--set", "frameRate=60");

        Assert.That(Work.Hashes(work.Output), Has.Length.EqualTo(Frames * 60 / 24));
        Assert.That(work.Probe("v:0", "r_frame_rate"), Is.EqualTo("60/1"));
        Assert.That(work.Probe("a:0", "codec_type"), Is.EqualTo("audio"));
    }

    private static HostImage Paint(FrameQuery query) => Scene.Painted(Format, query);

    private static HostImage Paint(double time) => Paint(new FrameQuery("Source", time, RenderScale.One, PixelDepth.Float, PixelComponents.Rgba, ImageField.None));

    /// <summary>A folder with a short lossless movie, and the published <c>rfx</c> on it.</summary>
    private sealed class Work : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rfx-e2e-retime-");

        public Work()
        {
            Product.RequireCommandLine();
            Tool(Product.FFmpeg!, "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24", "-f", "lavfi", "-i", "sine=frequency=440", "-frames:v", $"{Frames}",
                "-t", "0.4166", "-c:v", "ffv1", "-pix_fmt", "bgr0", "-c:a", "pcm_s16le", Source);
        }

        public string Source => Path.Combine(_folder.FullName, "source.mkv");

        public string Output => Path.Combine(_folder.FullName, "output.mkv");

        public void Run(params string[] settings)
        {
            string report = Tool(Product.CommandLinePath,
                ["render", Source, Output, "--plugin", $"{Product.BundlePath}:{EffectCatalog.Retime.PluginId}", "--set", "quality=Draft", "--json", .. settings]);
            using JsonDocument last = JsonDocument.Parse(report.TrimEnd().Split('\n')[^1]);
            Assert.That(last.RootElement.GetProperty("event").GetString(), Is.EqualTo("finished"));
        }

        /// <summary>A hash of each frame's pixels.</summary>
        public static string[] Hashes(string path) =>
        [
            .. Tool(Product.FFmpeg!, "-v", "error", "-i", path, "-map", "0:v", "-pix_fmt", "bgr0", "-fps_mode", "passthrough", "-f", "framemd5", "-")
                .Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[(line.LastIndexOf(',') + 1)..].Trim()),
        ];

        public string Probe(string stream, string entry) =>
            Tool(Path.Combine(Path.GetDirectoryName(Product.FFmpeg)!, "ffprobe"), "-v", "error", "-select_streams", stream, "-show_entries", $"stream={entry}", "-of", "csv=p=0", Output)
                .Trim();

        public void Dispose() => _folder.Delete(recursive: true);

        private static string Tool(string program, params string[] arguments)
        {
            ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            Sandbox.Prepare(start);
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.That(process.ExitCode, Is.Zero, output + errors.Result);
            return output;
        }
    }
}
