using System.Runtime.InteropServices;
using RunwayFX.Bridge;
using RunwayFX.Engine.Jobs;
using RunwayFX.Engine.Log;
using RunwayFX.Engine.Pictures;
using RunwayFX.Engine.Rendering;
using RunwayFX.Engine.Results;
using RunwayFX.Media;

namespace RunwayFX.Engine;

/// <summary>The life of the engine: one per user and build, listens first and does everything else afterwards, ends when idle or told.</summary>
internal static class EngineProcess
{
    /// <summary>Everything went as it should; another engine that serves already is no failure.</summary>
    public const int ExitOk = 0;

    /// <summary>The engine cannot run here; standard error says why.</summary>
    public const int ExitFailed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int ExitUsage = 2;

    /// <summary>The engine's version as people write it.</summary>
    public static string Version => typeof(EngineProcess).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>Runs to the end.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="pipelines">What the engine can do, with a place where results are kept; null where none are.</param>
    /// <returns>The exit code.</returns>
    public static int Run(ReadOnlySpan<string> arguments, Func<ResultStore?, PipelineRegistry> pipelines)
    {
        EngineOptions options;
        try
        {
            options = EngineOptions.Parse(arguments);
        }
        catch (FormatException exception)
        {
            Console.Error.WriteLine($"runwayfx-engine: {exception.Message}\n\n{EngineOptions.Usage}");
            return ExitUsage;
        }

        if (options.ShowVersion || options.ShowHelp)
        {
            Console.WriteLine(options.ShowHelp ? EngineOptions.Usage : $"runwayfx-engine {Version} (protocol {BridgeVersion.Protocol}, build {BridgeVersion.Build})");
            return ExitOk;
        }

        try
        {
            return Serve(options, pipelines);
        }
        catch (BridgeException exception) when (exception.Code is BridgeError.AlreadyRunning)
        {
            return ExitOk;
        }
        catch (BridgeException exception)
        {
            Console.Error.WriteLine($"runwayfx-engine: {exception.Message}");
            return ExitFailed;
        }
    }

    private static int Serve(EngineOptions options, Func<ResultStore?, PipelineRegistry> pipelines)
    {
        PictureCache pictures = new(path => StillReader.Read(path));
        ResultFolder results = ResultFolder.Find(Environment.GetEnvironmentVariable);
        ResultStore? store = results.Folder is null ? null : new ResultStore(results.Folder, results.BytesMax);
        using EngineHandler handler = new(pipelines(store), new JobQueue(options.JobsMax, options.MemoryMax), pictures) { Version = Version, Results = store };
        BridgeEndpoint endpoint = options.Socket is null ? BridgeEndpoint.Default() : BridgeEndpoint.At(options.Socket);
        using BridgeServer server = new(handler, new()
        {
            Endpoint = endpoint,
            IdleExitMs = (int)options.IdleLimit.TotalMilliseconds,
            Log = EngineLog.Bridge,
        });
        using CancellationTokenSource stop = new();
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }

        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        string? folder = LogFolder.Find(Environment.GetEnvironmentVariable, endpoint.Folder);
        string? file = folder is null ? null : Path.Combine(folder, EngineLogFiles.FileName(Version));
        handler.LogPath = file ?? "";
        // Reading a configuration takes longer than a host should wait for its first answer: lines are held until the log is open.
        EngineLog.Hold();
        Thread opening = new(() =>
        {
            string? configuration = LogConfiguration.Find(Environment.GetEnvironmentVariable, AppContext.BaseDirectory);
            handler.LogPath = EngineLog.Start(file, configuration, options.ToConsole) ?? "";
        }) { IsBackground = true, Name = "RunwayFX log" };
        opening.Start();
        EngineLog.Info($"engine {Version}, build {BridgeVersion.Build}, listens at {server.Endpoint.Address}; {options.JobsMax} jobs, {options.MemoryMax >> 20} MB");
        EngineLog.Info(store is null ? $"no results are kept{(results.Complaint is null ? "" : $": {results.Complaint}")}" : $"results are kept in {store.Folder}, up to {store.BytesMax >> 20} MB");
        AppDomain.CurrentDomain.UnhandledException += (_, fault) =>
        {
            if (fault.ExceptionObject is Exception exception) EngineLog.Unexpected("the engine ends", exception);
            EngineLog.Stop();
        };
        try
        {
            server.Run(stop.Token);
            EngineLog.Info(stop.IsCancellationRequested ? "stopped" : "ended: idle or asked to");
            return ExitOk;
        }
        finally
        {
            opening.Join();
            EngineLog.Stop();
        }
    }
}
