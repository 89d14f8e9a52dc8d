using RunwayFX.Bridge;
using RunwayFX.Cli.Commands;
using RunwayFX.Cli.Tests.Support;
using RunwayFX.Imaging;
using RunwayFX.Media;

namespace RunwayFX.Cli.Tests;

/// <summary><c>rfx preview</c>: waits for a model's first picture, follows it to the job's end, and says where there is none.</summary>
internal sealed class PreviewTests
{
    private TempFolder _folder = null!;

    private string Picture => _folder["a.png"];

    [SetUp]
    public void MakeFolder() => _folder = new TempFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void FirstPicture_IsWaitedFor_AndWritten()
    {
        (int code, string said) = Watch(false, Reply(0), Reply(0), Reply(3), Reply(4));
        Assert.That((code, said), Is.EqualTo((ExitCode.Success, $"job 3f2a-17, step 3: 2x1 to {Picture}\n")));
        Frame written = StillReader.Read(Picture);
        Assert.That((written.Width, written.Height), Is.EqualTo((2, 1)));
        Assert.That(written.Pixels.Select(value => (int)Math.Round(value * 255)), Is.EqualTo(new[] { 3, 100, 200, 255, 3, 100, 200, 255 }));
    }

    [Test]
    public void Following_WritesEveryStep_UntilTheJobIsOver()
    {
        (int code, string said) = Watch(true, Reply(1), Reply(1), Reply(2), PreviewReply.None);
        Assert.That(code, Is.EqualTo(ExitCode.Success));
        Assert.That(said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(':')[0]), Is.EqualTo(new[] { "job 3f2a-17, step 1", "job 3f2a-17, step 2" }));
        Assert.That(Watch(true, Reply(1), Reply(5) with { Job = 18 }).Said, Does.Contain("17, step 1").And.Not.Contain("18"), "another job is another picture");
    }

    [Test]
    public void NoPicture_IsSaid()
    {
        Assert.That(() => Watch(false, PreviewReply.None), Throws.TypeOf<CliException>().With.Message.Contains("no such job is running"));
        Assert.That(() => Watch(false, Reply(0), PreviewReply.None), Throws.TypeOf<CliException>().With.Message.Contains("job 3f2a-17 is over and showed no picture"));
        Assert.That(() => Watch(false, (PreviewReply?)null), Throws.TypeOf<CliException>().With.Message.Contains("no engine is running"));
        Assert.That(File.Exists(Picture), Is.False);
    }

    [Test]
    public void NameThatIsNone_AnswersWith2()
    {
        CliRun run = CliRun.Of("preview", Picture, "--job", "seventeen");
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((ExitCode.Usage, run.Error)));
        Assert.That(run.Error, Does.Contain("'seventeen' names no job"));
    }

    private (int Code, string Said) Watch(bool follows, params PreviewReply?[] replies)
    {
        using StringWriter output = new() { NewLine = "\n" };
        int asked = 0;
        CliServices services = new() { Output = output, Error = TextWriter.Null, System = new FakeSystem(), CreateEffectHost = () => new FakeEffectHost() };
        int code = PreviewCommand.Watch(services, () => replies[asked++], Picture, follows, TimeSpan.Zero);
        return (code, output.ToString());
    }

    private static PreviewReply Reply(int step) => step == 0
        ? PreviewReply.None with { Connection = 0x3f2a, Job = 17 }
        : new PreviewReply { Connection = 0x3f2a, Job = 17, Step = step, Width = 2, Height = 1, Pixels = [(byte)step, 100, 200, (byte)step, 100, 200] };
}
