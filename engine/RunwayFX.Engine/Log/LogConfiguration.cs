using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;

namespace RunwayFX.Engine.Log;

/// <summary>What is logged where: a file that users may edit, else the same in code.</summary>
internal static class LogConfiguration
{
    /// <summary>Names a configuration file; absolute path.</summary>
    public const string FileVariable = "RUNWAYFX_LOG_CONFIG";

    /// <summary>Name of the file in the user's configuration folder and beside the engine.</summary>
    public const string FileName = "nlog.config";

    /// <summary>Size at which a file is closed and the next one begun.</summary>
    public const long FileBytesMax = 4L << 20;

    /// <summary>Closed files kept beside the open one.</summary>
    public const int ArchiveFilesMax = 4;

    /// <summary>Longest line; what is beyond it is cut.</summary>
    public const int LineLengthMax = 8192;

    /// <summary>Name under which a configuration file finds the path of the log file: <c>${gdc:item=log-file}</c>.</summary>
    public const string PathItem = "log-file";

    /// <summary>Name of the target whose file <c>rfx log</c> shows.</summary>
    public const string FileTargetName = "file";

    /// <summary>The layout of a line.</summary>
    public static Layout Line { get; } =
        "${date:universalTime=true:format=yyyy-MM-ddTHH\\:mm\\:ss.fffZ} ${processid} ${level:uppercase=true:truncate=5} ${event-properties:item=tag}"
        + $"${{trim-whitespace:${{message:withException=true:truncate={LineLengthMax}}}}}";

    /// <summary>The file to read: <see cref="FileVariable"/>, then <c>$XDG_CONFIG_HOME/runwayfx/nlog.config</c> (<c>~/.config</c> without it), then the one
    /// beside the engine; null where there is none.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="programFolder">Where the engine lies.</param>
    public static string? Find(Func<string, string?> environment, string programFolder)
    {
        string? named = environment(FileVariable);
        if (!string.IsNullOrEmpty(named) && Path.IsPathFullyQualified(named)) return named; // Where it is missing, the log says so.
        string? home = environment("HOME");
        string?[] roots = [environment("XDG_CONFIG_HOME"), string.IsNullOrEmpty(home) ? null : Path.Combine(home, ".config"), environment("APPDATA")];
        IEnumerable<string> places = roots.Where(root => !string.IsNullOrEmpty(root) && Path.IsPathFullyQualified(root))
            .Select(root => Path.Combine(root!, "runwayfx", FileName));
        return places.Append(Path.Combine(programFolder, FileName)).FirstOrDefault(File.Exists);
    }

    /// <summary>Reads a configuration file.</summary>
    /// <returns>Null, and why, where it is unusable.</returns>
    public static (LoggingConfiguration? Configuration, string? Problem) Read(string file)
    {
        try
        {
            if (!File.Exists(file)) return (null, $"there is no file {file}");
            LogManager.ThrowConfigExceptions = true;
            XmlLoggingConfiguration configuration = new(file);
            return configuration.AllTargets.Count > 0 ? (configuration, null) : (null, $"{file} names no target");
        }
#pragma warning disable CA1031 // A user's file: whatever is wrong with it, the engine runs.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return (null, $"{exception.Message} {exception.InnerException?.Message}".Trim());
        }
        finally
        {
            (LogManager.ThrowConfigExceptions, LogManager.ThrowExceptions) = (false, false);
        }
    }

    /// <summary>The configuration in code.</summary>
    /// <param name="path">The log file; null for none.</param>
    /// <param name="fileBytesMax">See <see cref="FileBytesMax"/>.</param>
    /// <param name="archiveFilesMax">See <see cref="ArchiveFilesMax"/>.</param>
    public static LoggingConfiguration BuiltIn(string? path, long fileBytesMax = FileBytesMax, int archiveFilesMax = ArchiveFilesMax)
    {
        LoggingConfiguration configuration = new();
        if (path is null) return configuration;
        configuration.AddRule(LogLevel.Debug, LogLevel.Fatal, new FileTarget(FileTargetName)
        {
            FileName = path,
            ArchiveFileName = path, // Full files are set aside: the one in use keeps its name.
            Layout = Line,
            ArchiveAboveSize = fileBytesMax,
            MaxArchiveFiles = archiveFilesMax,
            KeepFileOpen = true,
            AutoFlush = true,
        });
        return configuration;
    }

    /// <summary>The file that a configuration writes to; null where it writes to none.</summary>
    public static string? PathOf(LoggingConfiguration configuration)
    {
        FileTarget? target = configuration.FindTargetByName<FileTarget>(FileTargetName) ?? configuration.AllTargets.OfType<FileTarget>().FirstOrDefault();
        string? name = target?.FileName.Render(LogEventInfo.CreateNullEvent());
        return string.IsNullOrEmpty(name) ? null : Path.GetFullPath(name);
    }
}
