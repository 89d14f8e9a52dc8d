using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>What a host meets when it starts: the published library describes itself and does nothing else.</summary>
public sealed class DescribeTests
{
    [Test, CancelAfter(60_000)]
    public async Task AllEffects_EngineAbsent_NoThreadAndNoProcessIsStarted(CancellationToken cancellation)
    {
        Product.Require();
        using System.Diagnostics.Process process = SmallHost.Start(
            start => start.Environment[Product.EngineVariable] = "/nowhere/runwayfx-engine", "describe", Product.LibraryPath);
        SmallHost.Outcome outcome = await SmallHost.FinishAsync(process, cancellation);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
        TestContext.Out.WriteLine(outcome.Output);
        string[] words = outcome.Output.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        string After(string word, int place = 1) => words[Array.IndexOf(words, word) + place];
        Assert.That(After("effects"), Is.EqualTo($"{EffectCatalog.All.Length}"));
        Assert.That(int.Parse(After("contexts"), System.Globalization.CultureInfo.InvariantCulture), Is.GreaterThanOrEqualTo(2 * EffectCatalog.All.Length));
        Assert.That(After("threads", 2), Is.EqualTo(After("threads")), "threads before and after");
        Assert.That(After("children"), Is.EqualTo("0"));
    }
}
