using System.Diagnostics;

namespace RunwayFX.Windows.Tests;

/// <summary>What a program said.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    /// <summary>The lines of its output.</summary>
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Everything, for a failure's message.</summary>
    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>Runs programs within a limit of time.</summary>
internal static class Programs
{
    /// <summary>Runs a program to its end. Its output goes through files: what it leaves running (services, an engine) holds pipes open.</summary>
    public static async Task<Outcome> RunAsync(string program, IReadOnlyDictionary<string, string> environment, TimeSpan limit, params string[] arguments)
    {
        string output = Path.Combine(Wine.Folder, $"{Guid.NewGuid():N}.out"), errors = Path.ChangeExtension(output, ".err");
        ProcessStartInfo start = new("/bin/sh", ["-c", "out=$1 err=$2; shift 2; exec \"$@\" >\"$out\" 2>\"$err\" </dev/null", "sh", output, errors, program, .. arguments]);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        using Process process = Process.Start(start)!;
        using CancellationTokenSource time = new(limit);
        try
        {
            await process.WaitForExitAsync(time.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end within {limit}:\n{Read(output)}\n{Read(errors)}");
        }

        return new Outcome(process.ExitCode, Read(output), Read(errors));
    }

    private static string Read(string path) => File.Exists(path) ? File.ReadAllText(path) : "";
}
