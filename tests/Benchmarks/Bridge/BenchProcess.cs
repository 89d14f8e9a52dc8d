using System.Diagnostics;
using System.Reflection;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>The other end of a bench, in a process of its own: this program, started again. It ends when its input does.</summary>
internal sealed class BenchProcess : IDisposable
{
    /// <summary>First word of the child's command line.</summary>
    public const string Verb = "serve";

    private const string Ready = "ready ";
    private const int EndMs = 5_000;

    private readonly Process _process;
    private readonly string _folder;

    private BenchProcess(Process process, string folder, string address)
    {
        _process = process;
        _folder = folder;
        Address = address;
    }

    /// <summary>Where it listens: what it said after it was ready.</summary>
    public string Address { get; }

    /// <summary>A folder that only this user can enter, removed at the end.</summary>
    public string Folder => _folder;

    /// <summary>Starts the named end and waits until it listens.</summary>
    public static BenchProcess Start(string kind)
    {
        string folder = Directory.CreateTempSubdirectory("rfx-bench-").FullName;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string program = Environment.ProcessPath!, library = Assembly.GetExecutingAssembly().Location;
        var start = new ProcessStartInfo(program) { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet") start.ArgumentList.Add(library);
        foreach (string argument in (string[])[Verb, kind, folder]) start.ArgumentList.Add(argument);
        Process process = Process.Start(start)!;
        string? line = process.StandardOutput.ReadLine();
        while (line is not null && !line.StartsWith(Ready, StringComparison.Ordinal)) line = process.StandardOutput.ReadLine();
        if (line is not null) return new BenchProcess(process, folder, line[Ready.Length..]);
        process.WaitForExit(EndMs);
        throw new InvalidOperationException($"the other end of {kind} did not start");
    }

    /// <summary>The child's side: serves until the input ends.</summary>
    public static int Serve(string kind, string folder)
    {
        if (kind != "bridge") return Alternatives.Serve(kind, folder, Announce);
        string address = Path.Combine(folder, "bench.sock");
        using var server = new BridgeServer(new BenchEngine(), new BridgeServerOptions { Endpoint = BridgeEndpoint.At(address) });
        using var stop = new CancellationTokenSource();
        var serving = new Thread(() => server.Run(stop.Token));
        serving.Start();
        Announce(address);
        AwaitEndOfInput();
        stop.Cancel();
        serving.Join();
        return 0;
    }

    /// <summary>Returns when the parent has closed our input or is gone.</summary>
    public static void AwaitEndOfInput()
    {
        while (Console.In.Read() >= 0)
        {
            // Nothing is ever written.
        }
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(EndMs)) _process.Kill();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Announce(string address)
    {
        Console.Out.WriteLine(Ready + address);
        Console.Out.Flush();
    }
}
