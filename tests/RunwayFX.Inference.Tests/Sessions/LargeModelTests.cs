using System.Diagnostics;
using RunwayFX.Inference.Sessions;
using RunwayFX.TestModels;

namespace RunwayFX.Inference.Tests.Sessions;

/// <summary>Models that are large on disk or slow to load.</summary>
public sealed class LargeModelTests
{
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("rfx-large").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void WeightsPastTwoGigabytes_AreRead()
    {
        // A file with a hole: 3 GiB long, a few bytes of it on disk.
        const long Start = 3L << 30;
        OnnxGraph graph = new("large") { ExternalFile = "model.onnx_data", ExternalStart = Start };
        graph.Input("x", 4);
        graph.Output("y", 4);
        graph.Node("Mul", ["x", graph.Constant([2, 3, 5, 7], 4)], "y");
        string path = Path.Combine(_folder, "model.onnx");
        File.WriteAllBytes(path, graph.ToModel());
        using (FileStream weights = File.Create(Path.Combine(_folder, "model.onnx_data")))
        {
            weights.Position = Start;
            weights.Write(graph.ExternalData);
        }

        using ModelSession session = ModelSession.Load(OnnxRuntime.Shared, path, new SessionSettings { Threads = 1 });
        using Tensor x = Tensor.From(OnnxRuntime.Shared, ElementType.Float32, [1, 1, 1, 1], 4);
        using JobRun job = new(OnnxRuntime.Shared, default);
        Assert.That(SingleRun.Run(session, job, [("x", x)], "y")[0].Values, Is.EqualTo(new float[] { 2, 3, 5, 7 }));
    }

    [Test]
    [NonParallelizable]
    public void LoadGivenUpUnderWay_EndsEarly_AndTheModelLoadsAgain()
    {
        byte[] model = ManyNodes(12_000);
        SessionSettings settings = new() { Threads = 1 };
        ModelSession.Load(OnnxRuntime.Shared, model, "many nodes", settings).Dispose();
        Stopwatch watch = Stopwatch.StartNew();
        ModelSession.Load(OnnxRuntime.Shared, model, "many nodes", settings).Dispose();
        TimeSpan full = watch.Elapsed;
        // The runtime looks at the flag between its stages; which of them is under way when a timer fires is chance, so several moments are tried.
        int stopped = 0;
        foreach (double share in new[] { 0.1, 0.25, 0.4, 0.55 })
        {
            using CancellationTokenSource source = new(full * share);
            watch.Restart();
            try
            {
                ModelSession.Load(OnnxRuntime.Shared, model, "many nodes", settings, source.Token).Dispose();
            }
            catch (OperationCanceledException e)
            {
                Assert.That(e.Message, Does.Contain("many nodes"));
                stopped++;
            }

            TestContext.Out.WriteLine($"whole load {full.TotalMilliseconds:0} ms, given up at {share:0.00} of it, ended after {watch.Elapsed.TotalMilliseconds:0} ms");
        }

        Assert.That(stopped, Is.GreaterThan(0));
        using ModelSession again = ModelSession.Load(OnnxRuntime.Shared, model, "many nodes", new SessionSettings { Threads = 1 });
        Assert.That(again.Inputs, Has.Count.EqualTo(1));
    }

    /// <summary>A chain that takes its time to be loaded.</summary>
    private static byte[] ManyNodes(int count)
    {
        OnnxGraph graph = new("many");
        string value = graph.Input("x", 4), weight = graph.Constant([1, 2, 3, 4], 4);
        for (int i = 0; i < count; i++) value = graph.Node(i % 2 == 0 ? "Mul" : "Add", [value, weight]);
        graph.Output("y", 4);
        graph.Node("Identity", [value], "y");
        return graph.ToModel();
    }
}
