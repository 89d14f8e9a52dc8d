using System.Globalization;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.Benchmarks;

/// <summary>How long does a host that starts wait for the plug-in to describe itself? The small C host of the tests loads the published library, then describes every
/// effect, alone and in each of its contexts, in a process of its own each time, with no engine there. Budget: 20 ms after loading.</summary>
internal sealed class DescribeBench : IBench
{
    private const int Runs = 30;

    /// <inheritdoc/>
    public string Name => "describe";

    /// <inheritdoc/>
    public string Question => "time that describing all effects takes after load, with the engine absent";

    /// <inheritdoc/>
    public IReadOnlyList<BenchRow> Run()
    {
        string folder = Directory.CreateTempSubdirectory("rfx-describe-").FullName;
        try
        {
            string host = Path.Combine(folder, "smallhost"), source = Path.Combine(AppContext.BaseDirectory, "Native", "smallhost.c");
            string? compiled = new[] { "cc", "clang", "gcc" }.FirstOrDefault(compiler =>
                ToolRun.Output(compiler, "-std=gnu11", "-O1", "-o", host, source, "-ldl", "-lpthread") is not null);
            double[][] runs = compiled is null || Library() is not { } library ? [] : [.. Enumerable.Range(0, Runs).Select(_ => Measure(host, library))];
            if (runs.Length == 0) return [new BenchRow("describe.all-effects", double.NaN, "ms", 20)];
            double[] load = [.. runs.Select(static run => run[0]).Order()], describe = [.. runs.Select(static run => run[1]).Order()];
            return
            [
                new("describe.load", load[Runs / 2], "ms"), new("describe.all-effects", describe[Runs / 2], "ms", 20),
                new("describe.all-effects-slowest", describe[^1], "ms", 20), new("describe.threads-started", runs.Max(static run => run[2]), "", 0),
                new("describe.processes-started", runs.Max(static run => run[3]), "", 0),
            ];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Milliseconds to load and to describe, threads and processes started meanwhile.</summary>
    private static double[] Measure(string host, string library)
    {
        string[] words = (ToolRun.Output(host, "describe", library) ?? throw new InvalidOperationException($"'{host} describe {library}' fails"))
            .Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        double After(string word, int place = 1) => double.Parse(words[Array.IndexOf(words, word) + place], CultureInfo.InvariantCulture);
        return [After("load_us") / 1000, After("describe_us") / 1000, After("threads", 2) - After("threads"), After("children")];
    }

    private static string? Library()
    {
        string? engine = Environment.GetEnvironmentVariable(EngineLocator.EngineVariable);
        string architecture = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 ? "Linux-aarch64" : "Linux-x86-64";
        string? library = engine is null
            ? null
            : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(engine)!, "..", "RunwayFX.ofx.bundle", "Contents", architecture, "RunwayFX.ofx"));
        return File.Exists(library) ? library : null;
    }
}
