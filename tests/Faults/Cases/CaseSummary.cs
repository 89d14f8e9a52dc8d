using System.Globalization;
using System.Text;
using RunwayFX.Bridge;

namespace RunwayFX.Faults.Cases;

/// <summary>The counts of a batch, for people.</summary>
internal static class CaseSummary
{
    /// <summary>A table by kind, and one line of what matters.</summary>
    public static string Of(List<CaseOutcome> outcomes, TimeSpan took)
    {
        var text = new StringBuilder();
        foreach (IGrouping<FaultKind, CaseOutcome> kind in outcomes.GroupBy(static outcome => outcome.Case.Kind).OrderBy(static group => group.Key))
        {
            string codes = string.Join(", ", kind.SelectMany(static outcome => outcome.Codes).GroupBy(static code => code)
                .OrderByDescending(static group => group.Count()).Select(static group => $"{(group.Key == 0 ? "frame" : ((BridgeError)group.Key).ToString())} {group.Count()}"));
            text.AppendLine(CultureInfo.InvariantCulture, $"  {kind.Key,-17} {kind.Count(),6} cases, fault happened in {kind.Count(static outcome => outcome.WasTriggered),6}, "
                + $"mean {kind.Average(static outcome => outcome.TookMs),6:F0} ms: {codes}");
        }

        int plugins = outcomes.Count(static outcome => outcome.Case.IsPlugin);
        if (plugins > 0) text.AppendLine(CultureInfo.InvariantCulture, $"  {plugins} of them with the published plug-in in the host");
        int Count(Violation violation) => outcomes.Sum(outcome => outcome.Violations.Count(entry => entry.Kind == violation));
        text.Append(CultureInfo.InvariantCulture, $"{outcomes.Count} cases in {took.TotalSeconds:F0} s, the fault happened in {outcomes.Count(static outcome => outcome.WasTriggered)}: "
            + $"{Count(Violation.HostCrash)} host crashes, {Count(Violation.Hang)} hangs, {Count(Violation.WrongPixels)} wrong frames, {Count(Violation.Leak)} leaks, "
            + $"{Count(Violation.EngineCrash)} engine crashes, {Count(Violation.NoRecovery)} without recovery, {Count(Violation.Suite)} failures of the suite");
        return text.ToString();
    }
}
