using System.CommandLine;
using System.Globalization;
using System.Text;
using RunwayFX.Bridge;
using RunwayFX.Cli.Output;
using RunwayFX.Cli.Systems;

namespace RunwayFX.Cli.Commands;

/// <summary><c>rfx status</c>, <c>rfx log</c> and <c>rfx engine stop</c>: a look at the engine process.</summary>
internal static class EngineCommands
{
    /// <summary>Bytes of the log shown at first.</summary>
    private const int TailBytes = 16 * 1024;

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(250);

    /// <summary>Builds <c>status</c>.</summary>
    public static Command CreateStatus(CliServices services)
    {
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var command = new Command("status", "Says how the engine is: what it runs, what it holds.") { json };
        command.SetAction(parsed =>
        {
            using EngineClient client = Connect(services);
            EngineStatus? status = client.QueryStatus();
            if (parsed.GetValue(json)) JsonLines.WriteDocument(services.Output, new { Running = status is not null, Engine = status });
            else if (status is null) services.Output.WriteLine("no engine is running; the next render starts one");
            else Write(services.Output, status);
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Builds <c>log</c>.</summary>
    public static Command CreateLog(CliServices services)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on until Ctrl-C." };
        var command = new Command("log", "Shows the end of the engine's log.") { follow };
        command.SetAction(parsed => ShowLog(services, parsed.GetValue(follow)));
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

    /// <summary>A client that starts no engine by itself.</summary>
    internal static EngineClient Connect(CliServices services, bool starts = false)
    {
        var installation = new Installation(services.System);
        string? bundle = installation.FindBundle();
        return new EngineClient(new EngineClientOptions { BundlePath = bundle, EnginePath = installation.FindEngine(bundle), StartsEngine = starts });
    }

    private static void Write(TextWriter output, EngineStatus status)
    {
        string uptime = PlainReporter.Text(TimeSpan.FromMilliseconds(status.UptimeMs));
        output.WriteLine($"engine {status.Version}, build {status.Build}, process {status.ProcessId}, up {uptime}");
        output.WriteLine($"  {status.Connections} connections, {status.Sessions} sessions, {status.JobsRunning} jobs running");
        output.WriteLine($"  {status.FramesRendered} frames rendered, {status.FramesFailed} failed");
        string place = status.CachePath.Length > 0 ? $", {status.CachePath}" : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  cache: {status.CacheEntries} entries, {status.CacheBytes / (1024.0 * 1024):0.0} MiB, {status.CacheHits} hits{place}"));
        if (status.LogPath.Length > 0) output.WriteLine($"  log: {status.LogPath}");
        foreach (string device in status.Devices) output.WriteLine($"  device: {device}");
    }

    private static int ShowLog(CliServices services, bool follow)
    {
        string path;
        using (EngineClient client = Connect(services))
        {
            path = client.QueryStatus()?.LogPath ?? "";
        }

        if (path.Length == 0) throw new CliException(ExitCode.Failed, "no engine is running, or it writes no log; rfx status says more");
        if (!services.System.FileExists(path)) throw new CliException(ExitCode.Failed, $"the log '{path}' is not there yet");
        long position = Math.Max(0, new FileInfo(path).Length - TailBytes);
        bool isCut = position > 0;
        do
        {
            position = Print(services.Output, path, position, ref isCut);
        }
        while (follow && !services.Cancellation.WaitHandle.WaitOne(_poll));
        return ExitCode.Success;
    }

    /// <summary>Prints what is new; a file that became shorter was started anew.</summary>
    private static long Print(TextWriter output, string path, long position, ref bool isCut)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        if (file.Length < position) position = 0;
        file.Position = position;
        using var reader = new StreamReader(file, Encoding.UTF8);
        string text = reader.ReadToEnd();
        // The first piece may begin in the middle of a line.
        if (isCut && text.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0) text = text[(end + 1)..];
        isCut = false;
        output.Write(text);
        return file.Position;
    }
}
