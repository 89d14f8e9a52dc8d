using RunwayFX.Cli.Output;
using RunwayFX.Cli.Plugins;
using RunwayFX.Cli.Systems;
using RunwayFX.Cli.Tests.Support;

namespace RunwayFX.Cli.Tests;

internal sealed class BundleProbeTests
{
    private const string Bundle = "/plugins/Some.ofx.bundle";

    [Test]
    public void Crash_IsReportedWithItsSignal() =>
        Assert.That(Probe((_, _) => new ProgramResult(139, "", "lots\nSegmentation fault\n")).Error,
            Is.EqualTo("it crashed (signal 11): Segmentation fault"));

    [Test]
    public void Hang_IsReported() => Assert.That(Probe((_, _) => new ProgramResult(ProgramResult.TimedOut, "", "")).Error,
        Does.Contain("within 60 s"));

    [Test]
    public void ProgramThatCannotBeStarted_IsReported() => Assert.That(Probe((_, _) => null).Error, Does.Contain("cannot be started"));

    [Test]
    public void Answer_ComesBackWhole()
    {
        var report = new BundleReport(Bundle, null, [new PluginReport("org.a", "it refuses", null, []), new PluginReport("org.b", null, null, [])]);
        BundleReport read = Probe((system, arguments) =>
        {
            system.Texts[arguments[^1]] = JsonLines.ToDocument(report);
            return new ProgramResult(0, "noise of the plug-in on standard output", "");
        });
        Assert.That(read.Plugins.Select(plugin => (plugin.Id, plugin.Error)),
            Is.EqualTo(new[] { ("org.a", (string?)"it refuses"), ("org.b", null) }));
    }

    [Test]
    public void GarbledAnswer_IsReported()
    {
        BundleReport report = Probe((system, arguments) =>
        {
            system.Texts[arguments[^1]] = "{\"path\": 7";
            return new ProgramResult(0, "", "");
        });
        Assert.That(report.Error, Does.Contain("unreadable"));
    }

    [Test]
    public void FileThatIsNoLibrary_IsReportedWithoutAnException()
    {
        using var folder = new TempFolder();
        string binary = folder["Bad.ofx"];
        File.WriteAllText(binary, "this is no library");
        Assert.That(BundleProbe.ProbeHere(binary).Error, Does.Contain("cannot be loaded"));
    }

    private static BundleReport Probe(Func<FakeSystem, IReadOnlyList<string>, ProgramResult?> answer)
    {
        var system = new FakeSystem();
        system.Runs = (_, arguments) => answer(system, arguments);
        return new BundleProbe(system).Probe(Bundle, CancellationToken.None);
    }
}
