using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RunwayFX.Cli.Systems;

/// <summary>What a program answered.</summary>
/// <param name="ExitCode">Its exit code; negative when it ran past its limit, over 128 when a signal ended it.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record ProgramResult(int ExitCode, string Output, string Error)
{
    /// <summary>Exit code of a program that was ended because it ran past its limit.</summary>
    public const int TimedOut = -1;
}

/// <summary>The machine around the program.</summary>
internal interface ISystem
{
    /// <summary>An environment variable; null where unset or empty.</summary>
    string? Variable(string name);

    /// <summary>The user's home folder; empty where there is none.</summary>
    string Home { get; }

    /// <summary>Folder of this program.</summary>
    string ProgramFolder { get; }

    /// <summary>Whether a file is there.</summary>
    bool FileExists(string path);

    /// <summary>Whether a folder is there.</summary>
    bool FolderExists(string path);

    /// <summary>Folders and files directly in a folder, sorted; empty where it cannot be read.</summary>
    IReadOnlyList<string> Children(string folder);

    /// <summary>Text of a small file; null where it cannot be read.</summary>
    string? ReadText(string path);

    /// <summary>Whether this user may write into a folder, or into the nearest one above it that exists.</summary>
    bool CanWrite(string folder);

    /// <summary>A program on the PATH; null where there is none.</summary>
    string? FindProgram(string name);

    /// <summary>Runs a program without a shell and without input; null where it cannot be started.</summary>
    ProgramResult? Run(string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellation);
}

/// <summary>The real machine.</summary>
internal sealed class LocalSystem : ISystem
{
    private const int TextBytesMax = 1 << 20;

    /// <inheritdoc/>
    public string Home => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <inheritdoc/>
    public string ProgramFolder => AppContext.BaseDirectory;

    /// <inheritdoc/>
    public string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    /// <inheritdoc/>
    public bool FileExists(string path) => File.Exists(path);

    /// <inheritdoc/>
    public bool FolderExists(string path) => Directory.Exists(path);

    /// <inheritdoc/>
    public IReadOnlyList<string> Children(string folder)
    {
        try
        {
            string[] children = Directory.Exists(folder) ? Directory.GetFileSystemEntries(folder) : [];
            Array.Sort(children, StringComparer.Ordinal);
            return children;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <inheritdoc/>
    public string? ReadText(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            byte[] bytes = new byte[TextBytesMax];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public bool CanWrite(string folder)
    {
        string? existing = Path.GetFullPath(folder);
        while (existing is not null && !Directory.Exists(existing)) existing = Path.GetDirectoryName(existing);
        if (existing is null) return false;
        string probe = Path.Combine(existing, $".rfx-{Environment.ProcessId}-{Path.GetRandomFileName()}");
        try
        {
            using (File.Create(probe, 1, FileOptions.DeleteOnClose))
            {
                return true;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public string? FindProgram(string name)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            // A relative entry would be the current folder.
            if (!Path.IsPathFullyQualified(folder)) continue;
            string candidate = Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name);
            if (File.Exists(candidate)) return candidate;
        }

        return null;
    }

    /// <inheritdoc/>
    public ProgramResult? Run(string program, IReadOnlyList<string> arguments, TimeSpan limit, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, UseShellExecute = false, CreateNoWindow = true,
        };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process? process = TryStart(start);
        if (process is null) return null;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(cancellation), error = process.StandardError.ReadToEndAsync(cancellation);
        using CancellationTokenRegistration end = cancellation.Register(() => Kill(process));
        bool ended = process.WaitForExit(limit);
        if (!ended) Kill(process);
        cancellation.ThrowIfCancellationRequested();
        // A grandchild may hold the pipes open: what is there by now is what counts.
        Task.WaitAll(new Task[] { output, error }, ended ? 10_000 : 1_000, cancellation);
        return new ProgramResult(ended ? process.ExitCode : ProgramResult.TimedOut, Text(output), Text(error));
    }

    /// <summary>Puts a variable into the environment that native code sees; .NET keeps its own copy on Unix.</summary>
    public static void SetNativeVariable(string name, string value)
    {
        Environment.SetEnvironmentVariable(name, value);
        if (!OperatingSystem.IsWindows()) _ = NativeMethods.SetEnvironmentVariable(name, value, 1);
    }

    private static string Text(Task<string> task) => task.IsCompletedSuccessfully ? task.Result : "";

    private static Process? TryStart(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            return null;
        }
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            // It ended by itself.
        }
    }
}

/// <summary>C functions of the system.</summary>
internal static partial class NativeMethods
{
    /// <summary>The C library's <c>setenv</c>.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial int SetEnvironmentVariable(string name, string value, int overwrite);

    /// <summary>The C library's <c>geteuid</c>.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial uint EffectiveUserId();
}
