using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RunwayFX.Benchmarks;

if (args is [BenchProcess.Verb, string kind, string folder]) return BenchProcess.Serve(kind, folder);
if (args is [StylitExample.Verb, _, _, _]) return StylitExample.Serve(args);
if (args is [StylitExample.CostVerb, _, _]) return StylitExample.ServeCost(args);
string? name = null, json = null, field = null, providers = null, part = null;
string size = "normal";
for (int index = 0; index < args.Length; index++)
{
    if (args[index] == "--json" && index + 1 < args.Length) json = args[++index];
    else if (args[index] == "--dump-field" && index + 1 < args.Length) field = args[++index];
    else if (args[index] == "--providers" && index + 1 < args.Length) providers = args[++index];
    else if (args[index] == "--part" && index + 1 < args.Length) part = args[++index];
    else if (args[index] == "--size" && index + 1 < args.Length) size = args[++index];
    else if (name is null && !args[index].StartsWith('-')) name = args[index];
    else return Refuse($"'{args[index]}' is not understood; write NAME [--json FILE] [--dump-field FILE] [--providers NAMES] [--size small|normal|large] [--part NAME]");
}

IBench[] benches =
[
    new BridgeBench(), new SynthesisBench(field, part), new FlowBench(), new RetimeBench(), new TimeExtensionBench(), new VariationBench(), new StyleVideoBench(part),
    new CompletionBench(), new CancelBench(), new InferenceBench(providers, size), new MemoryBench(),
    new DescribeBench(),
];

if (name is null)
{
    foreach (IBench each in benches) Console.WriteLine($"{each.Name,-12} {each.Question}");
    return 0;
}

IBench[] wanted = name == "all" ? [.. benches.Where(each => !SynthesisBench.Parts.Contains(each.Name))] : [.. benches.Where(each => each.Name == name)];
if (wanted.Length == 0) return Refuse($"there is no bench '{name}'; there are: {string.Join(", ", benches.Select(each => each.Name))}, all");
Console.WriteLine($"machine: {Machine.Describe()}");
BenchRow[] rows = [.. wanted.SelectMany(each => each.Run())];
Console.WriteLine($"{"name",-48} {"value",12} {"unit",-6} {"limit",8} met");
foreach (BenchRow row in rows)
{
    string limit = row.Limit is { } most ? (row.IsFloor ? ">=" : "") + most.ToString("0.##", CultureInfo.InvariantCulture) : "-";
    string met = row.Met switch { true => "yes", false => "NO", null => "-" };
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Name,-48} {row.Value,12:0.000} {row.Unit,-6} {limit,8} {met}"));
}

if (json is not null)
{
    string temporary = $"{json}.{Environment.ProcessId}.tmp";
    File.WriteAllText(temporary, JsonSerializer.Serialize(new { rows },
        new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            WriteIndented = true,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        }));
    File.Move(temporary, json, overwrite: true);
}

return rows.All(row => row.Met != false || !row.Gates) ? 0 : 1;

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return 2;
}
