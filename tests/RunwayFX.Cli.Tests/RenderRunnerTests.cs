using System.Text.Json;
using RunwayFX.Cli.Rendering;
using RunwayFX.Cli.Tests.Support;
using RunwayFX.Imaging;
using RunwayFX.Media;
using RunwayFX.Testing;

namespace RunwayFX.Cli.Tests;

/// <summary>The whole of <c>rfx render</c> with a fake effect: numbered PNG files in, numbered PNG files out.</summary>
internal sealed class RenderRunnerTests
{
    private const int Width = 12;
    private const int Height = 8;
    private const int FirstNumber = 1001;
    private const int Count = 9;

    private TempFolder _folder = null!;
    private FakeSystem _system = null!;

    private string Source => _folder["shot.%04d.png"];

    [SetUp]
    public void WriteSource()
    {
        _folder = new TempFolder();
        _system = new FakeSystem();
        for (int index = 0; index < Count; index++)
            StillWriter.Write(_folder[$"shot.{FirstNumber + index:0000}.png"], Picture(index), StillFormat.Png8, hasAlpha: false);
    }

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void WholeSequence_EveryFrameIsTheEffectOfItsOwnSource()
    {
        var host = new FakeEffectHost();
        CliRun run = Render(host, "out.%04d.png", "--threads", "3");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        for (int index = 0; index < Count; index++)
            FrameComparison.AssertClose(StillReader.Read(_folder[$"out.{FirstNumber + index:0000}.png"]), Halved(Picture(index)), 0.6 / 255,
                0.6 / 255);
        Assert.That((host.Rendered, host.OpenSessions), Is.EqualTo((Count, 0)));
        Assert.That(run.Lines, Is.EqualTo(new[] { _folder["out.%04d.png"] }));
    }

    [Test]
    public void FrameRange_IsCountedAsTheFilesAre()
    {
        CliRun run = Render(new FakeEffectHost(), "out.%04d.png", "--frames", "1003-1004");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(Written("out."), Is.EqualTo(new[] { "out.1003.png", "out.1004.png" }));
        FrameComparison.AssertClose(StillReader.Read(_folder["out.1003.png"]), Halved(Picture(2)), 0.6 / 255, 0.6 / 255);
    }

    [Test]
    public void FramesOutside_IsUsageErrorAndWritesNothing()
    {
        CliRun run = Render(new FakeEffectHost(), "out.%04d.png", "--frames", "1009-1010");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((ExitCode.Usage, run.Error)));
        Assert.That(run.Error, Does.Contain("1001-1009"));
        Assert.That(Written("out."), Is.Empty);
    }

    [Test]
    public void EffectWithATimeOfItsOwn_DecidesTheFrames()
    {
        CliRun run = Render(new FakeEffectHost { Domain = new FrameRange(1001, 1020) }, "out.%04d.png");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(Written("out."), Has.Exactly(20).Items);
        Assert.That(Written("out.").Last(), Is.EqualTo("out.1020.png"));
    }

    [Test]
    public void EffectWithATimeOfItsOwn_TakesFramesOfThatTime()
    {
        CliRun run = Render(new FakeEffectHost { Domain = new FrameRange(1001, 1020) }, "out.%04d.png", "--frames", "1018-1019");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(Written("out."), Is.EqualTo(new[] { "out.1018.png", "out.1019.png" }));
        run = Render(new FakeEffectHost { Domain = new FrameRange(1001, 1020) }, "other.%04d.png", "--frames", "1018-1021");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(run.Error, Does.Contain("1001-1020"));
    }

    [Test]
    public void GrowingEffect_DecidesTheSizeOfTheOutput()
    {
        CliRun run = Render(new FakeEffectHost { Grows = 5 }, "out.%04d.png", "--frames", "1001");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Frame wide = StillReader.Read(_folder["out.1001.png"]);
        Assert.That((wide.Width, wide.Height), Is.EqualTo((Width + 10, Height + 10)));
    }

    [Test]
    public void FailedRun_GoesOnWhereItStoppedAndEndsWithTheSameBytes()
    {
        CliRun whole = Render(new FakeEffectHost(), "whole.%04d.png", "--threads", "1");
        Assert.That(whole.ExitCode, Is.EqualTo(ExitCode.Success), whole.Error);
        var failing = new FakeEffectHost { BeforeFrame = (before, time) =>
            { if (before >= 4) throw new CliException(ExitCode.Failed, $"frame {time}: out of paint"); } };
        CliRun broken = Render(failing, "out.%04d.png", "--threads", "1");
        Assert.That((broken.ExitCode, broken.Error), Is.EqualTo((ExitCode.Failed, broken.Error)));
        Assert.That(broken.Error, Does.Contain("out of paint"));
        var resuming = new FakeEffectHost();
        CliRun resumed = Render(resuming, "out.%04d.png", "--threads", "1");
        Assert.That(resumed.ExitCode, Is.EqualTo(ExitCode.Success), resumed.Error);
        Assert.That(resuming.Rendered, Is.LessThan(Count), "frames that were there are not rendered again");
        for (int number = FirstNumber; number < FirstNumber + Count; number++)
            Assert.That(File.ReadAllBytes(_folder[$"out.{number}.png"]), Is.EqualTo(File.ReadAllBytes(_folder[$"whole.{number}.png"])),
                $"frame {number}");
    }

    [Test]
    public void NoResume_RendersEverythingAgain()
    {
        Render(new FakeEffectHost(), "out.%04d.png");
        var again = new FakeEffectHost();
        CliRun run = Render(again, "out.%04d.png", "--no-resume");
        Assert.That((run.ExitCode, again.Rendered), Is.EqualTo((ExitCode.Success, Count)), run.Error);
    }

    [Test]
    public void Interrupted_AnswersWith130()
    {
        using var cancellation = new CancellationTokenSource();
        var host = new FakeEffectHost { BeforeFrame = (before, _) => { if (before == 3) cancellation.Cancel(); } };
        CliRun run = CliRun.Of(_system, host, cancellation.Token, Arguments("out.%04d.png", "--json"));
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Interrupted), run.Error);
        using JsonDocument last = JsonDocument.Parse(run.Lines[^1]);
        Assert.That((last.RootElement.GetProperty("event").GetString(), last.RootElement.GetProperty("exitCode").GetInt32()),
            Is.EqualTo(("interrupted", ExitCode.Interrupted)));
        Assert.That(host.OpenSessions, Is.Zero);
    }

    [Test]
    public void Json_IsOneEventPerLineFromStartToFinish()
    {
        CliRun run = Render(new FakeEffectHost(), "out.%04d.png", "--json");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        JsonElement[] events = [.. run.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That(events.Select(each => each.GetProperty("event").GetString()),
            Is.EqualTo(new[] { "started" }.Concat(Enumerable.Repeat("frame", Count)).Concat(["finishing", "finished"])));
        Assert.That((events[0].GetProperty("width").GetInt32(), events[0].GetProperty("frames").GetInt32(),
            events[0].GetProperty("resumed").GetInt32()), Is.EqualTo((Width, Count, 0)));
        Assert.That(events[1..(Count + 1)].Select(each => each.GetProperty("frame").GetInt32()), Is.EqualTo(Enumerable.Range(FirstNumber, Count)));
        Assert.That((events[Count].GetProperty("done").GetInt32(), events[Count].GetProperty("total").GetInt32()), Is.EqualTo((Count, Count)));
        Assert.That((events[^1].GetProperty("output").GetString(), events[^1].GetProperty("exitCode").GetInt32()),
            Is.EqualTo((_folder["out.%04d.png"], ExitCode.Success)));
    }

    [Test]
    public void UnknownParameter_ListsWhatThereIsAsJsonToo()
    {
        CliRun run = Render(new FakeEffectHost(), "out.%04d.png", "--set", "colour=1", "--json");
        using JsonDocument line = JsonDocument.Parse(run.Lines[^1]);
        Assert.That((run.ExitCode, line.RootElement.GetProperty("event").GetString()), Is.EqualTo((ExitCode.Usage, "failed")));
        Assert.That(line.RootElement.GetProperty("message").GetString(), Does.Contain("targetAspect"));
    }

    [Test]
    public void ValuesAndMask_ReachTheEffect()
    {
        var host = new FakeEffectHost();
        CliRun run = Render(host, "out.%04d.png", "--set", "targetAspect=4:3", "--set", "amount=0.25", "--clip", $"Mask={Source}", "--threads", "1");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success), run.Error);
        Assert.That(host.Setups[0].Values.Select(value => value.ToCanonicalText()), Is.EqualTo(new[] { "targetAspect=2", "amount=0.25" }));
        Assert.That(host.Setups[0].Clips.Keys.Order(), Is.EqualTo(new[] { "Mask", "Source" }));
        Assert.That((host.Setups[0].FirstTime, host.Setups[0].LastTime), Is.EqualTo((1001.0, 1009.0)));
    }

    [TestCase("Background=x.png", "Source, Mask")]
    [TestCase("Source=x.png", "given twice")]
    public void ClipThatDoesNotFit_IsUsageError(string clip, string part)
    {
        CliRun run = Render(new FakeEffectHost(), "out.%04d.png", "--clip", clip);
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((ExitCode.Usage, run.Error)));
        Assert.That(run.Error, Does.Contain(part));
    }

    [TestCase(8, false, PixelDepth.Byte, null)]
    [TestCase(16, false, PixelDepth.Byte, "16")]
    [TestCase(32, true, PixelDepth.Byte, "floating-point")]
    [TestCase(32, true, PixelDepth.Short, "floating-point")]
    [TestCase(16, false, PixelDepth.Short, null)]
    [TestCase(10, false, PixelDepth.Half, null)]
    [TestCase(16, true, PixelDepth.Half, null)]
    [TestCase(32, true, PixelDepth.Half, "32")]
    [TestCase(32, true, PixelDepth.Float, null)]
    public void EffectOfLessDepthThanItsSource_SaysSo(int bits, bool isFloat, PixelDepth depth, string? said)
    {
        string? text = RenderRunner.DepthLoss(
            new MediaInfo
            {
                Path = "x", Kind = MediaKind.Still, Width = 1, Height = 1, FrameRate = Rational.One, FrameCount = 1, BitDepth = bits,
                IsFloat = isFloat, PixelFormat = "", Codec = "",
            },
            depth);
        Assert.That(text, said is null ? Is.Null : Does.Contain(said));
    }

    [Test]
    public void BytesEffectOnDeepPictures_WarnsUnlessAskedFor()
    {
        StillWriter.Write(_folder["deep.png"], Picture(0), StillFormat.Png16, hasAlpha: false);
        string[] deep = ["render", _folder["deep.png"], _folder["less.png"], "--plugin", "/p/Fake.ofx.bundle:fake"];
        CliRun warned = CliRun.Of(_system, new FakeEffectHost { Depth = PixelDepth.Byte }, default, deep);
        Assert.That((warned.ExitCode, warned.Error), Is.EqualTo((ExitCode.Success, warned.Error)));
        Assert.That(warned.Error, Does.Contain("fake works in 8 bits"));
        CliRun asked = CliRun.Of(_system, new FakeEffectHost { Depth = PixelDepth.Byte }, default, [.. deep, "--depth", "byte"]);
        Assert.That(asked.Error, Does.Not.Contain("works in"));
    }

    [Test]
    public void MissingInput_FailsAndNamesIt()
    {
        CliRun run = CliRun.Of(_system, new FakeEffectHost(), default, "render", _folder["nothing.mov"], _folder["out.mov"], "--plugin",
            "/p/Fake.ofx.bundle:fake");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((ExitCode.Failed, run.Error)));
        Assert.That(run.Error, Does.Contain("nothing.mov"));
    }

    private static Frame Picture(int index)
    {
        var frame = new Frame(Width, Height);
        for (int offset = 0; offset < frame.Pixels.Length; offset++)
            frame.Pixels[offset] = offset % Frame.Channels == 3 ? 1 : (offset * 7 + index * 31) % 256 / 255f;
        return frame;
    }

    private static Frame Halved(Frame frame)
    {
        for (int offset = 0; offset < frame.Pixels.Length; offset++)
        {
            if (offset % Frame.Channels != 3) frame.Pixels[offset] /= 2;
        }

        return frame;
    }

    private string[] Arguments(string output, params string[] more) =>
        ["render", Source, _folder[output], "--plugin", "/p/Fake.ofx.bundle:fake", .. more];

    private CliRun Render(FakeEffectHost host, string output, params string[] more) => CliRun.Of(_system, host, default, Arguments(output, more));

    private string[] Written(string prefix) =>
        [.. Directory.GetFiles(_folder.Root, prefix + "*").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
}
