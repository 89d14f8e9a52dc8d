using RunwayFX.Inference.Packages;
using RunwayFX.Inference.Schedulers;
using RunwayFX.Inference.Sessions;
using RunwayFX.Inference.Stills;
using RunwayFX.Inference.Tests.Stills;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>A job that is given up stops within one node of the graph, one denoising step, one tile: counted, not timed.</summary>
public sealed class JobStopTests
{
    private const int Nodes = 60, Side = 448, Rounds = 12, RoundsNeeded = 3;

    private static readonly ClosedFormStills s_files = new();

    [OneTimeTearDown]
    public void Remove() => s_files.Dispose();

    /// <summary>Every node's result is an output of the graph in memory that the test sees, filled with NaN before: what is none any more was computed.</summary>
    [Test]
    [NonParallelizable]
    public async Task Graph_OnceTerminated_FinishesOneNodeAtMost()
    {
        OnnxRuntime runtime = OnnxRuntime.Shared;
        using ModelSession session = ModelSession.Load(runtime, Chain(), "chain", new SessionSettings { Threads = 1 });
        using Tensor x = new(runtime, ElementType.Float32, Side, Side);
        Tensor[] results = [.. Enumerable.Range(0, Nodes).Select(_ => new Tensor(runtime, ElementType.Float32, Side, Side))];
        using SessionBinding binding = new(session);
        binding.BindInput("x", x);
        for (int node = 0; node < Nodes; node++) binding.BindOutput($"y{node}", results[node]);
        int conclusive = 0;
        for (int round = 0; round < Rounds && conclusive < RoundsNeeded; round++)
        {
            foreach (Tensor result in results) result.AsSpan<float>().Fill(float.NaN);
            using CancellationTokenSource source = new();
            using JobRun job = new(runtime, source.Token);
            Task run = Task.Factory.StartNew(() => binding.Run(job), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            int wanted = 2 + round;
            while (Begun(results) < wanted && !run.IsCompleted) Thread.Yield();
            await source.CancelAsync();
            // The flag stands now: of the nodes that have written nothing yet only the one under way may still write.
            int atFlag = Begun(results);
            bool stopped = await run.ContinueWith(static ended => ended.Exception?.InnerException is OperationCanceledException, TaskScheduler.Default);
            int atEnd = Begun(results);
            TestContext.Out.WriteLine($"given up with {atFlag} of {Nodes} nodes begun, ended with {atEnd}");
            if (!stopped) continue; // The whole graph was through before this thread had its turn: says nothing.
            conclusive++;
            Assert.That(atFlag, Is.GreaterThanOrEqualTo(wanted));
            Assert.That(atEnd, Is.LessThanOrEqualTo(atFlag + 1).And.LessThan(Nodes));
        }

        Assert.That(conclusive, Is.EqualTo(RoundsNeeded), "rounds that were given up half-way");
        using JobRun whole = new(runtime, default);
        binding.Run(whole);
        Assert.That(Begun(results), Is.EqualTo(Nodes), "the session works on");
        foreach (Tensor result in results) result.Dispose();
    }

    [Test]
    public void Still_GivenUpInAStep_MakesNoOther([Values(0, 1, 7)] int last, [Values(SchedulerKind.Ddim, SchedulerKind.Heun)] SchedulerKind kind)
    {
        ClosedFormData data = new();
        string folder = s_files.Write(path => ClosedFormPackage.Write(path, data));
        List<int> steps = [];
        using CancellationTokenSource source = new();
        StillSettings settings = new()
        {
            Prompt = "wave", Width = data.Width, Height = data.Height, Steps = 30, Scheduler = kind,
            Preview = (_, call) =>
            {
                steps.Add(call);
                if (call == last) source.Cancel();
            },
        };
        Assert.That(() => s_files.Open(folder).Run(settings, null, source.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(steps, Is.EqualTo(Enumerable.Range(0, last + 1)));
    }

    [Test]
    public void Decoding_GivenUpInATile_RunsNoOther([Values(1, 2, 5)] int last, [Values] bool encodes)
    {
        const int Wide = 40, High = 33;
        ModelPackage package = ModelPackage.Open(s_files.Write(folder =>
        {
            ClosedFormPackage.Write(folder, new ClosedFormData(4, 4));
            ConvolutionalVae.Whole.Write(folder);
        }));
        using CancellationTokenSource source = new();
        using JobRun job = new(OnnxRuntime.Shared, source.Token);
        int tiles = 0;
        VaeCodec codec = new(package, s_files.Pool, new SessionSettings { Threads = 1 }, new VaeMemory { TileSide = 17, Overlap = ConvolutionalVae.Overlap })
        {
            Ran = () =>
            {
                if (++tiles == last) source.Cancel();
            },
        };
        Assert.That(() => encodes ? codec.EncodePlanes(new float[3 * Wide * High * 16], Wide, High, job) : codec.DecodePlanes(new float[4 * Wide * High], Wide, High, job),
            Throws.InstanceOf<OperationCanceledException>());
        Assert.That(tiles, Is.EqualTo(last));
        using JobRun whole = new(OnnxRuntime.Shared, default);
        tiles = 100;
        codec.DecodePlanes(new float[4 * Wide * High], Wide, High, whole);
        Assert.That(tiles, Is.GreaterThan(100 + 5), "there were more tiles to come");
    }

    /// <summary>Results that were written.</summary>
    private static int Begun(Tensor[] results) => results.Count(result => !float.IsNaN(Volatile.Read(ref result.AsSpan<float>()[0])));

    /// <summary>Matrix products one after the other, each a result too, so that none can be left out or joined with another.</summary>
    private static byte[] Chain()
    {
        OnnxGraph graph = new("chain");
        string value = graph.Input("x", Side, Side), weight = graph.Constant(new float[Side * Side], Side, Side);
        for (int node = 0; node < Nodes; node++)
        {
            graph.Output($"y{node}", Side, Side);
            value = graph.Node("MatMul", [value, weight], $"y{node}");
        }

        return graph.ToModel();
    }
}
