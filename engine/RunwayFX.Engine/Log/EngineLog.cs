using System.Globalization;
using NLog;
using NLog.Config;
using NLog.Targets;
using RunwayFX.Bridge;

namespace RunwayFX.Engine.Log;

/// <summary>The engine's diary: a rolling file of bounded size and, when asked, the console. Everything that a user may be asked to send.</summary>
/// <remarks>What is written where can be changed by a file (<see cref="LogConfiguration"/>). Before <see cref="Start"/> and after <see cref="Stop"/> calls do
/// nothing, and none ever throws: a log that cannot be written costs no render. A line about a job holds its reference, so that <c>rfx log</c> can pick
/// it. Thread-safe.</remarks>
internal static class EngineLog
{
    /// <summary>Lines held before the log is open; further ones are lost.</summary>
    public const int HeldMax = 256;

    private static readonly Lock Gate = new();
    private static Logger _logger = LogManager.CreateNullLogger();
    private static Queue<LogEventInfo>? _held;

    /// <summary>Keeps lines until <see cref="Start"/> has opened the log.</summary>
    public static void Hold()
    {
        lock (Gate) _held ??= new Queue<LogEventInfo>();
    }

    /// <summary>Opens the log.</summary>
    /// <param name="path">The file; null logs to no file.</param>
    /// <param name="configurationFile">What to log where; null, or one that cannot be used, takes <see cref="LogConfiguration.BuiltIn"/>.</param>
    /// <param name="toConsole">Also writes to standard error.</param>
    /// <returns>Path of the file that is written; null where none is.</returns>
    public static string? Start(string? path, string? configurationFile = null, bool toConsole = false)
    {
        GlobalDiagnosticsContext.Set(LogConfiguration.PathItem, path ?? "");
        (LoggingConfiguration? configuration, string? problem) = configurationFile is null ? (null, null) : LogConfiguration.Read(configurationFile);
        string? written = Use(configuration ?? LogConfiguration.BuiltIn(path), toConsole);
        if (problem is not null) Warn($"the log configuration cannot be used, the built-in one is: {problem}");
        else if (configurationFile is not null) Debug($"log configuration {configurationFile}");
        return written;
    }

    /// <summary>Opens the log with a configuration.</summary>
    /// <returns>Path of the file that is written; null where none is.</returns>
    public static string? Use(LoggingConfiguration configuration, bool toConsole = false)
    {
        if (toConsole)
        {
            configuration.AddRule(LogLevel.Debug, LogLevel.Fatal, new ConsoleTarget("console") { StdErr = true, Layout = LogConfiguration.Line });
        }

        LogManager.Configuration = configuration;
        lock (Gate)
        {
            _logger = LogManager.GetLogger("engine");
            while (_held is not null && _held.TryDequeue(out LogEventInfo? entry)) Put(_logger, entry);
            _held = null;
        }

        return LogConfiguration.PathOf(configuration);
    }

    /// <summary>Writes what is pending and closes the file.</summary>
    public static void Stop()
    {
        _logger = LogManager.CreateNullLogger();
        LogManager.Shutdown();
    }

    public static void Debug(string message, JobReference? job = null) => Write(LogLevel.Debug, message, job);

    public static void Info(string message, JobReference? job = null) => Write(LogLevel.Info, message, job);

    public static void Warn(string message, JobReference? job = null) => Write(LogLevel.Warn, message, job);

    /// <summary>Something that no code expects; the stack stands in the log, the host gets a plain sentence.</summary>
    public static void Unexpected(string place, Exception exception, JobReference? job = null) => Write(LogLevel.Error, place, job, exception);

    /// <summary>What happens on connections.</summary>
    public static void Bridge(BridgeLogLevel level, string message) => Write(
        level switch
        {
            BridgeLogLevel.Error => LogLevel.Error,
            BridgeLogLevel.Warning => LogLevel.Warn,
            BridgeLogLevel.Information => LogLevel.Info,
            _ => LogLevel.Debug,
        },
        message, null);

    public static void PictureUnreadable(string path, Exception exception) => Write(LogLevel.Warn, $"picture {path}", null, exception);

    private static void Write(LogLevel level, string message, JobReference? job, Exception? exception = null)
    {
        Logger logger = _logger;
        if (!logger.IsEnabled(level) && _held is null) return;
        LogEventInfo entry = new(level, "engine", CultureInfo.InvariantCulture, "{0}", [message], exception);
        if (job is { } reference)
        {
            entry.Properties["job"] = reference.ToString();
            entry.Properties["tag"] = $"[{reference}] ";
        }

        if (_held is not null)
        {
            lock (Gate)
            {
                if (_held is { Count: < HeldMax }) _held.Enqueue(entry);
                if (_held is not null) return;
                logger = _logger;
            }
        }

        Put(logger, entry);
    }

    private static void Put(Logger logger, LogEventInfo entry)
    {
        try
        {
            logger.Log(entry);
        }
#pragma warning disable CA1031 // A configuration may ask NLog to throw: a line that cannot be written is no reason to lose a render.
        catch (Exception)
        {
            // There is no other place to say so.
        }
#pragma warning restore CA1031
    }
}
