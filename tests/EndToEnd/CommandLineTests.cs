using System.Diagnostics;
using System.Text.Json;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>The published <c>rfx</c> as a user runs it: killed half-way and run again, and out of an installed bundle.</summary>
[CancelAfter(240_000)]
public sealed class CommandLineTests
{
    private const int Frames = 60;

    /// <summary>Frames of the first segment: what a killed run must leave behind at least once this many are done.</summary>
    private const int SegmentFrames = 48;

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Require()
    {
        Product.RequireCommandLine();
        _folder = Directory.CreateTempSubdirectory("rfx-e2e-cli-");
    }

    [TearDown]
    public void Clean() => _folder?.Delete(recursive: true);

    [TestCase("mkv", "bgr0", "ffv1")]
    [TestCase("mov", "yuv422p10le", "prores_ks", Category = "Slow")]
    public void MovieRenderKilledHalfway_RunAgain_EndsWithTheSameBytes(string ending, string pixels, string codec)
    {
        Sandbox.EnsureEngine();
        string source = MakeMovie(ending, pixels, codec), whole = At($"whole.{ending}"), broken = At($"broken.{ending}");
        List<JsonElement> unbroken = CommandLine.RunToEnd(Render(source, whole));
        Assert.That(CommandLine.Last(unbroken).GetProperty("frames").GetInt32(), Is.EqualTo(Frames));

        using (Process run = CommandLine.Start(Render(source, broken)))
        {
            int done = 0;
            while (done < SegmentFrames + 4 && run.StandardOutput.ReadLine() is { } line)
            {
                using JsonDocument report = JsonDocument.Parse(line);
                if (report.RootElement.TryGetProperty("done", out JsonElement count)) done = count.GetInt32();
            }

            run.Kill(); // Only this process, as kill -9 would: what it started is left to itself.
            run.WaitForExit();
            Assert.That((run.ExitCode, done), Is.EqualTo((128 + 9, SegmentFrames + 4)), "it was killed in the middle");
        }

        Assert.That(File.Exists(broken), Is.False, "nothing appears before the end");
        List<JsonElement> resumed = CommandLine.RunToEnd(Render(source, broken));
        Assert.That(CommandLine.Last(resumed).GetProperty("resumed").GetInt32(), Is.EqualTo(SegmentFrames), "the finished segment is kept");
        Assert.That(File.ReadAllBytes(broken).AsSpan().SequenceEqual(File.ReadAllBytes(whole)), Is.True, "byte for byte the unbroken movie");
        Assert.That(Directory.Exists(broken + ".rfxwork"), Is.False);
    }

    [Test]
    public void ClipThatGoesOn_IsWrittenLonger_WithItsOwnFramesUntouched()
    {
        Sandbox.EnsureEngine();
        string source = MakeMovie("mkv", "bgr0", "ffv1"), longer = At("longer.mkv"), plain = At("plain.mkv");
        string[] AsSource(string output) => [.. Render(source, output).Select(argument => argument == "targetAspect=1" ? "targetAspect=0" : argument)];
        List<JsonElement> run = CommandLine.RunToEnd([.. AsSource(longer), "--set", "timeMode=Continue", "--set", "framesAfter=5"]);
        _ = CommandLine.RunToEnd(AsSource(plain));

        Assert.That(CommandLine.Last(run).GetProperty("frames").GetInt32(), Is.EqualTo(Frames + 5));
        string[] expected = FrameHashes(plain), actual = FrameHashes(longer);
        Assert.That(actual[..Frames], Is.EqualTo(expected));
        Assert.That(actual, Has.Length.EqualTo(Frames + 5));
    }

    [Test]
    public void InstalledBundle_RendersWithTheEngineInsideIt()
    {
        string plugins = At("plugins"), source = MakeMovie("mkv", "bgr0", "ffv1");
        string bundle = Path.Combine(plugins, "RunwayFX.ofx.bundle");
        using (Process install = CommandLine.Start(["install", "--to", plugins]))
        {
            install.StandardOutput.ReadToEnd();
            install.WaitForExit();
            Assert.That(install.ExitCode, Is.Zero);
        }

        DirectoryInfo own = Directory.CreateTempSubdirectory("rfx-e2e-run-"); // Readable by this user alone, as the engine demands.
        string runtime = own.FullName;
        void FromTheBundle(ProcessStartInfo start)
        {
            start.Environment.Remove(Product.EngineVariable);
            start.Environment.Remove(Product.BundleVariable);
            start.Environment[BridgeEndpoint.FolderVariable] = runtime;
        }

        try
        {
            CommandLine.RunToEnd([.. Render(source, At("out.png"), bundle), "--frames", "3"], FromTheBundle);
            int engine = ProcessIn(runtime);
            Assert.That(new FileInfo($"/proc/{engine}/exe").ResolveLinkTarget(true)!.FullName,
                Does.StartWith(Path.Combine(bundle, "Contents") + Path.DirectorySeparatorChar));
        }
        finally
        {
            using Process stop = CommandLine.Start(["engine", "stop"], FromTheBundle);
            stop.StandardOutput.ReadToEnd();
            stop.WaitForExit();
            own.Delete(recursive: true);
        }
    }

    /// <summary>The one engine process whose environment names the runtime folder.</summary>
    private static int ProcessIn(string runtime)
    {
        int[] found = [.. Process.GetProcesses().Where(process => process.ProcessName.StartsWith("runwayfx-engin", StringComparison.Ordinal))
            .Select(process => process.Id).Where(id => EnvironmentOf(id).Contains($"{BridgeEndpoint.FolderVariable}={runtime}"))];
        Assert.That(found, Has.Length.EqualTo(1), "engines that serve the runtime folder");
        return found[0];
    }

    private static string[] EnvironmentOf(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/environ").Split('\0');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // It ended, or is another user's.
        }
    }

    private static string[] Render(string source, string output, string? bundle = null) =>
    [
        "render", source, output, "--plugin", $"{bundle ?? Product.BundlePath}:{EffectCatalog.Extend.PluginId}", "--set", "targetAspect=1", "--set",
        $"quality={(int)QualityLevel.Draft}", "--threads", "1", "--json",
    ];

    /// <summary>A sum of every frame's pixels, in order.</summary>
    private static string[] FrameHashes(string movie)
    {
        ProcessStartInfo start = new(Product.FFmpeg!, ["-v", "error", "-i", movie, "-map", "0:v", "-f", "framemd5", "-"]) { RedirectStandardOutput = true };
        using Process run = Process.Start(start)!;
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();
        return [.. output.Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line => line[(line.LastIndexOf(',') + 1)..].Trim())];
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string MakeMovie(string ending, string pixels, string codec)
    {
        string path = At($"source.{ending}");
        using Process made = Process.Start(Product.FFmpeg!,
        [
            "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=24", "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000", "-frames:v",
            $"{Frames}", "-t", "2.5", "-c:v", codec, "-pix_fmt", pixels, "-c:a", "pcm_s16le", path,
        ]);
        made.WaitForExit();
        Assert.That(made.ExitCode, Is.Zero, "ffmpeg makes the source");
        return path;
    }
}
