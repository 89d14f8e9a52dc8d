using RunwayFX.Faults.Cases;
using RunwayFX.Faults.Processes;

namespace RunwayFX.Faults.Tests;

/// <summary>Whatever happens to one end, the other goes on: no host ends, no wait passes its limit, no frame comes out wrong, nothing stays behind.</summary>
/// <remarks>A case is made from its seed alone; <c>RunwayFX.Faults case SEED</c> runs it again. Every tenth seed has the published plug-in in its host.</remarks>
public sealed class FaultSuiteTests
{
    /// <summary>The divisor of the limits in all but the cases that have the shipped ones.</summary>
    private const int Divisor = 50;

    /// <summary>Seeds of the cases with the shipped limits, and of those with the published plug-in alone.</summary>
    private const int ShippedSeed = 20_001, PluginSeed = 30_001;

    private static int Workers => 3 * Environment.ProcessorCount;

    private static int ManyWorkers => 8 * Environment.ProcessorCount;

    [Test, CancelAfter(240_000)]
    public void OneCaseOfEveryKind_NothingIsHarmed()
    {
        List<CaseOutcome> outcomes = [];
        using var worker = new CaseWorker(Divisor);
        foreach (FaultKind kind in Enum.GetValues<FaultKind>()) outcomes.Add(worker.Run(FaultCase.Of(17 + (int)kind, Divisor, kind)));
        Check(outcomes);
    }

    [Test, CancelAfter(240_000)]
    public void SomeCases_NothingIsHarmed() => Check(CaseBatch.Run(1, 60, Divisor, Workers));

    /// <summary>Ten thousand cases, in parts: a test run gives up a test that says nothing for a quarter of an hour.</summary>
    [Test, Category("Slow")]
    public void ThousandCases_NothingIsHarmed([Range(1, 9_001, 1_000)] int seed) => Check(CaseBatch.Run(seed, 1_000, Divisor, Workers));

    [Test, Category("Slow")]
    public void HundredCasesWithTheShippedLimits_NothingIsHarmed([Range(ShippedSeed, ShippedSeed + 400, 100)] int seed) =>
        Check(CaseBatch.Run(seed, 100, 1, ManyWorkers, hosts: HostChoice.Client));

    [Test, Category("Slow")]
    public void HundredCasesWithThePublishedPlugin_NothingIsHarmed([Range(PluginSeed, PluginSeed + 400, 100)] int seed)
    {
        if (Programs.Plugin is null && !Programs.IsPluginRequired) Assert.Ignore("the published plug-in of this build is missing; './rfx build' makes it");
        Check(CaseBatch.Run(seed, 100, 1, ManyWorkers, hosts: HostChoice.Plugin));
    }

    private static void Check(List<CaseOutcome> outcomes)
    {
        TestContext.Out.WriteLine(CaseSummary.Of(outcomes, TimeSpan.FromMilliseconds(outcomes.Sum(static outcome => outcome.TookMs))));
        Assert.That(outcomes.Count(static outcome => outcome.WasTriggered), Is.GreaterThan(outcomes.Count / 2), "most faults must happen");
        string[] failures =
        [
            .. outcomes.SelectMany(static outcome => outcome.Violations.Select(violation =>
                $"{violation.Kind}: {violation.Text}\n  {outcome.Case}\n  again: RunwayFX.Faults case {outcome.Case.Seed} --divisor {outcome.Case.Divisor} "
                + $"--kind {outcome.Case.Kind} --host {(outcome.Case.IsPlugin ? HostChoice.Plugin : HostChoice.Client)}")),
        ];
        Assert.That(failures, Is.Empty, string.Join('\n', failures));
    }
}
