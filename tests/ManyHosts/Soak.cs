using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RunwayFX.Bridge;

namespace RunwayFX.ManyHosts;

/// <summary>The trial: one engine, eight host processes with four render threads each, pictures of all sizes and depths, every result compared.</summary>
internal static class Soak
{
    public const int Hosts = 8, Threads = 4;

    /// <summary>Renders at once, and the memory they may be estimated at together, so that the queue has something to decide: one of the largest
    /// pictures (855 MB as Extend states it) fits, two do not.</summary>
    private const int EngineJobs = 2, EngineMegabytes = 1024;

    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(200);

    public static SoakReport Run(TimeSpan time, CancellationToken cancellation)
    {
        string folder = Directory.CreateTempSubdirectory("rfx-many-").FullName;
        List<Process> processes = [];
        try
        {
            string socket = BridgeEndpoint.At(Path.Combine(folder, "e.sock")).Address;
            Process engine = Start(
                processes, "runwayfx-engine", "serve", "--socket", socket, "--jobs", $"{EngineJobs}", "--memory", $"{EngineMegabytes}", "--idle-seconds", "600");
            using EngineClient client = new(new EngineClientOptions { Endpoint = BridgeEndpoint.At(socket), StartsEngine = false, Limits = SoakHost.Limits });
            while (client.QueryStatus() is null) Wait(TimeSpan.FromMilliseconds(20), engine, cancellation);
            string expected = string.Join(',', SoakJob.All.Select(job => Expected(client, job).ToString(CultureInfo.InvariantCulture)));
            client.ReleaseIdle();
            SoakReport report = new() { Time = time, SlotsPerHostMax = 2 * Threads * 2 * SoakJob.BytesOfAllKinds };
            Process[] hosts = [.. Enumerable.Range(1, Hosts).Select(number => Start(
                processes, "ManyHosts", "host", socket, $"{number}", $"{(long)time.TotalMilliseconds}", $"{Threads}", expected))];
            Task<string>[] said = [.. hosts.Select(host => host.StandardOutput.ReadToEndAsync(cancellation))];
            Task<string>[] errors = [.. hosts.Select(host => host.StandardError.ReadToEndAsync(cancellation))];
            while (hosts.Any(host => !host.HasExited))
            {
                report.Take(ProcFacts.Anonymous(engine.Id), ProcFacts.Segments(engine.Id));
                Wait(SampleEvery, engine, cancellation);
            }

            report.EnginePeakResident = ProcFacts.PeakResident($"{engine.Id}");
            report.Hosts.AddRange(said.Select(text => HostTally.Parse(text.Result.Trim())));
            report.Errors.AddRange(errors.SelectMany(text => text.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
            // The last connections may still be closing.
            for (int attempt = 0; attempt < 100 && ProcFacts.Segments(engine.Id).Segments > 0; attempt++) Wait(TimeSpan.FromMilliseconds(50), engine, cancellation);
            report.SegmentsLeft = ProcFacts.Segments(engine.Id).Segments;
            report.Status = client.QueryStatus();
            client.StopEngine();
            return report;
        }
        finally
        {
            foreach (Process process in processes)
            {
                if (!process.HasExited) process.Kill();
                process.WaitForExit();
                process.Dispose();
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The result with nobody else about.</summary>
    private static ulong Expected(EngineClient client, SoakJob job)
    {
        SoakFrames frames = new(job, -1);
        client.Render(job.Call(isInteractive: false), frames);
        return frames.Result;
    }

    private static Process Start(List<Process> processes, string program, params string[] arguments)
    {
        ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, program), arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        // …/shared/Microsoft.NETCore.App/<version>/ lies three levels below the root.
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        start.Environment[EngineLogFiles.FolderVariable] = Path.GetDirectoryName(arguments.First(Path.IsPathFullyQualified))!;
        Process process = Process.Start(start)!;
        processes.Add(process);
        return process;
    }

    private static void Wait(TimeSpan time, Process engine, CancellationToken cancellation)
    {
        cancellation.WaitHandle.WaitOne(time);
        cancellation.ThrowIfCancellationRequested();
        if (engine.HasExited) throw new InvalidOperationException($"the engine ended with {engine.ExitCode}: {engine.StandardError.ReadToEnd()}");
    }
}
