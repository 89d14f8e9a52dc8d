using RunwayFX.Faults.Cases;

namespace RunwayFX.Faults.Tests;

/// <summary>Whatever happens to one end, the other goes on: no host ends, no wait passes its limit, no frame comes out wrong, nothing stays behind.</summary>
/// <remarks>A case is made from its seed alone; <c>RunwayFX.Faults case SEED</c> runs it again.</remarks>
public sealed class FaultSuiteTests
{
    /// <summary>The divisor of the limits in all but the cases that have the shipped ones.</summary>
    private const int Divisor = 50;

    private static int Workers => 3 * Environment.ProcessorCount;

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

    [Test, Category("Slow")]
    public void TenThousandCases_NothingIsHarmed() => Check(CaseBatch.Run(1, 10_000, Divisor, Workers));

    [Test, Category("Slow")]
    public void FiveHundredCasesWithTheShippedLimits_NothingIsHarmed() => Check(CaseBatch.Run(20_001, 500, 1, 8 * Environment.ProcessorCount));

    private static void Check(List<CaseOutcome> outcomes)
    {
        TestContext.Out.WriteLine(CaseSummary.Of(outcomes, TimeSpan.FromMilliseconds(outcomes.Sum(static outcome => outcome.TookMs))));
        Assert.That(outcomes.Count(static outcome => outcome.WasTriggered), Is.GreaterThan(outcomes.Count / 2), "most faults must happen");
        string[] failures =
        [
            .. outcomes.SelectMany(static outcome => outcome.Violations.Select(violation =>
                $"{violation.Kind}: {violation.Text}\n  {outcome.Case}\n  again: RunwayFX.Faults case {outcome.Case.Seed} --divisor {outcome.Case.Divisor} --kind {outcome.Case.Kind}")),
        ];
        Assert.That(failures, Is.Empty, string.Join('\n', failures));
    }
}
