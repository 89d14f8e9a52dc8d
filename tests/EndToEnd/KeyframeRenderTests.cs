using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>A clip that follows its painted frames, as a user renders it: <c>rfx render --keyframes</c> through the published bundle and engine.</summary>
[CancelAfter(240_000)]
public sealed class KeyframeRenderTests
{
    private const int Width = 64, Height = 48, Frames = 10, First = 2, Last = 7;

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Require()
    {
        Product.RequireCommandLine();
        Sandbox.EnsureEngine();
        _folder = Directory.CreateTempSubdirectory("rfx-e2e-keys-");
        CommandLine.FFmpeg("-f", "lavfi", "-i", $"testsrc2=size={Width}x{Height}:rate=24", "-frames:v", $"{Frames}", "-c:v", "ffv1", "-pix_fmt", "bgr0", At("source.mkv"));
        Paint(First, "negate", "first.png");
        Paint(Last, "hue=h=120", "last.png");
    }

    [TearDown]
    public void Clean() => _folder?.Delete(recursive: true);

    [Test]
    public void PaintedFrames_ComeOutAsPainted_AndTheOthersFollowThem()
    {
        CommandLine.RunToEnd([.. Render("painted.mkv"), "--keyframes", $"{First}={At("first.png")};{Last}={At("last.png")}"]);
        byte[][] source = CommandLine.Frames(At("source.mkv"), Width, Height), painted = CommandLine.Frames(At("painted.mkv"), Width, Height);
        byte[] first = CommandLine.Frames(At("first.png"), Width, Height)[0], last = CommandLine.Frames(At("last.png"), Width, Height)[0];

        Assert.That(painted, Has.Length.EqualTo(Frames));
        Assert.That(Difference(painted[First], first), Is.LessThan(3), "frame of the first painting");
        Assert.That(Difference(painted[Last], last), Is.LessThan(3), "frame of the last painting");
        for (int frame = 0; frame < Frames; frame++) Assert.That(Difference(painted[frame], source[frame]), Is.GreaterThan(20), $"frame {frame} is painted");
        byte[] negative = [.. source[0].Select(value => (byte)(255 - value))];
        Assert.That(Difference(painted[0], negative), Is.LessThan(Difference(painted[0], source[0]) / 2), "before the first painting its manner holds");
    }

    [Test]
    public void PaintingThatIsMissing_IsNamed_AndNothingIsWritten()
    {
        using System.Diagnostics.Process run = CommandLine.Start([.. Render("none.mkv"), "--keyframes", $"{First}={At("nowhere.png")}"]);
        Task<string> errors = run.StandardError.ReadToEndAsync();
        string output = run.StandardOutput.ReadToEnd();
        run.WaitForExit();

        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(output + errors.Result, Does.Contain("nowhere.png"));
        Assert.That(File.Exists(At("none.mkv")), Is.False);
    }

    private string[] Render(string output) =>
    [
        "render", At("source.mkv"), At(output), "--plugin", $"{Product.BundlePath}:{EffectCatalog.Style.PluginId}", "--set", $"colourSpace={(int)ColourSpaceOption.Srgb}",
        "--codec", "ffv1", "--threads", "1", "--json",
    ];

    /// <summary>Mean difference of the values away from the edges, where whole patches do not reach.</summary>
    private static double Difference(byte[] one, byte[] other)
    {
        const int Edge = 4;
        double sum = 0;
        for (int y = Edge; y < Height - Edge; y++)
        {
            for (int x = 3 * Edge; x < 3 * (Width - Edge); x++) sum += Math.Abs(one[y * Width * 3 + x] - other[y * Width * 3 + x]);
        }

        return sum / ((Height - 2 * Edge) * (Width - 2 * Edge) * 3);
    }

    private void Paint(int frame, string filter, string name) =>
        CommandLine.FFmpeg("-i", At("source.mkv"), "-vf", $"select=eq(n\\,{frame}),{filter}", "-frames:v", "1", At(name));

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
