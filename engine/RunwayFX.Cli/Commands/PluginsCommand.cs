using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using OpenFX.Hosting;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Plugins;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx plugins</c>: lists and describes the OpenFX plug-ins of this machine or of one folder.</summary>
internal static class PluginsCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var path = new Argument<string?>("PATH") { Description = "A bundle or a folder of bundles; without it all places where hosts look.",
            Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "As JSON, with every clip and parameter." };
        var brief = new Option<bool>("--brief") { Description = "One line per plug-in." };
        var command = new Command("plugins", "Lists and describes OpenFX plug-ins; broken ones are reported.") { path, json, brief };
        command.SetAction(parsed => Run(services, parsed.GetValue(path), parsed.GetValue(json), parsed.GetValue(brief)));
        return command;
    }

    /// <summary>Builds the hidden command that looks into one bundle and writes a file.</summary>
    public static Command CreateProbe(CliServices services)
    {
        var bundle = new Argument<string>("BUNDLE");
        var answer = new Argument<string>("FILE");
        var command = new Command(BundleProbe.Command, "Looks into one bundle; used by rfx plugins.") { bundle, answer };
        command.Hidden = true;
        command.SetAction(parsed =>
        {
            services.Cancellation.ThrowIfCancellationRequested();
            File.WriteAllText(parsed.GetRequiredValue(answer), JsonLines.ToDocument(BundleProbe.ProbeHere(parsed.GetRequiredValue(bundle))));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Reports of all bundles in a place, broken ones included.</summary>
    /// <exception cref="CliException">The place does not exist.</exception>
    internal static ImmutableArray<BundleReport> Collect(CliServices services, string? path)
    {
        if (path is not null && !services.System.FolderExists(path) && !services.System.FileExists(path))
            throw new CliException(ExitCode.Failed, $"there is no bundle or folder '{path}'");
        var installation = new Installation(services.System);
        var probe = new BundleProbe(services.System);
        if (path is not null && services.System.FileExists(path)) return [probe.Probe(Path.GetFullPath(path), services.Cancellation)];
        string[] own = installation.FindBundle() is { } bundle ? [bundle] : [];
        PluginScanResult found = PluginScanner.Scan(path is null ? [.. installation.SearchFolders(), .. own] : [Path.GetFullPath(path)]);
        return
        [
            .. found.Bundles.Select(each => probe.Probe(each.Path, services.Cancellation)),
            .. found.Problems.Select(problem => BundleReport.Broken(problem.Path, problem.Reason)),
        ];
    }

    /// <summary>A parameter's range and default on one line.</summary>
    internal static string Describe(ParameterDescription parameter)
    {
        string text = parameter.Kind switch
        {
            HostedParameterKind.Choice => string.Join(" | ", parameter.Options),
            HostedParameterKind.StrChoice => string.Join(" | ", parameter.OptionNames),
            HostedParameterKind.Boolean => "true | false",
            _ when !parameter.Minimum.IsEmpty && !parameter.Maximum.IsEmpty => $"{Numbers(parameter.Minimum)} to {Numbers(parameter.Maximum)}",
            _ => "",
        };
        string standard = parameter.Kind switch
        {
            HostedParameterKind.Choice when parameter.Default is [var index, ..] && index >= 0 && index < parameter.Options.Length =>
                parameter.Options[(int)index],
            HostedParameterKind.Boolean => parameter.Default is [0, ..] ? "false" : "true",
            _ => parameter.Default.IsEmpty ? parameter.DefaultText : Numbers(parameter.Default),
        };
        return standard.Length > 0 ? $"{text}{(text.Length > 0 ? "; " : "")}default {standard}" : text;
    }

    private static int Run(CliServices services, string? path, bool json, bool brief)
    {
        ImmutableArray<BundleReport> bundles = Collect(services, path);
        if (json)
        {
            JsonLines.WriteDocument(services.Output, new { Bundles = bundles });
            return ExitCode.Success;
        }

        if (bundles.IsEmpty) services.Output.WriteLine("no OpenFX bundles found");
        foreach (BundleReport bundle in bundles) Write(services.Output, bundle, brief);
        return ExitCode.Success;
    }

    private static void Write(TextWriter output, BundleReport bundle, bool brief)
    {
        output.WriteLine(bundle.Error is null ? bundle.Path : $"{bundle.Path}\n  broken: {bundle.Error}");
        foreach (PluginReport plugin in bundle.Plugins)
        {
            if (plugin.Description is not { } description)
            {
                output.WriteLine($"  {plugin.Id}\n    broken: {plugin.Error}");
                continue;
            }

            string group = description.Grouping.Length > 0 ? $"  [{description.Grouping}]" : "";
            output.WriteLine($"  {plugin.Id} {string.Join('.', description.Version)}  {description.Label}{group}");
            if (!brief) WriteDetails(output, description, plugin.Richest);
        }
    }

    private static void WriteDetails(TextWriter output, PluginDescription description, ContextDescription? context)
    {
        string contexts = string.Join(", ", description.Contexts), depths = string.Join(", ", description.Depths);
        output.WriteLine($"    contexts {contexts}; depths {depths}; threads {description.ThreadSafety}");
        if (context is null) return;
        foreach (ClipDescription clip in context.Clips)
        {
            string kind = $"{(clip.IsOptional ? " (optional)" : "")}{(clip.IsMask ? " (mask)" : "")}";
            output.WriteLine($"    clip {clip.Name}{kind}: {string.Join(", ", clip.Components)}");
        }

        foreach (ParameterDescription parameter in context.Parameters)
        {
            if (parameter.Kind is HostedParameterKind.Group or HostedParameterKind.Page) continue;
            string range = Describe(parameter) is { Length: > 0 } text ? $", {text}" : "";
            output.WriteLine($"    {parameter.Name}: {parameter.Kind}{range}{(parameter.IsSecret ? " (hidden)" : "")}");
        }
    }

    private static string Numbers(ImmutableArray<double> values) => string.Join(", ", values.Select(value => value switch
    {
        <= double.MinValue => "-∞",
        >= double.MaxValue => "∞",
        _ => value.ToString("0.######", CultureInfo.InvariantCulture),
    }));
}
