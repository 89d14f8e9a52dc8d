namespace RunwayFX.Windows.Tests;

/// <summary>The effects' binaries for Premiere in the emulated Premiere: as a Linux library here, and as a Windows program under Wine.</summary>
public sealed class PremiereTests
{
    private const int Frames = Host.ReferenceFrames, Rounds = 100;

    private static string StyleHere => WindowsProduct.NativeAex("style");

    private static string StyleOnWindows => Wine.PathOf(WindowsProduct.Aex("style"));

    private static void RequireHere() => WindowsProduct.Require(StyleHere, WindowsProduct.NativeEngine);

    private static void RequireWine()
    {
        WindowsProduct.Require(WindowsProduct.Aex("style"), WindowsProduct.Engine, WindowsProduct.HostProgram);
        Wine.Require();
    }

    [Test]
    public async Task Style_OnRealFootage_Here_IsWhatOpenFxGives()
    {
        RequireHere();
        Outcome outcome = await Host.NativeAsync(["aex", StyleHere, "render", .. Host.Style(Frames, path => path)]);
        Assert.That(outcome.Lines, Is.EqualTo((await Host.LinuxReferenceAsync()).Lines));
    }

    [Test]
    [Category("Wine")]
    public async Task Style_OnRealFootage_UnderWine_IsWhatOpenFxGivesOnLinux()
    {
        RequireWine();
        Outcome outcome = await Host.UnderWineAsync(["aex", StyleOnWindows, "render", .. Host.Style(Frames, Wine.PathOf)]);
        Assert.That(outcome.Lines, Is.EqualTo((await Host.LinuxReferenceAsync()).Lines));
    }

    [Test]
    public async Task EngineKilled_Here_ThatRenderFailsPlainly_AndTheNextWorks()
    {
        RequireHere();
        CheckKilled(await Host.NativeAsync(["aex", StyleHere, "killed", .. Host.Style(3, path => path)]));
    }

    [Test]
    [Category("Wine")]
    public async Task EngineKilled_UnderWine_ThatRenderFailsPlainly_AndTheNextWorks()
    {
        RequireWine();
        CheckKilled(await Host.UnderWineAsync(["aex", StyleOnWindows, "killed", .. Host.Style(3, Wine.PathOf)]));
    }

    [Test]
    public async Task HundredRounds_OfLoadRegisterDescribeUnload_Here_AllWork()
    {
        RequireHere();
        Outcome outcome = await Host.NativeAsync("aex", StyleHere, "rounds", $"frames={Rounds}");
        Assert.That(outcome.Lines[0], Is.EqualTo($"rounds {Rounds} effects 1"));
    }

    /// <summary>Each round also compares the PiPL in the binary with what the loaded effect says.</summary>
    [Test]
    [Category("Wine")]
    public async Task HundredRounds_OfLoadRegisterDescribeUnload_UnderWine_AllWork()
    {
        RequireWine();
        Outcome outcome = await Host.UnderWineAsync("aex", StyleOnWindows, "rounds", $"frames={Rounds}");
        Assert.That(outcome.Lines[0], Is.EqualTo($"rounds {Rounds} effects 1"));
    }

    private static void CheckKilled(Outcome outcome)
    {
        TestContext.Out.WriteLine(outcome.Output);
        Assert.That(outcome.Lines, Has.Some.EqualTo("a new engine serves").And.None.StartsWith("not given back"));
        Assert.That(outcome.Lines.Single(line => line.StartsWith("failed ", StringComparison.Ordinal)), Does.Contain("engine").And.Not.Contain("Exception"));
    }
}
