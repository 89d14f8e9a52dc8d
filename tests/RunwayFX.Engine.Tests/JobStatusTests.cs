using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Jobs;
using RunwayFX.Engine.Log;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests;

/// <summary>What the engine tells about its jobs: in the status, with the result, in the log.</summary>
[NonParallelizable]
[CancelAfter(30_000)]
public sealed class JobStatusTests
{
    private static readonly FrameDescription Small = EngineRig.Picture();

    private readonly TemporaryFolder _folder = new();

    [TearDown]
    public void CloseLog() => EngineLog.Stop();

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    private static JobStatus Single(EngineRig rig) => rig.Client.QueryStatus()!.Jobs.Single();

    private static Task<RenderOutcome> RenderAside(EngineRig rig, RenderCall call, FakeHost host) => Task.Factory.StartNew(
        () => rig.Client.Render(call, host), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static async Task<EngineStatus> Until(EngineRig rig, Func<EngineStatus, bool> condition, CancellationToken cancellation)
    {
        EngineStatus status;
        while (!condition(status = rig.Client.QueryStatus()!)) await Task.Delay(5, cancellation);
        return status;
    }

    [Test]
    public void Done_HasItsReferenceAndTimesThatAddUp(CancellationToken cancellation)
    {
        const int hostMs = 60, computeMs = 20;
        using EngineRig rig = new((job, frames, _, _, _) =>
        {
            frames.TryFetch(0, job.Time + 1, out _);
            cancellation.WaitHandle.WaitOne(computeMs);
            return FakePipeline.Neutral(job, frames, null!, null!, cancellation);
        });
        FakeHost host = new()
        {
            Picture = (_, time) =>
            {
                if (time > 7) cancellation.WaitHandle.WaitOne(hostMs);
                return (Small, new byte[Small.Width * Small.Height * 4]);
            },
        };
        RenderOutcome outcome = rig.Client.Render(EngineRig.Call(Small) with { HostName = "Resolve" }, host);
        JobTimings times = outcome.Timings;
        // Less than the host took where the engine's thread came late to its waiting.
        Assert.That(times.FetchMicroseconds, Is.InRange(hostMs * 1000 / 2, times.TransferMicroseconds));
        Assert.That(times.ComputeMicroseconds, Is.InRange((computeMs - 5) * 1000, times.TotalMicroseconds));
        Assert.That(times.WaitMicroseconds + times.TransferMicroseconds + times.ComputeMicroseconds, Is.EqualTo(times.TotalMicroseconds));

        EngineStatus status = rig.Client.QueryStatus()!;
        JobStatus job = status.Jobs.Single();
        Assert.That((job.Reference, job.State, job.Code), Is.EqualTo((outcome.Reference, JobState.Done, BridgeError.None)));
        Assert.That((job.EffectWireId, job.Width, job.Height, job.Time), Is.EqualTo((EffectCatalog.Style.WireId, Small.Width, Small.Height, 7.0)));
        Assert.That(job.Timings.ComputeMicroseconds, Is.GreaterThanOrEqualTo((computeMs - 5) * 1000));
        SessionStatus session = status.OpenSessions.Single();
        Assert.That(
            (session.Connection, session.EffectWireId, session.ProcessId, session.HostName),
            Is.EqualTo((job.Connection, job.EffectWireId, Environment.ProcessId, "Resolve")));
        Assert.That((status.Queue.Places, status.Queue.MemoryMax, status.Runtime), Is.EqualTo((2, 1L << 30, System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription)));
        Assert.That(status.Memory.Resident, Is.GreaterThan(1 << 20));
        Assert.That((status.Memory.Segments, status.Memory.Attached > 0), Is.EqualTo((3, true)), "source, answer and result");
    }

    [Test]
    public async Task WaitingAndRunning_AreToldApart(CancellationToken cancellation)
    {
        using ManualResetEventSlim go = new();
        using EngineRig rig = new(
            (job, frames, _, _, stop) =>
            {
                go.Wait(stop);
                return FakePipeline.Neutral(job, frames, null!, null!, stop);
            },
            jobs: 1);
        Task<RenderOutcome> first = RenderAside(rig, EngineRig.Call(Small), EngineRig.Host(Small));
        await Until(rig, status => status.Queue.Running == 1, cancellation);
        Task<RenderOutcome> second = RenderAside(rig, EngineRig.Call(Small) with { Time = 8 }, EngineRig.Host(Small));
        EngineStatus both = await Until(rig, status => status.Queue.WaitingFinal == 1, cancellation);
        Assert.That(both.Jobs.Select(job => (job.Time, job.State)), Is.EqualTo(new[] { (7.0, JobState.Running), (8.0, JobState.Waiting) }));
        Assert.That(both.Jobs[1].Timings.WaitMicroseconds, Is.EqualTo(both.Jobs[1].Timings.TotalMicroseconds));
        go.Set();
        Assert.That((await second).Timings.WaitMicroseconds, Is.GreaterThan(0));
        await first;
        EngineStatus after = rig.Client.QueryStatus()!;
        Assert.That(after.Jobs.Select(job => job.State), Is.All.EqualTo(JobState.Done));
        Assert.That(after.Queue.LongestWaitFinal, Is.GreaterThan(0));
    }

    [Test]
    public async Task Unfinished_IsShownToWhoAsks_WhileTheJobRuns(CancellationToken cancellation)
    {
        using ManualResetEventSlim asked = new(), shown = new(), go = new();
        bool wantedBefore = true;
        using EngineRig rig = new((job, frames, _, _, stop) =>
        {
            wantedBefore = job.Unfinished!.IsWanted;
            while (!job.Unfinished.IsWanted) asked.Wait(1, stop);
            Frame wide = new(512, 64);
            for (int pixel = 0; pixel < wide.Width * wide.Height; pixel++) new float[] { 1.5f, 0.5f, float.NaN, 1 }.CopyTo(wide.Pixels, pixel * 4);
            job.Unfinished.Show(wide, 3);
            shown.Set();
            go.Wait(stop);
            return FakePipeline.Neutral(job, frames, null!, null!, stop);
        });
        Assert.That(rig.Client.Preview()!.Value.IsFound, Is.False, "no job");
        Task<RenderOutcome> render = RenderAside(rig, EngineRig.Call(Small), EngineRig.Host(Small));
        EngineStatus status = await Until(rig, status => status.Queue.Running == 1, cancellation);
        PreviewReply first = rig.Client.Preview(status.Jobs[0].Reference)!.Value;
        Assert.That((first.IsFound, first.Reference), Is.EqualTo((true, status.Jobs[0].Reference)));
        shown.Wait(cancellation);
        PreviewReply picture = rig.Client.Preview()!.Value;
        Assert.That((picture.Step, picture.Width, picture.Height), Is.EqualTo((3, 128, 16)), "small");
        Assert.That(picture.Pixels[..3], Is.EqualTo(new byte[] { 255, 128, 0 }));
        Assert.That(rig.Client.Preview(new JobReference(0x1000, 4_000))!.Value.IsFound, Is.False, "another job");
        go.Set();
        Assert.That((await render).IsAborted, Is.False);
        Assert.That(rig.Client.Preview()!.Value.IsFound, Is.False, "over");
        Assert.That(wantedBefore, Is.False, "nobody asked yet");
    }

    [Test]
    public void Refused_TheHostAndTheStatusKnowItsReference(CancellationToken cancellation)
    {
        using EngineRig rig = new((_, _, _, _, _) => throw new PipelineException(PipelineError.ReferenceMissing, "No style picture is chosen."));
        BridgeException failure = Assert.Throws<BridgeException>(() => rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small)))!;
        JobStatus job = Single(rig);
        Assert.That(failure.Reference, Is.EqualTo(job.Reference));
        Assert.That((job.State, job.Code), Is.EqualTo((JobState.Failed, BridgeError.RenderRefused)));
    }

    [Test]
    public async Task Cancelled_IsNoFailure(CancellationToken cancellation)
    {
        bool aborts = false;
        using EngineRig rig = new((job, _, _, _, stop) =>
        {
            Volatile.Write(ref aborts, true);
            stop.WaitHandle.WaitOne();
            stop.ThrowIfCancellationRequested();
            return new Frame(job.OutputWindow.Width, job.OutputWindow.Height);
        });
        FakeHost host = new() { Picture = (_, _) => (Small, new byte[Small.Width * Small.Height * 4]), Aborts = () => Volatile.Read(ref aborts) };
        Assert.That(rig.Client.Render(EngineRig.Call(Small), host).IsAborted, Is.True);
        EngineStatus status = await Until(rig, status => status.Jobs.Single().State is not JobState.Running, cancellation);
        Assert.That((status.Jobs[0].State, status.Jobs[0].Code), Is.EqualTo((JobState.Cancelled, BridgeError.Cancelled)));
    }

    [Test]
    public void Log_HoldsBeginTimesAndReasonUnderTheReference(CancellationToken cancellation)
    {
        string path = _folder.Combine("jobs.log");
        EngineLog.Start(path);
        JobReference good, bad;
        bool fails = false;
        using (EngineRig rig = new((job, frames, pictures, progress, stop) =>
            fails ? throw new InvalidOperationException("index was -1") : FakePipeline.Neutral(job, frames, pictures, progress, stop)))
        {
            good = rig.Client.Render(EngineRig.Call(Small) with { HostName = "Nuke" }, EngineRig.Host(Small)).Reference!.Value;
            fails = true;
            bad = Assert.Throws<BridgeException>(() => rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small)))!.Reference!.Value;
        }

        EngineLog.Stop();
        string[] lines = File.ReadAllLines(path);
        string[] Of(JobReference job) => [.. lines.Where(line => line.Contains($"[{job}]", StringComparison.Ordinal))];
        Assert.That(Of(good)[0], Does.Contain($"RunwayFX Style {Small.Width}×{Small.Height} at frame 7 for Nuke (process {Environment.ProcessId}), about 1 MB"));
        Assert.That(Of(good)[1], Does.Match(@"INFO \[.*\] RunwayFX Style 4×3 at frame 7 done in [\d.]+ ms: wait [\d.]+, transfer [\d.]+ \(host [\d.]+\), compute [\d.]+$"));
        Assert.That(Of(bad), Has.Length.EqualTo(3));
        Assert.That(Of(bad)[1], Does.Contain("ERROR").And.Contain("index was -1"));
        Assert.That(Of(bad)[2], Does.Contain("failed (EngineFault) in"));
    }

    [Test]
    public void ResultOfAModel_NamesItsMakerInStatusAndLog(CancellationToken cancellation)
    {
        const string maker = "tiny; onnxruntime 1.31.1 cpu 2 threads";
        string path = _folder.Combine("maker.log"), told = maker;
        EngineLog.Start(path);
        using (EngineRig rig = new((job, frames, pictures, progress, stop) =>
        {
            if (told.Length > 0) job.MadeBy!(told);
            return FakePipeline.Neutral(job, frames, pictures, progress, stop);
        }))
        {
            rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small));
            told = new string('x', JobStatus.MadeByMax + 1);
            rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small));
            told = "";
            rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small));
            JobStatus[] jobs = rig.Client.QueryStatus()!.Jobs;
            Assert.That(jobs.Select(job => job.MadeBy), Is.EqualTo(new[] { "", new string('x', JobStatus.MadeByMax - 1) + "…", maker }), "the last one first");
        }

        EngineLog.Stop();
        string[] ends = [.. File.ReadAllLines(path).Where(line => line.Contains(" done in ", StringComparison.Ordinal))];
        Assert.That(ends, Has.Length.EqualTo(3));
        Assert.That(ends[0], Does.EndWith($"; made by {maker}"));
        Assert.That(ends[2], Does.Not.Contain("made by"));
    }

    [Test]
    public void Journal_ForLong_StaysBounded(CancellationToken cancellation)
    {
        JobJournal journal = new();
        RenderSession session = new(EffectCatalog.Style.WireId, [], "", 1) { Connection = 0x3f2a };
        for (int job = 1; job <= 3 * JobJournal.EndedMax; job++)
        {
            JobJournal.JobEntry entry = journal.Begin(Request(job), session);
            entry.Admit(TimeSpan.Zero);
            entry.End(JobState.Done, BridgeError.None, TimeSpan.Zero, TimeSpan.Zero);
        }

        List<JobJournal.JobEntry> open = [.. Enumerable.Range(1000, EngineStatus.JobsListedMax + 1).Select(job => journal.Begin(Request(job), session))];
        Assert.That(journal.List().Select(job => job.Job), Is.EqualTo(Enumerable.Range(1000, EngineStatus.JobsListedMax)));
        foreach (JobJournal.JobEntry entry in open) entry.End(JobState.Cancelled, BridgeError.Cancelled, TimeSpan.Zero, TimeSpan.Zero);
        Assert.That(journal.List(), Has.Length.EqualTo(JobJournal.EndedMax).And.All.Property(nameof(JobStatus.State)).EqualTo(JobState.Cancelled));
        Assert.That(journal.List()[0].Job, Is.EqualTo(1000 + EngineStatus.JobsListedMax));
    }

    private static RenderRequest Request(long job) => new()
    {
        Session = 1, Job = job, Numbers = [], Time = 0, RenderScaleX = 1, RenderScaleY = 1, FrameRate = 25, PixelAspect = 1, Field = FieldKind.None,
        Premultiplication = Bridge.Premultiplication.Opaque, X1 = 0, Y1 = 0, IsInteractive = false, HasTemporalAccess = false, Frames = [], Following = 0,
        Result = new FrameSlot
        {
            Memory = FrameSlot.Inline, Generation = 1, Offset = 0, Width = 4, Height = 4, RowBytes = 16, Depth = Bridge.PixelDepth.Byte,
            Components = Bridge.PixelComponents.Rgba,
        },
    };
}
