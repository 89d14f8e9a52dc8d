using System.Collections;

namespace RunwayFX.Bridge;

/// <summary>A started engine, watched until it listens.</summary>
internal abstract class StartedEngine : IDisposable
{
    /// <summary>Whether the engine has ended. Never blocks.</summary>
    public abstract bool HasEnded();

    /// <summary>What it said on its way out; may be empty.</summary>
    public virtual string LastWords => "";

    public abstract void Dispose();
}

/// <summary>Starts the engine program as a process of its own: no terminal, no descriptor, no signal and no variable of the host goes
/// along.</summary>
internal static class EngineLauncher
{
    /// <summary>Tells the server that its standard error is a pipe which its starter closes after the first connection.</summary>
    internal const string DetachedVariable = "RUNWAYFX_DETACHED";

    /// <summary>Keeps the runtime from leaving sockets and pipes with guessable names in the temporary folder.</summary>
    private const string Diagnostics = "DOTNET_EnableDiagnostics=0";

    private static readonly string[] KeptNames =
    [
        "HOME", "PATH", "TMPDIR", "LANG", "USER", "LOGNAME",
        "SystemRoot", "SystemDrive", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "USERNAME",
        // Systems that do not let one page of code be mapped twice (Wine is one) need it off, in every runtime.
        "DOTNET_EnableWriteXorExecute",
    ];

    private static readonly string[] KeptPrefixes = ["XDG_", DotnetLocator.RootVariable, "RUNWAYFX_"];

    /// <summary>Starts <c>PROGRAM serve --socket ADDRESS</c>.</summary>
    /// <exception cref="BridgeException">The system could not start it, or the .NET that it needs is not to be found.</exception>
    public static StartedEngine Start(string program, string address)
    {
        if (OperatingSystem.IsWindows()) return WindowsEngine.Start(program, address);
        return UnixEngine.Start(program, address);
    }

    /// <summary>What of the host's environment the engine gets, and where its runtime is, as NAME=VALUE. The host's own environment stays as it
    /// is.</summary>
    /// <exception cref="BridgeException">The program needs a runtime that is not to be found.</exception>
    public static List<string> Environment(string program)
    {
        DotnetRuntime? runtime = DotnetLocator.RuntimeFor(program);
        var kept = new List<string>();
        foreach (DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
        {
            if (entry.Key is string name && entry.Value is string value && IsKept(name) && !value.Contains('\0')) kept.Add($"{name}={value}");
        }

        kept.RemoveAll(static entry => entry.StartsWith(DetachedVariable + "=", StringComparison.OrdinalIgnoreCase));
        if (runtime is not null)
        {
            kept.RemoveAll(static entry => entry.StartsWith(DotnetLocator.RootVariable, StringComparison.OrdinalIgnoreCase));
            kept.Add($"{DotnetLocator.RootVariable}={runtime.Root}");
        }

        kept.Add(DetachedVariable + "=1");
        kept.Add(Diagnostics);
        kept.Sort(StringComparer.OrdinalIgnoreCase); // Windows wants them sorted.
        return kept;
    }

    private static bool IsKept(string name)
    {
        StringComparison comparison = OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return KeptNames.Any(kept => string.Equals(kept, name, comparison)) || KeptPrefixes.Any(prefix => name.StartsWith(prefix, comparison));
    }
}
