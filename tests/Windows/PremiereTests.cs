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
        Outcome outcome = await Host.NativeAsync(["premiere", StyleHere, "render", .. Host.Style(Frames, path => path)]);
        Assert.That(outcome.Lines, Is.EqualTo((await Host.LinuxReferenceAsync()).Lines));
    }

    [Test]
    [Category("Wine")]
    public async Task Style_OnRealFootage_UnderWine_IsWhatOpenFxGivesOnLinux()
    {
        RequireWine();
        Outcome outcome = await Host.UnderWineAsync(["premiere", StyleOnWindows, "render", .. Host.Style(Frames, Wine.PathOf)]);
        Assert.That(outcome.Lines, Is.EqualTo((await Host.LinuxReferenceAsync()).Lines));
    }

    [Test]
    public async Task HundredRounds_OfLoadRegisterDescribeUnload_Here_AllWork()
    {
        RequireHere();
        Outcome outcome = await Host.NativeAsync("premiere", StyleHere, "rounds", $"frames={Rounds}");
        Assert.That(outcome.Lines[0], Is.EqualTo($"rounds {Rounds} effects 1"));
    }

    /// <summary>Each round also compares the PiPL in the binary with what the loaded effect says.</summary>
    [Test]
    [Category("Wine")]
    public async Task HundredRounds_OfLoadRegisterDescribeUnload_UnderWine_AllWork()
    {
        RequireWine();
        Outcome outcome = await Host.UnderWineAsync("premiere", StyleOnWindows, "rounds", $"frames={Rounds}");
        Assert.That(outcome.Lines[0], Is.EqualTo($"rounds {Rounds} effects 1"));
    }
}
