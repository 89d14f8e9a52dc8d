using System.Diagnostics;
using OpenFX.Hosting;
using RunwayFX.Bridge;
using RunwayFX.Effects;
using RunwayFX.TestModels;
using BridgeDepth = RunwayFX.Bridge.PixelDepth;
using BridgeComponents = RunwayFX.Bridge.PixelComponents;

namespace RunwayFX.EndToEnd;

/// <summary>Jobs of models that take long: who gives one up is free at once, the engine soon after, and nothing stays behind.</summary>
[CancelAfter(240_000)]
public sealed class ModelJobsTests
{
    /// <summary>Steps and nodes of the slow package: a render of seconds, a node of milliseconds.</summary>
    private const int Steps = 40, Nodes = 60;

    /// <summary>Handles that .NET itself may open and close meanwhile; a job that left one behind would leave 99.</summary>
    private const int HandlesOfTheRuntime = 10;

    private static readonly ClosedFormData Data = new();

    [OneTimeSetUp]
    public void WritePackages()
    {
        Product.Require();
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "tiny"), Data);
        ClosedFormPackage.Write(Path.Combine(Sandbox.ModelsFolder, "slow"), Data, ports: new DenoiserPorts { Ballast = Nodes });
    }

    [SetUp]
    public void Start() => Sandbox.EnsureEngine();

    [Test]
    public async Task GivenUp_TheHostIsFreeWithin250Ms_AndTheEngineStopsWithinANode(CancellationToken cancellation)
    {
        ClipFormat format = Scene.Clip(OpenFX.Hosting.PixelDepth.Float, new(0, 0, 16, 16));
        using Scene scene = new Scene(EffectCatalog.Generate, format, query => Scene.Painted(format, query)).With("method", (double)EffectMethod.Model)
            .With("model", "slow").With("prompt", "wave").With("steps", Steps);
        using EngineClient client = Sandbox.Client();
        Stopwatch watch = Stopwatch.StartNew();
        using (HostImage whole = scene.Render(0, cancellation: cancellation)) Assert.That(whole.Width, Is.EqualTo(16));
        TimeSpan full = watch.Elapsed;
        for (int round = 0; round < 3; round++)
        {
            // Another seed each time: the same picture would come from memory.
            scene.With("seed", 100 + round);
            using CancellationTokenSource abort = new();
            Task<HostImage> render = Task.Factory.StartNew(
                () => scene.Render(0, cancellation: abort.Token), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Until(() => client.QueryStatus()?.JobsRunning > 0, cancellation);
            watch.Restart();
            await abort.CancelAsync();
            HostingException? failure = await Assert.ThrowsAsync<HostingException>(async () => await render);
            long returned = watch.ElapsedMilliseconds;
            Assert.That(failure!.Code, Is.EqualTo(HostingError.Aborted));
            Assert.That(returned, Is.LessThan(250), "the host is free");
            await Until(() => client.QueryStatus()!.JobsRunning == 0, cancellation);
            // A node is a 2400th of the render; a busy machine and the asking itself get twenty times a step.
            Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(1) + full / 2), $"the engine stops ({full.TotalSeconds:0.0} s for a whole render)");
        }

        using HostImage after = scene.With("model", "tiny").Render(0, cancellation: cancellation);
        Assert.That(after.Width, Is.EqualTo(16), "the next render works");
    }

    [Test]
    public async Task UnfinishedPicture_IsSeenByTheCommandLine_AndTheResultIsTheSame(CancellationToken cancellation)
    {
        Product.RequireCommandLine();
        ClipFormat format = Scene.Clip(OpenFX.Hosting.PixelDepth.Float, new(0, 0, 16, 16));
        using Scene scene = new Scene(EffectCatalog.Generate, format, query => Scene.Painted(format, query)).With("method", (double)EffectMethod.Model)
            .With("model", "slow").With("prompt", "wave").With("steps", Steps).With("seed", 900);
        string file = Path.Combine(Sandbox.Folder, "unfinished.png");
        using EngineClient client = Sandbox.Client();
        Task<HostImage> render = Task.Factory.StartNew(() => scene.Render(0, cancellation: cancellation), cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await Until(() => client.QueryStatus()?.JobsRunning > 0, cancellation);
        using Process watch = CommandLine.Start(["preview", file, "--follow"]);
        string said = await watch.StandardOutput.ReadToEndAsync(cancellation), error = await watch.StandardError.ReadToEndAsync(cancellation);
        await watch.WaitForExitAsync(cancellation);
        using HostImage watched = await render;
        Assert.That(watch.ExitCode, Is.Zero, error);
        Assert.That(said.Split('\n', StringSplitOptions.RemoveEmptyEntries), Is.Not.Empty.And.All.Contains($": {Data.LatentWidth}x{Data.LatentHeight} to {file}"));
        Assert.That(File.ReadAllBytes(file)[..4], Is.EqualTo(new byte[] { 0x89, (byte)'P', (byte)'N', (byte)'G' }));
        // The same in an engine that nobody looks into.
        Sandbox.StopEngine();
        Sandbox.EnsureEngine();
        using HostImage alone = scene.Render(0, cancellation: cancellation);
        Assert.That(Scene.Bytes(watched).AsSpan().SequenceEqual(Scene.Bytes(alone)));
    }

    [Test]
    public async Task HundredQueued_NinetyNineGivenUp_LeavesNothingBehind(CancellationToken cancellation)
    {
        const int Jobs = 100, Clients = 2;
        // A process of its own, so that memory and handles are those of this test alone; warm before the count begins.
        Sandbox.StopEngine();
        Sandbox.EnsureEngine();
        using EngineClient observer = Sandbox.Client();
        using (EngineClient warm = Sandbox.Client())
        {
            using CancellationTokenSource never = new();
            Assert.That(warm.Render(Call("slow", 1, 2), new OnePictureHost(never.Token)).IsAborted, Is.False);
        }

        await Until(() => observer.QueryStatus()!.Connections <= 1, cancellation);
        EngineStatus before = observer.QueryStatus()!;
        int handles = Directory.GetFiles($"/proc/{before.ProcessId}/fd").Length;
        string[] files = [.. Directory.EnumerateFiles(Path.GetTempPath()).Concat(Directory.EnumerateFiles(Sandbox.Folder)).Order(StringComparer.Ordinal)];

        using CancellationTokenSource abort = new(), stays = new();
        EngineClient[] clients = [.. Enumerable.Range(0, Clients).Select(_ => Sandbox.Client())];
        Task<RenderOutcome>[] jobs = [.. Enumerable.Range(0, Jobs).Select(index => Task.Factory.StartNew(
            () => clients[index % Clients].Render(Call("slow", index == 0 ? Steps : 1000, 10 + index), new OnePictureHost(index == 0 ? stays.Token : abort.Token)),
            cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Until(() => observer.QueryStatus() is { } status && status.Queue.Running + status.Queue.WaitingFinal == Jobs, cancellation);
        Stopwatch watch = Stopwatch.StartNew();
        await abort.CancelAsync();
        RenderOutcome[] outcomes = await Task.WhenAll(jobs[1..]);
        TestContext.Out.WriteLine($"99 jobs given up in {watch.ElapsedMilliseconds} ms");
        Assert.That(outcomes.All(outcome => outcome.IsAborted));
        Assert.That((await jobs[0]).IsAborted, Is.False, "the one that was not given up has its picture");
        foreach (EngineClient client in clients) client.Dispose();

        await Until(() => observer.QueryStatus() is { JobsRunning: 0, Connections: <= 1, Sessions: 0 }, cancellation);
        EngineStatus after = observer.QueryStatus()!;
        Assert.That((after.ProcessId, after.Queue.Running, after.Queue.WaitingFinal, after.Queue.MemoryUsed), Is.EqualTo((before.ProcessId, 0, 0, 0L)));
        Assert.That((after.Memory.Attached, after.Memory.Segments), Is.EqualTo((before.Memory.Attached, before.Memory.Segments)));
        Assert.That(Directory.GetFiles($"/proc/{after.ProcessId}/fd"), Has.Length.LessThan(handles + HandlesOfTheRuntime), "file handles");
        string[] left = [.. Directory.EnumerateFiles(Path.GetTempPath()).Concat(Directory.EnumerateFiles(Sandbox.Folder)).Order(StringComparer.Ordinal)];
        Assert.That(left.Except(files).Where(path => path.Contains("rfx", StringComparison.OrdinalIgnoreCase)), Is.Empty, "temporary files");
        Assert.That(after.Memory.Resident, Is.LessThan(before.Memory.Resident + (64L << 20)), "memory");
    }

    private static async Task Until(Func<bool> condition, CancellationToken cancellation)
    {
        while (!condition()) await Task.Delay(2, cancellation);
    }

    private static RenderCall Call(string package, int steps, int seed)
    {
        EffectDefinition effect = EffectCatalog.Generate;
        double[] numbers = [.. effect.Parameters.Select(parameter => parameter.Default)];
        string[] texts = [.. effect.Parameters.Select(parameter => parameter.DefaultText)];
        numbers[effect.IndexOf(EffectCatalog.MethodName)] = (double)EffectMethod.Model;
        numbers[effect.IndexOf(EffectCatalog.StepsName)] = steps;
        numbers[effect.IndexOf("seed")] = seed;
        texts[effect.IndexOf(EffectCatalog.ModelName)] = package;
        return new RenderCall { EffectWireId = effect.WireId, Texts = texts, Numbers = numbers, Time = 0, Output = Picture, HasTemporalAccess = true };
    }

    private static FrameDescription Picture => new(
        0, 0, 16, 16, new(BridgeDepth.Byte, BridgeComponents.Rgba), Bridge.Premultiplication.Unpremultiplied);

    /// <summary>A host that has one black picture everywhere and gives its job up when told.</summary>
    private sealed class OnePictureHost(CancellationToken abort) : IRenderHost
    {
        public bool IsAborted() => abort.IsCancellationRequested;

        public void Progress(double fraction)
        {
        }

        public bool FetchFrame(int clip, double time, IFrameSink sink)
        {
            if (clip != 0) return false;
            SlotView slot = sink.Begin(Picture);
            for (int y = 0; y < slot.Height; y++) slot.Row(y).Clear();
            return true;
        }

        public void ReceiveResult(SlotView pixels)
        {
        }

        public void Log(BridgeLogLevel level, string message)
        {
        }
    }
}
