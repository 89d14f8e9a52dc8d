using System.Text.Json;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>Generate as a user renders it: another size and length, another clip's structure, and a picture file instead of a source.</summary>
[CancelAfter(240_000)]
public sealed class GenerateRenderTests
{
    private const int Width = 64, Height = 48, Frames = 12;

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void Require()
    {
        Product.RequireCommandLine();
        Sandbox.EnsureEngine();
        _folder = Directory.CreateTempSubdirectory("rfx-e2e-generate-");
        CommandLine.FFmpeg("-f", "lavfi", "-i", $"testsrc2=size={Width}x{Height}:rate=24", "-frames:v", $"{Frames}", "-c:v", "ffv1", "-pix_fmt", "bgr0", At("source.mkv"));
    }

    [TearDown]
    public void Clean() => _folder?.Delete(recursive: true);

    [Test]
    public void OtherSizeAndLength_AreWrittenAsAsked()
    {
        List<JsonElement> run = CommandLine.RunToEnd(
            [.. Render(At("source.mkv"), "wide.mkv"), "--codec", "ffv1", "--set", "targetWidth=96", "--set", "targetHeight=40", "--set", "frames=20"]);

        JsonElement end = CommandLine.Last(run);
        Assert.That((end.GetProperty("frames").GetInt32(), end.GetProperty("width").GetInt32(), end.GetProperty("height").GetInt32()), Is.EqualTo((20, 96, 40)));
        byte[][] frames = CommandLine.Frames(At("wide.mkv"), 96, 40);
        Assert.That(frames, Has.Length.EqualTo(20));
        Assert.That(frames[19].Distinct().Count(), Is.GreaterThan(8), "the last frame is a picture");
    }

    [Test]
    public void StructureOfAnotherClip_ShowsInTheResult()
    {
        CommandLine.FFmpeg("-f", "lavfi", "-i", $"color=black:size={Width}x{Height}:rate=24,drawbox=x=0:y=0:w={Width / 2}:h={Height}:color=white:t=fill",
            "-frames:v", $"{Frames}", "-c:v", "ffv1", "-pix_fmt", "bgr0", At("halves.mkv"));
        // Stripes of all tones: the reference has something light and something dark for every place.
        CommandLine.FFmpeg("-f", "lavfi", "-i", $"nullsrc=size={Width}x{Height}:rate=24,geq=lum='mod((X+Y+N)*9,220)+16':cb=128:cr=128",
            "-frames:v", $"{Frames}", "-c:v", "ffv1", "-pix_fmt", "bgr0", At("stripes.mkv"));
        CommandLine.RunToEnd(
            [.. Render(At("stripes.mkv"), "shaped.mkv"), "--codec", "ffv1", "--clip", $"{EffectCatalog.StructureClipName}={At("halves.mkv")}", "--set", $"{EffectCatalog.StructureFromClipName}=1"]);

        byte[] frame = CommandLine.Frames(At("shaped.mkv"), Width, Height)[5];
        double left = 0, right = 0;
        for (int i = 0; i < frame.Length; i++)
        {
            if (i / 3 % Width < Width / 2) left += frame[i];
            else right += frame[i];
        }

        Assert.That(left, Is.GreaterThan(1.1 * right), "light where the structure is light");
    }

    [Test]
    public void PictureWithoutASource_MakesAPictureOfTheSizeAskedFor()
    {
        CommandLine.RunToEnd([.. Render("none", "new.png"), "--size", "80x56", "--set", $"{EffectCatalog.ReferencePathName}={StylePicture.Path}"]);

        byte[] frame = CommandLine.Frames(At("new.png"), 80, 56)[0];
        Assert.That(frame, Has.Length.EqualTo(80 * 56 * 3));
        Assert.That(frame.Distinct().Count(), Is.GreaterThan(20), "it is made of the reference's strokes");
    }

    private string[] Render(string source, string output) =>
    [
        "render", source, At(output), "--plugin", $"{Product.BundlePath}:{EffectCatalog.Generate.PluginId}", "--set", $"quality={(int)QualityLevel.Draft}", "--set",
        $"colourSpace={(int)ColourSpaceOption.Srgb}", "--threads", "1", "--json",
    ];

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
