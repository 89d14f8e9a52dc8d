using System.Globalization;
using RunwayFX.Faults.Cases;
using RunwayFX.Faults.Fuzzing;
using RunwayFX.Faults.Processes;

namespace RunwayFX.Faults;

/// <summary>The suite by hand.</summary>
internal static class Program
{
    private const string Usage = """
        RunwayFX.Faults cases [--count N] [--seed S] [--divisor D] [--workers W] [--seconds T] [--kind KIND] [--host HOST]
            runs N cases from seed S on (default 200, 1), with the times of the bridge's limits divided by D (default 50; 1 is the shipped limits);
            HOST is Client, Plugin (the published one, always with the shipped limits) or Both, which is every tenth seed the plug-in where it is there
        RunwayFX.Faults case SEED [--divisor D] [--kind KIND] [--host HOST]
            runs one case and says all about it
        RunwayFX.Faults fuzz [--count N] [--seed S] [--only NAME] [--seconds T]
            decodes N nearly valid bodies (default 100000) with every decoder of the protocol and every reader of model packages; T bounds the time, the counts say how
            far it came; NAME may end in * for all that begin so
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
        HostChoice hosts = options.TryGetValue("host", out string? choice) ? Enum.Parse<HostChoice>(choice, ignoreCase: true) : HostChoice.Both;
        switch (arguments.FirstOrDefault())
        {
            case "host":
                return new HostProgram().Run();
            case "cases":
                return Cases(Option("seed", 1), Option("count", 200), Option("divisor", 50), Option("workers", 2 * Environment.ProcessorCount), Option("seconds", 0), kind, hosts);
            case "fuzz":
                return Fuzz(Option("count", 100_000), Option("seed", 1), options.GetValueOrDefault("only"), Option("seconds", 0));
            case "case" when arguments.Length > 1:
                return Cases(int.Parse(arguments[1], CultureInfo.InvariantCulture), 1, Option("divisor", 50), 1, 0, kind, hosts);
            default:
                Console.Error.WriteLine(Usage);
                return 2;
        }
    }

    /// <summary>Each decoder runs in slices with seeds of their own, so that several cores share them and a bound in time keeps whole slices.</summary>
    private static int Fuzz(int count, int seed, string? only, int seconds)
    {
        const int slice = 500_000;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        int slices = (count + slice - 1) / slice;
        var outcomes = new System.Collections.Concurrent.ConcurrentQueue<FuzzOutcome>();
        (FuzzTarget Target, int Slice)[] work =
        [
            .. FuzzTarget.All.Where(target => only is null || target.Name == only || (only.EndsWith('*') && target.Name.StartsWith(only[..^1], StringComparison.Ordinal))).SelectMany(target => Enumerable.Range(0, slices).Select(index => (target, index))),
        ];
        Parallel.ForEach(work, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, entry =>
        {
            if (seconds > 0 && clock.Elapsed.TotalSeconds > seconds) return;
            FuzzOutcome outcome = Fuzzer.Run(entry.Target.Fresh(), Math.Min(slice, count - entry.Slice * slice), seed + entry.Slice);
            outcomes.Enqueue(outcome);
            if (outcome.Failure is string failure) Console.WriteLine(failure);
        });
        foreach (IGrouping<string, FuzzOutcome> decoder in outcomes.GroupBy(static outcome => outcome.Name))
        {
            Console.WriteLine(
                $"  {decoder.Key,-15} {decoder.Sum(static outcome => outcome.Executions),11} executions, {decoder.Sum(static outcome => outcome.Accepted),9} accepted, "
                + $"{decoder.Sum(static outcome => outcome.Executions) / decoder.Sum(static outcome => outcome.Seconds),9:F0} a second and core");
        }

        int failures = outcomes.Count(static outcome => outcome.Failure is not null);
        Console.WriteLine($"{outcomes.Sum(static outcome => outcome.Executions)} executions of {outcomes.Select(static outcome => outcome.Name).Distinct().Count()} decoders "
            + $"in {clock.Elapsed.TotalSeconds:F0} s: {failures} failures");
        return failures == 0 ? 0 : 1;
    }

    private static int Cases(int seed, int count, int divisor, int workers, int seconds, FaultKind? kind, HostChoice hosts)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        List<CaseOutcome> outcomes = CaseBatch.Run(seed, count, divisor, workers, seconds, kind, hosts, outcome =>
        {
            if (count == 1) Console.WriteLine($"{outcome.Case}\n  {outcome.TookMs} ms, codes {string.Join(' ', outcome.Codes)}, the fault {(outcome.WasTriggered ? "happened" : "did not happen")}");
            foreach ((Violation violation, string text) in outcome.Violations) Console.WriteLine($"{violation}: {text}\n  {outcome.Case}");
        });
        Console.WriteLine(CaseSummary.Of(outcomes, clock.Elapsed));
        return outcomes.TrueForAll(static outcome => outcome.Violations.Count == 0) ? 0 : 1;
    }
}
