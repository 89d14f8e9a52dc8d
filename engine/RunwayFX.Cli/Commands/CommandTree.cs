using System.CommandLine;
using System.CommandLine.Invocation;
using RunwayFX.Media;

namespace RunwayFX.Cli.Commands;

/// <summary>All commands of <c>rfx</c>, and what happens around each of them: errors become a line and an exit code.</summary>
internal static class CommandTree
{
    /// <summary>Builds the tree.</summary>
    public static RootCommand Create(CliServices services)
    {
        var root = new RootCommand(
            "RunwayFX on the command line: renders movies and picture sequences through OpenFX effects, "
            + "and looks after plug-in and engine.\n\n" + ExitCode.Table)
        {
            RenderCommand.Create(services),
            DemoCommand.Create(services),
            PluginsCommand.Create(services),
            PluginsCommand.CreateProbe(services),
            DoctorCommand.Create(services),
            InstallCommand.Create(services),
            EngineCommands.CreateStatus(services),
            EngineCommands.CreateLog(services),
            EngineCommands.CreateCache(services),
            PreviewCommand.Create(services),
            EngineCommands.CreateEngine(services),
            ModelsCommand.Create(services),
            BenchCommand.Create(services),
        };
        foreach (Command command in LauncherCommands()) root.Add(command);
        return root;
    }

    /// <summary>Parses and runs.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static int Run(IReadOnlyList<string> arguments, CliServices services)
    {
        ParseResult parsed = Create(services).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            // Where a word was not understood, that a command is missing only follows from it.
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors.Where(error => parsed.Errors.Count == 1
                || !error.Message.StartsWith("Required command", StringComparison.Ordinal)))
                services.Error.WriteLine($"rfx: {error.Message}");
            services.Error.WriteLine($"rfx: see rfx {string.Join(' ', PathOf(parsed.CommandResult))}--help");
            return ExitCode.Usage;
        }

        return Guard(services, () => parsed.Invoke(new InvocationConfiguration
        {
            Output = services.Output, Error = services.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null,
        }));
    }

    /// <summary>Runs work; a failure becomes a message for people and an exit code.</summary>
    /// <param name="services">Where messages go.</param>
    /// <param name="work">The work; returns an exit code.</param>
    /// <param name="failed">Told about a failure before it is written, with its exit code; for <c>--json</c>.</param>
    public static int Guard(CliServices services, Func<int> work, Action<Exception, int>? failed = null)
    {
        try
        {
            return work();
        }
#pragma warning disable CA1031 // The outermost frame of a program: a fault must become a message and an exit code, not a crash report.
        catch (Exception e)
        {
            int? known = services.Cancellation.IsCancellationRequested ? ExitCode.Interrupted : CliException.CodeOf(e);
            int code = known ?? ExitCode.Failed;
            failed?.Invoke(e, code);
            services.Error.WriteLine(code == ExitCode.Interrupted ? "rfx: interrupted" : $"rfx: {e.Message}{HintFor(e)}");
            if (known is null) services.Error.WriteLine(e.ToString());
            return code;
        }
#pragma warning restore CA1031
    }

    /// <summary>The option that answers a failure, where there is one.</summary>
    private static string HintFor(Exception failure) => failure is MediaException { Code: MediaError.WouldLose } ? " (--allow-loss)" : "";

    /// <summary>Commands that the launcher script answers itself; here so that help lists them and a wrong place is explained.</summary>
    private static IEnumerable<Command> LauncherCommands()
    {
        Command test = new("test", "Builds everything and runs the tests (of the source tree, through ./rfx).")
        {
            new Option<bool>("--all") { Description = "Run the slow tests too." },
            new Argument<string?>("FILTER") { Description = "Run the tests whose full name contains this.", Arity = ArgumentArity.ZeroOrOne },
        };
        Command build = new("build", "Builds plug-in, engine and command line (of the source tree, through ./rfx).");
        Command package = new("package", "Builds the product's packages (of the source tree, through ./rfx).")
        {
            new Option<string>("--rid") { Description = "The system: linux-x64 or win-x64." },
            new Option<bool>("--verify") { Description = "Open every package and check it." },
        };
        foreach (Command command in new[] { test, build, package })
        {
            command.SetAction(int (ParseResult _) => throw CliException.Usage(
                $"'{command.Name}' works in a source tree: run ./rfx {command.Name} there"));
            yield return command;
        }
    }

    private static IEnumerable<string> PathOf(System.CommandLine.Parsing.CommandResult? result)
    {
        var names = new Stack<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is System.CommandLine.Parsing.CommandResult command; at = at.Parent)
        {
            if (command.Command is not RootCommand) names.Push(command.Command.Name);
        }

        return names.Count == 0 ? [] : [.. names, ""];
    }
}
