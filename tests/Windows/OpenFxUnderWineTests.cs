namespace RunwayFX.Windows.Tests;

/// <summary>RunwayFX.ofx for Windows in a host that is a Windows program, the Windows engine behind named pipes and named shared memory.</summary>
[Category("Wine")]
public sealed class OpenFxUnderWineTests
{
    private const int Frames = Host.ReferenceFrames, Rounds = 100;

    [SetUp]
    public void Require()
    {
        WindowsProduct.Require(WindowsProduct.Library, WindowsProduct.Engine, WindowsProduct.HostProgram);
        Wine.Require();
    }

    [Test]
    public async Task Style_OnRealFootage_GivesTheSameBitsAsOnLinux()
    {
        Outcome linux = await Host.LinuxReferenceAsync();
        Outcome windows = await Host.UnderWineAsync(["ofx", Wine.PathOf(WindowsProduct.Bundle), "render", .. Host.Style(Frames, Wine.PathOf)]);
        Assert.That(linux.Lines, Has.Length.EqualTo(Frames + 1).And.Some.StartsWith("frame 19 "));
        Assert.That(linux.Lines.Distinct().Count(), Is.EqualTo(Frames + 1), "every frame is another picture");
        Assert.That(windows.Lines, Is.EqualTo(linux.Lines));
    }

    [Test]
    public async Task EngineKilled_InTheMiddleOfARender_ThatRenderFailsPlainly_AndTheNextWorks()
    {
        Outcome outcome = await Host.UnderWineAsync(["ofx", Wine.PathOf(WindowsProduct.Bundle), "killed", .. Host.Style(3, Wine.PathOf)]);
        TestContext.Out.WriteLine(outcome.Output);
        Assert.That(outcome.Lines, Has.Some.Contains("a new engine serves"));
        Assert.That(outcome.Lines.Single(line => line.StartsWith("failed ", StringComparison.Ordinal)), Does.Contain("engine").And.Not.Contain("Exception"));
    }

    [Test]
    public async Task HundredRounds_OfLoadDescribeUnload_AllWork()
    {
        Outcome outcome = await Host.UnderWineAsync("ofx", Wine.PathOf(WindowsProduct.Bundle), "rounds", $"frames={Rounds}");
        Assert.That(outcome.Lines[0], Does.StartWith($"rounds {Rounds} effects ").And.Not.EndWith(" 0"));
    }
}
