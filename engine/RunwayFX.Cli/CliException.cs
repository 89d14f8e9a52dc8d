using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Inference;
using RunwayFX.Media;

namespace RunwayFX.Cli;

/// <summary>An expected failure of a command: what to tell the user and what to answer to the shell.</summary>
internal sealed class CliException(int exitCode, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>One of <see cref="Cli.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line is wrong.</summary>
    public static CliException Usage(string message) => new(Cli.ExitCode.Usage, message);

    /// <summary>Something must be installed first.</summary>
    public static CliException Missing(string message) => new(Cli.ExitCode.MissingDependency, message);

    /// <summary>The exit code an exception stands for; null for a fault of this program.</summary>
    public static int? CodeOf(Exception exception) => exception switch
    {
        CliException cli => cli.ExitCode,
        OperationCanceledException => Cli.ExitCode.Interrupted,
        HostingException { Code: HostingError.Aborted } => Cli.ExitCode.Interrupted,
        HostingException { Code: HostingError.UnknownName or HostingError.BadValue or HostingError.UnsupportedContext } => Cli.ExitCode.Usage,
        HostingException => Cli.ExitCode.Failed,
        MediaException { Code: MediaError.ToolMissing } => Cli.ExitCode.MissingDependency,
        MediaException => Cli.ExitCode.Failed,
        BridgeException { Code: BridgeError.EngineNotFound } => Cli.ExitCode.MissingDependency,
        BridgeException { Code: BridgeError.Cancelled } => Cli.ExitCode.Interrupted,
        InferenceException { Code: InferenceError.PackageMissing or InferenceError.RuntimeMissing } => Cli.ExitCode.MissingDependency,
        InferenceException => Cli.ExitCode.Failed,
        BridgeException or IOException or UnauthorizedAccessException => Cli.ExitCode.Failed,
        _ => null,
    };
}
