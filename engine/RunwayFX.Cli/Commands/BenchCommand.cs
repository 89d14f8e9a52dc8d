using System.CommandLine;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx bench</c>: starts the benchmark program of the source tree.</summary>
internal static class BenchCommand
{
    /// <summary>Names the benchmark program.</summary>
    public const string Variable = "RUNWAYFX_BENCHMARKS";

    /// <summary>Longest a benchmark may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var name = new Argument<string?>("NAME") { Description = "Benchmark to run; without it the names are listed.",
            Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<string?>("--json") { Description = "Write the rows to a file as JSON too." };
        var field = new Option<string?>("--dump-field") { Description = "Write the match field of the synthesis bench to a file, with the picture beside it as PNG:"
            + " little-endian int32 (x, y) for each target pixel in scan-line order." };
        var providers = new Option<string?>("--providers") { Description = "What the inference bench measures, separated by commas (cpu, cuda, tensorrt, directml,"
            + " coreml, webgpu); without it everything that works here." };
        var size = new Option<string?>("--size") { Description = "Network of the inference bench: small, normal, or large (Stable Diffusion's width: for graphics devices)." };
        var part = new Option<string?>("--part") { Description = "Only a part of the bench: of synthesis stylit, cost, style-video, completion or variation;"
            + " of style-video picture, draft, keyframe or two-keyframes." };
        var command = new Command("bench", "Measures. Rows: name, value, unit, limit, met.") { name, json, field, providers, size, part };
        command.SetAction(parsed => Run(services, parsed.GetValue(name), parsed.GetValue(json), parsed.GetValue(field),
            [.. Passed("--part", parsed.GetValue(part)), .. Passed("--providers", parsed.GetValue(providers)), .. Passed("--size", parsed.GetValue(size))]));
        return command;
    }

    private static string[] Passed(string option, string? value) => value is null ? [] : [option, value];

    private static int Run(CliServices services, string? name, string? json, string? field, string[] more)
    {
        string program = services.System.Variable(Variable)
            ?? Path.GetFullPath(Path.Combine(services.System.ProgramFolder, "..", "benchmarks", OperatingSystem.IsWindows()
                ? "RunwayFX.Benchmarks.exe" : "RunwayFX.Benchmarks"));
        if (!services.System.FileExists(program)) throw CliException.Missing(
            $"the benchmark program '{program}' is missing; ./rfx bench builds it in a source tree");
        List<string> arguments = [.. name is null ? [] : new[] { name }, .. File("--json", json), .. File("--dump-field", field), .. more];
        ProgramResult result = services.System.Run(program, arguments, Limit, services.Cancellation)
            ?? throw CliException.Missing($"the benchmark program '{program}' cannot be started");
        services.Output.Write(result.Output);
        services.Error.Write(result.Error);
        return result.ExitCode is >= 0 and <= ExitCode.MissingDependency ? result.ExitCode : ExitCode.Failed;

        static string[] File(string option, string? path) => path is null ? [] : [option, Path.GetFullPath(path)];
    }
}
