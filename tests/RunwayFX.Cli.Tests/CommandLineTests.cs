using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests;

internal sealed class CommandLineTests
{
    [TestCase("render", "Required argument")]
    [TestCase("render a.mov b.mov", "either --effect NAME or --plugin")]
    [TestCase("render a.mov b.mov --effect style --plugin x.ofx.bundle:y", "either --effect NAME or --plugin")]
    [TestCase("render a.mov b.mov --effect paint", "there are: style, extend")]
    [TestCase("render a.mov ./a.mov --effect style", "IN and OUT are the same")]
    [TestCase("render a.mov b.mov --effect style --resume --no-resume", "contradict")]
    [TestCase("render a.mov b.mov --effect style --frames -1", "not negative")]
    [TestCase("render a.mov b.mov --effect style --threads 0", "1 to 64")]
    [TestCase("render a.mov b.mov --effect style --threads 65", "1 to 64")]
    [TestCase("render a.mov b.mov --effect style --threads many", "many")]
    [TestCase("render a.mov b.mov --effect style --depth 12", "byte, short, half and float")]
    [TestCase("render a.mov b.mov --effect style --depth 4", "byte, short, half and float")]
    [TestCase("render a.mov b.mov --effect style --codec av1", "ffv1")]
    [TestCase("render a.mov b.mov --effect style --context Compositor", "Filter")]
    [TestCase("render a.mov b.mov --effect style --rate 0", "--rate 0")]
    [TestCase("render a.mov b.mov --effect style --sett x=1", "--sett")]
    [TestCase("frobnicate", "frobnicate")]
    [TestCase("install --system --user", "exclude each other")]
    [TestCase("test", "./rfx test")]
    public void WrongCommandLine_AnswersWith2AndSaysWhat(string arguments, string part)
    {
        CliRun run = CliRun.Of(arguments.Split(' '));
        Assert.That((run.ExitCode, run.Error), Is.EqualTo((ExitCode.Usage, run.Error)));
        Assert.That(run.Error, Does.Contain(part).And.StartsWith("rfx: "));
    }

    [Test]
    public void WithoutBundle_AnswersWith3AndSaysWhereItLooked()
    {
        CliRun run = CliRun.Of("render", "a.mov", "b.mov", "--effect", "style");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.MissingDependency));
        Assert.That(run.Error, Does.Contain("/opt/runwayfx/RunwayFX.ofx.bundle").And.Contain("/usr/OFX/Plugins").And.Contain(
            "/home/someone/.local/share/OFX/Plugins"));
    }

    [Test]
    public void StyleThatIsNotThere_Fails()
    {
        CliRun run = CliRun.Of("render", "a.mov", "b.mov", "--effect", "style", "--style", "no-such-picture.jpg");
        Assert.That((run.ExitCode, run.Error.Trim()), Is.EqualTo((ExitCode.Failed, "rfx: there is no file 'no-such-picture.jpg'")));
    }

    [TestCase("12=no-such-painting.png", ExitCode.Failed, "there is no file 'no-such-painting.png'")]
    [TestCase("no-such-painting.png", ExitCode.Usage, "'no-such-painting.png' is not FRAME=FILE")]
    [TestCase(" ", ExitCode.Usage, "--keyframes is empty")]
    public void KeyframesThatMakeNoSense_AreNamed(string keyframes, int code, string message)
    {
        CliRun run = CliRun.Of("render", "a.mov", "b.mov", "--effect", "style", "--keyframes", keyframes);
        Assert.That(run.ExitCode, Is.EqualTo(code));
        Assert.That(run.Error, Does.Contain(message));
    }

    [Test]
    public void ArgumentThatBeginsWithAt_IsNoResponseFile()
    {
        CliRun run = CliRun.Of("render", "@shot.mov", "b.mov", "--effect", "style");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.MissingDependency), run.Error);
    }

    [Test]
    public void Help_ListsEveryCommandAndTheExitCodes()
    {
        CliRun run = CliRun.Of("--help");
        Assert.That(run.ExitCode, Is.EqualTo(ExitCode.Success));
        foreach (string word in new[] { "render", "demo", "plugins", "doctor", "install", "status", "log", "engine", "models", "bench", "test", "build",
            "130" })
            Assert.That(run.Output, Does.Contain(word));
        Assert.That(run.Output, Does.Not.Contain("probe-bundle"));
    }

    [Test]
    public void BenchWithoutProgram_AnswersWith3()
    {
        Assert.That(CliRun.Of("bench", "bridge").ExitCode, Is.EqualTo(ExitCode.MissingDependency));
        Assert.That(CliRun.Of("bench", "synthesis", "--dump-field", "field.i32").ExitCode, Is.EqualTo(ExitCode.MissingDependency));
    }

    [Test]
    public void PluginsOfAPlaceThatIsNotThere_Fails() => Assert.That(CliRun.Of("plugins", "/no/such/place").ExitCode, Is.EqualTo(ExitCode.Failed));
}
