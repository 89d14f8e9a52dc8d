using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.Engine.Jobs;
using RunwayFX.Imaging;
using RunwayFX.Pipelines;

namespace RunwayFX.Engine.Tests;

/// <summary>What becomes of a request: checked against the catalogue, rendered, and every failure a code and a sentence.</summary>
[CancelAfter(30_000)]
public sealed class EngineHandlerTests
{
    private static readonly FrameDescription Small = EngineRig.Picture();

    private static Frame Blank(RenderJob job) => new(job.OutputWindow.Width, job.OutputWindow.Height);

    private static BridgeException Failure(EngineRig rig, RenderCall call, FakeHost? host = null) =>
        Assert.Throws<BridgeException>(() => rig.Client.Render(call, host ?? EngineRig.Host(Small)))!;

    [Test]
    public void Job_FromARequest_CarriesEverythingAndIsSanitised(CancellationToken cancellation)
    {
        RenderJob? seen = null;
        using EngineRig rig = new((job, _, _, _, _) =>
        {
            seen = job;
            return Blank(job);
        });
        EffectDefinition style = EffectCatalog.Style;
        RenderCall call = EngineRig.Call(Small with { X1 = -5, Y1 = -7, PixelAspect = 2 }) with
        {
            Time = -3.25, FrameRate = 23.976, RenderScaleX = 0.5, RenderScaleY = 0.25, IsInteractive = true,
        };
        call.Texts[style.IndexOf("stylePath")] = "/pictures/a b.png";
        call.Numbers[style.IndexOf("mix")] = 17;
        call.Numbers[style.IndexOf("seed")] = 3.7;
        call.Numbers[style.IndexOf("stylePath")] = 99;
        rig.Client.Render(call, EngineRig.Host(Small));
        Assert.That(seen, Is.Not.Null);
        Assert.That(seen!.Effect, Is.SameAs(style));
        Assert.That(seen.OutputWindow, Is.EqualTo(new PixelWindow(-5, -7, -1, -4)));
        Assert.That(
            (seen.Time, seen.FrameRate, seen.RenderScaleX, seen.RenderScaleY, seen.PixelAspect, seen.IsInteractive),
            Is.EqualTo((-3.25, 23.976, 0.5, 0.25, 2.0, true)));
        Assert.That((seen.Number("mix"), seen.Integer("seed"), seen.Text("stylePath"), seen.Numbers[0]), Is.EqualTo((1.0, 4, "/pictures/a b.png", 0.0)));
    }

    [Test]
    public void Counters_OfTheEngine_CountItsFrames(CancellationToken cancellation)
    {
        using EngineRig rig = new(FakePipeline.Neutral);
        for (int number = 1; number <= 3; number++)
        {
            Assert.That(rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small)).EngineFrameNumber, Is.EqualTo(number));
        }

        EngineStatus status = rig.Client.QueryStatus()!;
        Assert.That((status.FramesRendered, status.FramesFailed, status.Version), Is.EqualTo((3L, 0L, "1.2.3")));
        Assert.That(status.Devices, Has.Length.EqualTo(1).And.All.StartsWith("CPU "));
        Assert.That(rig.Queue.State, Is.EqualTo(default(JobQueueState)));
    }

    [Test]
    public void Pipeline_ThatRefuses_GivesItsCodeAndMessage(CancellationToken cancellation)
    {
        using EngineRig rig = new((_, _, _, _, _) => throw new PipelineException(PipelineError.ReferenceMissing, "No style picture is chosen."));
        BridgeException failure = Failure(rig, EngineRig.Call(Small));
        Assert.That(
            (failure.Code, failure.Detail, failure.Message),
            Is.EqualTo((BridgeError.RenderRefused, (int)PipelineError.ReferenceMissing, "No style picture is chosen.")));
    }

    [Test]
    public void Pipeline_ThatFails_CostsOneRenderAndKeepsItsSecrets(CancellationToken cancellation)
    {
        bool fails = true;
        using EngineRig rig = new((job, _, _, _, _) => fails ? throw new InvalidOperationException("index was -1") : Blank(job));
        BridgeException failure = Failure(rig, EngineRig.Call(Small));
        Assert.That(failure.Code, Is.EqualTo(BridgeError.EngineFault));
        Assert.That(failure.Message, Does.Contain("fault").And.Not.Contain("index was"));
        fails = false;
        Assert.That(rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small)).EngineFrameNumber, Is.EqualTo(1));
        Assert.That(rig.Queue.State, Is.EqualTo(default(JobQueueState)));
    }

    [Test]
    public void Result_OfTheWrongSize_IsAFault(CancellationToken cancellation)
    {
        using EngineRig rig = new((job, _, _, _, _) => new Frame(job.OutputWindow.Width + 1, job.OutputWindow.Height));
        Assert.That(Failure(rig, EngineRig.Call(Small)).Code, Is.EqualTo(BridgeError.EngineFault));
    }

    [Test]
    public void Effect_Unknown_IsRefused(CancellationToken cancellation)
    {
        using EngineRig rig = new(FakePipeline.Neutral);
        Assert.That(Failure(rig, EngineRig.Call(Small) with { EffectWireId = 999 }).Code, Is.EqualTo(BridgeError.EffectUnknown));
    }

    [Test]
    public void Parameters_OneTooFewOrMany_AreRefused([Values(-1, 1)] int surplus, CancellationToken cancellation)
    {
        using EngineRig rig = new(FakePipeline.Neutral);
        int count = EffectCatalog.Style.Parameters.Length + surplus;
        string[] texts = new string[count];
        Array.Fill(texts, "");
        Assert.That(Failure(rig, EngineRig.Call(Small) with { Numbers = new double[count] }).Message, Does.Contain($"{count} numbers"));
        Assert.That(Failure(rig, EngineRig.Call(Small) with { Texts = texts }).Message, Does.Contain($"{count} texts"));
    }

    [Test]
    public void Memory_OverTheBudget_IsRefusedPlainly(CancellationToken cancellation)
    {
        // 64 × 64 × 16 bytes × 12 frames = 768 KB.
        using EngineRig rig = new(FakePipeline.Neutral, memoryMax: 768 << 10);
        FrameDescription fits = EngineRig.Picture(64, 64), over = EngineRig.Picture(64, 65);
        Assert.That(rig.Client.Render(EngineRig.Call(fits), EngineRig.Host(fits)).EngineFrameNumber, Is.EqualTo(1));
        BridgeException failure = Failure(rig, EngineRig.Call(over), EngineRig.Host(over));
        Assert.That((failure.Code, failure.Detail), Is.EqualTo((BridgeError.RenderRefused, (int)EngineError.MemoryOverBudget)));
        Assert.That(failure.Message, Does.Contain("memory"));
    }

    [Test]
    public void Fetch_OfNeighbours_ConvertsPlacesAndKeepsThem(CancellationToken cancellation)
    {
        List<HostFrame?> seen = [];
        using EngineRig rig = new((job, frames, _, _, _) =>
        {
            Assert.That(frames.HasTemporalAccess, Is.True);
            foreach (double time in new[] { 6.0, 7, 8, 6 })
            {
                frames.TryFetch(0, time, out HostFrame? frame);
                seen.Add(frame);
            }

            return Blank(job);
        });
        FrameDescription description = Small with { X1 = -2, Y1 = 5, Premultiplication = Bridge.Premultiplication.Premultiplied };
        FakeHost host = new()
        {
            Picture = (_, time) => time > 7.5 ? null : (description, [.. Enumerable.Repeat((byte)(10 * time), 4 * 3 * 4)]),
        };
        rig.Client.Render(EngineRig.Call(Small), host);
        Assert.That(seen, Has.Count.EqualTo(4));
        Assert.That(seen[0]!.Picture.Pixels, Is.All.EqualTo(60 / 255f));
        Assert.That(seen[1]!.Picture.Pixels, Is.All.EqualTo(70 / 255f));
        Assert.That(seen[2], Is.Null);
        Assert.That(seen[3], Is.SameAs(seen[0]));
        Assert.That((seen[0]!.Window, seen[0]!.Premultiplied), Is.EqualTo((new PixelWindow(-2, 5, 2, 8), true)));
        Assert.That(host.Fetches, Is.EqualTo(3), "frame 6 is fetched once");
    }

    [Test]
    public void Host_ThatRendersUsToAnswerUs_IsServed(CancellationToken cancellation)
    {
        // Two of our effects on one clip: the outer one's question makes the host render the inner one, with one place in the queue.
        using EngineRig rig = new(
            (job, frames, _, _, _) =>
            {
                if (job.Time is 7) frames.TryFetch(0, 8, out _);
                return Blank(job);
            },
            jobs: 1);
        FakeHost host = new()
        {
            Picture = (_, time) =>
            {
                if (time is 8) rig.Client.Render(EngineRig.Call(Small) with { Time = 1 }, EngineRig.Host(Small));
                return (Small, new byte[4 * 3 * 4]);
            },
        };
        Assert.That(rig.Client.Render(EngineRig.Call(Small), host).EngineFrameNumber, Is.EqualTo(2));
    }

    [Test]
    public void Abort_ReachesThePipeline(CancellationToken cancellation)
    {
        using ManualResetEventSlim begun = new(), stopped = new();
        using EngineRig rig = new((_, _, _, _, token) =>
        {
            begun.Set();
            token.WaitHandle.WaitOne();
            stopped.Set();
            throw new OperationCanceledException(token);
        });
        FakeHost host = new() { Picture = (_, _) => (Small, new byte[48]), Aborts = () => begun.IsSet };
        Assert.That(rig.Client.Render(EngineRig.Call(Small), host).IsAborted, Is.True);
        stopped.Wait(cancellation);
    }

    [Test]
    public void Abort_OfParallelWork_IsNoFault(CancellationToken cancellation)
    {
        using ManualResetEventSlim begun = new();
        using EngineRig rig = new((job, _, _, _, token) =>
        {
            begun.Set();
            token.WaitHandle.WaitOne();
            throw new AggregateException(new OperationCanceledException(token), new OperationCanceledException(token));
        });
        FakeHost host = new() { Picture = (_, _) => (Small, new byte[48]), Aborts = () => begun.IsSet };
        Assert.That(rig.Client.Render(EngineRig.Call(Small), host).IsAborted, Is.True);
    }

    [Test]
    public void Progress_FromTheJobsThread_ReachesTheHost_AndFromOthersIsDropped(CancellationToken cancellation)
    {
        using EngineRig rig = new((job, _, _, progress, _) =>
        {
            Thread other = new(() => progress.Report(0.9));
            other.Start();
            other.Join();
            progress.Report(0.25);
            return Blank(job);
        });
        FakeHost host = EngineRig.Host(Small);
        rig.Client.Render(EngineRig.Call(Small), host);
        Assert.That(host.Fractions, Has.None.EqualTo(0.9));
        Assert.That(host.Fractions, Has.One.EqualTo(0.25));
    }

    [Test]
    public void Fetch_FromAnotherThread_IsABugAndNoCorruption(CancellationToken cancellation)
    {
        using EngineRig rig = new((job, frames, _, _, _) =>
        {
            Task.Factory.StartNew(() => frames.TryFetch(0, 1, out _), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).Wait(cancellation);
            return Blank(job);
        });
        Assert.That(Failure(rig, EngineRig.Call(Small)).Code, Is.EqualTo(BridgeError.EngineFault));
    }

    [Test]
    public void Release_FromAnotherThread_IsABugAndNoCorruption(CancellationToken cancellation)
    {
        bool isKept = false;
        Exception? refused = null;
        using EngineRig rig = new((job, frames, _, _, _) =>
        {
            frames.TryFetch(0, 6, out HostFrame? other);
            Task released = Task.Factory.StartNew(() => frames.Release(other!), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            refused = Assert.Catch(() => released.GetAwaiter().GetResult());
            isKept = frames.TryFetch(0, 6, out HostFrame? again) && ReferenceEquals(again, other);
            return Blank(job);
        });
        rig.Client.Render(EngineRig.Call(Small), EngineRig.Host(Small));
        Assert.That(refused, Is.TypeOf<InvalidOperationException>());
        Assert.That(isKept, Is.True);
    }

    [Test]
    public void Sessions_OfManyHosts_AreNotMixedUp(CancellationToken cancellation)
    {
        using EngineRig rig = new(FakePipeline.Neutral, jobs: 4);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, number =>
        {
            byte[] pixels = [.. Enumerable.Repeat((byte)number, 48)];
            FakeHost host = EngineRig.Host(Small, pixels);
            rig.Client.Render(EngineRig.Call(Small) with { Time = number, HasTemporalAccess = false }, host);
            Assert.That(host.Result, Is.EqualTo(pixels));
        });
        Assert.That(rig.Client.QueryStatus()!.FramesRendered, Is.EqualTo(40));
    }
}
