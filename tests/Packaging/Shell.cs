using System.Diagnostics;

namespace RunwayFX.Packaging.Tests;

/// <summary>Runs lines of shell with what packaging/package.sh defines, as the launcher does.</summary>
internal static class Shell
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The source tree.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>What the launcher built.</summary>
    public static string Artifacts => Path.Combine(Repository, "artifacts");

    /// <summary>Skips the running test where a program is missing.</summary>
    public static void Require(params string[] programs)
    {
        if (!OperatingSystem.IsLinux()) Assert.Ignore("Packages are made on Linux.");
        foreach (string program in programs)
        {
            if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)))) Assert.Ignore($"needs {program}");
        }
    }

    /// <summary>Skips the running test where something has not been built.</summary>
    public static void RequireBuilt(params string[] paths)
    {
        foreach (string path in paths)
        {
            if (!File.Exists(path)) Assert.Ignore($"{path} is missing: ./rfx test builds it (for Windows with --windows).");
        }
    }

    /// <summary>Runs a script in a folder.</summary>
    /// <returns>Exit code, and everything it said.</returns>
    public static (int Code, string Output) Run(string folder, string script)
    {
        string head = "set -uo pipefail\nROOT=$1 ARTIFACTS=$2\nsay() { printf '%s\\n' \"$*\" >&2; }\ndie() { say \"rfx: $1\"; exit \"${2:-3}\"; }\n. \"$ROOT/packaging/package.sh\"\n";
        ProcessStartInfo start = new("/bin/bash", ["-c", "exec 2>&1\n" + head + script, "bash", Repository, folder])
        {
            RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = folder,
        };
        start.Environment["SOURCE_DATE_EPOCH"] = "1767225600";
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"did not end within {Patience}: {script}");
        }

        return (process.ExitCode, output.Result);
    }

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "RunwayFX.sln"))) folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}

/// <summary>A temporary folder for a test, gone at its end.</summary>
public abstract class InFolder
{
    /// <summary>Where the test's files lie.</summary>
    protected string Folder { get; private set; } = "";

    /// <summary>Makes the folder.</summary>
    [SetUp]
    public void MakeFolder() => Folder = Directory.CreateTempSubdirectory("rfx-packaging-").FullName;

    /// <summary>Takes it away.</summary>
    [TearDown]
    public void RemoveFolder() => Directory.Delete(Folder, recursive: true);

    /// <summary>Writes a file and the folders above it.</summary>
    protected string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>Runs a script that must succeed.</summary>
    protected string Run(string script)
    {
        (int code, string output) = Shell.Run(Folder, script);
        Assert.That(code, Is.Zero, output);
        return output;
    }
}
