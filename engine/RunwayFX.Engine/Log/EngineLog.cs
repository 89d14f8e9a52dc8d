using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;
using RunwayFX.Bridge;

namespace RunwayFX.Engine.Log;

/// <summary>The engine's diary: a rolling file of bounded size and, when asked, the console. Everything that a user may be asked to send.</summary>
/// <remarks>Set up in code: the engine reads no configuration file. Before <see cref="Start"/> and after <see cref="Stop"/> calls do nothing. Thread-safe.</remarks>
internal static class EngineLog
{
    /// <summary>Size at which a file is closed and the next one begun.</summary>
    public const long FileBytesMax = 4L << 20;

    /// <summary>Closed files kept beside the open one.</summary>
    public const int ArchiveFilesMax = 4;

    /// <summary>Longest line; what is beyond it is cut.</summary>
    public const int LineLengthMax = 8192;

    private static Logger _logger = LogManager.CreateNullLogger();

    /// <summary>Opens the log.</summary>
    /// <param name="folder">Where the file lies; null logs to no file.</param>
    /// <param name="fileName">Name without folder, such as <c>engine-0.1.0.log</c>.</param>
    /// <param name="toConsole">Also writes to standard error.</param>
    /// <param name="fileBytesMax">See <see cref="FileBytesMax"/>.</param>
    /// <param name="archiveFilesMax">See <see cref="ArchiveFilesMax"/>.</param>
    /// <returns>Path of the file; null where none is written.</returns>
    public static string? Start(string? folder, string fileName, bool toConsole, long fileBytesMax = FileBytesMax, int archiveFilesMax = ArchiveFilesMax)
    {
        string? path = folder is null ? null : Path.Combine(folder, fileName);
        LoggingConfiguration configuration = new();
        Layout line = $"${{date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.fffZ}} ${{processid}} ${{level:uppercase=true:truncate=5}} "
            + $"${{trim-whitespace:${{message:withException=true:truncate={LineLengthMax}}}}}";
        if (path is not null)
        {
            configuration.AddRule(LogLevel.Debug, LogLevel.Fatal, new FileTarget("file")
            {
                FileName = path,
                Layout = line,
                ArchiveAboveSize = fileBytesMax,
                MaxArchiveFiles = archiveFilesMax,
                KeepFileOpen = true,
                AutoFlush = true,
            });
        }

        if (toConsole) configuration.AddRule(LogLevel.Debug, LogLevel.Fatal, new ConsoleTarget("console") { StdErr = true, Layout = line });
        LogManager.Configuration = configuration;
        _logger = LogManager.GetLogger("engine");
        return path;
    }

    /// <summary>Writes what is pending and closes the file.</summary>
    public static void Stop()
    {
        _logger = LogManager.CreateNullLogger();
        LogManager.Shutdown();
    }

    public static void Info(string message) => _logger.Info("{0}", message);

    public static void Warn(string message) => _logger.Warn("{0}", message);

    /// <summary>Something that no code expects; the stack stands in the log, the host gets a plain sentence.</summary>
    public static void Unexpected(string place, Exception exception) => _logger.Error(exception, "{0}", place);

    /// <summary>A render that could not be done for a reason with a code.</summary>
    public static void Refused(string effect, double time, int code, string message) => _logger.Warn("{0} at {1} refused ({2}): {3}", effect, time, code, message);

    /// <summary>What happens on connections.</summary>
    public static void Bridge(BridgeLogLevel level, string message) => _logger.Log(
        level switch
        {
            BridgeLogLevel.Error => LogLevel.Error,
            BridgeLogLevel.Warning => LogLevel.Warn,
            BridgeLogLevel.Information => LogLevel.Info,
            _ => LogLevel.Debug,
        },
        "{0}", message);

    public static void PictureUnreadable(string path, Exception exception) => _logger.Warn(exception, "picture {0}", path);
}
