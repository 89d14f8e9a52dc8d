using System.Diagnostics;

namespace RunwayFX.Cli.Tests.Support;

/// <summary>Runs <c>rfx</c> as a process of its own: for what the runtime reads from the environment once.</summary>
internal static class CliProcess
{
    /// <summary>Runs to the end, with this process's environment but for its proxies, and with what is given.</summary>
    public static CliRun Run(IReadOnlyList<string> arguments, params (string Name, string Value)[] environment)
    {
        string host = Environment.ProcessPath is { } own && Path.GetFileNameWithoutExtension(own) == "dotnet" ? own : "dotnet";
        ProcessStartInfo start = new(host, ["exec", Path.Combine(AppContext.BaseDirectory, "rfx.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(name => name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase)).ToArray()) start.Environment.Remove(name);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CliRun(process.ExitCode, output, error.Result);
    }
}
