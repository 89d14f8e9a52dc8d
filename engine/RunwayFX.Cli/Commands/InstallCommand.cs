using System.CommandLine;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Cli.Installing;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx install</c>: plug-in and engine into the folder where hosts look.</summary>
internal static class InstallCommand
{
    /// <summary>Builds the command.</summary>
    public static Command Create(CliServices services)
    {
        var uninstall = new Option<bool>("--uninstall") { Description = "Take it out again." };
        var system = new Option<bool>("--system")
        {
            Description = $"Into {Installation.SystemFolder}, for all users (the default where it can be written).",
        };
        var user = new Option<bool>("--user") { Description = "Into the user's own folder; hosts find it through OFX_PLUGIN_PATH." };
        var folder = new Option<string?>("--to") { Description = "Into this folder." };
        var command = new Command("install", "Puts the plug-in, with its engine, where OpenFX hosts look.") { uninstall, system, user, folder };
        command.SetAction(parsed =>
        {
            string target = Target(services, parsed.GetValue(system), parsed.GetValue(user), parsed.GetValue(folder));
            return parsed.GetValue(uninstall) ? Uninstall(services, target) : Install(services, target);
        });
        return command;
    }

    /// <summary>The plug-in folder that is meant.</summary>
    /// <exception cref="CliException">The options contradict each other.</exception>
    internal static string Target(CliServices services, bool system, bool user, string? folder)
    {
        if ((system ? 1 : 0) + (user ? 1 : 0) + (folder is null ? 0 : 1) > 1) throw CliException.Usage(
            "--system, --user and --to exclude each other");
        if (folder is not null) return Path.GetFullPath(folder);
        if (system) return Installation.SystemFolder;
        var installation = new Installation(services.System);
        return !user && services.System.CanWrite(Installation.SystemFolder) ? Installation.SystemFolder : installation.UserFolder;
    }

    private static int Install(CliServices services, string target)
    {
        var installation = new Installation(services.System);
        string bundle = installation.RequireBundle();
        string engine = installation.FindEngine(bundle)
            ?? throw CliException.Missing(
                $"the engine program is missing; looked at {string.Join(", ", EngineLocator.Candidates(bundle))}. Build it with ./rfx build");
        string installed = BundleInstaller.Install(bundle, Path.GetDirectoryName(engine)!, target);
        services.Output.WriteLine(installed);
        if (!IsSearched(services, target))
        {
            string others = services.System.Variable(PluginScanner.PathVariable) is null ? "" : ":$" + PluginScanner.PathVariable;
            services.Error.WriteLine($"hosts find it after: export {PluginScanner.PathVariable}={target}{others}");
        }

        services.Error.WriteLine("restart the host program: plug-ins are looked for when it starts");
        return ExitCode.Success;
    }

    private static int Uninstall(CliServices services, string target)
    {
        string installed = Path.Combine(target, Installation.BundleName);
        services.Output.WriteLine(BundleInstaller.Uninstall(installed) ? $"removed {installed}" : $"{installed} is not there");
        return ExitCode.Success;
    }

    private static bool IsSearched(CliServices services, string target)
    {
        string[] listed = (services.System.Variable(PluginScanner.PathVariable) ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return target == Installation.SystemFolder || listed.Any(folder =>
            Path.TrimEndingDirectorySeparator(folder) == Path.TrimEndingDirectorySeparator(target));
    }
}
