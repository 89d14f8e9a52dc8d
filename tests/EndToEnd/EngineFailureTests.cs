using System.Diagnostics;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;

namespace RunwayFX.EndToEnd;

/// <summary>The engine may die and the user may change their mind: the host lives, and the next render works.</summary>
[CancelAfter(180_000)]
public sealed class EngineFailureTests
{
    private static readonly ClipFormat Large = Scene.Clip(OpenFX.Hosting.PixelDepth.Float, new(0, 0, 1280, 720));

    [SetUp]
    public void Require()
    {
        Product.Require();
        Sandbox.EnsureEngine();
    }

    /// <summary>A render that takes long enough to be interrupted.</summary>
    private static Scene LongRender() => new Scene(EffectCatalog.Style, Large, query => Scene.Painted(Large, query))
        .With("stylePath", StylePicture.Path).With("quality", (int)QualityLevel.High);

    private static EngineStatus UntilAJobRuns(CancellationToken cancellation)
    {
        using EngineClient client = Sandbox.Client();
        EngineStatus? status;
        while ((status = client.QueryStatus()) is null || status.JobsRunning == 0)
        {
            cancellation.ThrowIfCancellationRequested();
            Thread.Yield();
        }

        return status;
    }

    private static void CheckNeutralRender()
    {
        ClipFormat format = Scene.Clip(OpenFX.Hosting.PixelDepth.Float, new(0, 0, 40, 30));
        using Scene scene = new Scene(EffectCatalog.Style, format, query => Scene.Painted(format, query)).With("mix", 0);
        using HostImage result = scene.Render(5), source = Scene.Painted(format, new("Source", 5, RenderScale.One, format.Depth, format.Components, ImageField.None));
        Assert.That(Scene.Bytes(result), Is.EqualTo(Scene.Bytes(source)));
    }

    [Test]
    public async Task Killed_InTheMiddleOfARender_ThatRenderFailsPlainly_AndTheNextWorks(CancellationToken cancellation)
    {
        using Scene scene = LongRender();
        Task<HostImage> render = Task.Factory.StartNew(() => scene.Render(0), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        EngineStatus status = UntilAJobRuns(cancellation);
        Sandbox.KillEngine(status.ProcessId);
        HostingException? failure = await Assert.ThrowsAsync<HostingException>(async () => await render);
        Assert.That((failure!.Code, failure.Status), Is.EqualTo((HostingError.ActionFailed, (int?)1)), "kOfxStatFailed");
        string said = string.Join('\n', scene.Journal.Messages.Select(message => message.Text));
        TestContext.Out.WriteLine(said);
        Assert.That(said, Does.Contain("engine").IgnoreCase.And.Not.Contain("Exception").And.Not.Contain("   at "));
        Assert.That(scene.Effect.ImagesHeld, Is.Zero);
        CheckNeutralRender();
        using EngineClient client = Sandbox.Client();
        Assert.That(client.QueryStatus()!.ProcessId, Is.Not.EqualTo(status.ProcessId), "a new engine serves");
    }

    [Test]
    public async Task Aborted_InTheMiddle_ReturnsPromptly_AndTheEngineStopsTheJob(CancellationToken cancellation)
    {
        using Scene scene = LongRender();
        using CancellationTokenSource abort = new();
        Task<HostImage> render = Task.Factory.StartNew(
            () => scene.Render(0, cancellation: abort.Token), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        EngineStatus before = UntilAJobRuns(cancellation);
        Stopwatch watch = Stopwatch.StartNew();
        await abort.CancelAsync();
        HostingException? failure = await Assert.ThrowsAsync<HostingException>(async () => await render);
        Assert.That(failure!.Code, Is.EqualTo(HostingError.Aborted));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(3)), "a host that wants to stop is not kept waiting");
        using EngineClient client = Sandbox.Client();
        EngineStatus after;
        while ((after = client.QueryStatus()!).JobsRunning > 0) cancellation.ThrowIfCancellationRequested();
        Assert.That((after.ProcessId, after.FramesRendered), Is.EqualTo((before.ProcessId, before.FramesRendered)), "the job was stopped, not finished");
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(10)), "the engine stops soon");
        CheckNeutralRender();
    }

    [Test]
    public void StylePicture_Missing_IsSaidPlainly()
    {
        ClipFormat format = Scene.Clip(OpenFX.Hosting.PixelDepth.Float, new(0, 0, 40, 30));
        using Scene scene = new Scene(EffectCatalog.Style, format, query => Scene.Painted(format, query)).With("stylePath", "/no/such/picture.png");
        HostingException? failure = Assert.Throws<HostingException>(() => scene.Render(0));
        Assert.That(failure!.Status, Is.EqualTo(1));
        Assert.That(string.Join('\n', scene.Journal.Messages.Select(message => message.Text)), Does.Contain("/no/such/picture.png").And.Contain("does not exist"));
        CheckNeutralRender();
    }
}
