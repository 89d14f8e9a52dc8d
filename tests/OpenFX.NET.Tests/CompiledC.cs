using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenFX.Tests;

/// <summary>A C file of this project, compiled with the machine's compiler into a library that lives as long as the fixture.</summary>
internal sealed class CompiledC : IDisposable
{
    private const int CompileTimeoutMs = 60_000;
    private readonly string _folder;
    private readonly nint _library;

    private CompiledC(string folder, nint library)
    {
        _folder = folder;
        _library = library;
    }

    /// <summary>Compiles <c>Native/NAME.c</c> as a library; skips the test where there is no C compiler.</summary>
    public static CompiledC Load(string name)
    {
        string folder = Directory.CreateTempSubdirectory("openfx-net-").FullName;
        try
        {
            string library = Path.Combine(folder, "lib" + name + ".so");
            string source = Path.Combine(AppContext.BaseDirectory, "Native", name + ".c");
            Compile(["-O2", "-shared", "-fPIC", "-o", library, source]);
            return new CompiledC(folder, NativeLibrary.Load(library));
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    /// <summary>Compiles <c>Native/NAME.c</c> into a bundle <c>NAME.ofx.bundle</c> below a folder; skips the test where there is no C compiler.</summary>
    /// <returns>The bundle's folder.</returns>
    public static string BuildBundle(string name, string folder)
    {
        string bundle = Path.Combine(folder, name + ".ofx.bundle");
        string binary = Path.Combine(bundle, "Contents", OpenFX.Hosting.PluginScanner.ArchitectureFolders[0], name + ".ofx");
        Directory.CreateDirectory(Path.GetDirectoryName(binary)!);
        Compile(["-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-o", binary, Path.Combine(AppContext.BaseDirectory, "Native", name + ".c")]);
        return bundle;
    }

    /// <summary>Compiles and runs a C program and gives its standard output; skips the test where there is no C compiler.</summary>
    public static string Run(string source, params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("openfx-net-").FullName;
        try
        {
            string program = Path.Combine(folder, "program");
            File.WriteAllText(program + ".c", source);
            Compile([.. options, "-o", program, program + ".c"]);
            return Execute(program, []);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Address of an exported function.</summary>
    public nint Symbol(string name) => NativeLibrary.GetExport(_library, name);

    public void Dispose()
    {
        NativeLibrary.Free(_library);
        Directory.Delete(_folder, recursive: true);
    }

    private static void Compile(string[] arguments)
    {
        if (OperatingSystem.IsWindows()) Assert.Ignore("The C half of this test is compiled with a Unix compiler driver.");
        string? compiler = FindCompiler();
        if (compiler is null) Assert.Ignore("No C compiler (cc, clang or gcc) is on the PATH.");
        else Execute(compiler, arguments);
    }

    private static string? FindCompiler()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return new[] { "cc", "clang", "gcc" }.SelectMany(name => folders.Select(folder => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
    }

    private static string Execute(string program, string[] arguments)
    {
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start) ?? throw new InvalidOperationException(program + " does not start.");
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(CompileTimeoutMs))
        {
            process.Kill();
            Assert.Fail($"{program} takes longer than {CompileTimeoutMs} ms.");
        }

        Assert.That(process.ExitCode, Is.Zero, () => $"{program} {string.Join(' ', arguments)}\n{errors.Result}");
        return output;
    }
}
