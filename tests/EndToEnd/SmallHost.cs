using System.Diagnostics;

namespace RunwayFX.EndToEnd;

/// <summary>Runs the small C host of <c>Native/smallhost.c</c>, compiled once a run: a second opinion that shares no code with OpenFX.NET, in a process
/// of its own.</summary>
internal static class SmallHost
{
    private static readonly Lazy<string> Program = new(Compile);

    /// <summary>What a run said.</summary>
    public sealed record Outcome(int ExitCode, string Output, string Errors);

    /// <summary>Starts the host; the caller reads and waits.</summary>
    public static Process Start(Action<ProcessStartInfo>? prepare, params string[] arguments)
    {
        ProcessStartInfo start = new(Program.Value, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Sandbox.Prepare(start);
        prepare?.Invoke(start);
        return Process.Start(start)!;
    }

    /// <summary>Starts the host with descriptors 0, 1 and 2 closed, as some daemons run.</summary>
    public static Process StartWithoutStreams(params string[] arguments)
    {
        ProcessStartInfo start = new("/bin/sh", ["-c", "exec \"$0\" \"$@\" <&- >&- 2>&-", Program.Value, .. arguments]);
        Sandbox.Prepare(start);
        return Process.Start(start)!;
    }

    /// <summary>Waits for the end of a host.</summary>
    public static async Task<Outcome> FinishAsync(Process process, CancellationToken cancellation)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), errors = process.StandardError.ReadToEndAsync(cancellation);
            await process.WaitForExitAsync(cancellation);
            return new(process.ExitCode, await output, await errors);
        }
    }

    /// <summary>Runs the host to its end.</summary>
    public static Task<Outcome> RunAsync(CancellationToken cancellation, params string[] arguments) => FinishAsync(Start(null, arguments), cancellation);

    private static string Compile()
    {
        string program = Path.Combine(Sandbox.Folder, "smallhost"), source = Path.Combine(AppContext.BaseDirectory, "Native", "smallhost.c");
        foreach (string compiler in new[] { "cc", "clang", "gcc" })
        {
            try
            {
                using Process process = Process.Start(new ProcessStartInfo(compiler, ["-std=gnu11", "-O1", "-Wall", "-Werror", "-o", program, source, "-ldl", "-lpthread"])
                {
                    RedirectStandardError = true,
                })!;
                string errors = process.StandardError.ReadToEnd();
                process.WaitForExit();
                Assert.That(process.ExitCode, Is.Zero, errors);
                return program;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // No such compiler: try the next.
                continue;
            }
        }

        Assert.Ignore("No C compiler (cc, clang or gcc) is installed.");
        return "";
    }
}
