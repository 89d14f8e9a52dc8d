using System.CommandLine;
using RunwayFX.Bridge;
using RunwayFX.Cli.Engines;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx status</c>, <c>rfx log</c> and <c>rfx engine stop</c>: a look at the engine process.</summary>
internal static class EngineCommands
{
    /// <summary>Builds <c>status</c>.</summary>
    public static Command CreateStatus(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("status", "Says how the engine is: sessions, queue, jobs and their times, memory, devices, cache, versions.") { json };
        command.SetAction(parsed =>
        {
            using EngineClient client = Connect(services);
            EngineStatus? status = client.QueryStatus();
            if (parsed.GetValue(json)) JsonLines.WriteDocument(services.Output, StatusText.Document(status));
            else StatusText.Write(services.Output, status);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Builds <c>log</c>.</summary>
    public static Command CreateLog(CliServices services)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until Ctrl-C, also when the engine begins a new file or a new engine starts." };
        var file = new Option<string?>("--file") { Description = "The log to read, where an edited configuration has it elsewhere.", HelpName = "PATH" };
        var job = new Argument<string?>("JOB")
        {
            Description = "Only what concerns a job, by the reference in its message, such as 3f2a-17.", Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("log", "Shows the end of the engine's log; also when no engine runs.") { job, follow, file };
        command.SetAction(parsed => ShowLog(services, parsed.GetValue(job), parsed.GetValue(follow), parsed.GetValue(file)));
        return command;
    }

    /// <summary>Builds <c>engine</c>.</summary>
    public static Command CreateEngine(CliServices services)
    {
        var stop = new Command("stop", "Ends the engine; the next render starts a new one.");
        stop.SetAction(_ =>
        {
            using EngineClient client = Connect(services);
            services.Output.WriteLine(client.StopEngine() ? "the engine has ended" : "no engine was running");
            return ExitCode.Success;
        });
        return new Command("engine", "Controls the engine process.") { stop };
    }

    /// <summary>Builds <c>cache</c>.</summary>
    public static Command CreateCache(CliServices services)
    {
        var clear = new Command("clear", "Forgets all results; the next renders make them anew.");
        clear.SetAction(_ =>
        {
            using EngineClient client = Connect(services, starts: true);
            CacheReply gone = client.ForgetAllKept() ?? throw new CliException(ExitCode.Failed, "no engine answers");
            services.Output.WriteLine(CacheText.Cleared(gone));
            return ExitCode.Success;
        });
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("cache", "Says where results are kept, how much they take and may take; 'clear' forgets them.") { json, clear };
        command.SetAction(parsed =>
        {
            using EngineClient client = Connect(services, starts: true);
            EngineStatus status = client.QueryStatus(startsEngine: true) ?? throw new CliException(ExitCode.Failed, "no engine answers");
            long bytesMax = client.CountAllKept()?.BytesMax ?? 0;
            if (parsed.GetValue(json)) JsonLines.WriteDocument(services.Output, CacheText.Document(status, bytesMax));
            else services.Output.WriteLine(CacheText.Of(status, bytesMax));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>A client that starts no engine by itself.</summary>
    internal static EngineClient Connect(CliServices services, bool starts = false)
    {
        var installation = new Installation(services.System);
        string? bundle = installation.FindBundle();
        return new EngineClient(new EngineClientOptions { BundlePath = bundle, EnginePath = installation.FindEngine(bundle), StartsEngine = starts });
    }

    private static int ShowLog(CliServices services, string? job, bool follow, string? file)
    {
        JobReference? reference = null;
        if (job is not null)
        {
            reference = JobReference.TryParse(job, out JobReference parsed)
                ? parsed
                : throw CliException.Usage($"'{job}' names no job; a message gives its reference, such as 3f2a-17");
        }

        string? Find() => file ?? RunningLog(services) ?? EngineLogFiles.FindLatest(LogFolders(services));
        string path = Find() ?? throw new CliException(
            ExitCode.Failed, $"there is no log yet; looked in {string.Join(", ", LogFolders(services))}. An engine writes it; rfx status says where");
        if (EngineLogFiles.Sequence(path).All(each => !services.System.FileExists(each))) throw new CliException(ExitCode.Failed, $"there is no log '{path}'");
        using var reader = new LogReader(services.Output, path, reference);
        bool isAny = reader.ShowEnd();
        if (!isAny && !follow && reference is { } none) services.Error.WriteLine($"rfx: {path} and the files before it say nothing about job {none}");
        while (follow && !services.Cancellation.WaitHandle.WaitOne(LogReader.Poll)) reader.ShowNew();
        return isAny || reference is null || follow ? ExitCode.Success : ExitCode.Failed;
    }

    private static string? RunningLog(CliServices services)
    {
        try
        {
            using EngineClient client = Connect(services);
            return client.QueryStatus() is { LogPath.Length: > 0 } status ? status.LogPath : null;
        }
        catch (BridgeException e)
        {
            services.Error.WriteLine($"rfx: the engine was not asked where its log is: {e.Message}");
            return null;
        }
    }

    private static string[] LogFolders(CliServices services)
    {
        string? runtime;
        try
        {
            runtime = BridgeEndpoint.Default().Folder;
        }
        catch (BridgeException)
        {
            runtime = null;
        }

        return [.. EngineLogFiles.Folders(services.System.Variable, runtime)];
    }
}
