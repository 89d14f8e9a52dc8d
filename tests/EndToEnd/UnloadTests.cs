using System.Diagnostics;
using System.Globalization;

namespace RunwayFX.EndToEnd;

/// <summary>Hosts load, describe, render and unload all day long, on threads that come and go, several hosts at once.</summary>
[CancelAfter(240_000)]
public sealed class UnloadTests
{
    private const int Rounds = 100;

    /// <summary>After this round nothing but memory may grow any more.</summary>
    private const int SettledRound = 10;

    private const long GrowthMaxKb = 5 * 1024;

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    [Test]
    public async Task HundredRounds_OnThreadsThatEnd_LeaveNothingBehind(CancellationToken cancellation)
    {
        long before = Sandbox.FramesRendered();
        SmallHost.Outcome outcome = await SmallHost.RunAsync(cancellation, "rounds", $"{Rounds}", Product.LibraryPath);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
        List<(long Rss, int Descriptors, int Threads)> rounds = [.. outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Parse)];
        Assert.That(rounds, Has.Count.EqualTo(Rounds));
        TestContext.Out.WriteLine($"round {SettledRound}: {rounds[SettledRound - 1]}, round {Rounds}: {rounds[^1]}");
        Assert.That(rounds[^1].Rss - rounds[SettledRound - 1].Rss, Is.LessThanOrEqualTo(GrowthMaxKb), "resident memory in kB");
        Assert.That(rounds.Skip(SettledRound).Max(round => round.Descriptors), Is.LessThanOrEqualTo(rounds[SettledRound - 1].Descriptors), "descriptors");
        Assert.That(rounds.Skip(SettledRound).Max(round => round.Threads), Is.LessThanOrEqualTo(rounds[SettledRound - 1].Threads), "threads");
        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(Rounds), "every frame passed the engine");
    }

    [Test]
    public async Task TwoHostStructures_InOneProcess_BothRender_AndOneMayLeave(CancellationToken cancellation)
    {
        long before = Sandbox.FramesRendered();
        SmallHost.Outcome outcome = await SmallHost.RunAsync(cancellation, "hosts", Product.LibraryPath);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(4));
    }

    [Test]
    public async Task FourThreads_EachFrameUnderAHostStructureOfItsOwn_AllRender(CancellationToken cancellation)
    {
        long before = Sandbox.FramesRendered();
        SmallHost.Outcome outcome = await SmallHost.RunAsync(cancellation, "threads", "50", Product.LibraryPath);
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(200));
    }

    [Test]
    public async Task ProcessMayNotMakeMemoryExecutable_RendersAllTheSame(CancellationToken cancellation)
    {
        SmallHost.Outcome outcome = await SmallHost.RunAsync(cancellation, "sealed", "3", Product.LibraryPath);
        if (outcome.ExitCode == 3) Assert.Ignore("This kernel cannot forbid executable memory to a process (prctl PR_SET_MDWE, Linux 6.3).");
        Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
    }

    [Test]
    public async Task HostClosedItsStandardStreams_TheEngineIsStartedAllTheSame(CancellationToken cancellation)
    {
        Sandbox.StopEngine();
        using Process process = SmallHost.StartWithoutStreams("frames", "1", Product.LibraryPath);
        await process.WaitForExitAsync(cancellation);
        Assert.That(process.ExitCode, Is.Zero);
        Assert.That(Sandbox.FramesRendered(), Is.EqualTo(1));
    }

    [Test]
    public async Task TwoProcesses_AtOnce_ShareTheEngine(CancellationToken cancellation)
    {
        long before = Sandbox.FramesRendered();
        Process[] processes = [SmallHost.Start(null, "frames", "20", Product.LibraryPath), SmallHost.Start(null, "frames", "20", Product.LibraryPath)];
        foreach (Process process in processes)
        {
            SmallHost.Outcome outcome = await SmallHost.FinishAsync(process, cancellation);
            Assert.That(outcome.ExitCode, Is.Zero, outcome.Errors);
        }

        Assert.That(Sandbox.FramesRendered() - before, Is.EqualTo(40));
    }

    [Test]
    public async Task EngineMissing_IsSaidPlainly_WithThePlacesLookedAt(CancellationToken cancellation)
    {
        const string missing = "/nowhere/runwayfx-engine";
        DirectoryInfo runtime = Directory.CreateTempSubdirectory("rfx-none-");
        SmallHost.Outcome outcome = await SmallHost.FinishAsync(
            SmallHost.Start(
                start =>
                {
                    start.Environment[Product.EngineVariable] = missing;
                    start.Environment[Bridge.BridgeEndpoint.FolderVariable] = runtime.FullName;
                },
                "frames", "1", Product.LibraryPath),
            cancellation);
        runtime.Delete(recursive: true);
        Assert.That(outcome.ExitCode, Is.EqualTo(1), "the render fails, the host lives");
        Assert.That(outcome.Errors, Does.Contain("render: status 1"), "kOfxStatFailed");
        Assert.That(outcome.Errors, Does.Contain("message ").And.Contain(missing), "the message names where it looked");
    }

    private static (long, int, int) Parse(string line)
    {
        string[] words = line.Split(' ');
        return (long.Parse(words[3], CultureInfo.InvariantCulture), int.Parse(words[5], CultureInfo.InvariantCulture), int.Parse(words[7], CultureInfo.InvariantCulture));
    }
}
