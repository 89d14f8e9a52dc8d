namespace RunwayFX.Windows.Tests;

/// <summary>The command line for Windows, as packages bring it: beside the engine, with its runtime.</summary>
[Category("Wine")]
public sealed class CommandLineTests
{
    private static readonly TimeSpan RunMax = TimeSpan.FromMinutes(2);

    private static string Program => Path.Combine(Path.GetDirectoryName(WindowsProduct.Engine)!, "rfx.exe");

    [SetUp]
    public void Require()
    {
        WindowsProduct.Require(Program);
        Wine.Require();
    }

    [Test]
    public async Task Version_IsTheProducts()
    {
        Outcome outcome = await Wine.RunAsync(Program, new Dictionary<string, string>(), RunMax, "--version");
        Assert.That((outcome.ExitCode, outcome.Output.Trim()), Is.EqualTo((0, "0.1.0")), outcome.ToString());
    }

    [Test]
    public async Task Doctor_LooksAround_AndNamesTheEngine()
    {
        Dictionary<string, string> environment = new() { ["RUNWAYFX_ENGINE"] = Wine.PathOf(WindowsProduct.Engine), ["RUNWAYFX_PROVIDER"] = "cpu" };
        Outcome outcome = await Wine.RunAsync(Program, environment, RunMax, "doctor");
        Assert.That(outcome.Output, Does.Contain("runwayfx-engine.exe"), outcome.ToString());
        Assert.That(outcome.ToString(), Does.Not.Contain("Unhandled"));
    }
}
