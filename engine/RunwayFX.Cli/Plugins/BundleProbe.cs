using System.Collections.Immutable;
using System.Text.Json;
using OpenFX.Hosting;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Plugins;

/// <summary>Looks into bundles. Foreign code runs in a process of its own, so that a crash is a line in the report and not the end of the
/// program.</summary>
internal sealed class BundleProbe(ISystem system)
{
    /// <summary>Name of the hidden command that looks into one bundle.</summary>
    public const string Command = "probe-bundle";

    /// <summary>Time a bundle may take to describe itself.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>Looks into a bundle in a process of its own.</summary>
    public BundleReport Probe(string bundle, CancellationToken cancellation)
    {
        string answer = Path.Combine(Path.GetTempPath(), $"rfx-probe-{Environment.ProcessId}-{Path.GetRandomFileName()}.json");
        try
        {
            (string program, string[] prefix) = Self();
            ProgramResult? result = system.Run(program, [.. prefix, Command, bundle, answer], Limit, cancellation);
            if (result is null) return BundleReport.Broken(bundle, $"the program '{program}' cannot be started to look into it");
            if (result.ExitCode == ProgramResult.TimedOut) return BundleReport.Broken(bundle,
                $"it did not describe itself within {Limit.TotalSeconds} s");
            string? text = system.ReadText(answer);
            if (text is null || result.ExitCode != ExitCode.Success) return BundleReport.Broken(bundle, Death(result));
            return JsonLines.Read<BundleReport>(text) ?? BundleReport.Broken(bundle, "looking into it gave no answer");
        }
        catch (JsonException e)
        {
            return BundleReport.Broken(bundle, $"looking into it gave an unreadable answer: {e.Message}");
        }
        finally
        {
            File.Delete(answer);
        }
    }

    /// <summary>Looks into a bundle in this process.</summary>
    public static BundleReport ProbeHere(string bundle)
    {
        try
        {
            using PluginLibrary library = PluginLibrary.Load(bundle);
            return new BundleReport(bundle, null, [.. library.Plugins.Select(Describe)]);
        }
        catch (HostingException e)
        {
            return BundleReport.Broken(bundle, OneLine(e.Message));
        }
    }

    /// <summary>A message of the system's loader without its line breaks.</summary>
    private static string OneLine(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private static PluginReport Describe(HostedPlugin plugin)
    {
        try
        {
            PluginDescription description = plugin.Describe();
            ImmutableArray<ContextDescription> contexts = [.. description.Contexts.Select(plugin.DescribeInContext)];
            return new PluginReport(plugin.Identifier, null, description, contexts);
        }
        catch (HostingException e)
        {
            return new PluginReport(plugin.Identifier, e.Message, null, []);
        }
    }

    private static string Death(ProgramResult result)
    {
        string said = result.Error.Trim().Split('\n')[^1].Trim();
        string how = result.ExitCode > 128 ? $"it crashed (signal {result.ExitCode - 128})" : $"looking into it failed (exit code {result.ExitCode})";
        return said.Length > 0 ? $"{how}: {said}" : how;
    }

    /// <summary>This very program: its own executable, or dotnet with its library.</summary>
    private static (string Program, string[] Prefix) Self()
    {
        string process = Environment.ProcessPath ?? "rfx";
        bool isDotnet = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase);
        string own = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "rfx.exe" : "rfx");
        if (!isDotnet) return Path.GetFileNameWithoutExtension(process) == "rfx" ? (process, []) : (own, []);
        return (process, [Path.Combine(AppContext.BaseDirectory, "rfx.dll")]);
    }
}
