using System.Globalization;
using RunwayFX.Faults.Cases;
using RunwayFX.Faults.Processes;

namespace RunwayFX.Faults;

/// <summary>The suite by hand.</summary>
internal static class Program
{
    private const string Usage = """
        RunwayFX.Faults cases [--count N] [--seed S] [--divisor D] [--workers W] [--seconds T] [--kind KIND]
            runs N cases from seed S on (default 200, 1), with the times of the bridge's limits divided by D (default 50; 1 is the shipped limits)
        RunwayFX.Faults case SEED [--divisor D] [--kind KIND]
            runs one case and says all about it
        """;

    private static int Main(string[] arguments)
    {
        Dictionary<string, string> options = [];
        for (int index = 1; index + 1 < arguments.Length; index++)
        {
            if (arguments[index].StartsWith("--", StringComparison.Ordinal)) options[arguments[index][2..]] = arguments[index + 1];
        }

        int Option(string name, int fallback) => options.TryGetValue(name, out string? text) ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;
        FaultKind? kind = options.TryGetValue("kind", out string? only) ? Enum.Parse<FaultKind>(only) : null;
        switch (arguments.FirstOrDefault())
        {
            case "host":
                return new HostProgram().Run();
            case "cases":
                return Cases(Option("seed", 1), Option("count", 200), Option("divisor", 50), Option("workers", 2 * Environment.ProcessorCount), Option("seconds", 0), kind);
            case "case" when arguments.Length > 1:
                return Cases(int.Parse(arguments[1], CultureInfo.InvariantCulture), 1, Option("divisor", 50), 1, 0, kind);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    private static int Cases(int seed, int count, int divisor, int workers, int seconds, FaultKind? kind)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        List<CaseOutcome> outcomes = CaseBatch.Run(seed, count, divisor, workers, seconds, kind, outcome =>
        {
            if (count == 1) Console.WriteLine($"{outcome.Case}\n  {outcome.TookMs} ms, codes {string.Join(' ', outcome.Codes)}, the fault {(outcome.WasTriggered ? "happened" : "did not happen")}");
            foreach ((Violation violation, string text) in outcome.Violations) Console.WriteLine($"{violation}: {text}\n  {outcome.Case}");
        });
        Console.WriteLine(CaseSummary.Of(outcomes, clock.Elapsed));
        return outcomes.TrueForAll(static outcome => outcome.Violations.Count == 0) ? 0 : 1;
    }
}
